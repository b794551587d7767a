// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/summary.h"

#include <algorithm>

namespace chimneylab::session {
namespace {

// Roots of operations and entries.
bool may_be_shown(trace::RegionKind kind) {
    return kind == trace::RegionKind::block_list || kind == trace::RegionKind::call_entry ||
           kind == trace::RegionKind::offload_entry;
}

}  // namespace

void Summary::take_in(const Part& part, std::size_t from, std::size_t regions_from, std::size_t amendments_from,
                      std::size_t names_from) {
    for (std::size_t i = names_from; i < part.names.size(); ++i) {
        const std::string& name = part.names[i];
        crossings_.push_back(name.starts_with("Miniport")                               ? Crossing::arrives
                             : name.starts_with("NdisM") && name.ends_with("Complete") ? Crossing::completes
                                                                                         : Crossing::other);
    }
    for (std::size_t i = regions_from; i < part.regions.size(); ++i) {
        const trace::Region& each = part.regions[i];
        if (!may_be_shown(each.kind)) continue;
        const auto id = static_cast<std::uint32_t>(part.first_region + i);
        regions_[id] = {each.address, each.size, each.label, each.ordinal, false};
        if (each.died.valid()) dead_.emplace_back(each.died.value, id);
    }
    for (std::size_t i = amendments_from; i < part.amendments.size(); ++i) learn(part.amendments[i]);
    for (std::size_t i = from; i < part.events.size(); ++i) {
        take_in(part.events[i], trace::EventId(static_cast<std::uint32_t>(part.first_event + i)));
        overview_.add(part.events[i]);
    }
}

void Summary::learn(const Amendment& amendment) {
    const auto found = regions_.find(amendment.region.value);
    if (found == regions_.end()) return;
    if (amendment.died.valid()) dead_.emplace_back(amendment.died.value, amendment.region.value);
    RegionFacts& region = found->second;
    if (region.label == amendment.label) return;
    region.label = amendment.label;
    if (!region.shown) return;
    // Rows that have been written show the old label, and so will those that have not.
    told_.labels.push_back({amendment.region, amendment.label});
    for (Operation& each : operations_)
        if (each.root == amendment.region) each.root_label = amendment.label;
    for (Entry& each : entries_)
        if (each.region == amendment.region && each.offload && !each.named) each.object = amendment.label;
}

Summary::Operation& Summary::operation_of(trace::OperationId id) {
    // Events of one operation come in rows.
    if (id.value == last_operation_) return operations_[last_place_];
    const auto [found, fresh] = operation_place_.try_emplace(id.value, 0);
    if (fresh) {
        if (free_operations_.empty()) {
            found->second = static_cast<std::uint32_t>(operations_.size());
            operations_.emplace_back();
        } else {
            found->second = free_operations_.back();
            free_operations_.pop_back();
        }
        operations_[found->second].id = id.value;
    }
    last_operation_ = id.value;
    last_place_ = found->second;
    return operations_[last_place_];
}

void Summary::touch(Operation& operation) {
    if (operation.listed) return;
    operation.listed = true;
    touched_operations_.push_back(static_cast<std::uint32_t>(&operation - operations_.data()));
}

void Summary::take_in(const trace::Event& event, trace::EventId id) {
    using trace::EventKind;
    latest_ = id.value;
    if (event.has_status && known_statuses_.insert(event.status).second) told_.statuses.push_back(event.status);
    const Moment now{id, event.virtual_time, event.measured_time};
    const bool names_operation =
        event.operation.valid() && event.operation_kind != trace::OperationKind::none && !over(event.operation);
    switch (event.kind) {
        case EventKind::enter:
            if (names_operation) {
                // Whatever names the operation first makes its row.
                Operation& operation = operation_of(event.operation);
                if (operation.kind == trace::OperationKind::none) {
                    operation.changed = true;
                    touch(operation);
                }
                operation.kind = event.operation_kind;
            }
            take_in_call(event, now);
            break;
        case EventKind::conversion:
        case EventKind::operation_started:
        case EventKind::operation_finished: {
            if (!names_operation) break;
            Operation& operation = operation_of(event.operation);
            operation.kind = event.operation_kind;
            operation.changed = true;
            touch(operation);
            if (event.kind == EventKind::conversion) ++operation.conversions;
            if (event.kind == EventKind::operation_started && !operation.started.event.valid()) {
                operation.started = now;
                operation.root = event.region;
                if (const auto root = regions_.find(event.region.value); root != regions_.end()) {
                    root->second.shown = true;
                    operation.root_label = root->second.label;
                }
            }
            if (event.kind == EventKind::operation_finished && !operation.finished.event.valid()) {
                operation.finished = now;
                operation.status = event.status;
                finished_.emplace_back(id.value, event.operation.value);
            }
            break;
        }
        case EventKind::call_entry_recognised:
        case EventKind::offload_entry_recognised:
            take_in_entry(event, now);
            break;
        case EventKind::call_entry_released:
        case EventKind::offload_entry_released:
            if (const auto found = entry_place_.find(event.partner.value); found != entry_place_.end()) {
                Entry& entry = entries_[found->second];
                entry.released = now;
                if (!entry.listed) touched_entries_.push_back(found->second);
                entry.listed = true;
            }
            break;
        case EventKind::finding:
            told_.findings.push_back(
                {id, event.detail, event.subject, event.layer, event.name, event.operation, event.virtual_time});
            break;
        default:
            break;
    }
}

void Summary::take_in_entry(const trace::Event& event, const Moment& now) {
    Entry entry;
    entry.offload = event.kind == trace::EventKind::offload_entry_recognised;
    entry.layer = event.layer;
    entry.operation = event.operation;
    entry.region = event.region;
    entry.named = event.name.valid();
    if (entry.offload) entry.object = event.name;
    entry.recognised = now;
    if (const auto region = regions_.find(event.region.value); region != regions_.end()) {
        region->second.shown = true;
        entry.region_known = true;
        entry.ordinal = region->second.ordinal;
        entry.size = region->second.size;
        entry.address = region->second.address;
        if (entry.offload && !entry.named) entry.object = region->second.label;
    }
    entry.listed = true;
    std::uint32_t place = static_cast<std::uint32_t>(entries_.size());
    if (free_entries_.empty()) {
        entries_.push_back(entry);
    } else {
        place = free_entries_.back();
        free_entries_.pop_back();
        entries_[place] = entry;
    }
    entry_place_[now.event.value] = place;
    touched_entries_.push_back(place);
}

void Summary::take_in_call(const trace::Event& event, const Moment& now) {
    if (!event.operation.valid() || event.name.value >= crossings_.size()) return;
    const Crossing crossing = crossings_[event.name.value];
    if (crossing == Crossing::other || (crossing == Crossing::completes) != (event.layer == trace::ndis_layer)) return;
    if (over(event.operation)) return;
    const trace::LayerIndex layer = crossing == Crossing::arrives ? event.layer : event.other_layer;
    Operation& operation = operation_of(event.operation);
    auto timing = std::ranges::lower_bound(operation.timings, layer, {}, &Timing::layer);
    const bool known = timing != operation.timings.end() && timing->layer == layer;
    if (crossing == Crossing::arrives) {
        if (known) return;
        timing = operation.timings.emplace(timing);
        timing->operation = event.operation.value;
        timing->layer = layer;
        timing->kind = event.operation_kind;
        timing->arrived = now;
    } else {
        if (!known || timing->completed.event.valid()) return;
        timing->completed = now;
    }
    timing->changed = true;
    touch(operation);
}

void Summary::flush(SummaryRows& to) {
    const auto move_to = [](auto& rows, auto& more) {
        rows.insert(rows.end(), more.begin(), more.end());
        more.clear();
    };
    move_to(to.findings, told_.findings);
    move_to(to.statuses, told_.statuses);
    move_to(to.labels, told_.labels);
    // In the order of their keys, so that SQLite goes on where it is.
    std::ranges::sort(touched_operations_, {}, [this](std::uint32_t place) { return operations_[place].id; });
    for (const std::uint32_t place : touched_operations_) {
        Operation& operation = operations_[place];
        if (operation.changed) to.operations.push_back(operation);
        for (Timing& each : operation.timings) {
            if (each.changed) to.timings.push_back(each);
            each.changed = false;
        }
        operation.changed = operation.listed = false;
    }
    touched_operations_.clear();
    std::ranges::sort(touched_entries_, {}, [this](std::uint32_t place) { return entries_[place].recognised.event; });
    for (const std::uint32_t place : touched_entries_) {
        Entry& entry = entries_[place];
        to.entries.push_back(entry);
        entry.listed = false;
        if (!entry.released.event.valid()) continue;
        entry_place_.erase(entry.recognised.event.value);
        free_entries_.push_back(place);
    }
    touched_entries_.clear();
    buckets_told_.resize(overview_.levels());
    for (std::size_t level = 0; level < overview_.levels(); ++level) {
        const auto buckets = overview_.level(level);
        for (std::size_t i = buckets_told_[level]; i < buckets.size(); ++i) to.buckets.push_back({level, buckets[i]});
        // The last one grows on and is told again.
        buckets_told_[level] = buckets.empty() ? 0 : buckets.size() - 1;
    }
    forget();
}

// What is over will not change again. An operation may still be named for a while after it finished.
void Summary::forget() {
    constexpr std::uint32_t a_while = 100'000;
    while (!finished_.empty() && latest_ - finished_.front().first > a_while) {
        const std::uint32_t id = finished_.front().second;
        finished_.pop_front();
        if (over_.size() <= id) over_.resize(std::size_t{id} + 1);
        over_[id] = true;
        const auto place = operation_place_.find(id);
        if (place == operation_place_.end()) continue;
        Operation& operation = operations_[place->second];
        std::vector<Timing> memory = std::move(operation.timings);
        memory.clear();
        operation = {};
        operation.timings = std::move(memory);
        free_operations_.push_back(place->second);
        operation_place_.erase(place);
        last_operation_ = trace::OperationId::none_value;
    }
    std::erase_if(dead_, [this](const auto& each) {
        if (each.first > latest_) return false;
        regions_.erase(each.second);
        return true;
    });
}

}  // namespace chimneylab::session
