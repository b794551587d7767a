// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// NDIS timer objects: one-shot and periodic, called back at DISPATCH_LEVEL as pending work of the layer that allocated
// them. Due times in virtual nanoseconds, from the kernel's 100 ns units. Cancel wins only while the timer is queued; a
// timer may be set again from its own callback. Found: freeing a queued timer. Owned by Machine.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string_view>

#include "engine/machine/dispatch_queue.h"

namespace chimneylab::machine {

class Machine;
using Handle = void*;

class Timers {
public:
    using Callback = void (*)(void* specific1, void* function_context, void* specific2, void* specific3);

    explicit Timers(Machine& machine) : machine_(machine) {}
    ~Timers();

    Handle create(Callback callback, void* default_context);
    // Returns whether it was queued already (and was moved).
    bool set(Handle timer, std::int64_t due_time, std::int32_t period_milliseconds, void* context, std::string_view function);
    bool cancel(Handle timer, std::string_view function);
    void remove(Handle timer, std::string_view function);
    [[nodiscard]] bool is_queued(Handle timer) const;

private:
    struct Timer {
        Handle handle = nullptr;
        Callback callback = nullptr;
        void* default_context = nullptr;
        void* context = nullptr;
        LayerIndex owner = trace::machine_layer;
        Nanoseconds period = 0;
        WorkId queued;
    };
    void queue(const std::shared_ptr<Timer>& timer, Nanoseconds delay);
    void expire(const std::shared_ptr<Timer>& timer);

    Machine& machine_;
    std::map<Handle, std::shared_ptr<Timer>> timers_;
};

}  // namespace chimneylab::machine
