// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/library_model.h"

namespace chimneylab::desktop {

LibraryModel::LibraryModel(QObject* parent) : QAbstractListModel(parent) {}

void LibraryModel::set_entries(std::vector<LibraryEntry> entries) {
    entries_ = std::move(entries);
    rebuild();
}

void LibraryModel::set_filter(const QString& words) {
    if (words.trimmed() == filter_) return;
    filter_ = words.trimmed();
    rebuild();
}

void LibraryModel::set_current(const QString& id) {
    if (id == current_) return;
    current_ = id;
    if (!rows_.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1), {current_role});
}

const LibraryEntry* LibraryModel::entry(const QString& id) const {
    for (const LibraryEntry& candidate : entries_) {
        if (candidate.id.compare(id, Qt::CaseInsensitive) == 0) return &candidate;
    }
    return nullptr;
}

int LibraryModel::row_of(const QString& id) const {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (rows_[i].heading.isEmpty() && entries_[rows_[i].entry].id.compare(id, Qt::CaseInsensitive) == 0) return static_cast<int>(i);
    }
    return -1;
}

int LibraryModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }

Qt::ItemFlags LibraryModel::flags(const QModelIndex& index) const {
    if (!index.isValid() || !rows_[static_cast<std::size_t>(index.row())].heading.isEmpty()) return Qt::NoItemFlags;
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable;
}

QVariant LibraryModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const Row& row = rows_[static_cast<std::size_t>(index.row())];
    if (!row.heading.isEmpty()) {
        if (role == heading_role) return true;
        if (role == Qt::DisplayRole || role == Qt::AccessibleTextRole) return row.heading;
        return {};
    }
    const LibraryEntry& entry = entries_[row.entry];
    switch (role) {
        case heading_role: return false;
        case Qt::DisplayRole: return entry.title;
        case Qt::AccessibleTextRole: return entry.number + QStringLiteral(" ") + entry.title;
        case Qt::ToolTipRole:
            return entry.problem.isEmpty() ? entry.title + (entry.teaches.isEmpty() ? QString() : QStringLiteral("\nTeaches: ") + entry.teaches)
                                           : entry.problem;
        case id_role: return entry.id;
        case number_role: return entry.number;
        case problem_role: return entry.problem;
        case current_role: return entry.id == current_;
        default: return {};
    }
}

void LibraryModel::rebuild() {
    beginResetModel();
    rows_.clear();
    QString heading;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const LibraryEntry& entry = entries_[i];
        const auto matches = [this](const QString& text) { return text.contains(filter_, Qt::CaseInsensitive); };
        if (!filter_.isEmpty() && !matches(entry.title) && !matches(entry.number) && !matches(entry.teaches)) continue;
        if (entry.part != heading && !entry.part.isEmpty()) {
            heading = entry.part;
            rows_.push_back({heading, 0});
        }
        rows_.push_back({QString(), i});
    }
    endResetModel();
}

}  // namespace chimneylab::desktop
