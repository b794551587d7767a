// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Carries out a scenario with drivers from images of their own. Where the lab on Linux links its three drivers, this
// ndis.sys has their entries only: each has the image loaded and calls the DriverEntry in it.
#include <algorithm>
#include <cstring>
#include <exception>
#include <string>

#include "driver-bridge/windows/ndis/event_outlet.h"
#include "driver-bridge/windows/ndis/lab_ndis.h"
#include "engine/host_stack/host_stack_driver.h"
#include "engine/intermediate_driver/reference_driver.h"
#include "engine/offload_target/offload_target_driver.h"
#include "engine/scenario/load.h"
#include "engine/scenario/run.h"

namespace {

using namespace chimneylab;

// Of the run that this thread carries out: an entry is called by the machine and has no other way to it.
thread_local const chimney_lab_run* current_run = nullptr;

NTSTATUS load(PDRIVER_OBJECT driver, PUNICODE_STRING path, const char* image) {
    return current_run ? current_run->load(current_run->self, driver, path, image) : STATUS_UNSUCCESSFUL;
}

void add_line(std::string& text, const std::string& line) {
    if (!line.empty()) text += line + "\n";
}

std::string report_of(const scenario::RunResult& result) {
    std::string text;
    for (const scenario::Problem& problem : result.problems) add_line(text, problem.to_text());
    add_line(text, result.failure);
    for (const scenario::ExpectationResult& expectation : result.expectations)
        if (!expectation.met) add_line(text, "not met: " + expectation.text + ": " + expectation.detail);
    for (const machine::Finding& finding : result.findings) add_line(text, "finding: " + finding.explanation);
    for (const scenario::Leak& leak : result.leaks) add_line(text, "leak: " + leak.what);
    return text;
}

int carry_out(const chimney_lab_run& request, std::string& report) {
    const scenario::Loaded loaded = scenario::load_text("the scenario", std::string_view(request.plan, request.plan_size));
    if (!loaded.scenario) {
        for (const scenario::Problem& problem : loaded.problems) add_line(report, problem.to_text());
        return 2;
    }
    scenario::RunOptions options;
    options.variant = request.variant;
    options.producer = "ndis.sys";
    if (*request.schedule != 0) {
        const machine::ParsedSchedule parsed = machine::Schedule::parse(request.schedule);
        if (!parsed) {
            report = parsed.error + "\n";
            return 2;
        }
        options.schedule = parsed.schedule;
    }
    options.load_driver = [](std::string_view name, trace::LayerIndex) {
        return scenario::LoadedDriver{nullptr, "'" + std::string(name) +
                                                   "' is a driver with a mistake in it, and those are not built as .sys files; run it "
                                                   "with chimneylab-cli run"};
    };
    windows::EventOutlet outlet(request);
    options.sink = [&outlet]() -> trace::Sink* { return &outlet; };
    const scenario::RunResult result = scenario::run(*loaded.scenario, options);
    if (result.problems.empty()) outlet.finish(result.trace);
    report = report_of(result);
    return result.exit_code();
}

}  // namespace

extern "C" {

NTSTATUS ChimneyReferenceIntermediateDriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path) { return load(driver, path, "reference"); }
NTSTATUS ChimneyHostStackDriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path) { return load(driver, path, "host-stack"); }
NTSTATUS ChimneyOffloadTargetDriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path) { return load(driver, path, "offload-target"); }
NTSTATUS ChimneyPlainTargetDriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path) { return load(driver, path, "plain-target"); }

int ChimneyLabRun(const chimney_lab_run* run, char* report, size_t room) {
    std::string text;
    int code = 3;
    current_run = run;
    try {
        code = carry_out(*run, text);
    } catch (const std::exception& error) {
        text = error.what();
    }
    current_run = nullptr;
    if (room > 0) {
        const std::size_t size = std::min(text.size(), room - 1);
        std::memcpy(report, text.data(), size);
        report[size] = 0;
    }
    return code;
}

}  // extern "C"
