// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/recorder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

namespace chimneylab::trace {

namespace {

using Word = std::uint64_t;

Word word_at(const std::byte* at) {
    Word word = 0;
    std::memcpy(&word, at, sizeof word);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
}

void store_word(std::byte* at, Word word) {
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    std::memcpy(at, &word, sizeof word);
}

// The first bytes of a word that is cut short.
Word word_of(const std::byte* at, std::size_t size) {
    if (size == sizeof(Word)) [[likely]] return word_at(at);
    Word word = 0;
    for (std::size_t i = 0; i < size; ++i) word |= std::to_integer<Word>(at[i]) << (8 * i);
    return word;
}

// From `at` on, where words begin, the first word that is not the same in both; `size` or more: there is none. Most of what is
// looked at has not changed: four words at a time.
std::size_t differing_word(const std::byte* a, const std::byte* b, std::size_t at, std::size_t size) {
    constexpr std::size_t step = sizeof(Word);
    const auto difference = [a, b](std::size_t from) { return word_at(a + from) ^ word_at(b + from); };
    for (; at + 4 * step <= size; at += 4 * step)
        if ((difference(at) | difference(at + step) | difference(at + 2 * step) | difference(at + 3 * step)) != 0) break;
    for (; at + step <= size; at += step)
        if (difference(at) != 0) return at;
    return at < size && std::memcmp(a + at, b + at, size - at) == 0 ? size : at;
}

// The end of a stretch in which the two differ.
[[gnu::noinline]] std::size_t equal_again(const std::byte* a, const std::byte* b, std::size_t at, std::size_t size) {
    while (at < size && a[at] != b[at]) ++at;
    return at;
}

// How many bytes of a word differ from 0 before the first that does not.
unsigned leading_bytes(Word word) {
    const Word zero = (word - 0x0101010101010101) & ~word & 0x8080808080808080;  // exact up to the first byte that is 0
    return zero == 0 ? sizeof(Word) : static_cast<unsigned>(std::countr_zero(zero)) / 8;
}

// What was there and what is there now, one behind the other, into the trace's heap: in one piece, unless it is long.
[[gnu::noinline]] void store_both(Trace& trace, const std::byte* before, const std::byte* after, std::size_t length) {
    std::array<std::byte, 256> piece;
    if (2 * length > piece.size()) {
        trace.store_bytes({before, length});
        trace.store_bytes({after, length});
        return;
    }
    std::memcpy(piece.data(), before, length);
    std::memcpy(piece.data() + length, after, length);
    trace.store_bytes(std::span(piece).first(2 * length));
}

void store_packed(Trace& trace, Word packed, std::size_t length) {
    store_word(reinterpret_cast<std::byte*>(&packed), packed);  // as the bytes shall lie
    trace.store_word(packed, length);
}

}  // namespace

Recorder::Recorder() = default;

EventId Recorder::append(const Event& event) {
    const EventKind kind = event.kind;
    if (kind == EventKind::work_finished) close_until(event.partner);
    const EventId id(static_cast<std::uint32_t>(trace_.size()));
    Event& stored = trace_.append_in_place(event);
    if (clock_) stored.virtual_time = clock_();
    stored.measured_time = measured_clock_ ? measured_clock_() : steady_clock_.now();
    stored.parent = innermost();
    stored.depth = open_calls_;
    if (!ending_.empty()) end_regions(id);
    if (sink_ != nullptr) sink_->appended(trace_, id);
    if (kind == EventKind::work_started) nesting_.push_back(id);
    return id;
}

// Calls that a crashed dispatch never left are closed with it.
void Recorder::close_until(EventId opening) {
    if (std::ranges::find(nesting_, opening) == nesting_.end()) return;
    for (bool found = false; !found;) {
        const EventId top = nesting_.back();
        nesting_.pop_back();
        if (trace_.event(top).kind == EventKind::enter) --open_calls_;
        found = top == opening;
    }
}

void Recorder::end_regions(EventId id) {
    for (RegionId region : ending_) {
        trace_.mutable_region(region).died = id;
        shadows_[region.value] = {};
        if (sink_ != nullptr) sink_->amended(trace_, region);
    }
    ending_.clear();
}

EventId Recorder::enter(Event event) {
    event.kind = EventKind::enter;
    const EventId id = append(event);
    nesting_.push_back(id);
    ++open_calls_;
    return id;
}

EventId Recorder::leave(EventId enter, std::int32_t status, bool has_status, std::uint32_t argument) {
    close_until(enter);
    const Event& entered = trace_.event(enter);
    Event event;
    event.kind = EventKind::leave;
    event.partner = enter;
    event.name = entered.name;
    event.layer = entered.layer;
    event.other_layer = entered.other_layer;
    event.operation = entered.operation;
    event.operation_kind = entered.operation_kind;
    event.region = entered.region;
    event.subject = entered.subject;
    event.irql = entered.irql;
    event.virtual_time = trace_.events().back().virtual_time;
    event.status = status;
    event.argument = argument;
    event.has_status = has_status ? 1 : 0;
    return append(event);
}

EventId Recorder::innermost() const { return nesting_.empty() ? EventId{} : nesting_.back(); }

RegionId Recorder::begin_region(Region region, std::span<const std::byte> bytes) {
    region.born = EventId(static_cast<std::uint32_t>(trace_.size()));
    region.died = EventId{};
    const RegionId id = trace_.add_region(region, bytes);
    if (shadows_.size() <= id.value) shadows_.resize(std::size_t{id.value} + 1);
    Shadow& shadow = shadows_[id.value];
    shadow.bytes = std::make_unique_for_overwrite<std::byte[]>(bytes.size());
    shadow.size = bytes.size();
    std::ranges::copy(bytes, shadow.bytes.get());
    return id;
}

const Recorder::Shadow* Recorder::shadow_of(RegionId region) const {
    return region.value < shadows_.size() && shadows_[region.value].bytes ? &shadows_[region.value] : nullptr;
}

bool Recorder::observe(RegionId region, std::span<const std::byte> bytes, LayerIndex writer) {
    const Shadow* const found = shadow_of(region);
    if (found == nullptr || bytes.size() < found->size) return false;
    std::byte* const shadow = found->bytes.get();
    const std::byte* const present = bytes.data();
    const std::size_t size = found->size;
    // Small changes are put together in a word, and the shadow is written in words: a processor waits long to read back what
    // was written in several pieces just before.
    Word packed = 0;
    std::size_t used = 0;
    std::uint64_t position = trace_.byte_count();
    bool changed = false;
    for (std::size_t at = 0, next = 0; (at = differing_word(shadow, present, next - next % sizeof(Word), size)) < size;) {
        const std::size_t here = std::min(sizeof(Word), size - at);
        const Word before = word_of(shadow + at, here), after = word_of(present + at, here);
        next = at + here;
        for (Word differing = before ^ after; differing != 0;) {
            const auto first = static_cast<unsigned>(std::countr_zero(differing)) / 8;
            std::size_t length = leading_bytes(differing >> (8 * first));
            const std::size_t begin = at + first;
            differing &= first + length < sizeof(Word) ? ~Word{0} << (8 * (first + length)) : 0;
            if (begin + length == next && next < size && shadow[next] != present[next]) [[unlikely]] {
                const std::size_t end = equal_again(shadow, present, next, size);
                length = end - begin;
            }
            if (used + 2 * length > sizeof(Word) || begin + length > next) {
                if (used != 0) store_packed(trace_, packed, used);
                position += used;
                packed = used = 0;
            }
            Change change;
            change.region = region;
            change.offset = static_cast<std::uint32_t>(begin);
            change.length = static_cast<std::uint32_t>(length);
            change.writer = writer;
            change.before = position + used;
            change.after = change.before + length;
            trace_.add_change(change);
            if (begin + length <= next && 2 * length <= sizeof(Word)) {
                const Word told = ~Word{0} >> (8 * (sizeof(Word) - length));
                packed |= ((before >> (8 * first)) & told) << (8 * used) | ((after >> (8 * first)) & told) << (8 * (used + length));
                used += 2 * length;
            } else {
                store_both(trace_, shadow + begin, present + begin, length);
                position += 2 * length;
            }
            if (begin + length > next) [[unlikely]] {  // it went on beyond the word
                std::memcpy(shadow + next, present + next, begin + length - next);
                next = begin + length;
            }
        }
        if (here == sizeof(Word))
            store_word(shadow + at, after);
        else
            std::memcpy(shadow + at, present + at, here);
        changed = true;
    }
    if (used != 0) store_packed(trace_, packed, used);
    return changed;
}

void Recorder::end_region(RegionId region) {
    if (shadow_of(region) != nullptr && std::ranges::find(ending_, region) == ending_.end())
        ending_.push_back(region);
}

void Recorder::set_label(RegionId region, std::string_view label) {
    trace_.mutable_region(region).label = trace_.intern(label);
    if (sink_ != nullptr) sink_->amended(trace_, region);
}

std::span<const std::byte> Recorder::shadow(RegionId region) const {
    const Shadow* const found = shadow_of(region);
    return found == nullptr ? std::span<const std::byte>{} : std::span<const std::byte>(found->bytes.get(), found->size);
}

Trace Recorder::take() {
    trace_.drop_unclaimed_changes();
    ending_.clear();
    nesting_.clear();
    shadows_.clear();
    open_calls_ = 0;
    return std::exchange(trace_, Trace());
}

}  // namespace chimneylab::trace
