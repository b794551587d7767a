// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/ndis/observation/memory_probe.h"

#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace chimneylab::ndis::observation {

namespace {

constexpr std::size_t page = 4096;

// Copies within this process by way of the kernel. Where that is forbidden (some containers), a pipe does the same.
bool copy_by_kernel(const void* address, void* destination, std::size_t size, bool write) {
    iovec local{destination, size};
    iovec remote{const_cast<void*>(address), size};
    const pid_t self = ::getpid();
    const ssize_t done = write ? ::process_vm_writev(self, &local, 1, &remote, 1, 0) : ::process_vm_readv(self, &local, 1, &remote, 1, 0);
    if (done == static_cast<ssize_t>(size)) return true;
    if (done >= 0 || (errno != EPERM && errno != ENOSYS)) return false;
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return false;
    bool copied = true;
    for (std::size_t at = 0; copied && at < size;) {
        const std::size_t part = std::min(size - at, page);
        const auto* from = static_cast<const char*>(write ? destination : address) + at;
        auto* to = static_cast<char*>(write ? const_cast<void*>(address) : destination) + at;
        copied = ::write(ends[1], from, part) == static_cast<ssize_t>(part) && ::read(ends[0], to, part) == static_cast<ssize_t>(part);
        at += part;
    }
    ::close(ends[0]);
    ::close(ends[1]);
    return copied;
}

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
    return copy_by_kernel(address, destination, size, false);
}

bool MemoryProbe::readable(const void* address, std::size_t size) const {
    if (!plausible(address, size)) return false;
    if (const auto live = live_in_pool(address, size)) return *live;
    std::array<std::byte, 512> bytes;
    for (std::size_t at = 0; at < size; at += bytes.size()) {
        if (!copy_by_kernel(static_cast<const std::byte*>(address) + at, bytes.data(), std::min(bytes.size(), size - at), false)) return false;
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
        if (!copy_by_kernel(from, bytes.data(), part, false) || !copy_by_kernel(from, bytes.data(), part, true)) return false;
    }
    return true;
}

}  // namespace chimneylab::ndis::observation
