// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/bookmark_model.h"

#include <algorithm>

#include "app/desktop/models/event_text.h"

namespace chimneylab::desktop {

BookmarkModel::BookmarkModel(PlaybackModel& playback, NoteBook& book, QObject* parent) : QAbstractListModel(parent), playback_(playback), book_(book) {
    connect(&book, &NoteBook::reset, this, [this] {
        beginResetModel();
        bookmarks_.clear();
        for (const session::Bookmark& each : book_.contents().bookmarks) bookmarks_.push_back({each.event, to_qstring(each.name)});
        endResetModel();
    });
    playback.tell(this, [this] {
        if (!bookmarks_.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1), {here_role});
    });
}

bool BookmarkModel::toggle(trace::EventId event) {
    if (!event.valid()) return false;
    const auto at = std::lower_bound(bookmarks_.begin(), bookmarks_.end(), event, [](const Bookmark& each, trace::EventId wanted) { return each.event < wanted; });
    const int row = static_cast<int>(at - bookmarks_.begin());
    if (at != bookmarks_.end() && at->event == event) {
        remove(row);
        return false;
    }
    beginInsertRows({}, row, row);
    bookmarks_.insert(at, {event, {}});
    endInsertRows();
    book_.set_bookmark({event, {}});
    return true;
}

void BookmarkModel::remove(int row) {
    if (row < 0 || row >= rowCount()) return;
    const trace::EventId event = event_at(row);
    beginRemoveRows({}, row, row);
    bookmarks_.erase(bookmarks_.begin() + row);
    endRemoveRows();
    book_.remove_bookmark(event);
}

trace::EventId BookmarkModel::event_at(int row) const {
    return row < 0 || row >= rowCount() ? trace::EventId() : bookmarks_[static_cast<std::size_t>(row)].event;
}

trace::EventId BookmarkModel::next(trace::EventId from, int direction) const {
    if (bookmarks_.empty()) return {};
    if (direction > 0) {
        const auto after = std::find_if(bookmarks_.begin(), bookmarks_.end(), [from](const Bookmark& each) { return each.event > from; });
        return after == bookmarks_.end() ? bookmarks_.front().event : after->event;
    }
    const auto before = std::find_if(bookmarks_.rbegin(), bookmarks_.rend(), [from](const Bookmark& each) { return each.event < from; });
    return before == bookmarks_.rend() ? bookmarks_.back().event : before->event;
}

int BookmarkModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(bookmarks_.size()); }

QString BookmarkModel::words(trace::EventId event) const {
    const trace::History* history = playback_.history();
    if (history == nullptr || event.value >= history->trace().size()) return {};
    const EventText text = event_text(*history, event);
    return short_layer_name(*history, text.layer) + QStringLiteral(": ") + text.what;
}

QVariant BookmarkModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const Bookmark& bookmark = bookmarks_[static_cast<std::size_t>(index.row())];
    const QString note = bookmark.note.isEmpty() ? words(bookmark.event) : bookmark.note;
    switch (role) {
        case Qt::DisplayRole: return QStringLiteral("%1  %2").arg(bookmark.event.value).arg(note);
        case Qt::EditRole: return note;
        case Qt::ToolTipRole: return tr("Event %1 · %2\n%3\nEnter goes there, F2 changes the note, Del takes it away.").arg(bookmark.event.value).arg(words(bookmark.event), bookmark.note);
        case Qt::AccessibleTextRole: return tr("Bookmark at event %1: %2").arg(bookmark.event.value).arg(note);
        case event_role: return bookmark.event.value;
        case here_role: return bookmark.event == playback_.position();
        default: return {};
    }
}

bool BookmarkModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (!index.isValid() || index.row() >= rowCount() || role != Qt::EditRole) return false;
    const QString note = value.toString().trimmed();
    bookmarks_[static_cast<std::size_t>(index.row())].note = note == words(event_at(index.row())) ? QString() : note;
    book_.set_bookmark({event_at(index.row()), bookmarks_[static_cast<std::size_t>(index.row())].note.toStdString()});
    Q_EMIT dataChanged(index, index);
    return true;
}

Qt::ItemFlags BookmarkModel::flags(const QModelIndex& index) const {
    return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsEditable | Qt::ItemNeverHasChildren : Qt::NoItemFlags;
}

}  // namespace chimneylab::desktop

#include "moc_bookmark_model.cpp"
