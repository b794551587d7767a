// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/neighbor_ledger.h"

#include <algorithm>
#include <cstring>

#include "engine/tcp/address_resolution.h"
#include "engine/verifier/model.h"
#include "engine/verifier/wdk_values.h"

namespace chimneylab::verifier {

namespace {

constexpr std::uint32_t ticks_per_second = 0x20, nce_stale_ticks = 0x34;  // in NDIS_TCP_CONNECTION_OFFLOAD_PARAMETERS
constexpr std::uint32_t hardware_address_at = 0x08;  // in _CACHED and _DELEGATED
constexpr std::uint8_t whole_neighbor = 4;

std::uint32_t delta(const Replay& replay, RegionId block, bool host) {
    const RegionId state = replay.following_state_of(block);
    const StateParts parts = parts_of(whole_neighbor);
    return state.valid() ? static_cast<std::uint32_t>(replay.word(state, host ? parts.cached + wdk::host_delta_at : parts.delegated + wdk::nic_delta_at, 4)) : 0;
}

std::span<const std::uint8_t> frame_bytes(const Replay& replay, const trace::Event& event) {
    const auto bytes = replay.trace().initial_bytes(replay.trace().region(event.region));
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

}  // namespace

std::uint32_t host_reachability_delta(const Replay& replay, RegionId block) { return delta(replay, block, true); }
std::uint32_t nic_reachability_delta(const Replay& replay, RegionId block) { return delta(replay, block, false); }

const NeighborRecord* NeighborLedger::find(Address host_handle) const {
    const auto at = records_.find(host_handle);
    return at == records_.end() ? nullptr : &at->second;
}

void NeighborLedger::confirmed(NeighborRecord& record) {
    record.unconfirmed = {};
    if (record.asked) record.doubt = {};
}

void NeighborLedger::configured(const trace::Event& event) {
    if (event.detail != wdk::connection_offload_parameters || event.argument != 1 || !event.region.valid() || !replay_->is_host_stack(event.other_layer)) return;
    const std::uint64_t rate = replay_->word(event.region, ticks_per_second, 4);
    if (rate == 0 || rate > 1000) return;
    tick_ = 1'000'000'000 / static_cast<SignedTime>(rate);
    stale_ticks_ = static_cast<std::uint32_t>(replay_->word(event.region, nce_stale_ticks, 4));
}

void NeighborLedger::handed_on(const OperationRecord& operation, const Passage& passage) {
    for (std::size_t i = 0; i < passage.at_hand_on.blocks.size(); ++i) {
        const BlockImage& image = passage.at_hand_on.blocks[i];
        const BlockRef& block = operation.shape().blocks[i];
        if (block.layer != Layer::neighbor || image.slot_b() == 0) continue;
        if (operation.kind == OperationKind::initiate && block.role == Role::new_offload && image.type() == whole_neighbor && !image.following.empty()) {
            const StateParts parts = parts_of(whole_neighbor);
            NeighborRecord made;
            made.host = operation.starter;
            made.block = block.region;
            for (std::uint32_t k = 0; k < made.hardware_address.size(); ++k)
                made.hardware_address[k] = static_cast<std::uint8_t>(state_word(image, parts.cached + hardware_address_at + k, 1));
            made.confirmed = now() - static_cast<SignedTime>(state_word(image, parts.cached + wdk::host_delta_at, 4)) * tick_;
            records_[image.slot_b()] = made;
            continue;
        }
        const auto at = records_.find(image.slot_b());
        if (at == records_.end()) continue;
        if (operation.kind == OperationKind::query && parts_of(image.type()).delegated != StateParts::none) at->second.asked = true;
        if (operation.kind == OperationKind::invalidate || operation.kind == OperationKind::terminate) at->second.doubt = at->second.unconfirmed = {};
    }
}

// The target counts from the moment at which it stored the neighbor: after the tree arrived, before it completed it.
void NeighborLedger::completed(const OperationRecord& operation, const Passage& passage, const Model& model) {
    if (!passage.at_arrival.taken()) return;
    const SignedTime arrived = static_cast<SignedTime>(replay_->trace().event(passage.arrived).virtual_time);
    for (std::size_t i = 0; i < passage.at_completion.blocks.size(); ++i) {
        const auto at = records_.find(model.host_handle(passage.at_arrival.blocks[i].slot_b()));
        if (at == records_.end() || passage.at_completion.blocks[i].status() < 0) continue;
        NeighborRecord& record = at->second;
        if (operation.kind == OperationKind::terminate) record.offloaded = false;
        if (operation.kind != OperationKind::initiate || operation.shape().blocks[i].role != Role::new_offload) continue;
        const BlockImage& image = passage.at_arrival.blocks[i];
        const StateParts parts = parts_of(image.type());
        if (parts.cached == StateParts::none || parts.delegated == StateParts::none) continue;
        const SignedTime host = static_cast<SignedTime>(state_word(image, parts.cached + wdk::host_delta_at, 4)) * tick_;
        const SignedTime nic = static_cast<SignedTime>(state_word(image, parts.delegated + wdk::nic_delta_at, 4)) * tick_;
        record.offloaded = true;
        record.host = operation.starter;
        record.host_moment = {arrived - host, now() - host};
        record.nic_moment = {arrived - nic, now() - nic};
    }
}

void NeighborLedger::comes_back(const OperationRecord& operation, const Passage& passage) {
    if (operation.kind != OperationKind::query) return;
    for (std::size_t i = 0; i < passage.at_return.blocks.size(); ++i) {
        const BlockImage& image = passage.at_return.blocks[i];
        const auto at = records_.find(passage.at_hand_on.blocks[i].slot_b());
        const StateParts parts = parts_of(image.type());
        if (at == records_.end() || !at->second.doubt.valid() || !at->second.asked || parts.delegated == StateParts::none) continue;
        const bool progress = image.status() >= 0 && state_word(image, parts.delegated + wdk::nic_delta_at, 4) < at->second.indicated_delta;
        if (progress) {
            confirmed(at->second);
        } else if (!at->second.unconfirmed.valid()) {
            at->second.unconfirmed = replay_->now();
            at->second.unconfirmed_since = now();
        }
    }
}

void NeighborLedger::answered(const trace::Event& event) {
    const trace::Event& given = replay_->trace().event(event.partner);
    if (given.argument != wdk::reachability_query || !given.region.valid()) return;
    const auto at = records_.find(replay_->word(given.region, block_offset::slot_b));
    if (at == records_.end()) return;
    // The target reads the answer when the call has come back to it. Its block is gone by then.
    const std::uint32_t answer = host_reachability_delta(*replay_, given.region);
    const SignedTime heard = now() - static_cast<SignedTime>(answer) * tick_;
    at->second.host_moment = {heard, heard};
    if (at->second.doubt.valid() || answer != 0) return;
    at->second.doubt = replay_->now();
    at->second.doubt_since = now();
    at->second.indicated_delta = nic_reachability_delta(*replay_, given.region);
    at->second.asked = false;
}

void NeighborLedger::frame(const trace::Event& event, const Model& model) {
    frames_seen_ = true;
    host_datagram_ = nullptr;
    if (records_.empty() || !replay_->is_offload_target(event.layer) || !event.region.valid()) return;
    const auto bytes = frame_bytes(*replay_, event);
    if (bytes.size() < 14) return;
    if (event.kind == trace::EventKind::frame_sent) {
        const EventId call = replay_->frame_of(event.layer);
        const bool of_the_host = call.valid() && replay_->trace().text(replay_->trace().event(call).name) == "MiniportSendNetBufferLists";
        if (!of_the_host || (bytes[12] == 0x08 && bytes[13] == 0x06)) return;  // ARP is no datagram
        for (const auto& [handle, record] : records_)
            if (record.offloaded && std::equal(record.hardware_address.begin(), record.hardware_address.end(), bytes.begin())) host_datagram_ = &record;
        return;
    }
    chimney_arp message;
    if (chimney_arp_parse(bytes.data(), bytes.size(), &message) != 0) {
        for (auto& [handle, record] : records_)
            if (message.operation == 2 && std::memcmp(record.hardware_address.data(), message.sender_hardware, 6) == 0) record.doubt = record.unconfirmed = {};
        return;
    }
    const auto& seen = model.wire().frame();
    if (!seen || !seen->connection || seen->connection->state == WireConnection::State::over) {
        for (auto& [handle, record] : records_)  // for the host stack, which sees progress of its own in it
            if (std::equal(record.hardware_address.begin(), record.hardware_address.end(), bytes.begin() + 6)) record.doubt = record.unconfirmed = {};
        return;
    }
    // The neighbor that the target has under the path: an update that failed has changed nothing.
    const WirePath* way = model.wire().routes().path(seen->connection->path);
    const auto at = way ? records_.find(model.host_handle(way->neighbor.now)) : records_.end();
    if (at == records_.end()) return;
    NeighborRecord& record = at->second;
    record.nic_moment.latest = now();
    record.nic_changed = now();
    const chimney_tcp_segment& segment = seen->frame.segment;
    const bool progress = (segment.flags & (CHIMNEY_TCP_ACK | CHIMNEY_TCP_RST)) == CHIMNEY_TCP_ACK &&
                          seen->connection->state == WireConnection::State::offloaded && !seen->connection->abort_indicated &&
                          before(seen->connection->acknowledged, segment.acknowledgement) && !before(seen->connection->sent, segment.acknowledgement);
    if (!progress || way->neighbor.other) return;
    record.nic_moment.earliest = now();
    confirmed(record);
}

}  // namespace chimneylab::verifier
