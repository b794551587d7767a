// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Data that was waiting when a connection was offloaded: it goes along in BufferedData, the target copies it before it completes,
// and shows nothing of it, or of what came later, before somebody has asked for data.
// Source: "Handling Buffered Receive Data During and After an Offload Operation".
#include <algorithm>
#include <string>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"

namespace chimneylab::verifier {
namespace {

// The initiate under way that carries a list in BufferedData; nullptr when there is none.
const OperationRecord* carrying(const Scene& scene, Address start, Address end) {
    for (const OperationRecord* operation : scene.model.under_way()) {
        if (operation->kind != OperationKind::initiate || operation->passages.empty() || !operation->passages.front().at_hand_on.taken()) continue;
        const Passage& first = operation->passages.front();
        for (std::size_t i = 0; i < operation->shape().blocks.size(); ++i)
            for (const Address list : buffered_data(scene.replay(), operation->shape().blocks[i], first.at_hand_on.blocks[i]))
                if (list >= start && list < end) return operation;
    }
    return nullptr;
}

void waiting_data_left_alone(const Scene& scene, const Report& report) {
    const trace::Region& changed = scene.replay().trace().region(scene.change->region);
    if (!scene.by_host_stack() || changed.kind != RegionKind::net_buffer_list) return;
    if (!carrying(scene, changed.address, changed.address + 1)) return;
    report.add(report.draft(scene).block(scene.change->region),
               scene.who() + " wrote into " + scene.replay().region_name(scene.change->region) + ", which the target has not copied yet.");
}

void waiting_data_not_freed(const Scene& scene, const Report& report) {
    const AllocationRecord* allocation = scene.replay().allocation(scene.event.subject);
    if (!allocation || !scene.replay().is_host_stack(allocation->owner)) return;
    if (!carrying(scene, allocation->address, allocation->address + allocation->size)) return;
    report.add(report.draft(scene).by(allocation->owner), "The memory of BufferedData was released before the initiate that carries it is complete.");
}

void nothing_shown_before_a_request(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || scene.function_name() != "NdisTcpOffloadReceiveHandler") return;
    const Address connection = scene.model.host_handle(scene.event.subject);
    const ObjectRecord* object = scene.model.object(connection);
    if (!object || !object->brought_data) return;
    const EventId posted = scene.model.lists().last_post(connection);
    if (posted.valid() && posted > object->since) return;
    report.add(report.draft(scene).block(object->block), scene.who() + " shows data of " + scene.replay().region_name(object->block) +
                                                             ", which brought data along, before any receive request was posted.");
}

}  // namespace

std::span<const Unit> waiting_data_units() {
    static constexpr Unit all[] = {
        {"HS-027", Moment::memory_written, waiting_data_left_alone},
        {"HS-027", Moment::memory_freed, waiting_data_not_freed},
        {"OT-034", Moment::indication, nothing_shown_before_a_request},
    };
    return all;
}

}  // namespace chimneylab::verifier
