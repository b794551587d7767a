// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Finds the events of a trace that an EventPattern means. Reads the trace once to learn which step each event belongs
// to: that in which its operation was started, or else that which was being carried out.
// The trace must outlive the matcher and stay as it is, or grow at its end: extend(). Reading only; safe from several threads
// while nobody extends.
#pragma once

#include <optional>
#include <vector>

#include "engine/scenario/scenario.h"
#include "engine/trace/trace.h"

namespace chimneylab::scenario {

class PatternMatcher {
public:
    PatternMatcher(const trace::Trace& trace, const Scenario& scenario);

    // Of a trace that has grown: its new events are known from now on.
    void extend();

    // Everything but the occurrence.
    [[nodiscard]] bool fits(const EventPattern& pattern, trace::EventId event) const;
    // The events the pattern means, in order, occurrence respected.
    [[nodiscard]] std::vector<trace::EventId> find(const EventPattern& pattern) const;
    // Index of the step that an event belongs to; none before the first.
    [[nodiscard]] std::optional<std::size_t> step_of(trace::EventId event) const;
    // The operations that a step started, in order.
    [[nodiscard]] std::vector<trace::OperationId> operations_of(std::size_t step) const;
    // "host stack", "IM 1", "NDIS", "machine" …
    [[nodiscard]] std::string layer_name(trace::LayerIndex layer) const;

private:
    [[nodiscard]] bool layer_fits(const std::string& wanted, trace::LayerIndex layer) const;

    const trace::Trace* trace_;
    const Scenario* scenario_;
    std::int32_t started_ = 0;
    std::int32_t current_ = -1;
    std::vector<std::int32_t> step_of_event_;
    std::vector<std::int32_t> step_of_operation_;
};

}  // namespace chimneylab::scenario
