// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The conversion to look at from the present event, for the block in focus, as a table of members and as the picture that
// the lens draws. Follows the playback: at a conversion it shows that one, elsewhere the nearest and says so. GUI thread.
#pragma once

#include <QAbstractTableModel>

#include "app/desktop/models/lens_picture.h"
#include "app/desktop/models/playback_model.h"

namespace chimneylab::desktop {

class LensModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { offset, size, member_in, value_in, comes_from, member_out, value_out, column_count };

    explicit LensModel(PlaybackModel& playback, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    [[nodiscard]] const LensPicture& picture() const { return picture_; }
    [[nodiscard]] layout::Arch arch() const { return arch_; }
    void set_arch(layout::Arch arch);
    // Shows another block of the same tree; shared with every view through the playback.
    void choose_block(trace::RegionId block);
    // A member in words: both names, both values, where it came from.
    [[nodiscard]] QString row_text(int row) const;
    // What happens to it, in one short sentence.
    [[nodiscard]] QString step_text(int row) const;
    [[nodiscard]] QString origin_text(const LensRow& row) const;
    // One line about the whole: "protocol → miniport, by IM 2, on the way up (7 of 10)".
    [[nodiscard]] QString summary() const;
    [[nodiscard]] QString empty_text() const;

Q_SIGNALS:
    // Whether another conversion (or block) is shown than before, or the same one from another event; and how one came.
    void picture_changed(bool other_conversion, chimneylab::desktop::PlaybackModel::Move how);
    void arch_changed();

private:
    void refresh(PlaybackModel::Move how);

    PlaybackModel& playback_;
    LensPicture picture_;
    const Session* session_ = nullptr;  // whose picture it is; compared, never followed
    trace::RegionId asked_block_;
    bool shown_here_ = false;
    layout::Arch arch_ = layout::Arch::x64;
};

}  // namespace chimneylab::desktop
