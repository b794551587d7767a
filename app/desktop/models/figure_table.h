// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A chart as a table: what it shows in rows and columns, made cell by cell when somebody looks, so that a chart of a
// million things costs nothing. The same rows serve the eyes (the table beside the chart), screen readers and CSV files.
#pragma once

#include <QAbstractTableModel>
#include <QStringList>
#include <functional>

#include "engine/trace/types.h"

namespace chimneylab::desktop {

// A value; the functions keep alive what they read and may be called on any thread, but on one at a time.
struct FigureTable {
    QString title;  // says which clock
    QStringList headings;
    int rows = 0;
    std::function<QString(int row, int column)> cell;
    std::function<trace::EventId(int row)> event;  // where a row leads; none: nowhere
    // "from 1 µs, to 2 µs, operations 3"
    [[nodiscard]] QString words(int row) const;
    // RFC 4180, with a heading line; lines end in a line feed.
    [[nodiscard]] QByteArray csv_line(int row) const;  // -1: the headings
};

class FigureTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Role { event_role = Qt::UserRole + 1 };
    using QAbstractTableModel::QAbstractTableModel;

    void set_table(FigureTable table);
    [[nodiscard]] const FigureTable& table() const { return table_; }
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    FigureTable table_;
};

}  // namespace chimneylab::desktop
