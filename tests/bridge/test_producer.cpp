// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/bridge/test_producer.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace chimneylab::bridge {
namespace {

template <typename Put>
Bytes put(std::size_t room, Put writer) {
    Bytes out(room);
    out.resize(writer(out.data(), room));
    return out;
}

chimney_wire_text view(const std::string& text) { return {text.data(), static_cast<std::uint32_t>(text.size())}; }

}  // namespace

Bytes operator+(Bytes first, const Bytes& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

Bytes hello_bytes(const HelloWords& words) {
    chimney_wire_hello hello{};
    hello.lowest_version = words.lowest;
    hello.highest_version = words.highest;
    hello.pointer_size = 8;
    hello.resumes = words.resumes ? 1 : 0;
    hello.clock_frequency = 1'000'000'000;
    std::fill(std::begin(hello.session), std::end(hello.session), words.session);
    hello.capabilities = words.capabilities;
    hello.token = view(words.token);
    hello.producer = view(words.producer);
    return put(5000, [&](auto* out, auto room) { return chimney_wire_put_hello(out, room, &hello); });
}

Bytes goodbye_bytes(std::uint64_t next, std::uint32_t reason) {
    const chimney_wire_goodbye goodbye{reason, next, {nullptr, 0}};
    return put(64, [&](auto* out, auto room) { return chimney_wire_put_goodbye(out, room, &goodbye); });
}

Bytes trace_bytes(const trace::Trace& trace, std::uint64_t first, std::uint64_t end) {
    const TraceEncoder encoder(trace);
    EXPECT_EQ(encoder.problem().value_or(""), "");
    Bytes out;
    encoder.put_preamble(out);
    end = std::min(end, encoder.end());
    for (std::uint64_t next = first; next < end;) next = encoder.put_events(next, end - next, out);
    return out;
}

Bytes events_frame(const Bytes& records) {
    Bytes out(chimney_wire_header_size);
    chimney_wire_put_header(out.data(), chimney_wire_events_frame, static_cast<std::uint32_t>(records.size()));
    return out + records;
}

Bytes record_bytes(const chimney_wire_event& event, const std::vector<chimney_wire_piece>& pieces) {
    return put(chimney_wire_record_limit, [&](auto* out, auto room) {
        return chimney_wire_put_record(out, room, &event, pieces.data(), static_cast<std::uint16_t>(pieces.size()));
    });
}

chimney_wire_event message_event(std::uint64_t sequence) {
    chimney_wire_event event{};
    event.sequence = sequence;
    event.clock = event.virtual_time = sequence * 10;
    event.name = event.operation = event.region = CHIMNEY_WIRE_NONE32;
    event.partner = event.parent = CHIMNEY_WIRE_NONE64;
    event.kind = static_cast<std::uint8_t>(trace::EventKind::message);
    return event;
}

TestProducer::TestProducer(const Endpoint& endpoint) {
    union {
        sockaddr any;
        sockaddr_in four;
        sockaddr_un local;
    } at{};
    socklen_t size = 0;
    if (endpoint.kind == Endpoint::Kind::tcp) {
        at.four.sin_family = AF_INET;
        at.four.sin_port = htons(endpoint.port);
        inet_pton(AF_INET, endpoint.address.c_str(), &at.four.sin_addr);
        size = sizeof at.four;
    } else {
        at.local.sun_family = AF_UNIX;
        std::strncpy(at.local.sun_path, endpoint.address.c_str(), sizeof at.local.sun_path - 1);
        size = sizeof at.local;
    }
    socket_ = ::socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{20, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (::connect(socket_, &at.any, size) != 0) close();
}

TestProducer::~TestProducer() { close(); }

void TestProducer::close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
}

bool TestProducer::send(const Bytes& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t count = ::send(socket_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
        if (count <= 0) return false;
        at += static_cast<std::size_t>(count);
    }
    return true;
}

TestProducer::Frame TestProducer::await(std::uint8_t type) {
    for (;;) {
        chimney_wire_frame frame;
        const auto found = chimney_wire_find(received_.data(), received_.size(), chimney_wire_payload_limit, &frame);
        if (found == chimney_wire_found_frame) {
            Frame taken{frame.type, Bytes(frame.payload, frame.payload + frame.size)};
            received_.erase(received_.begin(),
                            received_.begin() + static_cast<std::ptrdiff_t>(chimney_wire_header_size + frame.size));
            if (taken.type == type) return taken;
            continue;
        }
        if (found != chimney_wire_found_part) return {};
        std::uint8_t more[4096];
        const ssize_t count = ::recv(socket_, more, sizeof more, 0);
        if (count <= 0) return {};
        received_.insert(received_.end(), more, more + count);
    }
}

std::string TestProducer::await_goodbye() {
    const Frame frame = await(chimney_wire_goodbye_frame);
    chimney_wire_goodbye goodbye;
    if (frame.type == 0 || !chimney_wire_get_goodbye(frame.payload.data(), frame.payload.size(), &goodbye)) return "";
    return std::string(goodbye.text.data, goodbye.text.size);
}

void Witness::session_started(const SessionState& state) {
    const std::lock_guard lock(mutex_);
    ++started_;
    stages_.push_back(state.stage);
    changed_.notify_all();
}

void Witness::session_changed(const SessionState& state) {
    const std::lock_guard lock(mutex_);
    stages_.push_back(state.stage);
    changed_.notify_all();
}

void Witness::session_grew(const SessionState& state) {
    const std::lock_guard lock(mutex_);
    most_events_ = std::max(most_events_, state.events);
    changed_.notify_all();
}

void Witness::session_ended(const SessionState& state, trace::Trace trace) {
    const std::lock_guard lock(mutex_);
    ended_.push_back({state, std::move(trace)});
    changed_.notify_all();
}

void Witness::control_answered(std::uint32_t, std::uint32_t request, bool done, const std::string& text) {
    const std::lock_guard lock(mutex_);
    answers_.push_back(std::to_string(request) + (done ? " done" : " refused: " + text));
    changed_.notify_all();
}

void Witness::refused(const std::string& why) {
    const std::lock_guard lock(mutex_);
    refusals_.push_back(why);
    changed_.notify_all();
}

template <typename Condition>
void Witness::wait(Condition condition, const char* what) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(20), condition)) << "waited in vain for " << what;
}

std::vector<Witness::Recorded> Witness::ended(std::size_t count) {
    wait([&] { return ended_.size() >= count; }, "the end of a session");
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(ended_.size(), count);
    auto ended = ended_;
    ended.resize(count);  // who asks for so many may look at so many
    return ended;
}

std::vector<std::string> Witness::refusals(std::size_t count) {
    wait([&] { return refusals_.size() >= count; }, "a refusal");
    const std::lock_guard lock(mutex_);
    auto refusals = refusals_;
    refusals.resize(count);
    return refusals;
}

std::vector<std::string> Witness::answers(std::size_t count) {
    wait([&] { return answers_.size() >= count; }, "an answer");
    const std::lock_guard lock(mutex_);
    auto answers = answers_;
    answers.resize(count);
    return answers;
}

void Witness::await_events(std::uint64_t count) {
    wait([&] { return most_events_ >= count; }, "events");
}

void Witness::await_stage(SessionStage stage) {
    wait([&] { return std::ranges::find(stages_, stage) != stages_.end(); }, "a stage of a session");
}

std::size_t Witness::started() {
    const std::lock_guard lock(mutex_);
    return started_;
}

}  // namespace chimneylab::bridge
