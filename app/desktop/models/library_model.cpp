// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/library_model.h"

#include <algorithm>

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

void LibraryModel::set_current(const QString& id, const QString& variant) {
    if (id == current_ && variant == current_variant_) return;
    const bool other_scenario = id != current_;
    current_ = id;
    current_variant_ = variant;
    if (other_scenario) rebuild();  // the variants of another scenario stand there now
    else if (!rows_.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1), {current_role});
}

const LibraryVariant* LibraryModel::variant(const QString& id, const QString& name) const {
    const LibraryEntry* of = entry(id);
    if (of == nullptr) return nullptr;
    for (const LibraryVariant& candidate : of->variants) {
        if (candidate.name == name) return &candidate;
    }
    return nullptr;
}

const LibraryEntry* LibraryModel::entry(const QString& id) const {
    for (const LibraryEntry& candidate : entries_) {
        if (candidate.id.compare(id, Qt::CaseInsensitive) == 0) return &candidate;
    }
    return nullptr;
}

int LibraryModel::row_of(const QString& id, const QString& variant) const {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (!rows_[i].heading.isEmpty() || entries_[rows_[i].entry].id.compare(id, Qt::CaseInsensitive) != 0) continue;
        const QString name = rows_[i].variant < 0 ? QString() : entries_[rows_[i].entry].variants[static_cast<std::size_t>(rows_[i].variant)].name;
        if (name == variant) return static_cast<int>(i);
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
    if (row.variant >= 0) {
        const LibraryVariant& variant = entry.variants[static_cast<std::size_t>(row.variant)];
        const QString breaks = variant.breaks.join(QStringLiteral(", "));
        switch (role) {
            case heading_role: return false;
            case Qt::DisplayRole: return variant.title;
            case Qt::AccessibleTextRole: return tr("Variant of %1: %2%3").arg(entry.number, variant.title, breaks.isEmpty() ? QString() : tr(", breaks %1").arg(breaks));
            case Qt::ToolTipRole:
                return variant.title + (breaks.isEmpty() ? QString() : tr("\nBreaks on purpose: %1").arg(breaks)) +
                       (variant.teaches.isEmpty() ? QString() : tr("\nTeaches: ") + variant.teaches);
            case id_role: return entry.id;
            case number_role: return QString();
            case problem_role: return QString();
            case current_role: return entry.id == current_ && variant.name == current_variant_;
            case variant_role: return variant.name;
            case breaks_role: return variant.breaks;
            default: return {};
        }
    }
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
        case current_role: return entry.id == current_ && current_variant_.isEmpty();
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
        const auto variant_matches = [&](const LibraryVariant& variant) {
            return matches(variant.title) || matches(variant.name) || matches(variant.breaks.join(QLatin1Char(' ')));
        };
        const bool named = std::any_of(entry.variants.begin(), entry.variants.end(), variant_matches);
        if (!filter_.isEmpty() && !matches(entry.title) && !matches(entry.number) && !matches(entry.teaches) && !named) continue;
        if (entry.part != heading && !entry.part.isEmpty()) {
            heading = entry.part;
            rows_.push_back({heading, 0, -1});
        }
        rows_.push_back({QString(), i, -1});
        for (std::size_t v = 0; v < entry.variants.size(); ++v) {
            const bool wanted = filter_.isEmpty() ? entry.id == current_ : entry.id == current_ || variant_matches(entry.variants[v]);
            if (wanted) rows_.push_back({QString(), i, static_cast<int>(v)});
        }
    }
    endResetModel();
}

}  // namespace chimneylab::desktop

#include "moc_library_model.cpp"
