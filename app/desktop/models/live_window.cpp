// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/live_window.h"

#include <algorithm>
#include <utility>

namespace chimneylab::desktop {

using trace::EventId;
using trace::RegionId;

void LiveWindow::describe(trace::RunDescription description, std::vector<trace::Layer> layers) {
    description_ = std::move(description);
    layers_ = std::move(layers);
    trace_->set_description(description_);
    trace_->set_layers(layers_);
}

void LiveWindow::begin() {
    const std::shared_ptr<trace::Trace> before = std::exchange(trace_, std::make_shared<trace::Trace>());
    first_event_ = session_events_;
    skipped_ = false;
    roomy_ = before && before->size() >= most_events_ / 2;
    if (roomy_) trace_->reserve(before->size(), before->change_count(), before->byte_count());
    born_here_.clear();
    operation_here_.clear();
    trace_->set_description(description_);
    for (const std::string& name : names_) trace_->intern(name);
    trace_->set_layers(layers_);
    for (const std::uint32_t number : dead_) watched_.erase(number);
    dead_.clear();
    // In the order of their numbers, so that a parent is there before what belongs to it.
    std::vector<std::uint32_t> alive;
    alive.reserve(watched_.size());
    for (auto& [number, its] : watched_) {
        its.here = {};
        alive.push_back(number);
    }
    std::ranges::sort(alive);
    for (const std::uint32_t number : alive) {
        Watched& its = watched_.find(number)->second;
        trace::Region region = its.region;
        region.born = EventId(0);
        region.died = {};
        region.parent = here(region.parent);
        its.here = trace_->add_region(region, its.now);
    }
}

// A session that grows long is given the room of a whole window before what there is has become much: to move it costs a frame,
// and room that is not written to costs nothing.
void LiveWindow::make_room() {
    constexpr std::uint32_t some = 4096;
    if (roomy_ || trace_->size() < some || most_events_ < 4 * some) return;
    roomy_ = true;
    const auto for_all = [this](std::uint64_t so_far) { return static_cast<std::size_t>(so_far * most_events_ / trace_->size()); };
    trace_->reserve(most_events_, for_all(trace_->change_count()), for_all(trace_->byte_count()));
}

RegionId LiveWindow::here(RegionId region) const {
    if (!region.valid()) return {};
    if (born_in_this_window(region.value)) return region.value - first_born_ < born_here_.size() ? born_here_[region.value - first_born_] : RegionId();
    const auto found = watched_.find(region.value);
    return found == watched_.end() ? RegionId() : found->second.here;
}

EventId LiveWindow::here(EventId event) const {
    if (!event.valid() || event.value < first_event_) return {};
    return EventId(static_cast<std::uint32_t>(event.value - first_event_));
}

// A trace counts its operations from 0.
trace::OperationId LiveWindow::here(trace::OperationId operation) {
    if (!operation.valid() || first_event_ == 0) return operation;
    return operation_here_.try_emplace(operation.value, static_cast<std::uint32_t>(operation_here_.size())).first->second;
}

void LiveWindow::take(const session::Part& part, bool show) {
    if (show && would_begin_anew(part)) begin();
    names_.insert(names_.end(), part.names.begin(), part.names.end());
    if (show)
        keep(part);
    else
        skipped_ = skipped_ || !part.events.empty();
    follow(part);
    session_events_ = part.first_event + part.events.size();
}

void LiveWindow::keep(const session::Part& part) {
    make_room();
    for (const std::string& name : part.names) trace_->intern(name);
    const std::span<const std::byte> bytes = part.bytes;
    for (std::size_t i = 0; i < part.regions.size(); ++i) {
        trace::Region region = part.regions[i];
        region.born = here(region.born);
        region.died = here(region.died);
        region.parent = here(region.parent);
        if (born_here_.empty()) first_born_ = static_cast<std::uint32_t>(part.first_region + i);
        born_here_.push_back(trace_->add_region(region, bytes.subspan(part.regions[i].initial_bytes, region.size)));
    }
    std::vector<trace::Change> changes;
    for (const trace::Event& told : part.events) {
        changes.clear();
        for (std::uint32_t i = 0; i < told.change_count; ++i) {
            trace::Change change = part.changes[told.first_change + i];
            change.region = here(change.region);
            if (!change.region.valid()) continue;
            change.before = trace_->store_bytes(bytes.subspan(change.before, change.length));
            change.after = trace_->store_bytes(bytes.subspan(change.after, change.length));
            changes.push_back(change);
        }
        trace::Event event = told;
        event.partner = here(event.partner);
        event.parent = here(event.parent);
        event.region = here(event.region);
        event.operation = here(event.operation);
        trace_->append(event, changes);
    }
    for (const session::Amendment& news : part.amendments) {
        const RegionId region = here(news.region);
        if (!region.valid()) continue;
        trace_->mutable_region(region).label = news.label;
        trace_->mutable_region(region).died = here(news.died);
    }
}

// What the watched memory holds after the part.
void LiveWindow::follow(const session::Part& part) {
    const std::span<const std::byte> bytes = part.bytes;
    for (std::size_t i = 0; i < part.regions.size(); ++i) {
        const trace::Region& region = part.regions[i];
        const auto initial = bytes.subspan(region.initial_bytes, region.size);
        watched_.try_emplace(static_cast<std::uint32_t>(part.first_region + i), Watched{region, {initial.begin(), initial.end()}, {}, false});
    }
    for (const trace::Change& change : part.changes) {
        const auto found = watched_.find(change.region.value);
        if (found == watched_.end() || found->second.dead || change.offset + change.length > found->second.now.size()) continue;
        std::ranges::copy(bytes.subspan(change.after, change.length), found->second.now.begin() + change.offset);
    }
    for (const session::Amendment& news : part.amendments) {
        const auto found = watched_.find(news.region.value);
        if (found == watched_.end()) continue;
        found->second.region.label = news.label;
        found->second.region.died = news.died;
        if (news.died.valid()) dies(news.region.value);
    }
    for (std::size_t i = 0; i < part.regions.size(); ++i)
        if (part.regions[i].died.valid()) dies(static_cast<std::uint32_t>(part.first_region + i));
}

void LiveWindow::dies(std::uint32_t number) {
    const auto found = watched_.find(number);
    if (found == watched_.end() || found->second.dead) return;
    // When nothing more comes into this window, nobody asks for it.
    if (skipped_ || born_in_this_window(number)) {
        watched_.erase(found);
        return;
    }
    found->second.dead = true;
    found->second.now = {};
    dead_.push_back(number);
}

}  // namespace chimneylab::desktop
