// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Bookmarks in the session on stage, in the order of events, each with a note that a person may change. They are kept in
// the note book, and by it in the session's file; a session that is shown again (the branches of a manual run) finds its own.
#pragma once

#include <QAbstractListModel>
#include <vector>

#include "app/desktop/models/note_book.h"

namespace chimneylab::desktop {

class BookmarkModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { event_role = Qt::UserRole + 1, here_role };

    BookmarkModel(PlaybackModel& playback, NoteBook& book, QObject* parent = nullptr);

    bool toggle(trace::EventId event);  // true: it is set now
    void remove(int row);
    [[nodiscard]] trace::EventId event_at(int row) const;
    // The next one in this direction, round the end; none if there is none at all.
    [[nodiscard]] trace::EventId next(trace::EventId from, int direction) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    struct Bookmark {
        trace::EventId event;
        QString note;
    };
    [[nodiscard]] QString words(trace::EventId event) const;

    PlaybackModel& playback_;
    NoteBook& book_;
    std::vector<Bookmark> bookmarks_;
};

}  // namespace chimneylab::desktop
