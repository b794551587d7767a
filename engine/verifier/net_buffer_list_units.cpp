// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Send data that travels with a block: who may carry it, whose it is after the operation, and that it comes back as it
// went down.
#include <algorithm>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"

namespace chimneylab::verifier {
namespace {

constexpr std::string_view chain_member = "NetBufferListChain";

bool failed(const Scene& scene, std::size_t i) { return scene.now->blocks[i].status() < 0; }

const NetBufferListImage* in_chain(const BlockImage& block, Address address) {
    const auto found = std::ranges::find(block.chain, address, &NetBufferListImage::address);
    return found == block.chain.end() ? nullptr : &*found;
}

// NET_BUFFER_LISTs that leave this driver with the block: the binding they came in on is that of the overlying handle.
void source_handle_given_back(const Scene& scene, const Report& report) {
    if (!scene.passage->at_arrival.taken() || !scene.by_intermediate_driver()) return;
    const bool initiate = scene.operation->kind == OperationKind::initiate;
    if (!initiate && scene.operation->kind != OperationKind::terminate) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        if (initiate && !failed(scene, i)) continue;
        const std::uint64_t wanted = scene.passage->at_arrival.blocks[i].handle_reserved;
        for (const NetBufferListImage& each : scene.now->blocks[i].chain) {
            if (!each.region.valid() || wanted == 0 || each.source_handle == wanted) continue;
            report.add(report.draft(scene).block(each.region).member("SourceHandle", net_buffer_list_offset::source_handle)
                           .values(wanted, each.source_handle),
                       "A NET_BUFFER_LIST that comes back with " + scene.block_name(i) + " leaves " + scene.who() +
                           " without the SourceHandle it came with.");
        }
    }
}

// The same for one that was sent by the target after the initiate had succeeded, and is completed as a send.
void source_handle_saved_at_initiate(const Scene& scene, const Report& report) {
    const trace::Function* function = scene.replay().function(scene.event);
    if (!function->completion || function->side != trace::Side::driver_calls_ndis || !scene.by_intermediate_driver() ||
        function->name != "NdisTcpOffloadSendComplete")
        return;
    const trace::Trace& trace = scene.replay().trace();
    RegionId at = scene.replay().region_at(RegionKind::net_buffer_list, scene.event.detail);
    for (std::size_t limit = 0; at.valid() && limit < 4096; ++limit) {
        const Address address = trace.region(at).address;
        const std::uint64_t seen = scene.replay().word(at, net_buffer_list_offset::source_handle);
        const auto wanted = scene.model.initiate_chain_source(scene.driver, address);
        if (wanted && *wanted != seen)
            report.add(report.draft(scene).block(at).member("SourceHandle", net_buffer_list_offset::source_handle)
                           .values(*wanted, seen),
                       "A NET_BUFFER_LIST that went down with an initiate is completed by " + scene.who() +
                           " without the SourceHandle it had before.");
        at = scene.replay().region_at(RegionKind::net_buffer_list, scene.replay().word(at, net_buffer_list_offset::next));
    }
}

void failed_block_keeps_its_data(const Scene& scene, const Report& report) {
    if (scene.operation->kind != OperationKind::initiate || !scene.passage->at_arrival.taken()) return;
    const TreeImage& before = scene.passage->at_return.taken() ? scene.passage->at_return : scene.passage->at_arrival;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        if (!failed(scene, i)) continue;
        for (const NetBufferListImage& each : scene.now->blocks[i].chain) {
            const NetBufferListImage* then = in_chain(before.blocks[i], each.address);
            if (!then || !each.region.valid() || then->status == each.status) continue;
            report.add(report.draft(scene).block(each.region).member("Status", net_buffer_list_offset::status)
                           .statuses(then->status, each.status),
                       scene.who() + " changed the Status of send data that comes back with " + scene.block_name(i) +
                           ", which could not be offloaded; the host stack goes on sending it itself.");
        }
    }
}

void order_kept(const Scene& scene, const Report& report) {
    if (scene.operation->kind != OperationKind::terminate) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const BlockImage& block = scene.now->blocks[i];
        if (block.chain.size() < 2) continue;
        const bool passes_on = scene.passage->at_return.taken();
        std::vector<Address> wanted;
        if (passes_on)
            for (const NetBufferListImage& each : scene.passage->at_return.blocks[i].chain) wanted.push_back(each.address);
        else if (const ObjectRecord* object = scene.model.object(scene.passage->at_arrival.blocks[i].slot_b()))
            wanted = object->send_data;
        std::ptrdiff_t last = -1;
        for (const NetBufferListImage& each : block.chain) {
            const auto found = std::ranges::find(wanted, each.address);
            if (found == wanted.end()) continue;
            const std::ptrdiff_t position = found - wanted.begin();
            if (position < last) {
                report.add(report.draft(scene).block(each.region).member(chain_member, block_offset::net_buffer_list_chain),
                           scene.who() + " hands the send data of " + scene.block_name(i) +
                               " back in another order than it was given: the byte stream would be torn.");
                break;
            }
            last = position;
        }
    }
}

void carried_by_connections_only(const Scene& scene, const Report& report) {
    if (scene.operation->starter != scene.driver) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const std::uint64_t chain = scene.now->blocks[i].word(block_offset::net_buffer_list_chain);
        const BlockRef& block = scene.shape().blocks[i];
        if (chain == 0) continue;
        if (block.layer == Layer::connection && block.role == Role::new_offload) continue;
        report.add(report.draft(scene).block(block.region).member(chain_member, block_offset::net_buffer_list_chain)
                       .values(0, chain),
                   scene.block_name(i) + " goes down with send data, but only a connection that is newly offloaded may carry it.");
    }
}

void handed_back_by_terminate_only(const Scene& scene, const Report& report) {
    if (scene.passage->handed_on.valid() || scene.operation->kind == OperationKind::initiate) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const std::uint64_t chain = scene.now->blocks[i].word(block_offset::net_buffer_list_chain);
        const BlockRef& block = scene.shape().blocks[i];
        const bool hands_back = scene.operation->kind == OperationKind::terminate && block.layer == Layer::connection &&
                                block.role != Role::placeholder;
        if (chain == 0 || hands_back) continue;
        if (chain == scene.passage->at_arrival.blocks[i].word(block_offset::net_buffer_list_chain)) continue;
        report.add(report.draft(scene).block(block.region).member(chain_member, block_offset::net_buffer_list_chain)
                       .values(0, chain),
                   scene.who() + " hands send data up in " + scene.block_name(i) +
                       "; only the terminate of a connection hands any back.");
    }
}

void succeeded_block_left_alone(const Scene& scene, const Report& report) {
    if (scene.operation->kind != OperationKind::initiate || !scene.passage->at_return.taken()) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        if (failed(scene, i)) continue;
        for (const NetBufferListImage& each : scene.now->blocks[i].chain) {
            const NetBufferListImage* then = in_chain(scene.passage->at_return.blocks[i], each.address);
            if (!then || !each.region.valid() || !then->region.valid() || then->source_handle == each.source_handle) continue;
            report.add(report.draft(scene).block(each.region).member("SourceHandle", net_buffer_list_offset::source_handle)
                           .values(then->source_handle, each.source_handle),
                       scene.who() + " touched send data of " + scene.block_name(i) +
                           ", which was offloaded: it belongs to the drivers below until its send completes.");
        }
    }
}

}  // namespace

std::span<const Unit> net_buffer_list_units() {
    static constexpr Unit all[] = {
        {"IM-042", Moment::transfer, source_handle_saved_at_initiate},
        {"IM-067", Moment::operation_completed, source_handle_given_back},
        {"IM-068", Moment::operation_completed, failed_block_keeps_its_data},
        {"IM-069", Moment::operation_completed, order_kept},
        {"IM-113", Moment::operation_handed_on, carried_by_connections_only},
        {"IM-113", Moment::operation_completed, handed_back_by_terminate_only},
        {"IM-114", Moment::operation_completed, succeeded_block_left_alone},
    };
    return all;
}

}  // namespace chimneylab::verifier
