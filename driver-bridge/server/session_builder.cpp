// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/server/session_builder.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace chimneylab::bridge {
namespace {

using trace::EventId;

std::string text_of(const chimney_wire_text& text) { return text.size == 0 ? std::string() : std::string(text.data, text.size); }

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::span<const std::byte> bytes_of(const chimney_wire_piece& piece) {
    return {reinterpret_cast<const std::byte*>(piece.bytes), piece.length};
}

}  // namespace

std::string Losses::to_text() const {
    std::string text;
    const auto add = [&](std::uint64_t count, std::string_view one, std::string_view many) {
        if (count == 0) return;
        if (!text.empty()) text += ", ";
        text += counted(count, one, many);
    };
    add(dropped, "event was dropped by the producer because its buffer was full",
        "events were dropped by the producer because its buffer was full");
    add(missing, "event never arrived", "events never arrived");
    add(unresolved, "reference points to something that was lost", "references point to something that was lost");
    return text;
}

std::string producer_name(const chimney_wire_hello& hello) {
    std::string name = text_of(hello.producer);
    if (hello.build.size > 0) name += " " + text_of(hello.build);
    return name;
}

SessionBuilder::SessionBuilder(const chimney_wire_hello& hello, const BuilderLimits& limits,
                               std::shared_ptr<Recipient> recipient)
    : limits_(limits),
      frequency_(hello.clock_frequency),
      origin_(hello.clock_origin),
      has_virtual_time_((hello.capabilities & chimney_wire_has_virtual_time) != 0),
      has_references_((hello.capabilities & chimney_wire_has_references) != 0),
      recording_(std::move(recipient)),
      next_(hello.first_sequence) {
    trace::RunDescription description;
    description.producer = producer_name(hello);
    description.title = "Live session of " + description.producer;
    recording_.describe(std::move(description));
}

SessionBuilder::Wrong SessionBuilder::run(std::span<const std::uint8_t> payload) {
    chimney_wire_run run;
    if (!chimney_wire_get_run(payload.data(), payload.size(), &run)) return "is no description of a run";
    trace::RunDescription description = recording_.description();
    description.scenario = text_of(run.scenario);
    description.title = text_of(run.title);
    description.variant = text_of(run.variant);
    description.schedule = text_of(run.schedule);
    description.mode = text_of(run.mode);
    description.clock_start = run.clock_start;
    recording_.describe(std::move(description));
    return {};
}

SessionBuilder::Wrong SessionBuilder::layers(std::span<const std::uint8_t> payload) {
    std::array<chimney_wire_layer, chimney_wire_layer_limit> told;
    std::uint32_t count = 0;
    if (!chimney_wire_get_layers(payload.data(), payload.size(), told.data(), &count)) return "is no list of layers";
    std::vector<trace::Layer> layers;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (told[i].role > static_cast<std::uint8_t>(trace::LayerRole::offload_target))
            return "has a layer of an unknown role";
        layers.push_back({static_cast<trace::LayerRole>(told[i].role), name(told[i].name), name(told[i].driver)});
    }
    recording_.set_layers(std::move(layers));
    return {};
}

SessionBuilder::Wrong SessionBuilder::names(std::span<const std::uint8_t> payload) {
    std::size_t position = 0;
    std::uint32_t number = 0;
    chimney_wire_text text;
    while (chimney_wire_next_name(payload.data(), payload.size(), &position, &number, &text)) {
        if (number >= limits_.names) return "has a name with the number " + std::to_string(number) + ", which is too high";
        const std::string_view value(text.data, text.size);
        trace::StringId& known = *known_name(number);
        if (known.valid()) {
            if (recording_.text(known) != value) return "gives the name " + std::to_string(number) + " another text";
            continue;
        }
        if (full()) return "has a name too many";
        known = recording_.intern(value);
        resident_ += value.size() + 160;
    }
    if (position != payload.size()) return "is no list of names";
    return {};
}

SessionBuilder::Wrong SessionBuilder::drops(std::span<const std::uint8_t> payload) {
    chimney_wire_drops drops;
    if (!chimney_wire_get_drops(payload.data(), payload.size(), &drops)) return "tells no count of drops";
    if (drops.dropped < losses_.dropped) return "takes back drops that were told";
    losses_.dropped = drops.dropped;
    return {};
}

SessionBuilder::Wrong SessionBuilder::events(std::span<const std::uint8_t> payload) {
    // Records are taken in order where they lie; only those that are ahead are kept aside.
    std::size_t position = 0;
    chimney_wire_record record;
    for (std::size_t start = 0; chimney_wire_next_record(payload.data(), payload.size(), &position, &record);
         start = position) {
        if (full()) return why_full();
        if (record.event.sequence == CHIMNEY_WIRE_NONE64) return "has an event without a number";
        if (record.event.sequence < next_) {
            ++losses_.repeated;
        } else if (record.event.sequence > next_) {
            wait(record, payload.subspan(start, position - start));
            while (waiting_.size() > limits_.waiting_records || waiting_bytes_ > limits_.waiting_bytes)
                if (Wrong wrong = give_up_gap()) return wrong;
        } else {
            if (Wrong wrong = take(record)) return wrong;
            if (!waiting_.empty())
                if (Wrong wrong = take_waiting()) return wrong;
        }
    }
    recording_.hand_over();
    if (auto failed = recording_.problem()) {
        recipient_failed_ = std::move(failed);
        return why_full();
    }
    if (position != payload.size()) return "holds an event whose length or pieces cannot be";
    return {};
}

std::string SessionBuilder::why_full() const {
    if (recipient_failed_) return "cannot be recorded: " + *recipient_failed_;
    const bool resident = bytes_ + resident_ < limits_.trace_bytes;
    return "does not fit any more: the recording has reached its limit of " +
           std::to_string((resident ? limits_.resident_bytes : limits_.trace_bytes) >> 20) + " MiB" +
           (resident ? " for names and regions in memory" : "");
}

void SessionBuilder::wait(const chimney_wire_record& record, std::span<const std::uint8_t> bytes) {
    const auto [place, fresh] = waiting_.try_emplace(record.event.sequence, bytes.begin(), bytes.end());
    if (fresh)
        waiting_bytes_ += bytes.size();
    else
        ++losses_.repeated;
}

SessionBuilder::Wrong SessionBuilder::take_waiting() {
    while (!waiting_.empty() && waiting_.begin()->first <= next_) {
        const auto node = waiting_.extract(waiting_.begin());
        waiting_bytes_ -= node.mapped().size();
        if (node.key() < next_) {
            ++losses_.repeated;
            continue;
        }
        chimney_wire_record record;
        std::size_t position = 0;
        if (!chimney_wire_next_record(node.mapped().data(), node.mapped().size(), &position, &record))
            return "holds an event that cannot be";
        if (Wrong wrong = take(record)) return wrong;
    }
    return {};
}

SessionBuilder::Wrong SessionBuilder::give_up_gap() {
    if (waiting_.empty()) return {};
    losses_.missing += waiting_.begin()->first - next_;
    next_ = waiting_.begin()->first;
    return take_waiting();
}

// Where the text of this number is kept; none as long as it was not told.
trace::StringId* SessionBuilder::known_name(std::uint32_t number) {
    constexpr std::uint32_t longest_table = 1u << 16;
    if (number >= names_.size() + longest_table) return &high_names_[number];
    if (names_.size() <= number) {
        resident_ += (number + 1 - names_.size()) * sizeof(trace::StringId);
        names_.resize(std::size_t{number} + 1);
    }
    return &names_[number];
}

std::string SessionBuilder::name_text(std::uint32_t number) const {
    if (number < names_.size() && names_[number].valid()) return std::string(recording_.text(names_[number]));
    const auto known = high_names_.find(number);
    return known == high_names_.end() || !known->second.valid() ? std::string() : std::string(recording_.text(known->second));
}

trace::StringId SessionBuilder::name(std::uint32_t number) {
    if (number == CHIMNEY_WIRE_NONE32) return {};
    if (number < names_.size() && names_[number].valid()) return names_[number];
    if (const auto known = high_names_.find(number); known != high_names_.end()) return known->second;
    ++losses_.unresolved;
    return {};
}

// A producer counts its operations from 0, and as long as nothing was lost its numbers fit: they are below the number of
// events. Afterwards a number that would be too high becomes the lowest that nobody has.
trace::OperationId SessionBuilder::operation(std::uint32_t number) {
    if (number == CHIMNEY_WIRE_NONE32) return {};
    if (const auto known = operations_.find(number); known != operations_.end()) return trace::OperationId(known->second);
    std::uint32_t own = number;
    if (number > recording_.size() || operations_used_.contains(number)) {
        while (operations_used_.contains(lowest_free_operation_)) ++lowest_free_operation_;
        own = lowest_free_operation_;
    }
    operations_.emplace(number, own);
    operations_used_.insert(own);
    resident_ += 96;
    return trace::OperationId(own);
}

EventId SessionBuilder::event_of(std::uint64_t sequence) {
    if (sequence == CHIMNEY_WIRE_NONE64) return {};
    const auto after = std::ranges::upper_bound(sequences_, sequence, {}, &Sequences::sequence);
    if (after != sequences_.begin()) {
        const Sequences& run = *(after - 1);
        const std::uint64_t event = run.event + (sequence - run.sequence);
        const std::uint64_t end = after == sequences_.end() ? recording_.size() : after->event;
        if (event < end) return EventId(static_cast<std::uint32_t>(event));
    }
    ++losses_.unresolved;
    return {};
}

trace::Nanoseconds SessionBuilder::measured(std::uint64_t ticks) const {
    constexpr std::uint64_t second = 1'000'000'000;
    const std::uint64_t since = ticks > origin_ ? ticks - origin_ : 0;
    if (frequency_ == second) return since;
    const std::uint64_t seconds = since / frequency_, rest = since % frequency_;  // rest is at most 10^10
    if (seconds >= std::numeric_limits<std::uint64_t>::max() / second - 1) return std::numeric_limits<std::uint64_t>::max();
    return seconds * second + static_cast<std::uint64_t>(static_cast<double>(rest) * 1e9 / static_cast<double>(frequency_));
}

SessionBuilder::Wrong SessionBuilder::birth(const chimney_wire_piece& piece) {
    if (piece.region_kind > static_cast<std::uint8_t>(trace::last_region_kind))
        return "has a region of an unknown kind";
    if (recording_.region_count() >= trace::RegionId::none_value) return "has a region too many";
    if (const auto known = regions_.find(piece.region); known != regions_.end() && known->second.lives)
        death(piece.region);  // its end was lost
    trace::Region region;
    region.kind = static_cast<trace::RegionKind>(piece.region_kind);
    region.owner = piece.owner;
    region.ordinal = piece.ordinal;
    region.address = piece.address;
    region.label = name(piece.label);
    region.tag = piece.tag;
    region.born = EventId(static_cast<std::uint32_t>(recording_.size()));
    if (piece.parent != CHIMNEY_WIRE_NONE32) {
        if (const auto parent = regions_.find(piece.parent); parent != regions_.end())
            region.parent = parent->second.id;
        else
            ++losses_.unresolved;
    }
    const auto initial = bytes_of(piece);
    WatchedRegion& watched = regions_[piece.region];
    watched.id = recording_.add_region(region, initial);
    watched.now.assign(initial.begin(), initial.end());
    watched.lives = true;
    bytes_ += sizeof(trace::Region) + initial.size();
    resident_ += initial.size() + 200;
    return {};
}

void SessionBuilder::snapshot(const chimney_wire_piece& piece) {
    const auto found = regions_.find(piece.region);
    if (found == regions_.end() || !found->second.lives || piece.offset > found->second.now.size() ||
        piece.length > found->second.now.size() - piece.offset) {
        ++losses_.unresolved;
        return;
    }
    const auto seen = bytes_of(piece);
    std::byte* now = found->second.now.data() + piece.offset;
    for (std::size_t at = 0; at < seen.size();) {
        // Most bytes of most snapshots are as they were: eight at a time.
        while (at + 8 <= seen.size() && std::memcmp(now + at, seen.data() + at, 8) == 0) at += 8;
        while (at < seen.size() && now[at] == seen[at]) ++at;
        if (at == seen.size()) break;
        std::size_t end = at + 1;
        while (end < seen.size() && now[end] != seen[end]) ++end;
        recording_.change(found->second.id, static_cast<std::uint32_t>(piece.offset + at), piece.writer,
                          std::span<const std::byte>(now + at, end - at), seen.subspan(at, end - at));
        std::memcpy(now + at, seen.data() + at, end - at);
        bytes_ += sizeof(trace::Change) + 2 * (end - at);
        at = end;
    }
}

void SessionBuilder::death(std::uint32_t number) {
    const auto found = regions_.find(number);
    if (found == regions_.end() || !found->second.lives) {
        ++losses_.unresolved;
        return;
    }
    found->second.lives = false;
    resident_ -= std::min<std::uint64_t>(resident_, found->second.now.size() + 100);
    std::vector<std::byte>().swap(found->second.now);
    dying_.push_back(found->second.id);
}

SessionBuilder::Wrong SessionBuilder::pieces(const chimney_wire_record& record) {
    std::uint32_t position = 0;
    chimney_wire_piece piece;
    while (chimney_wire_next_piece(&record, &position, &piece)) {
        switch (piece.kind) {
            case chimney_wire_birth:
                if (Wrong wrong = birth(piece)) return wrong;
                break;
            case chimney_wire_snapshot: snapshot(piece); break;
            case chimney_wire_death: death(piece.region); break;
            case chimney_wire_label:
                if (const auto found = regions_.find(piece.region); found != regions_.end() && found->second.lives)
                    recording_.relabel(found->second.id, name(piece.label));
                else
                    ++losses_.unresolved;
                break;
            default: return "has a piece of an unknown kind";
        }
    }
    return {};
}

SessionBuilder::Wrong SessionBuilder::take(const chimney_wire_record& record) {
    const chimney_wire_event& told = record.event;
    const bool has_event = (told.flags & chimney_wire_pieces_only) == 0;
    if (has_event && (told.kind > static_cast<std::uint8_t>(trace::last_event_kind) ||
                      told.operation_kind > static_cast<std::uint8_t>(trace::OperationKind::terminate)))
        return "holds event " + std::to_string(told.sequence) + ", which is of an unknown kind";
    if (recording_.size() >= EventId::none_value - 1) return "holds an event too many";
    if (Wrong wrong = pieces(record)) return wrong;
    ++next_;
    if (!has_event) return {};

    const EventId id(static_cast<std::uint32_t>(recording_.size()));
    trace::Event event;
    event.kind = static_cast<trace::EventKind>(told.kind);
    event.operation_kind = static_cast<trace::OperationKind>(told.operation_kind);
    event.layer = told.layer;
    event.other_layer = told.other_layer;
    event.irql = told.irql;
    event.argument = told.argument;
    event.subject = told.subject;
    event.detail = told.detail;
    event.status = told.status;
    event.has_status = (told.flags & chimney_wire_has_status) != 0 ? 1 : 0;
    event.name = name(told.name);
    event.operation = operation(told.operation);
    if (told.region != CHIMNEY_WIRE_NONE32) {
        if (const auto known = regions_.find(told.region); known != regions_.end())
            event.region = known->second.id;
        else
            ++losses_.unresolved;
    }
    // Processors' clocks may differ by a little; a trace's times never go back.
    event.measured_time = measured(told.clock);
    event.virtual_time = has_virtual_time_ ? told.virtual_time : event.measured_time;
    event.measured_time = std::max(event.measured_time, recording_.last_measured_time());
    event.virtual_time = std::max(event.virtual_time, recording_.last_virtual_time());
    if (has_references_) {
        event.partner = event_of(told.partner);
        event.parent = event_of(told.parent);
        event.depth = told.depth;
    } else {
        linker_.link(event, told.context, id);
        resident_ += 16;
    }
    if (sequences_.empty() || told.sequence - sequences_.back().sequence != id.value - sequences_.back().event) {
        sequences_.push_back({told.sequence, id.value});
        resident_ += sizeof(Sequences);
    }
    recording_.append(event, dying_);
    dying_.clear();
    bytes_ += sizeof(trace::Event) + sizeof(EventId);
    return {};
}

trace::Trace SessionBuilder::finish(const std::string& end, std::optional<std::uint64_t> expected_next) {
    while (!waiting_.empty())
        if (give_up_gap()) break;
    if (expected_next && *expected_next > next_) losses_.missing += *expected_next - next_;
    std::string note = end;
    if (const std::string lost = losses_.to_text(); !lost.empty())
        note += (note.empty() ? "This recording is not complete: " : " The recording is not complete: ") + lost + ".";
    if (!note.empty()) {
        trace::Event event;
        event.kind = trace::EventKind::message;
        event.name = recording_.intern(note);
        event.virtual_time = recording_.last_virtual_time();
        event.measured_time = recording_.last_measured_time();
        recording_.append(event, dying_);
    }
    return recording_.finish();
}

}  // namespace chimneylab::bridge
