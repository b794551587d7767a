// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <zstd.h>

#include <array>

#include "engine/session/packing.h"

namespace chimneylab::session {

namespace {

constexpr int level = 1;  // three quarters of what level 3 gains for a third of its time

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
                                               raw.size(), level);
    if (ZSTD_isError(size)) throw std::bad_alloc();  // with enough room, memory is all it can lack
    return std::span(stream.output).first(size);
}

std::span<const std::byte> Packer::births(const Part& part, std::span<const Closing> closings,
                                          std::span<const trace::RegionId> touched) {
    ColumnWriter& to = columns_;
    to.clear();
    to.put_one(part.regions.size());
    to.reserve(part.regions.size() * 10);
    trace::Region last;
    last.born = trace::EventId(part.first_event);
    std::uint32_t index = part.first_region;
    for (const trace::Region& each : part.regions) {
        to.put(static_cast<std::uint64_t>(each.kind));
        to.put(each.owner);
        to.put(each.ordinal);
        to.put(each.size);
        to.put(folded(each.address - last.address));
        to.put(shifted(each.label));
        to.put(back_from(index++, each.parent));
        to.put(folded_32(each.born.value - last.born.value));
        to.put(each.died.valid() ? std::uint64_t{std::uint32_t{each.died.value - each.born.value}} + 1 : 0);
        to.put(folded_32(each.tag - last.tag));
        last = each;
    }
    to.done();
    to.put_one(part.amendments.size());
    to.reserve(part.amendments.size() * 3);
    for (const Amendment& each : part.amendments) {
        to.put(each.region.value);
        to.put(shifted(each.died));
        to.put(shifted(each.label));
    }
    to.done();
    to.put_one(closings.size());
    to.reserve(closings.size() * 2);
    for (const Closing& each : closings) {
        to.put(each.opening.value);
        to.put(std::uint32_t{each.closing.value - part.first_event});
    }
    to.done();
    to.put_one(touched.size());
    to.reserve(touched.size());
    std::uint32_t before = 0;
    for (const trace::RegionId each : touched) {
        to.put(std::uint32_t{each.value - before});
        before = each.value;
    }
    to.done();
    return compress(*births_);
}

std::span<const std::byte> Packer::events(const Part& part) {
    ColumnWriter& to = columns_;
    to.clear();
    const std::size_t count = part.events.size();
    const auto column = [&](auto put_each) {
        to.reserve(count);
        for (const trace::Event& each : part.events) put_each(each);
        to.done();
    };
    using trace::Event;
    column([&](const Event& e) { to.put_byte(static_cast<std::uint8_t>(e.kind)); });
    column([&](const Event& e) { to.put_byte(static_cast<std::uint8_t>(e.operation_kind)); });
    column([&](const Event& e) { to.put_byte(e.layer); });
    column([&](const Event& e) { to.put_byte(e.other_layer); });
    column([&](const Event& e) { to.put_byte(e.irql); });
    column([&](const Event& e) { to.put_byte(e.has_status); });
    Event last;
    column([&](const Event& e) {
        to.put(folded_32(std::uint32_t{e.depth} - last.depth));
        last.depth = e.depth;
    });
    column([&](const Event& e) { to.put(shifted(e.name)); });
    column([&](const Event& e) {
        to.put(folded_32(e.operation.value - last.operation.value));
        last.operation = e.operation;
    });
    column([&](const Event& e) {
        to.put(folded_32(e.region.value - last.region.value));
        last.region = e.region;
    });
    std::uint32_t here = part.first_event;
    column([&](const Event& e) { to.put(back_from(here++, e.partner)); });
    here = part.first_event;
    column([&](const Event& e) { to.put(back_from(here++, e.parent)); });
    column([&](const Event& e) { to.put(folded_32(static_cast<std::uint32_t>(e.status))); });
    // Addresses and details resemble those of the last event of the same kind.
    std::array<std::uint64_t, 256> subjects{}, details{};
    column([&](const Event& e) {
        std::uint64_t& earlier = subjects[static_cast<std::uint8_t>(e.kind)];
        to.put(folded(e.subject - earlier));
        earlier = e.subject;
    });
    column([&](const Event& e) {
        std::uint64_t& earlier = details[static_cast<std::uint8_t>(e.kind)];
        to.put(folded(e.detail - earlier));
        earlier = e.detail;
    });
    column([&](const Event& e) {
        to.put(folded(e.virtual_time - last.virtual_time));
        last.virtual_time = e.virtual_time;
    });
    column([&](const Event& e) {
        to.put(folded(e.measured_time - last.measured_time));
        last.measured_time = e.measured_time;
    });
    column([&](const Event& e) { to.put(e.change_count); });
    column([&](const Event& e) { to.put(e.reserved); });
    return compress(*events_);
}

std::span<const std::byte> Packer::contents(const Part& part, std::span<const Keyframe> keyframes) {
    ColumnWriter& to = columns_;
    to.clear();
    const auto column = [&](auto put_each) {
        to.reserve(part.changes.size());
        for (const trace::Change& each : part.changes) put_each(each);
        to.done();
    };
    std::uint32_t last = 0;
    column([&](const trace::Change& c) {
        to.put(folded_32(c.region.value - last));
        last = c.region.value;
    });
    column([&](const trace::Change& c) { to.put(c.offset); });
    column([&](const trace::Change& c) { to.put(c.length); });
    column([&](const trace::Change& c) { to.put_byte(c.writer); });
    to.put_one(keyframes.size());
    to.reserve(keyframes.size() * 2);
    last = 0;
    for (const Keyframe& each : keyframes) {
        to.put(folded_32(each.region.value - last));
        to.put(each.bytes.size());
        last = each.region.value;
    }
    to.done();
    const std::span<const std::byte> bytes(part.bytes);
    for (const trace::Change& each : part.changes) to.put_bytes(bytes.subspan(each.before, each.length));
    for (const trace::Change& each : part.changes) to.put_bytes(bytes.subspan(each.after, each.length));
    for (const trace::Region& each : part.regions) to.put_bytes(bytes.subspan(each.initial_bytes, each.size));
    for (const Keyframe& each : keyframes) to.put_bytes(each.bytes);
    return compress(*contents_);
}

}  // namespace chimneylab::session
