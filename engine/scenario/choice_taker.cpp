// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/choice_taker.h"

#include <algorithm>
#include <utility>
#include "engine/trace/text.h"

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

Refusal ChoiceTaker::carry_out(const Choice& choice, const machine::PendingWork& work, const PendingItem& item) {
    const bool needs_completion = choice.fault == Choice::Fault::dropped || choice.fault == Choice::Fault::doubled;
    if (needs_completion && !item.completes_operation)
        return "'" + work.label + "' completes no operation, so no completion can be lost or doubled";
    if (choice.status != 0) {
        if (!item.completes_operation) return "'" + work.label + "' completes no operation, so no status can be chosen for it";
        if (const Refusal refusal = target_.fail_block_once(item.operation_kind, choice.block, choice.status); !refusal.empty())
            return refusal;
        trace::Event event;  // as a fault of this kind in a file is told (faults.cpp)
        event.kind = trace::EventKind::fault_injected;
        event.operation_kind = item.operation_kind;
        event.name = machine_.recorder().intern("a block is to get the status " + trace::status_text(choice.status) + " in this " +
                                                std::string(trace::to_text(item.operation_kind)));
        machine_.record(event);
    }
    if (choice.fault == Choice::Fault::allocation) {
        machine_.pool().faults().fail_nth(1);
    } else if (needs_completion) {
        const trace::CompletionFault fault =
            choice.fault == Choice::Fault::dropped ? trace::CompletionFault::dropped : trace::CompletionFault::doubled;
        if (const Refusal refusal = faults_.inject_into(item.operation, fault); !refusal.empty()) return refusal;
    }
    return machine_.run_item(work.id) ? Refusal() : Refusal("the item is not pending any more");
}

ChoicePoint ChoiceTaker::point_here(const std::vector<machine::PendingWork>& pending) {
    ChoicePoint point;
    point.after = trace::EventId(static_cast<std::uint32_t>(machine_.recorder().trace().size() - 1));
    for (const machine::PendingWork& work : pending) point.pending.push_back(describe(work));
    return point;
}

Refusal ChoiceTaker::make(const Choice& choice, const std::vector<machine::PendingWork>& pending, ChoicePoint& point) {
    if (choice.item >= pending.size())
        return "it names item " + std::to_string(choice.item) + ", but " + std::to_string(pending.size()) +
               (pending.size() == 1 ? " item is pending" : " items are pending");
    const PendingItem item = point.pending[choice.item];
    if (Refusal refusal = carry_out(choice, pending[choice.item], item); !refusal.empty()) return refusal;
    point.taken = choice;
    return {};
}

bool at_rest(machine::Machine& machine) {
    machine.system_threads().wake();
    return machine.queue().only_recurring();
}

void ChoiceTaker::settle(const std::function<bool()>& cancelled) {
    if (options_.hand != nullptr) {
        settle_with_hand(cancelled);
        return;
    }
    const std::vector<Choice>& choices = *options_.choices;
    for (std::size_t count = 0; !cancelled() && !result_.stopped_at_choice; ++count) {
        const bool by_schedule = taken_ == choices.size() && options_.schedule_goes_on;
        if (count == options_.dispatch_limit || (by_schedule && !options_.every_point)) {
            machine_.run_until([&] { return cancelled() || at_rest(machine_); }, options_.dispatch_limit - count);
            return;
        }
        const std::vector<machine::PendingWork> pending = candidates();
        if (pending.empty()) return;
        ChoicePoint point = point_here(pending);
        if (taken_ == choices.size() && !by_schedule) {
            result_.choice_points.push_back(std::move(point));
            return stop({});
        }
        const Refusal refusal = make(by_schedule ? first_due(pending) : choices[taken_++], pending, point);
        result_.choice_points.push_back(std::move(point));
        if (!refusal.empty()) return stop(refusal);
    }
}

void ChoiceTaker::inject_what_is_wanted() {
    if (const Choice::Fault fresh = options_.hand->take_fault(); fresh != Choice::Fault::none) wanted_fault_ = fresh;
    if (wanted_fault_ == Choice::Fault::none) return;
    if (wanted_fault_ == Choice::Fault::allocation) {
        machine_.pool().faults().fail_nth(1);
        wanted_fault_ = Choice::Fault::none;
        return;
    }
    for (const machine::PendingWork& work : machine_.pending()) {
        const PendingItem item = work.recurring ? PendingItem() : describe(work);
        if (!item.completes_operation) continue;
        const trace::CompletionFault fault =
            wanted_fault_ == Choice::Fault::dropped ? trace::CompletionFault::dropped : trace::CompletionFault::doubled;
        if (faults_.inject_into(item.operation, fault).empty()) wanted_fault_ = Choice::Fault::none;
        return;
    }
}

void ChoiceTaker::settle_with_hand(const std::function<bool()>& cancelled) {
    LiveHand& hand = *options_.hand;
    std::string refused;
    bool schedule_chooses = false;  // once: nobody is asked twice about the same point
    for (std::size_t count = 0; count < options_.dispatch_limit;) {
        bool wants = false;
        machine_.run_until([&] {
            if (cancelled()) return true;
            inject_what_is_wanted();
            ++count;
            wants = !std::exchange(schedule_chooses, false) && hand.wants_to_choose();
            return wants || at_rest(machine_);
        }, options_.dispatch_limit);
        if (!wants || cancelled()) return;
        const std::vector<machine::PendingWork> pending = candidates();
        if (pending.empty()) return;
        ChoicePoint point = point_here(pending);
        const std::optional<Choice> choice = hand.choose(point, std::exchange(refused, {}));
        if (!choice) {
            schedule_chooses = true;
            continue;
        }
        refused = make(*choice, pending, point);
        if (refused.empty()) result_.choice_points.push_back(std::move(point));
    }
    machine_.run_until([&] { return cancelled() || at_rest(machine_); }, 0);  // says that it never comes to rest
}

}  // namespace chimneylab::scenario
