// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What the driver host is asked to run, and what it answers, as JSON in the shared area. Reading trusts nothing: text
// that does not fit is a std::runtime_error with a reason.
#pragma once

#include <string>
#include <vector>

#include "engine/scenario/run.h"

namespace chimneylab::driver_host {

struct WorkerRequest {
    std::string scenario;       // id of the library or path
    std::string scenario_text;  // instead of the file's content, when not empty
    std::string variant;
    std::vector<std::string> drivers;  // from the top: a file (with a slash or ending in .so), or a name of known_drivers()
    std::string schedule;              // empty: the variant's or the scenario's
    std::string producer;
    bool manual = false;        // a manual run with these choices (scenario::parse_choices)
    std::string choices;
    bool schedule_goes_on = false;
    bool every_point = false;
    bool confine = true;  // see protections.h; the folders of driver files may be written to
    std::uint64_t memory_limit = 0;  // bytes beyond what the host needs for itself
    std::uint32_t processor_seconds = 0;
    std::uint32_t event_limit = 0;  // 0: as many as the shared area holds
};

[[nodiscard]] std::string to_json(const WorkerRequest& request);
[[nodiscard]] WorkerRequest request_from_json(const std::string& text);

// A point of a run that is followed, where somebody may choose.
struct LivePoint {
    scenario::ChoicePoint point;
    std::string refused;  // why the last choice for it could not be made
};
[[nodiscard]] std::string to_json(const LivePoint& point);
[[nodiscard]] LivePoint point_from_json(const std::string& text);

// Everything but the trace, its fingerprint included.
[[nodiscard]] std::string to_json(const scenario::RunResult& result);
[[nodiscard]] scenario::RunResult result_from_json(const std::string& text);

}  // namespace chimneylab::driver_host
