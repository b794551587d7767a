// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The ledger of call entries: slots above, the table below, a filter by driver, by words and by what is held now. A click
// on a row chooses the entry and goes to the event its cell speaks of. GUI thread only.
#pragma once

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QToolButton>
#include <QWidget>

#include "app/desktop/ledger/ledger_slots.h"
#include "app/desktop/models/call_entry_model.h"

namespace chimneylab::desktop {

class LedgerView : public QWidget {
    Q_OBJECT
public:
    LedgerView(PlaybackModel& playback, CallEntryModel& entries, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QTableView* table() const { return table_; }
    [[nodiscard]] LedgerSlots* slot_lines() const { return slots_; }
    [[nodiscard]] QComboBox* drivers() const { return drivers_; }
    [[nodiscard]] QLineEdit* filter() const { return filter_; }
    [[nodiscard]] QToolButton* held_only() const { return held_; }

Q_SIGNALS:
    void summary_changed(const QString& summary);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void show_drivers();
    void refresh();
    void size_columns();
    void go(const QModelIndex& index);

    PlaybackModel& playback_;
    CallEntryModel& entries_;
    const Theme& theme_;
    LedgerSlots* slots_ = nullptr;
    QTableView* table_ = nullptr;
    QComboBox* drivers_ = nullptr;
    QLineEdit* filter_ = nullptr;
    QToolButton* held_ = nullptr;
    QLabel* empty_ = nullptr;
};

}  // namespace chimneylab::desktop
