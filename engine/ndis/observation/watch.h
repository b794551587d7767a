// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The memory that is watched at present: which bytes, under which region of the trace, and what they were when last seen.
// Comparing costs one memcmp a region; only what differs is translated and stored. Nothing here trusts an address: memory
// that is no longer there ends its region.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "engine/machine/machine.h"
#include "engine/ndis/observation/memory_probe.h"

namespace chimneylab::ndis::observation {

using trace::LayerIndex;
using trace::RegionId;

class Watch {
public:
    Watch(machine::Machine& machine, const MemoryProbe& probe) : machine_(machine), probe_(probe) {}

    // Starts a region over `size` bytes at address. No value when they cannot be read.
    [[nodiscard]] std::optional<RegionId> begin(trace::Region region, const void* address, std::size_t size);
    void end(RegionId region);  // with the next event
    [[nodiscard]] bool watches(RegionId region) const { return watched_.contains(region.value); }
    [[nodiscard]] std::optional<RegionId> find(trace::RegionKind kind, const void* address) const;

    // Hands changed bytes to the recorder. on_context is called for an NDIS_OFFLOAD_HANDLE whose MiniportOffloadContext
    // changed, right after its change was handed over and before any other region is looked at.
    using ContextChanged = std::function<void(RegionId, void* context, LayerIndex writer)>;
    void observe(LayerIndex writer, const ContextChanged& on_context);

    // Regions inside an allocation, after their last bytes were observed.
    [[nodiscard]] std::vector<RegionId> inside(const machine::Allocation& allocation);
    void observe_one(RegionId region, LayerIndex writer, const ContextChanged& on_context);

private:
    struct Watched {
        trace::RegionKind kind = trace::RegionKind::block_list;
        const std::byte* address = nullptr;
        bool in_pool = false;
        std::vector<std::byte> seen;  // as they lie in memory
    };
    // The same in short, for the look that finds nothing new, which most are.
    struct Glance {
        const std::byte* address = nullptr;
        const std::byte* seen = nullptr;
        std::uint32_t size = 0;
        std::uint32_t region = 0;
        bool in_pool = false;
    };
    bool look(std::uint32_t region, Watched& watched, LayerIndex writer, const ContextChanged& on_context);
    [[nodiscard]] std::vector<Glance>& glances(const Watched& watched) {
        return watched.kind == trace::RegionKind::offload_handle ? handles_ : others_;
    }

    machine::Machine& machine_;
    const MemoryProbe& probe_;
    std::map<std::uint32_t, Watched> watched_;  // by region: ascending, so the order of events never depends on addresses
    std::map<std::pair<trace::RegionKind, const void*>, std::uint32_t> by_address_;
    std::vector<Glance> handles_, others_;  // all of watched_, each ascending
    std::vector<std::uint32_t> different_;
    std::vector<std::uint64_t> buffer_;
};

}  // namespace chimneylab::ndis::observation
