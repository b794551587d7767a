// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A producer of a trace that grows: sends what is new to a recorder and hears what the recorder asks for. It has no thread
// of its own and never waits, except in connect() and finish(): its owner calls tick() every few milliseconds. When the
// connection is lost it comes back within the time for that and goes on where the recorder is. Not thread safe.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "driver-bridge/producer/trace_encoder.h"
#include "driver-bridge/server/endpoint.h"
#include "driver-bridge/server/token.h"

namespace chimneylab::bridge {

struct LiveProducerOptions {
    Endpoint endpoint;
    Token token;
    std::string name, build;
    std::uint32_t capabilities = 0;  // chimney_wire_capability, beyond resuming
    std::chrono::milliseconds answer_within{5'000};
    std::chrono::milliseconds come_back_within{5'000};
};

class LiveProducer {
public:
    struct Command {
        std::uint32_t request = 0;
        std::uint8_t command = 0;  // chimney_wire_command
        std::uint64_t number = 0;
        std::string text;
    };

    // Connected and welcome when it returns.
    [[nodiscard]] static std::variant<std::unique_ptr<LiveProducer>, Problem> connect(const LiveProducerOptions& options);
    ~LiveProducer();
    LiveProducer(const LiveProducer&) = delete;
    LiveProducer& operator=(const LiveProducer&) = delete;

    // Sends what is new in the trace, as far as the recorder takes it, and listens. One trace from beginning to end.
    void tick(const trace::Trace& trace);
    [[nodiscard]] std::optional<Command> take_command();
    void answer(const Command& command, const std::string& refusal);  // empty: done
    // Told when it differs from the last.
    void tell_state(std::uint8_t state, const std::vector<std::string>& alternatives = {});
    // The recorder has gone, or refuses what it gets: nothing is sent any more.
    [[nodiscard]] const std::optional<Problem>& problem() const { return problem_; }

    // Sends the rest and takes leave; returns when the recorder has everything, or after some seconds without a move.
    std::optional<Problem> finish(const trace::Trace& trace, chimney_wire_goodbye_reason reason, const std::string& text);
    // How far the recorder has got.
    [[nodiscard]] std::uint64_t recorded() const { return recorded_; }

private:
    struct Socket;
    using Clock = std::chrono::steady_clock;

    explicit LiveProducer(const LiveProducerOptions& options);
    bool open_connection(std::string& why);
    void lost(const std::string& why);
    void come_back();
    void listen();
    bool take(const chimney_wire_frame& frame);
    void encode(const trace::Trace& trace, bool finished);
    void write();
    void exchange(const trace::Trace& trace, bool finished);
    void wait(std::chrono::milliseconds time) const;
    void put_state();

    LiveProducerOptions options_;
    std::unique_ptr<Socket> socket_;
    std::array<std::uint8_t, 16> session_{};
    std::optional<TraceEncoder> encoder_;
    std::optional<Problem> problem_;
    std::deque<Command> commands_;
    std::vector<std::uint8_t> input_ = std::vector<std::uint8_t>(chimney_wire_header_size + (128u << 10));
    std::size_t filled_ = 0;
    std::vector<std::uint8_t> output_;
    std::size_t written_ = 0;
    bool welcomed_ = false, was_welcome_ = false, said_goodbye_ = false;
    std::uint64_t next_ = 0, recorded_ = 0;
    std::size_t names_sent_ = 0, layers_sent_ = 0;
    std::optional<trace::RunDescription> description_sent_;
    std::uint8_t state_ = chimney_wire_running;
    std::vector<std::string> alternatives_;
    std::uint32_t alternative_names_ = 0;  // sent so far
    bool state_told_ = true;
    Clock::time_point lost_since_{}, last_try_{};
};

}  // namespace chimneylab::bridge
