// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <zstd.h>

#include <algorithm>
#include <array>

#include "engine/session/packing.h"

namespace chimneylab::session {

namespace {

constexpr int level = 1;  // three quarters of what level 3 gains for a third of its time
constexpr int level_in_a_hurry = -4;

// 0 for none, so that what does not apply costs one byte that repeats.
template <typename Tag>
std::uint64_t shifted(trace::Identifier<Tag> id) {
    return std::uint32_t{id.value + 1};
}

// How far back, 0 for none.
template <typename Tag>
std::uint64_t back_from(std::uint32_t here, trace::Identifier<Tag> id) {
    return id.valid() ? std::uint64_t{std::uint32_t{here - id.value}} + 1 : 0;
}

}  // namespace

struct Packer::Stream {
    ZSTD_CCtx* context = ZSTD_createCCtx();
    std::vector<std::byte> output;
    ~Stream() { ZSTD_freeCCtx(context); }
};

Packer::Packer()
    : births_(std::make_unique<Stream>()), events_(std::make_unique<Stream>()), contents_(std::make_unique<Stream>()) {
    for (Stream* each : {births_.get(), events_.get(), contents_.get()})
        if (each->context == nullptr) throw std::bad_alloc();
}

Packer::~Packer() = default;

std::span<const std::byte> Packer::compress(Stream& stream) {
    const auto raw = columns_.written();
    stream.output.resize(ZSTD_compressBound(raw.size()));
    const std::size_t size = ZSTD_compressCCtx(stream.context, stream.output.data(), stream.output.size(), raw.data(),
                                               raw.size(), hurry_ ? level_in_a_hurry : level);
    if (ZSTD_isError(size)) throw std::bad_alloc();  // with enough room, memory is all it can lack
    return std::span(stream.output).first(size);
}

std::span<const std::byte> Packer::births(const Part& part, std::span<const Closing> closings,
                                          std::span<const trace::RegionId> touched) {
    ColumnWriter& to = columns_;
    to.clear();
    to.put_one(part.regions.size());
    std::uint8_t* at = to.begin(part.regions.size() * 10);
    trace::Region last;
    last.born = trace::EventId(part.first_event);
    std::uint32_t index = part.first_region;
    for (const trace::Region& each : part.regions) {
        at = put_number(at, static_cast<std::uint64_t>(each.kind));
        at = put_number(at, each.owner);
        at = put_number(at, each.ordinal);
        at = put_number(at, each.size);
        at = put_number(at, folded(each.address - last.address));
        at = put_number(at, shifted(each.label));
        at = put_number(at, back_from(index++, each.parent));
        at = put_number(at, folded_32(each.born.value - last.born.value));
        at = put_number(at, each.died.valid() ? std::uint64_t{std::uint32_t{each.died.value - each.born.value}} + 1 : 0);
        at = put_number(at, folded_32(each.tag - last.tag));
        last = each;
    }
    to.end(at);
    to.put_one(part.amendments.size());
    at = to.begin(part.amendments.size() * 3);
    for (const Amendment& each : part.amendments) {
        at = put_number(at, each.region.value);
        at = put_number(at, shifted(each.died));
        at = put_number(at, shifted(each.label));
    }
    to.end(at);
    to.put_one(closings.size());
    at = to.begin(closings.size() * 2);
    for (const Closing& each : closings) {
        at = put_number(at, each.opening.value);
        at = put_number(at, std::uint32_t{each.closing.value - part.first_event});
    }
    to.end(at);
    to.put_one(touched.size());
    at = to.begin(touched.size());
    std::uint32_t before = 0;
    for (const trace::RegionId each : touched) {
        at = put_number(at, std::uint32_t{each.value - before});
        before = each.value;
    }
    to.end(at);
    return compress(*births_);
}

std::span<const std::byte> Packer::events(const Part& part) {
    // Column by column, but of a few events at a time, which stay in the nearest cache until every column has its own.
    constexpr std::size_t together = 128, most_columns = 20;
    const std::size_t count = part.events.size(), room = count * ColumnWriter::longest;
    if (columns_of_events_.size() < room * most_columns) columns_of_events_.resize(room * most_columns);
    std::array<std::uint8_t*, most_columns> ends;
    for (std::size_t i = 0; i < most_columns; ++i) ends[i] = columns_of_events_.data() + i * room;
    using trace::Event;
    std::span<const Event> events;  // that are packed now
    std::size_t number = 0;         // of the column
    const auto column = [&](auto&& value_of) {
        std::uint8_t* at = ends[number];
        for (const Event& each : events) at = put_number(at, value_of(each));
        ends[number++] = at;
    };
    const auto byte_column = [&](auto&& value_of) {
        std::uint8_t* at = ends[number];
        for (const Event& each : events) *at++ = static_cast<std::uint8_t>(value_of(each));
        ends[number++] = at;
    };
    // What a column remembers of the event before. The first differences are to 0; of operation and region to "none".
    std::uint32_t depth = 0, operation = trace::OperationId::none_value, region = trace::RegionId::none_value;
    std::uint64_t virtual_time = 0, measured_time = 0;
    const auto step_32 = [](std::uint32_t& last, std::uint32_t now) {
        const std::uint32_t difference = now - last;
        last = now;
        return std::uint64_t{folded_32(difference)};
    };
    const auto step = [](std::uint64_t& last, std::uint64_t now) {
        const std::uint64_t difference = now - last;
        last = now;
        return folded(difference);
    };
    // Addresses and details resemble those of the last event of the same kind.
    std::array<std::uint64_t, 256> subjects{}, details{};
    for (std::size_t first = 0; first < count; first += together) {
        events = std::span(part.events).subspan(first, std::min(together, count - first));
        const auto here = static_cast<std::uint32_t>(part.first_event + first);
        number = 0;
        byte_column([](const Event& e) { return e.kind; });
        byte_column([](const Event& e) { return e.operation_kind; });
        byte_column([](const Event& e) { return e.layer; });
        byte_column([](const Event& e) { return e.other_layer; });
        byte_column([](const Event& e) { return e.irql; });
        byte_column([](const Event& e) { return e.has_status; });
        column([&, last = depth](const Event& e) mutable { return step_32(last, e.depth); });
        column([](const Event& e) { return shifted(e.name); });
        column([&, last = operation](const Event& e) mutable { return step_32(last, e.operation.value); });
        column([&, last = region](const Event& e) mutable { return step_32(last, e.region.value); });
        column([at = here](const Event& e) mutable { return back_from(at++, e.partner); });
        column([at = here](const Event& e) mutable { return back_from(at++, e.parent); });
        column([](const Event& e) { return std::uint64_t{folded_32(static_cast<std::uint32_t>(e.status))}; });
        column([&](const Event& e) { return step(subjects[static_cast<std::uint8_t>(e.kind)], e.subject); });
        column([&](const Event& e) { return step(details[static_cast<std::uint8_t>(e.kind)], e.detail); });
        column([&, last = virtual_time](const Event& e) mutable { return step(last, e.virtual_time); });
        column([&, last = measured_time](const Event& e) mutable { return step(last, e.measured_time); });
        column([](const Event& e) { return std::uint64_t{e.change_count}; });
        column([](const Event& e) { return std::uint64_t{e.argument}; });
        const Event& last = events.back();
        depth = last.depth;
        operation = last.operation.value;
        region = last.region.value;
        virtual_time = last.virtual_time;
        measured_time = last.measured_time;
    }
    ColumnWriter& to = columns_;
    to.clear();
    for (std::size_t i = 0; i < number; ++i) {
        const std::uint8_t* begin = columns_of_events_.data() + i * room;
        to.put_bytes(std::as_bytes(std::span(begin, static_cast<std::size_t>(ends[i] - begin))));
    }
    return compress(*events_);
}

std::span<const std::byte> Packer::contents(const Part& part, std::span<const Keyframe> keyframes) {
    ColumnWriter& to = columns_;
    to.clear();
    const auto column = [&](auto value_of) {
        std::uint8_t* at = to.begin(part.changes.size());
        for (const trace::Change& each : part.changes) at = put_number(at, value_of(each));
        to.end(at);
    };
    column([last = std::uint32_t{0}](const trace::Change& c) mutable {
        const std::uint32_t difference = c.region.value - last;
        last = c.region.value;
        return std::uint64_t{folded_32(difference)};
    });
    column([](const trace::Change& c) { return std::uint64_t{c.offset}; });
    column([](const trace::Change& c) { return std::uint64_t{c.length}; });
    std::uint8_t* at = to.begin(part.changes.size());
    for (const trace::Change& each : part.changes) *at++ = each.writer;
    to.end(at);
    to.put_one(keyframes.size());
    at = to.begin(keyframes.size() * 2);
    std::uint32_t last = 0;
    for (const Keyframe& each : keyframes) {
        at = put_number(at, folded_32(each.region.value - last));
        at = put_number(at, each.bytes.size());
        last = each.region.value;
    }
    to.end(at);
    const std::span<const std::byte> bytes(part.bytes);
    for (const trace::Change& each : part.changes) to.put_bytes(bytes.subspan(each.before, each.length));
    for (const trace::Change& each : part.changes) to.put_bytes(bytes.subspan(each.after, each.length));
    for (const trace::Region& each : part.regions) to.put_bytes(bytes.subspan(each.initial_bytes, each.size));
    for (const Keyframe& each : keyframes) to.put_bytes(each.bytes);
    return compress(*contents_);
}

}  // namespace chimneylab::session
