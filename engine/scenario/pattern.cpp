// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/pattern.h"

namespace chimneylab::scenario {

using trace::EventId;
using trace::EventKind;

PatternMatcher::PatternMatcher(const trace::Trace& trace, const Scenario& scenario)
    : trace_(&trace), scenario_(&scenario) {
    step_of_event_.reserve(trace.size());
    extend();
}

void PatternMatcher::extend() {
    const std::size_t size = trace_->size();
    for (std::size_t i = step_of_event_.size(); i < size; ++i) {
        const trace::Event& event = trace_->event(EventId(static_cast<std::uint32_t>(i)));
        if (event.kind == EventKind::step_started) current_ = started_++;
        step_of_event_.push_back(current_);
        if (!event.operation.valid()) continue;
        // The first event that names an operation is where it began.
        const std::size_t operation = event.operation.value;
        if (step_of_operation_.size() <= operation) step_of_operation_.resize(operation + 1, -1);
        if (step_of_operation_[operation] < 0) step_of_operation_[operation] = current_;
    }
}

std::string PatternMatcher::layer_name(trace::LayerIndex layer) const {
    if (layer == trace::ndis_layer) return "NDIS";
    if (layer == trace::machine_layer) return "machine";
    const auto layers = trace_->layers();
    if (layer >= layers.size()) return "machine";
    switch (layers[layer].role) {
        case trace::LayerRole::host_stack:
            return "host stack";
        case trace::LayerRole::offload_target:
            return "offload target";
        case trace::LayerRole::intermediate_driver:
            break;
    }
    return std::string(trace_->text(layers[layer].name));
}

bool PatternMatcher::layer_fits(const std::string& wanted, trace::LayerIndex layer) const {
    if (wanted.empty()) return true;
    if (wanted == "intermediate driver") {
        return layer < trace_->layers().size() && trace_->layers()[layer].role == trace::LayerRole::intermediate_driver;
    }
    return layer_name(layer) == wanted;
}

std::optional<std::size_t> PatternMatcher::step_of(EventId id) const {
    const trace::Event& event = trace_->event(id);
    // An offload entry names the operation that made it, perhaps long ago; it goes when it goes.
    const bool by_operation = event.operation.valid() && event.kind != EventKind::offload_entry_released;
    const std::int32_t step = by_operation ? step_of_operation_[event.operation.value] : step_of_event_[id.value];
    if (step < 0 || static_cast<std::size_t>(step) >= scenario_->steps.size()) return std::nullopt;
    return static_cast<std::size_t>(step);
}

std::vector<trace::OperationId> PatternMatcher::operations_of(std::size_t step) const {
    std::vector<trace::OperationId> operations;
    for (std::size_t i = 0; i < step_of_operation_.size(); ++i) {
        if (step_of_operation_[i] == static_cast<std::int32_t>(step))
            operations.emplace_back(static_cast<std::uint32_t>(i));
    }
    return operations;
}

bool PatternMatcher::fits(const EventPattern& pattern, EventId id) const {
    const trace::Event& event = trace_->event(id);
    if (pattern.kind && event.kind != *pattern.kind) return false;
    if (pattern.operation != OperationKind::none && event.operation_kind != pattern.operation) return false;
    if (pattern.conversion != trace::ConversionKind::none &&
        (event.kind != EventKind::conversion || event.detail != static_cast<std::uint64_t>(pattern.conversion))) {
        return false;
    }
    if (pattern.status && (!event.has_status || event.status != *pattern.status)) return false;
    if (!layer_fits(pattern.layer, event.layer) || !layer_fits(pattern.caller, event.other_layer)) return false;
    if (!pattern.function.empty() && trace_->text(event.name) != pattern.function) return false;
    if (!pattern.block.empty() &&
        (!event.region.valid() || trace_->text(trace_->region(event.region).label) != pattern.block)) {
        return false;
    }
    if (!pattern.step.empty()) {
        const std::optional<std::size_t> step = step_of(id);
        if (!step || scenario_->steps[*step].name != pattern.step) return false;
    }
    return true;
}

std::vector<EventId> PatternMatcher::find(const EventPattern& pattern) const {
    std::vector<EventId> found;
    unsigned matches = 0;
    for (std::uint32_t i = 0; i < trace_->size(); ++i) {
        if (!fits(pattern, EventId(i))) continue;
        ++matches;
        if (pattern.occurrence == 0 || matches == pattern.occurrence) found.emplace_back(i);
        if (pattern.occurrence != 0 && matches == pattern.occurrence) break;
    }
    return found;
}

}  // namespace chimneylab::scenario
