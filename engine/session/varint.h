// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Columns of small numbers: seven bits a byte, the lowest first, the high bit says that more follow. A signed number is
// folded so that small ones of either sign stay small. Writing reserves for the worst case and then runs without a
// check; reading checks every byte and never goes past the end. Not thread safe.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace chimneylab::session {

[[nodiscard]] constexpr std::uint64_t folded(std::uint64_t difference) {
    return difference << 1 ^ (difference >> 63 != 0 ? ~std::uint64_t{0} : 0);
}
[[nodiscard]] constexpr std::uint64_t unfolded(std::uint64_t value) {
    return value >> 1 ^ (value & 1 ? ~std::uint64_t{0} : 0);
}
// The same for differences that wrap at 32 bits.
[[nodiscard]] constexpr std::uint32_t folded_32(std::uint32_t difference) {
    return difference << 1 ^ (difference >> 31 != 0 ? ~std::uint32_t{0} : 0);
}
[[nodiscard]] constexpr std::uint32_t unfolded_32(std::uint32_t value) {
    return value >> 1 ^ (value & 1 ? ~std::uint32_t{0} : 0);
}

[[nodiscard]] inline std::uint8_t* put_number(std::uint8_t* at, std::uint64_t value) {
    while (value >= 0x80) {
        *at++ = static_cast<std::uint8_t>(value | 0x80);
        value >>= 7;
    }
    *at++ = static_cast<std::uint8_t>(value);
    return at;
}

class ColumnWriter {
public:
    static constexpr std::size_t longest = 10;

    // Where to write so many numbers (or ten times as many single bytes); end() tells how far it went. The place is kept in
    // a local variable of the loop: the compiler must suppose that a byte written changes any member.
    [[nodiscard]] std::uint8_t* begin(std::size_t numbers) {
        const std::size_t needed = used_ + numbers * longest;
        if (buffer_.size() < needed) buffer_.resize(needed + needed / 2);
        return buffer_.data() + used_;
    }
    void end(const std::uint8_t* at) { used_ = static_cast<std::size_t>(at - buffer_.data()); }
    void put_one(std::uint64_t value) { end(put_number(begin(1), value)); }
    void put_bytes(std::span<const std::byte> data);
    void clear() { used_ = 0; }
    [[nodiscard]] std::span<const std::byte> written() const { return std::as_bytes(std::span(buffer_.data(), used_)); }

private:
    std::vector<std::uint8_t> buffer_;
    std::size_t used_ = 0;
};

class ColumnReader {
public:
    explicit ColumnReader(std::span<const std::byte> data)
        : at_(reinterpret_cast<const std::uint8_t*>(data.data())), end_(at_ + data.size()) {}

    [[nodiscard]] std::uint64_t get() {
        if (at_ < end_ && *at_ < 0x80) return *at_++;
        return get_long();
    }
    [[nodiscard]] std::uint8_t get_byte() {
        if (at_ < end_) return *at_++;
        failed_ = true;
        return 0;
    }
    [[nodiscard]] std::span<const std::byte> get_bytes(std::uint64_t size) {
        if (size > static_cast<std::uint64_t>(end_ - at_)) {
            failed_ = true;
            return {};
        }
        const auto data = std::as_bytes(std::span(at_, static_cast<std::size_t>(size)));
        at_ += size;
        return data;
    }
    [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
    [[nodiscard]] bool failed() const { return failed_; }  // something was read that is not there
    [[nodiscard]] bool sound_to_the_end() const { return !failed_ && at_ == end_; }

private:
    std::uint64_t get_long();
    const std::uint8_t* at_;
    const std::uint8_t* end_;
    bool failed_ = false;
};

}  // namespace chimneylab::session
