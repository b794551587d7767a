// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// chimneylab-cli replay: a recorded session sent over the wire, so that live recording can be tried without a driver.
#include "driver-bridge/producer/replay.h"

#include <fmt/format.h>

#include "app/command_line/json_text.h"
#include "app/command_line/verbs.h"
#include "engine/session/session.h"
#include "engine/trace/fingerprint.h"

namespace chimneylab::command_line {

int replay_session(const ReplayVerbOptions& options, Console& console) {
    const auto endpoint = bridge::parse_endpoint(options.connect);
    if (const auto* problem = std::get_if<bridge::Problem>(&endpoint))
        return refuse("--connect: " + problem->what, problem->remedy, console);
    bridge::ReplayOptions replay_options;
    replay_options.endpoint = std::get<bridge::Endpoint>(endpoint);
    replay_options.events_per_second = options.rate;
    if (!options.token_file.empty()) {
        auto token = bridge::read_token(options.token_file);
        if (const auto* problem = std::get_if<bridge::Problem>(&token)) return refuse(problem->what, problem->remedy, console);
        replay_options.token = std::get<bridge::Token>(std::move(token));
    }
    const auto loaded = session::load(options.session);
    if (const auto* problem = std::get_if<session::Problem>(&loaded)) return refuse(*problem, console);
    const trace::Trace& trace = std::get<trace::Trace>(loaded);
    const bridge::ReplayResult result = bridge::replay(trace, replay_options);
    if (result.problem) return refuse(result.problem->what, result.problem->remedy, console);
    const std::string fingerprint = trace::fingerprint_text(trace::fingerprint(trace));
    if (options.json)
        console.out << json_text(Json{{"session", options.session},
                                      {"records", result.records},
                                      {"recorded", result.recorded},
                                      {"connections", result.connections},
                                      {"stopped", result.stopped},
                                      {"fingerprint", fingerprint}});
    else if (result.stopped)
        console.out << fmt::format("The recorder stopped the replay after {} of {} records.\n", result.recorded, result.records);
    else
        console.out << fmt::format("The recorder has all {} records; fingerprint {}\n", result.records, fingerprint);
    return result.stopped ? exit_report : exit_done;
}

}  // namespace chimneylab::command_line
