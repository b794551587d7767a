// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the charts' panes have in common: a row of controls (which clock, what to show, chart or table, export), the
// chart, the same as a table, and in their place a word when there is nothing to show yet. GUI thread only.
#pragma once

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QWidget>
#include <vector>

#include "app/desktop/models/figure_table.h"
#include "app/desktop/models/session_loader.h"
#include "app/desktop/models/timing_model.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class ChartPane : public QWidget {
    Q_OBJECT
public:
    [[nodiscard]] QTableView* table() const { return table_; }
    [[nodiscard]] FigureTableModel& table_model() { return table_model_; }
    // Table and export: for the pane's title bar, which takes them over.
    [[nodiscard]] QWidget* corner() const { return corner_; }
    [[nodiscard]] QComboBox* clock_box() const { return clock_; }
    [[nodiscard]] QToolButton* table_button() const { return as_table_; }
    [[nodiscard]] QToolButton* export_button() const { return export_; }
    [[nodiscard]] QPushButton* message_button() const { return button_; }
    // What stands in the chart's place; empty while the chart is shown.
    [[nodiscard]] QString message() const;
    // A narrow column stays narrow: what does not fit then is left out (fit_controls).
    QSize minimumSizeHint() const override;
    // By the ending: .png, .svg, .csv; .png is added when there is none of these.
    void export_to(const QString& path);

Q_SIGNALS:
    void summary_changed(const QString& summary);
    void export_wanted(const QString& what, const chimneylab::desktop::LoadWork& work);

protected:
    // `figure` is what it is called in titles and file names.
    ChartPane(PlaybackModel& playback, TimingModel& timing, const Theme& theme, QString figure, QWidget* parent);
    void set_chart(QWidget* chart);
    void add_control(QWidget* control, int stretch = 0);
    QComboBox* combo(const QString& name, const QString& tip);
    QToolButton* tool(const QString& text, const QString& name, const QString& tip);
    void add_zoom_buttons();  // for charts of time
    void refresh();           // after anything that changes the chart, the table or the message

    [[nodiscard]] const TimingPointer& timing() const { return timing_.timing(); }
    // Why there is nothing to see, and what to do about it; empty: there is something. Timing is there.
    [[nodiscard]] virtual QString nothing_to_show() const = 0;
    virtual void show_figure() = 0;
    virtual void hide_figure() {}  // there is none: what stands beside it goes too
    [[nodiscard]] virtual FigureTable figure_table() const = 0;
    [[nodiscard]] virtual QString figure_summary() const = 0;
    virtual void paint_figure(QPainter& painter, QSize size) = 0;

    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

    PlaybackModel& playback_;
    TimingModel& timing_;
    const Theme& theme_;

private:
    void show_clocks();
    void fit_controls();
    void show_table();
    void go_to_row(const QModelIndex& index);
    void choose_file(const QString& ending, const QString& filter);
    void apply_theme();

    QString figure_;
    QHBoxLayout* controls_ = nullptr;
    QStackedWidget* stack_ = nullptr;
    QWidget* chart_ = nullptr;
    QTableView* table_ = nullptr;
    FigureTableModel table_model_;
    QComboBox* clock_ = nullptr;
    QWidget* corner_ = nullptr;
    QToolButton* as_table_ = nullptr;
    QToolButton* export_ = nullptr;
    std::vector<QToolButton*> zoom_;
    QWidget* message_page_ = nullptr;
    QLabel* message_ = nullptr;
    QProgressBar* progress_ = nullptr;
    QPushButton* button_ = nullptr;
};

}  // namespace chimneylab::desktop
