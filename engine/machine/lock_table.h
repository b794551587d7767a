// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Spin locks and reader-writer locks by their address in driver memory. One processor runs everything, so a lock that
// is held when somebody acquires it would spin for ever on the real machine: a lock_misuse finding here, and the call
// returns. Also found: release of a lock not held, release in another mode than acquired, memory released with a held
// lock inside, a wait or return to the scheduler with a lock held. Owned by Machine.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>

#include "engine/trace/event.h"

namespace chimneylab::machine {

class Machine;
struct Allocation;

class LockTable {
public:
    explicit LockTable(Machine& machine) : machine_(machine) {}

    void acquire_spin_lock(const void* lock, std::string_view function);
    void release_spin_lock(const void* lock, std::string_view function);
    [[nodiscard]] bool is_held(const void* lock) const { return held_.contains(lock); }

    void acquire_shared(const void* lock, std::string_view function);
    void acquire_exclusive(const void* lock, std::string_view function);
    // Returns whether it had been held exclusively.
    bool release_read_write(const void* lock, std::string_view function);

    void forget(const void* lock) { held_.erase(lock); }
    void memory_freed(const Allocation& allocation);
    void check_none_held(std::string_view when);
    [[nodiscard]] std::size_t held_count() const { return held_.size(); }

private:
    struct Held {
        enum class Mode : std::uint8_t { spin, shared, exclusive } mode = Mode::spin;
        std::uint32_t depth = 1;
        trace::LayerIndex holder = trace::machine_layer;
        std::uint64_t flow = 0;
        bool reported = false;
    };
    Machine& machine_;
    std::map<const void*, Held> held_;
};

}  // namespace chimneylab::machine
