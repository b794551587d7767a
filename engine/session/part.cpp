// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/part.h"

namespace chimneylab::session {

void Part::clear() {
    events.clear();
    changes.clear();
    bytes.clear();
    regions.clear();
    amendments.clear();
    names.clear();
}

void Part::follow_on() {
    first_event += static_cast<std::uint32_t>(events.size());
    first_region += static_cast<std::uint32_t>(regions.size());
    first_change += changes.size();
    first_byte += bytes.size();
    clear();
}

void Part::join(const Part& next) {
    const auto change_base = static_cast<std::uint32_t>(changes.size());
    const std::uint64_t byte_base = bytes.size();
    bytes.insert(bytes.end(), next.bytes.begin(), next.bytes.end());
    for (const trace::Event& each : next.events) {
        events.push_back(each);
        if (each.change_count > 0) events.back().first_change += change_base;
    }
    for (const trace::Change& each : next.changes) {
        changes.push_back(each);
        changes.back().before += byte_base;
        changes.back().after += byte_base;
    }
    for (const trace::Region& each : next.regions) {
        regions.push_back(each);
        regions.back().initial_bytes += byte_base;
    }
    amendments.insert(amendments.end(), next.amendments.begin(), next.amendments.end());
    names.insert(names.end(), next.names.begin(), next.names.end());
}

void Part::copy_event(const trace::Trace& trace, trace::EventId id) {
    const trace::Event& event = trace.event(id);
    events.push_back(event);
    events.back().first_change = event.change_count == 0 ? 0 : static_cast<std::uint32_t>(changes.size());
    for (const trace::Change& each : trace.changes(event)) {
        trace::Change copy = each;
        const auto before = trace.before(each), after = trace.after(each);
        copy.before = bytes.size();
        bytes.insert(bytes.end(), before.begin(), before.end());
        copy.after = bytes.size();
        bytes.insert(bytes.end(), after.begin(), after.end());
        changes.push_back(copy);
    }
}

void Part::copy_region(const trace::Trace& trace, trace::RegionId id) {
    const trace::Region& region = trace.region(id);
    const auto initial = trace.initial_bytes(region);
    regions.push_back(region);
    regions.back().initial_bytes = bytes.size();
    bytes.insert(bytes.end(), initial.begin(), initial.end());
}

}  // namespace chimneylab::session
