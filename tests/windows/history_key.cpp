// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/windows/history_key.h"

#include <algorithm>

namespace chimneylab {
namespace {

template <typename Id>
std::string number(Id id) {
    return id.valid() ? std::to_string(id.value) : "-";
}

std::string region_text(const trace::Trace& trace, trace::RegionId id) {
    if (!id.valid()) return "-";
    const trace::Region& region = trace.region(id);
    return number(id) + ":" + std::to_string(static_cast<int>(region.kind)) + ":" + std::string(trace.text(region.label)) + ":" +
           std::to_string(region.size) + ":" + std::to_string(region.owner);
}

}  // namespace

std::vector<std::string> history_keys(const trace::Trace& trace) {
    std::vector<std::string> keys;
    for (const trace::Event& event : trace.events()) {
        std::string key = std::to_string(static_cast<int>(event.kind)) + " " + std::string(trace.text(event.name));
        key += " layers " + std::to_string(event.layer) + "," + std::to_string(event.other_layer);
        key += " operation " + number(event.operation) + "," + std::to_string(static_cast<int>(event.operation_kind));
        key += " about " + region_text(trace, event.region);
        key += " status " + (event.has_status != 0 ? std::to_string(event.status) : std::string("-"));
        key += " in " + number(event.parent) + " depth " + std::to_string(event.depth) + " with " + number(event.partner);
        key += " level " + std::to_string(event.irql) + " at " + std::to_string(event.virtual_time);
        for (const trace::Change& change : trace.changes(event))
            key += " | " + region_text(trace, change.region) + " +" + std::to_string(change.offset) + "," +
                   std::to_string(change.length) + " by " + std::to_string(change.writer);
        keys.push_back(std::move(key));
    }
    return keys;
}

std::string first_difference(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    const auto [left, right] = std::ranges::mismatch(a, b);
    if (left == a.end() && right == b.end()) return {};
    const auto text = [](const auto& at, const auto& end) { return at == end ? std::string("(nothing more)") : *at; };
    return "event " + std::to_string(left - a.begin()) + ":\n  " + text(left, a.end()) + "\n  " + text(right, b.end());
}

}  // namespace chimneylab
