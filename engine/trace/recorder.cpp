// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/recorder.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace chimneylab::trace {

Recorder::Recorder() = default;

EventId Recorder::append(Event event) {
    if (clock_) event.virtual_time = clock_();
    event.measured_time = measured_clock_
                              ? measured_clock_()
                              : static_cast<Nanoseconds>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                                             std::chrono::steady_clock::now() - started_)
                                                             .count());
    const bool closes_work = event.kind == EventKind::work_finished;
    if (closes_work) {
        // Calls that a crashed dispatch never left are closed with it.
        const auto open = std::ranges::find(nesting_, event.partner);
        while (open != nesting_.end() && !nesting_.empty()) {
            const EventId top = nesting_.back();
            nesting_.pop_back();
            if (trace_.event(top).kind == EventKind::enter) --open_calls_;
            if (top == event.partner) break;
        }
    }
    event.parent = innermost();
    event.depth = open_calls_;
    const EventId id = trace_.append(event, pending_);
    pending_.clear();
    for (RegionId region : ending_) {
        trace_.mutable_region(region).died = id;
        shadows_.erase(region.value);
        if (sink_ != nullptr) sink_->amended(trace_, region);
    }
    ending_.clear();
    if (sink_ != nullptr) sink_->appended(trace_, id);
    if (event.kind == EventKind::work_started) nesting_.push_back(id);
    return id;
}

EventId Recorder::enter(Event event) {
    event.kind = EventKind::enter;
    const EventId id = append(event);
    nesting_.push_back(id);
    ++open_calls_;
    return id;
}

EventId Recorder::leave(EventId enter, std::int32_t status, bool has_status, std::uint32_t argument) {
    if (std::ranges::find(nesting_, enter) != nesting_.end()) {
        for (bool found = false; !found;) {
            const EventId top = nesting_.back();
            nesting_.pop_back();
            if (trace_.event(top).kind == EventKind::enter) --open_calls_;
            found = top == enter;
        }
    }
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
    shadows_.emplace(id.value, std::vector<std::byte>(bytes.begin(), bytes.end()));
    return id;
}

bool Recorder::observe(RegionId region, std::span<const std::byte> bytes, LayerIndex writer) {
    const auto found = shadows_.find(region.value);
    if (found == shadows_.end() || bytes.size() < found->second.size()) return false;
    std::vector<std::byte>& shadow = found->second;
    const std::size_t size = shadow.size();
    // Most of what is looked at has not changed: eight bytes at a time.
    const auto next_difference = [&](std::size_t at) {
        for (std::uint64_t known = 0, now = 0; at + sizeof now <= size; at += sizeof now) {
            std::memcpy(&known, shadow.data() + at, sizeof known);
            std::memcpy(&now, bytes.data() + at, sizeof now);
            if (known != now) break;
        }
        while (at < size && shadow[at] == bytes[at]) ++at;
        return at;
    };
    std::size_t at = next_difference(0);
    if (at == size) return false;
    // What was there and what is there now goes into the trace's heap in one piece, unless it is long.
    std::array<std::byte, 256> piece;
    std::size_t used = 0, first = pending_.size();
    const auto store_piece = [&] {
        const std::uint64_t position = trace_.store_bytes(std::span(piece).first(used));
        for (; first < pending_.size(); ++first) {
            pending_[first].before += position;
            pending_[first].after += position;
        }
        used = 0;
    };
    while (at < size) {
        std::size_t end = at + 1;
        while (end < size && shadow[end] != bytes[end]) ++end;
        const std::size_t length = end - at;
        Change change;
        change.region = region;
        change.offset = static_cast<std::uint32_t>(at);
        change.length = static_cast<std::uint32_t>(length);
        change.writer = writer;
        if (used + 2 * length > piece.size()) store_piece();
        if (2 * length <= piece.size()) {
            change.before = used;
            change.after = used + length;
            std::memcpy(piece.data() + used, shadow.data() + at, length);
            std::memcpy(piece.data() + used + length, bytes.data() + at, length);
            used += 2 * length;
            pending_.push_back(change);
        } else {
            change.before = trace_.store_bytes(std::span(shadow).subspan(at, length));
            change.after = trace_.store_bytes(bytes.subspan(at, length));
            pending_.push_back(change);
            first = pending_.size();
        }
        std::memcpy(shadow.data() + at, bytes.data() + at, length);
        at = next_difference(end);
    }
    store_piece();
    return true;
}

void Recorder::end_region(RegionId region) {
    if (shadows_.contains(region.value) && std::ranges::find(ending_, region) == ending_.end())
        ending_.push_back(region);
}

void Recorder::set_label(RegionId region, std::string_view label) {
    trace_.mutable_region(region).label = trace_.intern(label);
    if (sink_ != nullptr) sink_->amended(trace_, region);
}

std::span<const std::byte> Recorder::shadow(RegionId region) const {
    const auto found = shadows_.find(region.value);
    return found == shadows_.end() ? std::span<const std::byte>{} : std::span<const std::byte>(found->second);
}

Trace Recorder::take() {
    pending_.clear();
    ending_.clear();
    nesting_.clear();
    shadows_.clear();
    open_calls_ = 0;
    return std::move(trace_);
}

}  // namespace chimneylab::trace
