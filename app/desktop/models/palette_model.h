// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the command palette offers: commands, members, rules, scenarios and their variants, panes and events, found by a
// few typed letters. The window fills it with entries each time the palette opens. Best matches first: a title that
// begins with the letters, then a word that does, then letters inside, then letters in this order with others between.
#pragma once

#include <QAbstractListModel>
#include <QString>
#include <functional>
#include <vector>

namespace chimneylab::desktop {

struct PaletteEntry {
    QString kind;    // "command", "rule", "member", "scenario", "event" …
    QString title;
    QString detail;  // a shortcut, a statement
    std::function<void()> act;
    bool enabled = true;
};

class PaletteModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { kind_role = Qt::UserRole + 1, detail_role };

    explicit PaletteModel(QObject* parent = nullptr) : QAbstractListModel(parent) {}

    void set_entries(std::vector<PaletteEntry> entries);
    // Makes further entries from the letters themselves, e.g. for a number the event of that number.
    void set_maker(std::function<std::vector<PaletteEntry>(const QString& letters)> maker) { maker_ = std::move(maker); }
    void set_letters(const QString& letters);
    [[nodiscard]] const PaletteEntry* entry(int row) const;
    // 0: no match; the higher, the better. Letters scattered over a title find it; over a long sentence they would find anything.
    [[nodiscard]] static int score(const QString& title, const QString& letters, bool scattered = true);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    std::vector<PaletteEntry> entries_;
    std::vector<PaletteEntry> made_;
    std::function<std::vector<PaletteEntry>(const QString& letters)> maker_;
    std::vector<const PaletteEntry*> shown_;
    QString letters_;
};

}  // namespace chimneylab::desktop
