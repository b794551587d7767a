// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Numbers for comparing moments of runs within one exploration; never stored, never shown. Order matters.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace chimneylab::explorer {

class Hash {
public:
    void word(std::uint64_t value) { state_ = fold(state_ ^ value, 0x9E3779B97F4A7C15); }
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
    // Memory of a run. Words that point into one of these stretches count as the place there, so that equal runs are equal
    // wherever they lie.
    struct Stretch {
        std::uint64_t begin = 0, size = 0;
    };
    void memory(std::span<const std::byte> data, std::span<const Stretch> stretches) {
        word(data.size());
        std::uint64_t lanes[4] = {state_, state_ + 1, state_ + 2, state_ + 3};
        std::size_t at = 0;
        for (; at < data.size(); at += 64) {
            std::uint64_t words[8]{};
            std::memcpy(words, data.data() + at, data.size() - at < sizeof words ? data.size() - at : sizeof words);
            for (std::size_t k = 0; k < stretches.size(); ++k)
                for (std::uint64_t& each : words) {
                    const std::uint64_t place = each - stretches[k].begin;
                    each = place < stretches[k].size ? (k + 1) << 48 | place : each;
                }
            for (int i = 0; i < 4; ++i) lanes[i] = fold(lanes[i] ^ words[2 * i], 0xA0761D6478BD642F ^ words[2 * i + 1]);
        }
        for (const std::uint64_t lane : lanes) word(lane);
    }
    void text(std::string_view value) { bytes(std::as_bytes(std::span(value))); }
    [[nodiscard]] std::uint64_t value() const {
        const std::uint64_t mixed = fold(state_, 0xE7037ED1A0B428DB);
        return mixed == 0 ? 1 : mixed;
    }

private:
    __extension__ typedef unsigned __int128 Product;
    static std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
        const auto product = static_cast<Product>(a ^ 0x8EBC6AF09C88C6E3) * (b | 1);
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }
    std::uint64_t state_ = 0x589965CC75374CC3;
};

}  // namespace chimneylab::explorer
