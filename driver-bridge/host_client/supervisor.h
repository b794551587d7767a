// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A driver host from its start to its end: nothing that it does, or does not do, keeps its starter waiting longer than
// the limits say. One run for each call; any number of calls at the same time on different threads.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "driver-bridge/host_client/shared_area.h"

namespace chimneylab::driver_host {

struct Limits {
    std::chrono::milliseconds total{8000};        // the whole run
    std::chrono::milliseconds no_progress{3000};  // between two events of the recording
    std::uint32_t processor_seconds = 6;
    std::uint64_t memory = std::uint64_t{1} << 30;  // bytes of a driver and of the machine around it
    std::uint32_t events = 500'000;                 // of the recording; nobody reads more of a loop
    std::chrono::milliseconds look_every{20};       // how often the starter looks
    std::size_t output = 64 * 1024;                 // bytes that are kept of what a driver prints
    // The processor's share goes with it.
    void set_total(double seconds);
};

enum class Stop : std::uint8_t {
    itself,       // it ended
    no_progress,  // we ended it
    total,
    memory,
    cancelled,
};

struct Ended {
    Stop stop = Stop::itself;
    bool exited = false;  // else by a signal
    int code = 0;         // exit code or signal
    std::string output;   // of both streams
    std::uint64_t output_dropped = 0;
    std::uint64_t peak_memory = 0;  // bytes
};

// CHIMNEYLAB_HOST, else beside this program, else where it is installed, else on the path; empty: nowhere.
[[nodiscard]] std::filesystem::path host_program();
// The same for the program that finds names (CHIMNEYLAB_SYMBOLS).
[[nodiscard]] std::filesystem::path symbols_program();

// `still_running` is called at every look; true: the starter holds the host still, and the time does not count.
// Throws std::system_error or std::runtime_error when the host cannot be started.
[[nodiscard]] Ended supervise(const std::filesystem::path& program, SharedArea& area, const Limits& limits,
                              const std::atomic<bool>* cancel, const std::function<bool()>& still_running);

}  // namespace chimneylab::driver_host
