// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Appends numbers and texts to a byte string, least significant byte first, as pcapng and CTF files want them here.
// Internal to the exchange. Values only.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace chimneylab::report {

class LittleEndian {
public:
    template <typename Number>
    LittleEndian& number(Number value) {
        auto bits = static_cast<std::make_unsigned_t<Number>>(value);
        for (std::size_t i = 0; i < sizeof bits; ++i) {
            bytes_ += static_cast<char>(bits & 0xFF);
            bits = static_cast<decltype(bits)>(static_cast<std::uint64_t>(bits) >> 8);
        }
        return *this;
    }
    LittleEndian& raw(std::string_view value) {
        bytes_ += value;
        return *this;
    }
    LittleEndian& raw(std::span<const std::byte> value) {
        bytes_.append(reinterpret_cast<const char*>(value.data()), value.size());
        return *this;
    }
    // Its length in two bytes, then the text; what is longer is cut.
    LittleEndian& counted(std::string_view value) {
        value = value.substr(0, 0xFFFF);
        return number(static_cast<std::uint16_t>(value.size())).raw(value);
    }
    // Ended by a zero; zeros inside become '?'.
    LittleEndian& terminated(std::string_view value) {
        for (const char c : value) bytes_ += c == '\0' ? '?' : c;
        bytes_ += '\0';
        return *this;
    }
    LittleEndian& padded_to(std::size_t multiple) {
        while (bytes_.size() % multiple != 0) bytes_ += '\0';
        return *this;
    }
    [[nodiscard]] const std::string& bytes() const { return bytes_; }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }
    void clear() { bytes_.clear(); }

private:
    std::string bytes_;
};

}  // namespace chimneylab::report
