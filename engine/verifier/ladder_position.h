// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Where on the ladder an event stands: host stack at the top, the intermediate drivers, the offload target at the bottom;
// on the way down or up; at which edge of which driver; and which of the conversions of a whole way it concerns. For whoever shows
// a violation (or any event) to a person. Reads the trace only. Thread rule: that of History.
//
// The conversions of a whole way down and up through N intermediate drivers are counted 1 to 4N + 2: on the way down NDIS's
// own below each upper driver and between two of them the intermediate driver's, and the same on the way up.
#pragma once

#include <string>

#include "engine/trace/history.h"
#include "engine/verifier/violation.h"

namespace chimneylab::verifier {

enum class LadderEdge : std::uint8_t {
    none,
    upper,   // the driver's miniport edge: what comes from or goes to the driver above
    inside,  // in the driver's own code, between its two edges
    lower,   // its protocol edge
};

enum class LadderWay : std::uint8_t { none, down, up };

struct LadderPosition {
    trace::LayerIndex layer = trace::machine_layer;  // machine_layer: on no rung of the ladder
    LadderEdge edge = LadderEdge::none;
    LadderWay way = LadderWay::none;
    // The conversion that has just been made (or should have been) at this place; none where none is made, as in the host
    // stack, in the target, and for everything that is no state-manipulation operation.
    trace::ConversionKind conversion = trace::ConversionKind::none;
    std::uint32_t conversion_number = 0;  // 1 … conversions; 0: none
    std::uint32_t conversions = 0;        // of a whole way: 4N + 2

    [[nodiscard]] bool on_ladder() const { return layer != trace::machine_layer; }
    friend bool operator==(const LadderPosition&, const LadderPosition&) = default;
};

// With a layer the place of that layer at the event, even where the event itself is one of its neighbour's.
[[nodiscard]] LadderPosition ladder_position(const trace::History& history, trace::EventId event,
                                             trace::LayerIndex layer = trace::machine_layer,
                                             trace::OperationId operation = {});
[[nodiscard]] LadderPosition ladder_position(const trace::History& history, const Violation& violation);

// One line that draws it: "host stack ─▼─ IM 1 ✗▼─ offload target". ▼ and ▲ mark the way travelled so far, ✗ the place;
// brackets the driver whose own code ran: "host stack ─▼─ [✗ IM 1] ─── offload target".
[[nodiscard]] std::string ladder_drawing(const trace::History& history, const LadderPosition& position);
// One line that says it: "going down, at IM 1's lower edge: conversion 2 of 6, miniport → protocol, by the driver, on the
// way down".
[[nodiscard]] std::string ladder_text(const trace::History& history, const LadderPosition& position);

[[nodiscard]] std::string_view to_text(LadderEdge edge);  // "upper", "inside", "lower"; empty for none
[[nodiscard]] std::string_view to_text(LadderWay way);    // "down", "up"; empty for none

}  // namespace chimneylab::verifier
