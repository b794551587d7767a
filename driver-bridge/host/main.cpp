// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// chimneylab-host: runs a scenario around drivers that were compiled from C against engine/ddi, in a process of its own,
// so that whatever such a driver does, the program that asked for it lives on.
// Exit codes: 0 nothing to report, 1 something to report, 2 bad input, 3 internal fault; killed by a signal when the
// driver is.
#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "driver-bridge/host/driver_image.h"
#include "driver-bridge/host/faulty_drivers.h"
#include "engine/scenario/library.h"
#include "engine/scenario/run.h"
#include "engine/session/writer.h"
#include "engine/trace/fingerprint.h"

namespace {

using namespace chimneylab;

int refuse(const std::string& what) {
    std::cerr << "chimneylab-host: " << what << "\n";
    return 2;
}

void tell(const scenario::RunResult& result) {
    for (const scenario::OperationResult& operation : result.operations) {
        std::cout << operation.step << ": " << operation.tree;
        if (!operation.started) std::cout << " refused: " << operation.refusal;
        else if (!operation.finished) std::cout << " never completed";
        else std::cout << " completed";
        std::cout << "\n";
    }
    for (const machine::Finding& finding : result.findings)
        std::cout << "finding at event " << finding.event.value << ": " << finding.explanation << "\n";
    for (const scenario::Leak& leak : result.leaks) std::cout << "leak: " << leak.what << "\n";
    for (const scenario::ExpectationResult& expectation : result.expectations)
        if (!expectation.met) std::cout << "not met: " << expectation.text << ": " << expectation.detail << "\n";
    std::cout << result.trace.size() << " events, fingerprint " << trace::fingerprint_text(result.fingerprint) << "\n";
}

}  // namespace

int main(int count, char** arguments) {
    std::vector<std::string> drivers;
    std::string scenario_name = "m1";
    std::string variant;
    std::string schedule;
    std::string record;

    CLI::App application("Runs a scenario around drivers of your own.", "chimneylab-host");
    application.add_option("--driver", drivers,
                           "For the topmost intermediate driver: a driver's shared object, or a driver that scenarios can name "
                           "(reference, source-handle-forgotten …); again for the ones below");
    application.add_option("--scenario", scenario_name, "An id of the library, or the path of a file")->capture_default_str();
    application.add_option("--variant", variant, "A variant of the scenario");
    application.add_option("--schedule", schedule, "Order of pending work: fifo, lifo or seed:N");
    application.add_option("--record", record, "Write the session to this file");
    try {
        application.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
        const int code = application.exit(error);
        return code == 0 ? 0 : 2;
    }

    const scenario::Loaded loaded = scenario::find_scenario(scenario_name);
    if (!loaded.scenario) {
        for (const scenario::Problem& problem : loaded.problems) std::cerr << problem.to_text() << "\n";
        return 2;
    }
    const std::size_t floors = loaded.scenario->machine.intermediate_drivers.size();
    if (drivers.size() > floors)
        return refuse("--driver is given " + std::to_string(drivers.size()) + " times, but scenario " +
                      loaded.scenario->id + " has " + std::to_string(floors) + " intermediate driver(s)");

    scenario::RunOptions options;
    options.variant = variant;
    options.producer = "chimneylab-host";
    if (!schedule.empty()) {
        const machine::ParsedSchedule parsed = machine::Schedule::parse(schedule);
        if (!parsed) return refuse("--schedule: " + parsed.error);
        options.schedule = parsed.schedule;
    }

    std::vector<std::unique_ptr<driver_host::DriverImage>> images;  // outlive the run
    driver_host::FaultyDrivers faulty_drivers;
    options.load_driver = [&](std::string_view name) { return faulty_drivers.load(name); };
    for (const std::string& file : drivers) {
        if (scenario::known_driver(file)) {
            options.drivers.push_back({nullptr, file});
            continue;
        }
        auto image = driver_host::DriverImage::load(file);
        if (const auto* problem = std::get_if<driver_host::DriverImage::Problem>(&image)) return refuse(problem->to_text());
        images.push_back(std::move(std::get<std::unique_ptr<driver_host::DriverImage>>(image)));
        options.drivers.push_back({images.back()->entry(), images.back()->file().filename().string()});
    }

    // To the disk while it runs: a driver that takes this process down leaves its session behind.
    session::RunRecording recording(record);
    options.sink = [&recording] { return recording.begin(); };
    const scenario::RunResult result = scenario::run(*loaded.scenario, options);
    if (!result.problems.empty()) {
        for (const scenario::Problem& problem : result.problems) std::cerr << problem.to_text() << "\n";
        return 2;
    }
    tell(result);
    if (!result.failure.empty()) std::cerr << "chimneylab-host: " << result.failure << "\n";
    if (!record.empty()) {
        if (const auto problem = recording.finish(result.trace, result.fingerprint)) return refuse(problem->to_text());
        std::cout << "The session is in " << record << ".\n";
    }
    return result.exit_code();
}
