// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <windows.h>

#include "engine/machine/process_map.h"

namespace chimneylab::machine {
namespace {

// What lies lower is no driver's (Windows and low_memory.cpp of driver-bridge/windows see to it), and numbers look like it.
constexpr std::uint64_t lowest_pointer = std::uint64_t{1} << 32;
constexpr std::uint64_t highest_pointer = 0x0000800000000000;
constexpr DWORD readable = PAGE_READONLY | PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;

}  // namespace

std::vector<MappedRange> read_process_map() {
    std::vector<MappedRange> ranges;
    MEMORY_BASIC_INFORMATION memory{};
    for (std::uint64_t at = lowest_pointer; at < highest_pointer; at = reinterpret_cast<std::uint64_t>(memory.BaseAddress) + memory.RegionSize) {
        if (VirtualQuery(reinterpret_cast<const void*>(at), &memory, sizeof memory) == 0) break;
        if (memory.State != MEM_COMMIT) continue;
        const auto begin = reinterpret_cast<std::uint64_t>(memory.BaseAddress);
        const auto base = reinterpret_cast<std::uint64_t>(memory.AllocationBase);
        if (memory.Type == MEM_IMAGE) {
            // The sections of an image have protections of their own; together they are one range.
            if (!ranges.empty() && ranges.back().image && ranges.back().load_base == base)
                ranges.back().end = begin + memory.RegionSize;
            else
                ranges.push_back({begin, begin + memory.RegionSize, true, base});
        } else if ((memory.Protect & readable) != 0) {
            ranges.push_back({begin, begin + memory.RegionSize, false, 0});
        }
    }
    return ranges;
}

std::uint64_t load_base_of(const void* address) {
    MEMORY_BASIC_INFORMATION memory{};
    if (VirtualQuery(address, &memory, sizeof memory) == 0 || memory.Type != MEM_IMAGE) return 0;
    return reinterpret_cast<std::uint64_t>(memory.AllocationBase);
}

}  // namespace chimneylab::machine
