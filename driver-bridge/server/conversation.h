// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The recorder's side of one connection, without a socket: bytes go in, bytes come out, and a session's builder gets what
// the producer tells. Everything that PROTOCOL.md asks of a recorder about order, versions, tokens and limits is here, so
// that it can be tested and fuzzed byte by byte. The first thing that is wrong ends the conversation with a goodbye that
// says what; the session keeps everything that came before. Not thread safe.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "driver-bridge/protocol/wire.h"
#include "driver-bridge/server/session_builder.h"
#include "driver-bridge/server/token.h"

namespace chimneylab::bridge {

struct ConversationOptions {
    Token token;  // none: everybody is let in
    std::chrono::milliseconds keepalive{1000};
    std::chrono::milliseconds silence{10'000};
};

// How a conversation ended.
struct Ending {
    chimney_wire_goodbye_reason reason = chimney_wire_finished;
    bool by_producer = false;  // it said goodbye itself
    std::string text;          // for people; empty when everything went well
    std::optional<std::uint64_t> expected_next;  // see SessionBuilder::finish
};

class Conversation {
public:
    struct Admission {
        SessionBuilder* builder = nullptr;  // none: refused, as `refusal` says
        Ending refusal{};
    };
    using Admit = std::function<Admission(const chimney_wire_hello&)>;
    struct Answer {
        std::uint32_t request = 0;
        bool done = false;
        std::string text;
    };

    Conversation(ConversationOptions options, Admit admit);

    // Where the next bytes may be written, at least one; then how many were. False: the conversation is over; what it
    // still has to say is in take_output().
    [[nodiscard]] std::span<std::uint8_t> receive_space();
    bool received(std::size_t count);
    [[nodiscard]] std::vector<std::uint8_t> take_output();

    // Keepalive and acknowledgement, due every keepalive period; `now` is any clock in nanoseconds.
    void keep_alive(std::uint64_t now);
    // False: the producer cannot do that, or the conversation is not open.
    bool control(const chimney_wire_control& control);
    void end(Ending ending);  // says goodbye from this side

    [[nodiscard]] bool open() const { return stage_ == Stage::open; }
    [[nodiscard]] bool over() const { return stage_ == Stage::over; }
    [[nodiscard]] bool inside_frame() const { return filled_ > 0; }
    [[nodiscard]] const Ending& ending() const { return ending_; }
    [[nodiscard]] std::uint32_t capabilities() const { return capabilities_; }
    [[nodiscard]] std::uint8_t producer_state() const { return producer_state_; }
    // What it could go on with, when it waits for a choice.
    [[nodiscard]] const std::vector<std::string>& alternatives() const { return alternatives_; }
    [[nodiscard]] std::uint64_t states_told() const { return states_told_; }
    // Since a keepalive went out until its echo came back; needs the same clock.
    std::optional<std::uint64_t> take_echo();
    [[nodiscard]] std::uint64_t producer_clock() const { return last_from_producer_; }  // in its last keepalive
    std::vector<Answer> take_answers();

private:
    enum class Stage : std::uint8_t { expects_hello, open, over };

    bool take_frames();
    bool take(const chimney_wire_frame& frame);
    bool hello(const chimney_wire_frame& frame);
    bool goodbye(const chimney_wire_frame& frame);
    bool wrong(const chimney_wire_frame& frame, const std::string& what);
    template <typename Put>
    void say(std::size_t room, Put put);

    ConversationOptions options_;
    Admit admit_;
    Stage stage_ = Stage::expects_hello;
    SessionBuilder* builder_ = nullptr;
    std::vector<std::uint8_t> buffer_;
    std::size_t filled_ = 0;
    std::vector<std::uint8_t> output_;
    std::uint64_t frames_ = 0;
    std::uint32_t capabilities_ = 0;
    std::uint8_t producer_state_ = chimney_wire_running;
    std::vector<std::string> alternatives_;
    std::uint64_t states_told_ = 0;
    std::uint64_t last_from_producer_ = 0;
    std::optional<std::uint64_t> echo_;
    std::vector<Answer> answers_;
    Ending ending_;
};

}  // namespace chimneylab::bridge
