// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The scenario library as rows under headings, narrowed down by a few typed letters. A plain list model: a heading is a
// row that cannot be selected. The variants of the scenario on stage, and those that
// the typed letters name, stand as rows under their scenario.
#pragma once

#include <QAbstractListModel>
#include <QString>
#include <QStringList>
#include <vector>

namespace chimneylab::desktop {

// Another run of the same scenario: with a faulty driver, another mode or another order of completion.
struct LibraryVariant {
    QString name;   // "imreserved-not-restored"
    QString title;
    QString teaches;
    QStringList breaks;  // rules that it breaks on purpose; empty: another correct run
};

struct LibraryEntry {
    QString id;      // "m1"
    QString number;  // "M1"
    QString title;
    QString part;    // heading it stands under
    QString teaches;
    QString path;
    QString problem;  // why it cannot be run; empty if it can
    std::vector<LibraryVariant> variants = {};
};

class LibraryModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { heading_role = Qt::UserRole + 1, id_role, number_role, problem_role, current_role, variant_role, breaks_role };

    explicit LibraryModel(QObject* parent = nullptr);

    void set_entries(std::vector<LibraryEntry> entries);
    void set_filter(const QString& words);
    void set_current(const QString& id, const QString& variant = {});  // the one that is on stage
    [[nodiscard]] QString current() const { return current_; }
    [[nodiscard]] QString current_variant() const { return current_variant_; }
    [[nodiscard]] const std::vector<LibraryEntry>& entries() const { return entries_; }
    [[nodiscard]] const LibraryEntry* entry(const QString& id) const;
    [[nodiscard]] const LibraryVariant* variant(const QString& id, const QString& name) const;
    [[nodiscard]] int row_of(const QString& id, const QString& variant = {}) const;  // -1 if not shown

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    struct Row {
        QString heading;  // empty for an entry
        std::size_t entry = 0;
        int variant = -1;  // of the entry; -1: the entry itself
    };
    void rebuild();

    std::vector<LibraryEntry> entries_;
    std::vector<Row> rows_;
    QString filter_;
    QString current_;
    QString current_variant_;
};

}  // namespace chimneylab::desktop
