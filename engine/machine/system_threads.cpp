// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/system_threads.h"

#include <sys/mman.h>
#include <ucontext.h>

#include <new>

#include "engine/machine/machine.h"

#if defined(__SANITIZE_ADDRESS__)
#define CHIMNEYLAB_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHIMNEYLAB_ADDRESS_SANITIZER 1
#endif
#endif
#ifdef CHIMNEYLAB_ADDRESS_SANITIZER
#include <sanitizer/common_interface_defs.h>
#endif

namespace chimneylab::machine {
namespace {

constexpr std::size_t stack_bytes = 512 * 1024;
constexpr std::size_t guard_page = 4096;

// The sanitizer has to know on which stack the code runs.
struct StackSwitch {
    void* fake_stack = nullptr;
    const void* other_stack = nullptr;
    std::size_t other_size = 0;
#ifdef CHIMNEYLAB_ADDRESS_SANITIZER
    void leaving(const void* bottom, std::size_t size, bool for_ever = false) {
        __sanitizer_start_switch_fiber(for_ever ? nullptr : &fake_stack, bottom, size);
    }
    void arrived() { __sanitizer_finish_switch_fiber(fake_stack, &other_stack, &other_size); }
#else
    void leaving(const void*, std::size_t, bool = false) {}
    void arrived() {}
#endif
};

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
    void* stack = nullptr;
    ucontext_t own{};
    ucontext_t resumer{};
    StackSwitch own_switch;
    StackSwitch resumer_switch;

    ~Thread() {
        if (stack) munmap(stack, stack_bytes + guard_page);
    }
    [[nodiscard]] std::byte* stack_bottom() const { return static_cast<std::byte*>(stack) + guard_page; }
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
    thread->stack = mmap(nullptr, stack_bytes + guard_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (thread->stack == MAP_FAILED) {
        thread->stack = nullptr;
        return nullptr;
    }
    mprotect(thread->stack, guard_page, PROT_NONE);
    getcontext(&thread->own);
    thread->own.uc_stack.ss_sp = thread->stack_bottom();
    thread->own.uc_stack.ss_size = stack_bytes;
    thread->own.uc_link = nullptr;
    const auto address = reinterpret_cast<std::uint64_t>(thread.get());
    makecontext(&thread->own, reinterpret_cast<void (*)()>(&SystemThreads::start), 2, static_cast<unsigned>(address),
                static_cast<unsigned>(address >> 32));
    thread->handle = machine_.handles().open(HandleKind::thread, thread->owner, thread.get());
    const Handle handle = thread->handle;
    Thread& reference = *thread;
    by_handle_.emplace(handle, thread->number);
    threads_.emplace(thread->number, std::move(thread));
    queue_slice(reference);
    return handle;
}

void SystemThreads::start(unsigned low, unsigned high) {
    auto& thread = *reinterpret_cast<Thread*>(static_cast<std::uint64_t>(high) << 32 | low);
    thread.own_switch.arrived();
    thread.resumer_switch.other_stack = thread.own_switch.other_stack;
    thread.resumer_switch.other_size = thread.own_switch.other_size;
    thread.routine(thread.argument);
    thread.threads->switch_out(thread, true);
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
        thread.resumer_switch.leaving(thread.stack_bottom(), stack_bytes);
        swapcontext(&thread.resumer, &thread.own);
        thread.resumer_switch.arrived();
        running_ = previous;
    }
    machine_.current_flow_ = previous_flow;
    if (thread.state == Thread::State::ended) {
        munmap(thread.stack, stack_bytes + guard_page);
        thread.stack = nullptr;
    }
}

void SystemThreads::switch_out(Thread& thread, bool for_ever) {
    if (for_ever) thread.state = Thread::State::ended;
    thread.own_switch.leaving(thread.own_switch.other_stack, thread.own_switch.other_size, for_ever);
    swapcontext(&thread.own, &thread.resumer);
    thread.own_switch.arrived();
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
