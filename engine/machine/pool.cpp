// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/pool.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include "engine/machine/machine.h"
#include "engine/machine/reserved_memory.h"

namespace chimneylab::machine {
namespace {

constexpr std::uint64_t wide_alignment = 128;

constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t step) { return (value + step - 1) / step * step; }

template <unsigned char fill>
constexpr auto filled_with = [] {
    std::array<std::byte, 256> all{};
    all.fill(std::byte{fill});
    return all;
}();

// What small released memory looks like, with the guard before it.
constexpr auto released_pattern = [] {
    std::array<std::byte, Pool::guard_bytes + 1024> all{};
    all.fill(std::byte{Pool::free_fill});
    std::fill_n(all.begin(), Pool::guard_bytes, std::byte{Pool::guard_fill});
    return all;
}();

// Position of the first byte that is not `fill`; length if all are.
template <unsigned char fill>
std::size_t first_difference(const std::byte* bytes, std::size_t length) {
    std::size_t at = 0;
    while (at < length) {
        const std::size_t part = std::min(filled_with<fill>.size(), length - at);
        if (std::memcmp(bytes + at, filled_with<fill>.data(), part) != 0) break;
        at += part;
    }
    while (at < length && bytes[at] == std::byte{fill}) ++at;
    return at;
}

std::string event_text(trace::EventId event) { return event.valid() ? "event " + std::to_string(event.value) : "no event"; }

}  // namespace

std::string tag_text(std::uint32_t tag) {
    std::string text;
    for (int shift = 0; shift < 32; shift += 8) {
        const char character = static_cast<char>(tag >> shift & 0xFF);
        text.push_back(character >= 0x20 && character < 0x7F ? character : '.');
    }
    return text;
}

bool Allocation::contains(const void* pointer) const {
    const auto* byte = static_cast<const std::byte*>(pointer);
    return byte >= address && (byte < address + size || (size == 0 && byte == address));
}

Pool::Pool(Machine& machine, PoolOptions options) : machine_(machine), options_(options) {
    if (options_.memory != nullptr) {
        arena_ = options_.memory;
        return;
    }
    options_.arena_bytes = round_up(std::max<std::size_t>(options_.arena_bytes, 1 << 20), 4096);
    void* arena = reserve_memory(options_.arena_bytes);
    if (!arena) throw std::bad_alloc();
    arena_ = static_cast<std::byte*>(arena);
}

Pool::~Pool() {
    if (options_.memory == nullptr) release_memory(arena_, options_.arena_bytes);
}

bool Pool::in_arena(const void* address) const {
    const auto* byte = static_cast<const std::byte*>(address);
    return byte >= arena_ && byte < arena_ + options_.arena_bytes;
}

std::uint64_t Pool::arena_offset(const void* address) const {
    return static_cast<std::uint64_t>(static_cast<const std::byte*>(address) - arena_);
}

std::uint64_t Pool::chunk_capacity(std::size_t size) const {
    if (size <= 1024) return round_up(std::max<std::size_t>(size, 1), 16);
    // Steps of an eighth of the power of two below: few classes, at most an eighth wasted.
    std::uint64_t power = 1024;
    while (power * 2 <= size) power *= 2;
    return round_up(size, power / 8);
}

std::optional<std::uint32_t> Pool::chunk_at(const void* address) const {
    if (!in_arena(address)) return std::nullopt;
    const std::uint64_t offset = arena_offset(address);
    const auto holds = [&](std::size_t index) { return offset - chunks_[index].start < chunks_[index].capacity; };
    if (found_last_ < chunks_.size() && holds(found_last_)) return found_last_;  // the same is often asked for again
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
    if (next == starts_.begin()) return std::nullopt;
    const auto index = static_cast<std::uint32_t>(next - starts_.begin() - 1);
    if (!holds(index)) return std::nullopt;
    found_last_ = index;
    return index;
}

std::optional<std::uint32_t> Pool::reserve_chunk(std::size_t size) {
    if (size > options_.arena_bytes) return std::nullopt;
    const std::uint64_t capacity = chunk_capacity(size);
    const auto reusable = free_chunks_.find(capacity);
    if (reusable != free_chunks_.end() && !reusable->second.empty()) {
        const std::uint32_t index = reusable->second.back();
        reusable->second.pop_back();
        return index;
    }
    const std::uint64_t start = round_up(used_ + guard_bytes, capacity >= wide_alignment ? wide_alignment : alignment);
    const std::uint64_t end = start + capacity + guard_bytes;
    if (end > options_.arena_bytes) {
        if (quarantine_.empty()) return std::nullopt;
        while (!quarantine_.empty()) leave_quarantine();
        return reserve_chunk(size);
    }
    used_ = end;
    starts_.push_back(start);
    chunks_.push_back(Chunk{start, capacity, {}});
    return static_cast<std::uint32_t>(chunks_.size() - 1);
}

void Pool::fill_guards(const Chunk& chunk) {
    std::byte* const bytes = arena_ + chunk.start;
    std::memset(bytes - guard_bytes, guard_fill, guard_bytes);
    std::memset(bytes + chunk.allocation.size, guard_fill, chunk.capacity - chunk.allocation.size + guard_bytes);
}

void* Pool::place(std::uint32_t index, std::size_t size, std::uint32_t tag, LayerIndex owner) {
    Chunk& chunk = chunks_[index];
    Allocation& allocation = chunk.allocation;
    allocation = Allocation{};
    allocation.address = arena_ + chunk.start;
    allocation.size = size;
    allocation.tag = tag;
    allocation.owner = owner;
    allocation.state = Allocation::State::live;
    allocation.serial = ++serial_;
    std::memset(allocation.address, fresh_fill, size);
    fill_guards(chunk);
    live_bytes_ += size;
    return allocation.address;
}

void* Pool::allocate(std::size_t size, std::uint32_t tag, std::string_view function, std::optional<LayerIndex> owner) {
    const LayerIndex for_layer = owner.value_or(machine_.current_layer());
    if (const auto reason = faults_.should_fail(tag, for_layer)) {
        trace::Event event;
        event.kind = trace::EventKind::fault_injected;
        event.layer = for_layer;
        event.detail = static_cast<std::uint64_t>(tag) << 32 | std::min<std::uint64_t>(size, 0xFFFFFFFF);
        event.name = machine_.recorder().intern(std::string(function) + ", tag " + tag_text(tag) + ": " + *reason);
        machine_.record(event);
        return nullptr;
    }
    const auto index = reserve_chunk(size);
    if (!index) return nullptr;
    void* const address = place(*index, size, tag, for_layer);
    trace::Event event;
    event.kind = trace::EventKind::memory_allocated;
    event.layer = for_layer;
    event.other_layer = machine_.current_layer();
    event.subject = machine_.address_space().translate(address);
    event.detail = static_cast<std::uint64_t>(tag) << 32 | std::min<std::uint64_t>(size, 0xFFFFFFFF);
    event.name = machine_.recorder().intern(function);
    chunks_[*index].allocation.allocated = machine_.record(event);
    const Allocation copy = chunks_[*index].allocation;
    for (const auto& hook : allocate_hooks_) hook(copy);
    return address;
}

void* Pool::allocate_zeroed(std::size_t size, std::uint32_t tag, std::string_view function, std::optional<LayerIndex> owner) {
    void* const address = allocate(size, tag, function, owner);
    if (address) std::memset(address, 0, size);
    return address;
}

void* Pool::allocate_quietly(std::size_t size, std::uint32_t tag, LayerIndex owner) {
    const auto index = reserve_chunk(size);
    if (!index) return nullptr;
    void* const address = place(*index, size, tag, owner);
    chunks_[*index].allocation.quiet = true;
    std::memset(address, 0, size);
    return address;
}

std::string Pool::describe(const Allocation& allocation) const {
    std::string text = "the " + std::to_string(allocation.size) + "-byte allocation '" + tag_text(allocation.tag) + "' of " +
                       machine_.layer_name(allocation.owner) + " (allocated at " + event_text(allocation.allocated);
    if (allocation.freed.valid())
        text += ", freed at " + event_text(allocation.freed) + " by " + machine_.layer_name(allocation.freed_by);
    return text + ")";
}

bool Pool::free(void* address, std::string_view function, std::optional<std::uint32_t> tag) {
    const auto caller = [&] { return machine_.layer_name(machine_.current_layer()) + " calls " + std::string(function); };
    const auto index = chunk_at(address);
    if (!index) {
        machine_.finding(FindingKind::invalid_free,
                         caller() + (address ? " for an address that no allocation has" : " for a null pointer"), address);
        return false;
    }
    Allocation found = chunks_[*index].allocation;
    if (found.address != address) {
        machine_.finding(FindingKind::invalid_free,
                         caller() + " for an address " +
                             std::to_string(static_cast<const std::byte*>(address) - found.address) + " bytes into " +
                             describe(found),
                         address);
        return false;
    }
    if (!found.live()) {
        machine_.finding(FindingKind::double_free, caller() + " again for " + describe(found), address);
        return false;
    }
    if (tag && *tag != 0 && *tag != found.tag)
        machine_.finding(FindingKind::invalid_free,
                         caller() + " with tag '" + tag_text(*tag) + "' for " + describe(found), address);
    check_guards(chunks_[*index], "at its release");
    if (!found.quiet) {
        // The hooks look at what is about to go. The rest stays to be seen at the next crossing: a driver that gives
        // memory back in the middle of its work has not finished that work.
        for (const auto& hook : free_hooks_) hook(found);
    }
    Chunk& chunk = chunks_[*index];
    Allocation& allocation = chunk.allocation;
    allocation.state = Allocation::State::quarantined;
    allocation.freed_by = machine_.current_layer();
    if (!found.quiet) {
        trace::Event event;
        event.kind = trace::EventKind::memory_freed;
        event.layer = allocation.owner;
        event.other_layer = machine_.current_layer();
        event.subject = machine_.address_space().translate(address);
        event.detail = static_cast<std::uint64_t>(allocation.tag) << 32 | std::min<std::uint64_t>(allocation.size, 0xFFFFFFFF);
        event.name = machine_.recorder().intern(function);
        event.partner = allocation.allocated;
        allocation.freed = machine_.record(event);
    }
    std::memset(allocation.address, free_fill, allocation.size);
    fill_guards(chunk);
    live_bytes_ -= allocation.size;
    quarantined_bytes_ += chunk.capacity;
    quarantine_.push_back(*index);
    latest_.push_back(released(*index));
    if (latest_.size() > std::max(options_.recent_releases, options_.youngest_releases)) latest_.erase(latest_.begin());
    while (quarantined_bytes_ > options_.quarantine_bytes && quarantine_.size() > 1) leave_quarantine();
    return true;
}

void Pool::leave_quarantine() {
    const std::uint32_t index = quarantine_.front();
    quarantine_.pop_front();
    if (latest_.size() > quarantine_.size()) latest_.erase(latest_.begin());
    Chunk& chunk = chunks_[index];
    check_poison(chunk, "before its memory was used again");
    chunk.allocation.state = Allocation::State::unused;
    quarantined_bytes_ -= chunk.capacity;
    free_chunks_[chunk.capacity].push_back(index);
}

void Pool::check_guards(Chunk& chunk, std::string_view when) {
    Allocation& allocation = chunk.allocation;
    if (allocation.damage_reported) return;
    const std::byte* const rear = allocation.address + allocation.size;
    const std::size_t rear_bytes = chunk.capacity - allocation.size + guard_bytes;
    const std::size_t behind = first_difference<guard_fill>(rear, rear_bytes);
    const std::size_t before = first_difference<guard_fill>(allocation.address - guard_bytes, guard_bytes);
    if (behind == rear_bytes && before == guard_bytes) return;
    allocation.damage_reported = true;
    std::string where;
    if (behind < rear_bytes)
        where = "byte " + std::to_string(behind + 1) + " behind the end of ";
    else
        where = "byte " + std::to_string(guard_bytes - before) + " before the start of ";
    machine_.finding_about(allocation.owner, FindingKind::buffer_overrun,
                           where + describe(allocation) + " was overwritten; seen " + std::string(when), allocation.address);
}

// The short look: released memory is looked at again and again, and nearly always nobody has touched it.
bool Pool::Released::untouched() const {
    if (!small || std::memcmp(front, released_pattern.data(), guard_bytes + size) != 0) return false;
    constexpr std::uint64_t guard = std::uint64_t{0x0101'0101'0101'0101} * guard_fill;
    std::uint64_t words[4];  // the first and the last bytes of the guard behind
    static_assert(guard_bytes == 2 * sizeof(std::uint64_t));
    std::memcpy(words, front + guard_bytes + size, guard_bytes);
    std::memcpy(words + 2, front + size + rear, guard_bytes);
    return ((words[0] ^ guard) | (words[1] ^ guard) | (words[2] ^ guard) | (words[3] ^ guard)) == 0;
}

Pool::Released Pool::released(std::uint32_t index) const {
    const Chunk& chunk = chunks_[index];
    const std::size_t size = chunk.allocation.size, rear = chunk.capacity - size + guard_bytes;
    Released result;
    result.front = arena_ + chunk.start - guard_bytes;
    result.chunk = index;
    result.small = size <= released_pattern.size() - guard_bytes && rear <= 2 * guard_bytes;
    if (result.small) {
        result.size = static_cast<std::uint32_t>(size);
        result.rear = static_cast<std::uint32_t>(rear);
    }
    return result;
}

void Pool::check_poison(Chunk& chunk, std::string_view when, std::optional<LayerIndex> writer) {
    Allocation& allocation = chunk.allocation;
    if (allocation.damage_reported) return;
    const std::size_t at = first_difference<free_fill>(allocation.address, allocation.size);
    if (at < allocation.size) {
        allocation.damage_reported = true;
        machine_.finding_about(writer.value_or(allocation.owner), FindingKind::use_after_free,
                               "byte " + std::to_string(at) + " of " + describe(allocation) + " was written after the release" +
                                   (writer ? " by " + machine_.layer_name(*writer) : "; seen " + std::string(when)),
                               allocation.address);
        std::memset(allocation.address, free_fill, allocation.size);
        return;
    }
    check_guards(chunk, when);
}

const Allocation* Pool::find(const void* address) const {
    const auto index = chunk_at(address);
    if (!index) return nullptr;
    const Allocation& allocation = chunks_[*index].allocation;
    return allocation.state != Allocation::State::unused && allocation.contains(address) ? &allocation : nullptr;
}

const Allocation* Pool::find_live(const void* address) const {
    const Allocation* allocation = find(address);
    return allocation && allocation->live() ? allocation : nullptr;
}

bool Pool::require_not_released(const void* address, std::string_view function) {
    const Allocation* allocation = find(address);
    if (!allocation || allocation->live()) return true;
    machine_.finding(FindingKind::use_after_free, machine_.layer_name(machine_.current_layer()) + " calls " +
                                                      std::string(function) + " for an object inside " + describe(*allocation),
                     address);
    return false;
}

std::vector<Allocation> Pool::live_allocations(std::optional<LayerIndex> owner) const {
    std::vector<Allocation> list;
    for (const Chunk& chunk : chunks_)
        if (chunk.allocation.live() && !chunk.allocation.quiet && (!owner || chunk.allocation.owner == *owner))
            list.push_back(chunk.allocation);
    std::ranges::sort(list, {}, &Allocation::serial);
    return list;
}

std::size_t Pool::live_count(LayerIndex owner) const { return live_allocations(owner).size(); }

void Pool::check_releases(std::size_t most, std::string_view when, std::optional<LayerIndex> writer) {
    const std::size_t count = std::min(most, latest_.size());
    for (std::size_t i = latest_.size() - count; i < latest_.size(); ++i)
        if (!latest_[i].untouched()) check_poison(chunks_[latest_[i].chunk], when, writer);
}

void Pool::check_recent_releases() { check_releases(options_.recent_releases, "after a dispatch", {}); }

void Pool::check_recent_releases(LayerIndex writer) { check_releases(options_.youngest_releases, "when it gave up control", writer); }

void Pool::check_everything() {
    for (std::size_t i = 0; i < chunks_.size(); ++i) {
        switch (chunks_[i].allocation.state) {
        case Allocation::State::live: check_guards(chunks_[i], "at the end of the run"); break;
        case Allocation::State::quarantined:
            if (!released(static_cast<std::uint32_t>(i)).untouched()) check_poison(chunks_[i], "at the end of the run");
            break;
        case Allocation::State::unused: break;
        }
    }
}

std::size_t Pool::report_leaks(LayerIndex owner) {
    const std::vector<Allocation> left = live_allocations(owner);
    for (const Allocation& allocation : left)
        machine_.finding_about(owner, FindingKind::leak, describe(allocation) + " was never freed", allocation.address);
    return left.size();
}

}  // namespace chimneylab::machine
