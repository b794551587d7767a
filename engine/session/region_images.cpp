// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/region_images.h"

#include <algorithm>

namespace chimneylab::session {

namespace {

constexpr std::uint32_t nobody_asks = 0xFFFFFFFF;  // born and dead within the part: as most are
constexpr std::size_t most_spare = 4096;

}  // namespace

RegionImages::Bytes RegionImages::take_memory() {
    if (spare_.empty()) return {};
    Bytes memory = std::move(spare_.back());
    spare_.pop_back();
    return memory;
}

const RegionImages::Seen& RegionImages::look_at(const Part& part, bool closed) {
    const auto end = static_cast<std::uint32_t>(part.first_event + part.events.size());
    const std::span<const std::byte> bytes(part.bytes);
    earlier_place_.clear();
    died_.clear();
    for (Keyframe& each : seen_.keyframes)
        if (spare_.size() < most_spare) spare_.push_back(std::move(each.bytes));
    seen_.keyframes.clear();
    seen_.touched.clear();

    own_place_.assign(part.regions.size(), 0);
    for (std::size_t i = 0; i < part.regions.size(); ++i)
        if (part.regions[i].died.valid() && part.regions[i].died.value < end) own_place_[i] = nobody_asks;
    for (const Amendment& each : part.amendments) {
        if (!each.died.valid()) continue;
        const std::uint32_t own = each.region.value - part.first_region;  // wraps for one born earlier
        if (each.died.value < end && own < own_place_.size()) {
            own_place_[own] = nobody_asks;
        } else {
            died_[each.region.value] = each.died.value;
        }
    }
    for (std::size_t i = 0; i < part.regions.size(); ++i) {
        if (own_place_[i] == nobody_asks) continue;
        const trace::Region& region = part.regions[i];
        const auto initial = bytes.subspan(region.initial_bytes, region.size);
        const auto id = static_cast<std::uint32_t>(part.first_region + i);
        own_place_[i] = static_cast<std::uint32_t>(changed_.size());
        changed_.push_back({id, take_memory()});
        changed_.back().image.assign(initial.begin(), initial.end());
        if (region.died.valid()) died_[id] = region.died.value;
    }
    for (const trace::Change& each : part.changes) {
        const std::uint32_t own = each.region.value - part.first_region;
        std::uint32_t place = nobody_asks;
        if (own < own_place_.size()) {
            place = own_place_[own];
            if (place == nobody_asks) continue;
        } else {
            const auto [found, fresh] =
                earlier_place_.try_emplace(each.region.value, static_cast<std::uint32_t>(changed_.size()));
            if (fresh) {
                changed_.push_back({each.region.value, take_memory()});
                const auto known = living_.find(each.region.value);
                if (known == living_.end())
                    changed_.back().image.clear();
                else
                    changed_.back().image = known->second;
            }
            place = found->second;
        }
        Bytes& image = changed_[place].image;
        if (each.offset > image.size() || each.length > image.size() - each.offset) continue;  // no trace of ours
        std::ranges::copy(bytes.subspan(each.after, each.length), image.begin() + each.offset);
    }
    while (closed && !deaths_.empty() && deaths_.top().first < end) {
        died_[deaths_.top().second] = deaths_.top().first;
        deaths_.pop();
    }

    std::ranges::sort(changed_, {}, &Changed::region);
    for (Changed& each : changed_) {
        if (each.region < part.first_region) seen_.touched.emplace_back(each.region);
        const auto death = died_.find(each.region);
        if (death != died_.end() && death->second < end) {
            if (spare_.size() < most_spare) spare_.push_back(std::move(each.image));
            continue;
        }
        if (closed) living_[each.region] = each.image;
        seen_.keyframes.push_back({trace::RegionId(each.region), std::move(each.image)});
    }
    changed_.clear();
    if (!closed) return seen_;
    for (const auto& [region, event] : died_) {
        if (event < end)
            living_.erase(region);
        else
            deaths_.emplace(event, region);
    }
    return seen_;
}

}  // namespace chimneylab::session
