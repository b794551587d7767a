// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/ndis/observation/guarded_copy.h"

#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace chimneylab::ndis::observation {

namespace {

constexpr std::size_t page = 4096;  // a pipe takes at least as much at once

}  // namespace

// By way of the kernel. Where that is forbidden (some containers), a pipe does the same.
bool guarded_copy(const void* address, void* destination, std::size_t size, bool write) {
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

}  // namespace chimneylab::ndis::observation
