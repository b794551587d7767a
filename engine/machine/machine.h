// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// One simulated computer: clock, pending work, IRQL, pool, handles, configuration, locks, devices and the recorder that
// everything is told to. Any number may live in a process; each is used by one thread at a time, and DDI functions find
// theirs through a thread-local that is set while driver code of that machine runs.
// Nothing of a driver is on the stack between two dispatches (run_one and its like), except inside a wait.
// Times are virtual nanoseconds. Machine owns its parts; it does not own what is attached to it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <typeindex>
#include <unordered_map>
#include <vector>

#include "engine/machine/address_space.h"
#include "engine/machine/clock.h"
#include "engine/machine/configuration_store.h"
#include "engine/machine/crossing.h"
#include "engine/machine/device_table.h"
#include "engine/machine/dispatch_queue.h"
#include "engine/machine/findings.h"
#include "engine/machine/handle_table.h"
#include "engine/machine/irql.h"
#include "engine/machine/lock_table.h"
#include "engine/machine/lookaside_lists.h"
#include "engine/machine/net_buffer_pools.h"
#include "engine/machine/open_configurations.h"
#include "engine/machine/pool.h"
#include "engine/machine/schedule.h"
#include "engine/machine/system_threads.h"
#include "engine/machine/timers.h"
#include "engine/machine/work_items.h"
#include "engine/trace/recorder.h"

namespace chimneylab::machine {

struct MachineOptions {
    Mode mode = Mode::faithful;
    Schedule schedule;
    PoolOptions pool;
    Nanoseconds clock_start = 0;
    std::function<Nanoseconds()> measured_clock{};  // else the steady clock of this computer
    std::function<void(trace::Trace&)> prepare_trace{};  // before the first event, for somebody who knows how long it will be
    trace::Sink* sink = nullptr;  // told of every event as soon as it is recorded; must outlive the machine or its taking away
    Nanoseconds crossing_cost = 150;  // each enter and each leave
    Nanoseconds event_cost = 10;      // each other event, so that no two events share a time
    Nanoseconds dispatch_cost = 500;  // each item taken from the queue
    std::size_t nested_wait_limit = 64;
    std::size_t wait_dispatch_limit = 100'000;  // dispatches inside one wait for ever before it counts as a deadlock
};

enum class WaitOutcome : std::uint8_t {
    satisfied,
    timed_out,
    deadlock,  // nothing pending can end the wait; a finding was recorded
};

class Machine {
public:
    explicit Machine(MachineOptions options = {});  // records run_started
    ~Machine();
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    // The machine whose driver code runs on this thread; null outside.
    [[nodiscard]] static Machine* current();
    // The same for a DDI function. A call from outside any machine cannot be served: one line on stderr, then abort.
    [[nodiscard]] static Machine& of_call(const char* function);

    [[nodiscard]] const MachineOptions& options() const { return options_; }
    [[nodiscard]] bool strict() const { return options_.mode == Mode::strict; }
    [[nodiscard]] trace::Recorder& recorder() { return recorder_; }
    [[nodiscard]] Clock& clock() { return clock_; }
    [[nodiscard]] DispatchQueue& queue() { return queue_; }
    [[nodiscard]] Irql& irql() { return irql_; }
    [[nodiscard]] Pool& pool() { return *pool_; }
    [[nodiscard]] AddressSpace& address_space() { return *address_space_; }
    [[nodiscard]] HandleTable& handles() { return handles_; }
    [[nodiscard]] ConfigurationStore& configuration() { return configuration_; }
    [[nodiscard]] OpenConfigurations& open_configurations() { return open_configurations_; }
    [[nodiscard]] LockTable& locks() { return locks_; }
    [[nodiscard]] LookasideLists& lookaside_lists() { return lookaside_lists_; }
    [[nodiscard]] Timers& timers() { return timers_; }
    [[nodiscard]] WorkItems& work_items() { return work_items_; }
    [[nodiscard]] SystemThreads& system_threads() { return system_threads_; }
    [[nodiscard]] NetBufferPools& net_buffer_pools() { return net_buffer_pools_; }
    [[nodiscard]] DeviceTable& devices() { return devices_; }
    [[nodiscard]] RandomSequence& random() { return random_; }  // for machine-side decisions; seeded by the schedule

    // --- layers: added top to bottom before anything runs; index 0 is the host stack ---
    LayerIndex add_layer(trace::LayerRole role, std::string_view name, std::string_view driver);
    [[nodiscard]] LayerIndex layer_count() const { return static_cast<LayerIndex>(layers_.size()); }
    [[nodiscard]] std::string layer_name(LayerIndex layer) const;  // also "NDIS" and "the machine"
    [[nodiscard]] LayerIndex current_layer() const { return current_layer_; }

    // --- recording ---
    // Adds the IRQL and moves the clock by event_cost. The layer is the event's own; the second form names the current one.
    trace::EventId record(trace::Event event);
    trace::EventId record(trace::EventKind kind, std::string_view name, const void* subject = nullptr,
                          std::uint64_t detail = 0);
    // Called just before every event at which a change of memory must be seen: enter, leave, work_started,
    // work_finished, choice. writer is who ran since the last such call. Memory that is released is shown to the pool's
    // on_free hooks, which look at it themselves.
    using Observer = std::function<void(LayerIndex writer)>;
    void set_observer(Observer observer) { observer_ = std::move(observer); }
    void observe_now();

    // --- findings ---
    trace::EventId finding(FindingKind kind, std::string explanation, const void* subject = nullptr);
    trace::EventId finding_about(LayerIndex layer, FindingKind kind, std::string explanation, const void* subject = nullptr);
    // Recorded in strict mode only. Returns strict().
    bool strict_finding(std::string explanation, const void* subject = nullptr);
    [[nodiscard]] std::span<const Finding> findings() const { return findings_; }

    // --- pending work ---
    WorkId queue_work(WorkRequest request);  // records work_queued
    bool cancel_work(WorkId id);
    // Takes the next item as the schedule says and runs it to its end. False if nothing is pending.
    bool run_one();
    bool run_item(WorkId id);  // a person's choice; false if it is not pending
    // At most limit dispatches; reaching it with work left is an endless_completion finding. Returns the number run.
    std::size_t run_until_idle(std::size_t limit = 1'000'000);
    // Stops as soon as the condition holds. Returns whether it does.
    bool run_until(const std::function<bool()>& condition, std::size_t limit = 1'000'000);
    [[nodiscard]] std::vector<PendingWork> pending() const { return queue_.pending(); }
    // While false (boot, teardown) fifo is used whatever the schedule says.
    void set_order_in_force(bool in_force) { order_in_force_ = in_force; }
    [[nodiscard]] bool order_in_force() const { return order_in_force_; }
    // Replaces the schedule while the order is in force, inside waits too: returns an index into the candidates (queue
    // order); no value, or one out of range: the schedule decides.
    using Chooser = std::function<std::optional<std::size_t>(std::span<const PendingWork>)>;
    void set_chooser(Chooser chooser) { chooser_ = std::move(chooser); }

    // Runs other pending work until the condition holds. what names the wait in a finding ("NdisWaitEvent").
    WaitOutcome wait_until(const std::function<bool()>& condition, std::optional<Nanoseconds> timeout,
                           std::string_view what);
    [[nodiscard]] std::size_t wait_depth() const { return wait_depth_; }
    // Identity of the flow of control that runs: 0 outside dispatches, else a number per dispatched item. Mutex owner.
    [[nodiscard]] std::uint64_t current_flow() const { return current_flow_; }

    // --- the end ---
    // A driver is gone: what it still holds (memory, handles, timers) are leaks.
    void layer_unloaded(LayerIndex layer);
    // Looks through all memory, records run_finished. Idempotent. The trace can be taken from recorder() afterwards.
    void finish();
    [[nodiscard]] bool finished() const { return finished_; }

    // --- who builds on the machine leaves a pointer to itself here (not owned) ---
    template <typename T>
    void attach(T& part) { attachments_[std::type_index(typeid(T))] = &part; }
    template <typename T>
    void detach() { attachments_.erase(std::type_index(typeid(T))); }
    template <typename T>
    [[nodiscard]] T* attachment() const {
        auto found = attachments_.find(std::type_index(typeid(T)));
        return found == attachments_.end() ? nullptr : static_cast<T*>(found->second);
    }

private:
    friend class Crossing;
    friend class MachineScope;
    friend class SystemThreads;
    static void set_current(Machine* machine);
    void run(const DispatchQueue::Choice& choice, bool record_choice);
    bool run_next(std::optional<Nanoseconds> latest_due);

    MachineOptions options_;
    trace::Recorder recorder_;
    Clock clock_;
    DispatchQueue queue_;
    Irql irql_;
    std::unique_ptr<Pool> pool_;
    std::unique_ptr<AddressSpace> address_space_;
    HandleTable handles_;
    ConfigurationStore configuration_;
    OpenConfigurations open_configurations_;
    LockTable locks_;
    LookasideLists lookaside_lists_;
    Timers timers_;
    WorkItems work_items_;
    SystemThreads system_threads_;
    NetBufferPools net_buffer_pools_;
    DeviceTable devices_;
    RandomSequence random_;
    std::vector<trace::Layer> layers_;
    LayerIndex current_layer_ = trace::machine_layer;
    Observer observer_;
    bool observing_ = false;
    std::vector<Finding> findings_;
    Chooser chooser_;
    bool order_in_force_ = false;
    std::size_t wait_depth_ = 0;
    std::size_t wait_dispatches_ = 0;
    std::uint64_t current_flow_ = 0;
    bool finished_ = false;
    std::unordered_map<std::type_index, void*> attachments_;
};

// Makes a machine current on this thread without a crossing: for NDIS's own work and for tests.
class MachineScope {
public:
    explicit MachineScope(Machine& machine, LayerIndex layer = trace::machine_layer);
    ~MachineScope();
    MachineScope(const MachineScope&) = delete;
    MachineScope& operator=(const MachineScope&) = delete;

private:
    Machine& machine_;
    Machine* previous_;
    LayerIndex previous_layer_;
};

}  // namespace chimneylab::machine
