// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The scenario's questions that belong to the run on stage, in the order of their events, with what the person answered: a
// question is asked before its event, and its answer and explanation are told once it was answered. Answers are kept in the
// note book, and so in the session's file, in the scenario's own words; to the same question the last one counts.
//
// Of a session that grows, questions come as their events do. GUI thread only.
#pragma once

#include <QAbstractListModel>
#include <QTimer>
#include <memory>
#include <set>
#include <vector>

#include "app/desktop/models/note_book.h"
#include "app/desktop/models/playback_model.h"
#include "app/desktop/models/session_source.h"

namespace chimneylab::desktop {

class QuestionModel : public QAbstractListModel {
    Q_OBJECT
public:
    // open: to be answered. kept: answered, and answers are not shown. again: answered wrongly, to be looked at again.
    enum class State { open, kept, right, again };
    Q_ENUM(State)
    enum Role { event_role = Qt::UserRole + 1, moment_role, state_role, here_role };
    struct Progress {
        int all = 0, answered = 0, right = 0, again = 0;  // right and again are 0 while answers are not shown
    };

    // `spot` may be null: then growing sessions have no questions.
    QuestionModel(PlaybackModel& playback, NoteBook& book, std::function<std::unique_ptr<QuestionSpotter>(const SessionPointer&)> spot,
                  QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

    [[nodiscard]] const Question* question(int row) const;  // null: no such row
    [[nodiscard]] State state(int row) const;
    [[nodiscard]] int answer(int row) const;  // the choice that was made; -1: none
    // Where one stands when it is asked: the last event before its own that is shown.
    [[nodiscard]] trace::EventId moment(int row) const;
    [[nodiscard]] Progress progress() const;
    // How many questions of the scenario have no event in this run, or none yet.
    [[nodiscard]] int missing() const { return missing_; }
    // The question that one stands before, or whose event is the present one; -1: none.
    [[nodiscard]] int row_here() const;
    // The nearest unanswered question after (before) this row, going round; when all are answered, the nearest one to be
    // looked at again, then any. -1: there are no questions.
    [[nodiscard]] int next_row(int row, int direction) const;

    void give_answer(int row, int choice);
    void ask_again(int row);  // what was answered stays in the file until it is answered once more
    void hide_answers(bool hide);
    [[nodiscard]] bool answers_hidden() const { return hidden_; }
    void tell_again();  // in another language

Q_SIGNALS:
    void changed();  // anything, except where one stands

private:
    void open_session();
    void look_on();
    void take(std::vector<Question> questions);
    void changed_answers();

    PlaybackModel& playback_;
    NoteBook& book_;
    std::function<std::unique_ptr<QuestionSpotter>(const SessionPointer&)> spot_;
    std::unique_ptr<QuestionSpotter> spotter_;
    SessionPointer session_;
    std::vector<Question> questions_;  // by event
    std::set<QString> asked_again_;    // keys
    int missing_ = 0;
    bool hidden_ = false;
    QTimer more_;  // to look at
};

}  // namespace chimneylab::desktop
