// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/state_tree_model.h"

#include <algorithm>

namespace chimneylab::desktop {

void StateTreeModel::set_tree(StateTree tree) {
    const bool same_shape = tree.rows.size() == tree_.rows.size() && tree.headings == tree_.headings &&
                            std::equal(tree.rows.begin(), tree.rows.end(), tree_.rows.begin(),
                                       [](const StateTreeRow& a, const StateTreeRow& b) { return a.region == b.region && a.parent == b.parent; });
    if (!same_shape) {
        beginResetModel();
        tree_ = std::move(tree);
        index_children();
        endResetModel();
        return;
    }
    tree_ = std::move(tree);
    for (int row = 0; row < static_cast<int>(tree_.rows.size()); ++row) {
        const int place = place_[static_cast<std::size_t>(row)];
        Q_EMIT dataChanged(createIndex(place, 0, static_cast<quintptr>(row)), createIndex(place, columnCount() - 1, static_cast<quintptr>(row)));
    }
}

void StateTreeModel::index_children() {
    children_.assign(tree_.rows.size() + 1, {});
    place_.assign(tree_.rows.size(), 0);
    for (std::size_t i = 0; i < tree_.rows.size(); ++i) {
        std::vector<int>& siblings = children_[static_cast<std::size_t>(tree_.rows[i].parent + 1)];
        place_[i] = static_cast<int>(siblings.size());
        siblings.push_back(static_cast<int>(i));
    }
}

const std::vector<int>& StateTreeModel::children(const QModelIndex& parent) const {
    static const std::vector<int> none;
    const std::size_t of = parent.isValid() ? static_cast<std::size_t>(parent.internalId()) + 1 : 0;
    return of < children_.size() ? children_[of] : none;
}

const StateTreeRow* StateTreeModel::row(const QModelIndex& index) const {
    return index.isValid() && index.internalId() < tree_.rows.size() ? &tree_.rows[index.internalId()] : nullptr;
}

QModelIndex StateTreeModel::index_of(trace::RegionId region) const {
    for (std::size_t i = 0; region.valid() && i < tree_.rows.size(); ++i) {
        if (tree_.rows[i].region == region) return createIndex(place_[i], 0, static_cast<quintptr>(i));
    }
    return {};
}

QModelIndex StateTreeModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) return {};
    return createIndex(row, column, static_cast<quintptr>(children(parent)[static_cast<std::size_t>(row)]));
}

QModelIndex StateTreeModel::parent(const QModelIndex& child) const {
    const StateTreeRow* its = row(child);
    if (its == nullptr || its->parent < 0) return {};
    return createIndex(place_[static_cast<std::size_t>(its->parent)], 0, static_cast<quintptr>(its->parent));
}

int StateTreeModel::rowCount(const QModelIndex& parent) const { return parent.column() > 0 ? 0 : static_cast<int>(children(parent).size()); }

int StateTreeModel::columnCount(const QModelIndex&) const { return static_cast<int>(tree_.headings.size()); }

QVariant StateTreeModel::data(const QModelIndex& index, int role) const {
    const StateTreeRow* its = row(index);
    if (its == nullptr) return {};
    switch (role) {
        case Qt::DisplayRole: return its->cells.value(index.column());
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole: {
            QStringList parts;
            for (qsizetype i = 0; i < its->cells.size(); ++i) {
                if (!its->cells[i].isEmpty()) parts << QStringLiteral("%1: %2").arg(tree_.headings.value(i), its->cells[i]);
            }
            return parts.join(role == Qt::ToolTipRole ? QStringLiteral("\n") : QStringLiteral(", "));
        }
        case changed_role: return its->changed;
        case failed_role: return its->failed;
        case pending_role: return its->pending;
        default: return {};
    }
}

QVariant StateTreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    return tree_.headings.value(section);
}

}  // namespace chimneylab::desktop

#include "moc_state_tree_model.cpp"
