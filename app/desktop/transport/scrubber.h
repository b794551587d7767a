// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The whole run as one strip: a tick a call in the colour of its layer, a diamond a conversion, a slot mark where a call
// entry comes or goes, a cross a finding, and the cursor with its virtual time. Press or drag to be there at once.
// What comes before the first operation (loading, binding, initialising) is pressed together at the left.
// Drawn per pixel column, not per event: its cost is the width of the strip.
#pragma once

#include <QPixmap>
#include <QWidget>
#include <vector>

#include "app/desktop/models/playback_model.h"
#include "app/desktop/models/timeline_index.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class NoteBook;

class Scrubber : public QWidget {
    Q_OBJECT
public:
    Scrubber(PlaybackModel& playback, const Theme& theme, QWidget* parent = nullptr);
    void show_notes(NoteBook& notes);  // marks a person's notes; the book must outlive the strip
    [[nodiscard]] trace::EventId event_at(double x) const;
    [[nodiscard]] double x_of(trace::EventId event) const;
    QSize sizeHint() const override { return {600, 56}; }
    QSize minimumSizeHint() const override { return {160, 56}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    bool event(QEvent* event) override;

private:
    // What one pixel column holds: the most telling event in it.
    struct Column {
        trace::EventId event;
        TimelineIndex::Weight weight = TimelineIndex::nothing;
        trace::LayerIndex layer = trace::machine_layer;
    };
    void rebuild();
    void paint_marks(QPainter& painter) const;
    [[nodiscard]] QRectF strip() const;
    [[nodiscard]] double boot_width() const;

    PlaybackModel& playback_;
    const Theme& theme_;
    const NoteBook* notes_ = nullptr;
    mutable QPixmap marks_;  // painted, while the place follows a stream; null: not yet
    std::vector<Column> columns_;
    bool dragging_ = false;
};

}  // namespace chimneylab::desktop
