// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The members of one watched piece of memory (the chosen block, the root block of the operation by default): where each
// lies, its bytes before and after the present event, and what the value means. A driver's own entries have no published
// layout and are shown in words of 8 bytes. Offsets and sizes in bytes, x64.
#pragma once

#include <QAbstractTableModel>
#include <QByteArray>
#include <vector>

#include "app/desktop/models/playback_model.h"

namespace chimneylab::desktop {

struct MemberRow {
    QString name;
    QString type;
    QString purpose;
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
    QByteArray before;
    QByteArray after;
    QString meaning_before;
    QString meaning;
    bool changed = false;
};

class MemberModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { offset, size, member, before, after, meaning, column_count };
    enum Role { changed_role = Qt::UserRole + 1 };

    explicit MemberModel(PlaybackModel& playback, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    [[nodiscard]] QString structure_name() const { return structure_name_; }  // as it is called now
    [[nodiscard]] QString region_name() const { return region_name_; }        // "T1"
    [[nodiscard]] const std::vector<MemberRow>& rows() const { return rows_; }
    // "38 a1 00 00 01 00 00 00"
    [[nodiscard]] static QString bytes_text(const QByteArray& bytes);
    // The nearest event that changed this row's bytes after (before) the present one; none if there is none.
    [[nodiscard]] trace::EventId change_of(int row, int direction) const;

Q_SIGNALS:
    void refreshed();

private:
    void refresh();

    PlaybackModel& playback_;
    std::vector<MemberRow> rows_;
    QString structure_name_;
    QString region_name_;
    trace::RegionId region_;
};

}  // namespace chimneylab::desktop
