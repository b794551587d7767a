// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Committed at once: under Wine, as with mmap, pages come into being when they are touched.
#include <windows.h>

#include "engine/machine/reserved_memory.h"

namespace chimneylab::machine {

void* reserve_memory(std::size_t bytes) { return VirtualAlloc(nullptr, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE); }

void release_memory(void* memory, std::size_t) { VirtualFree(memory, 0, MEM_RELEASE); }

void forbid_access(void* memory, std::size_t bytes) {
    DWORD before = 0;
    VirtualProtect(memory, bytes, PAGE_NOACCESS, &before);
}

}  // namespace chimneylab::machine
