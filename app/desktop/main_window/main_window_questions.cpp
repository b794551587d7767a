// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The scenario's questions in the window: the keys that lead to them, and the pane that comes to the front when one is asked.
#include "app/desktop/main_window/main_window.h"
#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/questions/questions_view.h"

namespace chimneylab::desktop {

void MainWindow::make_question_actions() {
    const auto go = [this](int direction) {
        return [this, direction] {
            // The first time it is the question one has before one's eyes that is asked.
            const bool shown = pane("questions")->in_front();
            show_pane("questions");
            const int row = questions_view_->row();
            if (!shown && question_model_.state(row) == QuestionModel::State::open) questions_view_->ask(row);
            else questions_view_->ask_next(direction);
        };
    };
    action(QStringLiteral("next_question"), tr("Next question"), {QKeySequence(Qt::Key_Q)}, go(1));
    action(QStringLiteral("previous_question"), tr("Previous question"), {QKeySequence(Qt::SHIFT | Qt::Key_Q)}, go(-1));
    QAction* hide = action(QStringLiteral("hide_answers"), tr("Do not show ans&wers to questions"), {}, [] {});
    hide->setCheckable(true);
    connect(hide, &QAction::toggled, &question_model_, &QuestionModel::hide_answers);
}

void MainWindow::connect_questions() {
    PanelDock* its = pane("questions");
    // A dock tells that it goes out of sight also when the window is taken down, after its models: not beyond their end.
    connect(its, &QDockWidget::visibilityChanged, &question_model_, [this](bool in_front) { questions_view_->set_in_front(in_front); });
    connect(&playback_, &PlaybackModel::halted, this, [this] {
        if (const int row = question_model_.row_here(); row >= 0) questions_view_->ask(row);
    });
    const auto update = [this] {
        for (const char* name : {"next_question", "previous_question"}) actions_[QLatin1String(name)]->setEnabled(question_model_.rowCount() > 0);
        actions_[QStringLiteral("hide_answers")]->setChecked(question_model_.answers_hidden());
    };
    connect(&question_model_, &QuestionModel::changed, this, update);
    // Of a live session the texts are those of the library as it was read last.
    connect(this, &MainWindow::library_shown, &question_model_, &QuestionModel::tell_again);
    update();
}

}  // namespace chimneylab::desktop
