// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Single NET_BUFFER_LISTs on their way down and up: passed on as they came, restored before they go up, completed on the
// right edge, in order, once. Receive return by the binding that the data came up on.
#include <algorithm>
#include <string>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"
#include "engine/verifier/wdk_values.h"

namespace chimneylab::verifier {
namespace {

bool by_driver(const Scene& scene) { return scene.function().side == trace::Side::driver_calls_ndis; }
bool goes_down(const Scene& scene) { return by_driver(scene) && !scene.function().completion; }
bool goes_up(const Scene& scene) { return by_driver(scene) && scene.function().completion; }
bool is_return(const Scene& scene) { return transfer_kind(scene.function()) == TransferKind::none; }
std::vector<ListLedger::Link> chain(const Scene& scene) { return scene.model.lists().chain(scene.event.detail); }
std::string name(const Scene& scene, RegionId list) { return "NET_BUFFER_LIST " + scene.replay().region_name(list); }

// ---- down ----

void passed_on_as_it_came(const Scene& scene, const Report& report) {
    if (!scene.by_intermediate_driver() || !goes_down(scene) || is_return(scene)) return;
    const TransferKind kind = transfer_kind(scene.function());
    for (const auto& [address, region] : chain(scene)) {
        const ListRecord* record = scene.model.lists().list(address);
        const ListPassage* passage = record ? record->passage(scene.driver) : nullptr;
        if (!passage) {
            if (record) report.add(report.draft(scene).block(region), scene.who() + " passes " + name(scene, region) + " down, which it was not given.");
        } else if (passage->passed.valid() || passage->completed.valid()) {
            report.add(report.draft(scene).block(region),
                       scene.who() + " passes " + name(scene, region) + " down" +
                           (passage->completed.valid() ? ", which it has completed already." : " a second time."));
        } else if (kind != record->kind) {
            report.add(report.draft(scene).block(region).meanings(std::string(to_text(record->kind)), std::string(to_text(kind))),
                       scene.who() + " was given " + name(scene, region) + " as a " + std::string(to_text(record->kind)) +
                           " and passes it down as a " + std::string(to_text(kind)) + ".");
        } else if (kind == TransferKind::disconnect && record->flags != scene.event.argument) {
            report.add(report.draft(scene).block(region).values(record->flags, scene.event.argument, 4),
                       scene.who() + " passes a disconnect down with other Flags than it was given.");
        }
    }
}

void nothing_kept(const Scene& scene, const Report& report) {
    for (const auto& [address, record] : scene.model.lists().lists())
        for (const ListPassage& passage : record.passages)
            if (scene.replay().is_intermediate_driver(passage.layer) && !passage.passed.valid() && !passage.completed.valid())
                report.add(report.draft(scene).by(passage.layer).at(passage.arrived).block(record.region),
                           scene.replay().layer_name(passage.layer) + " neither passed " + name(scene, record.region) +
                               " down nor completed it.");
}

void order_on_the_way_down(const Scene& scene, const Report& report) {
    if (!scene.by_intermediate_driver() || !goes_down(scene) || is_return(scene)) return;
    const TransferKind kind = transfer_kind(scene.function());
    std::uint32_t last = 0;
    bool first = true;
    for (const auto& [address, region] : chain(scene)) {
        const ListRecord* record = scene.model.lists().list(address);
        if (!record || record->kind != kind || !record->passage(scene.driver) || record->passage(scene.driver)->passed.valid()) continue;
        if (first) last = scene.model.lists().last_passed(scene.driver, record->handle, kind);
        first = false;
        if (record->number < last) {
            report.add(report.draft(scene).block(region),
                       scene.who() + " lets a later " + std::string(to_text(kind)) + " pass before " + name(scene, region) + ".");
            return;
        }
        last = record->number;
    }
}

void nothing_after_request_upload(const Scene& scene, const Report& report) {
    if (!scene.by_intermediate_driver() || !goes_down(scene)) return;
    const TransferKind kind = transfer_kind(scene.function());
    const bool held_back = kind == TransferKind::send || (kind == TransferKind::disconnect && (scene.event.argument & wdk::graceful_close) != 0);
    const ObjectRecord* object = scene.model.object(scene.event.subject);
    if (!held_back || !object || object->owner != scene.driver || !scene.model.lists().upload_requested(scene.driver, object->upper)) return;
    report.add(report.draft(scene).block(object->block),
               scene.who() + " passes a " + std::string(to_text(kind)) + " of " + scene.replay().region_name(object->block) +
                   " down although it has sent an earlier one back with REQUEST_UPLOAD: the byte stream has a hole.");
}

void calls_do_not_overlap(const Scene& scene, const Report& report) {
    if (!goes_down(scene)) return;
    const TransferKind kind = transfer_kind(scene.function());
    if (kind != TransferKind::send && kind != TransferKind::receive) return;
    const auto& open = scene.model.open_transfers();
    const auto same = [&](LayerIndex caller, Address handle) {
        return std::ranges::count_if(open, [&](const Model::OpenTransfer& each) {
            return each.caller == caller && each.handle == handle && transfer_kind(*each.function) == kind;
        });
    };
    if (same(scene.driver, scene.event.subject) == 0) return;
    // A driver that only passes on what overlaps above is not the one to blame.
    if (const ObjectRecord* object = scene.model.object(scene.event.subject); object && object->upper != 0)
        for (const Model::OpenTransfer& each : open)
            if (each.handle == object->upper && transfer_kind(*each.function) == kind && same(each.caller, each.handle) > 1) return;
    report.add(report.draft(scene),
               scene.who() + " calls " + std::string(scene.function().name) + " while an earlier call on the same connection has not returned.");
}

void one_list_to_disconnect(const Scene& scene, const Report& report) {
    if (!by_driver(scene) || transfer_kind(scene.function()) != TransferKind::disconnect) return;
    const auto lists = chain(scene);
    if (lists.empty()) return;
    const auto held = scene.model.lists().data(lists.front().region);
    const bool sound = lists.size() == 1 && (!held || held->buffers == 1);
    if (sound) return;
    const ListRecord* record = scene.model.lists().list(lists.front().address);
    if (scene.by_intermediate_driver() && record && record->buffers != 1) return;  // it was given it so
    report.add(report.draft(scene).block(lists.front().region),
               std::string(scene.function().name) + " of " + scene.who() + " carries " +
                   (lists.size() != 1 ? std::to_string(lists.size()) + " NET_BUFFER_LISTs" : std::to_string(held->buffers) + " NET_BUFFERs") +
                   "; a disconnect has one of each.");
}

// ---- up ----

template <typename Look>
void each_completed_list(const Scene& scene, Look look) {
    if (!scene.by_intermediate_driver() || !goes_up(scene)) return;
    for (const auto& [address, region] : chain(scene)) {
        const ListRecord* record = scene.model.lists().list(address);
        const ListPassage* passage = record ? record->passage(scene.driver) : nullptr;
        if (passage) look(*record, *passage, region);
    }
}

void list_source_handle_restored(const Scene& scene, const Report& report) {
    each_completed_list(scene, [&](const ListRecord& record, const ListPassage& passage, RegionId region) {
        const std::uint64_t seen = scene.model.lists().source_handle(region);
        if (record.in_block || seen == 0 || seen == passage.source) return;  // IM-042 and IM-089 say it
        report.add(report.draft(scene).block(region).member("SourceHandle", net_buffer_list_offset::source_handle).values(passage.source, seen),
                   scene.who() + " completes " + name(scene, region) + " without the SourceHandle that it came with.");
    });
}

void completed_as_it_was_given(const Scene& scene, const Report& report) {
    const TransferKind kind = transfer_kind(scene.function());
    each_completed_list(scene, [&](const ListRecord& record, const ListPassage& passage, RegionId region) {
        if (passage.completed.valid())
            report.add(report.draft(scene).block(region), scene.who() + " completes " + name(scene, region) + " a second time.");
        else if (passage.below())
            report.add(report.draft(scene).block(region), scene.who() + " completes " + name(scene, region) + ", which the driver below still has.");
        else if (kind != record.kind)
            report.add(report.draft(scene).block(region).meanings(std::string(to_text(record.kind)), std::string(to_text(kind))),
                       scene.who() + " completes the " + std::string(to_text(record.kind)) + " " + name(scene, region) + " with " +
                           std::string(scene.function().name) + ".");
    });
}

void everything_completed(const Scene& scene, const Report& report) {
    for (const auto& [address, record] : scene.model.lists().lists())
        for (const ListPassage& passage : record.passages)
            if (scene.replay().is_intermediate_driver(passage.layer) && passage.came_back.valid() && !passage.completed.valid())
                report.add(report.draft(scene).by(passage.layer).at(passage.came_back).block(record.region),
                           scene.replay().layer_name(passage.layer) + " took the completion of " + name(scene, record.region) +
                               " and did not pass it up.");
}

void outcome_unchanged(const Scene& scene, const Report& report) {
    each_completed_list(scene, [&](const ListRecord&, const ListPassage& passage, RegionId region) {
        if (!passage.came_back.valid()) return;
        if (const std::int32_t seen = scene.model.lists().status(region); seen != passage.status)
            report.add(report.draft(scene).block(region).member("Status", net_buffer_list_offset::status).statuses(passage.status, seen),
                       scene.who() + " changed the Status of " + name(scene, region) + " on its way up.");
        if (const std::uint64_t seen = scene.model.lists().bytes_transferred(region); seen != passage.bytes)
            report.add(report.draft(scene).block(region).member("TcpOffloadBytesTransferred", net_buffer_list_offset::bytes_transferred)
                           .values(passage.bytes, seen),
                       scene.who() + " changed the byte count of " + name(scene, region) + " on its way up.");
    });
}

void record_popped(const Scene& scene, const Report& report) {
    each_completed_list(scene, [&](const ListRecord&, const ListPassage& passage, RegionId region) {
        const auto depth = context_depth(scene.replay(), region);
        if (!depth || !passage.depth || *depth == *passage.depth) return;
        report.add(report.draft(scene).block(region).member("Context", net_buffer_list_offset::context).values(*passage.depth, *depth, 4),
                   scene.who() + " completes " + name(scene, region) + " with " + std::to_string(*depth) + " bytes on its context stack, it came with " +
                       std::to_string(*passage.depth) + ": the list is no longer the driver's, its record must be off it.");
    });
}

void right_edge(const Scene& scene, const Report& report) {
    each_completed_list(scene, [&](const ListRecord&, const ListPassage& passage, RegionId region) {
        const BindingRecord* binding = scene.replay().binding(passage.source);
        if (!binding || binding->adapter == 0 || binding->adapter == scene.event.subject) return;
        report.add(report.draft(scene).block(region).values(binding->adapter, scene.event.subject),
                   scene.who() + " completes " + name(scene, region) + " on another virtual miniport than the one it came in on.");
    });
}

void sent_back_for_upload(const Scene& scene, const Report& report) {
    if (transfer_kind(scene.function()) != TransferKind::send) return;
    each_completed_list(scene, [&](const ListRecord& record, const ListPassage& passage, RegionId region) {
        if (passage.passed.valid() || passage.completed.valid()) return;
        const auto seen = static_cast<std::uint32_t>(scene.model.lists().status(region));
        const bool asked = scene.model.lists().upload_requested(scene.driver, passage.upper);
        const std::uint32_t wanted = passage.position == 0 && !asked ? wdk::request_upload : wdk::upload_requested;
        if (seen == wdk::upload_in_progress) return;  // the connection is being uploaded
        if (seen != wanted)
            report.add(report.draft(scene).block(region).member("Status", net_buffer_list_offset::status)
                           .statuses(static_cast<std::int32_t>(wanted), static_cast<std::int32_t>(seen)),
                       scene.who() + " completes a send that it has not passed down with " + trace::status_text(static_cast<std::int32_t>(seen)) + ".");
        (void)record;
    });
}

void chain_sent_back_whole(const Scene& scene, const Report& report) {
    if (!scene.by_intermediate_driver() || !goes_down(scene) || transfer_kind(scene.function()) != TransferKind::send) return;
    const EventId frame = scene.replay().frame_of(scene.driver);
    if (!frame.valid()) return;
    for (const auto& [address, record] : scene.model.lists().lists()) {
        const ListPassage* passage = record.passage(scene.driver);
        if (!passage || passage->arrived != frame || !passage->completed.valid() || passage->passed.valid()) continue;
        report.add(report.draft(scene).block(record.region),
                   scene.who() + " passes a part of a chain down of which it has sent another part back.");
        return;
    }
}

void reserved_statuses(const Scene& scene, const Report& report) {
    if (scene.by_intermediate_driver() || !goes_up(scene)) return;
    for (const auto& [address, region] : chain(scene)) {
        const auto status = static_cast<std::uint32_t>(scene.model.lists().status(region));
        if (status != wdk::request_upload && status != wdk::upload_requested) continue;
        report.add(report.draft(scene).block(region).member("Status", net_buffer_list_offset::status).seen_only(status, 4),
                   scene.who() + " completes " + name(scene, region) + " with " + trace::status_text(static_cast<std::int32_t>(status)) +
                       ", a status that only intermediate drivers give.");
    }
}

void order_on_the_way_up(const Scene& scene, const Report& report) {
    std::uint32_t last = 0;
    Address of = 0;
    bool told = false;
    each_completed_list(scene, [&](const ListRecord& record, const ListPassage& passage, RegionId region) {
        if (!passage.came_back.valid() || told || record.kind == TransferKind::forward) return;
        if (of != record.handle) last = scene.model.lists().last_completed(scene.driver, record.handle, record.kind);
        of = record.handle;
        if (passage.back_number < last) {
            told = true;
            report.add(report.draft(scene).block(region),
                       scene.who() + " completes " + name(scene, region) + " after a " + std::string(to_text(record.kind)) +
                           " that came back to it later.");
        }
        last = passage.back_number;
    });
}

// Kinds do not overtake each other either.
void sends_above_before_the_disconnect(const Scene& scene, const Report& report) {
    if (transfer_kind(scene.function()) != TransferKind::disconnect) return;
    each_completed_list(scene, [&](const ListRecord& closing, const ListPassage& at, RegionId) {
        if (!at.came_back.valid()) return;
        for (const auto& [address, record] : scene.model.lists().lists()) {
            const ListPassage* passage = record.passage(scene.driver);
            if (record.handle != closing.handle || record.kind != TransferKind::send || !passage) continue;
            if (!passage->came_back.valid() || passage->completed.valid() || passage->came_back > at.came_back) continue;
            report.add(report.draft(scene).block(record.region),
                       scene.who() + " completes the disconnect before " + name(scene, record.region) + ", which came back earlier.");
            return;
        }
    });
}

void transfers_before_the_terminate(const Scene& scene, const Report& report) {
    if (!scene.by_intermediate_driver() || scene.operation->kind != OperationKind::terminate || !scene.passage->at_return.taken()) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        if (scene.now->blocks[i].status() < 0 || scene.shape().blocks[i].layer != Layer::connection) continue;
        const Address connection = scene.model.host_handle(scene.passage->at_arrival.blocks[i].slot_b());
        for (const auto& [address, record] : scene.model.lists().lists()) {
            const ListPassage* passage = record.passage(scene.driver);
            if (record.handle != connection || !passage || !passage->came_back.valid() || passage->completed.valid()) continue;
            const auto& given = scene.now->blocks[i].chain;
            if (std::ranges::find(given, address, &NetBufferListImage::address) != given.end()) continue;
            report.add(report.draft(scene).block(record.region),
                       scene.who() + " completes the terminate of " + scene.block_name(i) + " before it has passed the completion of " +
                           name(scene, record.region) + " up.");
        }
    }
}

// ---- who may touch a list ----

void left_alone_after_passing_on(const Scene& scene, const Report& report) {
    if (!scene.by_intermediate_driver()) return;
    const trace::Region& region = scene.replay().trace().region(scene.change->region);
    if (region.kind != RegionKind::net_buffer_list) return;
    const ListRecord* record = scene.model.lists().list(region.address);
    const ListPassage* passage = record && record->region == scene.change->region ? record->passage(scene.driver) : nullptr;
    if (!passage || passage->held() || record->in_block) return;  // of send data in a block IM-114 tells
    const trace::Member* member = trace::member_at(trace::net_buffer_list_members(), scene.change->offset);
    report.add(report.draft(scene).block(scene.change->region).member(member ? member->name : std::string_view("NetBufferListInfo"), scene.change->offset),
               scene.who() + " wrote into " + name(scene, scene.change->region) +
                   (passage->completed.valid() ? " after it had completed it." : " after it had passed it down."));
}

void received_data_left_alone(const Scene& scene, const Report& report) {
    if (!scene.by_intermediate_driver()) return;
    const trace::Region& changed = scene.replay().trace().region(scene.change->region);
    const RegionId list = changed.kind == RegionKind::net_buffer_list ? scene.change->region : changed.parent;
    if (!list.valid() || (changed.kind != RegionKind::net_buffer_list && changed.kind != RegionKind::net_buffer)) return;
    const LentRecord* record = scene.model.lists().lent(scene.replay().trace().region(list).address);
    const LentRecord::Through* through = record && record->region == list ? record->at(scene.driver) : nullptr;
    if (!through || record->state == LentRecord::State::refused) return;
    if (through->returned_to.valid() && !through->passed_on.valid()) return;  // it has it back, on the way down
    report.add(report.draft(scene).block(list), scene.who() + " wrote into " + name(scene, list) + ", received data that it has passed up.");
}

// ---- receive return ----

void returned_by_its_binding(const Scene& scene, const Report& report) {
    if (!scene.by_intermediate_driver() || !goes_down(scene) || !is_return(scene)) return;
    for (const auto& [address, region] : chain(scene)) {
        const LentRecord* record = scene.model.lists().lent(address);
        const LentRecord::Through* through = record ? record->at(scene.driver) : nullptr;
        if (!through || through->binding == 0 || through->binding == scene.event.subject) continue;
        report.add(report.draft(scene).block(region).values(through->binding, scene.event.subject),
                   scene.who() + " returns " + name(scene, region) + " over another binding than the one it came up on.");
    }
}

void returns_passed_on(const Scene& scene, const Report& report) {
    for (const auto& [address, record] : scene.model.lists().lent_lists())
        for (const LentRecord::Through& through : record.through)
            if (through.returned_to.valid() && !through.passed_on.valid() && scene.replay().is_intermediate_driver(through.layer))
                report.add(report.draft(scene).by(through.layer).at(through.returned_to).block(record.region),
                           scene.replay().layer_name(through.layer) + " was given " + name(scene, record.region) +
                               " back and did not return it to the driver below.");
}

}  // namespace

std::span<const Unit> list_units() {
    static constexpr Unit all[] = {
        {"IM-073", Moment::transfer, passed_on_as_it_came},
        {"IM-073", Moment::run_ended, nothing_kept},
        {"IM-075", Moment::transfer, returned_by_its_binding},
        {"IM-075", Moment::run_ended, returns_passed_on},
        {"IM-078", Moment::transfer, list_source_handle_restored},
        {"IM-079", Moment::transfer, completed_as_it_was_given},
        {"IM-079", Moment::run_ended, everything_completed},
        {"IM-080", Moment::transfer, outcome_unchanged},
        {"IM-081", Moment::transfer, record_popped},
        {"IM-082", Moment::transfer, right_edge},
        {"IM-083", Moment::transfer, sent_back_for_upload},
        {"IM-083", Moment::transfer, chain_sent_back_whole},
        {"IM-084", Moment::transfer, reserved_statuses},
        {"IM-085", Moment::transfer, order_on_the_way_down},
        {"IM-085", Moment::transfer, order_on_the_way_up},
        {"IM-086", Moment::transfer, calls_do_not_overlap},
        {"IM-087", Moment::transfer, one_list_to_disconnect},
        {"IM-095", Moment::memory_written, received_data_left_alone},
        {"IM-110", Moment::transfer, nothing_after_request_upload},
        {"IM-111", Moment::memory_written, left_alone_after_passing_on},
        {"IM-115", Moment::transfer, sends_above_before_the_disconnect},
        {"IM-115", Moment::operation_completed, transfers_before_the_terminate},
    };
    return all;
}

}  // namespace chimneylab::verifier
