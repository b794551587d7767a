// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/machine.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace chimneylab::machine {
namespace {

thread_local Machine* current_machine = nullptr;

}  // namespace

Machine::Machine(MachineOptions options)
    : options_(std::move(options)), clock_(options_.clock_start), queue_(options_.schedule), irql_(*this),
      pool_(std::make_unique<Pool>(*this, options_.pool)), address_space_(std::make_unique<AddressSpace>(*pool_)),
      handles_(*this), open_configurations_(*this), locks_(*this), lookaside_lists_(*this), timers_(*this), work_items_(*this), system_threads_(*this),
      net_buffer_pools_(*this), devices_(*this), random_(options_.schedule.seed ^ 0x6368696D6E65796C) {
    if (options_.prepare_trace) options_.prepare_trace(recorder_.trace());
    recorder_.set_clock([this] { return clock_.now(); });
    recorder_.set_sink(options_.sink);
    if (options_.measured_clock) recorder_.set_measured_clock(options_.measured_clock);
    trace::RunDescription description;
    description.schedule = options_.schedule.to_text();
    description.mode = std::string(to_text(options_.mode));
    description.clock_start = options_.clock_start;
    recorder_.trace().set_description(std::move(description));
    record(trace::EventKind::run_started, options_.schedule.to_text());
    pool_->on_free([this](const Allocation& allocation) {
        locks_.memory_freed(allocation);
        lookaside_lists_.memory_freed(allocation);
    });
}

Machine::~Machine() {
    if (current_machine == this) current_machine = nullptr;
}

Machine* Machine::current() { return current_machine; }

void Machine::set_current(Machine* machine) { current_machine = machine; }

Machine& Machine::of_call(const char* function) {
    if (current_machine) return *current_machine;
    std::fprintf(stderr, "%s was called outside of any simulated machine; driver code may run only inside one\n", function);
    std::abort();
}

LayerIndex Machine::add_layer(trace::LayerRole role, std::string_view name, std::string_view driver) {
    const auto index = static_cast<LayerIndex>(layers_.size());
    layers_.push_back({role, recorder_.intern(name), recorder_.intern(driver)});
    recorder_.trace().set_layers(layers_);
    return index;
}

std::string Machine::layer_name(LayerIndex layer) const {
    if (layer == trace::ndis_layer) return "NDIS";
    if (layer >= layers_.size()) return "the machine";
    return std::string(recorder_.trace().text(layers_[layer].name));
}

void Machine::observe_now() {
    if (current_layer_ < layers_.size()) pool_->check_recent_releases(current_layer_);
    if (!observer_ || observing_) return;
    observing_ = true;
    observer_(current_layer_);
    observing_ = false;
}

trace::EventId Machine::record(trace::Event event) {
    event.irql = irql_.current();
    clock_.advance(options_.event_cost);
    return recorder_.append(event);
}

trace::EventId Machine::record(trace::EventKind kind, std::string_view name, const void* subject, std::uint64_t detail) {
    trace::Event event;
    event.kind = kind;
    event.layer = current_layer_;
    event.name = recorder_.intern(name);
    event.subject = address_space_->translate(subject);
    event.detail = detail;
    return record(event);
}

trace::EventId Machine::finding(FindingKind kind, std::string explanation, const void* subject) {
    return finding_about(current_layer_, kind, std::move(explanation), subject);
}

trace::EventId Machine::finding_about(LayerIndex layer, FindingKind kind, std::string explanation, const void* subject) {
    if (!explanation.empty() && explanation.front() >= 'a' && explanation.front() <= 'z')
        explanation.front() = static_cast<char>(explanation.front() - 'a' + 'A');
    trace::Event event;
    event.kind = trace::EventKind::finding;
    event.layer = layer;
    event.name = recorder_.intern(explanation);
    event.subject = address_space_->translate(subject);
    event.detail = static_cast<std::uint64_t>(kind);
    const trace::Address translated = event.subject;
    const trace::EventId id = record(event);
    findings_.push_back({kind, std::move(explanation), id, layer, translated});
    return id;
}

bool Machine::strict_finding(std::string explanation, const void* subject) {
    if (!strict()) return false;
    finding(FindingKind::strict_validation, std::move(explanation), subject);
    return true;
}

WorkId Machine::queue_work(WorkRequest request) {
    trace::Event event;
    event.kind = trace::EventKind::work_queued;
    event.layer = request.layer;
    event.other_layer = current_layer_;
    event.name = recorder_.intern(request.label);
    const WorkId id = queue_.add(std::move(request), clock_.now());
    DispatchQueue::Item* item = queue_.find(id);
    event.subject = id.value;
    event.detail = item->description.due;
    item->queued_event = record(event);
    return id;
}

bool Machine::cancel_work(WorkId id) { return queue_.cancel(id); }

void Machine::run(const DispatchQueue::Choice& choice, bool record_choice) {
    std::optional<DispatchQueue::Item> item = queue_.take(choice.id);
    if (!item) return;
    Machine* const previous_machine = current_machine;
    const LayerIndex previous_layer = current_layer_;
    const std::uint8_t previous_irql = irql_.current();
    const std::uint64_t previous_flow = current_flow_;
    observe_now();
    current_machine = this;
    current_layer_ = item->description.layer == trace::ndis_layer ? trace::ndis_layer : trace::machine_layer;
    current_flow_ = choice.id.value;
    clock_.move_to(item->description.due);
    clock_.advance(options_.dispatch_cost);
    trace::Event event;
    event.name = recorder_.intern(item->description.label);
    event.layer = item->description.layer;
    event.subject = choice.id.value;
    if (record_choice) {
        event.kind = trace::EventKind::choice;
        event.detail = static_cast<std::uint64_t>(choice.index) << 32 | choice.count;
        record(event);
    }
    irql_.set(item->description.irql);
    event.kind = trace::EventKind::work_started;
    event.detail = item->description.due;
    const trace::EventId started = record(event);
    item->run();
    observe_now();
    if (current_flow_ == choice.id.value) locks_.check_none_held(item->description.label);
    pool_->check_recent_releases();
    event.kind = trace::EventKind::work_finished;
    event.detail = 0;
    event.partner = started;
    record(event);
    irql_.set(previous_irql);
    current_flow_ = previous_flow;
    current_layer_ = previous_layer;
    current_machine = previous_machine;
}

bool Machine::run_next(std::optional<Nanoseconds> latest_due) {
    system_threads_.wake();
    if (chooser_ && order_in_force_ && !queue_.empty()) {
        std::vector<PendingWork> candidates = queue_.pending();
        if (latest_due) std::erase_if(candidates, [&](const PendingWork& work) { return work.due > *latest_due; });
        if (candidates.empty()) return false;
        const std::optional<std::size_t> index = candidates.size() > 1 ? chooser_(candidates) : std::nullopt;
        if (index && *index < candidates.size()) {
            run({*index, candidates.size(), candidates[*index].id}, true);
            return true;
        }
    }
    const auto choice = queue_.choose(order_in_force_ ? options_.schedule.order : Schedule::Order::fifo, latest_due);
    if (!choice) return false;
    run(*choice, choice->count > 1);
    return true;
}

bool Machine::run_one() { return run_next(std::nullopt); }

bool Machine::run_item(WorkId id) {
    system_threads_.wake();
    const auto choice = queue_.choice_of(id);
    if (!choice) return false;
    run(*choice, choice->count > 1);
    return true;
}

std::size_t Machine::run_until_idle(std::size_t limit) {
    std::size_t count = 0;
    system_threads_.wake();
    while (!queue_.only_recurring()) {
        if (count == limit) {
            finding(FindingKind::endless_completion, "the machine was stopped after " + std::to_string(limit) +
                                                         " dispatches with work still pending: it never comes to rest");
            break;
        }
        if (!run_one()) break;
        ++count;
        system_threads_.wake();
    }
    return count;
}

bool Machine::run_until(const std::function<bool()>& condition, std::size_t limit) {
    for (std::size_t count = 0; !condition(); ++count) {
        if (count == limit) {
            finding(FindingKind::endless_completion, "the machine was stopped after " + std::to_string(limit) +
                                                         " dispatches without what was waited for");
            return false;
        }
        if (!run_one()) return condition();
    }
    return true;
}

WaitOutcome Machine::wait_until(const std::function<bool()>& condition, std::optional<Nanoseconds> timeout,
                                std::string_view what) {
    if (condition()) return WaitOutcome::satisfied;
    if (timeout && *timeout == 0) return WaitOutcome::timed_out;
    if (irql_.current() > apc_level)
        finding(FindingKind::wrong_irql, layer_name(current_layer_) + " waits in " + std::string(what) + " at " +
                                             irql_name(irql_.current()) + "; a wait is allowed below DISPATCH_LEVEL only");
    else if (system_threads_.can_park())
        return system_threads_.park(condition, timeout) ? WaitOutcome::satisfied : WaitOutcome::timed_out;
    if (wait_depth_ >= options_.nested_wait_limit) {
        finding(FindingKind::deadlock, std::string(what) + " waits inside " + std::to_string(wait_depth_) +
                                           " other waits; the wait was given up");
        return WaitOutcome::deadlock;
    }
    observe_now();
    const std::optional<Nanoseconds> deadline = timeout ? std::optional(clock_.now() + *timeout) : std::nullopt;
    if (wait_depth_++ == 0) wait_dispatches_ = 0;
    WaitOutcome outcome = WaitOutcome::satisfied;
    while (!condition()) {
        if (deadline && clock_.now() >= *deadline) {
            outcome = WaitOutcome::timed_out;
            break;
        }
        // Items that come back for ever cannot be told from progress, so a wait for ever has a bound, shared with the
        // waits inside it.
        const bool hopeless = !deadline && wait_dispatches_ >= options_.wait_dispatch_limit;
        if (!hopeless) {
            ++wait_dispatches_;
            if (run_next(deadline)) continue;
        }
        if (deadline) {
            clock_.move_to(*deadline);
            outcome = condition() ? WaitOutcome::satisfied : WaitOutcome::timed_out;
        } else {
            finding(FindingKind::deadlock, layer_name(current_layer_) + " waits in " + std::string(what) +
                                               (hopeless ? " for something that " + std::to_string(wait_dispatches_) +
                                                               " dispatches did not bring about"
                                                         : " for something that nothing pending can bring about"));
            outcome = WaitOutcome::deadlock;
        }
        break;
    }
    --wait_depth_;
    return outcome;
}

void Machine::layer_unloaded(LayerIndex layer) {
    MachineScope scope(*this);
    devices_.report_leaks(layer);
    system_threads_.report_leaks(layer);
    lookaside_lists_.report_leaks(layer);
    handles_.report_leaks(layer);
    pool_->report_leaks(layer);
}

void Machine::finish() {
    if (finished_) return;
    finished_ = true;
    MachineScope scope(*this);
    observe_now();
    locks_.check_none_held("the end of the run");
    pool_->check_everything();
    trace::Event event;
    event.kind = trace::EventKind::run_finished;
    event.status = findings_.empty() ? 0 : 1;
    event.has_status = 1;
    record(event);
}

MachineScope::MachineScope(Machine& machine, LayerIndex layer)
    : machine_(machine), previous_(current_machine), previous_layer_(machine.current_layer_) {
    if (layer != previous_layer_) machine_.observe_now();
    machine_.current_layer_ = layer;
    current_machine = &machine_;
}

MachineScope::~MachineScope() {
    if (machine_.current_layer_ != previous_layer_) machine_.observe_now();
    machine_.current_layer_ = previous_layer_;
    current_machine = previous_;
}

}  // namespace chimneylab::machine
