// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The sequence diagram on screen: paints only what is in sight, follows the present event until somebody scrolls away,
// and goes where it is clicked. Keys: up and down the previous and next event, page keys scroll, + and − zoom, Home and
// End the ends, Return back to now; Ctrl and the wheel zoom about the pointer.
#pragma once

#include <QAbstractScrollArea>
#include <QPushButton>

#include "app/desktop/models/sequence_model.h"
#include "app/desktop/models/sequence_scene.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class SequenceView : public QAbstractScrollArea {
    Q_OBJECT
public:
    SequenceView(PlaybackModel& playback, SequenceModel& sequence, const Theme& theme, QWidget* parent = nullptr);

    [[nodiscard]] const SequenceAxis& axis() const { return axis_; }
    [[nodiscard]] bool following() const { return following_; }
    [[nodiscard]] QPushButton* back_button() const { return back_; }
    // What is drawn at this instant; y = 0 lies under the titles.
    [[nodiscard]] const SequenceScene& scene();
    [[nodiscard]] double top() const;
    [[nodiscard]] double room() const;  // height in which events are drawn

    void set_by_time(bool by_time);
    void zoom(double factor);  // about the present event if it is in sight, else about the middle
    void show_whole();
    void reset_zoom();  // rows as high as at first
    QSize sizeHint() const override { return {400, 320}; }
    QSize minimumSizeHint() const override { return {220, 140}; }

public Q_SLOTS:
    void back_to_now();

Q_SIGNALS:
    void axis_changed();
    void summary_changed(const QString& summary);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    bool event(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void take_index();
    void follow();
    void changed();
    void rescale(double scale, double anchor);
    void scroll_to(double top);
    void update_scroll_bars();
    void update_button();
    void step_row(int direction);
    void tell_summary();
    [[nodiscard]] trace::EventId event_under(QPointF in_viewport) const;
    [[nodiscard]] bool present_in_sight() const;

    PlaybackModel& playback_;
    SequenceModel& sequence_;
    const Theme& theme_;
    QPushButton* back_ = nullptr;
    std::shared_ptr<const SequenceIndex> index_;  // keeps alive what the axis reads
    SequenceAxis axis_;
    SequenceScene scene_;
    double order_scale_ = SequenceAxis::row_at_rest;
    double time_scale_ = 160;  // a crossing of 150 ns is then 24 pixels high
    trace::EventId hovered_;
    bool scene_fresh_ = false;
    bool following_ = true;
    bool scrolling_ = false;  // by the view itself
};

}  // namespace chimneylab::desktop
