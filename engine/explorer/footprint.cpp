// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/explorer/footprint.h"

#include <algorithm>
#include <cstring>

#include "engine/machine/address_space.h"

namespace chimneylab::explorer {

using trace::Event;
using trace::EventKind;

namespace {

constexpr std::uint64_t operation_bit = std::uint64_t{1} << 40, region_bit = std::uint64_t{1} << 41;

bool overlap(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
    auto left = a.begin(), right = b.begin();
    while (left != a.end() && right != b.end()) {
        if (*left == *right) return true;
        *left < *right ? ++left : ++right;
    }
    return false;
}

void put_in_order(std::vector<std::uint64_t>& values) {
    std::ranges::sort(values);
    const auto rest = std::ranges::unique(values);
    values.erase(rest.begin(), rest.end());
}

bool told_completely(EventKind kind) {
    switch (kind) {
    case EventKind::choice:
    case EventKind::work_started:
    case EventKind::work_finished:
    case EventKind::enter:
    case EventKind::leave:
    case EventKind::conversion:
    case EventKind::operation_finished:
    case EventKind::memory_freed:
    case EventKind::call_entry_released:
    case EventKind::offload_entry_released:
    case EventKind::context_published:
    case EventKind::irql_changed: return true;
    default: return false;
    }
}

}  // namespace

bool independent(const Footprint& a, const Footprint& b) {
    return !a.everything && !b.everything && (a.shared_written & b.entered) == 0 && (b.shared_written & a.entered) == 0 &&
           !overlap(a.objects, b.objects) && !overlap(a.written, b.written);
}

Footprint footprint_of(const trace::Trace& trace, std::size_t first, const machine::Pool& pool, std::span<const std::byte> before) {
    const Footprint unknown;
    Footprint result;
    std::vector<std::uint64_t> own;  // addresses of what it names
    const auto region = [&](trace::RegionId id) {
        if (!id.valid()) return;
        result.objects.push_back(region_bit | id.value);
        own.push_back(trace.region(id).address);
    };
    for (std::size_t i = first; i < trace.size(); ++i) {
        const Event& event = trace.event(trace::EventId(static_cast<std::uint32_t>(i)));
        if (!told_completely(event.kind)) return unknown;
        if (event.operation.valid()) result.objects.push_back(operation_bit | event.operation.value);
        region(event.region);
        for (const trace::Change& change : trace.changes(event)) region(change.region);
        if (event.kind == EventKind::enter && event.layer < 64) result.entered |= std::uint64_t{1} << event.layer;
        if (event.kind == EventKind::memory_freed) {
            result.objects.push_back(event.subject);
            own.push_back(event.subject);
        }
        // Handles of NDIS are numbers of the machine's own; what lies in the pool is an object of somebody's.
        if ((event.kind == EventKind::enter || event.kind == EventKind::context_published) && event.subject >= machine::AddressSpace::pool_base &&
            event.subject - machine::AddressSpace::pool_base < pool.used_arena().size())
            result.objects.push_back(event.subject);
    }
    put_in_order(own);
    const std::span<const std::byte> after = pool.used_arena();
    if (after.size() != before.size()) return unknown;
    constexpr std::size_t stretch = 256;
    for (std::size_t at = 0; at < after.size();) {
        const std::size_t length = std::min(stretch, after.size() - at);
        if (std::memcmp(before.data() + at, after.data() + at, length) == 0) {
            at += length;
            continue;
        }
        while (before[at] == after[at]) ++at;
        const machine::Allocation* const allocation = pool.find(after.data() + at);
        if (allocation == nullptr) return unknown;
        const auto begin = static_cast<std::size_t>(allocation->address - after.data());
        result.written.push_back(begin);
        const std::uint64_t address = machine::AddressSpace::pool_base + begin;
        const auto named = std::ranges::lower_bound(own, address);
        const bool its_own = named != own.end() && *named < address + allocation->size;
        if (!its_own) {
            if (allocation->owner >= 64) return unknown;
            result.shared_written |= std::uint64_t{1} << allocation->owner;
        }
        at = begin + allocation->size;
    }
    put_in_order(result.objects);
    put_in_order(result.written);
    result.everything = false;
    return result;
}

}  // namespace chimneylab::explorer
