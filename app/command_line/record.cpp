// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// chimneylab-cli record: live sessions into files, without a desktop.
#include <fmt/format.h>
#include <signal.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <utility>

#include "app/command_line/json_text.h"
#include "app/command_line/verbs.h"
#include "driver-bridge/server/server.h"
#include "engine/session/session.h"
#include "engine/trace/fingerprint.h"

namespace chimneylab::command_line {
namespace {

using bridge::SessionState;

// While it lives, SIGINT and SIGTERM wait to be asked for; threads that are started meanwhile leave them alone too.
class Interruption {
public:
    Interruption() {
        sigemptyset(&signals_);
        sigaddset(&signals_, SIGINT);
        sigaddset(&signals_, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &signals_, &before_);
    }
    ~Interruption() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;
    [[nodiscard]] bool came() const {
        const timespec no_time{0, 0};
        return sigtimedwait(&signals_, nullptr, &no_time) > 0;
    }

private:
    sigset_t signals_{}, before_{};
};

// Takes ended sessions from the server's thread; everything else happens on the verb's.
class Inbox : public bridge::Observer {
public:
    struct Ended {
        SessionState state;
        trace::Trace trace;
    };
    void session_started(const SessionState& state) override {
        tell(fmt::format("session {}: {} is connected", state.number, state.producer));
    }
    void session_changed(const SessionState& state) override {
        if (state.stage == bridge::SessionStage::waiting_for_return)
            tell(fmt::format("session {}: {}; waiting for it to come back", state.number, state.end));
        else if (state.connections > 1 && state.producer_state == chimney_wire_running)
            tell(fmt::format("session {}: {} is connected again", state.number, state.producer));
    }
    void session_ended(const SessionState& state, trace::Trace trace) override {
        const std::lock_guard lock(mutex_);
        ended_.push_back({state, std::move(trace)});
        news_.notify_one();
    }
    void refused(const std::string& why) override { tell("a connection was refused: " + why); }

    // Waits a moment for news.
    std::deque<std::string> lines() {
        std::unique_lock lock(mutex_);
        news_.wait_for(lock, std::chrono::milliseconds(100), [&] { return !lines_.empty() || !ended_.empty(); });
        return std::exchange(lines_, {});
    }
    std::deque<Ended> ended() {
        const std::lock_guard lock(mutex_);
        return std::exchange(ended_, {});
    }

private:
    void tell(std::string line) {
        const std::lock_guard lock(mutex_);
        // A crowd at the door must not fill the memory.
        if (lines_.size() < 1000) lines_.push_back(std::move(line));
        news_.notify_one();
    }
    std::mutex mutex_;
    std::condition_variable news_;
    std::deque<std::string> lines_;
    std::deque<Ended> ended_;
};

// The first session gets the name that was asked for; later ones a free name beside it.
std::filesystem::path file_for(const std::filesystem::path& output, unsigned number) {
    if (number == 1) return output;
    for (unsigned suffix = number;; ++suffix) {
        std::filesystem::path candidate = output;
        candidate.replace_filename(output.stem().string() + "-" + std::to_string(suffix) + output.extension().string());
        if (!std::filesystem::exists(candidate)) return candidate;
    }
}

class Recording {
public:
    Recording(const RecordOptions& options, Console& console)
        : options_(options), console_(console), progress_(options.json ? console.err : console.out) {}

    int run() {
        const auto endpoint = bridge::parse_endpoint(options_.listen);
        if (const auto* problem = std::get_if<bridge::Problem>(&endpoint))
            return refuse("--listen: " + problem->what, problem->remedy, console_);
        bridge::ServerOptions server_options;
        server_options.endpoint = std::get<bridge::Endpoint>(endpoint);
        server_options.limits.trace_bytes = std::uint64_t{options_.limit_mib} << 20;
        if (!options_.token_file.empty()) {
            auto token = bridge::read_token(options_.token_file);
            if (const auto* problem = std::get_if<bridge::Problem>(&token))
                return refuse(problem->what, problem->remedy, console_);
            server_options.token = std::get<bridge::Token>(std::move(token));
        }
        // Better now than after an hour of recording.
        const std::filesystem::path folder = std::filesystem::absolute(options_.output).parent_path();
        if (!std::filesystem::is_directory(folder) || std::filesystem::is_directory(options_.output))
            return refuse("-o: the session cannot be written to " + options_.output,
                          "Name a file in a folder that exists.", console_);

        const Interruption interruption;
        Inbox inbox;
        auto listening = bridge::Server::listen(server_options, inbox);
        if (const auto* problem = std::get_if<bridge::Problem>(&listening))
            return refuse("--listen: " + problem->what, problem->remedy, console_);
        auto server = std::move(std::get<std::unique_ptr<bridge::Server>>(listening));
        const std::string where = server->endpoint().to_text();
        tell("listening on " + where + (options_.sessions == 0 ? "; Ctrl-C ends" : ""));
        bool going = true;
        while (going) {
            for (const std::string& line : inbox.lines()) tell(line);
            for (Inbox::Ended& each : inbox.ended()) save(each);
            tell_progress(*server);
            going = !interruption.came() && (options_.sessions == 0 || saved_ + failed_ < options_.sessions);
        }
        server->stop();
        for (const std::string& line : inbox.lines()) tell(line);
        for (Inbox::Ended& each : inbox.ended()) save(each);
        if (options_.json) console_.out << json_text(Json{{"endpoint", where}, {"sessions", std::move(sessions_)}});
        if (failed_ > 0) return exit_bad_input;
        return incomplete_ > 0 ? exit_report : exit_done;
    }

private:
    void tell(const std::string& line) { progress_ << printable(line) << std::endl; }

    // Every second, of each session that has grown.
    void tell_progress(const bridge::Server& server) {
        const auto now = std::chrono::steady_clock::now();
        if (now - told_ < std::chrono::seconds(1)) return;
        const double passed = std::chrono::duration<double>(now - told_).count();
        told_ = now;
        std::map<std::uint32_t, std::uint64_t> events;
        for (const SessionState& state : server.sessions()) {
            events[state.number] = state.events;
            const std::uint64_t before = events_told_[state.number];
            if (state.events == before) continue;
            tell(fmt::format("session {}: {} events, {:.0f} a second{}", state.number, state.events,
                             static_cast<double>(state.events - before) / passed,
                             state.losses.any() ? "; " + state.losses.to_text() : ""));
        }
        events_told_ = std::move(events);
    }

    void save(const Inbox::Ended& ended) {
        const SessionState& state = ended.state;
        const std::filesystem::path file = file_for(options_.output, saved_ + failed_ + 1);
        const std::string fingerprint = trace::fingerprint_text(trace::fingerprint(ended.trace));
        const auto problem = session::save(ended.trace, file);
        if (problem) {
            ++failed_;
            console_.err << "chimneylab-cli: " << printable(problem->to_text()) << std::endl;
        } else {
            ++saved_;
            tell(fmt::format("session {}: {} events, fingerprint {}, in {}", state.number, ended.trace.size(), fingerprint,
                             file.string()));
        }
        if (!state.complete()) {
            ++incomplete_;
            std::string why = state.end;
            if (state.losses.any()) why += (why.empty() ? "" : "; ") + state.losses.to_text();
            tell(fmt::format("session {} is not complete: {}", state.number, why));
        }
        sessions_.push_back(Json{{"number", state.number},
                                 {"producer", state.producer},
                                 {"file", problem ? "" : file.string()},
                                 {"events", ended.trace.size()},
                                 {"fingerprint", fingerprint},
                                 {"complete", state.complete()},
                                 {"end", state.end},
                                 {"dropped", state.losses.dropped},
                                 {"missing", state.losses.missing},
                                 {"unresolved", state.losses.unresolved},
                                 {"connections", state.connections},
                                 {"bytes", state.bytes}});
    }

    const RecordOptions& options_;
    Console& console_;
    std::ostream& progress_;
    unsigned saved_ = 0, failed_ = 0, incomplete_ = 0;
    Json sessions_ = Json::array();
    std::chrono::steady_clock::time_point told_ = std::chrono::steady_clock::now();
    std::map<std::uint32_t, std::uint64_t> events_told_;
};

}  // namespace

int record_sessions(const RecordOptions& options, Console& console) { return Recording(options, console).run(); }

}  // namespace chimneylab::command_line
