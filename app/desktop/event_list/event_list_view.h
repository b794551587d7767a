// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The event list with its filter field. The selected row is the cursor: selecting moves the playback, and the playback
// moves the selection. Only rows on screen are ever asked for.
#pragma once

#include <QLabel>
#include <QLineEdit>
#include <QFrame>
#include <QPushButton>
#include <QTableView>
#include <QTimer>
#include <QWidget>

#include "app/desktop/models/event_list_model.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class EventListView : public QWidget {
    Q_OBJECT
public:
    EventListView(PlaybackModel& playback, EventListModel& events, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QTableView* table() const { return table_; }
    [[nodiscard]] QLineEdit* filter() const { return filter_; }
    [[nodiscard]] QFrame* work() const { return work_; }

Q_SIGNALS:
    void summary_changed(const QString& summary);  // "212 events", "14 of 212 events"

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void follow_playback();
    void apply_filter();
    void apply_theme();
    void size_columns();
    void show_summary();
    void show_work();

    PlaybackModel& playback_;
    EventListModel& events_;
    const Theme& theme_;
    QLineEdit* filter_ = nullptr;
    QPushButton *completions_ = nullptr, *findings_ = nullptr;
    QLabel* problem_ = nullptr;
    QTableView* table_ = nullptr;
    QLabel* empty_ = nullptr;
    QTimer typing_;
    // Over the lower edge of the list while a long run is filtered, so that nothing moves.
    QFrame* work_ = nullptr;
    QLabel* work_words_ = nullptr;
    QTimer slow_;  // work that is done at once is not worth a word
};

}  // namespace chimneylab::desktop
