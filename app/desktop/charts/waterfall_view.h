// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The waterfall: every operation in the lanes of the layers that had it. Filled: the layer worked on it; an open box
// with its number: it was below; ◆ a conversion, which has its name once one is near enough. Goes where it is clicked and
// marks the chosen operation. GUI thread only.
#pragma once

#include <vector>

#include "app/desktop/charts/time_canvas.h"

namespace chimneylab::desktop {

class WaterfallView : public TimeCanvas {
    Q_OBJECT
public:
    WaterfallView(PlaybackModel& playback, TimingModel& timing, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] Hit hit(QPointF at) const override;
    // Where the bar of an operation stands in a layer's lane; empty when it was never there.
    [[nodiscard]] QRectF bar_rect(std::uint32_t operation, std::size_t lane) const;
    [[nodiscard]] QPointF mark_at(std::uint32_t conversion) const;
    void zoom_to_operation();  // the one in focus fills the width
    QRect accessible_row_rect(int row) const override;

protected:
    double gutter() const override { return 78; }
    double rows_height() const override;
    FigureTable make_table() const override;
    void paint_rows(QPainter& painter) override;
    void paint_names(QPainter& painter) override;
    void reveal() override;

private:
    [[nodiscard]] double row_height() const;
    [[nodiscard]] double lane_top(std::size_t lane) const;  // in the viewport
    [[nodiscard]] QRectF box_of(const WaterfallBar& bar, std::size_t lane, std::uint32_t row) const;
    void paint_row(QPainter& painter, std::size_t lane, std::uint32_t row, const trace::Operation* chosen);
    void paint_bar(QPainter& painter, const WaterfallBar& bar, const QRectF& box, bool chosen);
    void paint_marks(QPainter& painter, std::size_t lane, std::uint32_t row);

    std::vector<QRectF> taken_;  // by words, in the row that is painted
};

}  // namespace chimneylab::desktop
