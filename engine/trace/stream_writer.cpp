// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <type_traits>

#include "engine/trace/stream.h"
#include "engine/trace/stream_bytes.h"

namespace chimneylab::trace {
namespace {

// Appends one frame to a buffer; the length is filled in at the end.
class Frame {
public:
    Frame(std::vector<std::byte>& out, std::uint8_t kind) : out_(out), begin_(out.size()), kind_(kind) {
        number<std::uint32_t>(0);
        number(kind);
    }
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;
    ~Frame() {
        const std::size_t length = out_.size() - begin_ - stream::frame_head;
        for (std::size_t i = 0; i < 4; ++i) out_[begin_ + i] = static_cast<std::byte>(length >> (8 * i));
        number(stream::check_sum(kind_, std::span(out_).subspan(begin_ + stream::frame_head, length)));
    }

    template <typename Number>
    void number(Number value) {
        const auto bits = static_cast<std::make_unsigned_t<Number>>(value);
        for (std::size_t i = 0; i < sizeof bits; ++i) out_.push_back(static_cast<std::byte>(bits >> (8 * i)));
    }
    template <typename Tag>
    void id(Identifier<Tag> value) { number(value.value); }
    void bytes(std::span<const std::byte> data) { out_.insert(out_.end(), data.begin(), data.end()); }
    void text(std::string_view value) {
        number(static_cast<std::uint32_t>(value.size()));
        bytes(std::as_bytes(std::span(value)));
    }

private:
    std::vector<std::byte>& out_;
    std::size_t begin_;
    std::uint8_t kind_;
};

void write_description(std::vector<std::byte>& out, const RunDescription& run) {
    Frame frame(out, stream::description);
    for (const std::string* text : {&run.scenario, &run.title, &run.variant, &run.schedule, &run.mode, &run.producer})
        frame.text(*text);
    frame.number(run.clock_start);
}

void write_layers(std::vector<std::byte>& out, std::span<const Layer> layers) {
    Frame frame(out, stream::layers);
    frame.number(static_cast<std::uint8_t>(layers.size()));
    for (const Layer& layer : layers) {
        frame.number(static_cast<std::uint8_t>(layer.role));
        frame.id(layer.name);
        frame.id(layer.driver);
    }
}

void write_region(std::vector<std::byte>& out, const Trace& trace, const Region& region) {
    Frame frame(out, stream::region);
    frame.number(static_cast<std::uint8_t>(region.kind));
    frame.number(region.owner);
    frame.number(region.ordinal);
    frame.number(region.address);
    frame.id(region.label);
    frame.id(region.parent);
    frame.id(region.born);
    frame.id(region.died);
    frame.number(region.tag);
    frame.bytes(trace.initial_bytes(region));
}

void write_event(std::vector<std::byte>& out, const Trace& trace, const Event& event) {
    Frame frame(out, stream::event);
    frame.number(event.virtual_time);
    frame.number(event.measured_time);
    frame.number(event.subject);
    frame.number(event.detail);
    frame.id(event.name);
    frame.id(event.operation);
    frame.id(event.partner);
    frame.id(event.parent);
    frame.id(event.region);
    frame.number(event.status);
    frame.number(event.argument);
    frame.number(event.depth);
    frame.number(static_cast<std::uint8_t>(event.kind));
    frame.number(static_cast<std::uint8_t>(event.operation_kind));
    frame.number(event.layer);
    frame.number(event.other_layer);
    frame.number(event.irql);
    frame.number(event.has_status);
    const auto changes = trace.changes(event);
    frame.number(static_cast<std::uint32_t>(changes.size()));
    for (const Change& change : changes) {
        frame.id(change.region);
        frame.number(change.offset);
        frame.number(change.length);
        frame.number(change.writer);
        frame.bytes(trace.before(change));
        frame.bytes(trace.after(change));
    }
}

}  // namespace

void StreamWriter::head() {
    if (began_) return;
    began_ = true;
    for (const char c : stream::magic) buffer_.push_back(static_cast<std::byte>(c));
    for (std::size_t i = 0; i < 4; ++i) buffer_.push_back(static_cast<std::byte>(stream_version >> (8 * i)));
}

void StreamWriter::sync(const Trace& trace, std::span<const RegionId> changed) {
    buffer_.clear();
    head();
    if (description_ != trace.description()) {
        description_ = trace.description();
        write_description(buffer_, *description_);
    }
    for (; strings_ < trace.string_count(); ++strings_) {
        Frame frame(buffer_, stream::string);
        frame.bytes(std::as_bytes(std::span(trace.text(StringId(static_cast<std::uint32_t>(strings_))))));
    }
    if (!std::ranges::equal(layers_, trace.layers())) {
        layers_.assign(trace.layers().begin(), trace.layers().end());
        write_layers(buffer_, layers_);
    }
    const std::size_t known = regions_;
    // A region stands before the event that it is born with.
    const auto write_regions = [&](std::size_t born_until) {
        for (; regions_ < trace.region_count(); ++regions_) {
            Region region = trace.region(RegionId(static_cast<std::uint32_t>(regions_)));
            if (region.born.value > born_until) return;
            region.died = EventId{};  // told behind the events
            write_region(buffer_, trace, region);
        }
    };
    for (; events_ < trace.size(); ++events_) {
        write_regions(events_);
        write_event(buffer_, trace, trace.event(EventId(static_cast<std::uint32_t>(events_))));
    }
    write_regions(events_);
    const auto write_news = [&](RegionId id) {
        const Region& region = trace.region(id);
        Frame frame(buffer_, stream::region_news);
        frame.id(id);
        frame.id(region.label);
        frame.id(region.died);
    };
    for (const RegionId id : changed) write_news(id);
    for (std::size_t i = known; i < regions_; ++i) {
        const RegionId id(static_cast<std::uint32_t>(i));
        if (trace.region(id).died.valid() && std::ranges::find(changed, id) == changed.end()) write_news(id);
    }
    if (!buffer_.empty()) put_(buffer_);
}

void StreamWriter::put_foreign(std::uint8_t kind, std::span<const std::byte> payload) {
    buffer_.clear();
    head();
    {
        Frame frame(buffer_, kind);
        frame.bytes(payload);
    }
    put_(buffer_);
}

}  // namespace chimneylab::trace
