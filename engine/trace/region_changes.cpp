// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/region_changes.h"

#include <algorithm>

namespace chimneylab::trace {

std::size_t RegionChanges::keyframe_distance(std::uint32_t region_size) {
    // A recorded change is about 24 bytes and two copies of what it wrote: a keyframe of n bytes is paid for by n / 8 of them.
    return std::max<std::size_t>(64, region_size / 8);
}

void RegionChanges::take_in(EventId event) {
    for (const Change& change : trace_->changes(trace_->event(event))) {
        if (stories_.size() <= change.region.value) stories_.resize(std::size_t{change.region.value} + 1);
        Story& story = stories_[change.region.value];
        // A trace on the disk has keyframes of its own (pages.h). One stands between two events, never inside one.
        if (trace_->paged() == nullptr && !story.changes.empty() && story.changes.back().event != event) {
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

EventId RegionChanges::next(RegionId region, std::uint32_t offset, std::uint32_t size, EventId from) const {
    if (region.value >= stories_.size()) return {};
    const auto& changes = stories_[region.value].changes;
    auto at = from.valid() ? std::ranges::upper_bound(changes, from, {}, &Written::event) : changes.begin();
    for (; at != changes.end(); ++at)
        if (std::uint64_t{at->offset} < std::uint64_t{offset} + size && offset < std::uint64_t{at->offset} + at->length)
            return at->event;
    return {};
}

EventId RegionChanges::previous(RegionId region, std::uint32_t offset, std::uint32_t size, EventId from) const {
    if (region.value >= stories_.size() || !from.valid()) return {};
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
