// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/reserved_memory.h"

#include <sys/mman.h>

namespace chimneylab::machine {

void* reserve_memory(std::size_t bytes) {
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? nullptr : memory;
}

void release_memory(void* memory, std::size_t bytes) { munmap(memory, bytes); }

void forbid_access(void* memory, std::size_t bytes) { mprotect(memory, bytes, PROT_NONE); }

}  // namespace chimneylab::machine
