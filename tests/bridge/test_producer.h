// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A producer that does as the test says, right or wrong: a plain blocking socket and frames as bytes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "driver-bridge/producer/trace_encoder.h"
#include "driver-bridge/server/server.h"

namespace chimneylab::bridge {

using Bytes = std::vector<std::uint8_t>;

struct HelloWords {
    std::uint16_t lowest = chimney_wire_version_lowest, highest = chimney_wire_version_highest;
    std::uint32_t capabilities = chimney_wire_has_virtual_time | chimney_wire_has_references;
    std::uint8_t session = 0;  // repeated sixteen times
    bool resumes = false;
    std::string token, producer = "test producer";
};

[[nodiscard]] Bytes hello_bytes(const HelloWords& words = {});
[[nodiscard]] Bytes goodbye_bytes(std::uint64_t next, std::uint32_t reason = chimney_wire_finished);
// Everything a producer of this trace sends after its hello: preamble and events from `first` to `end`.
[[nodiscard]] Bytes trace_bytes(const trace::Trace& trace, std::uint64_t first = 0, std::uint64_t end = ~std::uint64_t{0});
// An EVENTS frame around these records.
[[nodiscard]] Bytes events_frame(const Bytes& records);
[[nodiscard]] Bytes record_bytes(const chimney_wire_event& event, const std::vector<chimney_wire_piece>& pieces = {});
[[nodiscard]] chimney_wire_event message_event(std::uint64_t sequence);
Bytes operator+(Bytes first, const Bytes& second);

class TestProducer {
public:
    explicit TestProducer(const Endpoint& endpoint);
    ~TestProducer();
    TestProducer(const TestProducer&) = delete;
    TestProducer& operator=(const TestProducer&) = delete;

    [[nodiscard]] bool connected() const { return socket_ >= 0; }
    bool send(const Bytes& bytes);  // false: the other side does not take it
    void close();
    // The next frame of this type, others are skipped; empty when the connection ends before.
    struct Frame {
        std::uint8_t type = 0;
        Bytes payload;
    };
    Frame await(std::uint8_t type);
    std::string await_goodbye();  // its text, "" when there is none

private:
    int socket_ = -1;
    Bytes received_;
};

// Hears everything and lets a test wait for it.
class Witness : public Observer {
public:
    struct Recorded {
        SessionState state;
        trace::Trace trace;
    };
    void session_started(const SessionState& state) override;
    void session_changed(const SessionState& state) override;
    void session_grew(const SessionState& state) override;
    void session_ended(const SessionState& state, trace::Trace trace) override;
    void control_answered(std::uint32_t session, std::uint32_t request, bool done, const std::string& text) override;
    void refused(const std::string& why) override;

    // Wait for so many (20 s at most, then the test fails) and copy.
    std::vector<Recorded> ended(std::size_t count);
    std::vector<std::string> refusals(std::size_t count);
    std::vector<std::string> answers(std::size_t count);
    void await_events(std::uint64_t count);       // of any one session
    void await_stage(SessionStage stage);         // of any one session
    std::size_t started();

private:
    template <typename Condition>
    void wait(Condition condition, const char* what);

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Recorded> ended_;
    std::vector<std::string> refusals_, answers_;
    std::size_t started_ = 0;
    std::uint64_t most_events_ = 0;
    std::vector<SessionStage> stages_;
};

}  // namespace chimneylab::bridge
