// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/ndis/observation/memory_probe.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "engine/ndis/observation/guarded_copy.h"

namespace chimneylab::ndis::observation {

namespace {

constexpr std::size_t page = 4096;

[[nodiscard]] bool plausible(const void* address, std::size_t size) {
    const auto value = reinterpret_cast<std::uintptr_t>(address);
    constexpr std::uintptr_t user_space_end = 0x0000800000000000;
    return value >= page && value < user_space_end && size < user_space_end - value;
}

}  // namespace

std::optional<bool> MemoryProbe::live_in_pool(const void* address, std::size_t size) const {
    const machine::Pool& pool = machine_.pool();
    if (!pool.in_arena(address)) return std::nullopt;
    const machine::Allocation* allocation = pool.find_live(address);
    if (allocation == nullptr) return false;
    const auto offset = static_cast<std::size_t>(static_cast<const std::byte*>(address) - allocation->address);
    return offset + size <= allocation->size;
}

bool MemoryProbe::read(const void* address, void* destination, std::size_t size) const {
    if (!plausible(address, size)) return false;
    if (const auto live = live_in_pool(address, size)) {
        if (*live) std::memcpy(destination, address, size);
        return *live;
    }
    return guarded_copy(address, destination, size, false);
}

bool MemoryProbe::readable(const void* address, std::size_t size) const {
    if (!plausible(address, size)) return false;
    if (const auto live = live_in_pool(address, size)) return *live;
    std::array<std::byte, 512> bytes;
    for (std::size_t at = 0; at < size; at += bytes.size()) {
        if (!guarded_copy(static_cast<const std::byte*>(address) + at, bytes.data(), std::min(bytes.size(), size - at), false)) return false;
    }
    return true;
}

bool MemoryProbe::writable(const void* address, std::size_t size) const {
    if (!plausible(address, size)) return false;
    if (const auto live = live_in_pool(address, size)) return *live;
    std::array<std::byte, 512> bytes;
    for (std::size_t at = 0; at < size; at += bytes.size()) {
        const std::size_t part = std::min(bytes.size(), size - at);
        const auto* from = static_cast<const std::byte*>(address) + at;
        // Written back unchanged: a page that may only be read says no.
        if (!guarded_copy(from, bytes.data(), part, false) || !guarded_copy(from, bytes.data(), part, true)) return false;
    }
    return true;
}

}  // namespace chimneylab::ndis::observation
