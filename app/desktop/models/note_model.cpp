// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/note_model.h"

#include <algorithm>

#include "app/desktop/models/event_text.h"

namespace chimneylab::desktop {

using session::Annotation;

NoteModel::NoteModel(PlaybackModel& playback, NoteBook& book, QObject* parent) : QAbstractListModel(parent), playback_(playback), book_(book) {
    connect(&book, &NoteBook::reset, this, [this] {
        beginResetModel();
        notes_ = book_.annotations();
        endResetModel();
    });
    connect(&book, &NoteBook::changed, this, &NoteModel::take);
    playback.tell(this, [this] {
        if (!notes_.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1), {here_role});
    });
    notes_ = book.annotations();
}

// What a person does changes one row at a time; rows that stay keep their place and their selection.
void NoteModel::take() {
    const auto& now = book_.annotations();
    std::size_t row = 0;
    while (row < notes_.size() || row < now.size()) {
        const bool same = row < notes_.size() && row < now.size() && notes_[row].id == now[row].id;
        if (same) {
            if (notes_[row] != now[row]) {
                notes_[row] = now[row];
                Q_EMIT dataChanged(index(static_cast<int>(row)), index(static_cast<int>(row)));
            }
            ++row;
            continue;
        }
        const auto at = static_cast<int>(row);
        const bool gone = row < notes_.size() && std::ranges::find(now, notes_[row].id, &Annotation::id) == now.end();
        if (gone) {
            beginRemoveRows({}, at, at);
            notes_.erase(notes_.begin() + at);
            endRemoveRows();
        } else if (row < now.size()) {
            beginInsertRows({}, at, at);
            notes_.insert(notes_.begin() + at, now[row]);
            endInsertRows();
            ++row;
        } else {
            beginResetModel();
            notes_ = now;
            endResetModel();
            return;
        }
    }
}

std::int64_t NoteModel::id_at(int row) const { return row < 0 || row >= rowCount() ? 0 : notes_[static_cast<std::size_t>(row)].id; }

int NoteModel::row_of(std::int64_t id) const {
    const auto found = std::ranges::find(notes_, id, &Annotation::id);
    return found == notes_.end() ? -1 : static_cast<int>(found - notes_.begin());
}

int NoteModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(notes_.size()); }

QString NoteModel::about(const Annotation& note) const {
    const trace::History* history = playback_.history();
    if (note.last_event.valid() && history != nullptr && note.event.value < history->trace().size()) {
        const trace::OperationId operation = history->trace().event(note.event).operation;
        if (operation.valid()) return tr("operation %1").arg(operation_text(*history, operation));
        return tr("events %1 to %2").arg(note.event.value).arg(note.last_event.value);
    }
    return tr("event %1").arg(note.event.value);
}

QVariant NoteModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const Annotation& note = notes_[static_cast<std::size_t>(index.row())];
    const QString text = to_qstring(note.text), first = text.section(QLatin1Char('\n'), 0, 0).simplified();
    switch (role) {
        case Qt::DisplayRole: return about(note) + QStringLiteral(":  ") + (text.isEmpty() ? tr("(empty)") : first);
        case Qt::ToolTipRole: return tr("%1\n%2 · %3 UTC").arg(text, to_qstring(note.author), to_qstring(note.written));
        case Qt::AccessibleTextRole: return tr("Note on %1: %2").arg(about(note), text);
        case event_role: return note.event.value;
        case id_role: return static_cast<qlonglong>(note.id);
        case text_role: return text;
        case about_role: return about(note);
        case here_role: return note.event == playback_.position();
        default: return {};
    }
}

}  // namespace chimneylab::desktop

#include "moc_note_model.cpp"
