// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Traces of random regions and random byte edits, made through a Recorder, together with what every region really held
// after every event: the yardstick for cursors, recorders and files.
#pragma once

#include <map>
#include <random>
#include <vector>

#include "engine/trace/recorder.h"

namespace chimneylab::trace::synthetic {

using Bytes = std::vector<std::byte>;

struct RandomTrace {
    Trace trace;
    std::vector<std::map<std::uint32_t, Bytes>> live;  // by event: region → bytes, live regions only
};

inline RandomTrace random_trace(std::uint64_t seed, int events) {
    std::mt19937_64 random(seed);
    const auto below = [&](std::uint64_t limit) { return limit == 0 ? 0 : random() % limit; };
    RandomTrace made;
    Recorder recorder;
    Nanoseconds now = 0, measured = 0;
    recorder.set_clock([&] { return now += below(1000); });
    recorder.set_measured_clock([&] { return measured += 1 + below(500); });
    std::map<std::uint32_t, Bytes> live;
    std::vector<EventId> open;
    for (int i = 0; i < events; ++i) {
        for (std::uint64_t births = below(3); births > 0; --births) {
            Bytes bytes(below(40));
            for (std::byte& each : bytes) each = static_cast<std::byte>(below(4));
            Region region;
            region.kind = static_cast<RegionKind>(below(6));
            region.owner = static_cast<LayerIndex>(below(4));
            region.ordinal = static_cast<std::uint16_t>(below(9));
            region.address = 0xFFFFFA8000000000 + below(64) * 16;
            region.label = recorder.intern("region " + std::to_string(below(8)));
            if (!live.empty() && below(3) == 0) region.parent = RegionId(live.begin()->first);
            live[recorder.begin_region(region, bytes).value] = bytes;
        }
        for (std::uint64_t edits = below(6); edits > 0 && !live.empty(); --edits) {
            auto at = std::next(live.begin(), static_cast<std::ptrdiff_t>(below(live.size())));
            for (std::uint64_t pokes = below(8); pokes > 0 && !at->second.empty(); --pokes)
                at->second[below(at->second.size())] = static_cast<std::byte>(below(4));
            recorder.observe(RegionId(at->first), at->second, static_cast<LayerIndex>(below(4)));
        }
        if (!live.empty() && below(4) == 0) {
            auto at = std::next(live.begin(), static_cast<std::ptrdiff_t>(below(live.size())));
            recorder.end_region(RegionId(at->first));
            live.erase(at);
        }
        Event event;
        event.name = recorder.intern("name " + std::to_string(below(12)));
        event.layer = static_cast<LayerIndex>(below(4));
        event.other_layer = ndis_layer;
        event.subject = random();
        event.detail = below(5);
        event.status = static_cast<std::int32_t>(below(7)) - 3;
        event.has_status = static_cast<std::uint8_t>(below(2));
        event.irql = static_cast<std::uint8_t>(below(3));
        if (below(2))
            event.operation = OperationId(static_cast<std::uint32_t>(below(1 + static_cast<std::uint64_t>(i))));
        event.operation_kind = static_cast<OperationKind>(below(6));
        const std::size_t regions = recorder.trace().region_count();
        if (regions > 0 && below(2)) event.region = RegionId(static_cast<std::uint32_t>(below(regions)));
        if (!open.empty() && below(3) == 0) {
            recorder.leave(open.back(), 0, false);
            open.pop_back();
        } else if (below(3) == 0) {
            open.push_back(recorder.enter(event));
        } else {
            event.kind = static_cast<EventKind>(below(static_cast<std::uint64_t>(last_event_kind) + 1));
            if (event.kind == EventKind::enter || event.kind == EventKind::leave) event.kind = EventKind::message;
            if (i > 0 && below(4) == 0)
                event.partner = EventId(static_cast<std::uint32_t>(below(static_cast<std::uint64_t>(i))));
            recorder.append(event);
        }
        made.live.push_back(live);
    }
    recorder.trace().set_layers({{LayerRole::host_stack, recorder.intern("Host stack"), recorder.intern("a")},
                                 {LayerRole::intermediate_driver, recorder.intern("IM 1"), recorder.intern("b")},
                                 {LayerRole::offload_target, recorder.intern("Offload target"), recorder.intern("c")}});
    RunDescription description;
    description.scenario = "random " + std::to_string(seed);
    description.clock_start = seed;
    recorder.trace().set_description(description);
    made.trace = recorder.take();
    return made;
}

}  // namespace chimneylab::trace::synthetic
