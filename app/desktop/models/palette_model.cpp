// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/palette_model.h"

#include <algorithm>

namespace chimneylab::desktop {

namespace {
constexpr std::size_t most_shown = 200;
}

int PaletteModel::score(const QString& title, const QString& letters, bool scattered) {
    if (letters.isEmpty()) return 1;
    const QString text = title.toLower();
    int total = 0;
    for (const QString& word : letters.toLower().split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const qsizetype at = text.indexOf(word);
        if (at == 0) {
            total += 100;
        } else if (at > 0) {
            total += text[at - 1].isLetterOrNumber() ? 30 : 60;
        } else if (!scattered) {
            return 0;
        } else {
            qsizetype from = 0;
            for (const QChar letter : word) {
                from = text.indexOf(letter, from);
                if (from < 0) return 0;
                ++from;
            }
            total += 5;
        }
    }
    return total;
}

void PaletteModel::set_entries(std::vector<PaletteEntry> entries) {
    entries_ = std::move(entries);
    set_letters(letters_);
}

void PaletteModel::set_letters(const QString& letters) {
    beginResetModel();
    letters_ = letters.trimmed();
    made_.clear();
    shown_.clear();
    if (maker_ && !letters_.isEmpty()) made_ = maker_(letters_);
    for (const PaletteEntry& each : made_) shown_.push_back(&each);
    std::vector<std::pair<int, const PaletteEntry*>> found;
    for (const PaletteEntry& each : entries_) {
        int best = score(each.title, letters_);
        // The other words help to find it, but count for less than the title.
        if (best == 0) best = score(each.kind + QLatin1Char(' ') + each.title + QLatin1Char(' ') + each.detail, letters_, false) / 4;
        if (best > 0) found.emplace_back(best + (each.enabled ? 0 : -1), &each);
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [points, each] : found) {
        if (shown_.size() >= most_shown) break;
        shown_.push_back(each);
    }
    endResetModel();
}

const PaletteEntry* PaletteModel::entry(int row) const { return row < 0 || row >= rowCount() ? nullptr : shown_[static_cast<std::size_t>(row)]; }

int PaletteModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(shown_.size()); }

QVariant PaletteModel::data(const QModelIndex& index, int role) const {
    const PaletteEntry* found = index.isValid() ? entry(index.row()) : nullptr;
    if (found == nullptr) return {};
    switch (role) {
        case Qt::DisplayRole: return found->title;
        case Qt::ToolTipRole: return found->detail.isEmpty() ? found->title : found->title + QLatin1Char('\n') + found->detail;
        case Qt::AccessibleTextRole: return found->kind + QStringLiteral(": ") + found->title + QStringLiteral(", ") + found->detail;
        case kind_role: return found->kind;
        case detail_role: return found->detail;
        default: return {};
    }
}

}  // namespace chimneylab::desktop

#include "moc_palette_model.cpp"
