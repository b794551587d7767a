// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/event_list_model.h"

#include <algorithm>

#include "app/desktop/models/event_text.h"
#include "app/desktop/models/note_book.h"

namespace chimneylab::desktop {

EventListModel::EventListModel(PlaybackModel& playback, QObject* parent) : QAbstractTableModel(parent), playback_(playback) {
    connect(&playback, &PlaybackModel::session_changed, this, &EventListModel::rebuild);
    connect(&playback.filter(), &EventFilter::changed, this, &EventListModel::rebuild);
    connect(&playback.filter(), &EventFilter::grew, this, &EventListModel::grow);
}

void EventListModel::set_notes(NoteBook& notes) {
    notes_ = &notes;
    connect(&notes, &NoteBook::changed, this, [this] {
        if (rowCount() > 0) Q_EMIT dataChanged(index(0, what), index(rowCount() - 1, what), {note_role, Qt::ToolTipRole, Qt::AccessibleTextRole});
    });
}

int EventListModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid()) return 0;
    return rows_;
}

int EventListModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : column_count; }

trace::EventId EventListModel::event_at(int row) const {
    if (row < 0 || row >= rowCount()) return {};
    return filtered() ? result_->shown[static_cast<std::size_t>(row)] : trace::EventId(static_cast<std::uint32_t>(row));
}

int EventListModel::row_of(trace::EventId event) const {
    if (!event.valid() || rowCount() == 0) return -1;
    if (!filtered()) return event.value < static_cast<std::uint32_t>(rows_) ? static_cast<int>(event.value) : -1;
    const auto after = std::upper_bound(result_->shown.begin(), result_->shown.begin() + rows_, event);
    return static_cast<int>(after - result_->shown.begin()) - 1;
}

QVariant EventListModel::data(const QModelIndex& index, int role) const {
    const trace::History* history = playback_.history();
    const trace::EventId id = event_at(index.row());
    if (history == nullptr || !id.valid()) return {};
    const trace::Event& event = history->trace().event(id);
    switch (role) {
        case event_role: return id.value;
        case depth_role: return static_cast<int>(event.depth);
        case mark_role: return static_cast<int>(event_text(*history, id).mark);
        case layer_mark_role: return static_cast<int>(mark_of_layer(history->trace(), event_text(*history, id).layer));
        case function_name_role: return event_text(*history, id).is_function_name;
        case finding_role: return playback_.session()->is_finding(id);
        case note_role: return notes_ != nullptr && notes_->any_at(id);
        case return_role: return event_text(*history, id).is_return;
        case Qt::TextAlignmentRole:
            if (index.column() == number || index.column() == virtual_time) return QVariant(Qt::AlignRight | Qt::AlignVCenter);
            return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole:
            return QStringLiteral("%1  %2  %3  %4  %5")
                       .arg(id.value)
                       .arg(time_text(event.virtual_time), to_qstring(history->layer_name(event_text(*history, id).layer)),
                            event_text(*history, id).what, operation_text(*history, event.operation)) +
                   broken_text(id) + note_text(id);
        case Qt::DisplayRole: break;
        default: return {};
    }
    switch (index.column()) {
        case number: return id.value;
        case virtual_time: return microseconds_text(event.virtual_time);
        case layer: return short_layer_name(*history, event_text(*history, id).layer);
        case what: return event_text(*history, id).what;
        case operation: return operation_text(*history, event.operation);
        default: return {};
    }
}

QString EventListModel::broken_text(trace::EventId event) const {
    QString text;
    const auto [first, last] = playback_.session()->findings.at(event);
    for (std::size_t i = first; i < last; ++i) {
        const Finding& each = playback_.session()->findings.rows[i];
        text += QStringLiteral("\n✖ ") + each.rule + QLatin1Char(' ') + each.place();
    }
    return text;
}

QString EventListModel::note_text(trace::EventId event) const {
    QString text;
    if (notes_ == nullptr) return text;
    for (const session::Annotation* note : notes_->at(event)) text += QLatin1Char('\n') + tr("Note: %1").arg(to_qstring(note->text));
    return text;
}

QVariant EventListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) {
        const bool right = section == number || section == virtual_time;
        return QVariant((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role == Qt::ToolTipRole && section == virtual_time) return tr("Virtual time in microseconds: the model's clock, not this machine's");
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case number: return tr("#");
        case virtual_time: return tr("µs");
        case layer: return tr("layer");
        case what: return tr("what happens");
        case operation: return tr("operation");
        default: return {};
    }
}

void EventListModel::rebuild() {
    beginResetModel();
    result_ = playback_.filter().result();
    filtered_ = result_ && result_->filtered;
    rows_ = filtered_ ? static_cast<int>(result_->shown.size()) : static_cast<int>(playback_.event_count());
    endResetModel();
}

// One insertion at the end, however much has come.
void EventListModel::grow() {
    // The first event without a row: from then on rows are found another way, and those that are there stay.
    filtered_ = result_ && result_->filtered;
    const int rows = filtered_ ? static_cast<int>(result_->shown.size()) : static_cast<int>(playback_.event_count());
    if (rows <= rows_) return;
    beginInsertRows({}, rows_, rows - 1);
    rows_ = rows;
    endInsertRows();
}

}  // namespace chimneylab::desktop

#include "moc_event_list_model.cpp"
