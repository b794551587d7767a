// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Runs a scenario with drivers that come from files, in a process of its own (chimneylab-host). Whatever a driver does,
// the call comes back with an answer: the result of the run, or a report of the crash together with the recording up to
// it. Blocks until then, so a program with a window calls it on a thread of its own; any number may run at the same time.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "driver-bridge/host_client/crash.h"
#include "driver-bridge/host_client/live_control.h"
#include "driver-bridge/host_client/supervisor.h"
#include "engine/scenario/run.h"

namespace chimneylab::driver_host {

struct HostRequest {
    std::string scenario;       // id of the library, or the path of a file
    std::string scenario_text;  // the file's content, when it is not what is on the disk
    std::string variant;        // empty: the correct run
    // Replace the intermediate drivers from the top: files, or names of scenario::known_drivers().
    std::vector<std::string> drivers;
    std::string schedule;  // empty: the variant's or the scenario's
    std::string producer = "chimneylab-host";
    std::optional<std::vector<scenario::Choice>> choices;  // a manual run, as in scenario::RunOptions
    bool schedule_goes_on = false;
    bool every_point = false;
    bool confine = true;  // the process that runs the drivers: see protections.h
    Limits limits;
    const std::atomic<bool>* cancel = nullptr;                // set by another thread
    std::function<void(const scenario::Progress&)> progress;  // now and then, on the calling thread
    // Every Limits::look_every, on the calling thread: what has been recorded so far, and a hand in what comes.
    std::function<void(const trace::Trace&, LiveControl&)> follow;
    bool begin_held = false;  // with follow: the run stands still after its first event
};

struct HostRun {
    // The trace always; the rest is only there when there was no crash. problems and failure as of scenario::run.
    scenario::RunResult result;
    std::optional<Crash> crash;
    std::string output;  // what the drivers printed, its beginning
    std::uint64_t output_dropped = 0;
    // 0 nothing to report, 1 something to report (a crash too), 2 it could not be begun, 3 a fault of the lab
    [[nodiscard]] int exit_code() const;
};

// Throws nothing but std::bad_alloc.
[[nodiscard]] HostRun run_in_host(const HostRequest& request);

}  // namespace chimneylab::driver_host
