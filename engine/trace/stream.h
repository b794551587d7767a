// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A growing trace as a sequence of bytes, so that what one process records another one has at once: up to the last event
// before a crash. Little-endian. A head (magic, version), then frames that only ever add:
//
//     u32 length of the payload | u8 kind | payload | u32 FNV-1a of kind and payload
//
//     1 description   scenario, title, variant, schedule, mode, producer (each u32 length + bytes), u64 clock_start
//     2 layers        u8 count, each: u8 role, u32 name, u32 driver
//     3 string        bytes; strings are numbered as they come, each once
//     4 region        u8 kind, u8 owner, u16 ordinal, u64 address, u32 label, parent, born, died, tag, then its bytes
//     5 region news   u32 region, u32 label, u32 died
//     6 event         the members of Event in the order of event.h but for first_change and change_count, u32 number of
//                     changes, each: u32 region, u32 offset, u32 length, u8 writer, bytes before, bytes after
//     128 … 255       not about the trace: handed to who reads the stream (the host's result)
//
// Identifiers are the trace's, 0xFFFFFFFF is none. A frame refers only to what came before it, the event that a region
// is born with excepted. The writer's own check sums tell damage; the reader trusts nothing else either: after every
// frame that it takes, trace::integrity_problem has nothing to say about its trace.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/trace/trace.h"

namespace chimneylab::trace {

inline constexpr std::uint32_t stream_version = 1;
inline constexpr std::size_t stream_frame_limit = 64u << 20;  // bytes of one payload
inline constexpr std::uint8_t first_foreign_frame = 128;

// Not thread safe. One sync() hands over one run of whole frames, or nothing.
class StreamWriter {
public:
    using Put = std::function<void(std::span<const std::byte>)>;
    explicit StreamWriter(Put put) : put_(std::move(put)) {}

    // Writes what is new in the trace since the last call; `changed` are regions whose label or death is new.
    void sync(const Trace& trace, std::span<const RegionId> changed);
    void put_foreign(std::uint8_t kind, std::span<const std::byte> payload);

private:
    void head();

    Put put_;
    std::vector<std::byte> buffer_;  // frames of one sync
    bool began_ = false;
    std::optional<RunDescription> description_;
    std::vector<Layer> layers_;
    std::size_t strings_ = 0;
    std::size_t regions_ = 0;
    std::size_t events_ = 0;
};

// Builds the trace from bytes that come in pieces of any size. After the first problem it takes nothing more; what came
// before stays. Not thread safe.
class StreamReader {
public:
    using Foreign = std::function<void(std::uint8_t kind, std::span<const std::byte> payload)>;
    explicit StreamReader(Foreign foreign = {}) : foreign_(std::move(foreign)) {}

    // False once something was wrong.
    bool feed(std::span<const std::byte> bytes);
    [[nodiscard]] const std::string& problem() const { return problem_; }  // "frame 17: …"; empty: none
    // True when bytes of an unfinished frame are waiting: the stream was cut off there, if it has ended.
    [[nodiscard]] bool inside_frame() const { return !pending_.empty(); }
    [[nodiscard]] const Trace& trace() const { return trace_; }
    Trace take() { return std::move(trace_); }

private:
    class Payload;
    bool take_frame(std::uint8_t kind, std::span<const std::byte> payload);
    bool description(Payload payload);
    bool layers(Payload payload);
    bool region(Payload payload);
    bool region_news(Payload payload);
    bool event(Payload payload);
    bool fail(const std::string& what);

    Foreign foreign_;
    Trace trace_;
    std::vector<std::byte> pending_;
    std::uint64_t frames_ = 0;
    bool began_ = false;
    std::string problem_;
};

}  // namespace chimneylab::trace
