// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A producer that goes on for as long as it is told, and a recorder that writes what it says to the disk; then the account:
// sent, recorded, lost, time, memory. With --connect it feeds somebody else's recorder, for example the desktop.
//     bridge_soak --rate 100000 --seconds 600          ten minutes at 100,000 events a second
//     bridge_soak --rate 0 --seconds 5                 as fast as it goes
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>

#include "engine/session/session.h"
#include "engine/session/writer.h"
#include "tests/bridge/test_producer.h"

namespace {

using namespace chimneylab;
using bridge::operator+;
using Clock = std::chrono::steady_clock;

class ToFile : public bridge::Recipient {
public:
    explicit ToFile(const std::filesystem::path& file) {
        auto made = session::Writer::create(file);
        if (auto* writer = std::get_if<std::unique_ptr<session::Writer>>(&made)) writer_ = std::move(*writer);
    }
    void described(const trace::RunDescription& description, std::span<const trace::Layer> layers) override { writer_->describe(description, layers); }
    void grew(const session::Part& part) override { writer_->extend(part); }
    bool finish() { return writer_ && !writer_->finish(); }
    [[nodiscard]] bool good() const { return writer_ != nullptr; }

private:
    std::unique_ptr<session::Writer> writer_;
};

class Ends : public bridge::Observer {
public:
    explicit Ends(std::shared_ptr<ToFile> file) : file_(std::move(file)) {}
    std::shared_ptr<bridge::Recipient> recipient(const bridge::SessionState&) override { return file_; }
    void session_ended(const bridge::SessionState& state, trace::Trace) override {
        const std::lock_guard lock(mutex_);
        state_ = state;
        ended_ = true;
        changed_.notify_all();
    }
    bridge::SessionState await() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return ended_; });
        return state_;
    }

private:
    std::shared_ptr<ToFile> file_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool ended_ = false;
    bridge::SessionState state_;
};

std::uint64_t now() { return static_cast<std::uint64_t>(Clock::now().time_since_epoch() / std::chrono::nanoseconds(1)); }

std::uint64_t resident_memory() {
    std::uint64_t all = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> all >> resident;
    return resident * 4096;
}

// Calls and returns through one driver; every eighth event shows a block list of which one word has changed.
class Stream {
public:
    bridge::Bytes preamble() {
        bridge::Bytes names(chimney_wire_header_size);
        const char* texts[] = {"MiniportInitiateOffload", "host stack", "IM 1", "offload target", "soak"};
        for (std::uint32_t i = 0; i < 5; ++i) {
            bridge::Bytes name(128);
            name.resize(chimney_wire_put_name(name.data(), name.size(), i, {texts[i], static_cast<std::uint32_t>(std::strlen(texts[i]))}));
            names = std::move(names) + name;
        }
        chimney_wire_put_header(names.data(), chimney_wire_names_frame, static_cast<std::uint32_t>(names.size() - chimney_wire_header_size));
        const chimney_wire_layer layers[] = {{0, 1, 4}, {1, 2, 4}, {2, 3, 4}};
        bridge::Bytes told(256);
        told.resize(chimney_wire_put_layers(told.data(), told.size(), layers, 3));
        return std::move(names) + told;
    }
    bridge::Bytes frame(std::uint64_t count) {
        bridge::Bytes out(chimney_wire_header_size + count * (chimney_wire_event_size + 64) + 4096);
        std::size_t at = chimney_wire_header_size;
        for (std::uint64_t i = 0; i < count; ++i, ++next_) {
            chimney_wire_event event = bridge::message_event(next_);
            event.clock = event.virtual_time = now() - began_;
            const bool enter = next_ % 2 == 0;
            event.kind = static_cast<std::uint8_t>(enter ? trace::EventKind::enter : trace::EventKind::leave);
            event.name = 0;
            event.layer = 1;
            event.other_layer = 0;
            if (!enter) event.partner = next_ - 1;
            chimney_wire_piece piece{};
            std::uint16_t pieces = 0;
            if (next_ == 0 || next_ % 8 == 0) {
                const std::uint64_t word = next_;
                std::memcpy(block_ + 16, &word, sizeof word);
                piece.kind = next_ == 0 ? chimney_wire_birth : chimney_wire_snapshot;
                piece.label = piece.parent = CHIMNEY_WIRE_NONE32;
                piece.address = 0x1000;
                piece.region = 0;
                piece.bytes = block_;
                piece.length = sizeof block_;
                if (next_ != 0) {
                    piece.offset = 16;
                    piece.bytes = block_ + 16;
                    piece.length = 8;
                }
                pieces = 1;
            }
            at += chimney_wire_put_record(out.data() + at, out.size() - at, &event, &piece, pieces);
        }
        out.resize(at);
        chimney_wire_put_header(out.data(), chimney_wire_events_frame, static_cast<std::uint32_t>(at - chimney_wire_header_size));
        return out;
    }
    [[nodiscard]] std::uint64_t next() const { return next_; }

private:
    std::uint64_t next_ = 0, began_ = now();
    std::uint8_t block_[152] = {};
};

}  // namespace

int main(int count, char** arguments) {
    double rate = 100'000, seconds = 3, most_growth_mib = 0;
    std::string connect;
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string name = arguments[i];
        if (name == "--rate") rate = std::atof(arguments[i + 1]);
        else if (name == "--seconds") seconds = std::atof(arguments[i + 1]);
        else if (name == "--connect") connect = arguments[i + 1];
        else if (name == "--most-growth") most_growth_mib = std::atof(arguments[i + 1]);
        else return std::fprintf(stderr, "bridge_soak: there is no option %s; see the file's head\n", arguments[i]), 2;
    }
    char scratch[] = "/tmp/chimneylab-soak-XXXXXX";
    if (mkdtemp(scratch) == nullptr) return 2;
    const std::filesystem::path file = std::filesystem::path(scratch) / "soak.chimney";
    const auto to_file = connect.empty() ? std::make_shared<ToFile>(file) : nullptr;
    if (to_file && !to_file->good()) return 2;
    Ends ends(to_file);
    bridge::ServerOptions options;
    options.endpoint = std::get<bridge::Endpoint>(bridge::parse_endpoint("tcp:127.0.0.1:0"));
    options.limits.trace_bytes = ~std::uint64_t{0};
    std::unique_ptr<bridge::Server> server;
    bridge::Endpoint endpoint;
    if (connect.empty()) {
        auto listening = bridge::Server::listen(options, ends);
        if (std::holds_alternative<bridge::Problem>(listening)) return 2;
        server = std::move(std::get<std::unique_ptr<bridge::Server>>(listening));
        endpoint = server->endpoint();
    } else {
        const auto parsed = bridge::parse_endpoint(connect);
        if (std::holds_alternative<bridge::Problem>(parsed)) return std::fprintf(stderr, "bridge_soak: --connect\n"), 2;
        endpoint = std::get<bridge::Endpoint>(parsed);
    }

    bridge::TestProducer producer(endpoint);
    Stream stream;
    bridge::HelloWords words;
    words.producer = "soak";
    if (!producer.connected() || !producer.send(bridge::hello_bytes(words) + stream.preamble())) return std::fprintf(stderr, "bridge_soak: nobody listens there\n"), 2;
    const auto began = Clock::now();
    std::uint64_t memory_early = 0;
    double late = 0;
    for (;;) {
        const double passed = std::chrono::duration<double>(Clock::now() - began).count();
        if (passed >= seconds) break;
        if (memory_early == 0 && passed > seconds / 4) memory_early = resident_memory();
        std::uint64_t due = 1000;
        if (rate > 0) {
            const auto wanted = static_cast<std::uint64_t>(passed * rate);
            if (wanted <= stream.next()) {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
                continue;
            }
            due = std::min<std::uint64_t>(wanted - stream.next(), 1000);
            late = std::max(late, static_cast<double>(wanted - stream.next()) / rate);
        }
        if (!producer.send(stream.frame(due))) return std::fprintf(stderr, "bridge_soak: the connection was lost\n"), 1;
    }
    const double sending = std::chrono::duration<double>(Clock::now() - began).count();
    producer.send(bridge::goodbye_bytes(stream.next()));
    std::printf("sent %llu events in %.2f s, %.0f a second, at most %.0f ms late\n", static_cast<unsigned long long>(stream.next()), sending,
                static_cast<double>(stream.next()) / sending, late * 1000);
    int code = 0;
    if (server) {
        const bridge::SessionState state = ends.await();
        const bool written = to_file->finish();
        const double whole = std::chrono::duration<double>(Clock::now() - began).count();
        const std::uint64_t memory = resident_memory();
        const double growth = static_cast<double>(memory) / (1 << 20) - static_cast<double>(memory_early) / (1 << 20);
        std::printf("recorded %llu, dropped %llu, missing %llu, on the disk after %.2f s (%.0f a second), %.1f bytes an event, "
                    "%.0f MiB of memory, %+.0f MiB since the first quarter\n",
                    static_cast<unsigned long long>(state.events), static_cast<unsigned long long>(state.losses.dropped),
                    static_cast<unsigned long long>(state.losses.missing), whole, static_cast<double>(state.events) / whole,
                    static_cast<double>(std::filesystem::file_size(file)) / static_cast<double>(state.events), static_cast<double>(memory) / (1 << 20), growth);
        if (!written || state.events != stream.next() || state.losses.any()) code = 1;
        const bool grown = most_growth_mib > 0 && growth > most_growth_mib;
        const auto opened = session::open(file);
        const auto* session = std::get_if<session::Opened>(&opened);
        if (session == nullptr || session->trace.size() != stream.next() || session->condition != session::Condition::complete) code = 1;
        if (code != 0) std::printf("NOT all of it is there\n");
        if (grown) {
            std::printf("memory has grown by more than %.0f MiB\n", most_growth_mib);
            code = 1;
        }
    }
    std::error_code ignored;
    std::filesystem::remove_all(scratch, ignored);
    return code;
}
