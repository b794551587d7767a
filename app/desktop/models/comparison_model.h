// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Two branches of a run side by side, from the event after which they part: equal events stand on one row, an event that
// only one of them has stands alone on its row. Aligned by what happens, not by when. Up to 1500 events on each side are
// aligned; beyond that row by row.
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "app/desktop/models/session.h"

namespace chimneylab::desktop {

class ComparisonModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { left_number, left_what, right_number, right_what, column_count };
    enum Role { differs_role = Qt::UserRole + 1, event_role, mark_role };

    explicit ComparisonModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

    // Null sessions empty it. `parting` is the last event that both share.
    void compare(SessionPointer left, QString left_name, SessionPointer right, QString right_name, trace::EventId parting);
    [[nodiscard]] int differing_rows() const;
    [[nodiscard]] trace::EventId event_at(int row, bool right) const;  // none where that side has nothing
    [[nodiscard]] const SessionPointer& side(bool right) const { return right ? right_ : left_; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Row {
        trace::EventId left, right;
    };
    SessionPointer left_, right_;
    QString left_name_, right_name_;
    std::vector<Row> rows_;
};

}  // namespace chimneylab::desktop
