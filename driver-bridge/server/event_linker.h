// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A driver's probe tells what happened, not what belongs together. This finds it: which enter a leave answers, what
// encloses an event, which allocation a release gives back. Calls and work nest within one context (a thread); allocations and
// handles pair by their address, entries by their region. Where events were lost, a pair is not there
// rather than wrong: a leave that finds no enter of its function in its context has no partner. Not thread safe.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "engine/trace/event.h"

namespace chimneylab::bridge {

class EventLinker {
public:
    // Fills in partner, parent and depth of the event that will be number `id`; a leave without a name is completed from
    // its enter.
    void link(trace::Event& event, std::uint32_t context, trace::EventId id);

private:
    struct Opening {
        trace::EventId id;
        trace::Event event;
    };
    struct Context {
        std::vector<Opening> open;         // enters and work_started
        std::uint16_t calls = 0;           // how many of them are enters
    };
    using Openings = std::unordered_map<std::uint64_t, trace::EventId>;

    static void close(Context& context, trace::Event& event);

    std::unordered_map<std::uint32_t, Context> contexts_;
    Openings allocations_, handles_, call_entries_, offload_entries_;
};

}  // namespace chimneylab::bridge
