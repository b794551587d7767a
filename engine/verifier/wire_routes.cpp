// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/wire_routes.h"

#include <algorithm>

#include "engine/verifier/model.h"

namespace chimneylab::verifier {

namespace {

constexpr std::uint32_t hardware_address = 0x08, vlan_id = 0x28, path_mtu = 0x08;  // in the structures of neighbor and path
constexpr std::uint8_t first_ip6_type = 0x09;

HardwareAddress address_at(const BlockImage& image, std::uint32_t offset) {
    HardwareAddress address{};
    for (std::uint32_t i = 0; i < address.size(); ++i) address[i] = static_cast<std::uint8_t>(state_word(image, offset + i, 1));
    return address;
}

}  // namespace

const WireNeighbor* WireRoutes::neighbor(Address handle) const {
    const auto found = neighbors_.find(handle);
    return found == neighbors_.end() ? nullptr : &found->second;
}

const WirePath* WireRoutes::path(Address handle) const {
    const auto found = paths_.find(handle);
    return found == paths_.end() ? nullptr : &found->second;
}

bool WireRoutes::invalid(Address path_handle) const {
    const WirePath* way = path(path_handle);
    const WireNeighbor* hop = way ? neighbor(way->neighbor.now) : nullptr;
    return (way && way->invalid) || (hop && hop->invalid);
}

Address WireRoutes::parent(const OperationRecord& operation, const Passage& passage, std::size_t block) {
    const std::uint32_t above = operation.shapes[passage.upper_shape].blocks[block].parent;
    return above == BlockRef::none ? 0 : passage.at_arrival.blocks[above].slot_b();
}

void WireRoutes::taken_over(const OperationRecord& operation, const Passage& passage, std::size_t block) {
    const BlockImage& image = passage.at_arrival.blocks[block];
    const BlockRef& ref = operation.shapes[passage.upper_shape].blocks[block];
    const StateParts parts = parts_of(image.type());
    if (ref.role != Role::new_offload || parts.constant == StateParts::none || parts.cached == StateParts::none) return;
    if (parts.layer == Layer::neighbor) {
        WireNeighbor made;
        made.block = ref.region;
        made.source = address_at(image, parts.constant + hardware_address);
        made.vlan = static_cast<std::uint16_t>(state_word(image, parts.constant + vlan_id, 4) & 0xFFF);
        made.destination.now = address_at(image, parts.cached + hardware_address);
        neighbors_[image.slot_b()] = made;
    } else if (parts.layer == Layer::path) {
        WirePath made;
        made.block = ref.region;
        made.neighbor.now = parent(operation, passage, block);
        made.mtu.now = static_cast<std::uint32_t>(state_word(image, parts.cached + path_mtu, 4));
        made.ip_version = image.type() >= first_ip6_type ? 6 : 4;
        paths_[image.slot_b()] = made;
    }
}

void WireRoutes::changes(const OperationRecord& operation, const Passage& passage, std::size_t block) {
    const BlockImage& image = passage.at_arrival.blocks[block];
    const StateParts parts = parts_of(image.type());
    if (const auto hop = neighbors_.find(image.slot_b()); hop != neighbors_.end() && parts.layer == Layer::neighbor) {
        if (parts.cached != StateParts::none && !image.following.empty())
            hop->second.destination.begin(address_at(image, parts.cached + hardware_address));
    } else if (const auto way = paths_.find(image.slot_b()); way != paths_.end() && parts.layer == Layer::path) {
        if (parts.cached != StateParts::none && !image.following.empty())
            way->second.mtu.begin(static_cast<std::uint32_t>(state_word(image, parts.cached + path_mtu, 4)));
        if (const Address over = parent(operation, passage, block); neighbors_.contains(over)) way->second.neighbor.begin(over);
    }
}

void WireRoutes::operation_arrives(const OperationRecord& operation, const Passage& passage) {
    for (std::size_t i = 0; i < passage.at_arrival.blocks.size(); ++i) {
        if (operation.kind == OperationKind::initiate) taken_over(operation, passage, i);
        if (operation.kind == OperationKind::update) changes(operation, passage, i);
    }
}

void WireRoutes::operation_completed(const OperationRecord& operation, const Passage& passage) {
    if (!passage.at_arrival.taken()) return;
    for (std::size_t i = 0; i < passage.at_completion.blocks.size(); ++i) {
        const Address handle = passage.at_arrival.blocks[i].slot_b();
        const bool done = passage.at_completion.blocks[i].status() >= 0;
        const bool taken = operation.shapes[passage.upper_shape].blocks[i].role == Role::new_offload;
        if ((operation.kind == OperationKind::terminate && done) || (operation.kind == OperationKind::initiate && taken && !done)) {
            neighbors_.erase(handle);
            paths_.erase(handle);
            continue;
        }
        const auto hop = neighbors_.find(handle);
        const auto way = paths_.find(handle);
        if (operation.kind == OperationKind::update) {
            if (hop != neighbors_.end()) hop->second.destination.end(done);
            if (way != paths_.end()) {
                way->second.mtu.end(done);
                way->second.neighbor.end(done);
            }
        }
        if (operation.kind == OperationKind::invalidate && done) {
            if (hop != neighbors_.end()) hop->second.invalid = true;
            if (way != paths_.end()) way->second.invalid = true;
        }
    }
}

}  // namespace chimneylab::verifier
