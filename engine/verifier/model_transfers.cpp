// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The part of the Model that is about offloaded connections at work: indications, transfers and their completions.
#include <algorithm>

#include "engine/verifier/model.h"

namespace chimneylab::verifier {

bool Model::depends_on(const ObjectRecord& object, Address lower) const {
    const ObjectRecord* at = &object;
    for (unsigned layers = 0; at && layers < 4; ++layers) {
        if (at->handle == lower) return true;
        at = at->parent != 0 ? this->object(at->parent) : nullptr;
    }
    return false;
}

void Model::indicated(const trace::Event& event) {
    constexpr std::uint64_t disconnect = 2, retrieve = 3, abort = 4;
    constexpr std::uint32_t hardware_failure = 11;
    if (!replay_->is_offload_target(event.other_layer) || replay_->trace().text(event.name) != "NdisTcpOffloadEventHandler") return;
    ObjectRecord* object = this->object(host_handle(event.subject));
    if (!object) return;
    if (event.detail == retrieve && event.argument == hardware_failure && !object->retrieve_for_failure.valid())
        object->retrieve_for_failure = replay_->now();
    if (event.detail == abort) object->abort_indicated = replay_->now();
    if (event.detail == disconnect) {
        object->disconnect_indicated = replay_->now();
        object->fin_received = true;
    }
}

void Model::disconnect_arrived(const ListRecord& closing) {
    ObjectRecord* object = this->object(closing.handle);
    if (object && closing.kind == TransferKind::disconnect && closing.flags == 1) object->fin_sent = true;
}

void Model::event_arrived(const trace::Event& event) {
    constexpr std::uint64_t retrieve = 3, abort = 4;
    if (!replay_->is_host_stack(event.layer) || replay_->trace().text(event.name) != "ProtocolTcpOffloadEvent") return;
    ObjectRecord* object = this->object(event.subject);
    if (!object || object->must_upload.valid()) return;
    const bool mandatory = event.argument == 5 || (event.argument >= 8 && event.argument <= 11);
    if (event.detail == abort || (event.detail == retrieve && mandatory)) {
        object->must_upload = replay_->now();
        object->must_upload_reason = event.detail == retrieve ? event.argument : 0;
    }
}

// The documented meaning of a FAILURE here is that the state is corrupt.
void Model::completed_by_target(const OperationRecord& operation, Passage& passage) {
    constexpr std::int32_t failure = static_cast<std::int32_t>(0xC0000001);
    const bool tells = operation.kind == OperationKind::query || operation.kind == OperationKind::invalidate || operation.kind == OperationKind::terminate;
    if (!tells || !passage.at_arrival.taken() || passage.handed_on.valid()) return;
    for (std::size_t i = 0; i < operation.shape().blocks.size(); ++i) {
        ObjectRecord* object = this->object(host_handle(passage.at_arrival.blocks[i].slot_b()));
        if (operation.shape().blocks[i].role == Role::placeholder || !object || passage.at_completion.blocks[i].status() != failure) continue;
        if (operation.kind == OperationKind::query && object->queries > 1) passage.refused_object = object->handle;
        else if (!object->corrupt.valid()) object->corrupt = replay_->now();
    }
}

void Model::transfer(const trace::Event& event, const trace::Function& function) {
    if (event.kind == trace::EventKind::enter) {
        if (function.name == "NdisOffloadTcpDisconnect")
            if (ObjectRecord* closing = object(event.subject)) closing->disconnects |= event.argument;
        open_transfers_.push_back({replay_->now(), event.other_layer, event.subject, &function});
        return;
    }
    std::erase_if(open_transfers_, [&](const OpenTransfer& open) { return open.enter == event.partner; });
}

const Model::Completion* Model::completion(EventId enter) const {
    const auto found = std::ranges::find(completions_, enter, &Completion::enter);
    return found == completions_.end() ? nullptr : &*found;
}

// NDIS's cut: a run is as long as SourceHandle stays the same; NULL ones in front belong to the run behind them.
void Model::chain_completed(const trace::Event& event) {
    Completion completion;
    completion.enter = replay_->now();
    if (const ListRecord* record = lists_.list(event.detail)) completion.handle = record->handle;
    Address at = event.detail;
    for (std::size_t limit = 0; at != 0 && limit < 65536; ++limit) {
        const RegionId region = replay_->region_at(RegionKind::net_buffer_list, at);
        if (!region.valid()) {
            completion.watched = false;
            break;
        }
        const std::uint64_t source = replay_->word(region, net_buffer_list_offset::source_handle);
        if (completion.runs.empty() || (completion.runs.back().source != 0 && completion.runs.back().source != source))
            completion.runs.push_back({at, source});
        else if (completion.runs.back().source == 0)
            completion.runs.back().source = source;
        at = replay_->word(region, net_buffer_list_offset::next);
    }
    completions_.push_back(std::move(completion));
}

void Model::chain_forwarded(const trace::Event& event) {
    Address at = event.detail;
    for (std::size_t limit = 0; at != 0 && limit < 65536; ++limit) {
        chain_sources_.erase({event.other_layer, at});
        const RegionId region = replay_->region_at(RegionKind::net_buffer_list, at);
        at = region.valid() ? replay_->word(region, net_buffer_list_offset::next) : 0;
    }
}

void Model::run_delivered(const trace::Event& event) {
    const auto open = std::ranges::find(completions_, event.parent, &Completion::enter);
    if (open == completions_.end()) return;
    for (Run& run : open->runs)
        if (run.head == event.detail) run.delivered = true;
}

void Model::completion_returned(const trace::Event& event) {
    std::erase_if(completions_, [&](const Completion& open) { return open.enter == event.partner; });
}

}  // namespace chimneylab::verifier
