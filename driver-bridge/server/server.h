// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Listens for producers and records each one's session as a trace. Any number of producers at once; what one of them
// does (dies, stalls, lies, floods, sends garbage) ends at most its own session, and the session says how it ended and
// what it lacks. A producer that said it can resume may lose its connection and come back within the time for that.
//
// Memory is bounded: for each connection one buffer of at most one frame, for each session its BuilderLimits; with a
// recipient (recording.h) a session's events are not kept at all. There is no queue between a socket and the trace; a producer that is faster than the recorder is held back by its socket and
// has to say itself what it could not keep (DROPS).
//
// Thread rule: the server has one thread of its own, on which the observer is called; an observer that takes long holds
// back all producers. Everything else may be called on any thread but the observer's.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "driver-bridge/server/endpoint.h"
#include "driver-bridge/server/session_builder.h"
#include "driver-bridge/server/token.h"

namespace chimneylab::bridge {

struct ServerOptions {
    Endpoint endpoint;
    Token token;  // needed when the endpoint is not local
    std::size_t most_connections = 256;  // those that have not introduced themselves included
    std::size_t most_sessions = 64;      // alive at one time
    std::chrono::milliseconds introduction{5'000};  // time for a HELLO
    std::chrono::milliseconds keepalive{1'000};
    std::chrono::milliseconds silence{10'000};
    std::chrono::milliseconds return_within{10'000};  // for a producer that can resume
    BuilderLimits limits;
};

enum class SessionStage : std::uint8_t { connected, waiting_for_return, ended };

struct SessionState {
    std::uint32_t number = 0;  // 1, 2, 3 … in the order in which they began
    std::string producer;      // name and build, as it says
    std::uint8_t pointer_size = 8;
    SessionStage stage = SessionStage::connected;
    std::uint8_t producer_state = chimney_wire_running;
    std::vector<std::string> alternatives;  // of a producer that waits for a choice
    std::uint32_t capabilities = 0;  // chimney_wire_capability
    std::string scenario, title;  // as it told of its run; empty before
    std::uint32_t connections = 1;   // how often it came
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;         // received
    Losses losses;
    std::chrono::nanoseconds round_trip{0};  // of the last keepalive; 0: not measured yet
    // What the producer's keepalive clock is ahead of ours (std::chrono::steady_clock), half the round trip allowed for;
    // means something when both count the nanoseconds of one kind of clock. 0: not measured yet.
    std::chrono::nanoseconds clock_offset{0};
    std::uint64_t clock_frequency = 0;
    std::uint64_t wall_clock = 0;       // nanoseconds since 1970 at the session's time 0; 0: not known
    std::uint32_t event_cost_picoseconds = 0;
    // Of an ended session:
    chimney_wire_goodbye_reason reason = chimney_wire_finished;
    std::string end;  // why, for people; empty when it took its leave properly
    [[nodiscard]] bool complete() const { return end.empty() && !losses.any(); }
    [[nodiscard]] std::string lacking() const {  // why it is not complete, for people; empty when it is
        return losses.any() ? end + (end.empty() ? "" : "; ") + losses.to_text() : end;
    }
};

class Observer {
public:
    virtual ~Observer() = default;
    virtual void session_started(const SessionState&) {}
    // A connection was lost or came back, the producer paused …
    virtual void session_changed(const SessionState&) {}
    // Asked before session_started: who gets the session's events as they come. None: a trace in memory.
    virtual std::shared_ptr<Recipient> recipient(const SessionState&) { return nullptr; }
    virtual void session_grew(const SessionState&) {}  // after each piece of the stream that brought events
    virtual void session_ended(const SessionState&, trace::Trace) {}  // with a recipient, which has got all, it is empty
    virtual void control_answered(std::uint32_t /*session*/, std::uint32_t /*request*/, bool /*done*/,
                                  const std::string& /*text*/) {}
    // Somebody came and was not let in: not the protocol, another version, a wrong token, too many.
    virtual void refused(const std::string& /*why*/) {}
};

class Server {
public:
    // Listens when it returns. The observer must outlive the server.
    [[nodiscard]] static std::variant<std::unique_ptr<Server>, Problem> listen(const ServerOptions& options,
                                                                               Observer& observer);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] const Endpoint& endpoint() const;  // with the port that the system chose
    [[nodiscard]] std::vector<SessionState> sessions() const;  // those that are alive

    // Asks a producer for something; the observer hears the answer. False: there is no such session, it has no connection
    // now, or its producer cannot do that.
    bool control(std::uint32_t session, const chimney_wire_control& control);
    // The same without waiting; whether it could be asked for is not told.
    void request(std::uint32_t session, std::uint32_t number, std::uint8_t command, std::uint64_t value, std::string text);
    // Ends one session with a goodbye; the others go on. Does not wait.
    void dismiss(std::uint32_t session);
    // Ends every session with a goodbye and stops listening. Returns when the observer has heard of all ends.
    void stop();

private:
    struct Inside;
    explicit Server(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

}  // namespace chimneylab::bridge
