// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Pending work: everything that will run later on this machine — timers, work items, deferred completions, bind requests,
// system threads. Items wait here until the schedule, a person or a wait takes one. Due times are virtual nanoseconds.
// The queue holds and orders; Machine runs. Ownership: an item's function lives until it has run or was cancelled.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/machine/schedule.h"
#include "engine/trace/event.h"

namespace chimneylab::machine {

using trace::LayerIndex;
using trace::Nanoseconds;

// 1, 2, 3 … in the order of queueing; 0 is no work.
struct WorkId {
    std::uint64_t value = 0;
    [[nodiscard]] constexpr bool valid() const { return value != 0; }
    friend constexpr auto operator<=>(WorkId, WorkId) = default;
};

struct WorkRequest {
    std::string label{};  // what it is: "NetTimerCallback", "bind chimney-im to \\DEVICE\\{adapter-0}"
    LayerIndex layer = trace::machine_layer;  // for whom it runs
    std::uint8_t irql = 0;                    // at which level it runs
    Nanoseconds delay = 0;                    // due = now + delay
    bool recurring = false;                   // comes back for ever (a periodic timer): alone, it does not keep the machine busy
    std::function<void()> run{};
};

struct PendingWork {
    WorkId id;
    std::string label;
    LayerIndex layer = trace::machine_layer;
    std::uint8_t irql = 0;
    Nanoseconds queued_at = 0;
    Nanoseconds due = 0;
    bool recurring = false;
};

class DispatchQueue {
public:
    struct Item {
        PendingWork description;
        trace::EventId queued_event;
        std::function<void()> run;
    };
    struct Choice {
        std::size_t index = 0;  // position among the candidates in queue order
        std::size_t count = 0;  // number of candidates
        WorkId id;
    };

    explicit DispatchQueue(Schedule schedule);

    WorkId add(WorkRequest request, Nanoseconds now);
    bool cancel(WorkId id);  // false: not pending (ran, runs, or never was)
    [[nodiscard]] bool is_pending(WorkId id) const;
    [[nodiscard]] bool empty() const { return items_.empty(); }
    [[nodiscard]] std::size_t size() const { return items_.size(); }
    [[nodiscard]] bool only_recurring() const { return recurring_ == items_.size(); }  // true when empty
    [[nodiscard]] std::vector<PendingWork> pending() const;  // in queue order
    [[nodiscard]] std::optional<Nanoseconds> earliest_due() const;

    // Which item comes next. Only items due at or before latest_due take part. Draws from the seed when the order says so.
    [[nodiscard]] std::optional<Choice> choose(Schedule::Order order, std::optional<Nanoseconds> latest_due = {});
    // The choice that names this item, with its index and count; no value if it is not pending.
    [[nodiscard]] std::optional<Choice> choice_of(WorkId id) const;
    std::optional<Item> take(WorkId id);
    [[nodiscard]] Item* find(WorkId id);

    [[nodiscard]] const Schedule& schedule() const { return schedule_; }

private:
    [[nodiscard]] std::vector<std::unique_ptr<Item>>::const_iterator position(WorkId id) const;

    Schedule schedule_;
    RandomSequence random_;
    std::uint64_t next_ = 1;
    std::size_t recurring_ = 0;
    std::vector<std::unique_ptr<Item>> items_;               // queue order: ascending id
    std::set<std::pair<Nanoseconds, std::uint64_t>> by_due_;  // (due, id)
};

}  // namespace chimneylab::machine
