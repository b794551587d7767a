// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/branch_model.h"

#include <algorithm>

namespace chimneylab::desktop {

int BranchModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(branches_.size()); }

QVariant BranchModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const Branch& branch = branches_[static_cast<std::size_t>(index.row())];
    const QString parts = branch.parent < 0 ? QString() : tr(" · parts from %1 at choice %2").arg(branches_[static_cast<std::size_t>(branch.parent)].name).arg(branch.parted_at + 1);
    switch (role) {
        case Qt::DisplayRole:
            return tr("%1 · %2%3").arg(branch.name, branch.stopped() ? tr("waits for choice %1").arg(branch.choices.size() + 1) : branch.session ? tr("ended") : tr("is run"), parts);
        case Qt::ToolTipRole: return branch.choices.isEmpty() ? tr("No choice yet") : tr("Choices: %1").arg(branch.choices.join(QStringLiteral(", ")));
        case Qt::AccessibleTextRole: return tr("Branch %1").arg(data(index, Qt::DisplayRole).toString());
        case current_role: return index.row() == current_;
        case choices_role: return branch.choices;
        default: return {};
    }
}

QString BranchModel::next_name() const {
    QString name;
    int number = names_given_;
    do {
        name.prepend(QChar(u'A' + number % 26));
        number = number / 26 - 1;
    } while (number >= 0);
    return name;
}

const Branch* BranchModel::current_branch() const {
    return current_ < 0 || current_ >= rowCount() ? nullptr : &branches_[static_cast<std::size_t>(current_)];
}

void BranchModel::begin(RunRequest request) {
    beginResetModel();
    request_ = std::move(request);
    request_.manual = true;
    before_.clear();
    current_before_ = -1;
    names_given_ = 0;
    branches_.clear();
    branches_.push_back({next_name(), -1, 0, {}, nullptr});
    ++names_given_;
    current_ = 0;
    endResetModel();
    ask(false);
}

void BranchModel::clear() {
    if (branches_.empty()) return;
    beginResetModel();
    branches_.clear();
    before_.clear();
    current_ = -1;
    endResetModel();
    Q_EMIT changed();
}

void BranchModel::ask(bool schedule_goes_on) {
    request_.choices = branches_[static_cast<std::size_t>(current_)].choices;
    request_.schedule_goes_on = schedule_goes_on;
    Q_EMIT changed();
    Q_EMIT run_wanted(request_);
}

void BranchModel::choose(int point, const QString& choice) {
    const Branch* branch = current_branch();
    if (branch == nullptr || point < 0 || point > branch->choices.size()) return;
    if (point < branch->choices.size() && branch->choices[point] == choice) return;
    if (point == branch->choices.size() && !branch->stopped()) return;
    before_ = branches_;
    current_before_ = current_;
    if (point < branch->choices.size()) {
        fork(point);
        before_.clear();
        before_ = branches_;
        before_.pop_back();
    }
    branches_[static_cast<std::size_t>(current_)].choices << choice;
    ask(false);
}

void BranchModel::fork(int point) {
    const Branch* from = current_branch();
    if (from == nullptr || point < 0 || point > from->choices.size()) return;
    Branch made{next_name(), current_, point, from->choices.mid(0, point), nullptr};
    ++names_given_;
    beginInsertRows({}, rowCount(), rowCount());
    branches_.push_back(std::move(made));
    endInsertRows();
    current_ = rowCount() - 1;
}

void BranchModel::let_schedule_go_on() {
    if (current_branch() == nullptr || !current_branch()->stopped()) return;
    before_ = branches_;
    current_before_ = current_;
    ask(true);
}

void BranchModel::show(int branch) {
    if (branch < 0 || branch >= rowCount() || branch == current_) return;
    current_ = branch;
    Q_EMIT dataChanged(index(0), index(rowCount() - 1), {current_role});
    Q_EMIT changed();
    if (current_branch()->session) Q_EMIT session_wanted(current_branch()->session);
}

void BranchModel::remove(int branch) {
    if (branch < 0 || branch >= rowCount() || rowCount() == 1) return;
    beginRemoveRows({}, branch, branch);
    for (Branch& each : branches_) {
        // What was forked from it stands on its own now.
        if (each.parent == branch) each.parent = -1;
        else if (each.parent > branch) --each.parent;
    }
    branches_.erase(branches_.begin() + branch);
    const bool was_current = current_ == branch;
    if (current_ >= branch) current_ = std::max(0, current_ - 1);
    endRemoveRows();
    before_.clear();
    Q_EMIT changed();
    if (was_current && current_branch()->session) Q_EMIT session_wanted(current_branch()->session);
}

bool BranchModel::take(const SessionPointer& session) {
    if (!session || !session->manual || current_branch() == nullptr) return false;
    Branch& branch = branches_[static_cast<std::size_t>(current_)];
    branch.session = session;
    before_.clear();
    Q_EMIT dataChanged(index(current_), index(current_));
    Q_EMIT changed();
    return true;
}

void BranchModel::take_back() {
    if (before_.empty()) return;
    beginResetModel();
    branches_ = std::move(before_);
    before_.clear();
    current_ = std::clamp(current_before_, 0, rowCount() - 1);
    endResetModel();
    Q_EMIT changed();
}

trace::EventId BranchModel::parting(int one, int other) const {
    if (one < 0 || other < 0 || one >= rowCount() || other >= rowCount() || one == other) return {};
    const Branch& a = branches_[static_cast<std::size_t>(one)];
    const Branch& b = branches_[static_cast<std::size_t>(other)];
    if (!a.session || !b.session) return {};
    qsizetype shared = 0;
    while (shared < a.choices.size() && shared < b.choices.size() && a.choices[shared] == b.choices[shared]) ++shared;
    const auto point = static_cast<std::size_t>(shared);
    if (point < a.session->choice_points.size()) return a.session->choice_points[point].after;
    if (point < b.session->choice_points.size()) return b.session->choice_points[point].after;
    return trace::EventId(static_cast<std::uint32_t>(std::min(a.session->trace->size(), b.session->trace->size()) - 1));
}

}  // namespace chimneylab::desktop

#include "moc_branch_model.cpp"
