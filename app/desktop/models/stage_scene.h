// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The stage at one event, as geometry and words without a single colour: lanes, NDIS boundaries, the ladder of calls,
// the one card that is the block list, call-entry slots, and the arrow for what the present step writes or reads.
// Device-independent pixels, origin at the top left of the drawing. A plain value; drawn by stage/, tested without it.
// What travels where: "Propagating a State-Manipulation Operation" and "… the Completion of …".
#pragma once

#include <QPointF>
#include <QRectF>
#include <QSizeF>
#include <QString>
#include <optional>
#include <vector>

#include "app/desktop/models/findings.h"
#include "engine/trace/block_tree.h"
#include "engine/trace/history.h"

namespace chimneylab::desktop {

class FrameFlights;

struct StageMetrics {
    double mono_advance = 6.1;   // width of one character of a function name
    double small_advance = 5.5;  // width of one character inside the card
};

struct StageLane {
    int layer = 0;
    trace::LayerRole role = trace::LayerRole::host_stack;
    QString title;
    QString driver;
    QRectF box;
    bool running = false;  // its code runs at this event
    int hidden_entries = 0;  // live call entries for which there is no room
};

struct StageBoundary {
    double y = 0;
    QRectF pill;
    bool running = false;
};

enum class Tense { past, present, future };

struct StageRung {
    QString function;
    QRectF text;
    QPointF foot;  // where it meets the ladder line
    trace::LayerRole role = trace::LayerRole::host_stack;
    Tense tense = Tense::future;
    bool upward = false;
    trace::EventId event;  // the nearest time it happened, none if it never does
};

struct StageLadderLine {
    QPointF from, reached, to;
    bool begun = false;
    bool current = false;  // the operation is on this line now
    trace::LayerRole role = trace::LayerRole::host_stack;  // whose call it is at `reached`
};

struct StageSlot {
    int layer = 0;
    QRectF box;
    trace::RegionId region;  // none: empty
    int number = 0;
    bool of_shown_operation = false;
    bool present = false;  // the present event is about it
    bool chosen = false;
};

struct CardBlock {
    trace::RegionId region;
    QString label;
    QString role;    // "new offload", "placeholder" …
    QString status;  // short name, empty while undefined
    QRectF box;      // relative to the card
    int parent = -1;
    bool chosen = false;
    bool changed = false;
    bool failed = false;
    bool placeholder = false;
    bool broken = false;  // the present event breaks a promise about it
};

struct CardSlot {
    QString letter;  // "A", "B"
    QString name;
    QString meaning;
    std::uint64_t value = 0;
    QRectF box;  // relative to the card
    bool renamed = false;  // the present event is a conversion: the same place has another name now
    bool changed = false;  // its bytes are other bytes now
};

struct StageCard {
    bool shown = false;
    trace::OperationId operation;
    QRectF box;
    QString type;      // "PROTOCOL" or "MINIPORT", what it is now
    QString headline;  // "query · 4 blocks"
    QString subject;   // label of the block whose slots are shown
    std::vector<CardBlock> blocks;
    int hidden_blocks = 0;
    QString broken;      // "IM-051 T1.ImReserved[0]": what the present event breaks in this block list; empty: nothing
    QRectF broken_box;   // relative to the card
    int broken_finding = -1;  // into Findings::rows
    std::vector<CardSlot> slots;  // A and B
    bool upward = false;
    bool converted_now = false;
    bool in_ndis = false;
    bool finished = false;
    int lane = 0;  // the lane, or the upper lane of the boundary
    trace::LayerRole role = trace::LayerRole::host_stack;  // of that lane
};

// A lane's broken promises: those of the present event, or how many it has had up to here.
struct StageFinding {
    int layer = 0;
    QRectF box;
    QString text;      // "IM-051", "IM-051 +1", "3 so far"
    int finding = -1;  // into Findings::rows: the one to show
    bool here = false;
};

struct StageChip {  // another operation that is under way
    trace::OperationId operation;
    QString text;
    QRectF box;
    bool upward = false;
};

struct StageFrame {  // on the network now
    QRectF box;
    QString text;  // "ACK PSH seq 1 len 1460 ack 1"
    bool to_peer = false;
    bool lost = false;     // at the present event
    bool copy = false;     // the second of a frame that was doubled
    bool present = false;  // the present event is about it
    trace::EventId sent, ended;
};

struct StageWire {  // the network, in runs that have one
    bool shown = false;
    QRectF box;
    QPointF from, to;  // from the offload target to the peer
    QRectF peer;
    std::vector<StageFrame> frames;
    QString words;  // about one of them
    QRectF words_box;
};

struct StageArrow {
    enum class Meaning { saves, restores, ndis_writes, driver_writes, publishes };
    QPointF from, to;
    Meaning meaning = Meaning::saves;
    QString words;
};

struct StageScene {
    QSizeF size;
    QString subtitle;
    QString present;  // the present event in a few words, for those who cannot see the picture
    std::vector<StageLane> lanes;
    std::vector<StageBoundary> boundaries;
    std::vector<StageRung> rungs;
    StageLadderLine down, up;
    std::vector<StageSlot> slots;
    StageCard card;
    std::vector<StageFinding> findings;
    std::vector<StageChip> chips;
    StageWire wire;
    std::optional<StageArrow> arrow;
    [[nodiscard]] bool empty() const { return lanes.empty(); }
};

struct StageRequest {
    const trace::History* history = nullptr;
    const trace::Cursor* cursor = nullptr;
    const Findings* findings = nullptr;  // may be null: nothing is marked
    const FrameFlights* frames = nullptr;  // may be null: there is no network
    trace::EventId at;
    const trace::Operation* operation = nullptr;
    trace::RegionId chosen;  // none: the root
    QString title;
    QSizeF room;  // what the view has; the scene is at least as wide and may be taller
    StageMetrics metrics;
};

[[nodiscard]] StageScene build_stage(const StageRequest& request);
// The least width in which nothing of the stage overlaps.
[[nodiscard]] double least_stage_width(const StageMetrics& metrics);

}  // namespace chimneylab::desktop
