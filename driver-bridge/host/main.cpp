// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// chimneylab-host: runs a scenario around drivers that were compiled from C against engine/ddi. Started by hand it starts
// itself once more as the process in which the drivers run, watches that one and tells what became of it; other programs
// do the same through driver-bridge/host_client. With --connect a recorder or a desktop sees the run as it happens and may
// take a hand in it (streamed_run.h).
// Exit codes: 0 nothing to report, 1 something to report (a driver's crash too), 2 bad input, 3 internal fault.
#include <CLI/CLI.hpp>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "driver-bridge/host/streamed_run.h"
#include "driver-bridge/host/worker.h"
#include "driver-bridge/host_client/run_in_host.h"
#include "engine/session/session.h"
#include "engine/trace/fingerprint.h"

namespace {

using namespace chimneylab;

// What a driver or a file says must not steer the terminal.
std::string printable(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') c = '?';
    return text;
}

void tell(const driver_host::HostRun& run) {
    const scenario::RunResult& result = run.result;
    for (const scenario::OperationResult& operation : result.operations) {
        std::cout << operation.step << ": " << operation.tree;
        if (!operation.started) std::cout << " refused: " << operation.refusal;
        else if (!operation.finished) std::cout << " never completed";
        else std::cout << " completed";
        std::cout << "\n";
    }
    if (run.crash) {
        std::cout << printable(run.crash->explanation()) << "\n";
        if (!run.crash->hint.empty()) std::cout << run.crash->hint << "\n";
        std::cout << printable(run.crash->backtrace_text());
    } else {
        for (const machine::Finding& finding : result.findings)
            std::cout << "finding at event " << finding.event.value << ": " << printable(finding.explanation) << "\n";
    }
    for (const scenario::Leak& leak : result.leaks) std::cout << "leak: " << leak.what << "\n";
    for (const scenario::ExpectationResult& expectation : result.expectations)
        if (!expectation.met) std::cout << "not met: " << expectation.text << ": " << expectation.detail << "\n";
    if (!run.output.empty()) {
        std::cout << "The drivers printed:\n" << printable(run.output) << (run.output.ends_with('\n') ? "" : "\n");
        if (run.output_dropped > 0) std::cout << "… and " << run.output_dropped << " bytes more\n";
    }
    std::cout << result.trace.size() << " events, fingerprint " << trace::fingerprint_text(result.fingerprint) << "\n";
}

// SIGINT and SIGTERM end a streamed run in order; a second one ends the process.
std::atomic<bool> interrupted{false};
void interrupt(int signal) {
    interrupted = true;
    std::signal(signal, SIG_DFL);
}

int refuse(const std::string& text) {
    std::cerr << "chimneylab-host: " << printable(text) << "\n";
    return 2;
}

// Says what became of the run and saves it.
int conclude(const driver_host::HostRun& run, const std::string& record) {
    if (!run.result.problems.empty()) {
        for (const scenario::Problem& problem : run.result.problems)
            std::cerr << "chimneylab-host: " << printable(problem.to_text()) << "\n";
        return 2;
    }
    tell(run);
    if (!run.crash && !run.result.failure.empty()) std::cerr << "chimneylab-host: " << printable(run.result.failure) << "\n";
    if (!record.empty()) {
        if (const auto problem = session::save(run.result.trace, record)) return refuse(problem->to_text());
        std::cout << "The session is in " << record << ".\n";
    }
    return run.exit_code();
}

// The same command under gdb, which follows it into the process that it starts.
int start_debugger(int count, char** arguments) {
    std::vector<std::string> words{"gdb", "-q", "-iex", "set debuginfod enabled off", "-ex", "set follow-fork-mode child",
                                   "-ex", "set breakpoint pending on", "-ex", "handle SIGURG nostop noprint pass",
                                   "-ex", "break DriverEntry", "-ex", "run", "--args"};
    for (int i = 0; i < count; ++i)
        if (std::strcmp(arguments[i], "--debug") != 0) words.emplace_back(arguments[i]);
    std::vector<char*> values;
    for (std::string& word : words) values.push_back(word.data());
    values.push_back(nullptr);
    execvp("gdb", values.data());
    return refuse("gdb cannot be started. Install it: apt install gdb");
}

struct Connection {
    std::string endpoint, token_file;
    driver_host::StreamOptions options;
};

int stream(driver_host::HostRequest request, Connection connection, const std::string& record) {
    const auto endpoint = bridge::parse_endpoint(connection.endpoint);
    if (const auto* problem = std::get_if<bridge::Problem>(&endpoint)) return refuse("--connect: " + problem->to_text());
    connection.options.endpoint = std::get<bridge::Endpoint>(endpoint);
    if (!connection.token_file.empty()) {
        auto token = bridge::read_token(connection.token_file);
        if (const auto* problem = std::get_if<bridge::Problem>(&token)) return refuse(problem->to_text());
        connection.options.token = std::get<bridge::Token>(std::move(token));
    }
    std::signal(SIGINT, interrupt);
    std::signal(SIGTERM, interrupt);
    connection.options.interrupted = &interrupted;
    for (;;) {
        auto outcome = driver_host::run_streamed(request, connection.options);
        if (const auto* problem = std::get_if<bridge::Problem>(&outcome)) return refuse(problem->to_text());
        const auto& streamed = std::get<driver_host::StreamedRun>(outcome);
        const int code = conclude(streamed.run, record);
        if (streamed.problem) return refuse(streamed.problem->to_text());
        if (!streamed.next) return code;
        request = *streamed.next;
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count == 2 && std::strcmp(arguments[1], "--worker") == 0) return driver_host::run_worker();

    driver_host::HostRequest request;
    request.scenario = "m1";
    std::string record;
    double time_limit = static_cast<double>(request.limits.total.count()) / 1000;

    CLI::App application("Runs a scenario around drivers of your own.", "chimneylab-host");
    application.add_option("--driver", request.drivers,
                           "For the topmost intermediate driver: a driver's shared object, or a driver that scenarios can name "
                           "(reference, source-handle-forgotten …); again for the ones below");
    application.add_option("--scenario", request.scenario, "An id of the library, or the path of a file")->capture_default_str();
    application.add_option("--variant", request.variant, "A variant of the scenario");
    application.add_option("--schedule", request.schedule, "Order of pending work: fifo, lifo or seed:N");
    application.add_option("--record", record, "Write the session to this file");
    application.add_option("--time-limit", time_limit, "Seconds that the run may take")
        ->capture_default_str()
        ->check(CLI::Range(0.5, 3600.0));
    bool unconfined = false;
    application.add_flag("--unconfined", unconfined, "Leave the drivers the network, the disk and other programs");
    bool debug = false;
    application.add_flag("--debug", debug, "Start gdb on the process that runs the drivers, stopped in DriverEntry");
    Connection connection;
    auto* const connect = application.add_option(
        "--connect", connection.endpoint, "Stream the session to a recorder or a desktop: tcp:127.0.0.1:4710 or unix:PATH");
    application.add_option("--token-file", connection.token_file, "The recorder's token, if it has one")->needs(connect);
    application.add_flag("--hold", connection.options.begin_held, "Stand still at the first event until the recorder lets it go")
        ->needs(connect);
    application.add_flag("--stay", connection.options.stay, "When the run has ended, wait for what the recorder wants next")
        ->needs(connect);
    try {
        application.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
        const int code = application.exit(error);
        return code == 0 ? 0 : 2;
    }
    if (debug) return start_debugger(count, arguments);
    request.limits.set_total(time_limit);
    request.confine = !unconfined;

    if (!connection.endpoint.empty()) return stream(std::move(request), std::move(connection), record);
    return conclude(driver_host::run_in_host(request), record);
}
