// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The stage on screen: shows the StageModel's scene, moves what changed between two of them, answers hover and click.
// A step forward and a step back are the same movement the other way; a jump and reduced motion are cuts.
#pragma once

#include <QAbstractScrollArea>

#include "app/desktop/models/animation_clock.h"
#include "app/desktop/models/playback_model.h"
#include "app/desktop/models/stage_model.h"
#include "app/desktop/stage/stage_painter.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class StageView : public QAbstractScrollArea {
    Q_OBJECT
public:
    StageView(PlaybackModel& playback, StageModel& stage, const Theme& theme, QWidget* parent = nullptr);

    void set_reduced_motion(bool reduced) { reduced_motion_ = reduced; }
    [[nodiscard]] bool moving() const { return clock_.running(); }
    // The card as it is drawn at this instant, in scene coordinates.
    [[nodiscard]] QRectF drawn_card() const { return motion_.card; }
    // One tick of the stage's own clock, in milliseconds. Called by the clock; tests call it.
    void advance(double milliseconds);
    QSize sizeHint() const override { return {800, 380}; }
    QSize minimumSizeHint() const override { return {360, 180}; }

Q_SIGNALS:
    // Somebody asked to see the memory behind a mark.
    void member_wanted(quint32 offset);
    // … or what is said about a broken promise (number in Findings::rows).
    void finding_wanted(int finding);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void take_scene(PlaybackModel::Move how);
    void update_room();
    void update_scroll_bars();
    void keep_card_visible();
    [[nodiscard]] QPointF to_scene(QPointF in_viewport) const;
    [[nodiscard]] QString tip_for(StageHit hit) const;
    [[nodiscard]] StageMetrics metrics() const;
    [[nodiscard]] double glide_time() const;
    [[nodiscard]] static bool clickable(StageHit hit);

    PlaybackModel& playback_;
    StageModel& stage_;
    const Theme& theme_;
    AnimationClock clock_;
    StageScene shown_;
    StageMotion motion_;
    QRectF card_from_;
    double elapsed_ = 0;
    StageHit hover_;
    bool reduced_motion_ = false;
};

}  // namespace chimneylab::desktop
