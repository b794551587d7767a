// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstring>

#include "engine/trace/stream.h"
#include "engine/trace/stream_bytes.h"

namespace chimneylab::trace {
namespace {

std::uint32_t little32(std::span<const std::byte> data) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value |= std::to_integer<std::uint32_t>(data[i]) << (8 * i);
    return value;
}

template <typename Tag>
bool known(Identifier<Tag> id, std::size_t count) {
    return !id.valid() || id.value < count;
}

}  // namespace

// A frame's content. What is not there reads as zeros and is remembered as a failure.
class StreamReader::Payload {
public:
    explicit Payload(std::span<const std::byte> data) : rest_(data) {}

    std::span<const std::byte> bytes(std::size_t count) {
        if (count > rest_.size()) {
            complete_ = false;
            rest_ = {};
            return {};
        }
        const auto taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }
    template <typename Number>
    Number number() {
        const auto data = bytes(sizeof(Number));
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < data.size(); ++i) value |= std::to_integer<std::uint64_t>(data[i]) << (8 * i);
        return static_cast<Number>(value);
    }
    template <typename Id>
    Id id() { return Id(number<std::uint32_t>()); }
    std::string text() {
        const auto data = bytes(number<std::uint32_t>());
        return {reinterpret_cast<const char*>(data.data()), data.size()};
    }
    std::span<const std::byte> remainder() { return bytes(rest_.size()); }
    [[nodiscard]] bool complete() const { return complete_; }
    [[nodiscard]] bool exhausted() const { return complete_ && rest_.empty(); }

private:
    std::span<const std::byte> rest_;
    bool complete_ = true;
};

bool StreamReader::fail(const std::string& what) {
    problem_ = "frame " + std::to_string(frames_) + " of the recording " + what;
    pending_.clear();
    return false;
}

bool StreamReader::feed(std::span<const std::byte> bytes) {
    if (!problem_.empty()) return false;
    pending_.insert(pending_.end(), bytes.begin(), bytes.end());
    std::span<const std::byte> rest = pending_;
    if (!began_) {
        if (rest.size() < stream::head_size) return true;
        if (std::memcmp(rest.data(), stream::magic.data(), stream::magic.size()) != 0)
            return fail("cannot be read: this is not a recording of a trace");
        if (const std::uint32_t version = little32(rest.subspan(stream::magic.size())); version != stream_version)
            return fail("cannot be read: the recording has version " + std::to_string(version) + ", this program reads " +
                        std::to_string(stream_version));
        began_ = true;
        rest = rest.subspan(stream::head_size);
    }
    while (rest.size() >= stream::frame_head) {
        const std::size_t length = little32(rest);
        if (length > stream_frame_limit) return fail("is longer than any can be");
        const std::size_t whole = stream::frame_head + length + stream::frame_tail;
        if (rest.size() < whole) break;
        const auto kind = std::to_integer<std::uint8_t>(rest[4]);
        const auto payload = rest.subspan(stream::frame_head, length);
        if (little32(rest.subspan(stream::frame_head + length)) != stream::check_sum(kind, payload))
            return fail("is damaged");
        if (!take_frame(kind, payload)) return false;
        ++frames_;
        rest = rest.subspan(whole);
    }
    pending_.erase(pending_.begin(), pending_.end() - static_cast<std::ptrdiff_t>(rest.size()));
    return true;
}

bool StreamReader::take_frame(std::uint8_t kind, std::span<const std::byte> payload) {
    switch (kind) {
    case stream::description: return description(Payload(payload));
    case stream::layers: return layers(Payload(payload));
    case stream::string: {
        const std::string_view text(reinterpret_cast<const char*>(payload.data()), payload.size());
        const std::size_t count = trace_.string_count();
        if (trace_.intern(text).value != count) return fail("repeats a name");
        return true;
    }
    case stream::region: return region(Payload(payload));
    case stream::region_news: return region_news(Payload(payload));
    case stream::event: return event(Payload(payload));
    default: break;
    }
    if (kind < first_foreign_frame) return fail("is of an unknown kind");
    if (foreign_) foreign_(kind, payload);
    return true;
}

bool StreamReader::description(Payload payload) {
    RunDescription run;
    for (std::string* text : {&run.scenario, &run.title, &run.variant, &run.schedule, &run.mode, &run.producer})
        *text = payload.text();
    run.clock_start = payload.number<std::uint64_t>();
    if (!payload.exhausted()) return fail("is no description");
    trace_.set_description(std::move(run));
    return true;
}

bool StreamReader::layers(Payload payload) {
    std::vector<Layer> layers(payload.number<std::uint8_t>());
    for (Layer& layer : layers) {
        layer.role = static_cast<LayerRole>(payload.number<std::uint8_t>());
        layer.name = payload.id<StringId>();
        layer.driver = payload.id<StringId>();
        if (layer.role > LayerRole::offload_target || !known(layer.name, trace_.string_count()) ||
            !known(layer.driver, trace_.string_count()))
            return fail("has a layer whose role or name is not known");
    }
    if (!payload.exhausted()) return fail("is no list of layers");
    trace_.set_layers(std::move(layers));
    return true;
}

bool StreamReader::region(Payload payload) {
    Region region;
    region.kind = static_cast<RegionKind>(payload.number<std::uint8_t>());
    region.owner = payload.number<std::uint8_t>();
    region.ordinal = payload.number<std::uint16_t>();
    region.address = payload.number<std::uint64_t>();
    region.label = payload.id<StringId>();
    region.parent = payload.id<RegionId>();
    region.born = payload.id<EventId>();
    region.died = payload.id<EventId>();
    region.tag = payload.number<std::uint32_t>();
    const auto initial = payload.remainder();
    const std::size_t count = trace_.region_count();
    if (!payload.exhausted() || region.kind > last_region_kind) return fail("is no region");
    if (!known(region.label, trace_.string_count()) || !known(region.parent, count))
        return fail("has a label or a place that does not exist");
    if (!region.born.valid() || region.born.value > trace_.size() ||
        (count > 0 && trace_.region(RegionId(static_cast<std::uint32_t>(count - 1))).born > region.born))
        return fail("is not in the order of birth");
    if (!known(region.died, trace_.size()) || region.died < region.born) return fail("dies before it is born");
    trace_.add_region(region, initial);
    return true;
}

bool StreamReader::region_news(Payload payload) {
    const auto id = payload.id<RegionId>();
    const auto label = payload.id<StringId>();
    const auto died = payload.id<EventId>();
    if (!payload.exhausted() || !id.valid() || id.value >= trace_.region_count())
        return fail("is about a region that does not exist");
    if (!known(label, trace_.string_count())) return fail("has a label that does not exist");
    Region& region = trace_.mutable_region(id);
    if (!known(died, trace_.size()) || died < region.born) return fail("lets a region die before it is born");
    region.label = label;
    region.died = died;
    return true;
}

bool StreamReader::event(Payload payload) {
    const std::size_t index = trace_.size();
    if (index >= EventId::none_value) return fail("is one event too many");
    Event event;
    event.virtual_time = payload.number<std::uint64_t>();
    event.measured_time = payload.number<std::uint64_t>();
    event.subject = payload.number<std::uint64_t>();
    event.detail = payload.number<std::uint64_t>();
    event.name = payload.id<StringId>();
    event.operation = payload.id<OperationId>();
    event.partner = payload.id<EventId>();
    event.parent = payload.id<EventId>();
    event.region = payload.id<RegionId>();
    event.status = payload.number<std::int32_t>();
    event.argument = payload.number<std::uint32_t>();
    event.depth = payload.number<std::uint16_t>();
    event.kind = static_cast<EventKind>(payload.number<std::uint8_t>());
    event.operation_kind = static_cast<OperationKind>(payload.number<std::uint8_t>());
    event.layer = payload.number<std::uint8_t>();
    event.other_layer = payload.number<std::uint8_t>();
    event.irql = payload.number<std::uint8_t>();
    event.has_status = payload.number<std::uint8_t>();
    const auto change_count = payload.number<std::uint32_t>();
    if (!payload.complete()) return fail("is no event");
    if (event.kind > last_event_kind || event.operation_kind > OperationKind::terminate)
        return fail("is an event of an unknown kind");
    if (!known(event.name, trace_.string_count()) || !known(event.region, trace_.region_count()) ||
        (event.region.valid() && trace_.region(event.region).born.value > index))
        return fail("is an event about something that does not exist yet");
    if (!known(event.partner, index) || !known(event.parent, index) || !known(event.operation, index + 1))
        return fail("is an event that belongs to a later one");

    std::vector<Change> changes;
    for (std::uint32_t i = 0; i < change_count; ++i) {
        Change change;
        change.region = payload.id<RegionId>();
        change.offset = payload.number<std::uint32_t>();
        change.length = payload.number<std::uint32_t>();
        change.writer = payload.number<std::uint8_t>();
        const auto before = payload.bytes(change.length);
        const auto after = payload.bytes(change.length);
        if (!payload.complete()) return fail("is an event with changes that are not there");
        if (!change.region.valid() || change.region.value >= trace_.region_count())
            return fail("has a change in a region that does not exist");
        const Region& region = trace_.region(change.region);
        if (region.born.value > index || change.offset > region.size || change.length > region.size - change.offset)
            return fail("has a change outside its region");
        change.before = trace_.store_bytes(before);
        change.after = trace_.store_bytes(after);
        changes.push_back(change);
    }
    if (!payload.exhausted()) return fail("is longer than its event");
    trace_.append(event, changes);
    return true;
}

}  // namespace chimneylab::trace
