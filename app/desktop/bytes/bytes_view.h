// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Memory in hex, eight bytes a line, before and after the present event, with the members over it. A byte that changed has
// a border and its line a ◆; a click or Up and Down choose a member. Only what is in sight is drawn. GUI thread only.
#pragma once

#include <QAbstractScrollArea>

#include "app/desktop/accessibility/accessible_rows.h"
#include "app/desktop/models/hex_model.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class BytesView : public QAbstractScrollArea, public AccessibleRows {
    Q_OBJECT
public:
    BytesView(PlaybackModel& playback, HexModel& hex, const Theme& theme, QWidget* parent = nullptr);

    // Where a byte is drawn, in the viewport.
    [[nodiscard]] QRectF byte_rect(std::uint32_t byte, bool after) const;

    int accessible_row_count() const override { return static_cast<int>(hex_.picture().spans.size()); }
    QString accessible_row_text(int row) const override { return hex_.span_text(row); }
    QRect accessible_row_rect(int row) const override;
    int accessible_current_row() const override { return hex_.chosen_span(); }
    QSize sizeHint() const override { return {560, 280}; }

Q_SIGNALS:
    void summary_changed(const QString& summary);

protected:
    bool event(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    void update_scroll_bars();
    void keep_in_sight(int span);
    [[nodiscard]] int span_at(QPointF in_viewport) const;
    [[nodiscard]] double names_left() const;
    void paint_header(QPainter& painter) const;
    void paint_line(QPainter& painter, std::uint32_t line) const;
    void paint_span(QPainter& painter, int span) const;

    PlaybackModel& playback_;
    HexModel& hex_;
    const Theme& theme_;
    int hover_ = -1;
};

}  // namespace chimneylab::desktop
