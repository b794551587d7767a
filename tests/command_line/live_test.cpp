// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// record and replay as their users start them: two programs and a wire between them.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "tests/command_line/program.h"

namespace chimneylab::command_line {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// A program that runs beside the test.
class Background {
public:
    explicit Background(const std::vector<std::string>& arguments, const char* program = CHIMNEYLAB_CLI) {
        int out[2];
        if (pipe(out) != 0) throw std::runtime_error("pipe");
        child_ = fork();
        if (child_ == 0) {
            dup2(out[1], STDOUT_FILENO);
            close(out[0]);
            close(out[1]);
            std::vector<char*> values{const_cast<char*>(program)};
            for (const std::string& argument : arguments) values.push_back(const_cast<char*>(argument.c_str()));
            values.push_back(nullptr);
            execv(program, values.data());
            _exit(127);
        }
        close(out[1]);
        out_ = out[0];
    }
    ~Background() {
        if (child_ > 0) {
            kill(child_, SIGKILL);
            waitpid(child_, nullptr, 0);
        }
        close(out_);
    }
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;

    std::string line() {
        std::string text;
        for (char c; read(out_, &c, 1) == 1 && c != '\n';) text += c;
        return text;
    }
    std::string line_with(const std::string& part) {
        for (int i = 0; i < 1000; ++i) {
            std::string text = line();
            if (text.empty() || text.find(part) != std::string::npos) return text;
        }
        return "";
    }
    // Everything it still says, and its exit code.
    std::pair<std::string, int> end() {
        std::string text;
        for (std::string each; !(each = line()).empty();) text += each + "\n";
        int status = 0;
        waitpid(child_, &status, 0);
        child_ = -1;
        return {text, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)};
    }
    void interrupt() const { kill(child_, SIGINT); }
    void kill_at_once() const { kill(child_, SIGKILL); }

private:
    pid_t child_ = -1;
    int out_ = -1;
};

class Live : public testing::Test {
protected:
    std::string recorded(const std::string& scenario) {
        const std::string file = scratch_.file(scenario + ".chimney");
        fingerprint_ = run_program({"run", scenario, "--json", "--record", file}).json().at("fingerprint");
        return file;
    }
    static std::string endpoint_in(const std::string& line) {
        const std::size_t at = line.find("tcp:");
        return at == std::string::npos ? "" : line.substr(at, line.find(';') - at);
    }
    ScratchDirectory scratch_;
    std::string fingerprint_;
};

TEST_F(Live, WhatIsRecordedEqualsWhatWasReplayed) {
    const std::string original = recorded("m1");
    const std::string copy = scratch_.file("live.chimney");
    Background recorder({"record", "--listen", "tcp:127.0.0.1:0", "-o", copy, "--sessions", "1"});
    const std::string endpoint = endpoint_in(recorder.line_with("listening on"));
    const Ended replayed = run_program({"replay", original, "--connect", endpoint, "--json"});
    EXPECT_EQ(replayed.code, 0) << replayed.err;
    EXPECT_EQ(replayed.json().at("fingerprint"), fingerprint_);
    const auto [words, code] = recorder.end();
    EXPECT_EQ(code, 0);
    EXPECT_THAT(words, HasSubstr(fingerprint_));
    const json shown = run_program({"verify", copy, "--json"}).json();
    EXPECT_EQ(shown.at("fingerprint"), fingerprint_);
    EXPECT_EQ(shown.at("scenario"), "m1");
}

TEST_F(Live, OfTwoProducersOneIsKilledAndBothSessionsAreThere) {
    const std::string original = recorded("m3");
    const std::string output = scratch_.file("live.chimney");
    Background recorder({"record", "--listen", "tcp:127.0.0.1:0", "-o", output});
    const std::string endpoint = endpoint_in(recorder.line_with("listening on"));
    {
        Background slow({"replay", original, "--connect", endpoint, "--rate", "100"});
        recorder.line_with("is connected");
        recorder.line_with("events");  // some have come
        slow.kill_at_once();
        slow.end();
    }
    recorder.line_with("waiting for it to come back");
    EXPECT_EQ(run_program({"replay", original, "--connect", endpoint}).code, 0);
    EXPECT_THAT(recorder.line_with(fingerprint_), HasSubstr("live-2.chimney"));
    recorder.interrupt();
    const auto [words, code] = recorder.end();
    EXPECT_EQ(code, 1);  // there is something to report
    EXPECT_THAT(words, HasSubstr("is not complete"));
    EXPECT_EQ(run_program({"verify", scratch_.file("live-2.chimney"), "--json"}).json().at("fingerprint"), fingerprint_);
    // The file says it as well: at the event after which it happened, and to whoever opens it.
    const std::string why = "the producer closed the connection without taking leave and had not come back when the recorder was stopped";
    const Ended part = run_program({"show", output, "--all"});
    EXPECT_THAT(part.out, HasSubstr(why));
    EXPECT_THAT(part.err, HasSubstr("The recording is whole, the session is not: " + why));
    EXPECT_THAT(std::string(run_program({"verify", output, "--json"}).json().at("notice")), HasSubstr(why));
    EXPECT_EQ(run_program({"verify", scratch_.file("live-2.chimney"), "--json"}).json().at("notice"), "");
}

// Whoever kills the recorder finds in the file what had come, but for the last moments.
TEST_F(Live, AKilledRecorderLeavesASessionThatOpens) {
    const std::string original = recorded("m5");
    const std::string output = scratch_.file("killed.chimney");
    Background recorder({"record", "--listen", "tcp:127.0.0.1:0", "-o", output});
    const std::string endpoint = endpoint_in(recorder.line_with("listening on"));
    Background slow({"replay", original, "--connect", endpoint, "--rate", "100"});
    recorder.line_with("is connected");
    std::uint64_t told = 0;
    for (int i = 0; i < 3; ++i) {  // it tells every second what has come
        const std::string line = recorder.line_with(" events");
        told = std::stoull(line.substr(line.find(": ") + 2));
    }
    recorder.kill_at_once();
    recorder.end();
    slow.kill_at_once();
    slow.end();
    const Ended verified = run_program({"verify", output, "--json"});
    const std::uint64_t kept = verified.json().at("events");
    EXPECT_GE(kept + 100, told) << "no more than what came in a second is lost";
    EXPECT_GT(kept, 0u);
    EXPECT_THAT(verified.err + run_program({"show", output, "--all"}).err, HasSubstr("cut short"));
}

// The session of a machine around a driver from a file is the same whether it is written here or streamed and written there.
TEST_F(Live, AStreamedRunIsTheRunThatRecordWrites) {
    const std::string here = scratch_.file("here.chimney"), there = scratch_.file("there.chimney");
    const Ended plain = run_program({"run", "m5", "--driver", REFERENCE_DRIVER, "--record", here, "--json"});
    EXPECT_EQ(plain.code, 0) << plain.err;
    Background recorder({"record", "--listen", "tcp:127.0.0.1:0", "-o", there, "--sessions", "1"});
    const std::string endpoint = endpoint_in(recorder.line_with("listening on"));
    Background host({"--driver", REFERENCE_DRIVER, "--scenario", "m5", "--connect", endpoint}, CHIMNEYLAB_HOST);
    EXPECT_EQ(host.end().second, 0);
    EXPECT_EQ(recorder.end().second, 0);
    const Ended compared = run_program({"compare", here, there, "--json"});
    EXPECT_EQ(compared.code, 0) << compared.out;
    const json one = run_program({"verify", here, "--json"}).json(), other = run_program({"verify", there, "--json"}).json();
    EXPECT_EQ(one.at("fingerprint"), other.at("fingerprint")) << "event by event, byte by byte";
    EXPECT_EQ(one.at("events"), other.at("events"));
    EXPECT_EQ(other.at("scenario"), "m5");
}

TEST_F(Live, OfTwoHostsOneIsKilledAndBothSessionsOpen) {
    const std::string output = scratch_.file("live.chimney");
    Background recorder({"record", "--listen", "tcp:127.0.0.1:0", "-o", output});
    const std::string endpoint = endpoint_in(recorder.line_with("listening on"));
    Background held({"--driver", REFERENCE_DRIVER, "--scenario", "m3", "--connect", endpoint, "--hold"}, CHIMNEYLAB_HOST);
    recorder.line_with("is connected");
    recorder.line_with("events");  // it has begun
    Background whole({"--driver", REFERENCE_DRIVER, "--scenario", "m5", "--connect", endpoint}, CHIMNEYLAB_HOST);
    EXPECT_EQ(whole.end().second, 0);
    recorder.line_with("fingerprint");
    held.kill_at_once();
    held.end();
    recorder.line_with("waiting for it to come back");
    recorder.interrupt();
    EXPECT_EQ(recorder.end().second, 1);
    EXPECT_EQ(run_program({"verify", scratch_.file("live-2.chimney")}).code, 0);
    const Ended part = run_program({"show", output, "--all"});
    EXPECT_THAT(part.out, HasSubstr("the producer closed the connection without taking leave"));
}

TEST_F(Live, ACrashIsTheReasonOfAHostsGoodbye) {
    const std::string output = scratch_.file("live.chimney");
    Background recorder({"record", "--listen", "tcp:127.0.0.1:0", "-o", output, "--sessions", "1"});
    const std::string endpoint = endpoint_in(recorder.line_with("listening on"));
    Background host({"--driver", "reference", "--driver", "context-not-published", "--scenario", "m2", "--connect", endpoint},
                    CHIMNEYLAB_HOST);
    EXPECT_EQ(host.end().second, 1);
    const auto [words, code] = recorder.end();
    EXPECT_EQ(code, 1);
    EXPECT_THAT(words, HasSubstr("is not complete: "));
    const Ended shown = run_program({"show", output, "--all"});
    EXPECT_THAT(shown.out, HasSubstr("The recording ended: "));
    EXPECT_THAT(shown.out, HasSubstr("after event "));
}

TEST_F(Live, AHostWithoutARecorderSaysWhatToDo) {
    Background host({"--scenario", "m1", "--connect", "tcp:127.0.0.1:1"}, CHIMNEYLAB_HOST);
    EXPECT_EQ(host.end().second, 2);
}

TEST_F(Live, BadUsageIsOneClearLine) {
    const std::string output = scratch_.file("live.chimney");
    const auto error = [](const std::vector<std::string>& arguments) {
        const Ended ended = run_program(arguments);
        EXPECT_EQ(ended.code, 2);
        EXPECT_EQ(ended.error_lines(), 1u);
        return ended.err;
    };
    EXPECT_THAT(error({"record", "--listen", "here", "-o", output}), HasSubstr("begins with neither tcp: nor unix:"));
    EXPECT_THAT(error({"record", "--listen", "tcp:0.0.0.0:0", "-o", output}), HasSubstr("no token is set"));
    EXPECT_THAT(error({"record", "--listen", "tcp:127.0.0.1:0", "-o", scratch_.file("no/where/x")}), HasSubstr("-o"));
    EXPECT_THAT(error({"record", "--listen", "tcp:127.0.0.1:0"}), HasSubstr("--output"));
    EXPECT_THAT(error({"record", "--listen", "tcp:127.0.0.1:0", "-o", output, "--token-file", scratch_.file("none")}),
                HasSubstr("Make one with"));
    EXPECT_THAT(error({"replay", output, "--connect", "tcp:127.0.0.1:1"}), HasSubstr(output));
    const std::string original = recorded("m1");
    EXPECT_THAT(error({"replay", original, "--connect", "unix:" + scratch_.file("nobody")}), HasSubstr("record --listen"));
    EXPECT_FALSE(std::filesystem::exists(output));
}

}  // namespace
}  // namespace chimneylab::command_line
