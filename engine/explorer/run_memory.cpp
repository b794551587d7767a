// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/explorer/run_memory.h"

#include <sys/mman.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>

#include "engine/explorer/stack_switch.h"

namespace chimneylab::explorer {
namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t stack_bytes = std::size_t{4} << 20;
constexpr std::size_t heap_bytes = (std::size_t{1} << 30) - stack_bytes - 2 * page;
constexpr std::size_t pool_bytes = std::size_t{1} << 30;
constexpr std::size_t lasting_bytes = std::size_t{64} << 20;
constexpr std::size_t slot_bytes = 2 * page + stack_bytes + heap_bytes + pool_bytes + lasting_bytes;  // books, guard, stack, heap, pool
constexpr std::size_t slots = 16;
constexpr std::size_t image_bytes = std::size_t{512} << 20;  // of one walk, reserved
constexpr std::size_t large_page = std::size_t{2} << 20;
constexpr std::size_t block_alignment = 16;

// Classes of size: by 16 up to 1024, then by eighths of the power of two below.
constexpr std::size_t small_classes = 64, classes = small_classes + 8 * 21;

struct Class {
    std::size_t index, bytes;
};
Class class_of(std::size_t size) {
    if (size <= 1024) {
        const std::size_t index = size == 0 ? 0 : (size - 1) / 16;
        return {index, (index + 1) * 16};
    }
    const std::size_t power = std::bit_floor(size - 1), step = power / 8, part = (size - 1 - power) / step;
    return {small_classes + static_cast<std::size_t>(std::countr_zero(power) - 10) * 8 + part, power + (part + 1) * step};
}

constexpr std::uint32_t lasting_class = 0xFFFF'FFFF;  // of blocks that are no part of the heap

// Before every block. `back` leads from the block to where its chunk begins (more than this for wide alignment).
struct Prefix {
    std::uint32_t size_class;
    std::uint32_t back;
    std::uint64_t unused;
};
static_assert(sizeof(Prefix) == block_alignment);

// At the start of the slot, so that it is part of every image.
struct Heap {
    std::size_t used = 0, lasting_used = 0;
    bool exhausted = false, lasting = false;
    std::array<std::byte*, classes> free{};  // the first word of a free chunk is the next one

    [[nodiscard]] std::byte* start() { return reinterpret_cast<std::byte*>(this) + 2 * page + stack_bytes; }

    void* allocate_lasting(std::size_t size) {
        const std::size_t wanted = (size + sizeof(Prefix) + block_alignment - 1) / block_alignment * block_alignment;
        if (size > lasting_bytes || wanted > lasting_bytes - lasting_used) return refuse();
        std::byte* const chunk = start() + heap_bytes + pool_bytes + lasting_used;
        lasting_used += wanted;
        const Prefix prefix{lasting_class, sizeof(Prefix), 0};
        std::memcpy(chunk, &prefix, sizeof prefix);
        return chunk + sizeof prefix;
    }
    void* allocate(std::size_t size, std::size_t alignment) {
        if (lasting && alignment <= block_alignment) return allocate_lasting(size);
        const std::size_t wanted = size + sizeof(Prefix) + (alignment > block_alignment ? alignment : 0);
        if (wanted < size || wanted > heap_bytes) return refuse();
        const Class its = class_of(wanted);
        std::byte* chunk = free[its.index];
        if (chunk != nullptr) {
            std::memcpy(&free[its.index], chunk, sizeof(std::byte*));
        } else {
            if (its.bytes > heap_bytes - used) return refuse();
            chunk = start() + used;
            used += its.bytes;
        }
        std::byte* block = chunk + sizeof(Prefix);
        if (alignment > block_alignment)
            block += (alignment - reinterpret_cast<std::uintptr_t>(block) % alignment) % alignment;
        const Prefix prefix{static_cast<std::uint32_t>(its.index), static_cast<std::uint32_t>(block - chunk), 0};
        std::memcpy(block - sizeof prefix, &prefix, sizeof prefix);
        return block;
    }
    void release(void* address) {
        auto* const block = static_cast<std::byte*>(address);
        Prefix prefix;
        std::memcpy(&prefix, block - sizeof prefix, sizeof prefix);
        if (prefix.size_class == lasting_class) return;
        std::byte* const chunk = block - prefix.back;
        std::memcpy(chunk, &free[prefix.size_class], sizeof(std::byte*));
        free[prefix.size_class] = chunk;
    }
    void* refuse() {
        exhausted = true;
        return nullptr;
    }
};
static_assert(sizeof(Heap) <= page);

// The stretch that all slots lie in is reserved once and kept: an address says at once whether it is of a run. What a slot had
// is kept too, as far as it is not much: the next exploration need not be given those pages once more.
struct Slot {
    bool taken = false;
    std::byte* images = nullptr;  // null: it was never in use
};
constexpr std::size_t heap_kept = std::size_t{8} << 20, images_kept = std::size_t{16} << 20, lasting_kept = std::size_t{2} << 20;
std::atomic<std::uintptr_t> zone{0};
std::mutex zone_mutex;
std::array<Slot, slots> slot_list{};
thread_local Heap* heap_of_thread = nullptr;

Heap& books(std::byte* base) { return *reinterpret_cast<Heap*>(base); }

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
constexpr bool possible = true;

Heap* heap_with(void* address) {
    const std::uintptr_t start = zone.load(std::memory_order_relaxed);
    const std::uintptr_t offset = reinterpret_cast<std::uintptr_t>(address) - start;
    if (start == 0 || offset >= slots * slot_bytes) return nullptr;
    return reinterpret_cast<Heap*>(start + offset / slot_bytes * slot_bytes);
}

void* allocate(std::size_t size, std::size_t alignment) {
    if (heap_of_thread != nullptr) {
        if (void* const block = heap_of_thread->allocate(size, alignment)) return block;
        throw std::bad_alloc();
    }
    if (size == 0) size = 1;
    for (;;) {
        const std::size_t whole = (size + alignment - 1) / alignment * alignment;
        void* const block = alignment <= block_alignment ? std::malloc(size) : std::aligned_alloc(alignment, whole < size ? size : whole);
        if (block != nullptr) return block;
        const std::new_handler handler = std::get_new_handler();
        if (handler == nullptr) throw std::bad_alloc();
        handler();
    }
}

void release(void* address) {
    if (Heap* const heap = heap_with(address)) heap->release(address);
    else std::free(address);
}
#else
constexpr bool possible = false;
#endif

}  // namespace

std::unique_ptr<RunMemory> RunMemory::reserve() {
    if (!possible || !can_switch_stacks) return nullptr;
    const std::lock_guard lock(zone_mutex);
    if (zone == 0) {
        void* const all = mmap(nullptr, slots * slot_bytes + large_page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (all == MAP_FAILED) return nullptr;
        zone = (reinterpret_cast<std::uintptr_t>(all) + large_page - 1) / large_page * large_page;
    }
    for (std::size_t i = 0; i < slots; ++i) {
        Slot& slot = slot_list[i];
        if (slot.taken) continue;
        auto* const base = reinterpret_cast<std::byte*>(zone.load() + i * slot_bytes);
        if (slot.images == nullptr) {
            if (mprotect(base, page, PROT_READ | PROT_WRITE) != 0 || mprotect(base + 2 * page, slot_bytes - 2 * page, PROT_READ | PROT_WRITE) != 0) return nullptr;
            void* const images = mmap(nullptr, image_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
            if (images == MAP_FAILED) return nullptr;
            // A first touch costs more than the copy of a page does, so there shall be few. Where large pages cannot be had all goes on.
            (void)madvise(base + 2 * page, slot_bytes - 2 * page, MADV_HUGEPAGE);
            (void)madvise(images, image_bytes, MADV_HUGEPAGE);
            slot.images = static_cast<std::byte*>(images);
        }
        slot.taken = true;
        new (base) Heap;
        return std::unique_ptr<RunMemory>(new RunMemory(base, slot.images));
    }
    return nullptr;
}

RunMemory::~RunMemory() {
    const std::lock_guard lock(zone_mutex);
    const auto give_back = [](std::byte* start, std::size_t size, std::size_t kept) { (void)madvise(start + kept, size - kept, MADV_DONTNEED); };
    std::byte* const heap = books(base_).start();
    give_back(heap, heap_bytes, heap_kept);
    give_back(heap + heap_bytes, pool_bytes, 0);  // it has to be zero when it is used again
    give_back(heap + heap_bytes + pool_bytes, lasting_bytes, lasting_kept);
    give_back(images_, image_bytes, images_kept);
    slot_list[(reinterpret_cast<std::uintptr_t>(base_) - zone.load()) / slot_bytes].taken = false;
}

std::span<std::byte> RunMemory::stack() const { return {base_ + 2 * page, stack_bytes}; }
std::span<std::byte> RunMemory::pool() const { return {base_ + 2 * page + stack_bytes + heap_bytes, pool_bytes}; }
std::span<std::byte> RunMemory::whole() const { return {base_, slot_bytes}; }
void RunMemory::forget_everything(std::size_t pool_touched) {
    new (base_) Heap;
    std::memset(pool().data(), 0, pool_touched);
}
bool RunMemory::exhausted() const { return books(base_).exhausted; }
std::size_t RunMemory::heap_used() const { return books(base_).used; }

RunMemory::Lasting::Lasting(RunMemory& memory) : memory_(memory) { books(memory_.base_).lasting = true; }
RunMemory::Lasting::~Lasting() { books(memory_.base_).lasting = false; }

RunMemory::Use::Use(RunMemory& memory) { heap_of_thread = &books(memory.base_); }
RunMemory::Use::~Use() { heap_of_thread = nullptr; }

std::optional<RunMemory::Image> RunMemory::save(const void* stack_pointer, std::size_t pool_used) {
    const std::byte* const stack_end = base_ + 2 * page + stack_bytes;
    Image image;
    image.stack_ = static_cast<std::size_t>(stack_end - static_cast<const std::byte*>(stack_pointer));
    image.heap_ = books(base_).used;
    image.pool_ = pool_used;
    image.size_ = sizeof(Heap) + image.stack_ + image.heap_ + image.pool_;
    if (image.size_ > image_bytes - images_used_) return std::nullopt;
    image.bytes_ = images_ + images_used_;
    images_used_ += (image.size_ + 63) / 64 * 64;
    std::byte* to = image.bytes_;
    std::memcpy(to, base_, sizeof(Heap));
    to += sizeof(Heap);
    // The heap begins where the stack ends.
    std::memcpy(to, stack_end - image.stack_, image.stack_ + image.heap_);
    to += image.stack_ + image.heap_;
    std::memcpy(to, pool().data(), image.pool_);
    return image;
}

void RunMemory::forget(const Image& image) { images_used_ = static_cast<std::size_t>(image.bytes_ - images_); }

void RunMemory::put_back(const Image& image, std::size_t pool_touched) {
    std::byte* const stack_end = base_ + 2 * page + stack_bytes;
    const std::byte* from = image.bytes_;
    std::memcpy(base_, from, sizeof(Heap));
    from += sizeof(Heap);
    std::memcpy(stack_end - image.stack_, from, image.stack_ + image.heap_);
    from += image.stack_ + image.heap_;
    std::memcpy(pool().data(), from, image.pool_);
    if (pool_touched > image.pool_) std::memset(pool().data() + image.pool_, 0, pool_touched - image.pool_);
}

}  // namespace chimneylab::explorer

// The program's allocation functions: those of the C library unless a run has the thread. Whoever links the explorer has them.
// The other forms (arrays, nothrow, sized) are the library's and come here.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
void* operator new(std::size_t size) { return chimneylab::explorer::allocate(size, chimneylab::explorer::block_alignment); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return chimneylab::explorer::allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* address) noexcept { chimneylab::explorer::release(address); }
void operator delete(void* address, std::size_t) noexcept { chimneylab::explorer::release(address); }
void operator delete(void* address, std::align_val_t) noexcept { chimneylab::explorer::release(address); }
void operator delete(void* address, std::size_t, std::align_val_t) noexcept { chimneylab::explorer::release(address); }
#endif
