// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/summary.h"
#include "engine/trace/text.h"

namespace chimneylab::session {
namespace {

std::int64_t bits(std::uint64_t value) { return static_cast<std::int64_t>(value); }

template <typename To, typename Tag>
To& bind_id(To& to, trace::Identifier<Tag> id) {
    return id.valid() ? to.bind(id.value) : to.bind_null();
}

RowFeed& bind_when(RowFeed& feed, bool known, std::uint64_t value) {
    return known ? feed.bind(bits(value)) : feed.bind_null();
}

}  // namespace

void SummaryRows::clear() {
    operations.clear();
    timings.clear();
    entries.clear();
    findings.clear();
    statuses.clear();
    labels.clear();
    buckets.clear();
}

SummaryTables::SummaryTables(Database& database)
    : operation_(database, "operation", 12),
      timing_(database, "timing", 7),
      entry_(database, "entry", 14),
      finding_(database, "finding", 7),
      overview_(database, "overview", 17),
      root_label_(database, "UPDATE operation SET root_label = ? WHERE root = ?"),
      object_label_(database, "UPDATE entry SET object = ? WHERE region = ? AND offload = 1 AND object IS NULL"),
      status_word_(database, "INSERT OR REPLACE INTO status_word VALUES(?, ?)") {}

void SummaryTables::write(const SummaryRows& rows) {
    for (const auto& each : rows.operations) write(each);
    for (const auto& each : rows.timings) write(each);
    for (const auto& each : rows.entries) write(each);
    for (const auto& each : rows.findings) write(each);
    for (const auto& each : rows.buckets) write(each);
    for (RowFeed* each : {&operation_, &timing_, &entry_, &finding_, &overview_}) each->flush();
    for (const std::int32_t each : rows.statuses) {
        const std::string word = trace::status_text(each);
        status_word_.bind(each).bind_text(word).execute();
    }
    for (const SummaryRows::Label& each : rows.labels) {
        bind_id(root_label_, each.label).bind(each.region.value).execute();
        bind_id(object_label_, each.label).bind(each.region.value).execute();
    }
}

void SummaryTables::write(const SummaryRows::Operation& row) {
    const bool started = row.started.event.valid(), finished = row.finished.event.valid();
    operation_.bind(row.id).bind(static_cast<std::int64_t>(row.kind));
    bind_id(operation_, row.root);
    bind_id(operation_, row.root_label);
    bind_id(operation_, row.started.event);
    bind_id(operation_, row.finished.event);
    if (finished)
        operation_.bind(row.status);
    else
        operation_.bind_null();
    operation_.bind(row.conversions);
    bind_when(operation_, started, row.started.virtual_time);
    bind_when(operation_, finished, row.finished.virtual_time);
    bind_when(operation_, started, row.started.measured_time);
    bind_when(operation_, finished, row.finished.measured_time).execute();
}

void SummaryTables::write(const SummaryRows::Timing& row) {
    const bool completed = row.completed.event.valid();
    timing_.bind(row.operation).bind(row.layer).bind(static_cast<std::int64_t>(row.kind));
    bind_id(timing_, row.arrived.event);
    bind_id(timing_, row.completed.event);
    bind_when(timing_, completed, row.completed.virtual_time - row.arrived.virtual_time);
    bind_when(timing_, completed, row.completed.measured_time - row.arrived.measured_time).execute();
}

void SummaryTables::write(const SummaryRows::Entry& row) {
    const bool released = row.released.event.valid();
    entry_.bind(row.recognised.event.value).bind(row.offload ? 1 : 0).bind(row.layer).bind(row.ordinal);
    bind_id(entry_, row.operation);
    bind_id(entry_, row.region);
    bind_id(entry_, row.object);
    bind_id(entry_, row.released.event);
    bind_when(entry_, row.region_known, row.address);
    bind_when(entry_, row.region_known, row.size);
    entry_.bind(bits(row.recognised.virtual_time));
    bind_when(entry_, released, row.released.virtual_time);
    entry_.bind(bits(row.recognised.measured_time));
    bind_when(entry_, released, row.released.measured_time).execute();
}

void SummaryTables::write(const SummaryRows::Finding& row) {
    finding_.bind(row.event.value).bind(bits(row.kind)).bind(row.layer);
    bind_id(finding_, row.explanation);
    bind_id(finding_, row.operation);
    finding_.bind(bits(row.subject)).bind(bits(row.virtual_time)).execute();
}

void SummaryTables::write(const SummaryRows::Bucket& row) {
    const trace::Bucket& b = row.bucket;
    overview_.bind(static_cast<std::int64_t>(row.level)).bind(b.first_event).bind(b.events);
    overview_.bind(bits(b.virtual_start)).bind(bits(b.virtual_end));
    overview_.bind(bits(b.measured_start)).bind(bits(b.measured_end));
    overview_.bind(b.calls).bind(b.conversions).bind(b.operations_started).bind(b.operations_finished);
    overview_.bind(b.call_entries_recognised).bind(b.call_entries_released).bind(b.findings).bind(b.steps);
    overview_.bind(b.changes).bind(b.deepest).execute();
}

}  // namespace chimneylab::session
