// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/call_entry_model.h"

#include <algorithm>
#include <array>
#include <limits>

#include "app/desktop/models/event_text.h"
#include "app/desktop/models/region_bytes.h"
#include "app/desktop/models/short_value.h"

namespace chimneylab::desktop {

using trace::CallEntry;
using trace::EventId;

QString to_text(CallEntryState state) {
    switch (state) {
        case CallEntryState::to_come:
            return CallEntryModel::tr("to come");
        case CallEntryState::allocated:
            return CallEntryModel::tr("allocated");
        case CallEntryState::held:
            return CallEntryModel::tr("held");
        case CallEntryState::released:
            return CallEntryModel::tr("released");
        case CallEntryState::leaked:
            return CallEntryModel::tr("leaked");
    }
    return {};
}

CallEntryModel::CallEntryModel(PlaybackModel& playback, QObject* parent)
    : QAbstractTableModel(parent), playback_(playback) {
    playback.tell_session(this, &CallEntryModel::rebuild);
    playback.tell_growth(this, &CallEntryModel::rebuild);
    playback.tell(this, &CallEntryModel::follow);
    connect(&playback, &PlaybackModel::focus_changed, this, &CallEntryModel::follow);
    rebuild();
}

int CallEntryModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int CallEntryModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : column_count; }

const CallEntry* CallEntryModel::entry(int row) const {
    const trace::History* history = this->history();
    if (history == nullptr || row < 0 || row >= rowCount()) return nullptr;
    const std::uint32_t index = rows_[static_cast<std::size_t>(row)];
    return index < history->call_entries().size() ? &history->call_entries()[index] : nullptr;
}

int CallEntryModel::row_of(trace::RegionId region) const {
    const trace::History* history = this->history();
    const CallEntry* wanted = history != nullptr && !late() ? history->call_entry_of(region) : nullptr;
    if (wanted == nullptr) return -1;
    const auto index = static_cast<std::uint32_t>(wanted - history->call_entries().data());
    const auto found = std::ranges::find(rows_, index);
    return found == rows_.end() ? -1 : static_cast<int>(found - rows_.begin());
}

EventId CallEntryModel::first_event(const CallEntry& entry) const {
    return entry.allocated.valid() && entry.allocated < entry.recognised ? entry.allocated : entry.recognised;
}

bool CallEntryModel::leaks(const CallEntry& entry) const {
    // A recording that was cut off cannot tell: only a finished run leaks.
    const trace::Trace* trace = session_ ? session_->trace.get() : nullptr;
    return !entry.released.valid() && trace != nullptr && !trace->empty() &&
           trace->events().back().kind == trace::EventKind::run_finished;
}

CallEntryState CallEntryModel::state_of(const CallEntry& entry) const {
    const EventId at = at_;
    if (!at.valid() || at < first_event(entry)) return CallEntryState::to_come;
    if (entry.released.valid() && entry.released <= at) return CallEntryState::released;
    if (at < entry.recognised) return CallEntryState::allocated;
    return leaks(entry) && at.value + 1 == session_->trace->size() ? CallEntryState::leaked : CallEntryState::held;
}

// The conversion on the way up by the driver that owns the entry: there it gives back what the entry remembers.
EventId CallEntryModel::restoration(const CallEntry& entry) const {
    const trace::History& history = *this->history();
    const trace::Operation* its = history.operation(entry.operation);
    if (its == nullptr) return {};
    for (const std::uint32_t index : its->conversions) {
        const trace::Conversion& conversion = history.conversions()[index];
        if (conversion.converter == entry.layer &&
            conversion.kind == trace::ConversionKind::protocol_to_miniport_by_driver &&
            conversion.event > entry.recognised)
            return conversion.event;
    }
    return {};
}

QString CallEntryModel::restored_text(const CallEntry& entry) const {
    const trace::History& history = *this->history();
    const EventId at = restoration(entry);
    if (!at.valid()) return leaks(entry) ? tr("never") : QString();
    if (at > at_) return {};
    const trace::RegionId root = history.conversion_at(at)->root;
    const auto bytes = region_bytes(history, root, at);
    constexpr std::array offsets{trace::block_offset::im_reserved_0, trace::block_offset::im_reserved_1,
                                 trace::block_offset::source_handle};
    QStringList lost;
    for (std::size_t i = 0; i < offsets.size() && i < entry.saved.size(); ++i)
        if (word_of(bytes, offsets[i]) != entry.saved[i].value) lost << to_qstring(entry.saved[i].member);
    const QString who = QStringLiteral("%1, event %2").arg(to_qstring(history.layer_name(entry.layer))).arg(at.value);
    return lost.isEmpty() ? who : tr("✖ %1: not %2").arg(who, lost.join(QStringLiteral(", ")));
}

QString CallEntryModel::text(const CallEntry& entry, int column) const {
    const trace::History& history = *this->history();
    const CallEntryState now = state_of(entry);
    switch (column) {
        case driver:
            return to_qstring(history.layer_name(entry.layer));
        case number:
            return QStringLiteral("#%1").arg(entry.ordinal);
        case operation:
            return operation_text(history, entry.operation);
        case state: {
            if (now == CallEntryState::leaked) return tr("✖ leaked");
            if (now == CallEntryState::held && leaks(entry)) return tr("✖ held, never released");
            return to_text(now);
        }
        case age: {
            if (now == CallEntryState::to_come) return {};
            const EventId end = now == CallEntryState::released ? entry.released : at_;
            return microseconds_text(history.trace().event(end).virtual_time -
                                     history.trace().event(first_event(entry)).virtual_time);
        }
        case remembers: {
            if (now == CallEntryState::to_come || now == CallEntryState::allocated) return {};
            QStringList all;
            for (const trace::SavedValue& saved : entry.saved) {
                if (saved.value == 0 && saved.member != std::string_view("ImReserved[0]")) continue;
                all << QStringLiteral("%1 = %2%3")
                           .arg(to_qstring(saved.member), short_value(history, entry.recognised, saved.value),
                                saved.value != 0 && !saved.offset ? tr(" (✖ not in it)") : QString());
            }
            return all.join(QStringLiteral(", "));
        }
        case restored:
            return restored_text(entry);
        default:
            return {};
    }
}

QVariant CallEntryModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const CallEntry* it = entry(index.row());
    if (it == nullptr) return {};
    switch (role) {
        case Qt::DisplayRole:
            return text(*it, index.column());
        case Qt::TextAlignmentRole:
            return QVariant((index.column() == number || index.column() == age ? Qt::AlignRight : Qt::AlignLeft) |
                            Qt::AlignVCenter);
        case entry_role:
            return rows_[static_cast<std::size_t>(index.row())];
        case state_role:
            return static_cast<int>(state_of(*it));
        case leaks_role:
            return leaks(*it);
        case chosen_role:
            return playback_.region_chosen() && playback_.region() == it->region;
        case Qt::ToolTipRole: {
            QString tip =
                QStringLiteral("%1 · %2").arg(to_qstring(trace::region_text(*history(), it->region)),
                                              address_text(session_->trace->region(it->region).address));
            for (const trace::SavedValue& saved : it->saved)
                tip += QStringLiteral("\n%1 = %2%3")
                           .arg(to_qstring(saved.member),
                                to_qstring(trace::value_text(*history(), it->recognised, saved.value)),
                                saved.offset ? tr(", at +%1").arg(offset_text(*saved.offset)) : QString());
            tip += tr("\nallocated at event %1, in use since event %2")
                       .arg(first_event(*it).value)
                       .arg(it->recognised.value);
            tip += it->released.valid() ? tr(", released at event %1").arg(it->released.value) : tr(", never released");
            const EventId to = event_of(index.row(), index.column());
            if (to.valid()) tip += tr("\nClick: go to event %1").arg(to.value);
            return tip;
        }
        case Qt::AccessibleTextRole: {
            QStringList all;
            for (int column = 0; column < column_count; ++column) {
                const QString each = text(*it, column);
                if (!each.isEmpty()) all << headerData(column, Qt::Horizontal).toString() + QLatin1Char(' ') + each;
            }
            return all.join(QStringLiteral(", "));
        }
        default:
            return {};
    }
}

QVariant CallEntryModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant((section == number || section == age ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case driver:
            return tr("driver");
        case number:
            return tr("#");
        case operation:
            return tr("operation");
        case state:
            return tr("state");
        case age:
            return tr("age µs");
        case remembers:
            return tr("remembers");
        case restored:
            return tr("restored by");
        default:
            return {};
    }
}

EventId CallEntryModel::event_of(int row, int column) const {
    const CallEntry* it = entry(row);
    if (it == nullptr) return {};
    if (column == restored) return restoration(*it);
    if (column == state && it->released.valid()) return it->released;
    if (column == operation)
        if (const trace::Operation* its = history()->operation(it->operation)) return its->started;
    return it->recognised;
}

void CallEntryModel::sort(int column, Qt::SortOrder order) {
    if (column == sort_column_ && order == sort_order_) return;
    sort_column_ = column;
    sort_order_ = order;
    const std::vector<std::uint32_t> before = rows_;
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    rows_ = wanted_rows();
    const QModelIndexList persistent = persistentIndexList();
    for (const QModelIndex& old : persistent) {
        const auto found = std::ranges::find(rows_, before[static_cast<std::size_t>(old.row())]);
        changePersistentIndex(
            old, found == rows_.end() ? QModelIndex() : index(static_cast<int>(found - rows_.begin()), old.column()));
    }
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

void CallEntryModel::show_layer(int layer) {
    if (layer == layer_) return;
    layer_ = layer;
    rebuild();
}

void CallEntryModel::show_held_only(bool held) {
    if (held == held_only_) return;
    held_only_ = held;
    rebuild();
}

void CallEntryModel::show_words(const QString& words) {
    const QStringList wanted = words.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    if (wanted == words_) return;
    words_ = wanted;
    rebuild();
}

std::vector<std::uint32_t> CallEntryModel::wanted_rows() const {
    std::vector<std::uint32_t> rows;
    const trace::History* history = this->history();
    if (history == nullptr) return rows;
    const auto entries = history->call_entries();
    if (held_only_) {
        for (std::size_t layer = 0; layer < history->trace().layers().size(); ++layer) {
            const auto live = history->live_call_entries(static_cast<trace::LayerIndex>(layer), at_);
            rows.insert(rows.end(), live.begin(), live.end());
        }
        std::ranges::sort(rows);
    } else {
        rows.resize(entries.size());
        for (std::uint32_t i = 0; i < rows.size(); ++i) rows[i] = i;
    }
    std::erase_if(rows, [&](std::uint32_t i) {
        if (layer_ >= 0 && entries[i].layer != layer_) return true;
        if (words_.isEmpty()) return false;
        // What an entry is, not what has become of it here: a filter must not change under one's feet.
        const QString all = text(entries[i], driver) + QLatin1Char(' ') + text(entries[i], number) + QLatin1Char(' ') +
                            text(entries[i], operation) + (leaks(entries[i]) ? QStringLiteral(" leaked") : QString());
        return !std::ranges::all_of(words_,
                                    [&](const QString& word) { return all.contains(word, Qt::CaseInsensitive); });
    });
    const auto life = [&](std::uint32_t i) {
        if (!entries[i].released.valid()) return std::numeric_limits<trace::Nanoseconds>::max();
        return history->trace().event(entries[i].released).virtual_time -
               history->trace().event(first_event(entries[i])).virtual_time;
    };
    const auto less = [&](std::uint32_t a, std::uint32_t b) {
        switch (sort_column_) {
            case driver:
                return entries[a].layer < entries[b].layer;
            case number:
                return entries[a].ordinal < entries[b].ordinal;
            case operation:
                return entries[a].operation < entries[b].operation;
            case state:
                return leaks(entries[a]) != leaks(entries[b]) ? leaks(entries[a])
                                                              : entries[a].released < entries[b].released;
            case age:
                return life(a) < life(b);
            case restored:
                return restoration(entries[a]) < restoration(entries[b]);
            default:
                return false;
        }
    };
    if (sort_column_ >= 0) {
        std::ranges::stable_sort(rows, [&](std::uint32_t a, std::uint32_t b) {
            return sort_order_ == Qt::AscendingOrder ? less(a, b) : less(b, a);
        });
    }
    return rows;
}

void CallEntryModel::rebuild() {
    beginResetModel();
    session_ = playback_.session();
    at_ = playback_.position();
    rows_ = wanted_rows();
    leaked_ = 0;
    releases_.clear();
    beginnings_.clear();
    if (const trace::History* history = this->history()) {
        for (const CallEntry& each : history->call_entries()) {
            leaked_ += leaks(each) ? 1 : 0;
            beginnings_.push_back(first_event(each));
            if (each.released.valid()) releases_.push_back(each.released);
        }
        std::ranges::sort(releases_);
        std::ranges::sort(beginnings_);
    }
    endResetModel();
    Q_EMIT refreshed();
}

void CallEntryModel::follow() {
    if (late()) return rebuild();
    at_ = playback_.position();
    if (held_only_) {
        auto rows = wanted_rows();
        if (rows != rows_) {
            beginResetModel();
            rows_ = std::move(rows);
            endResetModel();
        }
    }
    if (!rows_.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, column_count - 1));
    Q_EMIT refreshed();
}

QString CallEntryModel::summary() const {
    const EventId at = at_;
    if (beginnings_.empty() || !at.valid()) return {};
    const auto begun = std::ranges::upper_bound(beginnings_, at) - beginnings_.begin();
    const auto given_back = std::ranges::upper_bound(releases_, at) - releases_.begin();
    QString text = tr("%1 held, %2 released").arg(begun - given_back).arg(given_back);
    if (leaked_ > 0) text += tr(", ✖ %1 never released").arg(leaked_);
    return text;
}

}  // namespace chimneylab::desktop

#include "moc_call_entry_model.cpp"
