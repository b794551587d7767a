// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/ndis/observation/watch.h"

#include <ndischimney.h>

#include <algorithm>
#include <cstring>

namespace chimneylab::ndis::observation {

std::optional<RegionId> Watch::begin(trace::Region region, const void* address, std::size_t size) {
    if ((reinterpret_cast<std::uintptr_t>(address) & (sizeof(void*) - 1)) != 0) return std::nullopt;
    Watched watched;
    watched.kind = region.kind;
    watched.address = static_cast<const std::byte*>(address);
    watched.in_pool = machine_.pool().in_arena(address);
    watched.seen.resize(size);
    if (!probe_.read(address, watched.seen.data(), size)) return std::nullopt;
    region.size = static_cast<std::uint32_t>(size);
    region.address = machine_.address_space().translate(address);
    buffer_.assign((size + 7) / 8, 0);
    std::memcpy(buffer_.data(), watched.seen.data(), size);
    const auto bytes = std::as_bytes(std::span(buffer_)).first(size);
    const RegionId id = machine_.recorder().begin_region(region, machine_.address_space().translate_words(bytes));
    if (const auto older = by_address_.find({region.kind, address}); older != by_address_.end()) end(RegionId(older->second));
    by_address_[{region.kind, address}] = id.value;
    const Watched& kept = watched_.emplace(id.value, std::move(watched)).first->second;
    glances(kept).push_back({kept.address, kept.seen.data(), static_cast<std::uint32_t>(size), id.value, kept.in_pool});
    return id;
}

void Watch::end(RegionId region) {
    const auto found = watched_.find(region.value);
    if (found == watched_.end()) return;
    const auto named = by_address_.find({found->second.kind, found->second.address});
    if (named != by_address_.end() && named->second == region.value) by_address_.erase(named);
    std::vector<Glance>& its = glances(found->second);
    its.erase(std::ranges::lower_bound(its, region.value, {}, &Glance::region));
    watched_.erase(found);
    machine_.recorder().end_region(region);
}

std::optional<RegionId> Watch::find(trace::RegionKind kind, const void* address) const {
    const auto found = by_address_.find({kind, address});
    if (found == by_address_.end()) return std::nullopt;
    return RegionId(found->second);
}

bool Watch::look(std::uint32_t region, Watched& watched, LayerIndex writer, const ContextChanged& on_context) {
    const std::size_t size = watched.seen.size();
    const std::byte* present = watched.address;
    if (!watched.in_pool) {  // pool memory tells us when it goes
        buffer_.assign((size + 7) / 8, 0);
        if (!probe_.read(watched.address, buffer_.data(), size)) return false;
        present = reinterpret_cast<const std::byte*>(buffer_.data());
    }
    if (std::memcmp(present, watched.seen.data(), size) == 0) return true;
    constexpr std::size_t context_at = offsetof(NDIS_OFFLOAD_HANDLE, MiniportOffloadContext);
    const bool context_changed = watched.kind == trace::RegionKind::offload_handle &&
                                 std::memcmp(present + context_at, watched.seen.data() + context_at, sizeof(void*)) != 0;
    std::memcpy(watched.seen.data(), present, size);
    machine_.recorder().observe(RegionId(region), machine_.address_space().translate_words(std::span(present, size)), writer);
    if (context_changed) {
        void* context;
        std::memcpy(&context, watched.seen.data() + context_at, sizeof(context));
        on_context(RegionId(region), context, writer);
    }
    return true;
}

void Watch::observe(LayerIndex writer, const ContextChanged& on_context) {
    // Handles first: a context is published before the tree that tells of it goes on.
    for (const std::vector<Glance>* const list : {&handles_, &others_})
        for (const Glance& each : *list)
            if (!each.in_pool || std::memcmp(each.address, each.seen, each.size) != 0) different_.push_back(each.region);
    if (different_.empty()) return;
    const std::vector<std::uint32_t> different = std::move(different_);
    different_.clear();
    std::vector<std::uint32_t> gone;
    for (const std::uint32_t region : different) {
        const auto found = watched_.find(region);  // on_context may have ended it
        if (found != watched_.end() && !look(region, found->second, writer, on_context)) gone.push_back(region);
    }
    for (const std::uint32_t region : gone) end(RegionId(region));
}

void Watch::observe_one(RegionId region, LayerIndex writer, const ContextChanged& on_context) {
    const auto found = watched_.find(region.value);
    if (found != watched_.end()) look(region.value, found->second, writer, on_context);
}

std::vector<RegionId> Watch::inside(const machine::Allocation& allocation) {
    std::vector<RegionId> result;
    for (const std::vector<Glance>* const list : {&handles_, &others_})
        for (const Glance& each : *list)
            if (each.in_pool && allocation.contains(each.address)) result.emplace_back(each.region);
    std::ranges::sort(result);
    return result;
}

}  // namespace chimneylab::ndis::observation
