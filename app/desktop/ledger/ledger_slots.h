// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The call entries of each driver as slots, as on the stage: a filled slot is an entry that is held, with its number; an
// empty one is room that was needed at some time. One line a driver. A click chooses the entry. GUI thread only.
#pragma once

#include <QWidget>
#include <vector>

#include "app/desktop/accessibility/accessible_rows.h"
#include "app/desktop/models/call_entry_model.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class LedgerSlots : public QWidget, public AccessibleRows {
    Q_OBJECT
public:
    struct Slot {
        QRectF box;
        trace::RegionId region;  // none: empty
        int number = 0;
        bool leaks = false, chosen = false;
    };
    struct Line {
        QString name;
        double y = 0;
        int hidden = 0;  // held entries for which there is no room
        std::vector<Slot> boxes;
    };

    LedgerSlots(PlaybackModel& playback, const CallEntryModel& entries, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }

    int accessible_row_count() const override { return static_cast<int>(lines_.size()); }
    QString accessible_row_text(int row) const override;
    QRect accessible_row_rect(int row) const override;
    int accessible_current_row() const override { return -1; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {120, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

private:
    void place();
    [[nodiscard]] const Slot* slot_at(QPointF at) const;

    PlaybackModel& playback_;
    const CallEntryModel& entries_;
    const Theme& theme_;
    std::vector<Line> lines_;
    std::size_t layers_ = 0;
};

}  // namespace chimneylab::desktop
