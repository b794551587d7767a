// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "app/command_line/trace_input.h"

#include <filesystem>

#include "app/command_line/finished_run.h"
#include "engine/scenario/library.h"
#include "engine/scenario/run.h"
#include "engine/session/session.h"

namespace chimneylab::command_line {

namespace {

bool names_a_session(const std::string& name) {
    const std::filesystem::path path(name);
    if (path.extension() == session::file_extension) return true;
    if (path.extension() == ".yaml" || path.extension() == ".yml") return false;
    std::error_code error;
    return std::filesystem::is_regular_file(path, error);
}

}  // namespace

std::optional<trace::Trace> trace_of(const TraceName& name, Console& console) {
    if (names_a_session(name.name)) {
        if (!name.variant.empty() || !name.schedule.empty()) {
            refuse(name.name + ": a recorded session has its variant and schedule already",
                   "Leave --variant and --schedule out, or name a scenario.", console);
            return {};
        }
        std::variant<trace::Trace, session::Problem> loaded = session::load(name.name);
        if (const auto* problem = std::get_if<session::Problem>(&loaded)) {
            refuse(*problem, console);
            return {};
        }
        return std::move(std::get<trace::Trace>(loaded));
    }
    const scenario::Loaded loaded = scenario::find_scenario(name.name);
    if (!loaded.scenario) {
        refuse(loaded.problems, console);
        return {};
    }
    RunVerbOptions options;
    options.scenario = name.name;
    options.variant = name.variant;
    options.schedule = name.schedule;
    scenario::RunResult result = finish_run(*loaded.scenario, options).result;
    if (!result.problems.empty()) {
        refuse(result.problems, console);
        return {};
    }
    return std::move(result.trace);
}

}  // namespace chimneylab::command_line
