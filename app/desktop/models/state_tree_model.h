// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A StateTree as an item model. Setting a tree of the same shape changes its rows in place, so that what a person
// collapsed, selected or scrolled to stays. GUI thread only.
#pragma once

#include <QAbstractItemModel>

#include "app/desktop/models/state_tree_rows.h"

namespace chimneylab::desktop {

class StateTreeModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Role { changed_role = Qt::UserRole + 1, failed_role, pending_role };

    explicit StateTreeModel(QObject* parent = nullptr) : QAbstractItemModel(parent) {}

    void set_tree(StateTree tree);
    [[nodiscard]] const StateTree& tree() const { return tree_; }
    [[nodiscard]] const StateTreeRow* row(const QModelIndex& index) const;  // null for an invalid index
    [[nodiscard]] QModelIndex index_of(trace::RegionId region) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] const std::vector<int>& children(const QModelIndex& parent) const;
    void index_children();

    StateTree tree_;
    std::vector<std::vector<int>> children_;  // of row i − 1; [0]: of the invisible root
    std::vector<int> place_;                  // among its siblings
};

}  // namespace chimneylab::desktop
