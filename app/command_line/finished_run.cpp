// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "app/command_line/finished_run.h"

#include <fmt/format.h>

#include "app/command_line/tell.h"
#include "app/command_line/version.h"
#include "engine/trace/text.h"

namespace chimneylab::command_line {

namespace {

FinishedRun refused(scenario::Problem problem) {
    FinishedRun run;
    run.result.problems.push_back(std::move(problem));
    return run;
}

Json frame_json(const driver_host::CrashFrame& frame, const trace::History& history) {
    Json json{{"function", frame.function.empty() ? Json(nullptr) : Json(frame.function)},
              {"file", frame.file.empty() ? Json(nullptr) : Json(frame.file)},
              {"line", frame.line == 0 ? Json(nullptr) : Json(frame.line)},
              {"module", frame.module.empty() ? Json(nullptr) : Json(frame.module)},
              {"offset", trace::hex(frame.offset)}};
    if (frame.owner == driver_host::FrameOwner::driver) json["layer"] = history.layer_name(frame.layer);
    return json;
}

Json id_json(auto id) { return id.valid() ? Json(id.value) : Json(nullptr); }

}  // namespace

FinishedRun finish_run(const scenario::Scenario& scenario, const RunVerbOptions& options,
                       session::RunRecording* recording) {
    const std::string producer = std::string("chimneylab-cli ") + version_text();
    std::optional<machine::Schedule> schedule;
    if (!options.schedule.empty()) {
        const machine::ParsedSchedule parsed = machine::Schedule::parse(options.schedule);
        if (!parsed)
            return refused({"chimneylab-cli", 0, 0, "--schedule: " + parsed.error,
                            "Use fifo, lifo or seed:N, for example seed:7."});
        schedule = parsed.schedule;
    }
    std::optional<std::vector<scenario::Choice>> choices;
    if (!options.choices.empty()) {
        auto parsed = scenario::parse_choices(options.choices);
        if (const auto* wrong = std::get_if<std::string>(&parsed))
            return refused({"chimneylab-cli", 0, 0, "--choices: " + *wrong, "Use what explore has told, for example 0,2,0=FAILURE."});
        choices = std::move(std::get<std::vector<scenario::Choice>>(parsed));
        if (!schedule) schedule = machine::Schedule{};
    }
    if (options.drivers.empty() && !scenario::needs_driver_host(scenario, options.variant)) {
        scenario::RunOptions run_options;
        run_options.variant = options.variant;
        run_options.producer = producer;
        run_options.schedule = schedule;
        run_options.choices = choices;
        run_options.schedule_goes_on = true;
        if (recording != nullptr) run_options.sink = [recording] { return recording->begin(); };
        FinishedRun run;
        run.result = scenario::run(scenario, run_options);
        return run;
    }
    driver_host::HostRequest request;
    request.scenario = options.scenario;
    request.variant = options.variant;
    request.drivers = options.drivers;
    request.schedule = choices && options.schedule.empty() ? "fifo" : options.schedule;
    request.choices = choices;
    request.schedule_goes_on = true;
    request.producer = producer;
    if (options.time_limit > 0) request.limits.set_total(options.time_limit);
    return driver_host::run_in_host(request);
}

void add_crash_json(const FinishedRun& run, const trace::History& history, Json& json) {
    if (!run.output.empty()) {
        json["output"] = run.output;
        json["output_dropped"] = run.output_dropped;
    }
    if (!run.crash) return;
    const driver_host::Crash& crash = *run.crash;
    json["crashed"] = true;
    Json backtrace = Json::array();
    for (const driver_host::CrashFrame& frame : crash.backtrace) backtrace.push_back(frame_json(frame, history));
    const driver_host::CrashFrame* where = crash.where ? &crash.backtrace[*crash.where] : nullptr;
    json["crash"] = {{"kind", driver_host::to_text(crash.kind)},
                     {"what", crash.what},
                     {"hint", crash.hint},
                     {"explanation", crash.explanation()},
                     {"layer", crash.layer_name.empty() ? Json(nullptr) : Json(crash.layer_name)},
                     {"driver", crash.driver.empty() ? Json(nullptr) : Json(crash.driver)},
                     {"where", where ? frame_json(*where, history) : Json(nullptr)},
                     {"signal", crash.signal == 0 ? Json(nullptr) : Json(crash.signal)},
                     {"address", crash.fault_address ? Json(trace::hex(*crash.fault_address)) : Json(nullptr)},
                     {"after_event", id_json(crash.after)},
                     {"call", crash.function.empty() ? Json(nullptr) : Json(crash.function)},
                     {"call_event", id_json(crash.call)},
                     {"operation", id_json(crash.operation)},
                     {"finding", id_json(crash.finding)},
                     {"backtrace", std::move(backtrace)}};
}

void tell_crash(const FinishedRun& run, const trace::History& history, Console& console) {
    const Terminal& terminal = console.terminal;
    if (run.crash) {
        const driver_host::Crash& crash = *run.crash;
        section(crash.hung() ? "The driver hangs" : "The driver crashed", console);
        console.out << folded(printable(crash.explanation()), terminal.width, terminal.in(Tone::bad, "  ✗ "), "    ") << "\n";
        if (!crash.hint.empty()) console.out << folded(crash.hint, terminal.width, "    ", "    ") << "\n";
        if (crash.operation.valid()) {
            if (const trace::Operation* operation = history.operation(crash.operation))
                console.out << fmt::format("    It was working on operation {}, {}.\n", crash.operation.value,
                                           trace::to_text(operation->kind));
        }
        if (!crash.backtrace.empty()) {
            console.out << "    Called from, innermost first:\n";
            std::string rest = printable(crash.backtrace_text());
            console.out << terminal.in(Tone::dim, rest);
        }
        console.out << "    The recording up to there is complete; expectations are not judged, the run did not reach its end.\n";
    }
    if (!run.output.empty()) {
        section("Printed by the drivers", console);
        console.out << printable(run.output) << (run.output.ends_with('\n') ? "" : "\n");
        if (run.output_dropped > 0) console.out << fmt::format("… and {} bytes more\n", run.output_dropped);
    }
}

}  // namespace chimneylab::command_line
