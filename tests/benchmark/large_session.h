// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A long run without a machine: the synthetic stack's own events again and again, with identifiers and times that go on,
// handed out in parts as a producer would. Ten million events take no memory to speak of.
#pragma once

#include <filesystem>

#include "engine/session/part.h"

namespace chimneylab::benchmark_support {

class LargeRun {
public:
    LargeRun();
    // The next part of the run; whole rounds of the synthetic stack, a little over 4096 events.
    [[nodiscard]] const session::Part& next();
    [[nodiscard]] const trace::Trace& round() const { return round_; }

private:
    trace::Trace round_;
    session::Part first_, part_;
    std::uint32_t operations_ = 0;
    std::uint64_t noise_ = 1;
    bool begun_ = false;
};

// Records `events` of it; seconds of wall-clock time from the first append to the sealed file are returned.
double record_large_run(const std::filesystem::path& file, std::uint64_t events, std::uint64_t& recorded);

}  // namespace chimneylab::benchmark_support
