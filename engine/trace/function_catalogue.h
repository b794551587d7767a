// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What each DDI function means: every function and handler whose call crosses the boundary between a driver and NDIS,
// with the way it goes and the functions it is paired with. A table fixed at compile time; thread safe.
// Facts: the ndischimney.h and ndis.h reference pages; the pairs of the five operations: "Propagating a
// State-Manipulation Operation" and "Propagating the Completion of a State-Manipulation Operation".
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "engine/trace/event.h"

namespace chimneylab::trace {

enum class FunctionGroup : std::uint8_t {
    state_manipulation,  // the five operations
    offloaded_io,        // send, receive, disconnect, forward, receive-return on an offloaded connection
    indication,          // events and received data that travel up
    registration,        // drivers, optional handlers, DriverEntry
    binding,             // bind, open, close, unbind
    adapter,             // virtual miniports, attributes, initialise, halt
    oid_request,
    status_indication,
    plug_and_play,
    net_buffer_list,  // the ordinary data path
    power_and_reset,
};

enum class Direction : std::uint8_t { down, up, sideways };
enum class Side : std::uint8_t { driver_calls_ndis, ndis_calls_driver };
// Which edge of a driver the function belongs to: its upper (miniport) or its lower (protocol) edge.
enum class Edge : std::uint8_t { none, miniport, protocol };

struct Function {
    std::string_view name;
    FunctionGroup group = FunctionGroup::registration;
    OperationKind operation = OperationKind::none;  // for state_manipulation
    Direction direction = Direction::sideways;
    Side side = Side::driver_calls_ndis;
    Edge edge = Edge::none;
    bool completion = false;
    // The function on the other side of the same NDIS boundary: NdisInitiateOffload ↔ MiniportInitiateOffload,
    // NdisMInitiateOffloadComplete ↔ ProtocolInitiateOffloadComplete. Empty when NDIS answers by itself.
    std::string_view counterpart;
    // What an intermediate driver calls to pass the call on: MiniportInitiateOffload → NdisInitiateOffload,
    // ProtocolInitiateOffloadComplete → NdisMInitiateOffloadComplete.
    std::string_view onward;
    // The function on the same edge that brings the outcome: NdisInitiateOffload → ProtocolInitiateOffloadComplete,
    // MiniportInitiateOffload → NdisMInitiateOffloadComplete.
    std::string_view answered_by;
};

[[nodiscard]] std::span<const Function> function_catalogue();
[[nodiscard]] const Function* find_function(std::string_view name);  // nullptr: not in the catalogue

enum class Rung : std::uint8_t { call_ndis, miniport_handler, complete_ndis, protocol_handler };
// The name of one rung of the ladder of an operation, e.g. (query, miniport_handler) → "MiniportQueryOffload".
[[nodiscard]] std::string_view rung_name(OperationKind operation, Rung rung);

}  // namespace chimneylab::trace
