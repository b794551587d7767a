// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The ledger of IM call entries: every entry of the run with what has become of it at the present event. Order and filter
// do not depend on where one stands, so a step costs nothing but the entries that are held; only "held now" follows the
// event. Ages are virtual time. It shows the session and the event that it was told of last, also while a stream goes on in
// another window (late()). GUI thread only.
// What an entry is for: "Reusing an NDIS_MINIPORT_OFFLOAD_BLOCK_LIST Structure".
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "app/desktop/models/playback_model.h"

namespace chimneylab::desktop {

enum class CallEntryState {
    to_come,    // not allocated yet
    allocated,  // in the driver's hands, not yet found through ImReserved
    held,       // remembers the root of an operation that is below
    released,
    leaked,  // the run is over and it was never given back
};

class CallEntryModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { driver, number, operation, state, age, remembers, restored, column_count };
    enum Role { entry_role = Qt::UserRole + 1, state_role, leaks_role, chosen_role };

    explicit CallEntryModel(PlaybackModel& playback, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

    void show_layer(int layer);  // −1: every driver
    void show_held_only(bool held);
    void show_words(const QString& words);  // rows that contain all of them, in any column
    [[nodiscard]] int sorted_column() const { return sort_column_; }

    [[nodiscard]] const trace::CallEntry* entry(int row) const;
    [[nodiscard]] int row_of(trace::RegionId region) const;  // −1: not among the rows
    [[nodiscard]] CallEntryState state_of(const trace::CallEntry& entry) const;
    [[nodiscard]] bool leaks(const trace::CallEntry& entry) const;  // never given back in this run
    // Where to go from a cell: the event it speaks of.
    [[nodiscard]] trace::EventId event_of(int row, int column) const;
    [[nodiscard]] QString summary() const;  // "2 held, 5 released, 1 leaked"
    [[nodiscard]] bool late() const { return playback_.late(session_); }  // the events and memory that it names are of another

Q_SIGNALS:
    void refreshed();

private:
    void rebuild();
    void follow();
    [[nodiscard]] const trace::History* history() const { return session_ ? session_->history.get() : nullptr; }
    [[nodiscard]] std::vector<std::uint32_t> wanted_rows() const;
    [[nodiscard]] QString text(const trace::CallEntry& entry, int column) const;
    [[nodiscard]] QString restored_text(const trace::CallEntry& entry) const;
    [[nodiscard]] trace::EventId restoration(const trace::CallEntry& entry) const;
    [[nodiscard]] trace::EventId first_event(const trace::CallEntry& entry) const;

    PlaybackModel& playback_;
    SessionPointer session_;
    trace::EventId at_;
    std::vector<std::uint32_t> rows_;  // indices into History::call_entries()
    int layer_ = -1;
    bool held_only_ = false;
    QStringList words_;
    int sort_column_ = -1;  // −1: in the order of allocation
    Qt::SortOrder sort_order_ = Qt::AscendingOrder;
    std::uint32_t leaked_ = 0;
    std::vector<trace::EventId> releases_;  // in order: how many have been given back by an event
    std::vector<trace::EventId> beginnings_;
};

[[nodiscard]] QString to_text(CallEntryState state);  // "held"

}  // namespace chimneylab::desktop
