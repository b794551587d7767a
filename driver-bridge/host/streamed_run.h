// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A run in the driver host that a recorder or a desktop sees as it happens, and may hold, step, choose in, disturb, stop,
// or have followed by a run of another scenario: each run is a session of its own. What is asked for and cannot be done is
// answered with the reason.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "driver-bridge/host_client/run_in_host.h"
#include "driver-bridge/producer/live_producer.h"

namespace chimneylab::driver_host {

struct StreamOptions {
    bridge::Endpoint endpoint;
    bridge::Token token;
    bool begin_held = false;  // the first event is the last until somebody lets it go
    bool stay = false;        // when a run has ended, wait for what the recorder wants next
    const std::atomic<bool>* interrupted = nullptr;  // by a signal: the run is stopped and takes leave
};

struct StreamedRun {
    HostRun run;
    // Of the connection. The run went on without it.
    std::optional<bridge::Problem> problem;
    std::optional<HostRequest> next;  // the recorder asked for it
};

// One run and its session. A problem: nobody listens there, and nothing was run.
[[nodiscard]] std::variant<StreamedRun, bridge::Problem> run_streamed(HostRequest request, const StreamOptions& options);

}  // namespace chimneylab::driver_host
