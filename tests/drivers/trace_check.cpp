// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/drivers/trace_check.h"

#include <cstddef>
#include <map>

#include <ndis.h>
#include <ndischimney.h>

#include "engine/trace/history.h"

namespace chimneylab::test {

namespace {

struct Member {
    const char* name;
    std::uint32_t offset;
};
constexpr Member kept[] = {
    {"ImReserved[0]", offsetof(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, ImReserved)},
    {"ImReserved[1]", offsetof(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, ImReserved) + sizeof(PVOID)},
    {"SourceHandle", offsetof(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, SourceHandle)},
    {"slot B", offsetof(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, NdisOffloadHandle)},
};

// All comparisons in the order of events: a cursor that only moves forward.
struct Visit {
    const trace::Operation* operation;
    const trace::Passage* passage;
    bool arrival;
};

}  // namespace

TraceVerdict check_trace(const trace::Trace& trace) {
    TraceVerdict verdict;
    const trace::History history(trace);
    trace::Cursor cursor(trace);
    std::multimap<trace::EventId, Visit> visits;
    const auto complain = [&verdict](const std::string& what) {
        if (verdict.complaints.size() < 2000) verdict.complaints += what + "\n";
    };
    for (const trace::Operation& operation : history.operations()) {
        ++verdict.operations;
        if (!operation.finished.valid()) complain("operation " + std::to_string(operation.id.value) + " never finished");
        for (const trace::Passage& passage : operation.passages) {
            if (passage.layer >= trace.layers().size() ||
                trace.layers()[passage.layer].role != trace::LayerRole::intermediate_driver)
                continue;
            if (!passage.arrived.valid() || !passage.completed.valid()) {
                complain("operation " + std::to_string(operation.id.value) + " was not completed by layer " + std::to_string(passage.layer));
                continue;
            }
            visits.insert({passage.arrived, {&operation, &passage, true}});
            visits.insert({passage.completed, {&operation, &passage, false}});
        }
    }
    std::map<const trace::Passage*, std::map<std::uint32_t, std::vector<std::optional<std::uint64_t>>>> arrived;
    for (const auto& [event, visit] : visits) {
        cursor.seek(event);
        for (const trace::OperationBlock& block : visit.operation->blocks) {
            std::vector<std::optional<std::uint64_t>> values;
            for (const Member& member : kept) values.push_back(cursor.word(block.block, member.offset));
            if (visit.arrival) {
                arrived[visit.passage][block.block.value] = values;
                continue;
            }
            ++verdict.comparisons;
            const auto& before = arrived[visit.passage][block.block.value];
            for (std::size_t i = 0; i < values.size(); ++i)
                if (!values[i] || before.size() <= i || values[i] != before[i])
                    complain("operation " + std::to_string(visit.operation->id.value) + ", layer " +
                             std::to_string(visit.passage->layer) + ", block " + std::string(history.label(block.block)) + ": " + kept[i].name);
        }
    }
    for (const trace::CallEntry& entry : history.call_entries()) {
        ++verdict.call_entries;
        if (!entry.released.valid()) complain("a call entry of layer " + std::to_string(entry.layer) + " was kept");
    }
    for (const trace::OffloadEntry& entry : history.offload_entries())
        if (!entry.released.valid()) complain("an offload entry of layer " + std::to_string(entry.layer) + " was kept");
    return verdict;
}

}  // namespace chimneylab::test
