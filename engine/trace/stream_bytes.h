// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What the stream's writer and its reader have to agree on: the head, the kinds of frames, the check sum.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace chimneylab::trace::stream {

inline constexpr std::array<char, 8> magic = {'c', 'h', 'i', 'm', 't', 'r', 'c', '\n'};
inline constexpr std::size_t head_size = magic.size() + 4;
inline constexpr std::size_t frame_head = 5;
inline constexpr std::size_t frame_tail = 4;

enum Kind : std::uint8_t { description = 1, layers, string, region, region_news, event };

inline std::uint32_t check_sum(std::uint8_t kind, std::span<const std::byte> payload) {
    std::uint32_t sum = (2166136261u ^ kind) * 16777619u;
    for (const std::byte byte : payload) sum = (sum ^ std::to_integer<std::uint32_t>(byte)) * 16777619u;
    return sum;
}

}  // namespace chimneylab::trace::stream
