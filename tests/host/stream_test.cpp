// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A hand in a run that streams: a recorder holds the driver host, lets it go event by event, chooses what comes next, lets
// something go wrong, asks for another scenario, ends it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "engine/trace/fingerprint.h"
#include "tests/bridge/test_producer.h"

namespace chimneylab::driver_host {
namespace {

using bridge::Server;
using bridge::SessionState;
using testing::HasSubstr;

class HostStream : public testing::Test {
protected:
    void SetUp() override {
        bridge::ServerOptions options;
        options.endpoint = std::get<bridge::Endpoint>(bridge::parse_endpoint("tcp:127.0.0.1:0"));
        auto listening = Server::listen(options, witness_);
        ASSERT_TRUE(std::holds_alternative<std::unique_ptr<Server>>(listening));
        server_ = std::move(std::get<std::unique_ptr<Server>>(listening));
    }
    void TearDown() override {
        if (host_ > 0) {
            kill(host_, SIGKILL);
            waitpid(host_, nullptr, 0);
        }
    }
    void start(const std::string& scenario, std::vector<std::string> more = {}) {
        std::vector<std::string> words{HOST_PROGRAM, "--driver", "reference", "--scenario", scenario, "--connect", server_->endpoint().to_text()};
        words.insert(words.end(), more.begin(), more.end());
        host_ = fork();
        if (host_ != 0) return;
        std::vector<char*> values;
        for (std::string& word : words) values.push_back(word.data());
        values.push_back(nullptr);
        if (freopen("/dev/null", "w", stdout) == nullptr) _exit(126);
        execv(values[0], values.data());
        _exit(127);
    }
    int exit_code() {
        int status = 0;
        waitpid(std::exchange(host_, -1), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    }
    SessionState state() {
        const auto all = server_->sessions();
        return all.empty() ? SessionState{} : all.back();
    }
    template <typename Condition>
    SessionState await(Condition condition) {
        for (int i = 0; i < 2000; ++i) {
            const SessionState now = state();
            if (now.number != 0 && condition(now)) return now;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        ADD_FAILURE() << "it did not come: state " << int(state().producer_state) << ", " << state().events << " events";
        return state();
    }
    SessionState stands(std::uint64_t after = 0) {
        // Events come before the state that follows them: it stands when nothing has come for a while.
        SessionState before;
        return await([&](const SessionState& now) {
            const bool still = now.events > after && now.events == before.events && now.alternatives == before.alternatives &&
                               (now.producer_state == chimney_wire_paused || now.producer_state == chimney_wire_waits_for_choice);
            before = now;
            if (!still) std::this_thread::sleep_for(std::chrono::milliseconds(150));
            return still;
        });
    }
    void ask(std::uint8_t command, std::uint64_t number = 0, const std::string& text = {}) {
        chimney_wire_control control{};
        control.request = ++requests_;
        control.command = command;
        control.number = number;
        control.text = {text.data(), static_cast<std::uint32_t>(text.size())};
        ASSERT_TRUE(server_->control(state().number, control));
    }
    // Goes from point to point until one offers so many alternatives.
    SessionState to_choice(std::size_t alternatives) {
        SessionState now = stands();
        for (int i = 0; i < 400; ++i) {
            if (now.producer_state == chimney_wire_waits_for_choice && now.alternatives.size() >= alternatives) return now;
            const std::uint64_t events = now.events;
            ask(chimney_wire_step, 1'000);
            now = stands(events);
            if (HasFailure()) break;
        }
        ADD_FAILURE() << "no such choice came";
        return now;
    }

    bridge::Witness witness_;
    std::unique_ptr<Server> server_;
    pid_t host_ = -1;
    std::uint32_t requests_ = 0;
};

TEST_F(HostStream, StandsStillStepsAndGoesOn) {
    start("m1", {"--hold"});
    const SessionState held = stands();
    EXPECT_EQ(held.events, 1u) << "the first event is the last until somebody lets it go";
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    EXPECT_EQ(state().events, 1u);
    ask(chimney_wire_step, 5);
    EXPECT_EQ(stands(1).events, 6u);
    // Standing longer than any limit of a run harms nothing.
    std::this_thread::sleep_for(std::chrono::milliseconds(3500));
    ask(chimney_wire_start);
    const auto ended = witness_.ended(1);
    EXPECT_EQ(exit_code(), 0);
    EXPECT_TRUE(ended[0].state.complete()) << ended[0].state.end;
    EXPECT_EQ(ended[0].trace.events().back().kind, trace::EventKind::run_finished);
}

TEST_F(HostStream, TakesWhatIsChosenAndRefusesWhatIsNotThere) {
    start("m3", {"--hold"});
    const SessionState offered = to_choice(2);
    ask(chimney_wire_choose, 99);
    EXPECT_THAT(witness_.answers(requests_).back(), HasSubstr("99"));
    ask(chimney_wire_choose, 1);
    stands(offered.events);
    ask(chimney_wire_start);
    const auto ended = witness_.ended(1);
    EXPECT_EQ(exit_code(), 0) << "a correct driver keeps every promise in any order";
    EXPECT_TRUE(ended[0].state.complete()) << ended[0].state.end;
}

TEST_F(HostStream, AnInjectedFaultIsInTheSession) {
    start("m1", {"--hold"});
    to_choice(1);
    ask(chimney_wire_inject, 0, "earthquake");
    EXPECT_THAT(witness_.answers(requests_).back(), HasSubstr("There are allocation, drop and double"));
    ask(chimney_wire_inject, 0, "drop");
    ask(chimney_wire_start);
    const auto ended = witness_.ended(1);
    EXPECT_EQ(exit_code(), 1) << "an operation that never completes is something to report";
    bool injected = false;
    for (const trace::Event& event : ended[0].trace.events()) injected |= event.kind == trace::EventKind::fault_injected;
    EXPECT_TRUE(injected);
}

TEST_F(HostStream, RunsAnotherScenarioAndStops) {
    start("m1", {"--hold", "--stay"});
    stands();
    ask(chimney_wire_run_scenario, 0, "no-such-scenario");
    EXPECT_THAT(witness_.answers(requests_).back(), HasSubstr("refused"));
    ask(chimney_wire_run_scenario, 0, "m2\n\nlifo");
    const auto first = witness_.ended(1);
    EXPECT_THAT(first[0].state.end, HasSubstr("asked to run m2 instead"));
    // The second begins held as well.
    await([](const SessionState& now) { return now.scenario == "m2" || now.events > 0; });
    stands();
    ask(chimney_wire_start);
    await([](const SessionState& now) { return now.producer_state == chimney_wire_idle; });
    ask(chimney_wire_stop);
    const auto both = witness_.ended(2);
    EXPECT_EQ(both[1].trace.description().scenario, "m2");
    EXPECT_EQ(both[1].trace.description().schedule, "lifo");
    EXPECT_EQ(exit_code(), 0);
}

}  // namespace
}  // namespace chimneylab::driver_host
