// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/timers.h"

#include "engine/machine/machine.h"

namespace chimneylab::machine {

Timers::~Timers() = default;

Handle Timers::create(Callback callback, void* default_context) {
    auto timer = std::make_shared<Timer>();
    timer->callback = callback;
    timer->default_context = default_context;
    timer->owner = machine_.current_layer();
    timer->handle = machine_.handles().open(HandleKind::timer, timer->owner, timer.get());
    timers_.emplace(timer->handle, timer);
    return timer->handle;
}

bool Timers::is_queued(Handle handle) const {
    const auto found = timers_.find(handle);
    return found != timers_.end() && found->second->queued.valid();
}

bool Timers::set(Handle handle, std::int64_t due_time, std::int32_t period_milliseconds, void* context, std::string_view function) {
    if (!machine_.handles().resolve(handle, HandleKind::timer, function)) return false;
    const std::shared_ptr<Timer> timer = timers_.at(handle);
    const bool was_queued = timer->queued.valid();
    if (was_queued) machine_.cancel_work(timer->queued);
    timer->context = context ? context : timer->default_context;
    timer->period = period_milliseconds > 0 ? static_cast<Nanoseconds>(period_milliseconds) * 1'000'000 : 0;
    queue(timer, machine_.clock().due_time(due_time) - machine_.clock().now());
    return was_queued;
}

void Timers::queue(const std::shared_ptr<Timer>& timer, Nanoseconds delay) {
    WorkRequest request;
    request.label = "timer of " + machine_.layer_name(timer->owner);
    request.layer = timer->owner;
    request.irql = dispatch_level;
    request.delay = delay;
    request.recurring = timer->period != 0;
    request.run = [this, timer] { expire(timer); };
    timer->queued = machine_.queue_work(std::move(request));
}

void Timers::expire(const std::shared_ptr<Timer>& timer) {
    timer->queued = {};
    if (timer->period != 0) queue(timer, timer->period);
    CallDetails details;
    details.subject = timer->handle;
    DriverCall call(machine_, timer->owner, "NetTimerCallback", details);
    timer->callback(nullptr, timer->context, nullptr, nullptr);
}

bool Timers::cancel(Handle handle, std::string_view function) {
    if (!machine_.handles().resolve(handle, HandleKind::timer, function)) return false;
    Timer& timer = *timers_.at(handle);
    if (timer.period != 0) machine_.irql().require_passive(std::string(function) + " for a periodic timer");
    timer.period = 0;
    if (!timer.queued.valid()) return false;
    machine_.cancel_work(timer.queued);
    timer.queued = {};
    return true;
}

void Timers::remove(Handle handle, std::string_view function) {
    if (!machine_.handles().resolve(handle, HandleKind::timer, function)) return;
    const std::shared_ptr<Timer> timer = timers_.at(handle);
    if (timer->queued.valid()) {
        machine_.finding(FindingKind::use_after_free, machine_.layer_name(machine_.current_layer()) + " calls " +
                                                          std::string(function) + " for a timer that is queued; it would expire in released memory", handle);
        machine_.cancel_work(timer->queued);
        timer->queued = {};
    }
    timer->period = 0;
    timers_.erase(handle);
    machine_.handles().close(handle, HandleKind::timer, function);
}

}  // namespace chimneylab::machine
