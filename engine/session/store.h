// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A session file being written: parts in, rows out. Used by save() for a finished trace and by Writer for one that grows.
// The caller holds the connection and decides when a transaction ends. Throws SqlFailure. Not thread safe.
#pragma once

#include <optional>

#include "engine/session/chunk_packer.h"
#include "engine/session/database.h"

namespace chimneylab::session {

// An empty file becomes an empty session, still being recorded. In a transaction: the caller's.
void create_tables(Database& database);

class Store {
public:
    explicit Store(Database& database);

    void describe(const trace::RunDescription& description, std::span<const trace::Layer> layers);
    // The next part. A part that is not closed may come again later, longer, and takes its own place.
    void put(const Part& part, bool closed, const PackedChunk& packed);
    void put(const SummaryRows& rows) { summary_.write(rows); }
    // Everything has come: the counts and the hash of the content. The fingerprint is the producer's, if it has one.
    // `lacking` is what the session lacks, for people; empty for nothing.
    void seal(std::optional<std::uint64_t> fingerprint, const std::string& lacking = {});

    [[nodiscard]] std::uint32_t events() const { return events_; }

private:
    void put_fact(std::string_view key, std::string_view value);
    void put_chunk(const PackedChunk& packed);

    Database& database_;
    SummaryTables summary_;
    Statement fact_, name_, layer_, layer_word_, chunk_, data_;
    trace::RunDescription description_;
    std::vector<trace::Layer> layers_;
    std::vector<std::string> names_;
    std::vector<Checksum> checksums_;  // of every chunk; a growing one's is the last
    std::uint32_t chunk_id_ = 0;
    std::uint32_t events_ = 0;
    std::uint64_t regions_ = 0, changes_ = 0;
    std::size_t counted_names_ = 0;  // of a growing part
};

}  // namespace chimneylab::session
