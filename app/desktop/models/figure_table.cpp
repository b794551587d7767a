// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/figure_table.h"

namespace chimneylab::desktop {

QString FigureTable::words(int row) const {
    QStringList parts;
    for (int column = 0; column < headings.size(); ++column) {
        const QString value = cell(row, column);
        if (!value.isEmpty()) parts << headings[column] + QLatin1Char(' ') + value;
    }
    return parts.join(QStringLiteral(", "));
}

QByteArray FigureTable::csv_line(int row) const {
    QByteArray line;
    for (int column = 0; column < headings.size(); ++column) {
        QString value = row < 0 ? headings[column] : cell(row, column);
        if (value.contains(QLatin1Char(',')) || value.contains(QLatin1Char('"')) || value.contains(QLatin1Char('\n')) || value.contains(QLatin1Char('\r'))) {
            value = QLatin1Char('"') + value.replace(QLatin1Char('"'), QStringLiteral("\"\"")) + QLatin1Char('"');
        }
        if (column > 0) line += ',';
        line += value.toUtf8();
    }
    return line + '\n';
}

void FigureTableModel::set_table(FigureTable table) {
    beginResetModel();
    table_ = std::move(table);
    endResetModel();
}

int FigureTableModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : table_.rows; }
int FigureTableModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(table_.headings.size()); }

QVariant FigureTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= table_.rows || index.column() >= table_.headings.size()) return {};
    switch (role) {
        case Qt::DisplayRole:
        case Qt::ToolTipRole: return table_.cell(index.row(), index.column());
        case Qt::AccessibleTextRole: return table_.headings[index.column()] + QLatin1Char(' ') + table_.cell(index.row(), index.column());
        case Qt::TextAlignmentRole: return static_cast<int>((index.column() == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
        case event_role: return table_.event ? table_.event(index.row()).value : trace::EventId().value;
        default: return {};
    }
}

QVariant FigureTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= table_.headings.size()) return {};
    if (role == Qt::DisplayRole) return table_.headings[section];
    if (role == Qt::TextAlignmentRole) return static_cast<int>((section == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    return {};
}

}  // namespace chimneylab::desktop

#include "moc_figure_table.cpp"
