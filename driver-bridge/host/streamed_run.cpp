// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/host/streamed_run.h"

#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include "driver-bridge/host_client/protections.h"
#include "engine/scenario/library.h"

namespace chimneylab::driver_host {
namespace {

using bridge::LiveProducer;

constexpr auto look_every = std::chrono::milliseconds(5);
constexpr std::uint32_t capabilities = chimney_wire_can_pause | chimney_wire_can_stop | chimney_wire_can_run_scenario |
                                       chimney_wire_can_inject | chimney_wire_can_choose;

// "chimneylab-host demo.so + reference": what tells one producer from another.
std::string build_of(const HostRequest& request) {
    std::string text;
    for (const std::string& driver : request.drivers)
        text += (text.empty() ? "" : " + ") + std::filesystem::path(driver).filename().string();
    return text;
}

std::string text_of(const scenario::PendingItem& item) {
    std::string text = item.label;
    if (item.operation.valid()) text += ", of operation " + std::to_string(item.operation.value + 1);
    if (item.completes_operation) text += " (completes it)";
    return text;
}

std::optional<scenario::Choice::Fault> fault_named(const std::string& name) {
    if (name == "allocation") return scenario::Choice::Fault::allocation;
    if (name == "drop") return scenario::Choice::Fault::dropped;
    if (name == "double") return scenario::Choice::Fault::doubled;
    return {};
}

class Streaming {
public:
    Streaming(HostRequest request, const StreamOptions& options, LiveProducer& producer)
        : request_(std::move(request)), options_(options), producer_(producer) {}

    StreamedRun run() {
        request_.cancel = &cancel_;
        request_.limits.look_every = look_every;
        request_.begin_held = options_.begin_held;
        request_.follow = [this](const trace::Trace& trace, LiveControl& control) { look(trace, control); };
        StreamedRun streamed;
        streamed.run = run_in_host(request_);
        const trace::Trace& trace = streamed.run.result.trace;
        if (options_.stay && !next_ && !stopped_) wait_for_more(trace);
        const auto [reason, why] = leave(streamed.run);
        streamed.problem = producer_.finish(trace, reason, why);
        streamed.next = std::move(next_);
        return streamed;
    }

private:
    void look(const trace::Trace& trace, LiveControl& control) {
        if (options_.interrupted && options_.interrupted->load()) {
            stopped_ = true;
            cancel_ = true;
        }
        producer_.tick(trace);
        while (const auto command = producer_.take_command()) producer_.answer(*command, obey(*command, &control));
        if (producer_.problem() && control.state() != LiveState::running) control.go_on();  // nobody could let it go any more
        if (const auto point = control.take_point()) {
            alternatives_.clear();
            for (const scenario::PendingItem& item : point->point.pending) alternatives_.push_back(text_of(item));
        }
        switch (control.state()) {
            case LiveState::running: producer_.tell_state(chimney_wire_running); break;
            case LiveState::held: producer_.tell_state(chimney_wire_paused); break;
            case LiveState::at_choice: producer_.tell_state(chimney_wire_waits_for_choice, alternatives_); break;
        }
    }

    // Why not; empty: done.
    std::string obey(const LiveProducer::Command& command, LiveControl* control) {
        if (command.command == chimney_wire_stop) {
            stopped_ = true;
            cancel_ = true;
            return {};
        }
        if (command.command == chimney_wire_run_scenario) return prepare_next(command.text);
        if (control == nullptr) return "the run has ended; another scenario can be run, or the host stopped";
        switch (command.command) {
            case chimney_wire_start: control->go_on(); return {};
            case chimney_wire_pause: control->hold(); return {};
            case chimney_wire_step: control->step(command.number); return {};
            case chimney_wire_choose: return control->choose(std::to_string(command.number) + command.text);
            case chimney_wire_inject:
                if (const auto fault = fault_named(command.text)) {
                    control->inject(*fault);
                    return {};
                }
                return "no such fault: " + command.text + ". There are allocation, drop and double";
            default: return "a driver host cannot do that";
        }
    }

    // Scenario, variant, schedule, in lines.
    std::string prepare_next(const std::string& text) {
        std::array<std::string, 3> words;
        std::size_t at = 0;
        for (std::string& word : words) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            word = text.substr(at, end - at);
            at = std::min(end + 1, text.size());
        }
        const scenario::Loaded loaded = scenario::find_scenario(words[0]);
        if (!loaded.scenario) return loaded.problems.empty() ? "there is no such scenario" : loaded.problems.front().to_text();
        if (!words[2].empty())
            if (const auto parsed = machine::Schedule::parse(words[2]); !parsed) return parsed.error;
        HostRequest next = request_;
        next.scenario = words[0];
        next.scenario_text.clear();
        next.variant = words[1];
        next.schedule = words[2];
        next.cancel = nullptr;
        next.follow = nullptr;
        next_ = std::move(next);
        cancel_ = true;
        return {};
    }

    void wait_for_more(const trace::Trace& trace) {
        producer_.tell_state(chimney_wire_idle);
        while (!next_ && !stopped_ && !producer_.problem() && !(options_.interrupted && options_.interrupted->load())) {
            producer_.tick(trace);
            while (const auto command = producer_.take_command()) producer_.answer(*command, obey(*command, nullptr));
            std::this_thread::sleep_for(look_every);
        }
    }

    std::pair<chimney_wire_goodbye_reason, std::string> leave(const HostRun& run) const {
        if (run.crash) return {chimney_wire_stopped, run.crash->explanation()};
        if (!run.result.problems.empty())
            return {chimney_wire_stopped, "the run could not be begun: " + run.result.problems.front().to_text()};
        if (run.result.cancelled)
            return {chimney_wire_stopped, next_ ? "the host was asked to run " + next_->scenario + " instead" : "the host was asked to stop"};
        if (!run.result.failure.empty()) return {chimney_wire_stopped, run.result.failure};
        return {chimney_wire_finished, {}};
    }

    HostRequest request_;
    const StreamOptions& options_;
    LiveProducer& producer_;
    std::atomic<bool> cancel_{false};
    std::optional<HostRequest> next_;
    std::vector<std::string> alternatives_;
    bool stopped_ = false;
};

}  // namespace

std::variant<StreamedRun, bridge::Problem> run_streamed(HostRequest request, const StreamOptions& options) {
    bridge::LiveProducerOptions producer_options;
    producer_options.endpoint = options.endpoint;
    producer_options.token = options.token;
    producer_options.name = request.producer;
    producer_options.build = build_of(request);
    if (request.confine) producer_options.build += " (drivers confined: " + available_protections().to_text() + ")";
    producer_options.capabilities = capabilities;
    auto connected = LiveProducer::connect(producer_options);
    if (auto* problem = std::get_if<bridge::Problem>(&connected)) return std::move(*problem);
    return Streaming(std::move(request), options, *std::get<std::unique_ptr<LiveProducer>>(connected)).run();
}

}  // namespace chimneylab::driver_host
