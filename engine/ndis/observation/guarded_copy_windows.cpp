// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Asks for each page first. That is enough where one thread alone maps and unmaps drivers' memory, as in the machine.
#include <windows.h>

#include <cstdint>
#include <cstring>

#include "engine/ndis/observation/guarded_copy.h"

namespace chimneylab::ndis::observation {
namespace {

constexpr DWORD writable = PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;
constexpr DWORD readable = writable | PAGE_READONLY | PAGE_EXECUTE_READ;

}  // namespace

bool guarded_copy(const void* address, void* destination, std::size_t size, bool write) {
    const auto begin = reinterpret_cast<std::uintptr_t>(address);
    MEMORY_BASIC_INFORMATION memory{};
    for (std::uintptr_t at = begin; at < begin + size; at = reinterpret_cast<std::uintptr_t>(memory.BaseAddress) + memory.RegionSize) {
        if (VirtualQuery(reinterpret_cast<const void*>(at), &memory, sizeof memory) == 0 || memory.State != MEM_COMMIT) return false;
        if ((memory.Protect & (write ? writable : readable)) == 0 || (memory.Protect & PAGE_GUARD) != 0) return false;
    }
    if (write)
        std::memcpy(const_cast<void*>(address), destination, size);
    else
        std::memcpy(destination, address, size);
    return true;
}

}  // namespace chimneylab::ndis::observation
