// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Runs a scenario to its end on a machine of its own: builds it, carries out the steps through the drivers' control
// devices, looks whether the expectations were met. Any number may run in one process, each on a thread of its own.
// The same scenario, variant and schedule give the same trace, whatever else happens in the process.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/machine/findings.h"
#include "engine/machine/schedule.h"
#include "engine/scenario/choices.h"
#include "engine/scenario/scenario.h"
#include "engine/trace/recorder.h"
#include "engine/trace/trace.h"

namespace chimneylab::machine {
class Machine;
}
struct _DRIVER_OBJECT;  // <ndis.h>; named here so that who only runs scenarios needs no DDI headers
struct _UNICODE_STRING;

namespace chimneylab::scenario {

// An intermediate driver that this process has loaded from a file. It must stay loaded until the run is over, and each
// layer needs an image of its own.
struct LoadedDriver {
    int (*entry)(_DRIVER_OBJECT*, _UNICODE_STRING*) = nullptr;  // DriverEntry; null: the driver of this name in known_drivers()
    std::string name;  // "student.so", shown as the layer's driver; both empty: the scenario's own driver stays
};

struct Progress {
    std::size_t step = 0;  // being carried out, from 0; steps when all are done
    std::size_t steps = 0;
    std::size_t events = 0;  // recorded so far
};

// Drivers that take the places of the lab's host stack and offload target; without an entry the lab's own stay.
struct LoadedEnds {
    LoadedDriver host_stack, offload_target;
};

// Somebody who watches a run and may take a hand in it, between two dispatches: then no driver's frame is on the stack.
// Called on the running thread; a call may take as long as a person does. As long as nobody takes a hand the run is the
// same as without.
class LiveHand {
public:
    virtual ~LiveHand() = default;
    [[nodiscard]] virtual bool wants_to_choose() = 0;
    // What comes next, of what is pending; nothing: the schedule goes on. `refused` says why the last choice for this
    // point could not be made.
    [[nodiscard]] virtual std::optional<Choice> choose(const ChoicePoint& point, const std::string& refused) = 0;
    // The machine is up, no step has been taken. It lives until the run is over.
    virtual void begins(machine::Machine&) {}
    // Everything has ended, results are yet to be gathered. A hand that leaves the run's thread of control for good here does so
    // with every object of the run (the explorer, which puts the memory of a whole run back).
    virtual void over() {}
    // A fault that was asked for, once. `dropped` and `doubled` wait for the next completion that can be lost or doubled.
    [[nodiscard]] virtual Choice::Fault take_fault() = 0;
};

struct RunOptions {
    std::string variant;                        // empty: the correct run
    std::optional<machine::Schedule> schedule;  // else the variant's, else the scenario's
    std::vector<LoadedDriver> drivers;          // replace the scenario's intermediate drivers, from the top
    // Loads a driver that the scenario names and that is not linked into this program (known_drivers()): once for each
    // layer, each time an image of its own. Without it such a scenario cannot be begun. Returns no entry and says why in
    // `name` when it cannot.
    std::function<LoadedDriver(std::string_view name, trace::LayerIndex layer)> load_driver;
    // A manual run: these choices are made, one at each point where something is pending and the scenario waits for it;
    // at the first point without one the run stops (RunResult::stopped_at_choice), unless the schedule is to go on. Waits
    // inside a driver and steps that let time pass follow the schedule.
    std::optional<std::vector<Choice>> choices;
    bool schedule_goes_on = false;
    bool every_point = false;  // where the schedule goes on it is the order of fifo, and the points it decided are told too
    LiveHand* hand = nullptr;  // not together with choices; must outlive the run
    std::function<void(trace::Trace&)> prepare_trace;  // as in MachineOptions
    std::span<std::byte> pool_memory;  // of the machine's pool, page aligned, outlives the run; empty: the pool maps its own
    std::size_t dispatch_limit = 1'000'000;     // of one settling; what still goes on then is a finding
    const std::atomic<bool>* cancel = nullptr;  // set by another thread: the run ends soon, between two dispatches
    std::function<void(const Progress&)> progress;  // called on the running thread
    // Asked once, when the run begins: who follows the trace as it grows, on the running thread; nullptr for nobody. Must
    // outlive the run.
    std::function<trace::Sink*()> sink;
    std::string producer = "chimneylab";            // goes into the trace's description
};

struct BlockResult {
    std::string object;  // empty: placeholder
    std::string role;    // "new offload", "linker", "reference", "placeholder"
    std::int32_t status = 0;
};

struct OperationResult {
    std::string step;
    OperationKind kind = OperationKind::none;
    std::string tree;
    trace::OperationId id;  // in the trace; none when it never reached NDIS
    bool started = false;   // false: the host stack refused it
    std::string refusal;
    bool finished = false;
    bool completed_inside_call = false;
    unsigned finish_order = 0;  // 1, 2, 3 …; 0 while in progress
    Nanoseconds virtual_started = 0;
    Nanoseconds virtual_finished = 0;
    std::vector<BlockResult> blocks;
};

struct TransferResult {
    std::string step;
    std::string kind;  // "send", "receive", "disconnect", "forward"
    std::string connection;
    bool started = false;
    std::string refusal;
    std::int32_t returned = 0;
    unsigned buffers = 0;
    unsigned completed = 0;
    std::int32_t last_status = 0;
    std::uint32_t bytes_transferred = 0;
};

// How far the two byte streams of a connection came, on a machine with a network.
struct StreamResult {
    std::string connection;
    std::uint32_t by_application = 0;  // received in order
    std::uint32_t by_peer = 0;
    std::uint32_t damaged = 0;         // bytes of either that are not what was sent at their place
};

struct ExpectationResult {
    std::string text;
    bool met = false;
    std::string detail;                  // what was found; where it stands in the file when it was not met
    std::vector<trace::EventId> events;  // that show it
};

// An IM call entry that was not given back, or memory or a handle that its owner lost.
struct Leak {
    std::string what;
    trace::LayerIndex layer = trace::machine_layer;
    trace::EventId event;  // where it was allocated or found
};

struct RunResult {
    trace::Trace trace;
    std::uint64_t fingerprint = 0;
    std::vector<OperationResult> operations;
    std::vector<TransferResult> transfers;
    std::vector<StreamResult> streams;
    std::vector<machine::Finding> findings;
    std::vector<Leak> leaks;
    std::vector<ExpectationResult> expectations;
    bool crashed = false;  // the machine could not go on
    bool cancelled = false;
    std::vector<ChoicePoint> choice_points;  // of a manual run, in order; the last one is open when the run stopped there
    bool stopped_at_choice = false;          // the trace ends there: nothing is leaked or unmet yet
    std::string failure;            // why it crashed or did not boot
    std::vector<Problem> problems;  // the run could not be begun: unknown variant

    // 0 nothing to report, 1 something to report, 2 it could not be begun, 3 the machine itself failed
    [[nodiscard]] int exit_code() const;
};

[[nodiscard]] RunResult run(const Scenario& scenario, const RunOptions& options = {});

}  // namespace chimneylab::scenario
