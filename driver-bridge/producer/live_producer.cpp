// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/producer/live_producer.h"

#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <algorithm>
#include <cstring>
#include <random>

namespace chimneylab::bridge {
namespace {

namespace asio = boost::asio;
using asio::generic::stream_protocol;
using boost::system::error_code;
using std::chrono::milliseconds;

constexpr std::size_t enough_output = 1u << 20;  // bytes that wait; what is behind them stays in the trace
constexpr auto time_to_connect = milliseconds(500);
// Names of alternatives are no part of the trace and have numbers far away from its own.
constexpr std::uint32_t first_alternative_name = 1u << 19, last_alternative_name = (1u << 20) - 1;

template <typename Put>
void put(std::vector<std::uint8_t>& out, std::size_t room, Put put_frame) {
    const std::size_t before = out.size();
    out.resize(before + room);
    out.resize(before + put_frame(out.data() + before, room));
}

chimney_wire_text view(std::string_view text) { return {text.data(), static_cast<std::uint32_t>(text.size())}; }

}  // namespace

struct LiveProducer::Socket {
    asio::io_context context{1};
    stream_protocol::socket socket{context};
};

LiveProducer::LiveProducer(const LiveProducerOptions& options) : options_(options) {
    std::random_device random;
    for (std::uint8_t& each : session_) each = static_cast<std::uint8_t>(random());
    session_[0] |= 1;
}

LiveProducer::~LiveProducer() = default;

std::variant<std::unique_ptr<LiveProducer>, Problem> LiveProducer::connect(const LiveProducerOptions& options) {
    std::unique_ptr<LiveProducer> producer(new LiveProducer(options));
    std::string why;
    if (!producer->open_connection(why))
        return Problem{"cannot connect to " + options.endpoint.to_text() + ": " + why,
                       "Start a recorder there first: chimneylab-cli record --listen " + options.endpoint.to_text() +
                           " -o FILE; or listen in the desktop's Live sessions."};
    const Clock::time_point began = Clock::now();
    while (!producer->welcomed_ && !producer->problem_) {
        producer->write();
        producer->wait(milliseconds(20));
        producer->listen();
        if (!producer->socket_ && !producer->problem_)
            return Problem{"the recorder at " + options.endpoint.to_text() + " closed the connection without a word",
                           "See what it says there."};
        if (Clock::now() - began > options.answer_within)
            return Problem{"nobody answers at " + options.endpoint.to_text(), "Check the endpoint."};
    }
    if (producer->problem_) return *producer->problem_;
    return producer;
}

bool LiveProducer::open_connection(std::string& why) {
    socket_ = std::make_unique<Socket>();
    welcomed_ = said_goodbye_ = false;
    filled_ = written_ = 0;
    output_.clear();
    error_code error;
    stream_protocol::endpoint at;
    if (options_.endpoint.kind == Endpoint::Kind::tcp)
        at = asio::ip::tcp::endpoint(asio::ip::make_address(options_.endpoint.address, error), options_.endpoint.port);
    else
        at = asio::local::stream_protocol::endpoint(options_.endpoint.address);
    auto& socket = socket_->socket;
    if (!error) socket.open(at.protocol(), error);
    if (!error) socket.native_non_blocking(true, error);
    if (!error) socket.non_blocking(true, error);
    if (!error && ::connect(socket.native_handle(), at.data(), static_cast<socklen_t>(at.size())) != 0) {
        if (errno == EINPROGRESS) {
            pollfd wanted{socket.native_handle(), POLLOUT, 0};
            int failed = ETIMEDOUT;
            socklen_t size = sizeof failed;
            if (::poll(&wanted, 1, static_cast<int>(time_to_connect.count())) > 0)
                ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_ERROR, &failed, &size);
            error = error_code(failed, boost::system::system_category());
        } else {
            error = error_code(errno, boost::system::system_category());
        }
    }
    if (error) {
        why = error.message();
        socket_.reset();
        return false;
    }
    if (options_.endpoint.kind == Endpoint::Kind::tcp) socket.set_option(asio::ip::tcp::no_delay(true), error);
    chimney_wire_hello hello{};
    hello.lowest_version = chimney_wire_version_lowest;
    hello.highest_version = chimney_wire_version_highest;
    hello.pointer_size = 8;
    hello.clock_frequency = 1'000'000'000;
    hello.resumes = was_welcome_ ? 1 : 0;
    hello.wall_clock = static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch() / std::chrono::nanoseconds(1));
    std::copy(session_.begin(), session_.end(), hello.session);
    hello.capabilities = options_.capabilities | chimney_wire_can_resume | chimney_wire_has_virtual_time | chimney_wire_has_references;
    hello.token = view(options_.token.secret());
    hello.producer = view(std::string_view(options_.name).substr(0, 512));
    hello.build = view(std::string_view(options_.build).substr(0, 512));
    put(output_, chimney_wire_header_size + chimney_wire_hello_limit,
        [&](auto* out, auto room) { return chimney_wire_put_hello(out, room, &hello); });
    return true;
}

void LiveProducer::lost(const std::string& why) {
    socket_.reset();
    if (problem_) return;
    const Clock::time_point now = Clock::now();
    if (welcomed_ || lost_since_ == Clock::time_point{}) lost_since_ = now;
    welcomed_ = false;
    last_try_ = now;
    if (was_welcome_ && now - lost_since_ <= options_.come_back_within) return;
    if (was_welcome_)
        problem_ = Problem{"the connection to " + options_.endpoint.to_text() + " was lost: " + why, "See what the recorder says."};
}

void LiveProducer::come_back() {
    if (socket_ || problem_ || !was_welcome_ || Clock::now() - last_try_ < milliseconds(100)) return;
    std::string why;
    if (!open_connection(why)) {
        socket_.reset();
        lost(why);
    }
}

void LiveProducer::listen() {
    while (socket_) {
        error_code error;
        const std::size_t count = socket_->socket.read_some(asio::buffer(input_.data() + filled_, input_.size() - filled_), error);
        if (error == asio::error::would_block || error == asio::error::try_again) return;
        if (error) {
            lost(error.message());
            return;
        }
        filled_ += count;
        std::size_t at = 0;
        chimney_wire_frame frame;
        for (;;) {
            const auto found = chimney_wire_find(input_.data() + at, filled_ - at, 128u << 10, &frame);
            if (found == chimney_wire_found_part) break;
            if (found != chimney_wire_found_frame) {
                problem_ = Problem{"what answers at " + options_.endpoint.to_text() + " does not speak ChimneyLab's protocol",
                                   "Check the endpoint."};
                socket_.reset();
                return;
            }
            if (!take(frame)) return;
            at += chimney_wire_header_size + frame.size;
        }
        std::memmove(input_.data(), input_.data() + at, filled_ - at);
        filled_ -= at;
    }
}

bool LiveProducer::take(const chimney_wire_frame& frame) {
    switch (frame.type) {
        case chimney_wire_welcome_frame: {
            chimney_wire_welcome welcome;
            if (!chimney_wire_get_welcome(frame.payload, frame.size, &welcome)) return true;
            welcomed_ = was_welcome_ = true;
            next_ = welcome.next_sequence;
            names_sent_ = layers_sent_ = 0;
            description_sent_.reset();
            state_told_ = state_ == chimney_wire_running;
            return true;
        }
        case chimney_wire_acknowledge_frame:
            chimney_wire_get_acknowledge(frame.payload, frame.size, &recorded_);
            return true;
        case chimney_wire_keepalive_frame: {
            chimney_wire_keepalive theirs;
            if (!chimney_wire_get_keepalive(frame.payload, frame.size, &theirs)) return true;
            const chimney_wire_keepalive ours{
                static_cast<std::uint64_t>(Clock::now().time_since_epoch() / std::chrono::nanoseconds(1)), theirs.sent};
            put(output_, 64, [&](auto* out, auto room) { return chimney_wire_put_keepalive(out, room, &ours); });
            return true;
        }
        case chimney_wire_control_frame: {
            chimney_wire_control control;
            if (chimney_wire_get_control(frame.payload, frame.size, &control) && commands_.size() < 1000)
                commands_.push_back({control.request, static_cast<std::uint8_t>(control.command), control.number,
                                     control.text.size == 0 ? std::string() : std::string(control.text.data, control.text.size)});
            return true;
        }
        case chimney_wire_goodbye_frame: {
            chimney_wire_goodbye goodbye;
            if (!chimney_wire_get_goodbye(frame.payload, frame.size, &goodbye)) return true;
            recorded_ = goodbye.next_sequence;
            problem_ = Problem{"the recorder took leave: " + std::string(goodbye.text.data, goodbye.text.size),
                               goodbye.reason == chimney_wire_refused_token ? "The token file is given with --token-file."
                                                                            : "The recorder tells more."};
            socket_.reset();
            return false;
        }
        default: return true;  // a later version may say more
    }
}

void LiveProducer::encode(const trace::Trace& trace, bool finished) {
    if (!encoder_) encoder_.emplace(trace, TraceEncoder::Growing{});
    encoder_->extend(trace, finished);
    if (encoder_->problem()) {
        problem_ = Problem{"the session cannot be sent: " + *encoder_->problem(), "Record it on this side with --record."};
        return;
    }
    if (!welcomed_ || said_goodbye_) return;
    // Before the machine is up nobody knows what is run.
    if (!trace.description().title.empty() && (!description_sent_ || *description_sent_ != trace.description())) {
        encoder_->put_description(output_);
        description_sent_ = trace.description();
    }
    if (names_sent_ < trace.string_count()) {
        encoder_->put_names(names_sent_, output_);
        names_sent_ = trace.string_count();
    }
    if (layers_sent_ != trace.layers().size()) {
        encoder_->put_layers(output_);
        layers_sent_ = trace.layers().size();
    }
    while (next_ < encoder_->end() && output_.size() - written_ < enough_output)
        next_ = encoder_->put_events(next_, encoder_->end() - next_, output_);
    if (!state_told_ && next_ == encoder_->end()) put_state();  // what it is about has been told before
}

void LiveProducer::put_state() {
    state_told_ = true;
    std::vector<std::uint32_t> numbers;
    if (!alternatives_.empty()) {
        const std::size_t frame = output_.size();
        output_.resize(frame + chimney_wire_header_size);
        for (const std::string& each : alternatives_) {
            if (first_alternative_name + alternative_names_ > last_alternative_name) break;
            numbers.push_back(first_alternative_name + alternative_names_++);
            put(output_, 8 + each.size(), [&](auto* out, auto room) { return chimney_wire_put_name(out, room, numbers.back(), view(each)); });
        }
        chimney_wire_put_header(output_.data() + frame, chimney_wire_names_frame,
                                static_cast<std::uint32_t>(output_.size() - frame - chimney_wire_header_size));
    }
    put(output_, 64 + 4 * numbers.size(), [&](auto* out, auto room) {
        return chimney_wire_put_state(out, room, state_, numbers.data(), static_cast<std::uint32_t>(numbers.size()));
    });
}

void LiveProducer::write() {
    while (socket_ && written_ < output_.size()) {
        error_code error;
        const std::size_t count =
            socket_->socket.write_some(asio::buffer(output_.data() + written_, output_.size() - written_), error);
        if (error == asio::error::would_block || error == asio::error::try_again) break;
        if (error) {
            listen();  // it may have said why
            if (socket_) lost(error.message());
            return;
        }
        written_ += count;
    }
    if (written_ < output_.size()) return;
    output_.clear();
    written_ = 0;
}

void LiveProducer::exchange(const trace::Trace& trace, bool finished) {
    if (problem_) return;
    come_back();
    listen();
    encode(trace, finished);
    write();
}

void LiveProducer::tick(const trace::Trace& trace) { exchange(trace, false); }

std::optional<LiveProducer::Command> LiveProducer::take_command() {
    if (commands_.empty()) return {};
    Command first = std::move(commands_.front());
    commands_.pop_front();
    return first;
}

void LiveProducer::answer(const Command& command, const std::string& refusal) {
    if (!welcomed_ || said_goodbye_) return;
    const chimney_wire_answer answer{command.request, refusal.empty() ? 0u : 1u, view(std::string_view(refusal).substr(0, 4096))};
    put(output_, 64 + refusal.size(), [&](auto* out, auto room) { return chimney_wire_put_answer(out, room, &answer); });
}

void LiveProducer::tell_state(std::uint8_t state, const std::vector<std::string>& alternatives) {
    if (state == state_ && alternatives == alternatives_) return;
    state_ = state;
    alternatives_ = alternatives;
    state_told_ = false;
}

void LiveProducer::wait(milliseconds time) const {
    if (!socket_) {
        ::poll(nullptr, 0, static_cast<int>(time.count()));
        return;
    }
    const short events = static_cast<short>(POLLIN | (written_ < output_.size() ? POLLOUT : 0));
    pollfd wanted{socket_->socket.native_handle(), events, 0};
    ::poll(&wanted, 1, static_cast<int>(time.count()));
}

std::optional<Problem> LiveProducer::finish(const trace::Trace& trace, chimney_wire_goodbye_reason reason,
                                            const std::string& text) {
    Clock::time_point moved = Clock::now();
    std::uint64_t seen = ~std::uint64_t{0};
    while (!problem_) {
        exchange(trace, true);
        if (problem_) break;
        if (welcomed_ && !said_goodbye_ && next_ == encoder_->end() && output_.empty()) {
            said_goodbye_ = true;
            const std::string_view words = std::string_view(text).substr(0, 4096);
            const chimney_wire_goodbye goodbye{static_cast<std::uint32_t>(reason), next_, view(words)};
            put(output_, 64 + words.size(), [&](auto* out, auto room) { return chimney_wire_put_goodbye(out, room, &goodbye); });
            write();
        }
        if (said_goodbye_ && recorded_ >= next_) {
            socket_.reset();
            return {};
        }
        const std::uint64_t now = next_ + written_ + recorded_;
        if (now != seen) moved = Clock::now();
        seen = now;
        if (Clock::now() - moved > options_.answer_within)
            problem_ = Problem{"the recorder at " + options_.endpoint.to_text() + " does not take what is sent", "See what it says there."};
        wait(milliseconds(20));
    }
    return problem_;
}

}  // namespace chimneylab::bridge
