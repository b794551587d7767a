// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// chimneylab-cli record: live sessions straight into files, without a desktop. Nothing of a session is kept in memory but
// what is needed to understand its next event, and what has come is on the disk a moment later.
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
#include "engine/session/writer.h"
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

// The first session gets the name that was asked for; later ones a free name beside it. A file that was there before the
// program began is replaced by the first session alone.
class FileNames {
public:
    explicit FileNames(std::filesystem::path output) : output_(std::move(output)) {}
    std::filesystem::path next() {
        if (++given_ == 1) return output_;
        for (unsigned suffix = given_;; ++suffix) {
            std::filesystem::path candidate = output_;
            candidate.replace_filename(output_.stem().string() + "-" + std::to_string(suffix) + output_.extension().string());
            if (!std::filesystem::exists(candidate)) return candidate;
        }
    }

private:
    std::filesystem::path output_;
    unsigned given_ = 0;
};

// One session on its way to the disk. The server's thread fills it; the verb's thread closes it afterwards.
class ToFile : public bridge::Recipient {
public:
    explicit ToFile(std::filesystem::path file) : file_(std::move(file)) {
        auto created = session::Writer::create(file_);
        if (auto* problem = std::get_if<session::Problem>(&created))
            problem_ = problem->to_text();
        else
            writer_ = std::move(std::get<std::unique_ptr<session::Writer>>(created));
    }
    void described(const trace::RunDescription& description, std::span<const trace::Layer> layers) override {
        if (writer_) writer_->describe(description, layers);
    }
    void grew(const session::Part& part) override {
        if (writer_) writer_->extend(part);
    }
    std::optional<std::string> problem() override {
        if (writer_ && !problem_)
            if (const auto failed = writer_->problem()) problem_ = failed->to_text();
        return problem_;
    }
    // `lacking`: what the session lacks, empty for nothing.
    std::optional<std::string> finish(std::string lacking) {
        if (writer_) writer_->lacks(std::move(lacking));
        if (writer_ && !problem_)
            if (const auto failed = writer_->finish()) problem_ = failed->to_text();
        return problem_;
    }
    [[nodiscard]] const std::filesystem::path& file() const { return file_; }

private:
    std::filesystem::path file_;
    std::unique_ptr<session::Writer> writer_;
    std::optional<std::string> problem_;
};

// Hears what happens on the server's thread and tells it on the verb's.
class Inbox : public bridge::Observer {
public:
    struct Ended {
        SessionState state;
        std::shared_ptr<ToFile> recording;
    };
    explicit Inbox(std::filesystem::path output) : names_(std::move(output)) {}

    std::shared_ptr<bridge::Recipient> recipient(const SessionState& state) override {
        auto recording = std::make_shared<ToFile>(names_.next());
        recordings_[state.number] = recording;
        return recording;
    }
    void session_started(const SessionState& state) override {
        tell(fmt::format("session {}: {} is connected; recording to {}", state.number, state.producer,
                         recordings_[state.number]->file().string()));
    }
    void session_changed(const SessionState& state) override {
        if (state.stage == bridge::SessionStage::waiting_for_return)
            tell(fmt::format("session {}: {}; waiting for it to come back", state.number, state.end));
        else if (state.connections > 1 && state.producer_state == chimney_wire_running)
            tell(fmt::format("session {}: {} is connected again", state.number, state.producer));
    }
    void session_ended(const SessionState& state, trace::Trace) override {
        const std::lock_guard lock(mutex_);
        ended_.push_back({state, std::move(recordings_[state.number])});
        recordings_.erase(state.number);
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
    FileNames names_;                                               // the server's thread alone
    std::map<std::uint32_t, std::shared_ptr<ToFile>> recordings_;  // the same
    std::mutex mutex_;
    std::condition_variable news_;
    std::deque<std::string> lines_;
    std::deque<Ended> ended_;
};

// Reading a long session again would keep its person waiting; `verify` tells the fingerprint of any.
constexpr std::uint64_t most_events_to_read_again = 2'000'000;

std::string fingerprint_of(const std::filesystem::path& file, std::uint64_t events) {
    if (events > most_events_to_read_again) return {};
    const auto opened = session::open(file);
    const auto* session = std::get_if<session::Opened>(&opened);
    return session ? trace::fingerprint_text(trace::fingerprint(session->trace)) : std::string();
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
        server_options.limits.trace_bytes = options_.limit_mib == 0 ? ~std::uint64_t{0} : std::uint64_t{options_.limit_mib} << 20;
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
        Inbox inbox(options_.output);
        auto listening = bridge::Server::listen(server_options, inbox);
        if (const auto* problem = std::get_if<bridge::Problem>(&listening))
            return refuse("--listen: " + problem->what, problem->remedy, console_);
        auto server = std::move(std::get<std::unique_ptr<bridge::Server>>(listening));
        const std::string where = server->endpoint().to_text();
        tell("listening on " + where + (options_.sessions == 0 ? "; Ctrl-C ends" : ""));
        bool going = true;
        while (going) {
            for (const std::string& line : inbox.lines()) tell(line);
            for (const Inbox::Ended& each : inbox.ended()) close(each);
            tell_progress(*server);
            going = !interruption.came() && (options_.sessions == 0 || saved_ + failed_ < options_.sessions);
        }
        server->stop();
        for (const std::string& line : inbox.lines()) tell(line);
        for (const Inbox::Ended& each : inbox.ended()) close(each);
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

    void close(const Inbox::Ended& ended) {
        const SessionState& state = ended.state;
        const std::filesystem::path& file = ended.recording->file();
        const auto problem = ended.recording->finish(state.lacking());
        const std::string fingerprint = problem ? std::string() : fingerprint_of(file, state.events);
        if (problem) {
            ++failed_;
            console_.err << "chimneylab-cli: " << printable(*problem) << std::endl;
        } else {
            ++saved_;
            tell(fmt::format("session {}: {} events{}, in {}", state.number, state.events,
                             fingerprint.empty() ? std::string() : ", fingerprint " + fingerprint, file.string()));
        }
        if (!state.complete()) {
            ++incomplete_;
            tell(fmt::format("session {} is not complete: {}", state.number, state.lacking()));
        }
        sessions_.push_back(Json{{"number", state.number},
                                 {"producer", state.producer},
                                 {"file", problem ? "" : file.string()},
                                 {"events", state.events},
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
