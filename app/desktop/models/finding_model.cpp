// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/finding_model.h"

#include <algorithm>
#include <set>

namespace chimneylab::desktop {

FindingModel::FindingModel(PlaybackModel& playback, QObject* parent) : QAbstractItemModel(parent), playback_(playback), judge_(playback) {
    connect(&playback, &PlaybackModel::session_changed, this, &FindingModel::rebuild);
    playback.tell_growth(this, &FindingModel::rebuild);  // a live session has more
    playback.tell(this, [this] {
        for (int row = 0; row < rowCount(); ++row) {
            const QModelIndex group = index(row, 0);
            Q_EMIT dataChanged(group, group, {here_role});
            if (const int under = rowCount(group); under > 0) Q_EMIT dataChanged(index(0, 0, group), index(under - 1, 0, group), {here_role});
        }
    });
}

// A top row has the internal id 0, a row under it the number of its group plus one.
QModelIndex FindingModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) return {};
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : quintptr{0});
}

QModelIndex FindingModel::parent(const QModelIndex& index) const {
    if (!index.isValid() || index.internalId() == 0) return {};
    return createIndex(static_cast<int>(index.internalId()) - 1, 0, quintptr{0});
}

int FindingModel::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid()) return static_cast<int>(groups_.size());
    if (parent.internalId() != 0 || parent.column() != 0) return 0;
    return static_cast<int>(groups_[static_cast<std::size_t>(parent.row())].shown.size());
}

int FindingModel::columnCount(const QModelIndex&) const { return 1; }

int FindingModel::finding_number(const QModelIndex& index) const {
    if (!index.isValid()) return -1;
    const bool top = index.internalId() == 0;
    const auto group = top ? static_cast<std::size_t>(index.row()) : static_cast<std::size_t>(index.internalId()) - 1;
    if (group >= groups_.size()) return -1;
    if (top) return static_cast<int>(groups_[group].first);
    const auto row = static_cast<std::size_t>(index.row());
    return row < groups_[group].shown.size() ? static_cast<int>(groups_[group].shown[row]) : -1;
}

const Finding* FindingModel::finding(const QModelIndex& index) const {
    const int number = finding_number(index);
    const Findings* all = findings();
    return number < 0 || all == nullptr || static_cast<std::size_t>(number) >= all->rows.size() ? nullptr : &all->rows[static_cast<std::size_t>(number)];
}

QModelIndex FindingModel::index_of(int finding) const {
    for (std::size_t group = 0; group < groups_.size(); ++group) {
        const QModelIndex top = index(static_cast<int>(group), 0);
        if (static_cast<int>(groups_[group].first) == finding) return top;
        const auto& shown = groups_[group].shown;
        const auto found = std::lower_bound(shown.begin(), shown.end(), static_cast<std::uint32_t>(std::max(finding, 0)));
        if (found != shown.end() && static_cast<int>(*found) == finding) return index(static_cast<int>(found - shown.begin()), 0, top);
    }
    return {};
}

QVariant FindingModel::data(const QModelIndex& index, int role) const {
    const Finding* found = finding(index);
    if (found == nullptr) return {};
    switch (role) {
        case Qt::DisplayRole: return found->place().isEmpty() ? found->rule : found->rule + QStringLiteral("  ") + found->place();
        case Qt::ToolTipRole: return tr("%1 · %2 · event %3 · %4\n%5").arg(found->rule, found->severity_text()).arg(found->event.value).arg(found->layer_name, found->explanation);
        case Qt::AccessibleTextRole:
            return tr("%1, %2, at event %3, %4, %5. %6%7")
                .arg(found->rule, found->severity_text())
                .arg(found->event.value)
                .arg(found->layer_name, found->place(), found->explanation, found->first_cause ? QString() : tr(" Follows from the first cause above it."));
        case finding_role: return finding_number(index);
        case severity_role: return static_cast<int>(found->severity);
        case consequence_count_role: return rowCount(index);
        case here_role: return found->event == playback_.position();
        default: return {};
    }
}

void FindingModel::set_filter(const FindingFilter& filter) {
    if (filter == filter_) return;
    filter_ = filter;
    rebuild();
}

bool FindingModel::passes(const Finding& finding) const {
    if (filter_.severity && finding.severity != *filter_.severity) return false;
    if (!filter_.rule.isEmpty() && finding.rule != filter_.rule) return false;
    if (filter_.layer && finding.layer != *filter_.layer) return false;
    if (filter_.words.trimmed().isEmpty()) return true;
    const QString all = finding.rule + QLatin1Char(' ') + finding.severity_text() + QLatin1Char(' ') + finding.place() + QLatin1Char(' ') + finding.layer_name +
                        QLatin1Char(' ') + finding.explanation + QLatin1Char(' ') + QString::number(finding.event.value);
    for (const QString& word : filter_.words.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        if (!all.contains(word, Qt::CaseInsensitive)) return false;
    }
    return true;
}

void FindingModel::rebuild() {
    beginResetModel();
    groups_.clear();
    if (const Findings* all = findings()) {
        for (const FindingGroup& group : all->groups) {
            Group shown{group.first_cause, {}};
            for (const std::uint32_t each : group.consequences) {
                if (passes(all->rows[each])) shown.shown.push_back(each);
            }
            if (!shown.shown.empty() || passes(all->rows[group.first_cause])) groups_.push_back(std::move(shown));
        }
    }
    endResetModel();
}

int FindingModel::shown() const {
    int count = 0;
    for (const Group& group : groups_) count += 1 + static_cast<int>(group.shown.size());
    return count;
}

std::vector<verifier::Severity> FindingModel::severities() const {
    std::set<verifier::Severity> there;
    if (findings() != nullptr) {
        for (const Finding& each : findings()->rows) there.insert(each.severity);
    }
    return {there.begin(), there.end()};
}

QStringList FindingModel::rules() const {
    QStringList there;
    if (findings() != nullptr) {
        for (const Finding& each : findings()->rows) there << each.rule;
    }
    there.sort();
    there.removeDuplicates();
    return there;
}

std::vector<std::pair<trace::LayerIndex, QString>> FindingModel::layers() const {
    std::set<std::pair<trace::LayerIndex, QString>> there;
    if (findings() != nullptr) {
        for (const Finding& each : findings()->rows) there.insert({each.layer, each.layer_name});
    }
    return {there.begin(), there.end()};
}

}  // namespace chimneylab::desktop

#include "moc_finding_model.cpp"
