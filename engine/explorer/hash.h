// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Numbers for comparing moments of runs within one exploration; never stored, never shown. Order matters.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace chimneylab::explorer {

class Hash {
public:
    void word(std::uint64_t value) { state_ = fold(state_ ^ value, 0x9E3779B97F4A7C15); }
    void words(std::uint64_t first, std::uint64_t second) { state_ = fold(state_ ^ first, 0x9E3779B97F4A7C15 ^ second); }
    void bytes(std::span<const std::byte> data) {
        word(data.size());
        std::size_t at = 0;
        // Four lanes, so that one multiplication does not wait for the one before.
        std::uint64_t lanes[4] = {state_, state_ + 1, state_ + 2, state_ + 3};
        for (; at + 64 <= data.size(); at += 64) {
            std::uint64_t words[8];
            std::memcpy(words, data.data() + at, sizeof words);
            for (int i = 0; i < 4; ++i) lanes[i] = fold(lanes[i] ^ words[2 * i], 0xA0761D6478BD642F ^ words[2 * i + 1]);
        }
        for (const std::uint64_t lane : lanes) word(lane);
        for (; at < data.size(); at += 8) {
            std::uint64_t last = 0;
            std::memcpy(&last, data.data() + at, data.size() - at < 8 ? data.size() - at : 8);
            word(last);
        }
    }
    // A word of a run's memory that points into one of these stretches counts as the place there, so that equal runs are equal
    // wherever they lie.
    struct Stretch {
        std::uint64_t begin = 0, size = 0;
    };
    static constexpr std::size_t line_bytes = 64;
    // Of a line of memory, or of what there is of one; `place` is its number.
    [[nodiscard]] static std::uint64_t of_line(std::span<const std::byte> line, std::size_t place, std::span<const Stretch> stretches) {
        std::uint64_t words[line_bytes / 8]{};
        if (line.size() == line_bytes) std::memcpy(words, line.data(), line_bytes);  // the usual case, without a call
        else std::memcpy(words, line.data(), line.size());
        for (std::size_t k = 0; k < stretches.size(); ++k)
#pragma GCC unroll 8
            for (std::uint64_t& each : words) {
                const std::uint64_t within = each - stretches[k].begin;
                each = within < stretches[k].size ? (k + 1) << 48 | within : each;
            }
        const std::uint64_t start = fold(place << 7 | line.size(), 0x9E3779B97F4A7C15);
        const std::uint64_t front = fold(words[0] ^ start, words[1] ^ 0xA0761D6478BD642F) ^ fold(words[2] ^ start, words[3] ^ 0xD6E8FEB86659FD93);
        const std::uint64_t back = fold(words[4] ^ start, words[5] ^ 0xC2B2AE3D27D4EB4F) ^ fold(words[6] ^ start, words[7] ^ 0x165667B19E3779F9);
        return fold(front, back ^ 0xE7037ED1A0B428DB);
    }
    void memory(std::span<const std::byte> data, std::span<const Stretch> stretches) {
        word(data.size());
        for (std::size_t at = 0; at < data.size(); at += line_bytes)
            word(of_line(data.subspan(at, std::min(line_bytes, data.size() - at)), at / line_bytes, stretches));
    }
    void text(std::string_view value) { bytes(std::as_bytes(std::span(value))); }
    [[nodiscard]] std::uint64_t value() const {
        const std::uint64_t mixed = fold(state_, 0xE7037ED1A0B428DB);
        return mixed == 0 ? 1 : mixed;
    }

private:
    __extension__ typedef unsigned __int128 Product;
    static std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
        // Every bit of both counts: a factor made odd would lose one.
        const auto product = static_cast<Product>(a ^ 0x8EBC6AF09C88C6E3) * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }
    std::uint64_t state_ = 0x589965CC75374CC3;
};

// The hash of one stretch of memory, asked for again and again while little of it changes: what is as it was is compared, not
// hashed. Equal for equal memory, whatever was asked before.
class MemoryHash {
public:
    [[nodiscard]] std::uint64_t of(std::span<const std::byte> memory, std::span<const Hash::Stretch> stretches) {
        const std::size_t lines = (memory.size() + line_bytes - 1) / line_bytes;
        while (values_.size() > lines) {
            sum_ -= values_.back();
            values_.pop_back();
        }
        if (copy_.size() < lines * line_bytes) copy_.resize(2 * lines * line_bytes);
        const std::size_t known = std::min(values_.size(), seen_ / line_bytes);  // a last line that was not whole is new
        values_.resize(lines);
        std::size_t line = 0;
        for (; line + lines_at_once <= std::min(known, memory.size() / line_bytes); line += lines_at_once) {
            if (same(memory, line, lines_at_once)) continue;
            for (std::size_t i = line; i < line + lines_at_once; ++i)
                if (!same(memory, i, 1)) take_in(memory, i, stretches);
        }
        for (; line < lines; ++line) take_in(memory, line, stretches);
        seen_ = memory.size();
        return sum_;
    }

private:
    static constexpr std::size_t line_bytes = Hash::line_bytes, lines_at_once = 8;

    [[nodiscard]] bool same(std::span<const std::byte> memory, std::size_t line, std::size_t count) const {
        return std::memcmp(memory.data() + line * line_bytes, copy_.data() + line * line_bytes, count * line_bytes) == 0;
    }
    void take_in(std::span<const std::byte> memory, std::size_t line, std::span<const Hash::Stretch> stretches) {
        const std::size_t at = line * line_bytes;
        const std::span<const std::byte> bytes = memory.subspan(at, std::min(line_bytes, memory.size() - at));
        std::memcpy(copy_.data() + at, bytes.data(), bytes.size());
        const std::uint64_t value = Hash::of_line(bytes, line, stretches);
        sum_ += value - values_[line];
        values_[line] = value;
    }

    std::vector<std::byte> copy_;
    std::vector<std::uint64_t> values_;  // of the lines
    std::size_t seen_ = 0;               // bytes at the last asking
    std::uint64_t sum_ = 0;
};

}  // namespace chimneylab::explorer
