// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The choices pane of a manual run: what is pending, which of it comes next and how; the choices made so far; the
// branches. Choosing something else at an earlier point makes a branch of its own and keeps both.
#pragma once

#include <QComboBox>
#include <QLabel>
#include <QListView>
#include <QListWidget>
#include <QPushButton>
#include <QStackedWidget>
#include <QTreeWidget>
#include <QWidget>

#include "app/desktop/models/branch_model.h"
#include "app/desktop/models/playback_model.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class ChoicesView : public QWidget {
    Q_OBJECT
public:
    ChoicesView(PlaybackModel& playback, BranchModel& branches, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QTreeWidget* pending() const { return pending_; }
    [[nodiscard]] QListWidget* history() const { return history_; }
    [[nodiscard]] QListView* branch_list() const { return branch_list_; }
    [[nodiscard]] QLabel* why() const { return why_; }
    [[nodiscard]] QComboBox* status() const { return status_; }
    [[nodiscard]] QComboBox* fault() const { return fault_; }
    [[nodiscard]] QPushButton* take() const { return take_; }
    [[nodiscard]] QPushButton* begin() const { return begin_; }
    [[nodiscard]] QPushButton* go_on() const { return go_on_; }
    [[nodiscard]] int point() const { return point_; }  // whose pending items are shown; -1: none

Q_SIGNALS:
    void summary_changed(const QString& summary);
    void begin_wanted();
    void comparison_wanted(int one, int other);

private:
    void refresh();
    void show_point(int point);
    void show_options();
    void take_chosen();
    [[nodiscard]] QString chosen_text() const;
    void apply_theme();

    PlaybackModel& playback_;
    BranchModel& branches_;
    const Theme& theme_;
    QStackedWidget* pages_ = nullptr;
    QLabel* empty_ = nullptr;
    QPushButton* begin_ = nullptr;
    QLabel* question_ = nullptr;
    QTreeWidget* pending_ = nullptr;
    QLabel* why_ = nullptr;  // why no status can be chosen for what is selected
    QComboBox *status_ = nullptr, *block_ = nullptr, *fault_ = nullptr;
    QPushButton *take_ = nullptr, *go_on_ = nullptr, *compare_ = nullptr, *remove_ = nullptr;
    QListWidget* history_ = nullptr;
    QListView* branch_list_ = nullptr;
    int point_ = -1;
    bool filling_ = false;
};

}  // namespace chimneylab::desktop
