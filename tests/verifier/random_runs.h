// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Runs of correct drivers that no person would think of: any depth, random trees, all five operations overlapping, any
// completion mode and order, target failures, send data, indications, allocation failures in the intermediate drivers.
// The same seed gives the same trace.
#pragma once

#include <cstdint>
#include <string>

#include "engine/trace/trace.h"

namespace chimneylab::verifier {

struct RandomRun {
    trace::Trace trace;
    std::string description;     // depth, schedule, mode, what was injected
    unsigned operations = 0;     // that the host stack issued
    std::string machine_findings;
};

// `steps` requests are made; the host stack refuses those that its rules forbid.
[[nodiscard]] RandomRun random_run(std::uint64_t seed, unsigned steps);

}  // namespace chimneylab::verifier
