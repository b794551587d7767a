// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the offload target holds: neighbors, paths and TCP connections, from the event at which it published its context
// for one until it completed the terminate that took it away. Derived from the trace alone: published contexts, and
// the trees of initiate and terminate with their statuses. Built once, linear in the trace, on any thread.
// Source: "Offload State Tree", "Initiating the Offload of State Objects", "Terminating the Offload of State Objects".
#pragma once

#include <vector>

#include "engine/trace/history.h"

namespace chimneylab::desktop {

struct OffloadedObject {
    static constexpr std::uint32_t no_parent = 0xFFFFFFFF;
    trace::StringId name;         // "T1"
    std::uint8_t state_type = 0;  // Header.Type of its block
    trace::RegionId handle;       // NDIS_OFFLOAD_HANDLE through which the target is known to the layer above it
    std::uint64_t host_handle = 0;
    std::uint32_t parent = no_parent;  // index of the object it depends on
    trace::OperationId initiated;
    trace::EventId published;
    trace::OperationId terminated;
    trace::EventId ended;  // none: held to the end of the trace
};

class OffloadedObjects {
public:
    explicit OffloadedObjects(const trace::History& history);

    [[nodiscard]] const std::vector<OffloadedObject>& all() const { return objects_; }
    // Indices of those held at the event, in the order of their publication. Costs what is held, and what ended between.
    [[nodiscard]] std::vector<std::uint32_t> held_at(trace::EventId event) const;

private:
    std::vector<OffloadedObject> objects_;  // by publication
    std::vector<trace::EventId> latest_end_;  // the latest end among objects 0 … i; none: one is held to the end
};

}  // namespace chimneylab::desktop
