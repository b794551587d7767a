// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/producer/replay.h"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <random>
#include <utility>

#include "driver-bridge/producer/trace_encoder.h"

namespace chimneylab::bridge {
namespace {

namespace asio = boost::asio;
using asio::generic::stream_protocol;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::size_t receive_buffer = chimney_wire_header_size + 128 * 1024;

class Replay {
public:
    Replay(const trace::Trace& trace, const ReplayOptions& options) : options_(options), encoder_(trace) {
        std::random_device random;
        for (std::uint8_t& each : session_) each = static_cast<std::uint8_t>(random());
        session_[0] |= 1;
    }

    ReplayResult run() {
        result_.records = encoder_.end();
        if (encoder_.problem())
            return failed("the session cannot be sent: " + *encoder_.problem(), "Sessions recorded by ChimneyLab can.");
        connect();
        watch();
        context_.run();
        if (!result_.problem && !finished_)
            return failed("the recorder closed the connection without a word", "See what it says there.");
        return result_;
    }

private:
    ReplayResult failed(std::string what, std::string remedy) {
        result_.problem = Problem{std::move(what), std::move(remedy)};
        return result_;
    }
    void give_up(std::string what, std::string remedy) {
        if (!finished_) failed(std::move(what), std::move(remedy));
        done();
    }
    void done() {
        finished_ = true;
        context_.stop();
    }

    // --- connection ---

    void connect() {
        ++connection_;
        welcomed_ = preamble_sent_ = said_goodbye_ = writing_ = false;
        filled_ = 0;
        control_output_.clear();
        socket_.emplace(context_);
        error_code error;
        stream_protocol::endpoint at;
        if (options_.endpoint.kind == Endpoint::Kind::tcp)
            at = asio::ip::tcp::endpoint(asio::ip::make_address(options_.endpoint.address, error), options_.endpoint.port);
        else
            at = asio::local::stream_protocol::endpoint(options_.endpoint.address);
        socket_->async_connect(at, [this, number = connection_](const error_code& failed) {
            if (number != connection_) return;
            if (failed)
                broke(failed);
            else
                introduce();
        });
    }

    void introduce() {
        ++result_.connections;
        if (options_.endpoint.kind == Endpoint::Kind::tcp) {
            error_code ignored;
            socket_->set_option(asio::ip::tcp::no_delay(true), ignored);
        }
        chimney_wire_hello hello{};
        hello.lowest_version = chimney_wire_version_lowest;
        hello.highest_version = chimney_wire_version_highest;
        hello.resumes = was_welcome_ ? 1 : 0;
        std::copy(session_.begin(), session_.end(), hello.session);
        hello.capabilities = chimney_wire_can_resume | chimney_wire_can_pause | chimney_wire_can_stop;
        const std::string_view secret = options_.token.secret();
        hello.token = {secret.data(), static_cast<std::uint32_t>(secret.size())};
        encoder_.introduce(hello);
        output_.resize(chimney_wire_header_size + chimney_wire_hello_limit);
        output_.resize(chimney_wire_put_hello(output_.data(), output_.size(), &hello));
        write();
        read();
    }

    // Tries again for a while if it has been there before: it is the same session then.
    void broke(const error_code& error) {
        if (finished_) return;
        error_code ignored;
        socket_->close(ignored);
        ++connection_;
        const Clock::time_point now = Clock::now();
        if (!trying_since_) trying_since_ = now;
        if (!was_welcome_ || now - *trying_since_ > options_.come_back_within) {
            give_up((was_welcome_ ? "the connection to " : "cannot connect to ") + options_.endpoint.to_text() +
                        (was_welcome_ ? " was lost: " : ": ") + error.message(),
                    "Start a recorder there first: chimneylab-cli record --listen " + options_.endpoint.to_text() +
                        " -o FILE");
            return;
        }
        retry_.expires_after(std::chrono::milliseconds(100));
        retry_.async_wait([this](const error_code& stopped) {
            if (!stopped && !finished_) connect();
        });
    }

    void watch() {
        watch_.expires_after(std::chrono::milliseconds(50));
        watch_.async_wait([this](const error_code& error) {
            if (error || finished_) return;
            if (options_.cancel && options_.cancel->load() && !stopping_) {
                stopping_ = true;
                if (!welcomed_) {
                    result_.stopped = true;
                    done();
                    return;
                }
                write_next();
            }
            watch();
        });
    }

    // --- writing ---

    void write() {
        writing_ = true;
        asio::async_write(*socket_, asio::buffer(output_),
                          [this, number = connection_](const error_code& error, std::size_t) {
                              if (number != connection_ || finished_) return;
                              writing_ = false;
                              // A recorder that closed may have said why: the reading side hears it and ends.
                              if (!error && welcomed_) write_next();
                          });
    }

    void write_next() {
        if (writing_ || finished_ || !welcomed_) return;
        output_.clear();
        output_.swap(control_output_);
        if (!preamble_sent_) {
            encoder_.put_preamble(output_);
            preamble_sent_ = true;
        }
        const std::uint64_t most = allowed();
        if (!said_goodbye_) {
            if (stopping_ || next_ >= encoder_.end()) {
                say_goodbye();
            } else if (most > 0) {
                const std::uint64_t before = std::exchange(next_, encoder_.put_events(next_, most, output_));
                if (paused_) steps_ -= std::min(steps_, next_ - before);
                if (options_.progress) options_.progress(next_, encoder_.end());
            }
        }
        if (!output_.empty())
            write();
        else if (!said_goodbye_ && !paused_)
            wait_for_pace();
    }

    // How many events may go now.
    std::uint64_t allowed() {
        if (paused_) return steps_;
        if (options_.events_per_second <= 0) return std::numeric_limits<std::uint64_t>::max();
        const double passed = std::chrono::duration<double>(Clock::now() - pace_start_).count();
        const auto due = pace_first_ + static_cast<std::uint64_t>(passed * options_.events_per_second) + 1;
        return due > next_ ? due - next_ : 0;
    }

    void restart_pace() {
        pace_start_ = Clock::now();
        pace_first_ = next_;
    }

    void wait_for_pace() {
        pace_.expires_after(std::chrono::duration_cast<Clock::duration>(
            std::chrono::duration<double>(std::clamp(1.0 / options_.events_per_second, 0.001, 0.5))));
        pace_.async_wait([this](const error_code& error) {
            if (!error) write_next();
        });
    }

    void say_goodbye() {
        said_goodbye_ = true;
        result_.stopped = next_ < encoder_.end();
        chimney_wire_goodbye goodbye{};
        goodbye.reason = result_.stopped ? chimney_wire_stopped : chimney_wire_finished;
        goodbye.next_sequence = next_;
        static constexpr std::string_view text = "the replay was stopped before its end";
        if (result_.stopped) goodbye.text = {text.data(), static_cast<std::uint32_t>(text.size())};
        put(output_, 256, [&](auto* at, auto room) { return chimney_wire_put_goodbye(at, room, &goodbye); });
    }

    template <typename Put>
    static void put(std::vector<std::uint8_t>& out, std::size_t room, Put put_frame) {
        const std::size_t before = out.size();
        out.resize(before + room);
        out.resize(before + put_frame(out.data() + before, room));
    }

    // --- reading ---

    void read() {
        socket_->async_read_some(asio::buffer(buffer_.data() + filled_, buffer_.size() - filled_),
                                 [this, number = connection_](const error_code& error, std::size_t count) {
                                     if (number != connection_ || finished_) return;
                                     if (error) {
                                         broke(error);
                                         return;
                                     }
                                     filled_ += count;
                                     if (take_frames()) read();
                                 });
    }

    bool take_frames() {
        std::size_t at = 0;
        chimney_wire_frame frame;
        for (;;) {
            const auto found = chimney_wire_find(buffer_.data() + at, filled_ - at,
                                                 receive_buffer - chimney_wire_header_size, &frame);
            if (found == chimney_wire_found_part) break;
            if (found != chimney_wire_found_frame) {
                give_up("what answers at " + options_.endpoint.to_text() + " does not speak ChimneyLab's protocol",
                        "Check the endpoint.");
                return false;
            }
            if (!take(frame)) return false;
            at += chimney_wire_header_size + frame.size;
        }
        std::memmove(buffer_.data(), buffer_.data() + at, filled_ - at);
        filled_ -= at;
        return true;
    }

    bool take(const chimney_wire_frame& frame) {
        switch (frame.type) {
            case chimney_wire_welcome_frame: {
                chimney_wire_welcome welcome;
                if (!chimney_wire_get_welcome(frame.payload, frame.size, &welcome)) return true;
                welcomed_ = was_welcome_ = true;
                trying_since_.reset();
                next_ = std::min(welcome.next_sequence, encoder_.end());
                restart_pace();
                write_next();
                return true;
            }
            case chimney_wire_acknowledge_frame: {
                std::uint64_t recorded = 0;
                if (!chimney_wire_get_acknowledge(frame.payload, frame.size, &recorded)) return true;
                result_.recorded = recorded;
                if (said_goodbye_ && recorded >= next_) {
                    done();
                    return false;
                }
                return true;
            }
            case chimney_wire_keepalive_frame: {
                chimney_wire_keepalive theirs;
                if (!chimney_wire_get_keepalive(frame.payload, frame.size, &theirs)) return true;
                const chimney_wire_keepalive ours{
                    static_cast<std::uint64_t>(Clock::now().time_since_epoch() / std::chrono::nanoseconds(1)), theirs.sent};
                put(control_output_, 64, [&](auto* at, auto room) { return chimney_wire_put_keepalive(at, room, &ours); });
                write_next();
                return true;
            }
            case chimney_wire_control_frame: {
                chimney_wire_control control;
                if (chimney_wire_get_control(frame.payload, frame.size, &control)) obey(control);
                return true;
            }
            case chimney_wire_goodbye_frame: {
                chimney_wire_goodbye goodbye;
                if (!chimney_wire_get_goodbye(frame.payload, frame.size, &goodbye)) return true;
                result_.recorded = goodbye.next_sequence;
                give_up("the recorder took leave: " + std::string(goodbye.text.data, goodbye.text.size),
                        goodbye.reason == chimney_wire_refused_token ? "The token file is given with --token-file."
                                                                     : "The recorder tells more.");
                return false;
            }
            default: return true;  // a later version may say more
        }
    }

    void obey(const chimney_wire_control& control) {
        bool known = true;
        std::uint8_t state = paused_ ? chimney_wire_paused : chimney_wire_running;
        switch (control.command) {
            case chimney_wire_start:
                paused_ = false;
                restart_pace();
                state = chimney_wire_running;
                break;
            case chimney_wire_pause:
                paused_ = true;
                steps_ = 0;
                state = chimney_wire_paused;
                break;
            case chimney_wire_step:
                paused_ = true;
                steps_ += std::min<std::uint64_t>(control.number, encoder_.end());
                state = chimney_wire_paused;
                break;
            case chimney_wire_stop: stopping_ = true; break;
            default: known = false;
        }
        static constexpr std::string_view refusal = "a replayed session can be started, paused, stepped and stopped";
        const chimney_wire_answer answer{control.request, known ? 0u : 1u,
                                         known ? chimney_wire_text{nullptr, 0}
                                               : chimney_wire_text{refusal.data(), static_cast<std::uint32_t>(refusal.size())}};
        put(control_output_, 256, [&](auto* at, auto room) { return chimney_wire_put_answer(at, room, &answer); });
        put(control_output_, 64, [&](auto* at, auto room) { return chimney_wire_put_state(at, room, state, nullptr, 0); });
        write_next();
    }

    const ReplayOptions& options_;
    TraceEncoder encoder_;
    ReplayResult result_;
    asio::io_context context_{1};
    std::optional<stream_protocol::socket> socket_;
    asio::steady_timer retry_{context_}, watch_{context_}, pace_{context_};
    std::array<std::uint8_t, 16> session_{};
    std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(receive_buffer);
    std::vector<std::uint8_t> output_;          // being written
    std::vector<std::uint8_t> control_output_;  // goes with the next write
    std::size_t filled_ = 0;
    std::uint64_t connection_ = 0;  // handlers of an earlier one have nothing to say any more
    std::uint64_t next_ = 0;
    std::uint64_t steps_ = 0;
    std::optional<Clock::time_point> trying_since_;
    Clock::time_point pace_start_ = Clock::now();
    std::uint64_t pace_first_ = 0;
    bool welcomed_ = false, was_welcome_ = false, preamble_sent_ = false, said_goodbye_ = false;
    bool writing_ = false, paused_ = false, stopping_ = false, finished_ = false;
};

}  // namespace

ReplayResult replay(const trace::Trace& trace, const ReplayOptions& options) { return Replay(trace, options).run(); }

}  // namespace chimneylab::bridge
