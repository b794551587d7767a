// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/region_changes.h"

#include <algorithm>
#include <bit>
#include <tuple>

namespace chimneylab::trace {

std::size_t RegionChanges::keyframe_distance(std::uint32_t region_size) {
    // A recorded change is about 24 bytes and two copies of what it wrote: a keyframe of n bytes is paid for by n / 8 of them.
    return std::max<std::size_t>(64, region_size / 8);
}

void RegionChanges::take_in(EventId event) {
    if (trace_->paged() != nullptr) {
        if (event.value / events_in_stretch != present_number_) close_stretch();
        present_number_ = event.value / events_in_stretch;
        for (const Change& change : trace_->changes(trace_->event(event))) {
            const std::uint64_t written = places(change.region, change.offset, change.length);
            // A region is written several times in a row, alone or by turns with a few others.
            constexpr std::size_t a_few = 8;
            const auto newest = std::span(present_).last(std::min(a_few, present_.size()));
            const auto known = std::ranges::find(newest, change.region.value, &Stretch::region);
            if (known != newest.end())
                known->places |= written;
            else
                present_.push_back({change.region.value, present_number_, written});
        }
        return;
    }
    for (const Change& change : trace_->changes(trace_->event(event))) {
        if (stories_.size() <= change.region.value) stories_.resize(std::size_t{change.region.value} + 1);
        Story& story = stories_[change.region.value];
        // A keyframe stands between two events, never inside one.
        if (!story.changes.empty() && story.changes.back().event != event) {
            const std::size_t last = story.keyframes.empty() ? 0 : story.keyframes.back().changes;
            if (story.changes.size() - last >= keyframe_distance(trace_->region(change.region).size)) {
                auto bytes = replay(story, change.region, story.changes.size());
                keyframe_bytes_ += bytes.size();
                story.keyframes.push_back({static_cast<std::uint32_t>(story.changes.size()), std::move(bytes)});
            }
        }
        story.changes.push_back({event, change.offset, change.length});
    }
}

std::uint64_t RegionChanges::places(RegionId region, std::uint32_t offset, std::uint32_t size) const {
    const std::uint32_t all = trace_->region(region).size;
    size = std::max<std::uint32_t>(size, 1);  // of no byte: what is written around that place
    if (offset >= all) return 0;
    const int shift = all <= 64 ? 0 : std::bit_width(all - 1) - 6;
    const std::uint32_t first = offset >> shift, last = (offset + std::min(size, all - offset) - 1) >> shift;
    return (~std::uint64_t{0} >> (63 - (last - first))) << first;
}

// The changes of each region become one.
void RegionChanges::close_stretch() {
    std::ranges::sort(present_, {}, &Stretch::region);
    const std::size_t from = stretches_.size();
    for (const Stretch& each : present_) {
        if (stretches_.size() > from && stretches_.back().region == each.region)
            stretches_.back().places |= each.places;
        else
            stretches_.push_back(each);
    }
    present_.clear();
}

void RegionChanges::settle() {
    if (trace_->paged() == nullptr) return;
    close_stretch();
    if (settled_ == stretches_.size()) return;
    const auto order = [](const Stretch& each) { return std::tuple(each.region, each.number); };
    const auto middle = stretches_.begin() + static_cast<std::ptrdiff_t>(settled_);
    std::ranges::sort(middle, stretches_.end(), {}, order);
    std::ranges::inplace_merge(stretches_, middle, {}, order);
    settled_ = stretches_.size();
}

std::span<const RegionChanges::Stretch> RegionChanges::stretches_of(RegionId region) const {
    // Not equal_range, whose subrange clang 14 cannot compile with libstdc++ 12: the fuzz targets are built with it.
    const auto begin = std::ranges::lower_bound(stretches_, region.value, {}, &Stretch::region);
    const auto end = std::ranges::upper_bound(begin, stretches_.end(), region.value, {}, &Stretch::region);
    return {begin, end};
}

EventId RegionChanges::seek(RegionId region, std::uint32_t offset, std::uint32_t size, std::uint32_t first,
                            std::uint32_t last, bool backwards) const {
    for (std::uint32_t i = first; i < last; ++i) {
        const EventId event(backwards ? last - 1 - (i - first) : i);
        for (const Change& at : trace_->changes(trace_->event(event)))
            if (at.region == region && std::uint64_t{at.offset} < std::uint64_t{offset} + size &&
                offset < std::uint64_t{at.offset} + at.length)
                return event;
    }
    return {};
}

EventId RegionChanges::next(RegionId region, std::uint32_t offset, std::uint32_t size, EventId from) const {
    if (!region.valid() || region.value >= trace_->region_count()) return {};
    if (trace_->paged() != nullptr) {
        const std::uint64_t wanted = places(region, offset, size);
        const std::uint32_t first = from.valid() ? from.value + 1 : 0, end = static_cast<std::uint32_t>(trace_->size());
        for (const Stretch& each : stretches_of(region)) {
            const std::uint32_t begin = each.number * events_in_stretch, last = begin + std::min(events_in_stretch, end - begin);
            if (last <= first || (each.places & wanted) == 0) continue;
            if (const EventId found = seek(region, offset, size, std::max(begin, first), last, false); found.valid()) return found;
        }
        return {};
    }
    if (region.value >= stories_.size()) return {};
    const auto& changes = stories_[region.value].changes;
    auto at = from.valid() ? std::ranges::upper_bound(changes, from, {}, &Written::event) : changes.begin();
    for (; at != changes.end(); ++at)
        if (std::uint64_t{at->offset} < std::uint64_t{offset} + size && offset < std::uint64_t{at->offset} + at->length)
            return at->event;
    return {};
}

EventId RegionChanges::previous(RegionId region, std::uint32_t offset, std::uint32_t size, EventId from) const {
    if (!region.valid() || region.value >= trace_->region_count() || !from.valid()) return {};
    if (trace_->paged() != nullptr) {
        const std::uint64_t wanted = places(region, offset, size);
        const std::uint32_t end = std::min(from.value, static_cast<std::uint32_t>(trace_->size()));
        const std::span<const Stretch> all = stretches_of(region);
        for (auto each = all.rbegin(); each != all.rend(); ++each) {
            const std::uint32_t begin = each->number * events_in_stretch;
            if (begin >= end || (each->places & wanted) == 0) continue;
            const std::uint32_t last = begin + std::min(events_in_stretch, end - begin);
            if (const EventId found = seek(region, offset, size, begin, last, true); found.valid()) return found;
        }
        return {};
    }
    if (region.value >= stories_.size()) return {};
    const auto& changes = stories_[region.value].changes;
    auto at = std::ranges::lower_bound(changes, from, {}, &Written::event);
    while (at != changes.begin()) {
        --at;
        if (std::uint64_t{at->offset} < std::uint64_t{offset} + size && offset < std::uint64_t{at->offset} + at->length)
            return at->event;
    }
    return {};
}

std::vector<std::byte> RegionChanges::bytes(RegionId region, EventId at) const {
    const bool born = at.valid() && trace_->region(region).born <= at;
    if (trace_->paged() != nullptr && born) return trace_->paged()->region_bytes(region, at);
    if (!born || region.value >= stories_.size()) return replay({}, region, 0);
    const Story& story = stories_[region.value];
    const auto after = at.valid() ? std::ranges::upper_bound(story.changes, at, {}, &Written::event) : story.changes.begin();
    return replay(story, region, static_cast<std::size_t>(after - story.changes.begin()));
}

// `changes` of them, whole events only.
std::vector<std::byte> RegionChanges::replay(const Story& story, RegionId region, std::size_t changes) const {
    const auto frame = std::ranges::upper_bound(story.keyframes, changes, {}, &Keyframe::changes);
    std::vector<std::byte> image;
    std::size_t done = 0;
    if (frame != story.keyframes.begin()) {
        image = (frame - 1)->bytes;
        done = (frame - 1)->changes;
    } else {
        const auto initial = trace_->initial_bytes(trace_->region(region));
        image.assign(initial.begin(), initial.end());
    }
    while (done < changes) {
        const EventId event = story.changes[done].event;
        for (const Change& change : trace_->changes(trace_->event(event))) {
            if (change.region != region) continue;
            std::ranges::copy(trace_->after(change), image.begin() + static_cast<std::ptrdiff_t>(change.offset));
            ++done;
        }
    }
    return image;
}

}  // namespace chimneylab::trace
