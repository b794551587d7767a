// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The map of the IM call entries: a row for each address, by layer; in it the life of each entry that was there. A thin
// line: allocated, not yet recognised; a filled slot with its number: it holds an operation; ✖ and a hatched slot that runs to
// the end: leaked; ↻ and a count: the address is used again. GUI thread only.
#pragma once

#include "app/desktop/charts/time_canvas.h"

namespace chimneylab::desktop {

class EntryMapView : public TimeCanvas {
    Q_OBJECT
public:
    EntryMapView(PlaybackModel& playback, TimingModel& timing, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] Hit hit(QPointF at) const override;
    [[nodiscard]] QRectF life_rect(std::uint32_t entry) const;
    void fit_rows(bool fit);  // every address in sight, however thin its row is
    [[nodiscard]] bool fits() const { return fit_; }
    QRect accessible_row_rect(int row) const override;

protected:
    double gutter() const override { return 124; }
    double rows_height() const override;
    FigureTable make_table() const override;
    void paint_rows(QPainter& painter) override;
    void paint_names(QPainter& painter) override;
    void reveal() override;

private:
    [[nodiscard]] double row_height() const;
    void paint_row(QPainter& painter, std::size_t row, double y, double high, bool names);
    void paint_life(QPainter& painter, const EntryRow& row, const EntryLife& life, const QRectF& box, bool names);

    bool fit_ = false;
};

}  // namespace chimneylab::desktop
