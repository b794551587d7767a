// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What a teacher says at an event: the scenario's own sentence where its narration binds one, else the generic sentence
// of trace::Narrator. The first narration of the file that fits an event wins. Placeholders in the text, {layer} and
// the like, are replaced by what the event shows. Keeps a cursor, so telling events in order is cheap. One per thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/scenario/pattern.h"
#include "engine/trace/history.h"
#include "engine/trace/narration.h"

namespace chimneylab::scenario {

class ScenarioNarrator {
public:
    // Trace, history and scenario must outlive the narrator.
    ScenarioNarrator(const trace::History& history, const Scenario& scenario);

    // The scenario's own sentence; none where it has nothing to say.
    [[nodiscard]] std::optional<std::string> own_sentence(trace::EventId event) const;
    // The same in the words of another language: a translation of the scenario that was given (translation.h).
    [[nodiscard]] std::optional<std::string> own_sentence(trace::EventId event, const Scenario& words) const;
    [[nodiscard]] std::string sentence(trace::EventId event);
    [[nodiscard]] std::string heading(trace::EventId event) const { return generic_.heading(event); }
    // Questions to be asked at this event, as indices into Scenario::questions.
    [[nodiscard]] std::vector<std::size_t> questions_at(trace::EventId event) const;
    // The events at which a question, by its index, is to be asked, and those that show its answer; in order.
    [[nodiscard]] const std::vector<trace::EventId>& events_of_question(std::size_t question) const { return question_events_.at(question); }
    [[nodiscard]] const std::vector<trace::EventId>& proofs_of_question(std::size_t question) const { return question_proofs_.at(question); }
    [[nodiscard]] const PatternMatcher& matcher() const { return matcher_; }

private:
    const trace::History* history_;
    const Scenario* scenario_;
    PatternMatcher matcher_;
    trace::Narrator generic_;
    std::vector<std::int32_t> narration_of_event_;  // index into Scenario::narration, or -1
    std::vector<std::vector<trace::EventId>> question_events_, question_proofs_;
};

// One sentence for one event; for many events keep a ScenarioNarrator.
[[nodiscard]] std::string narrate(const trace::Trace& trace, const Scenario& scenario, trace::EventId event);

}  // namespace chimneylab::scenario
