// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/integrity.h"

namespace chimneylab::trace {
namespace {

template <typename Tag>
bool in_range(Identifier<Tag> id, std::size_t count) {
    return !id.valid() || id.value < count;
}

std::optional<std::string> region_problem(const Trace& trace, std::uint32_t index) {
    const Region& region = trace.region(RegionId(index));
    const std::string who = "region " + std::to_string(index);
    if (region.kind > last_region_kind) return who + " is of an unknown kind";
    if (!in_range(region.label, trace.string_count())) return who + " has a label that does not exist";
    if (!in_range(region.parent, trace.region_count())) return who + " lies in a region that does not exist";
    if (!region.born.valid() || region.born.value > trace.size()) return who + " is born after the last event";
    if (index > 0 && trace.region(RegionId(index - 1)).born > region.born) return who + " is not in the order of birth";
    if (!in_range(region.died, trace.size()) || region.died < region.born) return who + " dies before it is born";
    if (region.initial_bytes > trace.byte_count() || region.size > trace.byte_count() - region.initial_bytes)
        return who + " has bytes that are not there";
    return std::nullopt;
}

std::optional<std::string> change_problem(const Trace& trace, const Change& change, std::uint32_t event) {
    const std::string who = "a change of event " + std::to_string(event);
    if (!change.region.valid() || change.region.value >= trace.region_count())
        return who + " is in a region that does not exist";
    const Region& region = trace.region(change.region);
    if (region.born.value > event) return who + " is in a region that is not born yet";
    if (change.offset > region.size || change.length > region.size - change.offset)
        return who + " lies outside its region";
    const std::uint64_t heap = trace.byte_count();
    for (const std::uint64_t position : {change.before, change.after})
        if (position > heap || change.length > heap - position) return who + " has bytes that are not there";
    return std::nullopt;
}

std::optional<std::string> event_problem(const Trace& trace, std::uint32_t index) {
    const Event& event = trace.event(EventId(index));
    const std::string who = "event " + std::to_string(index);
    if (event.kind > last_event_kind) return who + " is of an unknown kind";
    if (event.operation_kind > OperationKind::terminate) return who + " belongs to an unknown kind of operation";
    if (!in_range(event.name, trace.string_count())) return who + " has a name that does not exist";
    if (!in_range(event.region, trace.region_count())) return who + " is about a region that does not exist";
    if (event.region.valid() && trace.region(event.region).born.value > index)
        return who + " is about a region not born yet";
    if (event.partner.valid() && event.partner.value >= index) return who + " has a partner that is not before it";
    if (event.parent.valid() && event.parent.value >= index) return who + " has a parent that is not before it";
    // Operations are numbered from 0 as they come, so there are never more of them than events.
    if (event.operation.valid() && event.operation.value >= trace.size())
        return who + " belongs to an operation that cannot be";
    const std::uint64_t changes = trace.change_count();
    if (event.change_count > 0 && (event.first_change > changes || event.change_count > changes - event.first_change))
        return who + " has changes that are not there";
    for (const Change& change : trace.changes(event))
        if (auto problem = change_problem(trace, change, index)) return problem;
    return std::nullopt;
}

}  // namespace

std::optional<std::string> integrity_problem(const Trace& trace) {
    for (const Layer& layer : trace.layers())
        if (layer.role > LayerRole::offload_target || !in_range(layer.name, trace.string_count()) ||
            !in_range(layer.driver, trace.string_count()))
            return "a layer's role or name is not known";
    for (std::uint32_t i = 0; i < trace.region_count(); ++i)
        if (auto problem = region_problem(trace, i)) return problem;
    for (std::uint32_t i = 0; i < trace.size(); ++i)
        if (auto problem = event_problem(trace, i)) return problem;
    return std::nullopt;
}

}  // namespace chimneylab::trace
