// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/choice_taker.h"

#include <algorithm>

namespace chimneylab::scenario {

using trace::EventKind;

std::vector<machine::PendingWork> ChoiceTaker::candidates() {
    machine_.system_threads().wake();
    std::vector<machine::PendingWork> pending = machine_.pending();
    // What comes back for ever is no choice: taken while nothing else is pending it would never end.
    std::erase_if(pending, [](const machine::PendingWork& work) { return work.recurring; });
    return pending;
}

PendingItem ChoiceTaker::describe(const machine::PendingWork& work) {
    const trace::Trace& trace = machine_.recorder().trace();
    for (; looked_at_ < trace.size(); ++looked_at_) {
        const trace::Event& event = trace.event(trace::EventId(looked_at_));
        if (event.kind == EventKind::work_queued) queued_[event.subject] = trace::EventId(looked_at_);
    }
    PendingItem item;
    item.label = work.label;
    item.layer = work.layer;
    item.queued_at = work.queued_at;
    item.due = work.due;
    const auto queued = queued_.find(work.id.value);
    for (trace::EventId at = queued == queued_.end() ? trace::EventId() : queued->second; at.valid(); at = trace.event(at).parent) {
        const trace::Event& event = trace.event(at);
        if (!event.operation.valid()) continue;
        item.operation = event.operation;
        item.operation_kind = event.operation_kind;
        break;
    }
    // What a step queued belongs to no operation by where it was queued, but the target has said which one it completes.
    if (const auto released = released_.find(work.id.value); released != released_.end()) {
        item.operation = released->second.operation;
        item.operation_kind = released->second.kind;
    }
    const auto layers = trace.layers();
    item.completes_operation =
        item.operation.valid() && work.layer < layers.size() && layers[work.layer].role == trace::LayerRole::offload_target;
    return item;
}

// As the schedule fifo would: the earliest due, then in the order of queueing.
Choice ChoiceTaker::first_due(const std::vector<machine::PendingWork>& pending) {
    Choice choice;
    for (std::uint32_t i = 1; i < pending.size(); ++i)
        if (pending[i].due < pending[choice.item].due) choice.item = i;
    return choice;
}

void ChoiceTaker::completion_queued(const void* root) {
    const std::vector<machine::PendingWork> pending = machine_.pending();
    const auto youngest = std::ranges::max_element(pending, {}, [](const machine::PendingWork& work) { return work.id.value; });
    const std::optional<ArrivedOperation> operation = faults_.held_by_target(root);
    if (youngest != pending.end() && operation) released_[youngest->id.value] = *operation;
}

void ChoiceTaker::stop(std::string why) {
    result_.stopped_at_choice = true;
    // What is still asked of the machine, and its taking down, is no part of the run.
    result_.trace = machine_.recorder().trace();
    machine_.recorder().set_sink(nullptr);
    if (!why.empty()) result_.failure = "choice " + std::to_string(taken_) + " cannot be made: " + std::move(why);
}

bool ChoiceTaker::carry_out(const Choice& choice, const machine::PendingWork& work, const PendingItem& item) {
    if (choice.status != 0) {
        if (!item.completes_operation) {
            stop("'" + work.label + "' completes no operation, so no status can be chosen for it");
            return false;
        }
        if (const Refusal refusal = target_.fail_block_once(item.operation_kind, choice.block, choice.status); !refusal.empty()) {
            stop(refusal);
            return false;
        }
    }
    if (choice.fault == Choice::Fault::allocation) {
        machine_.pool().faults().fail_nth(1);
    } else if (choice.fault != Choice::Fault::none) {
        if (!item.completes_operation) {
            stop("'" + work.label + "' completes no operation, so no completion can be lost or doubled");
            return false;
        }
        const trace::CompletionFault fault =
            choice.fault == Choice::Fault::dropped ? trace::CompletionFault::dropped : trace::CompletionFault::doubled;
        if (const Refusal refusal = faults_.inject_into(item.operation, fault); !refusal.empty()) {
            stop(refusal);
            return false;
        }
    }
    return machine_.run_item(work.id);
}

void ChoiceTaker::settle(const std::function<bool()>& cancelled) {
    const std::vector<Choice>& choices = *options_.choices;
    for (std::size_t count = 0; !cancelled() && !result_.stopped_at_choice; ++count) {
        const bool by_schedule = taken_ == choices.size() && options_.schedule_goes_on;
        if (count == options_.dispatch_limit || (by_schedule && !options_.every_point)) {
            machine_.run_until(cancelled, options_.dispatch_limit - count);
            return;
        }
        const std::vector<machine::PendingWork> pending = candidates();
        if (pending.empty()) return;
        ChoicePoint point;
        point.after = trace::EventId(static_cast<std::uint32_t>(machine_.recorder().trace().size() - 1));
        for (const machine::PendingWork& work : pending) point.pending.push_back(describe(work));
        result_.choice_points.push_back(std::move(point));
        if (taken_ == choices.size() && !by_schedule) return stop({});
        const Choice choice = by_schedule ? first_due(pending) : choices[taken_++];
        if (choice.item >= pending.size()) {
            return stop("it names item " + std::to_string(choice.item) + ", but " + std::to_string(pending.size()) +
                        (pending.size() == 1 ? " item is pending" : " items are pending"));
        }
        const PendingItem item = result_.choice_points.back().pending[choice.item];
        if (!carry_out(choice, pending[choice.item], item)) {
            if (!result_.stopped_at_choice) stop("the item is not pending any more");
            return;
        }
        result_.choice_points.back().taken = choice;
    }
}

}  // namespace chimneylab::scenario
