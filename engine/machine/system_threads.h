// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// System threads (PsCreateSystemThread). A thread has a stack of its own and runs in slices, each one dispatched item of
// its layer at PASSIVE_LEVEL. Where its own code waits (KeWaitForSingleObject, KeDelayExecutionThread, NdisWaitEvent …) it
// is parked and the slice ends; it becomes pending work again once the condition holds or the time is over. Only a wait
// inside a call into NDIS runs other work nested, as for every caller. A thread that waits for ever is no finding.
// Still alive when its driver is unloaded: a leak. Owned by Machine.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

#include "engine/machine/dispatch_queue.h"

namespace chimneylab::machine {

class Machine;
using Handle = void*;

class SystemThreads {
public:
    using Routine = void (*)(void* context);

    explicit SystemThreads(Machine& machine);
    ~SystemThreads();

    Handle create(Routine routine, void* context);
    [[nodiscard]] bool ended(Handle thread) const;
    // Gives the handle back; the thread runs on.
    void close(Handle thread, std::string_view function);
    // Ends the running thread and does not return. Outside a thread: a finding, and it returns.
    void terminate_current(std::int32_t status, std::string_view function);

    // True when the running code is a thread's own, with no call into NDIS open: then a wait may park.
    [[nodiscard]] bool can_park() const;
    // Parks the running thread. Returns whether the condition held (else the time was over).
    bool park(const std::function<bool()>& condition, std::optional<Nanoseconds> timeout);
    // Queues every parked thread whose condition holds. Asked before each choice of pending work.
    void wake();
    std::size_t report_leaks(LayerIndex owner);
    [[nodiscard]] std::size_t alive() const;

private:
    struct Thread;
    void queue_slice(Thread& thread);
    void run_slice(Thread& thread);
    void switch_out(Thread& thread, bool for_ever);

    Machine& machine_;
    std::map<std::uint64_t, std::unique_ptr<Thread>> threads_;  // by number, in order of creation
    std::map<Handle, std::uint64_t> by_handle_;
    std::uint64_t next_ = 1;
    Thread* running_ = nullptr;
};

}  // namespace chimneylab::machine
