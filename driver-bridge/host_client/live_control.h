// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The starter's hand in a run that it follows (HostRequest::follow): hold it, let it go event by event, choose what comes
// next where something is pending, ask for a fault. The run stands still after an event, or at a point between two
// dispatches, where a choice can be made; while it does its time does not count. Used on the thread of run_in_host().
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "driver-bridge/host_client/request.h"
#include "driver-bridge/host_client/shared_area.h"

namespace chimneylab::driver_host {

class LiveControl {
public:
    explicit LiveControl(SharedArea& area) : live_(area.head().live), events_(area.head().events) {}

    void hold();
    void go_on();
    void step(std::uint64_t events);  // at least one; a point of choice on the way stops it
    // As in scenario/choices.h, "1" or "0=FAILURE@2". What is wrong with it, empty: it was taken. That it cannot be made
    // is told with the same point, which comes again.
    std::string choose(const std::string& choice);
    void inject(scenario::Choice::Fault fault);

    // What it does. The host's word is believed only as far as it was asked to hold.
    [[nodiscard]] LiveState state() const;
    // The point where it waits, once; nothing: there is none, or it was told before.
    std::optional<LivePoint> take_point();

private:
    void ring();

    LiveRecord& live_;
    std::atomic<std::uint32_t>& events_;
    bool holding_ = false;
    std::uint32_t told_ = 0;   // points
    std::size_t pending_ = 0;  // at the last of them
};

}  // namespace chimneylab::driver_host
