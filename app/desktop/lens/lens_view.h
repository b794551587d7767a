// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The conversion lens on screen. A step onto a conversion tells it member by member: by itself and fast, or in calm mode
// each member at a key press; a jump, playing fast and reduced motion show it whole. Up and Down go from member to
// member, a click chooses one (every view then explains it), a click on a box opens its memory. GUI thread only.
#pragma once

#include <QAbstractScrollArea>

#include "app/desktop/accessibility/accessible_rows.h"
#include "app/desktop/lens/lens_painter.h"
#include "app/desktop/models/animation_clock.h"
#include "app/desktop/models/lens_model.h"

namespace chimneylab::desktop {

class LensView : public QAbstractScrollArea, public AccessibleRows {
    Q_OBJECT
public:
    LensView(PlaybackModel& playback, LensModel& lens, const Theme& theme, QWidget* parent = nullptr);

    void set_scale(LensScale scale);
    [[nodiscard]] LensScale scale() const { return scale_; }
    void set_calm(bool calm);
    [[nodiscard]] bool calm() const { return calm_; }
    void set_reduced_motion(bool reduced);

    // Calm mode: tells the next member; false when all is told.
    bool tell_next();
    [[nodiscard]] int told() const;   // beats told so far …
    [[nodiscard]] int beats() const;  // … of so many
    [[nodiscard]] bool moving() const { return clock_.running(); }
    void advance(double milliseconds);  // one tick of the lens's own clock; tests call it

    [[nodiscard]] const LensGeometry& geometry_of_lens() const { return geometry_; }
    // From the drawing's coordinates to the viewport's.
    [[nodiscard]] QRectF to_viewport(const QRectF& in_drawing) const;
    // The strip above the drawing, in the viewport: where one is when the present event is no conversion, and in calm mode
    // the member just told, in words. Empty when there is nothing to say.
    [[nodiscard]] QRect notice_rect() const;
    [[nodiscard]] QString notice() const;

    int accessible_row_count() const override;
    QString accessible_row_text(int row) const override;
    QRect accessible_row_rect(int row) const override;
    int accessible_current_row() const override;
    QSize sizeHint() const override { return {760, 290}; }
    QSize minimumSizeHint() const override { return {300, 140}; }

Q_SIGNALS:
    void told_changed(int told, int of);
    void summary_changed(const QString& summary);  // "protocol → miniport, by IM 2, on the way up (7 of 10)"

protected:
    bool event(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    void place();
    void take_picture(bool other, PlaybackModel::Move how);
    void show_whole();
    void choose_cell(int cell);
    void go_on();  // to the conversion, or to the next member
    void keep_in_sight(int cell);
    [[nodiscard]] int chosen_cell() const;
    [[nodiscard]] int cell_at(QPointF in_drawing) const;
    [[nodiscard]] int box_at(QPointF in_drawing) const;
    [[nodiscard]] QPointF to_drawing(QPointF in_viewport) const;
    [[nodiscard]] QString tip_at(QPointF in_viewport) const;
    [[nodiscard]] QString cell_tip(int cell) const;
    [[nodiscard]] QString box_tip(int box) const;
    [[nodiscard]] double top() const;

    PlaybackModel& playback_;
    LensModel& lens_;
    const Theme& theme_;
    AnimationClock clock_;
    LensGeometry geometry_;
    LensScale scale_ = LensScale::compact;
    double revealed_ = 0;
    double target_ = 0;
    int hover_cell_ = -1;
    bool hover_box_ = false;
    bool calm_ = false;
    bool reduced_motion_ = false;
};

}  // namespace chimneylab::desktop
