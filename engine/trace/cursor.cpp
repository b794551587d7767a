// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/cursor.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace chimneylab::trace {

Cursor::Cursor(const Trace& trace, const RegionChanges* changes)
    : trace_(&trace), changes_(changes), looks_up_(trace.paged() != nullptr) {}

void Cursor::rewind() {
    looked_up_.clear();
    regions_.clear();
    born_ = 0;
    position_ = EventId{};
}

void Cursor::bear_up_to(std::uint32_t event) {
    if (looks_up_) return;
    for (; born_ < trace_->region_count(); ++born_) {
        const Region& region = trace_->region(RegionId(born_));
        if (region.born.value > event) break;
        const auto initial = trace_->initial_bytes(region);
        if (regions_.size() <= born_) regions_.resize(std::size_t{born_} + 1);
        regions_[born_].assign(initial.begin(), initial.end());
    }
}

void Cursor::unbear_from(std::uint32_t event) {
    if (looks_up_) return;
    while (born_ > 0 && trace_->region(RegionId(born_ - 1)).born.value >= event) {
        --born_;
        regions_[born_].clear();
    }
}

// Where the present bytes of a region are kept; nullptr when nobody has asked for them.
std::vector<std::byte>* Cursor::image(RegionId region) {
    if (!looks_up_) return &regions_[region.value];
    const auto found = looked_up_.find(region.value);
    return found == looked_up_.end() ? nullptr : &found->second;
}

void Cursor::apply(const Event& event, bool forward) {
    constexpr std::size_t enough = 4096;
    if (looked_up_.size() > enough) looked_up_.clear();
    if (looks_up_ && looked_up_.empty()) return;
    const auto changes = trace_->changes(event);
    const auto write = [this](const Change& change, std::span<const std::byte> bytes) {
        if (std::vector<std::byte>* region = image(change.region))
            std::ranges::copy(bytes, region->begin() + static_cast<std::ptrdiff_t>(change.offset));
    };
    if (forward) {
        for (const Change& change : changes) write(change, trace_->after(change));
    } else {
        for (std::size_t i = changes.size(); i-- > 0;) write(changes[i], trace_->before(changes[i]));
    }
}

bool Cursor::step_forward() {
    const std::uint32_t next = position_.valid() ? position_.value + 1 : 0;
    if (next >= trace_->size()) return false;
    bear_up_to(next);
    apply(trace_->event(EventId(next)), true);
    position_ = EventId(next);
    return true;
}

bool Cursor::step_back() {
    if (!position_.valid()) return false;
    apply(trace_->event(position_), false);
    unbear_from(position_.value);
    position_ = position_.value == 0 ? EventId{} : EventId(position_.value - 1);
    return true;
}

void Cursor::seek(EventId event) {
    if (!event.valid() || trace_->empty()) {
        rewind();
        return;
    }
    const auto target = std::min(event.value, static_cast<std::uint32_t>(trace_->size() - 1));
    if (trace_->paged() != nullptr || changes_ != nullptr) {
        // Farther than this, looking up the few regions that somebody shows is cheaper than passing all the events.
        const std::uint32_t near = trace_->paged() != nullptr ? 64 : 1024;
        const std::uint32_t from = position_.valid() ? position_.value : 0;
        if (std::max(target, from) - std::min(target, from) > near || (looks_up_ && !position_.valid())) {
            rewind();
            looks_up_ = true;
            position_ = EventId(target);
            return;
        }
    }
    if (position_.valid() && target < position_.value && target < position_.value - target) rewind();
    while (!position_.valid() || position_.value < target) step_forward();
    while (position_.value > target) step_back();
}

bool Cursor::alive(RegionId region) const {
    if (!region.valid() || !position_.valid() || region.value >= trace_->region_count()) return false;
    if (trace_->region(region).born > position_) return false;
    const EventId died = trace_->region(region).died;
    return !died.valid() || died.value > position_.value;
}

std::span<const std::byte> Cursor::bytes(RegionId region) const {
    if (looks_up_) {
        if (!region.valid() || !position_.valid() || region.value >= trace_->region_count()) return {};
        if (trace_->region(region).born > position_) return {};
        auto found = looked_up_.find(region.value);
        if (found == looked_up_.end())
            found = looked_up_.emplace(region.value, changes_ != nullptr ? changes_->bytes(region, position_)
                                                            : trace_->paged()->region_bytes(region, position_))
                        .first;
        return found->second;
    }
    if (!region.valid() || region.value >= born_) return {};
    return regions_[region.value];
}

std::optional<std::uint64_t> Cursor::word(RegionId region, std::uint32_t offset, std::uint32_t size) const {
    const auto all = bytes(region);
    if (size == 0 || size > 8 || all.size() < size || offset > all.size() - size) return std::nullopt;
    std::uint64_t value = 0;
    if (std::endian::native == std::endian::little && size == sizeof value) {  // most are
        std::memcpy(&value, all.data() + offset, sizeof value);
        return value;
    }
    for (std::uint32_t i = 0; i < size; ++i)
        value |= std::to_integer<std::uint64_t>(all[offset + i]) << (8 * i);  // a driver's memory is little-endian
    return value;
}

std::vector<EventId> Cursor::open_calls() const {
    std::vector<EventId> calls;
    if (!position_.valid()) return calls;
    const Event& here = trace_->event(position_);
    if (here.kind == EventKind::enter) calls.push_back(position_);
    for (EventId at = here.parent; at.valid(); at = trace_->event(at).parent)
        if (trace_->event(at).kind == EventKind::enter) calls.push_back(at);
    std::ranges::reverse(calls);
    return calls;
}

}  // namespace chimneylab::trace
