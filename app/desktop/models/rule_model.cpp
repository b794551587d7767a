// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/rule_model.h"

#include <algorithm>

namespace chimneylab::desktop {

RuleModel::RuleModel(PlaybackModel& playback, QObject* parent) : QAbstractListModel(parent), playback_(playback) {
    connect(&playback, &PlaybackModel::session_changed, this, [this] {
        if (!shown_.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1), {broken_role});
    });
    rebuild();
}

void RuleModel::set_filter(const QString& words) {
    if (words.trimmed() == filter_) return;
    filter_ = words.trimmed();
    rebuild();
}

const verifier::Rule* RuleModel::rule_at(int row) const {
    return row < 0 || row >= rowCount() ? nullptr : shown_[static_cast<std::size_t>(row)];
}

int RuleModel::row_of(const QString& id) const {
    const auto found = std::find_if(shown_.begin(), shown_.end(), [&id](const verifier::Rule* rule) { return to_qstring(rule->id) == id; });
    return found == shown_.end() ? -1 : static_cast<int>(found - shown_.begin());
}

int RuleModel::times_broken(const QString& id) const {
    if (!playback_.session()) return 0;
    const auto& rows = playback_.session()->findings.rows;
    return static_cast<int>(std::count_if(rows.begin(), rows.end(), [&id](const Finding& each) { return each.rule == id; }));
}

int RuleModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(shown_.size()); }

QVariant RuleModel::data(const QModelIndex& index, int role) const {
    const verifier::Rule* rule = index.isValid() ? rule_at(index.row()) : nullptr;
    if (rule == nullptr) return {};
    const QString id = to_qstring(rule->id);
    switch (role) {
        case Qt::DisplayRole: return to_qstring(rule->statement);
        case Qt::ToolTipRole: return id + QStringLiteral(" · ") + to_qstring(verifier::to_text(rule->severity)) + QLatin1Char('\n') + to_qstring(rule->statement);
        case Qt::AccessibleTextRole: {
            const int broken = times_broken(id);
            return id + QStringLiteral(", ") + to_qstring(verifier::to_text(rule->severity)) + QStringLiteral(", ") + to_qstring(rule->statement) +
                   (broken > 0 ? tr(" Broken in this run, times: %1.").arg(broken) : QString());
        }
        case id_role: return id;
        case severity_role: return static_cast<int>(rule->severity);
        case broken_role: return times_broken(id);
        case checked_role: return rule->checked;
        default: return {};
    }
}

void RuleModel::rebuild() {
    beginResetModel();
    shown_.clear();
    const QStringList words = filter_.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (const verifier::Rule& rule : verifier::catalogue()) {
        const QString all = to_qstring(rule.id) + QLatin1Char(' ') + to_qstring(rule.statement) + QLatin1Char(' ') + to_qstring(rule.source) + QLatin1Char(' ') +
                            to_qstring(verifier::to_text(rule.severity));
        if (std::all_of(words.begin(), words.end(), [&all](const QString& word) { return all.contains(word, Qt::CaseInsensitive); })) shown_.push_back(&rule);
    }
    endResetModel();
}

}  // namespace chimneylab::desktop

#include "moc_rule_model.cpp"
