// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A driver that did not come back: what happened, in which function and line, after which event, in words for who wrote
// the driver. Made from the numbers that the host left and the recording up to there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "driver-bridge/host_client/supervisor.h"
#include "engine/trace/trace.h"

namespace chimneylab::driver_host {

enum class CrashKind : std::uint8_t {
    null_dereference,
    wild_address,
    wild_call,          // a call through a pointer that leads to no code
    stack_overflow,
    stack_overwritten,  // a return address, or the guard of a compiler, is no longer what it was
    aborted,
    exit_called,
    out_of_memory,
    illegal_instruction,
    divide_error,
    hang,
    too_long,  // it went on recording, but for longer than the limits allow
    recording_full,
    killed,
};
[[nodiscard]] std::string_view to_text(CrashKind kind);  // "null_dereference"

enum class FrameOwner : std::uint8_t { driver, lab, library, nothing };

struct CrashFrame {
    std::string function;  // empty: not known
    std::string file;      // of the source; empty without debug information
    unsigned line = 0;
    std::string module;        // file name of the driver or library
    std::uint64_t offset = 0;  // in the module; the address itself when there is none
    FrameOwner owner = FrameOwner::nothing;
    trace::LayerIndex layer = trace::machine_layer;  // of a driver
    [[nodiscard]] std::string to_text() const;       // "MiniportQueryOffload (driver.c:42)"
};

struct Crash {
    CrashKind kind = CrashKind::killed;
    int signal = 0;  // 0: none
    std::optional<std::uint64_t> fault_address;
    std::vector<CrashFrame> backtrace;   // innermost first; empty when the process could not tell
    std::optional<std::size_t> where;    // the driver's own frame in it
    trace::LayerIndex layer = trace::machine_layer;  // whose driver, as far as can be told
    std::string layer_name;              // "IM 1"; empty when it cannot be told
    std::string driver;                  // "student.so"
    trace::EventId after;                // the last event before it; none: nothing was recorded yet
    trace::EventId call;                 // the innermost call that was still open
    std::string function;                // its name, "MiniportInitiateOffload"
    trace::OperationId operation;
    trace::EventId finding;              // the event that was added to the recording for it
    std::string what;                    // "IM 1 (student.so) wrote to address 0, a NULL pointer"
    std::string hint;                    // what such a thing usually is
    [[nodiscard]] bool hung() const { return kind == CrashKind::hang || kind == CrashKind::too_long || kind == CrashKind::recording_full; }
    [[nodiscard]] std::string backtrace_text() const;  // a numbered line for each frame
    [[nodiscard]] std::string explanation() const;  // one sentence: what, where, inside which call, after which event
};

// `trace` is what was recorded; the finding is appended to it.
[[nodiscard]] Crash describe_crash(const AreaHead& head, const Ended& ended, const Limits& limits, trace::Trace& trace);

}  // namespace chimneylab::driver_host
