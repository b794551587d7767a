// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/host_client/shared_area.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace chimneylab::driver_host {

namespace {

constexpr char magic[8] = {'c', 'h', 'i', 'm', 'h', 'o', 's', 't'};
constexpr std::size_t page = 4096;
constexpr std::size_t seal_step = 16 * page;
constexpr std::size_t head_size = (sizeof(AreaHead) + page - 1) / page * page;

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

void* map(int descriptor) {
    void* memory = mmap(nullptr, SharedArea::size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, descriptor, 0);
    if (memory == MAP_FAILED) fail("cannot map the memory shared with the driver host");
    return memory;
}

}  // namespace

std::size_t SharedArea::size() { return head_size + area_stream_capacity; }

SharedArea SharedArea::create() {
    const int first = memfd_create("chimneylab-recording", MFD_CLOEXEC);
    if (first < 0) fail("cannot create memory to share with the driver host");
    // A number that is out of the way of those that the host will have.
    const int descriptor = fcntl(first, F_DUPFD_CLOEXEC, 16);
    close(first);
    if (descriptor < 0) fail("cannot create memory to share with the driver host");
    if (ftruncate(descriptor, static_cast<off_t>(size())) != 0) {
        const int reason = errno;
        close(descriptor);
        errno = reason;
        fail("cannot size the memory shared with the driver host");
    }
    SharedArea area(map(descriptor), descriptor);
    std::memcpy(area.head().magic, magic, sizeof magic);
    area.head().version = area_version;
    return area;
}

SharedArea SharedArea::open(int descriptor) {
    struct stat status {};
    if (fstat(descriptor, &status) != 0 || static_cast<std::size_t>(status.st_size) != size())
        throw std::runtime_error("this is a part of another program: start chimneylab-host without --worker");
    SharedArea area(map(descriptor), -1);
    close(descriptor);
    if (std::memcmp(area.head().magic, magic, sizeof magic) != 0 || area.head().version != area_version)
        throw std::runtime_error("the program that started the driver host is of another version");
    return area;
}

SharedArea::SharedArea(SharedArea&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      sealed_(other.sealed_) {}

SharedArea::~SharedArea() {
    if (memory_) munmap(memory_, size());
    if (descriptor_ >= 0) close(descriptor_);
}

std::byte* SharedArea::stream_begin() const { return static_cast<std::byte*>(memory_) + head_size; }

std::span<const std::byte> SharedArea::stream() const {
    const std::uint64_t committed = head().committed.load(std::memory_order_acquire);
    return {stream_begin(), static_cast<std::size_t>(std::min<std::uint64_t>(committed, area_stream_capacity))};
}

bool SharedArea::append(std::span<const std::byte> bytes) {
    const std::uint64_t at = head().committed.load(std::memory_order_relaxed);
    if (at > area_stream_capacity || bytes.size() > area_stream_capacity - at) return false;
    std::memcpy(stream_begin() + at, bytes.data(), bytes.size());
    head().committed.store(at + bytes.size(), std::memory_order_release);
    if (const std::size_t full = (at + bytes.size()) / seal_step * seal_step; full > sealed_) {
        mprotect(stream_begin() + sealed_, full - sealed_, PROT_READ);
        sealed_ = full;
    }
    return true;
}

}  // namespace chimneylab::driver_host
