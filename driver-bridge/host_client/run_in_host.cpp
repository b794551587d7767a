// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/host_client/run_in_host.h"

#include <algorithm>
#include <cstring>
#include <exception>

#include "driver-bridge/host_client/request.h"
#include "engine/scenario/library.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/stream.h"

namespace chimneylab::driver_host {

namespace {

WorkerRequest for_worker(const HostRequest& request) {
    WorkerRequest worker;
    worker.scenario = request.scenario;
    worker.scenario_text = request.scenario_text;
    worker.variant = request.variant;
    worker.drivers = request.drivers;
    worker.schedule = request.schedule;
    worker.producer = request.producer;
    worker.manual = request.choices.has_value();
    if (request.choices) worker.choices = scenario::to_text(*request.choices);
    worker.schedule_goes_on = request.schedule_goes_on;
    worker.every_point = request.every_point;
    worker.confine = request.confine;
    worker.memory_limit = request.limits.memory;
    worker.event_limit = request.limits.events;
    worker.processor_seconds = request.limits.processor_seconds;
    return worker;
}

// Before the machine is up it does not know what it is for.
void complete_description(const HostRequest& request, trace::Trace& trace) {
    trace::RunDescription description = trace.description();
    if (!description.scenario.empty()) return;
    const scenario::Loaded loaded = request.scenario_text.empty()
                                        ? scenario::find_scenario(request.scenario)
                                        : scenario::load_text(request.scenario, request.scenario_text);
    description.scenario = loaded.scenario ? loaded.scenario->id : request.scenario;
    if (loaded.scenario) description.title = loaded.scenario->title;
    description.variant = request.variant;
    description.producer = request.producer;
    trace.set_description(std::move(description));
}

// What the machine had found before, and the crash itself.
void take_findings(scenario::RunResult& result) {
    for (std::uint32_t i = 0; i < result.trace.size(); ++i) {
        const trace::Event& event = result.trace.event(trace::EventId(i));
        if (event.kind != trace::EventKind::finding) continue;
        result.findings.push_back({static_cast<trace::FindingKind>(event.detail), std::string(result.trace.text(event.name)),
                                   trace::EventId(i), event.layer, event.subject});
    }
}

void run(const HostRequest& request, HostRun& run) {
    const std::filesystem::path program = host_program();
    if (program.empty()) {
        run.result.problems.push_back({"chimneylab-host", 0, 0,
                                       "the program that runs drivers is neither beside this one nor on the path",
                                       "Build the target chimneylab-host, or name it in CHIMNEYLAB_HOST."});
        return;
    }
    SharedArea area = SharedArea::create();
    const std::string text = to_json(for_worker(request));
    if (text.size() > sizeof area.head().request) {
        run.result.problems.push_back({request.scenario, 0, 0, "the scenario is too long for the driver host", {}});
        return;
    }
    std::memcpy(area.head().request, text.data(), text.size());
    area.head().request_size = static_cast<std::uint32_t>(text.size());

    std::string answer;
    trace::StreamReader reader([&](std::uint8_t kind, std::span<const std::byte> payload) {
        if (kind == result_frame) answer.assign(reinterpret_cast<const char*>(payload.data()), payload.size());
    });
    std::size_t read = 0;
    const auto read_on = [&] {
        constexpr std::size_t piece = 1u << 20;
        const std::span<const std::byte> all = area.stream();
        while (read < all.size()) {
            const std::size_t size = std::min(piece, all.size() - read);
            if (!reader.feed(all.subspan(read, size))) return;
            read += size;
        }
    };
    LiveControl control(area);
    if (request.follow) {
        area.head().live.followed.store(1);
        if (request.begin_held) control.hold();
    }
    const Ended ended = supervise(program, area, request.limits, request.cancel, [&] {
        if (request.progress)
            request.progress({area.head().step.load(), area.head().steps.load(), area.head().events.load()});
        if (!request.follow) return false;
        if (reader.problem().empty()) read_on();
        request.follow(reader.trace(), control);
        return control.state() != LiveState::running;
    });
    run.output = ended.output;
    run.output_dropped = ended.output_dropped;
    if (reader.problem().empty()) read_on();
    if (area.head().phase.load() == Phase::finished && !answer.empty() && reader.problem().empty()) {
        run.result = result_from_json(answer);
        run.result.trace = reader.take();
        if (run.result.problems.empty() && !run.result.crashed &&
            run.result.fingerprint != trace::fingerprint(run.result.trace)) {
            run.result.crashed = true;
            run.result.failure = "the recording that came from the driver host is not the one that it made";
        }
        return;
    }
    run.result.trace = reader.take();
    complete_description(request, run.result.trace);
    if (ended.stop == Stop::cancelled) {
        run.result.cancelled = true;
    } else {
        run.crash = describe_crash(area.head(), ended, request.limits, run.result.trace);
        take_findings(run.result);
        run.result.failure = run.crash->explanation();
        if (!reader.problem().empty()) run.result.failure += " From there the recording is damaged: " + reader.problem() + ".";
    }
    run.result.fingerprint = trace::fingerprint(run.result.trace);
}

}  // namespace

int HostRun::exit_code() const { return crash ? 1 : result.exit_code(); }

HostRun run_in_host(const HostRequest& request) {
    HostRun host_run;
    try {
        run(request, host_run);
    } catch (const std::exception& error) {
        host_run.result.crashed = true;
        host_run.result.failure = error.what();
    }
    return host_run;
}

}  // namespace chimneylab::driver_host
