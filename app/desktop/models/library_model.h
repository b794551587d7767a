// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The scenario library as rows under headings, narrowed down by a few typed letters. A plain list model: a heading is a
// row that cannot be selected.
#pragma once

#include <QAbstractListModel>
#include <QString>
#include <vector>

namespace chimneylab::desktop {

struct LibraryEntry {
    QString id;      // "m1"
    QString number;  // "M1"
    QString title;
    QString part;    // heading it stands under
    QString teaches;
    QString path;
    QString problem;  // why it cannot be run; empty if it can
};

class LibraryModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { heading_role = Qt::UserRole + 1, id_role, number_role, problem_role, current_role };

    explicit LibraryModel(QObject* parent = nullptr);

    void set_entries(std::vector<LibraryEntry> entries);
    void set_filter(const QString& words);
    void set_current(const QString& id);  // the one that is on stage
    [[nodiscard]] QString current() const { return current_; }
    [[nodiscard]] const std::vector<LibraryEntry>& entries() const { return entries_; }
    [[nodiscard]] const LibraryEntry* entry(const QString& id) const;
    [[nodiscard]] int row_of(const QString& id) const;  // -1 if not shown

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    struct Row {
        QString heading;  // empty for an entry
        std::size_t entry = 0;
    };
    void rebuild();

    std::vector<LibraryEntry> entries_;
    std::vector<Row> rows_;
    QString filter_;
    QString current_;
};

}  // namespace chimneylab::desktop
