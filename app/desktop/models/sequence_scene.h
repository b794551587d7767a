// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A part of the sequence diagram as geometry and words without a single colour: lifelines, activation bars nested as the
// calls nest, calls and returns, conversions, call entries, findings, queued work and what it starts, frames on the network, step headings.
// Device-independent pixels; y = 0 is the upper edge of the part that was asked for. Costs what is in sight, not what is in the
// trace; where several events share a pixel they are taken together. A plain value; drawn by sequence/, tested without it.
#pragma once

#include <QRectF>
#include <QSizeF>
#include <QString>
#include <span>
#include <vector>

#include "app/desktop/models/sequence_axis.h"

namespace chimneylab::desktop {

struct SequenceMetrics {
    double mono_advance = 6.1;  // width of one character of a function name
    double word_advance = 5.8;  // average width of one character of other words
};

struct SequenceLifeline {
    double x = 0;
    QString title;
    EventMark mark = EventMark::ndis;
    bool running = false;  // its code runs at the present event
};

// `operation` is everywhere the number a person reads: 1, 2, 3 …; 0 for none.
struct SequenceBar {  // a call, or queued work, from its start to its end
    QRectF box;
    int column = 0;
    int level = 0;  // calls below it on the same lifeline
    int operation = 0;
    bool begins = true;  // its upper (lower) end is in sight
    bool ends = true;
    bool future = false;
    bool overview = false;  // several calls taken together
    trace::EventId event;
};

struct SequenceArrow {
    double y = 0;
    double from = 0, to = 0;
    int operation = 0;
    bool returns = false;  // dashed
    bool outside = false;  // from (to) the machine
    bool future = false;
    bool present = false;
    trace::EventId event;
};

struct SequenceWait {  // queued work waiting to be run
    double x = 0;
    double top = 0, bottom = 0;
    bool begins = true, ends = true;
    bool future = false;
};

struct SequenceFrame {  // on the network, from the row where it is sent to that where it arrives or is lost
    QPointF from, to;
    bool to_peer = false;
    bool lost = false;       // it ends half-way
    bool copy = false;       // the network has doubled it; this is the second
    bool under_way = false;  // when the recording ends
    bool future = false;
    bool present = false;
    trace::EventId sent, ended;
};

struct SequenceMark {
    enum class Kind { conversion, entry_held, entry_released, finding, minor, queued, started, finished, operation };
    Kind kind = Kind::minor;
    QPointF at;
    int column = 0;
    int operation = 0;
    int number = 0;  // of a call entry
    bool future = false;
    bool present = false;
    trace::EventId event;
};

struct SequenceLabel {
    enum class Style { function, status, words, entry, changed };
    QRectF box;
    QString text;
    Style style = Style::words;
    int operation = 0;  // > 0: a badge with this number stands before the text
    bool future = false;
    bool present = false;
    trace::EventId event;
};

struct SequenceHeading {
    double y = 0;
    QString text;
    trace::EventId event;
};

struct SequenceNumber {  // beside the drawing: the event's number, or its time
    QRectF box;
    QString text;
    bool present = false;
};

struct SequenceScene {
    QSizeF size;
    double gutter = 0;  // width of the column of numbers at the left
    bool overview = false;
    std::vector<SequenceLifeline> lifelines;
    std::vector<SequenceBar> bars;  // outer before inner
    std::vector<SequenceArrow> arrows;
    std::vector<SequenceWait> waits;
    std::vector<SequenceFrame> frames;
    std::vector<SequenceMark> marks;
    std::vector<SequenceLabel> labels;
    std::vector<SequenceHeading> headings;
    std::vector<SequenceNumber> numbers;
    double present_y = -1;  // < 0: not in sight
    [[nodiscard]] bool empty() const { return lifelines.empty(); }
};

struct SequenceRequest {
    SequenceAxis axis;
    double top = 0;      // of the part, in the axis's pixels
    QSizeF room;         // of the part
    trace::EventId at;   // present event; none: no present line, nothing is future
    std::span<const trace::EventId> findings;  // events that a checker found fault with, in order
    SequenceMetrics metrics;
};

[[nodiscard]] SequenceScene build_sequence(const SequenceRequest& request);
// The least width in which lifelines can be told apart.
[[nodiscard]] double least_sequence_width(const SequenceIndex& index);

}  // namespace chimneylab::desktop
