// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What is read of a session when it is opened: everything but the events and bytes themselves, which stay in the chunks
// until somebody looks. Reading goes as far as the file is whole; `damage` says why it ended before its end.
#pragma once

#include "engine/session/checksum.h"
#include "engine/session/packing.h"
#include "engine/session/read_row.h"
#include "engine/trace/overview.h"

namespace chimneylab::session {

struct Chunk {
    ChunkNumbers numbers{};
    Checksum checksum{};
    Births births;
    [[nodiscard]] std::uint32_t first_event() const { return static_cast<std::uint32_t>(numbers[0]); }
    [[nodiscard]] std::uint32_t events() const { return static_cast<std::uint32_t>(numbers[1]); }
    [[nodiscard]] std::uint32_t first_region() const { return static_cast<std::uint32_t>(numbers[2]); }
    [[nodiscard]] std::uint32_t regions() const { return static_cast<std::uint32_t>(numbers[3]); }
    [[nodiscard]] std::uint64_t first_change() const { return numbers[4]; }
    [[nodiscard]] std::uint64_t changes() const { return numbers[5]; }
    [[nodiscard]] std::uint64_t first_byte() const { return numbers[6]; }
    [[nodiscard]] std::uint64_t bytes() const { return numbers[7]; }
};

struct SessionIndex {
    Facts facts;
    trace::RunDescription description;
    std::vector<std::string> names;
    std::vector<trace::Layer> layers;
    std::vector<Chunk> chunks;
    std::vector<trace::Region> regions;  // with all that became known of them; without positions of bytes
    trace::Overview overview;
    std::string damage;  // empty: whole

    [[nodiscard]] std::uint32_t events() const {
        return chunks.empty() ? 0 : chunks.back().first_event() + chunks.back().events();
    }
};

// Throws Refused when the file is no session any more, SqlFailure when not even its tables can be reached. Without the
// overview, and without looking at more than the chunks' own rows.
[[nodiscard]] SessionIndex read_index(Database& database);
// The overview of so many events; empty when the file has none that fits. Only a convenience: it can be made anew.
[[nodiscard]] trace::Overview read_overview(Database& database);

// How many chunks, from the first, are as they were written; all bytes of the file are looked at.
struct Verified {
    std::size_t chunks = 0;
    std::string damage;  // why the next one is not; empty when there is none
};
[[nodiscard]] Verified verify_chunks(Database& database);

// One chunk's events and bytes, checked against its checksum and against the rest of the session: what comes back is safe
// to read. Throws Refused, UnpackFailure or SqlFailure.
class ChunkReader {
public:
    explicit ChunkReader(Database& database);
    // Both use the memory again of what was there before, and leave something that means nothing when they throw.
    void events(const SessionIndex& index, std::size_t chunk, std::vector<trace::Event>& to);
    // events: those of the same chunk; what their first_change counts from
    void contents(const SessionIndex& index, std::size_t chunk, std::span<const trace::Event> events,
                  std::uint32_t first_change, Unpacker::Contents& to);

    // The chunk's blobs against its checksum. Done by the others, too, unless it has been done.
    void check(const Chunk& chunk, std::size_t number);

private:
    Statement events_, contents_, all_;
    Unpacker unpacker_;
    std::vector<bool> checked_;
};

}  // namespace chimneylab::session
