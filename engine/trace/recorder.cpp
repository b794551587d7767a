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

// The first `count` bytes of a word, 1 to 8.
constexpr Word first_bytes(std::size_t count) { return ~Word{0} >> (8 * (sizeof(Word) - count)); }

// Bit i tells whether byte i of the word, counted from the lowest address, is anything but 0.
unsigned bytes_set(Word word) {
    constexpr Word high = 0x8080808080808080;
    const Word set = (((word & ~high) + ~high) | word) & high;
    return static_cast<unsigned>(((set >> 7) * 0x0102040810204080) >> 56);
}

// Which of the up to 8 bytes from `at` on differ, a bit for each.
unsigned differing_bytes(const std::byte* a, const std::byte* b, std::size_t at, std::size_t size) {
    if (at + sizeof(Word) <= size) return bytes_set(word_at(a + at) ^ word_at(b + at));
    unsigned differing = 0;
    for (std::size_t i = at; i < size; ++i) differing |= static_cast<unsigned>(a[i] != b[i]) << (i - at);
    return differing;
}

// The stretches of bytes in which the two differ, as long as they are, in order. Most of what is looked at is equal: four
// words at a time. What has been told may be made equal.
class Differences {
public:
    Differences(const std::byte* a, const std::byte* b, std::size_t size) : a_(a), b_(b), size_(size) {}

    bool next(std::size_t& begin, std::size_t& end) {
        if (differing_ == 0 && !find_word()) return false;
        const auto first = static_cast<unsigned>(std::countr_zero(differing_));
        const unsigned last = first + static_cast<unsigned>(std::countr_one(differing_ >> first));
        differing_ = differing_ >> last << last;
        begin = word_ + first;
        end = word_ + last;
        if (last == step && end < size_ && a_[end] != b_[end]) {  // it goes on in the next word
            while (end < size_ && a_[end] != b_[end]) ++end;
            const std::size_t beyond = end % step;
            word_ = end - beyond;
            next_ = word_ + step;
            differing_ = differing_bytes(a_, b_, word_, size_) >> beyond << beyond;
        }
        return true;
    }

private:
    static constexpr std::size_t step = sizeof(Word);
    [[nodiscard]] Word difference(std::size_t at) const { return word_at(a_ + at) ^ word_at(b_ + at); }
    // Goes on to the next word that differs.
    bool find_word() {
        Word word = 0;
        for (; next_ + 4 * step <= size_; next_ += 4 * step) {
            const Word first = difference(next_), second = difference(next_ + step);
            const Word third = difference(next_ + 2 * step), fourth = difference(next_ + 3 * step);
            if ((first | second | third | fourth) == 0) continue;
            next_ += first != 0 ? 0 : second != 0 ? step : third != 0 ? 2 * step : 3 * step;
            word = first != 0 ? first : second != 0 ? second : third != 0 ? third : fourth;
            break;
        }
        while (word == 0 && next_ + step <= size_) {
            word = difference(next_);
            if (word == 0) next_ += step;
        }
        word_ = next_;
        next_ += step;
        differing_ = word != 0 ? bytes_set(word) : differing_bytes(a_, b_, word_, size_);
        return differing_ != 0;
    }

    const std::byte* a_;
    const std::byte* b_;
    std::size_t size_;
    std::size_t word_ = 0, next_ = 0;  // the word looked at, and the one after it
    unsigned differing_ = 0;           // bytes of that word that have not been told yet
};

// Up to 8 bytes of a span that ends `readable` bytes from here, as a word.
Word few_bytes(const std::byte* from, std::size_t length, std::size_t readable) {
    if (readable >= sizeof(Word)) return word_at(from) & first_bytes(length);
    Word word = 0;
    for (std::size_t i = 0; i < length; ++i) word |= std::to_integer<Word>(from[i]) << (8 * i);
    return word;
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

[[gnu::noinline]] void store_packed(Trace& trace, Word packed, std::size_t length) {
    std::array<std::byte, sizeof(Word)> piece;
    store_word(piece.data(), packed);
    trace.store_bytes(std::span(piece).first(length));
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
    Differences differences(shadow, present, size);
    // Small changes are put together in a word: a processor waits long to read back what was written in several pieces just before.
    Word packed = 0;
    std::size_t used = 0;
    std::uint64_t position = trace_.byte_count();
    std::size_t at = 0, end = 0;
    bool changed = false;
    while (differences.next(at, end)) {
        const std::size_t length = end - at;
        if (used + 2 * length > sizeof(Word)) [[unlikely]] {
            if (used != 0) store_packed(trace_, packed, used);
            position += used;
            packed = used = 0;
        }
        Change change;
        change.region = region;
        change.offset = static_cast<std::uint32_t>(at);
        change.length = static_cast<std::uint32_t>(length);
        change.writer = writer;
        change.before = position + used;
        change.after = change.before + length;
        trace_.add_change(change);
        if (2 * length <= sizeof(Word)) {
            packed |= few_bytes(shadow + at, length, size - at) << (8 * used) | few_bytes(present + at, length, size - at) << (8 * (used + length));
            used += 2 * length;
        } else {
            store_both(trace_, shadow + at, present + at, length);
            position += 2 * length;
        }
        // The shadow is written a word at a time for the same reason.
        const std::size_t word = at - at % sizeof(Word);
        if (end <= word + sizeof(Word) && word + sizeof(Word) <= size) {
            const Word told = first_bytes(end - word);
            store_word(shadow + word, (word_at(present + word) & told) | (word_at(shadow + word) & ~told));
        } else {
            std::memcpy(shadow + at, present + at, length);
        }
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
