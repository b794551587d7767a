// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The memory and the bookkeeping behind a synthetic trace: plain byte blocks at made-up kernel addresses, watched by a
// Recorder. Not thread safe.
#pragma once

#include <array>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "engine/trace/recorder.h"

namespace chimneylab::trace::synthetic {

// Memory of the made-up machine: bytes by address, each piece owned by a layer.
class Memory {
public:
    Address allocate(std::uint32_t size) {
        const Address address = next_;
        next_ += (size + 31) / 16 * 16;
        pieces_[address].assign(size, std::byte{0});
        return address;
    }
    void release(Address address) { pieces_.erase(address); }

    [[nodiscard]] std::span<const std::byte> bytes(Address address, std::uint32_t size) const {
        const auto [start, piece] = find(address);
        return std::span(*piece).subspan(address - start, size);
    }
    [[nodiscard]] std::uint64_t read(Address address, std::uint32_t size = 8) const {
        std::uint64_t value = 0;
        std::memcpy(&value, bytes(address, size).data(), size);
        return value;
    }
    void write(Address address, std::uint64_t value, std::uint32_t size = 8) {
        const auto [start, piece] = find(address);
        std::memcpy(const_cast<std::byte*>(piece->data()) + (address - start), &value, size);
    }

private:
    [[nodiscard]] std::pair<Address, const std::vector<std::byte>*> find(Address address) const {
        auto at = pieces_.upper_bound(address);
        --at;
        return {at->first, &at->second};
    }
    Address next_ = 0xFFFFFA8000001000;
    std::map<Address, std::vector<std::byte>> pieces_;
};

// What every step of a synthetic run needs: recorder, memory, watched regions, a clock that moves at each event.
class Bench {
public:
    Bench() {
        recorder.set_clock([this] { return now += 150; });
        recorder.set_measured_clock([this] { return measured += 83; });
    }

    struct Watched {
        RegionId region;
        Address address;
        std::uint32_t size;
    };

    RegionId watch(RegionKind kind, LayerIndex owner, Address address, std::uint32_t size, std::string_view label,
                   RegionId parent = {}, std::uint16_t ordinal = 0, std::uint32_t tag = 0) {
        Region region;
        region.kind = kind;
        region.owner = owner;
        region.ordinal = ordinal;
        region.address = address;
        region.label = recorder.intern(label);
        region.parent = parent;
        region.tag = tag;
        const RegionId id = recorder.begin_region(region, memory.bytes(address, size));
        watched.push_back({id, address, size});
        return id;
    }
    void look(LayerIndex writer) {
        for (const Watched& each : watched)
            recorder.observe(each.region, memory.bytes(each.address, each.size), writer);
    }
    // Looks at one watched piece only and gives its region; none when nobody watches it.
    RegionId look_at(Address address, std::uint32_t size, LayerIndex writer) {
        for (const Watched& each : watched)
            if (each.address == address && each.size == size) {
                recorder.observe(each.region, memory.bytes(address, size), writer);
                return each.region;
            }
        return {};
    }
    void forget(RegionId region) {
        recorder.end_region(region);
        std::erase_if(watched, [&](const Watched& each) { return each.region == region; });
    }

    EventId allocate_event(LayerIndex owner, Address address, std::uint32_t size, std::uint32_t tag) {
        Event event;
        event.kind = EventKind::memory_allocated;
        event.layer = owner;
        event.subject = address;
        event.detail = std::uint64_t{tag} << 32 | size;
        return allocations[address] = recorder.append(event);
    }
    void free_event(LayerIndex owner, Address address) {
        const EventId allocated = allocations.at(address);
        Event event = recorder.trace().event(allocated);
        event.kind = EventKind::memory_freed;
        event.layer = owner;
        event.partner = allocated;
        recorder.append(event);
        memory.release(address);
    }

    Recorder recorder;
    Memory memory;
    std::vector<Watched> watched;
    std::map<Address, EventId> allocations;
    Nanoseconds now = 1'000;
    Nanoseconds measured = 0;
};

constexpr std::uint32_t tag_of(const char (&text)[5]) {
    return static_cast<std::uint32_t>(text[0]) | static_cast<std::uint32_t>(text[1]) << 8 |
           static_cast<std::uint32_t>(text[2]) << 16 | static_cast<std::uint32_t>(text[3]) << 24;
}

}  // namespace chimneylab::trace::synthetic
