// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The events of the session as rows, those that the shared filter (EventFilter) has in force. A row's text is made when it is
// asked for, so only what is on screen costs anything.
#pragma once

#include <QAbstractTableModel>
#include <memory>

#include "app/desktop/models/playback_model.h"

namespace chimneylab::desktop {

class NoteBook;

class EventListModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { number, virtual_time, layer, what, operation, column_count };
    enum Role { mark_role = Qt::UserRole + 1, depth_role, function_name_role, return_role, layer_mark_role, event_role, finding_role, note_role };

    explicit EventListModel(PlaybackModel& playback, QObject* parent = nullptr);
    void set_notes(NoteBook& notes);  // whose notes are marked and read out; it must outlive the model

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    // The deepest nesting of calls in the session, so that a view can share out its room.
    [[nodiscard]] int deepest() const { return playback_.session() ? playback_.session()->deepest : 0; }
    [[nodiscard]] bool filtered() const { return filtered_; }
    // The events that have rows; null without a session.
    [[nodiscard]] const std::shared_ptr<const ShownEvents>& shown() const { return result_; }
    [[nodiscard]] trace::EventId event_at(int row) const;
    // The row of the event, or of the last shown event before it; -1 if there is none.
    [[nodiscard]] int row_of(trace::EventId event) const;

private:
    void rebuild();
    void grow();
    [[nodiscard]] QString broken_text(trace::EventId event) const;
    [[nodiscard]] QString note_text(trace::EventId event) const;

    PlaybackModel& playback_;
    const NoteBook* notes_ = nullptr;
    std::shared_ptr<const ShownEvents> result_;
    int rows_ = 0;          // a live session may have more
    bool filtered_ = false;
};

}  // namespace chimneylab::desktop
