// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The machine's nonpaged pool: one reserved stretch of address space (the arena) in which every allocation of drivers and
// of NDIS lies. Sizes in bytes. Alignment 16 (128 from 128 bytes on, since a structure that embeds a lookaside list asks
// its compiler for that), guard bytes on both sides, fresh memory filled with 0xCD, freed memory with
// 0xDE and held back from reuse (quarantine) until quarantine_bytes have been freed after it. What is known of an
// allocation is kept beside the arena, so a driver cannot destroy it.
// Found and attributed to owner, tag, size and the events of allocation and release: overrun and underrun (at release
// and at the end), double free, free of an address that is no allocation, write after free (after each dispatch for the
// latest releases, for all when quarantine ends and at the end of the run), leak.
// find() is a binary search over the carved chunks. Owned by Machine; single-threaded like it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/machine/pool_faults.h"
#include "engine/trace/event.h"

namespace chimneylab::machine {

class Machine;
using trace::LayerIndex;

// Four characters as the debugger shows them, first character in the lowest byte ('tseT' reads "Test").
[[nodiscard]] std::string tag_text(std::uint32_t tag);

struct Allocation {
    enum class State : std::uint8_t { unused, live, quarantined };
    std::byte* address = nullptr;
    std::size_t size = 0;  // as asked for
    std::uint32_t tag = 0;
    LayerIndex owner = trace::machine_layer;
    State state = State::unused;
    bool damage_reported = false;
    bool quiet = false;  // the machine's own plumbing: no events, never a leak
    std::uint64_t serial = 0;  // 1, 2, 3 … over the whole run
    trace::EventId allocated;  // memory_allocated event
    trace::EventId freed;      // memory_freed event
    LayerIndex freed_by = trace::machine_layer;
    [[nodiscard]] bool live() const { return state == State::live; }
    [[nodiscard]] bool contains(const void* pointer) const;
};

struct PoolOptions {
    std::size_t arena_bytes = std::size_t{1} << 30;  // reserved, committed by use
    std::byte* memory = nullptr;  // arena_bytes of the caller's that outlive the pool, page aligned; null: the pool maps its own
    std::size_t quarantine_bytes = std::size_t{16} << 20;
    std::size_t recent_releases = 32;  // looked at after each dispatch
    std::size_t youngest_releases = 16;  // looked at whenever a driver gives up control
};

class Pool {
public:
    Pool(Machine& machine, PoolOptions options);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    static constexpr std::size_t alignment = 16;
    static constexpr std::size_t guard_bytes = 16;
    static constexpr unsigned char fresh_fill = 0xCD;
    static constexpr unsigned char guard_fill = 0xFD;
    static constexpr unsigned char free_fill = 0xDE;

    // function names the DDI call for the event. The owner is the current layer unless given. Null when a fault says so
    // or the arena is full. Size 0 gives a valid allocation of no bytes.
    [[nodiscard]] void* allocate(std::size_t size, std::uint32_t tag, std::string_view function,
                                 std::optional<LayerIndex> owner = {});
    // allocate() and zero.
    [[nodiscard]] void* allocate_zeroed(std::size_t size, std::uint32_t tag, std::string_view function,
                                        std::optional<LayerIndex> owner = {});
    // For memory that no fault may take and no event should tell of (the machine's own plumbing).
    [[nodiscard]] void* allocate_quietly(std::size_t size, std::uint32_t tag, LayerIndex owner);
    // Returns false after a finding. tag: the tag the caller claims; a mismatch is a finding and the memory is freed.
    bool free(void* address, std::string_view function, std::optional<std::uint32_t> tag = {});

    // The allocation (live or in quarantine) whose bytes contain the address; null if none. Valid until the next
    // allocate() or free().
    [[nodiscard]] const Allocation* find(const void* address) const;
    // The same, live ones only.
    [[nodiscard]] const Allocation* find_live(const void* address) const;
    // For structures that are used by address (locks, events, lists): a finding when it lies in released memory.
    bool require_not_released(const void* address, std::string_view function);
    [[nodiscard]] bool in_arena(const void* address) const;
    [[nodiscard]] std::uint64_t arena_offset(const void* address) const;
    // Everything that was ever in use, guards included.
    [[nodiscard]] std::span<const std::byte> used_arena() const { return {arena_, static_cast<std::size_t>(used_)}; }

    [[nodiscard]] std::vector<Allocation> live_allocations(std::optional<LayerIndex> owner = {}) const;
    [[nodiscard]] std::size_t live_count(LayerIndex owner) const;
    [[nodiscard]] std::size_t live_bytes() const { return live_bytes_; }

    // Called for every allocation, after its event; and for every release, before its event while the bytes still stand.
    void on_allocate(std::function<void(const Allocation&)> hook) { allocate_hooks_.push_back(std::move(hook)); }
    void on_free(std::function<void(const Allocation&)> hook) { free_hooks_.push_back(std::move(hook)); }

    [[nodiscard]] PoolFaults& faults() { return faults_; }

    void check_recent_releases();         // after each dispatch
    // When a driver gives up control: what it wrote into the youngest releases is its doing and told of it.
    void check_recent_releases(LayerIndex writer);
    void check_everything();              // end of run: all guards, all of the quarantine
    std::size_t report_leaks(LayerIndex owner);  // one finding per live allocation of a layer that is gone

private:
    struct Chunk {
        std::uint64_t start = 0;     // offset of the first usable byte; the front guard lies before it
        std::uint64_t capacity = 0;  // usable bytes between the guards
        Allocation allocation;
    };
    [[nodiscard]] std::uint64_t chunk_capacity(std::size_t size) const;
    [[nodiscard]] std::optional<std::uint32_t> chunk_at(const void* address) const;
    std::optional<std::uint32_t> reserve_chunk(std::size_t size);
    void* place(std::uint32_t index, std::size_t size, std::uint32_t tag, LayerIndex owner);
    void fill_guards(const Chunk& chunk);
    void check_guards(Chunk& chunk, std::string_view when);
    // What the short look at one of the latest releases needs.
    struct Released {
        const std::byte* front = nullptr;  // of the guard before it
        std::uint32_t size = 0, rear = 0;  // bytes of its own, and of what guards behind it
        std::uint32_t chunk = 0;
        bool small = false;  // enough for the short look
        [[nodiscard]] bool untouched() const;
    };
    [[nodiscard]] Released released(std::uint32_t index) const;
    void check_releases(std::size_t most, std::string_view when, std::optional<LayerIndex> writer);
    void check_poison(Chunk& chunk, std::string_view when, std::optional<LayerIndex> writer = {});
    void leave_quarantine();
    [[nodiscard]] std::string describe(const Allocation& allocation) const;

    Machine& machine_;
    PoolOptions options_;
    PoolFaults faults_;
    std::byte* arena_ = nullptr;
    std::uint64_t used_ = 0;
    std::uint64_t serial_ = 0;
    std::size_t live_bytes_ = 0;
    std::size_t quarantined_bytes_ = 0;
    std::vector<std::uint64_t> starts_;  // offset of the first usable byte of each chunk, for the search
    mutable std::uint32_t found_last_ = 0;  // by chunk_at()
    std::vector<Chunk> chunks_;  // ascending offset: carved once, kept for ever, reused in place
    std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> free_chunks_;  // by capacity
    std::deque<std::uint32_t> quarantine_;  // oldest first
    std::vector<Released> latest_;          // the end of quarantine_, no more than is ever looked at
    std::vector<std::function<void(const Allocation&)>> allocate_hooks_;
    std::vector<std::function<void(const Allocation&)>> free_hooks_;
};

}  // namespace chimneylab::machine
