// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The recorder over real sockets, with producers that behave and producers that do not: each may harm its own session
// alone, and every session tells how it ended.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "driver-bridge/producer/replay.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/integrity.h"
#include "tests/bridge/test_producer.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::bridge {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ServerTest : public testing::Test {
protected:
    static ServerOptions quick() {
        ServerOptions options;
        options.endpoint = std::get<Endpoint>(parse_endpoint("tcp:127.0.0.1:0"));
        return options;
    }
    Server& start(const ServerOptions& options = quick()) {
        auto started = Server::listen(options, witness_);
        if (const auto* problem = std::get_if<Problem>(&started)) throw std::runtime_error(problem->to_text());
        server_ = std::move(std::get<std::unique_ptr<Server>>(started));
        return *server_;
    }
    // A well-behaved producer is served, whatever the others did.
    void expect_still_works(std::size_t sessions_before) {
        TestProducer producer(server_->endpoint());
        ASSERT_TRUE(producer.send(hello_bytes() + trace_bytes(original_) + goodbye_bytes(original_.size())));
        const auto ended = witness_.ended(sessions_before + 1);
        expect_original(ended.back().trace);
        EXPECT_TRUE(ended.back().state.complete()) << ended.back().state.end;
    }
    void expect_original(const trace::Trace& recorded) {
        EXPECT_EQ(trace::integrity_problem(recorded).value_or(""), "");
        EXPECT_EQ(trace::fingerprint(recorded), trace::fingerprint(original_));
    }
    // Of a session that did not end well: it holds together, has so many events of the original and tells why it ended.
    void expect_part(const Witness::Recorded& recorded, std::size_t events, const std::string& why) {
        EXPECT_EQ(trace::integrity_problem(recorded.trace).value_or(""), "");
        ASSERT_EQ(recorded.trace.size(), events + 1);
        for (std::uint32_t i = 0; i < events; ++i)
            EXPECT_EQ(recorded.trace.event(trace::EventId(i)), original_.event(trace::EventId(i)));
        EXPECT_THAT(std::string(recorded.trace.text(recorded.trace.events().back().name)), HasSubstr(why));
        EXPECT_THAT(recorded.state.end, HasSubstr(why));
    }

    const trace::Trace original_ = trace::synthetic::five_operations(1);
    Witness witness_;
    std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, AReplayedSessionIsTheSameSession) {
    ReplayOptions options;
    options.endpoint = start().endpoint();
    const ReplayResult result = replay(original_, options);
    EXPECT_FALSE(result.problem) << result.problem->to_text();
    EXPECT_EQ(result.recorded, original_.size());
    const auto ended = witness_.ended(1);
    EXPECT_TRUE(ended[0].state.complete());
    expect_original(ended[0].trace);
    EXPECT_EQ(ended[0].trace.description(), original_.description());
    EXPECT_EQ(trace::content_hash(ended[0].trace), trace::content_hash(original_));
}

TEST_F(ServerTest, UnixSocketsWorkAreOursAloneAndAreTidiedUp) {
    const std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("chimneylab-bridge-" + std::to_string(getpid()));
    ServerOptions server_options = quick();
    server_options.endpoint = std::get<Endpoint>(parse_endpoint("unix:" + path.string()));
    start(server_options);
    struct stat about{};
    ASSERT_EQ(stat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 077, 0u);
    ReplayOptions options;
    options.endpoint = server_->endpoint();
    EXPECT_FALSE(replay(original_, options).problem);
    expect_original(witness_.ended(1)[0].trace);
    // Somebody listens there: a second recorder is refused, and the first one goes on.
    Witness other;
    const auto second = Server::listen(server_options, other);
    ASSERT_TRUE(std::holds_alternative<Problem>(second));
    EXPECT_THAT(std::get<Problem>(second).to_text(), HasSubstr("Another program listens there"));
    expect_still_works(1);
    server_.reset();
    EXPECT_FALSE(std::filesystem::exists(path));
    // A socket that a dead program left behind is in nobody's way.
    {
        const int left = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        std::strncpy(at.sun_path, path.c_str(), sizeof at.sun_path - 1);
        ASSERT_EQ(::bind(left, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
        ::close(left);
    }
    start(server_options);
    expect_still_works(2);
}

TEST_F(ServerTest, ManyProducersAtOnceEachItsOwnSession) {
    start();
    std::vector<std::thread> producers;
    std::atomic<int> problems{0};
    for (unsigned i = 0; i < 6; ++i)
        producers.emplace_back([&, i] {
            trace::synthetic::Options synthetic;
            synthetic.intermediate_drivers = i;
            ReplayOptions options;
            options.endpoint = server_->endpoint();
            if (replay(trace::synthetic::make_trace(synthetic), options).problem) ++problems;
        });
    for (std::thread& each : producers) each.join();
    EXPECT_EQ(problems, 0);
    std::vector<std::uint64_t> wanted, got;
    for (unsigned i = 0; i < 6; ++i) {
        trace::synthetic::Options synthetic;
        synthetic.intermediate_drivers = i;
        wanted.push_back(trace::fingerprint(trace::synthetic::make_trace(synthetic)));
    }
    for (const auto& each : witness_.ended(6)) got.push_back(trace::fingerprint(each.trace));
    EXPECT_THAT(got, testing::UnorderedElementsAreArray(wanted));
}

TEST_F(ServerTest, AProducerThatDiesLeavesWhatItSent) {
    start();
    {
        TestProducer producer(server_->endpoint());
        producer.send(hello_bytes() + trace_bytes(original_, 0, 20));
        witness_.await_events(20);
    }
    expect_part(witness_.ended(1)[0], 20, "closed the connection without taking leave");
    expect_still_works(1);
}

TEST_F(ServerTest, AProducerThatDiesInAFrameLosesThatFrameAlone) {
    start();
    {
        TestProducer producer(server_->endpoint());
        Bytes half = trace_bytes(original_, 20, 30);
        half.resize(half.size() - 50);
        producer.send(hello_bytes() + trace_bytes(original_, 0, 20) + half);
        witness_.await_events(20);
    }
    expect_part(witness_.ended(1)[0], 20, "in the middle of a frame");
    expect_still_works(1);
}

TEST_F(ServerTest, AProducerThatStallsIsTakenForGone) {
    ServerOptions options = quick();
    options.keepalive = std::chrono::milliseconds(30);
    options.silence = std::chrono::milliseconds(150);
    start(options);
    TestProducer producer(server_->endpoint());
    producer.send(hello_bytes() + trace_bytes(original_, 0, 20));
    EXPECT_THAT(producer.await_goodbye(), HasSubstr("said nothing for 150 ms"));
    expect_part(witness_.ended(1)[0], 20, "said nothing for 150 ms");
}

TEST_F(ServerTest, AProducerThatStaysSilentAtTheDoorIsSentAway) {
    ServerOptions options = quick();
    options.introduction = std::chrono::milliseconds(60);
    start(options);
    TestProducer producer(server_->endpoint());
    producer.send({1, 2});
    EXPECT_THAT(producer.await_goodbye(), HasSubstr("no HELLO came"));
    EXPECT_THAT(witness_.refusals(1)[0], HasSubstr("no HELLO came"));
    EXPECT_EQ(witness_.started(), 0u);
}

TEST_F(ServerTest, AProducerThatLiesAboutALengthEndsItsSession) {
    start();
    TestProducer producer(server_->endpoint());
    producer.send(hello_bytes() + trace_bytes(original_, 0, 20));
    Bytes lie(chimney_wire_header_size);
    chimney_wire_put_header(lie.data(), chimney_wire_events_frame, 0xFFFFFFF0);
    producer.send(lie);
    EXPECT_THAT(producer.await_goodbye(), HasSubstr("claims 4294967280 bytes"));
    expect_part(witness_.ended(1)[0], 20, "claims 4294967280 bytes");
    EXPECT_EQ(witness_.ended(1)[0].state.reason, chimney_wire_too_large);
    expect_still_works(1);
}

TEST_F(ServerTest, GarbageIsNamedAndRefused) {
    start();
    TestProducer producer(server_->endpoint());
    const std::string request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    producer.send(Bytes(request.begin(), request.end()));
    EXPECT_THAT(producer.await_goodbye(), HasSubstr("not ChimneyLab's protocol"));
    EXPECT_THAT(witness_.refusals(1)[0], HasSubstr("not ChimneyLab's protocol"));
    TestProducer later(server_->endpoint());
    Bytes garbage(5000, 0xA5);
    later.send(hello_bytes() + trace_bytes(original_, 0, 20) + garbage);
    expect_part(witness_.ended(1)[0], 20, "does not begin as a frame does");
    expect_still_works(1);
}

TEST_F(ServerTest, AnEventOfAnUnknownKindEndsTheSessionBeforeIt) {
    start();
    TestProducer producer(server_->endpoint());
    chimney_wire_event event = message_event(20);
    event.kind = 200;
    producer.send(hello_bytes() + trace_bytes(original_, 0, 20) + events_frame(record_bytes(event)));
    expect_part(witness_.ended(1)[0], 20, "unknown kind");
}

TEST_F(ServerTest, AWrongVersionIsRefusedWithTheRemedy) {
    start();
    TestProducer producer(server_->endpoint());
    HelloWords words;
    words.lowest = 3;
    words.highest = 4;
    producer.send(hello_bytes(words));
    EXPECT_THAT(producer.await_goodbye(), AllOf(HasSubstr("versions 3 to 4"), HasSubstr("version 1"), HasSubstr("Update")));
}

TEST_F(ServerTest, AWrongTokenIsRefusedAndNotRepeated) {
    ServerOptions options = quick();
    options.token = Token("correct horse battery");
    start(options);
    HelloWords words;
    words.token = "wrong horse battery!!";
    TestProducer producer(server_->endpoint());
    producer.send(hello_bytes(words));
    EXPECT_THAT(producer.await_goodbye(), AllOf(HasSubstr("token"), testing::Not(HasSubstr("horse"))));
    ReplayOptions replay_options;
    replay_options.endpoint = server_->endpoint();
    const ReplayResult refused = replay(original_, replay_options);
    ASSERT_TRUE(refused.problem);
    EXPECT_THAT(refused.problem->to_text(), AllOf(HasSubstr("token"), HasSubstr("--token-file")));
    replay_options.token = options.token;
    EXPECT_FALSE(replay(original_, replay_options).problem);
    expect_original(witness_.ended(1)[0].trace);
}

TEST_F(ServerTest, OtherMachinesNeedAToken) {
    ServerOptions options = quick();
    options.endpoint = std::get<Endpoint>(parse_endpoint("tcp:0.0.0.0:0"));
    const auto refused = Server::listen(options, witness_);
    ASSERT_TRUE(std::holds_alternative<Problem>(refused));
    EXPECT_THAT(std::get<Problem>(refused).to_text(), HasSubstr("no token"));
    options.token = Token("0123456789abcdef");
    EXPECT_TRUE(std::holds_alternative<std::unique_ptr<Server>>(Server::listen(options, witness_)));
}

TEST_F(ServerTest, AFloodEndsAtItsLimitAndHarmsNobody) {
    ServerOptions options = quick();
    options.limits.trace_bytes = 3u << 20;
    // The calm one says nothing while the flood lasts, and how long that is is the machine's affair.
    options.silence = std::chrono::minutes(5);
    start(options);
    std::thread flood([&] {
        TestProducer producer(server_->endpoint());
        producer.send(hello_bytes());
        for (std::uint64_t next = 0; next < 1'000'000;) {
            Bytes records;
            for (int i = 0; i < 500; ++i) records = std::move(records) + record_bytes(message_event(next++));
            if (!producer.send(events_frame(records))) break;
        }
    });
    TestProducer calm(server_->endpoint());
    calm.send(hello_bytes() + trace_bytes(original_, 0, 20));
    flood.join();
    calm.send(trace_bytes(original_, 20) + goodbye_bytes(original_.size()));
    for (const auto& each : witness_.ended(2)) {
        EXPECT_EQ(trace::integrity_problem(each.trace).value_or(""), "");
        if (each.state.reason == chimney_wire_limit_reached) {
            EXPECT_THAT(each.state.end, HasSubstr("limit of 3 MiB"));
            EXPECT_LT(each.trace.size(), 60'000u);
        } else {
            expect_original(each.trace);
        }
    }
}

TEST_F(ServerTest, AProducerThatNeverReadsIsHeldOnlySoLong) {
    ServerOptions options = quick();
    options.keepalive = std::chrono::milliseconds(20);
    options.silence = std::chrono::milliseconds(200);
    start(options);
    TestProducer producer(server_->endpoint());
    producer.send(hello_bytes() + trace_bytes(original_, 0, 20));
    witness_.ended(1);
    expect_still_works(1);
}

TEST_F(ServerTest, AProducerThatComesBackGoesOnWhereTheRecorderIs) {
    start();
    HelloWords words;
    words.session = 7;
    words.capabilities |= chimney_wire_can_resume;
    {
        TestProducer producer(server_->endpoint());
        producer.send(hello_bytes(words) + trace_bytes(original_, 0, 20));
        witness_.await_events(20);
    }
    witness_.await_stage(SessionStage::waiting_for_return);
    words.resumes = true;
    TestProducer again(server_->endpoint());
    again.send(hello_bytes(words));
    const auto frame = again.await(chimney_wire_welcome_frame);
    chimney_wire_welcome welcome;
    ASSERT_TRUE(chimney_wire_get_welcome(frame.payload.data(), frame.payload.size(), &welcome));
    EXPECT_EQ(welcome.next_sequence, 20u);
    // Some more than needed: what comes twice is taken once.
    again.send(trace_bytes(original_, 10) + goodbye_bytes(original_.size()));
    const auto ended = witness_.ended(1);
    expect_original(ended[0].trace);
    EXPECT_EQ(ended[0].state.connections, 2u);
    EXPECT_TRUE(ended[0].state.complete());
    EXPECT_EQ(ended[0].state.losses.repeated, 10u);
}

TEST_F(ServerTest, ASecondConnectionOfTheSameSessionReplacesTheFirst) {
    start();
    HelloWords words;
    words.session = 9;
    words.capabilities |= chimney_wire_can_resume;
    TestProducer stuck(server_->endpoint());
    stuck.send(hello_bytes(words) + trace_bytes(original_, 0, 20));
    witness_.await_events(20);
    words.resumes = true;
    TestProducer again(server_->endpoint());
    again.send(hello_bytes(words) + trace_bytes(original_, 20) + goodbye_bytes(original_.size()));
    EXPECT_THAT(stuck.await_goodbye(), HasSubstr("another connection"));
    expect_original(witness_.ended(1)[0].trace);
}

TEST_F(ServerTest, AProducerThatDoesNotComeBackIsGivenUp) {
    ServerOptions options = quick();
    options.return_within = std::chrono::milliseconds(50);
    start(options);
    HelloWords words;
    words.session = 7;
    words.capabilities |= chimney_wire_can_resume;
    {
        TestProducer producer(server_->endpoint());
        producer.send(hello_bytes(words) + trace_bytes(original_, 0, 20));
        witness_.await_events(20);
    }
    expect_part(witness_.ended(1)[0], 20, "did not come back within 50 ms");
    words.resumes = true;
    TestProducer late(server_->endpoint());
    late.send(hello_bytes(words));
    EXPECT_THAT(late.await_goodbye(), HasSubstr("no session of this number"));
}

TEST_F(ServerTest, WhatTheProducerDroppedIsInTheSession) {
    start();
    TestProducer producer(server_->endpoint());
    const chimney_wire_drops drops{12};
    Bytes told(16);
    told.resize(chimney_wire_put_drops(told.data(), told.size(), &drops));
    producer.send(hello_bytes() + trace_bytes(original_, 0, 20) + told + goodbye_bytes(20));
    const auto ended = witness_.ended(1);
    EXPECT_EQ(ended[0].state.losses.dropped, 12u);
    EXPECT_FALSE(ended[0].state.complete());
    EXPECT_THAT(std::string(ended[0].trace.text(ended[0].trace.events().back().name)),
                HasSubstr("12 events were dropped by the producer"));
}

TEST_F(ServerTest, AReplayCanBePausedSteppedStartedAndStopped) {
    start();
    ReplayOptions options;
    options.endpoint = server_->endpoint();
    options.events_per_second = 20;  // slow enough to be paused
    ReplayResult result;
    std::thread replaying([&] { result = replay(original_, options); });
    witness_.await_events(1);
    const auto ask = [&](std::uint32_t request, std::uint8_t command, std::uint64_t number = 0) {
        return server_->control(1, {request, command, number, {nullptr, 0}});
    };
    EXPECT_TRUE(ask(1, chimney_wire_pause));
    witness_.answers(1);
    const std::uint64_t before = server_->sessions().at(0).events;
    EXPECT_TRUE(ask(2, chimney_wire_step, 3));
    witness_.await_events(before + 3);
    EXPECT_FALSE(ask(3, chimney_wire_inject));  // it said that it cannot
    EXPECT_FALSE(server_->control(99, {4, chimney_wire_pause, 0, {nullptr, 0}}));
    EXPECT_TRUE(ask(5, chimney_wire_stop));
    replaying.join();
    EXPECT_TRUE(result.stopped);
    const auto ended = witness_.ended(1);
    EXPECT_EQ(ended[0].state.reason, chimney_wire_stopped);
    EXPECT_EQ(ended[0].trace.size(), result.recorded + 1);
    EXPECT_LT(ended[0].trace.size(), original_.size());
    EXPECT_EQ(witness_.answers(3)[0], "1 done");
}

TEST_F(ServerTest, StoppingTheRecorderEndsSessionsHonestly) {
    start();
    TestProducer producer(server_->endpoint());
    producer.send(hello_bytes() + trace_bytes(original_, 0, 20));
    witness_.await_events(20);
    std::thread stopping([&] { server_->stop(); });
    EXPECT_THAT(producer.await_goodbye(), HasSubstr("the recorder was stopped"));
    producer.close();
    stopping.join();
    expect_part(witness_.ended(1)[0], 20, "the recorder was stopped");
}

TEST_F(ServerTest, AThousandConnectionsComeAndGo) {
    start();
    for (int i = 0; i < 1000; ++i) {
        TestProducer producer(server_->endpoint());
        ASSERT_TRUE(producer.connected()) << i;
        if (i % 3 == 0) producer.send({0});
    }
    expect_still_works(0);
    const auto descriptors = std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
    EXPECT_LT(descriptors, 300);
}

TEST_F(ServerTest, TooManyAtOnceAreRefusedAndTheOthersGoOn) {
    ServerOptions options = quick();
    options.most_sessions = 2;
    start(options);
    TestProducer first(server_->endpoint()), second(server_->endpoint());
    first.send(hello_bytes() + trace_bytes(original_, 0, 20));
    second.send(hello_bytes() + trace_bytes(original_, 0, 20));
    first.await(chimney_wire_welcome_frame);
    second.await(chimney_wire_welcome_frame);
    TestProducer third(server_->endpoint());
    third.send(hello_bytes());
    EXPECT_THAT(third.await_goodbye(), HasSubstr("already records 2 sessions"));
    first.send(trace_bytes(original_, 20) + goodbye_bytes(original_.size()));
    expect_original(witness_.ended(1)[0].trace);
    expect_still_works(1);
}

TEST_F(ServerTest, WithoutARecorderAReplaySaysWhatToDo) {
    ReplayOptions options;
    options.endpoint = start().endpoint();
    server_.reset();
    const ReplayResult result = replay(original_, options);
    ASSERT_TRUE(result.problem);
    EXPECT_THAT(result.problem->to_text(), AllOf(HasSubstr("cannot connect to tcp:127.0.0.1:"), HasSubstr("record --listen")));
}

TEST(Endpoints, AreReadAndRefused) {
    const auto text = [](std::string_view written) {
        const auto parsed = parse_endpoint(written);
        const auto* endpoint = std::get_if<Endpoint>(&parsed);
        return endpoint ? endpoint->to_text() + (endpoint->local() ? " local" : "") : std::get<Problem>(parsed).to_text();
    };
    EXPECT_EQ(text("tcp:127.0.0.1:4710"), "tcp:127.0.0.1:4710 local");
    EXPECT_EQ(text("tcp:localhost:0"), "tcp:127.0.0.1:0 local");
    EXPECT_EQ(text("tcp:[::1]:1"), "tcp:[::1]:1 local");
    EXPECT_EQ(text("tcp:10.1.2.3:1"), "tcp:10.1.2.3:1");
    EXPECT_EQ(text("unix:/tmp/x"), "unix:/tmp/x local");
    for (const char* wrong : {"", "127.0.0.1:1", "tcp:", "tcp:127.0.0.1", "tcp:127.0.0.1:", "tcp:127.0.0.1:70000",
                              "tcp:127.0.0.1:1x", "tcp:example.org:1", "tcp:::1:1", "tcp:[127.0.0.1]:1", "unix:"})
        EXPECT_THAT(text(wrong), HasSubstr("the endpoint '" + std::string(wrong) + "'")) << wrong;
    EXPECT_THAT(text("unix:" + std::string(200, 'x')), HasSubstr("longer than the 107 bytes"));
}

TEST(Tokens, AreReadFromFilesThatNobodyElseReads) {
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("chimneylab-token-" + std::to_string(getpid()));
    const auto put = [&](const std::string& content, mode_t mode) {
        std::ofstream(file) << content;
        ::chmod(file.c_str(), mode);
        const auto token = read_token(file);
        return std::holds_alternative<Token>(token) ? "token" : std::get<Problem>(token).to_text();
    };
    EXPECT_EQ(put("0123456789abcdef\n", 0600), "token");
    EXPECT_THAT(put("0123456789abcdef\n", 0644), HasSubstr("can be read or written by others"));
    EXPECT_THAT(put("short\n", 0600), HasSubstr("one line of 16"));
    std::filesystem::remove(file);
    EXPECT_TRUE(std::holds_alternative<Problem>(read_token(file)));
}

}  // namespace
}  // namespace chimneylab::bridge
