// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <zstd.h>

#include <array>

#include "engine/session/packing.h"

namespace chimneylab::session {

namespace {

// Far more than a full part can come to, far less than what a lying size could make us ask for.
constexpr std::uint64_t largest_raw = std::uint64_t{256} << 20;

[[noreturn]] void refuse() { throw UnpackFailure("a part of it cannot be unpacked"); }

std::uint32_t narrow(std::uint64_t value) {
    if (value > 0xFFFFFFFF) refuse();
    return static_cast<std::uint32_t>(value);
}

template <typename Id>
Id unshifted(std::uint64_t value) {
    return Id(narrow(value) - 1);
}

template <typename Id>
Id forward_from(std::uint32_t here, std::uint64_t value) {
    return value == 0 ? Id{} : Id(here - narrow(value - 1));
}

// Every number takes a byte at least, so a count can be no greater than what is left.
std::size_t count_of(ColumnReader& from) {
    const std::uint64_t count = from.get();
    if (count > from.left()) refuse();
    return static_cast<std::size_t>(count);
}

}  // namespace

namespace {

// 0: no frame that would be unpacked.
std::uint64_t size_told(std::span<const std::byte> blob) {
    const unsigned long long size = ZSTD_getFrameContentSize(blob.data(), blob.size());
    return size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > largest_raw ? 0 : size;
}

}  // namespace

bool may_hold_events(std::span<const std::byte> blob, std::uint64_t events) {
    constexpr std::uint64_t columns = 19;  // each takes a byte of an event at least
    return size_told(blob) / columns >= events;
}

bool may_hold_contents(std::span<const std::byte> blob, std::uint64_t changes, std::uint64_t bytes) {
    constexpr std::uint64_t columns = 4;
    const std::uint64_t size = size_told(blob);
    return size >= bytes && (size - bytes) / columns >= changes;
}

struct Unpacker::Context {
    ZSTD_DCtx* context = ZSTD_createDCtx();
    std::vector<std::byte> raw;
    ~Context() { ZSTD_freeDCtx(context); }
};

Unpacker::Unpacker() : context_(std::make_unique<Context>()) {
    if (context_->context == nullptr) throw std::bad_alloc();
}

Unpacker::~Unpacker() = default;

std::span<const std::byte> Unpacker::decompress(std::span<const std::byte> blob) {
    const unsigned long long size = ZSTD_getFrameContentSize(blob.data(), blob.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > largest_raw) refuse();
    if (context_->raw.size() < size) context_->raw.resize(static_cast<std::size_t>(size));
    const std::size_t made =
        ZSTD_decompressDCtx(context_->context, context_->raw.data(), context_->raw.size(), blob.data(), blob.size());
    if (ZSTD_isError(made) || made != size) refuse();
    return std::span(context_->raw).first(made);
}

Births Unpacker::births(std::span<const std::byte> blob, std::uint32_t first_event, std::uint32_t first_region,
                        std::size_t count, std::vector<trace::Region>& regions) {
    ColumnReader from(decompress(blob));
    Births made;
    if (count_of(from) != count) refuse();
    trace::Region last;
    last.born = trace::EventId(first_event);
    std::uint32_t index = first_region;
    for (std::size_t i = 0; i < count; ++i) {
        trace::Region& each = regions.emplace_back();
        const std::uint64_t kind = from.get(), owner = from.get(), ordinal = from.get();
        if (kind > 0xFF || owner > 0xFF || ordinal > 0xFFFF) refuse();
        each.kind = static_cast<trace::RegionKind>(kind);
        each.owner = static_cast<trace::LayerIndex>(owner);
        each.ordinal = static_cast<std::uint16_t>(ordinal);
        each.size = narrow(from.get());
        each.address = last.address + unfolded(from.get());
        each.label = unshifted<trace::StringId>(from.get());
        each.parent = forward_from<trace::RegionId>(index++, from.get());
        each.born = trace::EventId(last.born.value + unfolded_32(narrow(from.get())));
        const std::uint64_t died = from.get();
        each.died = died == 0 ? trace::EventId{} : trace::EventId(each.born.value + narrow(died - 1));
        each.tag = last.tag + unfolded_32(narrow(from.get()));
        last = each;
    }
    made.amendments.resize(count_of(from));
    for (Amendment& each : made.amendments) {
        each.region = trace::RegionId(narrow(from.get()));
        each.died = unshifted<trace::EventId>(from.get());
        each.label = unshifted<trace::StringId>(from.get());
    }
    made.closings.resize(count_of(from));
    for (Closing& each : made.closings) {
        each.opening = trace::EventId(narrow(from.get()));
        each.closing = trace::EventId(first_event + narrow(from.get()));
    }
    made.touched.resize(count_of(from));
    std::uint32_t before = 0;
    for (trace::RegionId& each : made.touched) {
        before += narrow(from.get());
        each = trace::RegionId(before);
    }
    if (!from.sound_to_the_end()) refuse();
    return made;
}

void Unpacker::events(std::span<const std::byte> blob, std::uint32_t first_event, std::size_t count,
                      std::vector<trace::Event>& events) {
    using trace::Event;
    ColumnReader from(decompress(blob));
    if (count > from.left()) refuse();
    events.resize(count);  // every member is written below
    const auto column = [&](auto take_each) {
        for (Event& each : events) take_each(each);
    };
    // A byte written may change anything, for all the compiler knows, the reader's place too: bytes are taken at once.
    const auto byte_column = [&](auto take_each) {
        const auto bytes = from.get_bytes(count);
        if (bytes.size() != count) refuse();
        for (std::size_t i = 0; i < count; ++i) take_each(events[i], std::to_integer<std::uint8_t>(bytes[i]));
    };
    byte_column([](Event& e, std::uint8_t value) { e.kind = static_cast<trace::EventKind>(value); });
    byte_column([](Event& e, std::uint8_t value) { e.operation_kind = static_cast<trace::OperationKind>(value); });
    byte_column([](Event& e, std::uint8_t value) { e.layer = value; });
    byte_column([](Event& e, std::uint8_t value) { e.other_layer = value; });
    byte_column([](Event& e, std::uint8_t value) { e.irql = value; });
    byte_column([](Event& e, std::uint8_t value) { e.has_status = value; });
    Event last;
    column([&](Event& e) {
        last.depth = static_cast<std::uint16_t>(last.depth + unfolded_32(narrow(from.get())));
        e.depth = last.depth;
    });
    column([&](Event& e) { e.name = unshifted<trace::StringId>(from.get()); });
    column([&](Event& e) { e.operation.value = last.operation.value += unfolded_32(narrow(from.get())); });
    column([&](Event& e) { e.region.value = last.region.value += unfolded_32(narrow(from.get())); });
    std::uint32_t here = first_event;
    column([&](Event& e) { e.partner = forward_from<trace::EventId>(here++, from.get()); });
    here = first_event;
    column([&](Event& e) { e.parent = forward_from<trace::EventId>(here++, from.get()); });
    column([&](Event& e) { e.status = static_cast<std::int32_t>(unfolded_32(narrow(from.get()))); });
    std::array<std::uint64_t, 256> subjects{}, details{};
    column([&](Event& e) { e.subject = subjects[static_cast<std::uint8_t>(e.kind)] += unfolded(from.get()); });
    column([&](Event& e) { e.detail = details[static_cast<std::uint8_t>(e.kind)] += unfolded(from.get()); });
    column([&](Event& e) { e.virtual_time = last.virtual_time += unfolded(from.get()); });
    column([&](Event& e) { e.measured_time = last.measured_time += unfolded(from.get()); });
    std::uint64_t changes = 0;
    column([&](Event& e) {
        e.change_count = narrow(from.get());
        e.first_change = e.change_count == 0 ? 0 : narrow(changes);
        changes += e.change_count;
    });
    column([&](Event& e) { e.argument = narrow(from.get()); });
    if (!from.sound_to_the_end()) refuse();
}

void Unpacker::contents(std::span<const std::byte> blob, std::span<const trace::Region> born, std::size_t changes,
                        Contents& made) {
    ColumnReader from(decompress(blob));
    if (changes > from.left()) refuse();
    made.changes.resize(changes);
    made.initial.clear();
    const auto column = [&](auto take_each) {
        for (trace::Change& each : made.changes) take_each(each);
    };
    std::uint32_t last = 0;
    column([&](trace::Change& c) { c.region = trace::RegionId(last += unfolded_32(narrow(from.get()))); });
    column([&](trace::Change& c) { c.offset = narrow(from.get()); });
    column([&](trace::Change& c) { c.length = narrow(from.get()); });
    column([&](trace::Change& c) { c.writer = from.get_byte(); });
    made.keyframes.resize(count_of(from));
    last = 0;
    std::vector<std::uint32_t> sizes;
    for (Keyframe& each : made.keyframes) {
        each.region = trace::RegionId(last += unfolded_32(narrow(from.get())));
        sizes.push_back(narrow(from.get()));
    }
    // The rest is bytes in the same order; what they should come to is known before anything is copied.
    std::uint64_t own = 0, all = 0;
    for (trace::Change& each : made.changes) {
        each.before = own;
        own += each.length;
    }
    for (trace::Change& each : made.changes) {
        each.after = own;
        own += each.length;
    }
    for (const trace::Region& each : born) {
        made.initial.push_back(own);
        own += each.size;
    }
    all = own;
    for (const std::uint32_t size : sizes) all += size;
    if (from.failed() || all != from.left()) refuse();
    const auto bytes = from.get_bytes(own);
    made.bytes.assign(bytes.begin(), bytes.end());
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const auto frame = from.get_bytes(sizes[i]);
        made.keyframes[i].bytes.assign(frame.begin(), frame.end());
    }
}

}  // namespace chimneylab::session
