// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// One number for one event history: two runs with the same fingerprint had the same events, bytes and virtual times.
// Measured times, the description of the run and the order in which names were first used are not part of it. Thread
// safe.
#pragma once

#include <string>

#include "engine/trace/trace.h"

namespace chimneylab::trace {

[[nodiscard]] std::uint64_t fingerprint(const Trace& trace);
[[nodiscard]] std::string fingerprint_text(std::uint64_t fingerprint);  // 16 hex digits

// Not a fingerprint of the run but of the record: everything a reader can see, measured times included. Two lanes.
struct ContentHash {
    std::uint64_t first = 0, second = 0;
    friend bool operator==(const ContentHash&, const ContentHash&) = default;
};
[[nodiscard]] ContentHash content_hash(const Trace& trace);

}  // namespace chimneylab::trace
