// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/list_ledger.h"
#include "engine/verifier/wdk_values.h"

#include <algorithm>

namespace chimneylab::verifier {

namespace {

constexpr std::size_t most_lists = 65536, most_parts = 64;

}  // namespace

TransferKind transfer_kind(const trace::Function& function) {
    if (function.name.ends_with("TcpReceiveReturn") || function.name.ends_with("TcpOffloadReceiveReturn")) return TransferKind::none;
    if (function.name.find("Send") != std::string_view::npos) return TransferKind::send;
    if (function.name.find("Disconnect") != std::string_view::npos) return TransferKind::disconnect;
    if (function.name.find("Forward") != std::string_view::npos) return TransferKind::forward;
    if (function.name.find("Receive") != std::string_view::npos) return TransferKind::receive;
    return TransferKind::none;
}

std::string_view to_text(TransferKind kind) {
    switch (kind) {
    case TransferKind::send: return "send";
    case TransferKind::receive: return "receive";
    case TransferKind::disconnect: return "disconnect";
    case TransferKind::forward: return "forward";
    case TransferKind::none: break;
    }
    return "transfer";
}

ListPassage* ListRecord::passage(LayerIndex layer) {
    const auto found = std::ranges::find(passages, layer, &ListPassage::layer);
    return found == passages.end() ? nullptr : &*found;
}

const ListPassage* ListRecord::passage(LayerIndex layer) const {
    const auto found = std::ranges::find(passages, layer, &ListPassage::layer);
    return found == passages.end() ? nullptr : &*found;
}

LentRecord::Through* LentRecord::at(LayerIndex layer) {
    const auto found = std::ranges::find(through, layer, &Through::layer);
    return found == through.end() ? nullptr : &*found;
}

const LentRecord::Through* LentRecord::at(LayerIndex layer) const {
    const auto found = std::ranges::find(through, layer, &Through::layer);
    return found == through.end() ? nullptr : &*found;
}

const ListRecord* ListLedger::list(Address address) const {
    const auto found = lists_.find(address);
    return found == lists_.end() ? nullptr : &found->second;
}

const LentRecord* ListLedger::lent(Address address) const {
    const auto found = lent_.find(address);
    return found == lent_.end() ? nullptr : &found->second;
}

std::vector<ListLedger::Link> ListLedger::chain(Address first) const {
    std::vector<Link> links;
    for (Address at = first; at != 0 && links.size() < most_lists;) {
        const RegionId region = replay_->region_at(RegionKind::net_buffer_list, at);
        if (!region.valid()) break;
        if (links.size() > 16 && std::ranges::find(links, at, &Link::address) != links.end()) break;
        links.push_back({at, region});
        at = replay_->word(region, net_buffer_list_offset::next);
    }
    return links;
}

std::optional<ListLedger::Data> ListLedger::data(RegionId list) const {
    Data data;
    Address at = replay_->word(list, net_buffer_list_offset::first_net_buffer);
    for (std::size_t limit = 0; at != 0 && limit < most_parts; ++limit) {
        const RegionId region = replay_->region_at(RegionKind::net_buffer, at);
        if (!region.valid()) return std::nullopt;
        data.length += replay_->word(region, net_buffer_offset::data_length, 4);
        ++data.buffers;
        at = replay_->word(region, net_buffer_offset::next);
    }
    return data;
}

std::uint32_t ListLedger::last_passed(LayerIndex layer, Address handle, TransferKind kind) const {
    const auto found = passed_.find({layer, handle, kind});
    return found == passed_.end() ? 0 : found->second;
}

std::uint32_t ListLedger::last_completed(LayerIndex layer, Address handle, TransferKind kind) const {
    const auto found = completed_.find({layer, handle, kind});
    return found == completed_.end() ? 0 : found->second;
}

ListRecord& ListLedger::begin(Address address, RegionId region, TransferKind kind, LayerIndex owner, Address handle) {
    lent_.erase(address);
    ListRecord& record = lists_[address];
    record = ListRecord{};
    record.address = address;
    record.region = region;
    record.kind = kind;
    record.owner = owner;
    record.handle = handle;
    record.number = ++last_number_;
    record.began = replay_->now();
    if (const auto held = data(region)) {
        record.length = held->length;
        record.buffers = held->buffers;
    }
    record.no_push = replay_->word(region, net_buffer_list_offset::receive_no_push) != 0;
    return record;
}

void ListLedger::goes_down(const trace::Event& event, const trace::Function& function, bool by_owner) {
    const TransferKind kind = transfer_kind(function);
    for (const Link& link : chain(event.detail)) {
        if (by_owner) {
            begin(link.address, link.region, kind, event.other_layer, event.subject).flags = event.argument;
            continue;
        }
        const auto found = lists_.find(link.address);
        ListPassage* passage = found == lists_.end() ? nullptr : found->second.passage(event.other_layer);
        if (!passage || passage->passed.valid()) continue;
        passage->passed = replay_->now();
        passed_[{event.other_layer, found->second.handle, kind}] = found->second.number;
    }
}

void ListLedger::arrives(const trace::Event& event, Address upper) {
    std::uint32_t position = 0;
    for (const Link& link : chain(event.detail)) {
        const auto found = lists_.find(link.address);
        if (found == lists_.end() || found->second.passage(event.layer)) continue;
        ListPassage passage;
        passage.layer = event.layer;
        passage.arrived = replay_->now();
        passage.source = source_handle(link.region);
        passage.depth = context_depth(*replay_, link.region);
        passage.position = position++;
        passage.upper = upper;
        found->second.passages.push_back(passage);
        if (found->second.kind == TransferKind::receive) posts_[found->second.handle] = replay_->now();
    }
}

void ListLedger::completed(const trace::Event& event, bool by_intermediate) {
    for (const Link& link : chain(event.detail)) {
        const auto found = lists_.find(link.address);
        ListPassage* passage = found == lists_.end() ? nullptr : found->second.passage(event.other_layer);
        if (!passage || passage->completed.valid()) continue;
        passage->completed = replay_->now();
        if (!by_intermediate) {
            std::uint32_t& highest = target_completed_[{found->second.handle, found->second.kind}];
            highest = std::max(highest, found->second.number);
            if (found->second.kind == TransferKind::send && status(link.region) != 0)
                failed_sends_.try_emplace(found->second.handle, found->second.number);
        }
        if (passage->came_back.valid())
            completed_[{event.other_layer, found->second.handle, found->second.kind}] = passage->back_number;
        if (by_intermediate && found->second.kind == TransferKind::send && !passage->passed.valid() && static_cast<std::uint32_t>(status(link.region)) == wdk::request_upload)
            upload_requested_.insert({event.other_layer, passage->upper});
    }
}

void ListLedger::comes_back(const trace::Event& event, bool to_owner) {
    for (const Link& link : chain(event.detail)) {
        const auto found = lists_.find(link.address);
        if (found == lists_.end()) continue;
        if (to_owner && found->second.owner == event.layer) {
            lists_.erase(found);
            continue;
        }
        ListPassage* passage = found->second.passage(event.layer);
        if (!passage || passage->came_back.valid() || passage->completed.valid()) continue;
        passage->came_back = replay_->now();
        passage->status = status(link.region);
        passage->bytes = bytes_transferred(link.region);
        passage->back_number = ++back_numbers_[event.layer];
    }
}

void ListLedger::given_with_block(Address list, RegionId region, LayerIndex owner, Address handle, std::vector<ListPassage> passages) {
    ListRecord& record = begin(list, region, TransferKind::send, owner, handle);
    record.in_block = true;
    record.passages = std::move(passages);
}

void ListLedger::back_in_block(Address list, LayerIndex layer) {
    const auto found = lists_.find(list);
    ListPassage* passage = found == lists_.end() ? nullptr : found->second.passage(layer);
    if (passage && !passage->came_back.valid()) passage->came_back = replay_->now();
}

void ListLedger::up_in_block(Address list, LayerIndex layer) {
    const auto found = lists_.find(list);
    ListPassage* passage = found == lists_.end() ? nullptr : found->second.passage(layer);
    if (passage && !passage->completed.valid()) passage->completed = replay_->now();
}

void ListLedger::shown(const trace::Event& event, LayerIndex driver, bool forwarded) {
    if (forwarded) return;
    const RegionId region = replay_->region_at(RegionKind::net_buffer_list, event.detail);
    if (!region.valid()) return;
    LentRecord record;
    record.address = event.detail;
    record.region = region;
    record.maker = driver;
    record.handle = event.subject;
    record.shown = replay_->now();
    if (const auto held = data(region)) record.length = held->length;
    lent_[event.detail] = std::move(record);
    lists_.erase(event.detail);
}

void ListLedger::comes_up(const trace::Event& event) {
    const auto found = lent_.find(event.detail);
    if (found == lent_.end() || found->second.at(event.layer)) return;
    const RegionId handle = replay_->region_at(RegionKind::offload_handle, event.subject);
    found->second.through.push_back({event.layer, replay_->word(handle, handle_offset::ndis_reserved), {}, {}});
}

void ListLedger::answered(const trace::Event& event) {
    const trace::Event& enter = replay_->trace().event(event.partner);
    const auto found = lent_.find(enter.detail);
    if (found == lent_.end() || found->second.maker != event.other_layer || found->second.shown != event.partner) return;
    found->second.answered = replay_->now();
    if (event.status != 0) refusals_[found->second.handle] = found->second.shown;
    if (found->second.state == LentRecord::State::shown)
        found->second.state = event.status == 0 ? LentRecord::State::accepted : LentRecord::State::refused;
}

void ListLedger::lent_in_block(Address list, LayerIndex maker, Address handle) {
    const RegionId region = replay_->region_at(RegionKind::net_buffer_list, list);
    if (!region.valid()) return;
    LentRecord record;
    record.address = list;
    record.region = region;
    record.maker = maker;
    record.handle = handle;
    record.buffered = true;
    record.state = LentRecord::State::accepted;
    record.shown = record.answered = replay_->now();
    if (const auto held = data(region)) record.length = held->length;
    lent_[list] = std::move(record);
}

void ListLedger::lent_comes_up(Address list, LayerIndex layer, std::uint64_t binding) {
    if (const auto found = lent_.find(list); found != lent_.end() && !found->second.at(layer))
        found->second.through.push_back({layer, binding, {}, {}});
}

void ListLedger::returned(const trace::Event& event) {
    for (const Link& link : chain(event.detail)) {
        const auto found = lent_.find(link.address);
        if (found == lent_.end()) continue;
        LentRecord::Through* through = found->second.at(event.other_layer);
        if (through && !through->passed_on.valid()) through->passed_on = replay_->now();
        if (found->second.state != LentRecord::State::returned) found->second.returned = replay_->now();
        found->second.state = LentRecord::State::returned;
    }
}

void ListLedger::return_arrives(const trace::Event& event) {
    for (const Link& link : chain(event.detail)) {
        const auto found = lent_.find(link.address);
        if (found == lent_.end()) continue;
        if (found->second.maker == event.layer) {
            lent_.erase(found);
            continue;
        }
        if (LentRecord::Through* through = found->second.at(event.layer); through && !through->returned_to.valid())
            through->returned_to = replay_->now();
    }
}

std::uint32_t ListLedger::first_failed_send(Address connection) const {
    const auto found = failed_sends_.find(connection);
    return found == failed_sends_.end() ? 0 : found->second;
}

std::uint32_t ListLedger::target_completed(Address connection, TransferKind kind) const {
    const auto found = target_completed_.find({connection, kind});
    return found == target_completed_.end() ? 0 : found->second;
}

void ListLedger::connection_ends(Address connection) {
    posts_.erase(connection);
    refusals_.erase(connection);
    failed_sends_.erase(connection);
}

void ListLedger::memory_freed(Address start, Address end) {
    lists_.erase(lists_.lower_bound(start), lists_.lower_bound(end));
    lent_.erase(lent_.lower_bound(start), lent_.lower_bound(end));
    refusals_.erase(refusals_.lower_bound(start), refusals_.lower_bound(end));
}

}  // namespace chimneylab::verifier
