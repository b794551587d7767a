// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What a live driver pays for being watched, and how much the recorder takes in. Budgets: an event with a snapshot of a
// whole block list under 60 ns and at most twice the bare append and copy; two million events a second over loopback TCP.
#include <benchmark/benchmark.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "driver-bridge/probe/probe.h"
#include "driver-bridge/server/server.h"
#include "engine/session/writer.h"
#include "tests/benchmark/baseline.h"
#include "tests/benchmark/comparison.h"

namespace chimneylab {
namespace {

chimney_wire_event enter_event() {
    chimney_wire_event event{};
    event.kind = static_cast<std::uint8_t>(trace::EventKind::enter);
    event.name = event.operation = event.region = CHIMNEY_WIRE_NONE32;
    event.partner = event.parent = CHIMNEY_WIRE_NONE64;
    return event;
}

void bridge_probe_event_with_snapshot(benchmark::State& state) {
    constexpr std::size_t ring = std::size_t{4} << 20;
    const double floor = benchmark_support::append_and_copy_ns(), in_place = benchmark_support::append_and_copy_in_used_memory_ns(ring);
    constexpr std::uint32_t processors = 8;
    std::vector<std::uint8_t> memory(chimney_probe_memory(processors, ring) + 64);
    void* place = memory.data();
    std::size_t room = memory.size();
    chimney_probe* probe = chimney_probe_start(std::align(64, room - 64, place, room), processors, ring);
    std::array<std::uint8_t, 152> block{};
    chimney_wire_event event = enter_event();
    chimney_wire_piece snapshot{};
    snapshot.kind = chimney_wire_snapshot;
    snapshot.region = 1;
    snapshot.length = static_cast<std::uint32_t>(block.size());
    snapshot.bytes = block.data();
    std::vector<std::uint8_t> drained(chimney_wire_payload_limit);
    double best = 0;
    std::size_t events = 0;
    for (auto _ : state) {
        const double start = benchmark_support::processor_time_ns();
        for (std::size_t i = 0; i < 10'000; ++i) {
            event.subject = i;
            block[i % block.size()] = static_cast<std::uint8_t>(i);
            benchmark::DoNotOptimize(chimney_probe_record(probe, &event, &snapshot, 1));
        }
        const double each = (benchmark_support::processor_time_ns() - start) / 10'000;
        best = best == 0 ? each : std::min(best, each);
        events += 10'000;
        while (chimney_probe_drain(probe, drained.data(), drained.size()) > 0) {}
    }
    if (chimney_probe_dropped(probe) > 0) state.SkipWithError("the ring was full: this measured dropping, not recording");
    state.SetItemsProcessed(static_cast<std::int64_t>(events));
    benchmark_support::compare_also(state, "against_append_and_copy", best, floor, 2.0, "ns");
    benchmark_support::compare_also(state, "against_60_ns", best, 60, 1.0, "ns");
    // One thread, no number, no clock, memory that does not grow: what no recorder of several threads can be as quick as.
    benchmark_support::compare_also(state, "against_copying_in_place", best, in_place, 0, "ns");
}
BENCHMARK(bridge_probe_event_with_snapshot)->Unit(benchmark::kMillisecond);

// As chimneylab-cli record does: into a file, on the server's thread and the writer's.
class ToFile : public bridge::Recipient {
public:
    explicit ToFile(const std::filesystem::path& file) {
        auto created = session::Writer::create(file);
        if (auto* writer = std::get_if<std::unique_ptr<session::Writer>>(&created)) writer_ = std::move(*writer);
    }
    void described(const trace::RunDescription& description, std::span<const trace::Layer> layers) override {
        if (writer_) writer_->describe(description, layers);
    }
    void grew(const session::Part& part) override {
        if (writer_) writer_->extend(part);
    }
    bool finish() { return writer_ && !writer_->finish(); }

private:
    std::unique_ptr<session::Writer> writer_;
};

class Ends : public bridge::Observer {
public:
    explicit Ends(std::filesystem::path file) : file_(std::move(file)) {}
    std::shared_ptr<bridge::Recipient> recipient(const bridge::SessionState&) override {
        return recording_ = std::make_shared<ToFile>(file_);
    }
    void session_ended(const bridge::SessionState& state, trace::Trace) override {
        const bool whole = recording_ && recording_->finish();
        const std::lock_guard lock(mutex_);
        if (!whole) lost_ += state.events;
        ++ended_;
        events_ += state.events;
        lost_ += state.losses.dropped + state.losses.missing;
        changed_.notify_all();
    }
    void await(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return ended_ >= count; });
    }
    std::uint64_t events() {
        const std::lock_guard lock(mutex_);
        return events_;
    }
    std::uint64_t lost() {
        const std::lock_guard lock(mutex_);
        return lost_;
    }

private:
    std::filesystem::path file_;
    std::shared_ptr<ToFile> recording_;  // one producer at a time
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t ended_ = 0;
    std::uint64_t events_ = 0, lost_ = 0;
};

bool send_all(int socket, const std::vector<std::uint8_t>& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t count = ::send(socket, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
        if (count <= 0) return false;
        at += static_cast<std::size_t>(count);
    }
    return true;
}

// Events as fast as they go, from the first byte until the session has ended and every one of them is in its file.
void bridge_flood_over_tcp(benchmark::State& state) {
    constexpr std::uint64_t events = 4'000'000, each_frame = 1'000;
    std::vector<std::uint8_t> stream(8192);
    chimney_wire_hello hello{};
    hello.lowest_version = hello.highest_version = chimney_wire_version_highest;
    hello.pointer_size = 8;
    hello.clock_frequency = 1'000'000'000;
    hello.capabilities = chimney_wire_has_virtual_time | chimney_wire_has_references;
    stream.resize(chimney_wire_put_hello(stream.data(), stream.size(), &hello));
    for (std::uint64_t next = 0; next < events;) {
        const std::size_t frame = stream.size();
        stream.resize(frame + chimney_wire_header_size + each_frame * chimney_wire_event_size);
        chimney_wire_put_header(stream.data() + frame, chimney_wire_events_frame, each_frame * chimney_wire_event_size);
        for (std::uint64_t i = 0; i < each_frame; ++i, ++next) {
            chimney_wire_event event = enter_event();
            event.sequence = event.clock = event.virtual_time = next;
            chimney_wire_put_record(stream.data() + frame + chimney_wire_header_size + i * chimney_wire_event_size,
                                    chimney_wire_event_size, &event, nullptr, 0);
        }
    }
    const std::size_t before = stream.size();
    const chimney_wire_goodbye goodbye{chimney_wire_finished, events, {nullptr, 0}};
    stream.resize(before + 64);
    stream.resize(before + chimney_wire_put_goodbye(stream.data() + before, 64, &goodbye));

    std::string folder = (std::filesystem::temp_directory_path() / "chimneylab-flood.XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) {
        state.SkipWithError("there is no folder for the session");
        return;
    }
    Ends ends(std::filesystem::path(folder) / "flood.chimney");
    bridge::ServerOptions options;
    options.endpoint = std::get<bridge::Endpoint>(bridge::parse_endpoint("tcp:127.0.0.1:0"));
    auto listening = bridge::Server::listen(options, ends);
    if (std::holds_alternative<bridge::Problem>(listening)) {
        state.SkipWithError(std::get<bridge::Problem>(listening).to_text().c_str());
        return;
    }
    const auto server = std::move(std::get<std::unique_ptr<bridge::Server>>(listening));
    std::size_t rounds = 0;
    double best = 0;
    for (auto _ : state) {
        const auto start = std::chrono::steady_clock::now();
        const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_port = htons(server->endpoint().port);
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0 || !send_all(socket, stream)) {
            state.SkipWithError("the connection was lost");
            ::close(socket);
            break;
        }
        ends.await(++rounds);
        const double each =
            std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count() / static_cast<double>(events);
        best = best == 0 ? each : std::min(best, each);
        ::close(socket);
    }
    server->stop();
    std::filesystem::remove_all(folder);
    if (ends.events() != rounds * events || ends.lost() != 0) state.SkipWithError("events were lost");
    state.SetItemsProcessed(static_cast<std::int64_t>(ends.events()));
    // Two million a second are 500 ns each.
    benchmark_support::compare(state, best, 500, 1.0, "ns");
}
BENCHMARK(bridge_flood_over_tcp)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(4);

}  // namespace
}  // namespace chimneylab
