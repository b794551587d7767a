// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/summary.h"

#include "engine/trace/text.h"

namespace chimneylab::session {
namespace {

std::int64_t bits(std::uint64_t value) { return static_cast<std::int64_t>(value); }

template <typename Tag>
Statement& bind_id(Statement& statement, trace::Identifier<Tag> id) {
    return id.valid() ? statement.bind(id.value) : statement.bind_null();
}

Statement& bind_when(Statement& statement, bool known, std::uint64_t value) {
    return known ? statement.bind(bits(value)) : statement.bind_null();
}

}  // namespace

Summary::Summary(Database& database)
    : database_(database),
      operation_(database, "INSERT OR REPLACE INTO operation VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      timing_(database, "INSERT OR REPLACE INTO timing VALUES(?, ?, ?, ?, ?, ?, ?)"),
      entry_(database, "INSERT OR REPLACE INTO entry VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      finding_(database, "INSERT OR REPLACE INTO finding VALUES(?, ?, ?, ?, ?, ?, ?)"),
      root_label_(database, "UPDATE operation SET root_label = ? WHERE root = ?"),
      object_label_(database, "UPDATE entry SET object = ? WHERE region = ? AND offload = 1 AND object IS NULL"),
      status_word_(database, "INSERT OR REPLACE INTO status_word VALUES(?, ?)") {}

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
        regions_.push_back({each.address, each.size, each.label, each.ordinal, false});
    }
    for (std::size_t i = amendments_from; i < part.amendments.size(); ++i) {
        const Amendment& each = part.amendments[i];
        if (each.region.value >= regions_.size()) continue;
        RegionFacts& region = regions_[each.region.value];
        if (region.label == each.label) continue;
        region.label = each.label;
        if (!region.shown) continue;
        bind_id(root_label_, each.label).bind(each.region.value).execute();
        bind_id(object_label_, each.label).bind(each.region.value).execute();
    }
    for (std::size_t i = from; i < part.events.size(); ++i)
        take_in(part.events[i], trace::EventId(static_cast<std::uint32_t>(part.first_event + i)));
}

void Summary::take_in(const trace::Event& event, trace::EventId id) {
    using trace::EventKind;
    latest_ = id.value;
    const Moment now{id, event.virtual_time, event.measured_time};
    if (event.has_status && known_statuses_.insert(event.status).second) {
        const std::string word = trace::status_text(event.status);
        status_word_.bind(event.status).bind_text(word).execute();
    }
    const bool conversion = event.kind == EventKind::conversion;
    if (event.operation.valid() && event.operation_kind != trace::OperationKind::none && !over(event.operation) &&
        (conversion || event.kind == EventKind::operation_started || event.kind == EventKind::operation_finished ||
         event.kind == EventKind::enter)) {
        // Whatever names the operation first makes its row.
        Operation& operation = operations_[event.operation.value];
        if (operation.kind == trace::OperationKind::none || event.kind != EventKind::enter)
            touched_operations_.insert(event.operation.value);
        operation.kind = event.operation_kind;
        if (conversion) ++operation.conversions;
        if (event.kind == EventKind::operation_started && !operation.started.event.valid()) {
            operation.started = now;
            operation.root = event.region;
            if (event.region.valid() && event.region.value < regions_.size()) regions_[event.region.value].shown = true;
        }
        if (event.kind == EventKind::operation_finished && !operation.finished.event.valid()) {
            operation.finished = now;
            operation.status = event.status;
            finished_.emplace_back(id.value, event.operation.value);
        }
    }
    switch (event.kind) {
        case EventKind::enter:
            take_in_call(event, now);
            break;
        case EventKind::call_entry_recognised:
        case EventKind::offload_entry_recognised: {
            Entry entry;
            entry.offload = event.kind == EventKind::offload_entry_recognised;
            entry.layer = event.layer;
            entry.operation = event.operation;
            entry.region = event.region;
            entry.object = event.name;
            entry.recognised = now;
            if (event.region.valid() && event.region.value < regions_.size()) regions_[event.region.value].shown = true;
            entries_.emplace(id.value, entry);
            touched_entries_.insert(id.value);
            break;
        }
        case EventKind::call_entry_released:
        case EventKind::offload_entry_released:
            if (const auto found = entries_.find(event.partner.value); found != entries_.end()) {
                found->second.released = now;
                touched_entries_.insert(found->first);
            }
            break;
        case EventKind::finding:
            finding_.bind(id.value).bind(bits(event.detail)).bind(event.layer);
            bind_id(finding_, event.name);
            bind_id(finding_, event.operation);
            finding_.bind(bits(event.subject)).bind(bits(event.virtual_time)).execute();
            break;
        default:
            break;
    }
}

void Summary::take_in_call(const trace::Event& event, const Moment& now) {
    if (!event.operation.valid() || event.name.value >= crossings_.size()) return;
    if (over(event.operation)) return;
    const Crossing crossing = crossings_[event.name.value];
    if (crossing == Crossing::arrives && event.layer != trace::ndis_layer) {
        Timing& timing = timings_[{event.operation.value, event.layer}];
        if (timing.arrived.event.valid()) return;
        timing.arrived = now;
        timing.kind = event.operation_kind;
        touched_timings_.insert({event.operation.value, event.layer});
    } else if (crossing == Crossing::completes && event.layer == trace::ndis_layer) {
        const auto found = timings_.find({event.operation.value, event.other_layer});
        if (found == timings_.end() || found->second.completed.event.valid()) return;
        found->second.completed = now;
        touched_timings_.insert(found->first);
    }
}

void Summary::write(std::uint32_t id, const Operation& operation) {
    const bool started = operation.started.event.valid(), finished = operation.finished.event.valid();
    const trace::StringId label = operation.root.valid() && operation.root.value < regions_.size()
                                      ? regions_[operation.root.value].label
                                      : trace::StringId{};
    operation_.bind(id).bind(static_cast<std::int64_t>(operation.kind));
    bind_id(operation_, operation.root);
    bind_id(operation_, label);
    bind_id(operation_, operation.started.event);
    bind_id(operation_, operation.finished.event);
    if (finished)
        operation_.bind(operation.status);
    else
        operation_.bind_null();
    operation_.bind(operation.conversions);
    bind_when(operation_, started, operation.started.virtual_time);
    bind_when(operation_, finished, operation.finished.virtual_time);
    bind_when(operation_, started, operation.started.measured_time);
    bind_when(operation_, finished, operation.finished.measured_time).execute();
}

void Summary::write(const std::pair<std::uint32_t, trace::LayerIndex>& key, const Timing& timing) {
    const bool completed = timing.completed.event.valid();
    timing_.bind(key.first).bind(key.second).bind(static_cast<std::int64_t>(timing.kind));
    bind_id(timing_, timing.arrived.event);
    bind_id(timing_, timing.completed.event);
    bind_when(timing_, completed, timing.completed.virtual_time - timing.arrived.virtual_time);
    bind_when(timing_, completed, timing.completed.measured_time - timing.arrived.measured_time).execute();
}

void Summary::write(const Entry& entry) {
    const bool released = entry.released.event.valid();
    const bool known = entry.region.valid() && entry.region.value < regions_.size();
    const RegionFacts facts = known ? regions_[entry.region.value] : RegionFacts{};
    const trace::StringId object = !entry.offload ? trace::StringId{} : entry.object.valid() ? entry.object : facts.label;
    entry_.bind(entry.recognised.event.value).bind(entry.offload ? 1 : 0).bind(entry.layer).bind(facts.ordinal);
    bind_id(entry_, entry.operation);
    bind_id(entry_, entry.region);
    bind_id(entry_, object);
    bind_id(entry_, entry.released.event);
    bind_when(entry_, known, facts.address);
    bind_when(entry_, known, facts.size);
    entry_.bind(bits(entry.recognised.virtual_time));
    bind_when(entry_, released, entry.released.virtual_time);
    entry_.bind(bits(entry.recognised.measured_time));
    bind_when(entry_, released, entry.released.measured_time).execute();
}

void Summary::flush() {
    for (const auto& key : touched_timings_) write(key, timings_.at(key));
    for (const std::uint32_t id : touched_operations_) write(id, operations_.at(id));
    for (const std::uint32_t id : touched_entries_) write(entries_.at(id));
    for (const std::uint32_t id : touched_entries_)
        if (entries_.at(id).released.event.valid()) entries_.erase(id);
    touched_entries_.clear();
    touched_timings_.clear();
    touched_operations_.clear();
    // What is over will not change again. An operation may still be named for a while after it finished.
    constexpr std::uint32_t a_while = 100'000;
    while (!finished_.empty() && latest_ - finished_.front().first > a_while) {
        const std::uint32_t id = finished_.front().second;
        if (over_.size() <= id) over_.resize(std::size_t{id} + 1);
        over_[id] = true;
        operations_.erase(id);
        timings_.erase(timings_.lower_bound({id, 0}), timings_.upper_bound({id, 0xFF}));
        finished_.pop_front();
    }
}

}  // namespace chimneylab::session
