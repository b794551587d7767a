// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Wine places heaps, stacks and relocated images from 64 KiB upward, where addresses look like the small numbers that
// structures are full of (an NDIS_OBJECT_HEADER read as eight bytes, for one), and the trace could not tell one from the other.
#include <windows.h>

#include <algorithm>
#include <cstdint>

#include "driver-bridge/windows/ndis/lab_ndis.h"

extern "C" void ChimneyLabPrepare(void) {
    constexpr std::uint64_t end = std::uint64_t{1} << 32, step = 64 * 1024;
    MEMORY_BASIC_INFORMATION memory{};
    for (std::uint64_t at = step; at < end; at = reinterpret_cast<std::uint64_t>(memory.BaseAddress) + memory.RegionSize) {
        if (VirtualQuery(reinterpret_cast<const void*>(at), &memory, sizeof memory) == 0) break;
        if (memory.State != MEM_FREE) continue;
        const std::uint64_t begin = (reinterpret_cast<std::uint64_t>(memory.BaseAddress) + step - 1) / step * step;
        const std::uint64_t after = std::min(reinterpret_cast<std::uint64_t>(memory.BaseAddress) + memory.RegionSize, end);
        if (begin < after) VirtualAlloc(reinterpret_cast<void*>(begin), after - begin, MEM_RESERVE, PAGE_NOACCESS);
    }
}
