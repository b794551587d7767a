// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The notes of the session on stage as a list, in the order of events. GUI thread only.
#pragma once

#include <QAbstractListModel>
#include <vector>

#include "app/desktop/models/note_book.h"

namespace chimneylab::desktop {

class NoteModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { event_role = Qt::UserRole + 1, id_role, text_role, here_role, about_role };

    NoteModel(PlaybackModel& playback, NoteBook& book, QObject* parent = nullptr);
    [[nodiscard]] std::int64_t id_at(int row) const;  // 0: none
    [[nodiscard]] int row_of(std::int64_t id) const;  // −1: none
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    void take();
    [[nodiscard]] QString about(const session::Annotation& note) const;  // "38", "operation 2 query"

    PlaybackModel& playback_;
    NoteBook& book_;
    std::vector<session::Annotation> notes_;
};

}  // namespace chimneylab::desktop
