// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/server/recording.h"

#include <utility>

namespace chimneylab::bridge {

void append_part(trace::Trace& trace, const session::Part& part) {
    const std::span<const std::byte> bytes = part.bytes;
    for (const std::string& name : part.names) trace.intern(name);
    // Regions stand in the order of their birth, so they may all be there before the events.
    for (const trace::Region& region : part.regions) trace.add_region(region, bytes.subspan(region.initial_bytes, region.size));
    std::vector<trace::Change> changes;
    for (const trace::Event& event : part.events) {
        changes.clear();
        for (std::uint32_t i = 0; i < event.change_count; ++i) {
            trace::Change change = part.changes[event.first_change + i];
            change.before = trace.store_bytes(bytes.subspan(change.before, change.length));
            change.after = trace.store_bytes(bytes.subspan(change.after, change.length));
            changes.push_back(change);
        }
        trace.append(event, changes);
    }
    for (const session::Amendment& news : part.amendments) {
        trace::Region& region = trace.mutable_region(news.region);
        region.died = news.died;
        region.label = news.label;
    }
}

trace::StringId Recording::intern(std::string_view text) {
    if (const auto known = index_.find(text); known != index_.end()) return known->second;
    const trace::StringId id(static_cast<std::uint32_t>(texts_.size()));
    texts_.emplace_back(text);
    index_.emplace(texts_.back(), id);
    part_.names.emplace_back(text);
    return id;
}

void Recording::describe(trace::RunDescription description) {
    description_ = std::move(description);
    described_anew_ = true;
}

void Recording::set_layers(std::vector<trace::Layer> layers) {
    layers_ = std::move(layers);
    described_anew_ = true;
}

trace::RegionId Recording::add_region(trace::Region region, std::span<const std::byte> initial) {
    const trace::RegionId id(static_cast<std::uint32_t>(regions_++));
    region.size = static_cast<std::uint32_t>(initial.size());
    region.initial_bytes = coming_.bytes.size();
    coming_.bytes.insert(coming_.bytes.end(), initial.begin(), initial.end());
    coming_.regions.push_back(region);
    fates_.emplace(id.value, Fate{region.label, {}});
    return id;
}

void Recording::amend(trace::RegionId region) {
    const auto found = fates_.find(region.value);
    if (found == fates_.end()) return;
    const Fate& fate = found->second;
    if (region.value < part_.first_region) {
        part_.amendments.push_back({region, fate.died, fate.label});
        return;
    }
    const std::size_t at = region.value - part_.first_region;
    trace::Region& here = at < part_.regions.size() ? part_.regions[at] : coming_.regions[at - part_.regions.size()];
    here.died = fate.died;
    here.label = fate.label;
}

void Recording::relabel(trace::RegionId region, trace::StringId label) {
    const auto found = fates_.find(region.value);
    if (found == fates_.end()) return;
    found->second.label = label;
    amend(region);
}

void Recording::change(trace::RegionId region, std::uint32_t offset, trace::LayerIndex writer,
                       std::span<const std::byte> before, std::span<const std::byte> after) {
    trace::Change change;
    change.region = region;
    change.offset = offset;
    change.length = static_cast<std::uint32_t>(after.size());
    change.writer = writer;
    change.before = coming_.bytes.size();
    coming_.bytes.insert(coming_.bytes.end(), before.begin(), before.end());
    change.after = coming_.bytes.size();
    coming_.bytes.insert(coming_.bytes.end(), after.begin(), after.end());
    coming_.changes.push_back(change);
}

void Recording::take_coming() {
    if (coming_.bytes.empty() && coming_.regions.empty() && coming_.changes.empty()) return;
    const std::size_t base = part_.bytes.size();
    part_.bytes.insert(part_.bytes.end(), coming_.bytes.begin(), coming_.bytes.end());
    for (trace::Region& region : coming_.regions) {
        region.initial_bytes += base;
        part_.regions.push_back(region);
    }
    for (trace::Change& change : coming_.changes) {
        change.before += base;
        change.after += base;
        part_.changes.push_back(change);
    }
    coming_.clear();
}

trace::EventId Recording::append(const trace::Event& event, std::span<const trace::RegionId> dying) {
    const trace::EventId id(static_cast<std::uint32_t>(size()));
    const auto first = static_cast<std::uint32_t>(part_.changes.size());
    const auto count = static_cast<std::uint32_t>(coming_.changes.size());
    take_coming();
    part_.events.push_back(event);
    part_.events.back().first_change = count == 0 ? 0 : first;
    part_.events.back().change_count = count;
    last_virtual_ = event.virtual_time;
    last_measured_ = event.measured_time;
    for (const trace::RegionId region : dying) {
        if (const auto found = fates_.find(region.value); found != fates_.end()) {
            found->second.died = id;
            amend(region);
            fates_.erase(found);
        }
    }
    if (part_.full()) hand_over();
    return id;
}

void Recording::tell_description() {
    if (!std::exchange(described_anew_, false)) return;
    if (recipient_) {
        recipient_->described(description_, layers_);
    } else {
        trace_.set_description(description_);
        trace_.set_layers(layers_);
    }
}

void Recording::hand_over() {
    tell_description();
    if (part_.events.empty() && part_.names.empty() && part_.amendments.empty() && part_.regions.empty()) return;
    if (recipient_)
        recipient_->grew(part_);
    else
        append_part(trace_, part_);
    part_.follow_on();
}

trace::Trace Recording::finish() {
    // Changes that no event told could have been seen by nobody.
    coming_.changes.clear();
    take_coming();
    hand_over();
    return std::move(trace_);
}

}  // namespace chimneylab::bridge
