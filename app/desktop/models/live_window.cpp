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
    trace_ = std::make_shared<trace::Trace>();
    first_event_ = session_events_;
    skipped_ = false;
    born_here_.clear();
    operation_here_.clear();
    trace_->set_description(description_);
    for (const std::string& name : names_) trace_->intern(name);
    trace_->set_layers(layers_);
    let_the_dead_go();
    // In the order of their numbers, so that a parent is there before what belongs to it.
    for (Watched& watched : watched_) {
        trace::Region region = watched.region;
        region.born = EventId(0);
        region.died = {};
        region.parent = here(region.parent);
        watched.here = trace_->add_region(region, watched.now);
    }
}

void LiveWindow::let_the_dead_go() {
    if (std::exchange(dead_, 0) == 0) return;
    std::erase_if(watched_, [](const Watched& each) { return each.dead; });
    place_.clear();
    place_.reserve(watched_.size());
    for (std::uint32_t i = 0; i < watched_.size(); ++i) place_.emplace(watched_[i].number, i);
}

LiveWindow::Watched* LiveWindow::watched(std::uint32_t number) {
    const auto found = place_.find(number);
    return found == place_.end() || watched_[found->second].dead ? nullptr : &watched_[found->second];
}

RegionId LiveWindow::here(RegionId region) const {
    if (!region.valid()) return {};
    if (!born_here_.empty() && region.value >= first_born_)
        return region.value - first_born_ < born_here_.size() ? born_here_[region.value - first_born_] : RegionId();
    const auto found = place_.find(region.value);
    return found == place_.end() ? RegionId() : watched_[found->second].here;
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
        const auto number = static_cast<std::uint32_t>(part.first_region + i);
        place_.emplace(number, static_cast<std::uint32_t>(watched_.size()));
        watched_.push_back({number, region, {initial.begin(), initial.end()}, {}, false});
    }
    for (const trace::Change& change : part.changes) {
        Watched* its = watched(change.region.value);
        if (its == nullptr || change.offset + change.length > its->now.size()) continue;
        std::ranges::copy(bytes.subspan(change.after, change.length), its->now.begin() + change.offset);
    }
    const auto dies = [this](Watched& each) {
        each.dead = true;
        ++dead_;
        each.now = {};
    };
    for (const session::Amendment& news : part.amendments) {
        Watched* its = watched(news.region.value);
        if (its == nullptr) continue;
        its->region.label = news.label;
        its->region.died = news.died;
        if (news.died.valid()) dies(*its);
    }
    for (std::size_t i = 0; i < part.regions.size(); ++i)
        if (part.regions[i].died.valid())
            if (Watched* its = watched(static_cast<std::uint32_t>(part.first_region + i))) dies(*its);
    // Nothing more comes into this window, so nobody asks for them.
    if (skipped_ && dead_ > watched_.size() / 2) let_the_dead_go();
}

}  // namespace chimneylab::desktop
