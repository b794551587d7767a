// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A run that can be led: it stands at a choice point or at its end, goes on by the choice it is told, and can be taken back to
// a point where it was. Two kinds: a run in this process whose memory is put back (checkpointed_walk.h), and one that is made
// again from its beginning wherever it takes place (replayed_walk.h). Private to engine/explorer; one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/explorer/explorer.h"
#include "engine/explorer/footprint.h"
#include "engine/trace/trace.h"
#include "engine/verifier/violation.h"

namespace chimneylab::explorer {

// What is wrong: the first violation of each rule and layer, in that order.
struct Wrong {
    std::string rule;  // empty: a crash
    verifier::Severity severity = verifier::Severity::fatal;
    trace::LayerIndex layer = trace::machine_layer;
    std::string layer_name, explanation;
    trace::EventId event;  // where it broke
};
using Judgement = std::vector<Wrong>;

[[nodiscard]] Judgement judgement_of(std::span<const verifier::Violation> violations, const trace::Trace& trace);

// Between two steps of a scenario: a schedule that never comes to rest is told as such, not waited for.
inline constexpr std::size_t most_dispatches = 20'000;

class Walk {
public:
    virtual ~Walk() = default;

    // To the first point, from wherever it stands.
    virtual void begin() = 0;
    [[nodiscard]] virtual bool ended() const = 0;
    [[nodiscard]] virtual const scenario::ChoicePoint& point() const = 0;  // not ended; until it goes on
    // What was chosen so far, as long as the walk is at that depth.
    [[nodiscard]] const std::vector<scenario::Choice>& choices() const { return choices_; }
    [[nodiscard]] std::size_t depth() const { return choices_.size(); }
    // False when the choice cannot be made here; then it stands where it stood.
    virtual bool take(const scenario::Choice& choice) = 0;
    // To the point that these choices lead to.
    void go_to(std::span<const scenario::Choice> choices);
    void back(std::size_t depth);  // to a point that it came through
    // Remembers this point as one that will be gone back to.
    virtual void mark() {}

    // A number for everything on which the rest of the run depends; 0: not known. Two runs with the same number differ, if at
    // all, in the order of what they did.
    [[nodiscard]] virtual std::uint64_t state() = 0;
    // At the end, likewise: what is left when everything is over; 0: not known.
    [[nodiscard]] virtual std::uint64_t end_state() { return 0; }
    // What the last choice touched; everything when the point before it is not remembered.
    [[nodiscard]] virtual Footprint touched_by_last() { return {}; }
    [[nodiscard]] virtual std::uint64_t history() = 0;  // at the end: equal for equal runs
    [[nodiscard]] virtual Judgement judgement() = 0;    // up to here
    [[nodiscard]] virtual const std::vector<scenario::Problem>& problems() const = 0;  // it cannot be begun

protected:
    // As close to `depth` as it can without making choices again, not beyond it; choices_ tells how close.
    virtual void back_towards(std::size_t depth) = 0;
    std::vector<scenario::Choice> choices_;
};

// What the schedule fifo takes: the earliest due, then in the order of queueing.
[[nodiscard]] scenario::Choice first_due(const scenario::ChoicePoint& point);

}  // namespace chimneylab::explorer
