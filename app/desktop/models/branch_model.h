// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The branches of a manual run. A branch is the list of choices that leads to it (engine/scenario/choices.h); choosing
// runs it again with one choice more, forking makes another branch with the same choices up to a point. Nothing is run
// here: run_wanted asks for it, and take() brings the outcome. Rows are the branches. GUI thread only.
#pragma once

#include <QAbstractListModel>
#include <QStringList>
#include <optional>
#include <vector>

#include "app/desktop/models/session_source.h"

namespace chimneylab::desktop {

struct Branch {
    QString name;         // "A", "B" …
    int parent = -1;      // the branch it was forked from; -1: the first
    int parted_at = 0;    // number of choices it shares with its parent
    QStringList choices;
    SessionPointer session;  // of the last run with these choices; null while it has not been run
    [[nodiscard]] bool stopped() const { return session && session->stopped_at_choice; }
};

class BranchModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { current_role = Qt::UserRole + 1, choices_role };

    explicit BranchModel(QObject* parent = nullptr) : QAbstractListModel(parent) {}

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

    // Forgets what was there and asks for the first run of this scenario, up to its first choice.
    void begin(RunRequest request);
    void clear();
    [[nodiscard]] bool active() const { return !branches_.empty(); }
    [[nodiscard]] const std::vector<Branch>& branches() const { return branches_; }
    [[nodiscard]] int current() const { return current_; }
    [[nodiscard]] const Branch* current_branch() const;

    // At point `point` of the current branch (counted from 0) this is what happens. At its open end the branch goes on;
    // at an earlier point, with another choice than was taken there, a fork is made and both branches stay.
    void choose(int point, const QString& choice);
    void let_schedule_go_on();       // from the open end of the current branch
    void fork(int point);            // another branch that stops at this point
    void show(int branch);           // an earlier outcome; asks for nothing
    void remove(int branch);         // not the only one
    // The outcome of what was asked for last. False if this session is none of a manual run.
    bool take(const SessionPointer& session);
    // The run that was asked for did not work: the choice that led there is taken back.
    void take_back();

    // Where two branches part: the last event they share; none when one is not run yet.
    [[nodiscard]] trace::EventId parting(int one, int other) const;

Q_SIGNALS:
    void changed();
    void run_wanted(const chimneylab::desktop::RunRequest& request);
    void session_wanted(chimneylab::desktop::SessionPointer session);  // show this outcome

private:
    void ask(bool schedule_goes_on);
    [[nodiscard]] QString next_name() const;

    RunRequest request_;
    std::vector<Branch> branches_;
    std::vector<Branch> before_;  // to go back to when a run does not work
    int current_ = -1;
    int current_before_ = -1;
    int names_given_ = 0;
};

}  // namespace chimneylab::desktop
