// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/comparison_model.h"

#include <algorithm>
#include <tuple>

#include "app/desktop/models/event_text.h"

namespace chimneylab::desktop {

using trace::EventId;

namespace {

constexpr std::size_t most_aligned = 1500;

// Events of changed levels are in every call and would drown what differs.
std::vector<EventId> events_after(const SessionPointer& session, EventId parting) {
    std::vector<EventId> events;
    for (std::uint32_t i = parting.valid() ? parting.value + 1 : 0; i < session->trace->size(); ++i) {
        if (session->trace->event(EventId(i)).kind != trace::EventKind::irql_changed) events.push_back(EventId(i));
    }
    return events;
}

bool same(const SessionPointer& left, EventId a, const SessionPointer& right, EventId b) {
    const trace::Event& one = left->trace->event(a);
    const trace::Event& other = right->trace->event(b);
    return one.kind == other.kind && one.layer == other.layer && one.other_layer == other.other_layer && one.operation == other.operation && one.status == other.status &&
           left->trace->text(one.name) == right->trace->text(other.name);
}

}  // namespace

void ComparisonModel::compare(SessionPointer left, QString left_name, SessionPointer right, QString right_name, EventId parting) {
    beginResetModel();
    left_ = std::move(left);
    right_ = std::move(right);
    left_name_ = std::move(left_name);
    right_name_ = std::move(right_name);
    rows_.clear();
    if (left_ && right_) {
        const std::vector<EventId> a = events_after(left_, parting);
        const std::vector<EventId> b = events_after(right_, parting);
        if (a.size() > most_aligned || b.size() > most_aligned) {
            for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
                rows_.push_back({i < a.size() ? a[i] : EventId(), i < b.size() ? b[i] : EventId()});
            }
        } else {
            // Longest common subsequence, from the end, so that it can be read off forward.
            const std::size_t width = b.size() + 1;
            std::vector<std::uint16_t> length((a.size() + 1) * width, 0);
            for (std::size_t i = a.size(); i-- > 0;) {
                for (std::size_t j = b.size(); j-- > 0;) {
                    length[i * width + j] = same(left_, a[i], right_, b[j]) ? static_cast<std::uint16_t>(length[(i + 1) * width + j + 1] + 1)
                                                                             : std::max(length[(i + 1) * width + j], length[i * width + j + 1]);
                }
            }
            std::size_t i = 0;
            std::size_t j = 0;
            while (i < a.size() || j < b.size()) {
                if (i < a.size() && j < b.size() && same(left_, a[i], right_, b[j])) rows_.push_back({a[i++], b[j++]});
                else if (j == b.size() || (i < a.size() && length[(i + 1) * width + j] >= length[i * width + j + 1])) rows_.push_back({a[i++], EventId()});
                else rows_.push_back({EventId(), b[j++]});
            }
        }
    }
    endResetModel();
}

int ComparisonModel::differing_rows() const {
    return static_cast<int>(std::count_if(rows_.begin(), rows_.end(), [this](const Row& row) {
        return !row.left.valid() || !row.right.valid() || !same(left_, row.left, right_, row.right);
    }));
}

EventId ComparisonModel::event_at(int row, bool right) const {
    if (row < 0 || row >= rowCount()) return {};
    return right ? rows_[static_cast<std::size_t>(row)].right : rows_[static_cast<std::size_t>(row)].left;
}

int ComparisonModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }

int ComparisonModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : column_count; }

QVariant ComparisonModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const Row& row = rows_[static_cast<std::size_t>(index.row())];
    const bool right = index.column() >= right_number;
    const EventId event = right ? row.right : row.left;
    if (role == differs_role) return !row.left.valid() || !row.right.valid() || !same(left_, row.left, right_, row.right);
    if (role == Qt::TextAlignmentRole) return QVariant((index.column() == left_number || index.column() == right_number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (!event.valid()) {
        if (role == Qt::AccessibleTextRole) return tr("Branch %1: nothing").arg(right ? right_name_ : left_name_);
        return {};
    }
    const SessionPointer& session = side(right);
    const EventText text = event_text(*session->history, event);
    switch (role) {
        case event_role: return event.value;
        case mark_role: return static_cast<int>(mark_of_layer(*session->trace, text.layer));
        case Qt::DisplayRole:
            if (index.column() == left_number || index.column() == right_number) return event.value;
            return QStringLiteral("%1: %2").arg(short_layer_name(*session->history, text.layer), text.what);
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole:
            return tr("Branch %1, event %2, %3, %4: %5")
                .arg(right ? right_name_ : left_name_)
                .arg(event.value)
                .arg(time_text(session->trace->event(event).virtual_time), QString::fromStdString(session->history->layer_name(text.layer)), text.what);
        default: return {};
    }
}

QVariant ComparisonModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    switch (section) {
        case left_number:
        case right_number: return tr("#");
        case left_what: return tr("branch %1").arg(left_name_);
        case right_what: return tr("branch %1").arg(right_name_);
        default: return {};
    }
}

}  // namespace chimneylab::desktop

#include "moc_comparison_model.cpp"
