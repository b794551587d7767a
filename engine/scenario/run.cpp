// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/run.h"

#include <algorithm>
#include <array>
#include <exception>
#include <span>

#include "engine/scenario/choice_taker.h"
#include "engine/scenario/expectations.h"
#include "engine/scenario/faults.h"
#include "engine/scenario/host_stack_client.h"
#include "engine/scenario/network_control.h"
#include "engine/scenario/machine_builder.h"
#include "engine/scenario/pattern.h"
#include "engine/scenario/stack_control.h"
#include "engine/scenario/target_client.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/history.h"
#include "engine/trace/text.h"
#include "engine/verifier/strict_readings.h"

namespace chimneylab::scenario {

namespace {

using trace::EventKind;

std::string default_step_text(const Step& step) {
    if (step.operation() != OperationKind::none) {
        return trace::operation_title(step.operation()) + " " + step.tree.to_text();
    }
    return step.name;
}

// One run, from the description to the trace.
class Runner {
public:
    Runner(const Scenario& scenario, const RunOptions& options) : options_(options), scenario_(&scenario) {}

    RunResult run() {
        if (!choose_variant() || !load_drivers()) return std::move(result_);
        try {
            machine::MachineOptions machine_options;
            machine_options.mode =
                scenario_->machine.mode == MachineMode::strict ? machine::Mode::strict : machine::Mode::faithful;
            machine_options.schedule = schedule_;
            if (options_.sink) machine_options.sink = options_.sink();
            machine_options.prepare_trace = options_.prepare_trace;
            if (!options_.pool_memory.empty()) {
                machine_options.pool.memory = options_.pool_memory.data();
                machine_options.pool.arena_bytes = options_.pool_memory.size();
            }
            built_ = build_machine(scenario_->machine, machine_options, drivers_, ends_);
            describe();
            if (built_.failure.empty())
                carry_out();
            else
                result_.failure = built_.failure;
            if (!result_.stopped_at_choice) close();
            if (options_.hand != nullptr) options_.hand->over();
        } catch (const std::exception& error) {
            result_.crashed = true;
            result_.failure = error.what();
        }
        take_results();
        return std::move(result_);
    }

private:
    bool choose_variant() {
        std::optional<std::string> schedule;
        if (!options_.variant.empty()) {
            const Variant* variant = scenario_->variant(options_.variant);
            if (!variant) {
                std::vector<std::string_view> names;
                for (const Variant& other : scenario_->variants) names.push_back(other.name);
                result_.problems.push_back(
                    {scenario_->source, 0, 0,
                     "the scenario " + scenario_->id + " has no variant " + in_quotes(options_.variant),
                     names.empty() ? "It has none; leave --variant out." : suggest(options_.variant, names)});
                return false;
            }
            variant_ = variant->name;  // options may spell it with hyphens
            strict_ = variant->strict;
            apply(*variant, changed());
            schedule = variant->schedule;
        }
        const std::size_t floors = scenario_->machine.intermediate_drivers.size();
        if (options_.drivers.size() > floors) {
            result_.problems.push_back({scenario_->source, 0, 0,
                                        "the scenario " + scenario_->id + " has " + std::to_string(floors) +
                                            " intermediate drivers, not " + std::to_string(options_.drivers.size()),
                                        "Name no more drivers than it has floors."});
            return false;
        }
        // The reader has checked the text.
        schedule_ = machine::Schedule::parse(schedule.value_or(scenario_->schedule)).schedule.value_or(machine::Schedule{});
        const std::string declared = schedule_.to_text();
        if (options_.schedule) schedule_ = *options_.schedule;
        if (scenario_->needs_schedule && schedule_.to_text() != declared) other_schedule_ = declared;
        return true;
    }

    Scenario& changed() {
        if (!changed_) {
            changed_ = std::make_unique<Scenario>(*scenario_);
            scenario_ = changed_.get();
        }
        return *changed_;
    }

    static void apply(const Variant& variant, Scenario& scenario) {
        if (variant.mode) scenario.machine.mode = *variant.mode;
        if (variant.completion) scenario.machine.target.completion = *variant.completion;
        if (variant.intermediate_drivers) scenario.machine.intermediate_drivers = *variant.intermediate_drivers;
        if (!variant.until.empty()) {
            const auto last = std::ranges::find(scenario.steps, variant.until, &Step::name);
            if (last != scenario.steps.end()) scenario.steps.erase(last + 1, scenario.steps.end());
        }
        if (variant.faults) scenario.machine.faults = *variant.faults;
        if (variant.expectations) scenario.expectations = *variant.expectations;
        for (const auto& [layer, driver] : variant.drivers) {
            for (IntermediateDriver& im : scenario.machine.intermediate_drivers) {
                if (im.name == layer) im.driver = driver;
            }
            if (layer == "host stack") scenario.machine.host_stack = driver;
            if (layer == "offload target") scenario.machine.offload_target = driver;
        }
    }

    // Every floor that is not the reference driver's gets an image of its own.
    bool load_drivers() {
        drivers_ = options_.drivers;
        const std::size_t count = scenario_->machine.intermediate_drivers.size();
        for (std::size_t i = 0; i < count; ++i) {
            if (i < drivers_.size() && drivers_[i].entry) continue;
            if (i < drivers_.size() && !drivers_[i].name.empty()) changed().machine.intermediate_drivers[i].driver = drivers_[i].name;
            const std::vector<IntermediateDriver>& floors = scenario_->machine.intermediate_drivers;
            std::optional<LoadedDriver> loaded = load(floors[i].driver, floors[i].name, i + 1);
            if (!loaded) return false;
            if (!loaded->entry) continue;
            if (drivers_.size() <= i) drivers_.resize(i + 1);
            drivers_[i] = std::move(*loaded);
        }
        std::optional<LoadedDriver> host_stack = load(scenario_->machine.host_stack, "the host stack", 0);
        if (!host_stack) return false;
        ends_.host_stack = std::move(*host_stack);
        std::optional<LoadedDriver> target = load(scenario_->machine.offload_target, "the offload target", count + 1);
        if (!target) return false;
        ends_.offload_target = std::move(*target);
        return true;
    }

    // Without an entry when the driver is linked into this process; no value when there is a problem.
    std::optional<LoadedDriver> load(const std::string& name, const std::string& whose, std::size_t layer) {
        const KnownDriver* known = known_driver(name);
        if (!known || known->linked) return LoadedDriver{};
        if (!options_.load_driver) {
            result_.problems.push_back(
                {scenario_->source, 0, 0,
                 "the driver " + in_quotes(name) + " of " + whose +
                     " is not part of this process, and drivers with mistakes in them are loaded into a process of their own",
                 "Use chimneylab-cli run or chimneylab-host, which do that."});
            return std::nullopt;
        }
        LoadedDriver loaded = options_.load_driver(name, static_cast<trace::LayerIndex>(layer));
        if (loaded.entry) return loaded;
        result_.problems.push_back({scenario_->source, 0, 0,
                                    "the driver " + in_quotes(name) + " of " + whose + " could not be loaded: " + loaded.name,
                                    {}});
        return std::nullopt;
    }

    void describe() {
        trace::RunDescription description;
        description.scenario = scenario_->id;
        description.title = scenario_->title;
        description.variant = variant_;
        description.schedule = schedule_.to_text();
        description.mode = verifier::mode_text(scenario_->machine.mode == MachineMode::strict ? "strict" : "faithful", strict_);
        description.producer = options_.producer;
        description.clock_start = built_.machine->options().clock_start;
        built_.machine->recorder().trace().set_description(std::move(description));
    }

    void carry_out() {
        host_ = std::make_unique<HostStackClient>(*built_.machine, *built_.ndis, scenario_->objects, built_.adapters[1]);
        target_ = std::make_unique<TargetClient>(*built_.machine, *host_);
        faults_ = std::make_unique<FaultInjector>(*built_.machine, *built_.ndis, *target_);
        if (scenario_->machine.network)
            network_ = std::make_unique<NetworkControl>(*built_.machine, *scenario_->machine.network, built_.offload_target);
        stack_ = std::make_unique<StackControl>(built_, scenario_->machine, drivers_, ends_);
        if (!host_->is_open() || !target_->is_open()) {
            result_.failure =
                host_->is_open() ? "the offload target has no control device" : "the host stack has no control device";
            return;
        }
        Refusal refusal;
        if (network_) refusal = network_->attach(*target_, scenario_->objects);
        if (network_ && refusal.empty()) refusal = host_->enable_tcp();
        if (refusal.empty()) refusal = host_->create_objects();
        if (refusal.empty()) refusal = target_->set_capacities(scenario_->machine.capacities);
        if (refusal.empty()) tell_capacities();
        if (refusal.empty()) refusal = target_->apply(scenario_->machine.target);
        if (refusal.empty()) refusal = faults_->inject(scenario_->machine.faults);
        if (!refusal.empty()) {
            result_.failure = refusal;
            return;
        }
        if (options_.hand != nullptr) options_.hand->begins(*built_.machine);
        if (options_.choices || options_.hand) chooser_ = std::make_unique<ChoiceTaker>(*built_.machine, *target_, *faults_, options_, result_);
        for (std::size_t i = 0; i < scenario_->steps.size() && !stop(i); ++i) take_step(scenario_->steps[i]);
        if (!result_.cancelled && !result_.stopped_at_choice) settle();
        update();
        if (network_) result_.streams = network_->streams(*host_);
        report(scenario_->steps.size());
    }

    // What the adapter has room for is part of the model, and no call tells it: rules that ask why something failed look here.
    void tell_capacities() {
        const Capacities& room = scenario_->machine.capacities;
        if (room == Capacities{}) return;
        const std::array<std::uint32_t, 11> words{room.neighbors, room.paths, room.connections, room.source_hardware_addresses,
                                                  room.source_ip_addresses, room.vlan_entries, room.maximum_receive_window,
                                                  room.transmit_buffer_bytes, room.receive_buffer_bytes, room.host_memory_objects,
                                                  room.interface_vlan_id};
        tell("The adapter's room is set.", "capacities", words);
    }

    // Something of the adapter that is part of the model, for people and for the rules.
    void tell(std::string_view text, std::string_view label, std::span<const std::uint32_t> words) {
        trace::Recorder& recorder = built_.machine->recorder();
        trace::Region region;
        region.kind = trace::RegionKind::parameters;
        region.owner = static_cast<trace::LayerIndex>(scenario_->machine.intermediate_drivers.size() + 1);
        region.address = machine::AddressSpace::process_base + (std::uint64_t{1} << 32) + 64 * recorder.trace().region_count();
        region.label = recorder.intern(label);
        trace::Event event;
        event.kind = EventKind::message;
        event.layer = region.owner;
        event.name = recorder.intern(text);
        event.region = recorder.begin_region(region, std::as_bytes(words));
        built_.machine->record(event);
        recorder.end_region(event.region);
    }

    void take_step(const Step& step) {
        trace::Event event;
        event.kind = EventKind::step_started;
        event.name = built_.machine->recorder().intern(step.text.empty() ? default_step_text(step) : step.text);
        const trace::EventId started = built_.machine->record(event);
        const Refusal refusal = act(step);
        if (refusal.empty() == step.refused) {
            ExpectationResult outcome;
            outcome.text = "Step '" + step.name + (step.refused ? "' is refused" : "' can be carried out");
            outcome.detail = (step.refused ? "it was carried out" : refusal) + " (" + scenario_->source + ":" + std::to_string(step.where.line) + ")";
            outcome.events.push_back(started);
            refused_steps_.push_back(std::move(outcome));
        }
        if (step.settle) {
            settle();
            update();
            if (result_.stopped_at_choice) return;
        }
        event = {};
        event.kind = EventKind::step_finished;
        event.name = built_.machine->recorder().trace().event(started).name;
        event.partner = started;
        event.status = refusal.empty() ? 0 : 1;
        built_.machine->record(event);
    }

    Refusal act(const Step& step) {
        switch (step.action) {
            case StepAction::update:
                if (Refusal refusal = host_->apply_changes(step.changes); !refusal.empty()) return refusal;
                [[fallthrough]];
            case StepAction::initiate:
            case StepAction::query:
            case StepAction::invalidate:
            case StepAction::terminate:
                result_.operations.push_back(host_->start_operation(step));
                return result_.operations.back().refusal;
            case StepAction::send:
            case StepAction::receive:
            case StepAction::disconnect:
            case StepAction::forward:
                result_.transfers.push_back(host_->start_transfer(step));
                return result_.transfers.back().refusal;
            case StepAction::answer:
                return host_->set_receive_answer(step);
            case StepAction::return_received:
                return host_->return_received(step.object);
            case StepAction::indicate:
                return target_->indicate_event(step);
            case StepAction::arrive:
                return target_->data_arrives(step);
            case StepAction::status:
                return target_->indicate_status(step);
            case StepAction::target:
                return target_->apply(step.settings);
            case StepAction::release:
                return release(step);
            case StepAction::inject:
                return step.faults.empty() ? faults_->clear() : faults_->inject(step.faults);
            case StepAction::request:
                return host_->request(step);
            case StepAction::pause:
            case StepAction::restart:
            case StepAction::unbind:
            case StepAction::bind:
            case StepAction::halt:
            case StepAction::unload:
            case StepAction::load:
            case StepAction::sleep:
            case StepAction::wake:
                return stack_->act(step);
            case StepAction::plug:
                return plug(step.connected);
            case StepAction::network:
            case StepAction::lose:
            case StepAction::peer_sends:
            case StepAction::peer_closes:
            case StepAction::peer_resets:
            case StepAction::peer_segment:
            case StepAction::peer_reads:
                return network_->act(step);
            case StepAction::wait:
                if (step.duration) pass_time(*step.duration);
                return {};
        }
        return {};
    }

    // What the adapter's hardware sees: no driver's call tells it.
    Refusal plug(bool connected) {
        tell(connected ? "The link comes up." : "The link goes down.", "link", std::array<std::uint32_t, 1>{connected ? 1u : 0u});
        if (network_) network_->connect_link(connected);
        return target_->set_link(connected);
    }

    Refusal release(const Step& step) {
        const void* root = nullptr;
        Refusal refusal = target_->release(step, root);
        if (chooser_ && refusal.empty()) chooser_->completion_queued(root);
        return refusal;
    }

    // Runs what is pending until nothing is.
    void settle() {
        if (chooser_) {
            chooser_->settle([this] { return cancelled(); });
            return;
        }
        if (!options_.cancel) {
            built_.machine->run_until_idle(options_.dispatch_limit);
            return;
        }
        built_.machine->run_until([this] { return cancelled() || at_rest(*built_.machine); }, options_.dispatch_limit);
    }

    // Runs what comes due in that time; then the clock stands at its end.
    void pass_time(Nanoseconds duration) {
        built_.machine->wait_until([this] { return cancelled(); }, duration, "the scenario");
    }

    bool cancelled() {
        if (options_.cancel && options_.cancel->load(std::memory_order_relaxed)) result_.cancelled = true;
        return result_.cancelled;
    }

    bool stop(std::size_t step) {
        report(step);
        return cancelled() || result_.stopped_at_choice;
    }

    void report(std::size_t step) {
        if (options_.progress)
            options_.progress({step, scenario_->steps.size(), built_.machine->recorder().trace().size()});
    }

    void update() { host_->update(result_.operations, result_.transfers); }

    void close() {
        if (target_) target_->close();
        if (host_) host_->close();
        built_.machine->finish();
    }

    void take_results() {
        if (!built_.machine) return;
        result_.findings.assign(built_.machine->findings().begin(), built_.machine->findings().end());
        built_.machine->recorder().set_sink(nullptr);
        if (!result_.stopped_at_choice) result_.trace = built_.machine->recorder().take();
        result_.fingerprint = trace::fingerprint(result_.trace);

        const trace::History history(result_.trace);
        const PatternMatcher matcher(result_.trace, *scenario_);
        for (std::size_t i = 0; i < scenario_->steps.size(); ++i) {
            for (OperationResult& operation : result_.operations) {
                if (operation.step != scenario_->steps[i].name) continue;
                const std::vector<trace::OperationId> ids = matcher.operations_of(i);
                if (!operation.started || ids.empty()) continue;
                operation.id = ids.front();
                if (const trace::Operation* known = history.operation(operation.id)) {
                    operation.virtual_started = result_.trace.event(known->started).virtual_time;
                    if (known->finished.valid())
                        operation.virtual_finished = result_.trace.event(known->finished).virtual_time;
                }
            }
        }
        if (result_.stopped_at_choice) return;
        take_leaks(history);
        if (!other_schedule_.empty()) {
            ExpectationResult outcome;
            outcome.text = "What this scenario expects holds under the schedule " + other_schedule_;
            outcome.met = true;
            outcome.detail = "this run had " + schedule_.to_text() + ", so it was not looked at (" + scenario_->source + ")";
            result_.expectations = {outcome};
            return;
        }
        result_.expectations = evaluate_expectations(*scenario_, history, result_);
        result_.expectations.insert(result_.expectations.begin(), refused_steps_.begin(), refused_steps_.end());
    }

    void take_leaks(const trace::History& history) {
        for (const trace::CallEntry& entry : history.call_entries()) {
            if (entry.released.valid()) continue;
            const trace::Operation* operation = history.operation(entry.operation);
            // Memory that the driver had before the operation came is a reserve of its own, to which the entry goes back.
            if (operation && operation->finished.valid() && entry.allocated.valid() && entry.allocated < operation->started) continue;
            const bool in_progress = operation && !operation->finished.valid();
            result_.leaks.push_back(
                {"call entry #" + std::to_string(entry.ordinal) + " of " + history.layer_name(entry.layer) +
                     (in_progress ? " was still held when the run ended: its operation had not completed"
                                  : " was never given back"),
                 entry.layer, entry.recognised});
        }
        for (const machine::Finding& finding : result_.findings) {
            if (finding.kind == trace::FindingKind::leak)
                result_.leaks.push_back({finding.explanation, finding.layer, finding.event});
        }
    }

    const RunOptions& options_;
    std::string variant_;
    const Scenario* scenario_;           // with the variant applied
    std::unique_ptr<Scenario> changed_;  // when that differs from what was given
    std::string other_schedule_;  // the one that the scenario needs, when this run has another
    machine::Schedule schedule_;
    std::vector<std::string> strict_;  // readings by which the run is judged
    std::vector<LoadedDriver> drivers_;
    LoadedEnds ends_;
    std::unique_ptr<NetworkControl> network_;  // on a machine with a network; outlives it, its adapter is detached at the end
    BuiltMachine built_;
    std::unique_ptr<HostStackClient> host_;
    std::unique_ptr<TargetClient> target_;
    std::unique_ptr<FaultInjector> faults_;
    std::unique_ptr<StackControl> stack_;
    std::unique_ptr<ChoiceTaker> chooser_;  // of a manual run
    std::vector<ExpectationResult> refused_steps_;
    RunResult result_;
};

}  // namespace

int RunResult::exit_code() const {
    if (!problems.empty()) return 2;
    if (crashed) return 3;
    const bool unmet =
        std::any_of(expectations.begin(), expectations.end(), [](const ExpectationResult& e) { return !e.met; });
    const bool report = unmet || !findings.empty() || !leaks.empty() || !failure.empty() || cancelled;
    return report ? 1 : 0;
}

RunResult run(const Scenario& scenario, const RunOptions& options) { return Runner(scenario, options).run(); }

}  // namespace chimneylab::scenario
