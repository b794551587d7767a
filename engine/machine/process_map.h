// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What of this process's address space is memory: images (programs, libraries, drivers) and everything else that can be
// read. Any thread; other threads may change the map at once.
#pragma once

#include <cstdint>
#include <vector>

namespace chimneylab::machine {

struct MappedRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    bool image = false;
    std::uint64_t load_base = 0;  // of an image
};

// Sorted by address; ranges do not overlap, though what is no image may be told in several pieces.
[[nodiscard]] std::vector<MappedRange> read_process_map();
// The load base of the image that contains this address; 0: none does.
[[nodiscard]] std::uint64_t load_base_of(const void* address);

}  // namespace chimneylab::machine
