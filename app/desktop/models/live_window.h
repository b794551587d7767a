// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of a live session that is kept in memory: a trace that grows, part by part, up to a limit. Beyond the limit a new
// window begins at the present moment: what was watched then is born again with the bytes it had, and events are
// numbered from 0 again (first_event() says which one of the session that is). Costs what is new, never what is there.
// Not thread safe; the same parts give the same windows, so that a checker on another thread numbers its events alike.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <vector>

#include "engine/session/part.h"
#include "engine/trace/trace.h"

namespace chimneylab::desktop {

class LiveWindow {
public:
    explicit LiveWindow(std::uint32_t most_events) : most_events_(most_events) { begin(); }

    void describe(trace::RunDescription description, std::vector<trace::Layer> layers);
    // The part that follows on the last one. With show false it is taken note of but not kept: the next that is shown
    // begins a new window.
    void take(const session::Part& part, bool show = true);

    // From now on a copy grows; who has the present trace keeps it as it is.
    void go_on_with_copy() { trace_ = std::make_shared<trace::Trace>(*trace_); }

    // Another one after every new beginning. Whoever holds the old one keeps it; it does not grow any more.
    [[nodiscard]] const std::shared_ptr<trace::Trace>& trace() const { return trace_; }
    [[nodiscard]] std::uint64_t first_event() const { return first_event_; }  // of the session
    [[nodiscard]] std::uint64_t session_events() const { return session_events_; }
    [[nodiscard]] bool would_begin_anew(const session::Part& part) const {
        return !trace_->empty() && (skipped_ || trace_->size() + part.events.size() > most_events_);
    }

private:
    struct Watched {
        trace::Region region;
        std::vector<std::byte> now;
        trace::RegionId here;  // in this window, if it was there when it began
        bool dead = false;
    };
    void begin();
    void make_room();
    void keep(const session::Part& part);
    void follow(const session::Part& part);
    void dies(std::uint32_t number);
    [[nodiscard]] bool born_in_this_window(std::uint32_t number) const { return !born_here_.empty() && number >= first_born_; }
    [[nodiscard]] trace::RegionId here(trace::RegionId region) const;
    [[nodiscard]] trace::EventId here(trace::EventId event) const;
    [[nodiscard]] trace::OperationId here(trace::OperationId operation);

    std::uint32_t most_events_;
    std::shared_ptr<trace::Trace> trace_;
    std::uint64_t first_event_ = 0, session_events_ = 0;
    bool skipped_ = false;
    trace::RunDescription description_;
    std::vector<trace::Layer> layers_;
    std::vector<std::string> names_;
    // By its number in the session, what is watched now, and what died in this window and was there when it began: events
    // still name it. What was born and died in between is found in born_here_, so that a new beginning costs what is alive.
    boost::unordered_flat_map<std::uint32_t, Watched> watched_;
    std::vector<std::uint32_t> dead_;
    bool roomy_ = false;  // the trace has room for a whole window
    std::vector<trace::RegionId> born_here_;  // of those born since, which follow on: the session's number → this window's
    std::uint32_t first_born_ = 0;
    boost::unordered_flat_map<std::uint32_t, trace::OperationId> operation_here_;  // the same, in all windows but the first
};

}  // namespace chimneylab::desktop
