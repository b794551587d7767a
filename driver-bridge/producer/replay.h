// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A producer without a driver: sends a recorded session to a recorder as if it happened now. It can be paused, stepped and
// stopped from there, and when it loses its connection it comes back and goes on where the recorder is. replay() blocks
// until everything is said and acknowledged, or there is no hope; several may run at the same time on different threads.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "driver-bridge/server/endpoint.h"
#include "driver-bridge/server/token.h"
#include "engine/trace/trace.h"

namespace chimneylab::bridge {

struct ReplayOptions {
    Endpoint endpoint;
    Token token;
    double events_per_second = 0;  // 0: as fast as they go
    std::chrono::milliseconds come_back_within{5'000};  // how long a lost connection is tried again
    const std::atomic<bool>* cancel = nullptr;  // set by another thread: takes leave soon
    std::function<void(std::uint64_t sent, std::uint64_t all)> progress;  // on the calling thread
};

struct ReplayResult {
    std::uint64_t records = 0;   // in the session
    std::uint64_t recorded = 0;  // of which the recorder says that it has them
    std::uint32_t connections = 0;
    bool stopped = false;        // before the end, by the recorder or `cancel`
    std::optional<Problem> problem;
};

[[nodiscard]] ReplayResult replay(const trace::Trace& trace, const ReplayOptions& options);

}  // namespace chimneylab::bridge
