// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/region_images.h"

#include <algorithm>

namespace chimneylab::session {

RegionImages::Seen RegionImages::look_at(const Part& part, bool closed) {
    const auto end = static_cast<std::uint32_t>(part.first_event + part.events.size());
    std::unordered_map<std::uint32_t, Bytes> changed;
    std::unordered_map<std::uint32_t, std::uint32_t> died;  // region → event
    const std::span<const std::byte> bytes(part.bytes);
    // Most regions are born and die within one part: nobody needs their last bytes.
    std::vector<bool> brief(part.regions.size());
    for (std::size_t i = 0; i < part.regions.size(); ++i)
        brief[i] = part.regions[i].died.valid() && part.regions[i].died.value < end;
    for (const Amendment& each : part.amendments) {
        if (each.region.value < part.first_region || !each.died.valid() || each.died.value >= end) continue;
        brief[each.region.value - part.first_region] = true;
    }
    std::uint32_t id = part.first_region;
    for (const trace::Region& each : part.regions) {
        if (!brief[id - part.first_region]) {
            const auto initial = bytes.subspan(each.initial_bytes, each.size);
            changed[id].assign(initial.begin(), initial.end());
            if (each.died.valid()) died[id] = each.died.value;
        }
        ++id;
    }
    for (const trace::Change& each : part.changes) {
        if (each.region.value >= part.first_region && each.region.value - part.first_region < brief.size() &&
            brief[each.region.value - part.first_region])
            continue;
        auto found = changed.find(each.region.value);
        if (found == changed.end()) {
            const auto known = living_.find(each.region.value);
            found = changed.emplace(each.region.value, known == living_.end() ? Bytes{} : known->second).first;
        }
        Bytes& image = found->second;
        if (each.offset > image.size() || each.length > image.size() - each.offset) continue;  // no trace of ours
        std::ranges::copy(bytes.subspan(each.after, each.length), image.begin() + each.offset);
    }
    for (const Amendment& each : part.amendments)
        if (each.died.valid() && (each.region.value < part.first_region || !brief[each.region.value - part.first_region]))
            died[each.region.value] = each.died.value;
    while (closed && !deaths_.empty() && deaths_.top().first < end) {
        died[deaths_.top().second] = deaths_.top().first;
        deaths_.pop();
    }

    Seen seen;
    for (auto& [region, image] : changed) {
        if (region < part.first_region) seen.touched.emplace_back(region);
        const auto death = died.find(region);
        if (death != died.end() && death->second < end) continue;
        seen.keyframes.push_back({trace::RegionId(region), image});
    }
    std::ranges::sort(seen.touched);
    std::ranges::sort(seen.keyframes, {}, &Keyframe::region);
    if (!closed) return seen;
    for (auto& [region, image] : changed) living_[region] = std::move(image);
    for (const auto& [region, event] : died) {
        if (event < end)
            living_.erase(region);
        else
            deaths_.emplace(event, region);
    }
    return seen;
}

}  // namespace chimneylab::session
