// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Turns addresses of this process into the addresses a trace shows, so that traces are equal under address-space
// randomisation, in every program and with several machines in one process.
//   pool arena            → 0xFFFFFA8000000000 + offset
//   handles               → as they are (already virtual, see handle_table.h)
//   registered images     → 0xFFFFF88001000000 + image × 0x1000000 + offset (drivers loaded from a file)
//   any other code, data  → 0xFFFFF88000000000 + 16 × number of first appearance
//   stack and heap        → 0xFFFFF98000000000 + 16 × number of first appearance
// Anything that does not point into this process is data and stays as it is. Owned by Machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/trace/types.h"

namespace chimneylab::machine {

class Pool;

class AddressSpace {
public:
    explicit AddressSpace(const Pool& pool);

    static constexpr std::uint64_t pool_base = 0xFFFFFA8000000000;
    static constexpr std::uint64_t image_base = 0xFFFFF88001000000;
    static constexpr std::uint64_t image_stride = 0x1000000;
    static constexpr std::uint64_t other_image_base = 0xFFFFF88000000000;
    static constexpr std::uint64_t process_base = 0xFFFFF98000000000;

    // The module that contains this address is a driver's image; images are numbered in the order of registration.
    void register_image(std::string name, const void* address_inside);

    [[nodiscard]] trace::Address translate(const void* pointer);
    [[nodiscard]] trace::Address translate_word(std::uint64_t word);
    // A copy in which every 8-byte word (by its address) that points into this process is translated. The span returned
    // is valid until the next call.
    [[nodiscard]] std::span<const std::byte> translate_words(std::span<const std::byte> memory);

private:
    struct Range {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
        bool image = false;
        int registered = -1;  // number of the registered image
        std::uint64_t load_base = 0;
    };
    struct RegisteredImage {
        std::string name;
        std::uint64_t load_base = 0;
    };
    void read_process_map();
    [[nodiscard]] const Range* range_of(std::uint64_t word) const;
    [[nodiscard]] bool near_known_range(std::uint64_t word) const;

    const Pool& pool_;
    std::vector<Range> ranges_;  // sorted
    std::vector<RegisteredImage> images_;
    std::unordered_map<std::uint64_t, trace::Address> appeared_;
    std::unordered_set<std::uint64_t> plain_data_;
    std::uint64_t other_images_ = 0;
    std::uint64_t process_words_ = 0;
    std::vector<std::byte> translated_;
};

}  // namespace chimneylab::machine
