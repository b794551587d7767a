// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How one offloaded object is reached, floor by floor, at one event: the host stack's NDIS_OFFLOAD_HANDLE, the offload
// entry of each intermediate driver with the handle inside it, the offload target's own context; down by
// MiniportOffloadContext, up by the handle that each driver stored. Everything is read from the bytes: a link that leads
// nowhere is shown with the rule it breaks. Pure; thread rule of History.
// Source: "Referencing Offloaded State Through an Intermediate Driver", "Storing and Referencing Offloaded State".
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "engine/trace/history.h"

namespace chimneylab::desktop {

enum class ChainState {
    linked,  // leads to what it should
    open,    // NULL: not offloaded yet, or cleared
    stale,   // points to memory that has been given back
    broken,  // leads somewhere else
    unseen,  // the memory that would tell is not watched
};

struct ChainLink {
    ChainState state = ChainState::unseen;
    std::uint64_t value = 0;
    QString text;        // what the value means
    QString short_text;  // the same where there is little room
    QString flaw;  // what is wrong with it; empty when nothing is
    QString rule;
    std::optional<std::uint32_t> offset;  // of the stored value in the entry, if found
};

struct ChainNode {
    trace::LayerIndex layer = trace::machine_layer;
    trace::LayerRole role = trace::LayerRole::host_stack;
    QString title;           // "IM 1"
    QString memory;          // "offload entry T1 of IM 1"; empty when nothing is there yet
    trace::RegionId region;  // that memory, if watched
    std::uint64_t address = 0;
    trace::RegionId handle;  // its NDIS_OFFLOAD_HANDLE; none for the target
    std::uint64_t handle_address = 0;
    bool exists = false;
    ChainLink binding;  // NdisReserved[0]: the binding the object was offloaded on
    ChainLink down;     // MiniportOffloadContext: to the next node
    ChainLink up;       // the stored handle of the driver above: to the node before
};

struct HandleChain {
    QString object;  // "T1"; empty: nothing to show
    trace::RegionId host_handle;
    std::vector<ChainNode> nodes;  // top to bottom
    bool offloaded = false;        // linked all the way down
    int flaws = 0;
    [[nodiscard]] bool empty() const { return nodes.empty(); }
};

[[nodiscard]] HandleChain build_handle_chain(const trace::History& history, trace::RegionId host_handle,
                                             trace::EventId at, const trace::Cursor* near = nullptr);

}  // namespace chimneylab::desktop
