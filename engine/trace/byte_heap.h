// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Bytes that are only ever added to: what a trace keeps of regions and of their changes. Most of what is added is a few bytes,
// taken as one word without a loop or a call. Owns its memory; positions stay, addresses do not. One thread at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

namespace chimneylab::trace {

class ByteHeap {
public:
    ByteHeap() = default;
    ByteHeap(const ByteHeap& other) { append(other.all()); }
    ByteHeap(ByteHeap&& other) noexcept
        : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)), capacity_(std::exchange(other.capacity_, 0)) {}
    ByteHeap& operator=(ByteHeap other) noexcept {
        bytes_.swap(other.bytes_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
        return *this;
    }
    ~ByteHeap() = default;

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::span<const std::byte> all() const { return {bytes_.get(), size_}; }

    void reserve(std::size_t bytes) {
        if (bytes > capacity_) move_to(bytes);
    }
    void append(std::span<const std::byte> data) {
        if (data.size() > capacity_ - size_) move_to(std::max(size_ + data.size(), more()));
        if (!data.empty()) std::memcpy(bytes_.get() + size_, data.data(), data.size());
        size_ += data.size();
    }
    // The first `length` (at most 8) bytes of a word as it lies in memory.
    void append_word(std::uint64_t word, std::size_t length) {
        if (capacity_ - size_ < sizeof word) [[unlikely]] move_to(more());
        std::memcpy(bytes_.get() + size_, &word, sizeof word);
        size_ += length;
    }

private:
    // See make_room() in trace.cpp.
    [[nodiscard]] std::size_t more() const { return std::max(capacity_ * (capacity_ < many ? 4 : 2), least); }
    void move_to(std::size_t capacity) {
        auto bytes = std::make_unique_for_overwrite<std::byte[]>(capacity);
        if (size_ != 0) std::memcpy(bytes.get(), bytes_.get(), size_);
        bytes_ = std::move(bytes);
        capacity_ = capacity;
    }

    static constexpr std::size_t least = 4096, many = std::size_t{1} << 20;
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace chimneylab::trace
