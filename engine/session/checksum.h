// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// XXH3, 128 bits: notices every accident to a chunk or to the whole content. It is no protection against somebody who
// wants to deceive. Not thread safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/trace/trace.h"

namespace chimneylab::session {

using Checksum = std::array<std::byte, 16>;

class Checksummer {
public:
    Checksummer();
    ~Checksummer();
    Checksummer(const Checksummer&) = delete;
    Checksummer& operator=(const Checksummer&) = delete;
    void number(std::uint64_t value);
    void bytes(std::span<const std::byte> data);  // with its length
    void text(std::string_view data) { bytes(std::as_bytes(std::span(data))); }
    [[nodiscard]] Checksum value() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

// The numbers of a chunk's row, in the order of the table.
using ChunkNumbers = std::array<std::uint64_t, 12>;

[[nodiscard]] Checksum chunk_checksum(const ChunkNumbers& numbers, std::span<const std::byte> births,
                                      std::span<const std::byte> events, std::span<const std::byte> contents);
// Over what was run, the layers, every name and the checksums of all chunks.
[[nodiscard]] std::string content_checksum(const trace::RunDescription& description,
                                           std::span<const trace::Layer> layers, std::span<const std::string> names,
                                           std::span<const Checksum> chunks);

}  // namespace chimneylab::session
