// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The session on stage (A) against another one (B): where they part with both sides, and the times that differ with how
// certain that is. A click, or Enter, goes to the event: in column B the other session comes on stage. GUI thread only.
#pragma once

#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QWidget>

#include "app/desktop/models/difference_model.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class DifferencesView : public QWidget {
    Q_OBJECT
public:
    explicit DifferencesView(const Theme& theme, QWidget* parent = nullptr);
    void show_differences(DifferencesPointer differences);
    [[nodiscard]] QTableView* divergences() const { return divergences_; }
    [[nodiscard]] QTableView* times() const { return times_; }
    [[nodiscard]] QToolButton* times_button() const { return show_times_; }
    [[nodiscard]] QPushButton* compare_button() const { return compare_; }
    [[nodiscard]] DivergenceModel& divergence_model() { return divergence_model_; }
    [[nodiscard]] TimingDifferenceModel& timing_model() { return timing_model_; }
    [[nodiscard]] QString verdict() const { return verdict_->text(); }

Q_SIGNALS:
    void summary_changed(const QString& summary);
    void comparison_wanted();
    void event_wanted(const chimneylab::desktop::SessionPointer& session, quint32 event);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void share_width();
    QTableView* make_table(QAbstractItemModel& model, const QString& name);
    void go(const QModelIndex& index);
    void refresh();
    void apply_theme();

    const Theme& theme_;
    DivergenceModel divergence_model_;
    TimingDifferenceModel timing_model_;
    DifferencesPointer differences_;
    QStackedWidget* stack_ = nullptr;
    QTableView* divergences_ = nullptr;
    QTableView* times_ = nullptr;
    QLabel* empty_ = nullptr;
    QLabel* verdict_ = nullptr;
    QToolButton* show_times_ = nullptr;
    QPushButton* compare_ = nullptr;
};

}  // namespace chimneylab::desktop
