// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A part as three compressed blobs (FORMAT.md says what stands in each): `births`, read of every chunk when a session is
// opened, `events`, and `contents`, the bytes. Each is columns of differences, then zstd at its fastest level.
// Unpacking trusts nothing: a blob that is cut, altered or lies about its size is an UnpackFailure. Whether the numbers
// make sense within the trace is checked by check_part(). Not thread safe: one packer for one thread.
#pragma once

#include <memory>
#include <stdexcept>

#include "engine/session/part.h"
#include "engine/session/varint.h"

namespace chimneylab::session {

struct UnpackFailure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The bytes of a region as they are at the end of the part, if the part changed it (or it was born here) and it lives on.
using Keyframe = trace::ContentPage::Keyframe;

// What is needed of every chunk to open a session, beside the regions born in it.
struct Births {
    std::vector<Amendment> amendments;
    std::vector<Closing> closings;
    std::vector<trace::RegionId> touched;  // regions of earlier parts whose bytes change here, ascending
};

class Packer {
public:
    Packer();
    ~Packer();
    Packer(const Packer&) = delete;
    Packer& operator=(const Packer&) = delete;

    // Packs faster and not as tightly, for a producer that is ahead of the disk. Any reader reads both.
    void hurry(bool on) { hurry_ = on; }
    // Valid until the next call of the same packer.
    std::span<const std::byte> births(const Part& part, std::span<const Closing> closings,
                                      std::span<const trace::RegionId> touched);
    std::span<const std::byte> events(const Part& part);
    std::span<const std::byte> contents(const Part& part, std::span<const Keyframe> keyframes);

private:
    struct Stream;  // zstd's context and its output
    std::span<const std::byte> compress(Stream& stream);
    ColumnWriter columns_;
    std::vector<std::uint8_t> columns_of_events_;  // one after the other, with room for the longest numbers
    bool hurry_ = false;
    std::unique_ptr<Stream> births_, events_, contents_;
};

// Whether a blob can hold what its chunk's row says, by the size that its frame tells: nothing is unpacked.
[[nodiscard]] bool may_hold_events(std::span<const std::byte> blob, std::uint64_t events);
[[nodiscard]] bool may_hold_contents(std::span<const std::byte> blob, std::uint64_t changes, std::uint64_t bytes);

class Unpacker {
public:
    Unpacker();
    ~Unpacker();
    Unpacker(const Unpacker&) = delete;
    Unpacker& operator=(const Unpacker&) = delete;

    // count and first_event come from the chunk's row. The regions are appended, without their bytes' positions; there may
    // be millions, so they are made where they stay. When this throws, some may have been appended.
    Births births(std::span<const std::byte> blob, std::uint32_t first_event, std::uint32_t first_region,
                  std::size_t count, std::vector<trace::Region>& regions);
    // The events' first_change counts from the part's first change. Here and below the memory of what was there before is
    // used again; when this throws, what stands there means nothing.
    void events(std::span<const std::byte> blob, std::uint32_t first_event, std::size_t count,
                std::vector<trace::Event>& to);
    struct Contents {
        std::vector<trace::Change> changes;  // positions count from the first of `bytes`
        std::vector<std::byte> bytes;        // of changes and births
        std::vector<std::uint64_t> initial;  // for each region born here: where its bytes lie
        std::vector<Keyframe> keyframes;
    };
    void contents(std::span<const std::byte> blob, std::span<const trace::Region> born, std::size_t changes, Contents& to);

private:
    std::span<const std::byte> decompress(std::span<const std::byte> blob);
    struct Context;
    std::unique_ptr<Context> context_;
};

}  // namespace chimneylab::session
