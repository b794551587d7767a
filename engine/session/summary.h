// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The summary tables of a session file (operation, timing, entry, finding): plain rows that anybody can query, made from
// the events as they come. A row is written when it begins and again when it ends, so that a file whose recording was cut
// short shows what was in progress. Not thread safe.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <unordered_map>

#include "engine/session/database.h"
#include "engine/session/part.h"

namespace chimneylab::session {

class Summary {
public:
    explicit Summary(Database& database);

    // The part from its event `from` on: a growing part comes again and again.
    void take_in(const Part& part, std::size_t from, std::size_t regions_from, std::size_t amendments_from,
                 std::size_t names_from);
    void flush();  // writes every row that changed since the last time

private:
    struct RegionFacts {
        trace::Address address = 0;
        std::uint32_t size = 0;
        trace::StringId label;
        std::uint16_t ordinal = 0;
        bool shown = false;  // a row shows its label
    };
    struct Moment {
        trace::EventId event;
        trace::Nanoseconds virtual_time = 0, measured_time = 0;
    };
    struct Operation {
        trace::OperationKind kind = trace::OperationKind::none;
        trace::RegionId root;
        Moment started, finished;
        std::int32_t status = 0;
        std::uint32_t conversions = 0;
        bool changed = false;
    };
    struct Timing {
        trace::OperationKind kind = trace::OperationKind::none;
        Moment arrived, completed;
    };
    struct Entry {
        bool offload = false;
        trace::LayerIndex layer = trace::machine_layer;
        trace::OperationId operation;
        trace::RegionId region;
        trace::StringId object;
        Moment recognised, released;
    };
    enum class Crossing : std::uint8_t { other, arrives, completes };

    void take_in(const trace::Event& event, trace::EventId id);
    void take_in_call(const trace::Event& event, const Moment& now);
    void write(std::uint32_t id, const Operation& operation);
    void write(const std::pair<std::uint32_t, trace::LayerIndex>& key, const Timing& timing);
    void write(const Entry& entry);

    Database& database_;
    Statement operation_, timing_, entry_, finding_, root_label_, object_label_, status_word_;
    std::vector<Crossing> crossings_;  // by name
    std::vector<RegionFacts> regions_;
    [[nodiscard]] bool over(trace::OperationId id) const { return id.value < over_.size() && over_[id.value]; }

    // What is over does not stay in memory.
    std::unordered_map<std::uint32_t, Operation> operations_;
    std::set<std::uint32_t> touched_operations_;
    std::map<std::pair<std::uint32_t, trace::LayerIndex>, Timing> timings_;
    std::set<std::pair<std::uint32_t, trace::LayerIndex>> touched_timings_;
    std::unordered_map<std::uint32_t, Entry> entries_;  // by the recognising event
    std::set<std::uint32_t> touched_entries_;
    std::set<std::int32_t> known_statuses_;
    std::deque<std::pair<std::uint32_t, std::uint32_t>> finished_;  // event, operation
    std::vector<bool> over_;                                       // by operation
    std::uint32_t latest_ = 0;
};

}  // namespace chimneylab::session
