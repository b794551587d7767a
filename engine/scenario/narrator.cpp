// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/narrator.h"

#include <algorithm>

#include "engine/scenario/placeholders.h"
#include "engine/trace/text.h"

namespace chimneylab::scenario {

ScenarioNarrator::ScenarioNarrator(const trace::History& history, const Scenario& scenario)
    : history_(&history), scenario_(&scenario), matcher_(history.trace(), scenario), generic_(history) {
    const std::size_t size = history.trace().size();
    narration_of_event_.assign(size, -1);
    std::vector<unsigned> matches(scenario.narration.size(), 0);
    for (std::uint32_t i = 0; i < size; ++i) {
        for (std::size_t n = 0; n < scenario.narration.size(); ++n) {
            const EventPattern& pattern = scenario.narration[n].at;
            if (!matcher_.fits(pattern, trace::EventId(i))) continue;
            ++matches[n];  // counted even where an earlier narration wins: occurrence is about the events alone
            if (narration_of_event_[i] < 0 && (pattern.occurrence == 0 || pattern.occurrence == matches[n])) {
                narration_of_event_[i] = static_cast<std::int32_t>(n);
            }
        }
    }
    for (const Question& question : scenario.questions) {
        question_events_.push_back(matcher_.find(question.at));
        question_proofs_.push_back(question.proof ? matcher_.find(*question.proof) : question_events_.back());
    }
}

std::optional<std::string> ScenarioNarrator::own_sentence(trace::EventId id) const { return own_sentence(id, *scenario_); }

std::optional<std::string> ScenarioNarrator::own_sentence(trace::EventId id, const Scenario& words) const {
    if (id.value >= narration_of_event_.size() || narration_of_event_[id.value] < 0) return std::nullopt;
    const trace::Trace& trace = history_->trace();
    const trace::Event& event = trace.event(id);
    std::string text = words.narration.at(static_cast<std::size_t>(narration_of_event_[id.value])).say;
    const auto value = [&](std::string_view name) -> std::string {
        if (name == "layer") return matcher_.layer_name(event.layer);
        if (name == "caller") return matcher_.layer_name(event.other_layer);
        if (name == "function") return std::string(trace.text(event.name));
        if (name == "operation") return std::string(trace::to_text(event.operation_kind));
        if (name == "block") {
            // An entry is spoken of as the object that it stands for.
            if (!event.region.valid()) return "the block";
            const trace::OffloadEntry* entry = history_->offload_entry_of(event.region);
            return std::string(trace.text(entry ? entry->object : trace.region(event.region).label));
        }
        return trace::status_text(event.status);
    };
    for (std::string_view name : placeholder_names()) {
        const std::string placeholder = "{" + std::string(name) + "}";
        for (std::size_t at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder, at)) {
            const std::string replacement = value(name);
            text.replace(at, placeholder.size(), replacement);
            at += replacement.size();
        }
    }
    return text;
}

std::string ScenarioNarrator::sentence(trace::EventId event) {
    if (std::optional<std::string> own = own_sentence(event)) return *own;
    return generic_.sentence(event);
}

std::vector<std::size_t> ScenarioNarrator::questions_at(trace::EventId event) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < question_events_.size(); ++i) {
        if (std::binary_search(question_events_[i].begin(), question_events_[i].end(), event)) found.push_back(i);
    }
    return found;
}

std::string narrate(const trace::Trace& trace, const Scenario& scenario, trace::EventId event) {
    const trace::History history(trace);
    return ScenarioNarrator(history, scenario).sentence(event);
}

}  // namespace chimneylab::scenario
