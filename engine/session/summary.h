// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The summary tables of a session file (operation, timing, entry, finding, overview): plain rows that anybody can query,
// made from the events as they come. A row is written when it begins and again when it ends, so that a file whose recording was cut
// short shows what was in progress. Summary makes the rows on whatever thread the events are looked at; SummaryTables puts
// them where they belong. Neither is thread safe.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <deque>
#include <optional>

#include "engine/session/database.h"
#include "engine/session/part.h"
#include "engine/session/row_feed.h"
#include "engine/trace/overview.h"

namespace chimneylab::session {

// Rows that are new or have changed; each takes the place of an earlier one with the same key.
struct SummaryRows {
    struct Moment {
        trace::EventId event;
        trace::Nanoseconds virtual_time = 0, measured_time = 0;
    };
    struct Operation {
        std::uint32_t id = 0;
        trace::OperationKind kind = trace::OperationKind::none;
        trace::RegionId root;
        trace::StringId root_label;
        Moment started, finished;
        std::int32_t status = 0;
        std::uint32_t conversions = 0;
    };
    struct Timing {
        std::uint32_t operation = 0;
        trace::LayerIndex layer = trace::machine_layer;
        trace::OperationKind kind = trace::OperationKind::none;
        Moment arrived, completed;
    };
    struct Entry {
        bool offload = false, region_known = false;
        trace::LayerIndex layer = trace::machine_layer;
        std::uint16_t ordinal = 0;
        std::uint32_t size = 0;
        trace::Address address = 0;
        trace::OperationId operation;
        trace::RegionId region;
        trace::StringId object;
        Moment recognised, released;
    };
    struct Finding {
        trace::EventId event;
        std::uint64_t kind = 0, subject = 0;
        trace::LayerIndex layer = trace::machine_layer;
        trace::StringId explanation;
        trace::OperationId operation;
        trace::Nanoseconds virtual_time = 0;
    };
    struct Label {  // of a region that rows show; it became known after them
        trace::RegionId region;
        trace::StringId label;
    };
    struct Bucket {
        std::size_t level = 0;
        trace::Bucket bucket;
    };
    std::vector<Operation> operations;
    std::vector<Timing> timings;
    std::vector<Entry> entries;
    std::vector<Finding> findings;
    std::vector<std::int32_t> statuses;
    std::vector<Label> labels;
    std::vector<Bucket> buckets;
    void clear();  // keeps the memory
};

class SummaryTables {
public:
    explicit SummaryTables(Database& database);
    void write(const SummaryRows& rows);

private:
    void write(const SummaryRows::Operation& row);
    void write(const SummaryRows::Timing& row);
    void write(const SummaryRows::Entry& row);
    void write(const SummaryRows::Finding& row);
    void write(const SummaryRows::Bucket& row);
    RowFeed operation_, timing_, entry_, finding_, overview_;
    Statement root_label_, object_label_, status_word_;
};

class Summary {
public:
    // The part from its event `from` on: a growing part comes again and again.
    void take_in(const Part& part, std::size_t from, std::size_t regions_from, std::size_t amendments_from,
                 std::size_t names_from);
    void flush(SummaryRows& to);  // appends every row that changed since the last time

private:
    struct RegionFacts {
        trace::Address address = 0;
        std::uint32_t size = 0;
        trace::StringId label;
        std::uint16_t ordinal = 0;
        bool shown = false;  // a row shows its label
    };
    using Moment = SummaryRows::Moment;
    struct Timing : SummaryRows::Timing {
        bool changed = false;
    };
    struct Operation : SummaryRows::Operation {  // of no kind: nothing but timings is known
        bool changed = false, listed = false;
        std::vector<Timing> timings;  // by layer; the memory is used again for another operation
    };
    struct Entry : SummaryRows::Entry {
        bool listed = false;
        bool named = false;  // by its event; otherwise it is called what its region is called
    };
    enum class Crossing : std::uint8_t { other, arrives, completes };

    void learn(const Amendment& amendment);
    void take_in(const trace::Event& event, trace::EventId id);
    void take_in_call(const trace::Event& event, const Moment& now);
    void take_in_entry(const trace::Event& event, const Moment& now);
    [[nodiscard]] bool over(trace::OperationId id) const { return id.value < over_.size() && over_[id.value]; }
    Operation& operation_of(trace::OperationId id);
    void touch(Operation& operation);
    void forget();

    std::vector<Crossing> crossings_;  // by name

    // What is over does not stay in memory: operations and entries lie in places that are used again, found by number.
    boost::unordered_flat_map<std::uint32_t, RegionFacts> regions_;  // living ones that a row may be about
    std::vector<std::pair<std::uint32_t, std::uint32_t>> dead_;      // event, region
    std::vector<Operation> operations_;
    std::vector<std::uint32_t> free_operations_, touched_operations_;  // places
    boost::unordered_flat_map<std::uint32_t, std::uint32_t> operation_place_;
    std::uint32_t last_operation_ = trace::OperationId::none_value, last_place_ = 0;
    std::vector<Entry> entries_;
    std::vector<std::uint32_t> free_entries_, touched_entries_;
    boost::unordered_flat_map<std::uint32_t, std::uint32_t> entry_place_;  // by the recognising event
    boost::unordered_flat_set<std::int32_t> known_statuses_;
    std::deque<std::pair<std::uint32_t, std::uint32_t>> finished_;  // event, operation
    std::vector<bool> over_;                                        // by operation
    std::uint32_t latest_ = 0;
    trace::Overview overview_;
    std::vector<std::size_t> buckets_told_;  // by level: those that will not grow any more
    SummaryRows told_;  // what need not wait for a flush: findings, statuses, labels
};

}  // namespace chimneylab::session
