// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/system_threads.h"

#include <new>
#include <optional>

#include "engine/machine/coroutine.h"
#include "engine/machine/machine.h"

namespace chimneylab::machine {
namespace {

constexpr std::size_t stack_bytes = 512 * 1024;

}  // namespace

struct SystemThreads::Thread {
    enum class State : std::uint8_t { ready, parked, ended };
    SystemThreads* threads = nullptr;
    std::uint64_t number = 0;
    Handle handle = nullptr;
    LayerIndex owner = trace::machine_layer;
    Routine routine = nullptr;
    void* argument = nullptr;
    State state = State::ready;
    const std::function<bool()>* condition = nullptr;
    std::optional<Nanoseconds> deadline;
    bool satisfied = false;
    WorkId slice;
    WorkId alarm;
    trace::EventId call;
    std::optional<Coroutine> code;
};

SystemThreads::SystemThreads(Machine& machine) : machine_(machine) {}
SystemThreads::~SystemThreads() = default;

Handle SystemThreads::create(Routine routine, void* context) {
    auto thread = std::make_unique<Thread>();
    thread->threads = this;
    thread->number = next_++;
    thread->owner = machine_.current_layer();
    thread->routine = routine;
    thread->argument = context;
    Thread* const own = thread.get();
    try {
        thread->code.emplace(stack_bytes, [own] {
            own->routine(own->argument);
            own->threads->switch_out(*own, true);
        });
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
    thread->handle = machine_.handles().open(HandleKind::thread, thread->owner, thread.get());
    const Handle handle = thread->handle;
    Thread& reference = *thread;
    by_handle_.emplace(handle, thread->number);
    threads_.emplace(thread->number, std::move(thread));
    queue_slice(reference);
    return handle;
}

void SystemThreads::queue_slice(Thread& thread) {
    WorkRequest request;
    request.label = "system thread of " + machine_.layer_name(thread.owner);
    request.layer = thread.owner;
    request.irql = passive_level;
    request.run = [this, &thread] {
        thread.slice = {};
        run_slice(thread);
    };
    thread.slice = machine_.queue_work(std::move(request));
}

void SystemThreads::run_slice(Thread& thread) {
    if (thread.state == Thread::State::ended) return;
    if (thread.state == Thread::State::parked) {
        thread.satisfied = (*thread.condition)();
        // Somebody else may have taken what the thread was woken for.
        if (!thread.satisfied && !(thread.deadline && machine_.clock().now() >= *thread.deadline)) return;
        if (thread.alarm.valid()) machine_.cancel_work(thread.alarm);
        if (thread.slice.valid()) machine_.cancel_work(thread.slice);
        thread.alarm = {};
        thread.slice = {};
        thread.condition = nullptr;
        thread.state = Thread::State::ready;
    }
    Thread* const previous = running_;
    const std::uint64_t previous_flow = machine_.current_flow_;
    {
        CallDetails details;
        details.subject = thread.handle;
        DriverCall call(machine_, thread.owner, "SystemThreadRoutine", details);
        thread.call = call.event();
        running_ = &thread;
        machine_.current_flow_ = std::uint64_t{1} << 63 | thread.number;
        thread.code->resume();
        running_ = previous;
    }
    machine_.current_flow_ = previous_flow;
    if (thread.state == Thread::State::ended) thread.code.reset();
}

void SystemThreads::switch_out(Thread& thread, bool for_ever) {
    if (for_ever) thread.state = Thread::State::ended;
    thread.code->suspend(for_ever);
}

bool SystemThreads::can_park() const { return running_ && machine_.recorder().innermost() == running_->call; }

bool SystemThreads::park(const std::function<bool()>& condition, std::optional<Nanoseconds> timeout) {
    Thread& thread = *running_;
    thread.condition = &condition;
    thread.state = Thread::State::parked;
    thread.deadline.reset();
    if (timeout) {
        thread.deadline = machine_.clock().now() + *timeout;
        WorkRequest request;
        request.label = "end of a wait of a system thread of " + machine_.layer_name(thread.owner);
        request.layer = thread.owner;
        request.delay = *timeout;
        request.run = [this, &thread] {
            thread.alarm = {};
            run_slice(thread);
        };
        thread.alarm = machine_.queue_work(std::move(request));
    }
    switch_out(thread, false);
    return thread.satisfied;
}

void SystemThreads::wake() {
    for (auto& [number, thread] : threads_)
        if (thread->state == Thread::State::parked && !thread->slice.valid() && (*thread->condition)()) queue_slice(*thread);
}

void SystemThreads::terminate_current(std::int32_t, std::string_view function) {
    if (!can_park()) {
        machine_.finding(FindingKind::lock_misuse, machine_.layer_name(machine_.current_layer()) + " calls " +
                                                       std::string(function) + " outside of a system thread's own code");
        return;
    }
    switch_out(*running_, true);
}

bool SystemThreads::ended(Handle handle) const {
    const auto number = by_handle_.find(handle);
    if (number == by_handle_.end()) return true;
    return threads_.at(number->second)->state == Thread::State::ended;
}

void SystemThreads::close(Handle handle, std::string_view function) {
    // The number stays, so that ended() can still be asked.
    machine_.handles().close(handle, HandleKind::thread, function);
}

std::size_t SystemThreads::alive() const {
    std::size_t count = 0;
    for (const auto& [number, thread] : threads_)
        if (thread->state != Thread::State::ended) ++count;
    return count;
}

std::size_t SystemThreads::report_leaks(LayerIndex owner) {
    std::size_t count = 0;
    for (const auto& [number, thread] : threads_) {
        if (thread->owner != owner || thread->state == Thread::State::ended) continue;
        ++count;
        machine_.finding_about(owner, FindingKind::leak,
                               "a system thread of " + machine_.layer_name(owner) + " is still alive although its driver is gone",
                               thread->handle);
    }
    return count;
}

}  // namespace chimneylab::machine
