// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Every schedule below a choice point, each choice made once: from the end of a schedule back to the youngest point where
// something is left to try. Of two orders of things that have nothing to do with each other (footprint.h) one is run: what was
// taken first somewhere sleeps in the schedules where something independent was taken instead, until something comes that is
// not independent of it (sleep sets, P. Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems").
// Choices that make something fail never sleep. Private to engine/explorer; one thread at a time.
#pragma once

#include <atomic>
#include <span>
#include <vector>

#include "engine/explorer/footprint.h"
#include "engine/explorer/leaf.h"

namespace chimneylab::explorer {

// A pending item that was taken first where the schedules part, and what it touched then.
struct Sleeper {
    scenario::PendingItem item;
    Footprint footprint;
    [[nodiscard]] bool is(const scenario::PendingItem& other) const {
        return item.queued_at == other.queued_at && item.due == other.due && item.layer == other.layer && item.operation == other.operation &&
               item.label == other.label;
    }
};

struct Subtree {
    std::vector<Leaf> leaves;  // schedules with something wrong tell their choices
    std::size_t skipped = 0;   // choices that were not made since the last leaf
    bool cut = false;          // something is left to try
};

class DepthFirst {
public:
    struct Limits {
        std::size_t schedules = 0;
        std::size_t deviations = 0;
        bool failures = true;
        bool reduction = true;
        const std::atomic<bool>* cancel = nullptr;
        // Schedules run by the parts whose results come first, which count against the same limit, and by this one. They grow
        // meanwhile; a part that stops because of them loses only what would have been cut off.
        std::span<const std::atomic<std::size_t>> earlier = {};
        std::atomic<std::size_t>* own = nullptr;
    };
    DepthFirst(Walk& walk, const Limits& limits, SeenStates* seen, Subtree& result) : walk_(walk), limits_(limits), seen_(seen), result_(result) {}

    // The `which`th alternative at the point where the walk stands (after what fifo takes) and all that comes after it.
    void alternative(std::size_t which);

private:
    struct Frame {
        std::size_t depth = 0;
        std::vector<scenario::Choice> choices;  // the first one is fifo's, unless it sleeps
        std::size_t next = 0;
        std::size_t deviations = 0;  // before it
        std::vector<Sleeper> asleep;
        bool several = false;  // items
    };
    [[nodiscard]] bool stopped() const;
    bool push(std::vector<Sleeper> asleep);
    bool make(Frame& frame, const scenario::Choice& choice, std::vector<Sleeper>& asleep_then);
    void arrive(std::vector<Sleeper> asleep);
    void end(bool pruned, std::vector<std::uint64_t> states);

    Walk& walk_;
    Limits limits_;
    SeenStates* seen_;
    Subtree& result_;
    std::vector<Frame> frames_;
    std::vector<std::size_t> deviates_;
    std::vector<std::uint64_t> states_;  // since the last leaf
    std::size_t run_ = 0;
};

}  // namespace chimneylab::explorer
