// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// NDIS itself: what it writes on the way down, whom it calls on the way up, and that it writes nothing else.
#include <algorithm>

#include "engine/trace/text.h"
#include "engine/verifier/strict_readings.h"
#include "engine/verifier/units.h"
#include "engine/verifier/wdk_values.h"

namespace chimneylab::verifier {
namespace {


// The call of NDIS inside which a handler runs.
const trace::Event* enclosing_call(const Scene& scene) {
    if (!scene.event.parent.valid()) return nullptr;
    const trace::Event& parent = scene.replay().trace().event(scene.event.parent);
    return parent.kind == trace::EventKind::enter ? &parent : nullptr;
}

bool arrives_from_peer(const Scene& scene) {
    return scene.peer && scene.peer->at_hand_on.taken() && scene.peer->handed_on == scene.event.parent;
}

Draft by_ndis(const Scene& scene, const Report& report, std::size_t i, std::uint32_t offset, bool miniport) {
    return std::move(report.draft(scene).by(trace::ndis_layer).block(upper_block(scene, i))
                         .member(member_name(offset, miniport), offset));
}

// Blocks that a driver has cut off are none of NDIS's business.
std::vector<bool> walked(const Scene& scene) {
    return reached(scene.operation->shapes[scene.passage->upper_shape], *scene.now);
}

void source_handle_of_root_only(const Scene& scene, const Report& report) {
    const trace::Event* call = enclosing_call(scene);
    if (!arrives_from_peer(scene) || !call) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const std::uint64_t wanted = i == 0 ? call->subject : scene.peer->at_hand_on.blocks[i].source_handle();
        const std::uint64_t seen = scene.now->blocks[i].source_handle();
        if (wanted == seen) continue;
        report.add(by_ndis(scene, report, i, block_offset::source_handle, true).values(wanted, seen),
                   i == 0 ? "NDIS did not set SourceHandle of the root to the calling binding."
                          : "SourceHandle of " + scene.block_name(i) + " was written on the way down; NDIS writes the root's only.");
    }
}

void first_binding_stays(const Scene& scene, const Report& report) {
    const trace::Event* call = enclosing_call(scene);
    if (!arrives_from_peer(scene) || !call) return;
    const std::vector<bool> visited = walked(scene);
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        if (!visited[i]) continue;
        const BlockImage& before = scene.peer->at_hand_on.blocks[i];
        if (!before.handle_region.valid() || scene.now->blocks[i].handle_region != before.handle_region) continue;
        const std::uint64_t wanted = before.handle_reserved == 0 ? call->subject : before.handle_reserved;
        const std::uint64_t seen = scene.now->blocks[i].handle_reserved;
        if (wanted == seen) continue;
        report.add(report.draft(scene).by(trace::ndis_layer).block(before.handle_region)
                       .member("NdisReserved[0]", handle_offset::ndis_reserved).values(wanted, seen),
                   before.handle_reserved == 0 ? "NDIS did not note the binding in the handle of " + scene.block_name(i) + "."
                                               : "NDIS overwrote the binding in the handle of " + scene.block_name(i) + ".");
    }
}

void context_slot_points_into_handle(const Scene& scene, const Report& report) {
    const std::vector<bool> visited = walked(scene);
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const BlockImage& image = scene.now->blocks[i];
        if (!visited[i]) continue;
        const std::uint64_t wanted = image.slot_b() == 0 ? 0 : image.slot_b() + handle_offset::miniport_offload_context;
        if (image.slot_a() == wanted) continue;
        report.add(by_ndis(scene, report, i, block_offset::slot_a, true).values(wanted, image.slot_a()),
                   "MiniportOffloadContext of " + scene.block_name(i) +
                       " is not the address of MiniportOffloadContext in the overlying handle.");
    }
}

// An initiate that came back from inside NdisInitiateOffload: nobody below has initiate handlers.
bool answered_by_ndis(const Scene& scene) {
    const trace::Event* call = enclosing_call(scene);
    const trace::Function* function = call ? scene.replay().function(*call) : nullptr;
    return function && function->group == trace::FunctionGroup::state_manipulation && !function->completion &&
           scene.passage->handed_on == scene.event.parent;
}

void answers_for_missing_handlers(const Scene& scene, const Report& report) {
    if (!answered_by_ndis(scene)) return;
    const trace::Event* call = enclosing_call(scene);
    const bool strict = of_strict_machine(scene.replay().trace().description());
    const std::vector<bool> visited = walked(scene);
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        if (!visited[i]) continue;
        const BlockImage& then = scene.passage->at_hand_on.blocks[i];
        const BlockImage& now = scene.now->blocks[i];
        if (now.status() != wdk::not_supported)
            report.add(by_ndis(scene, report, i, block_offset::status, false).statuses(wdk::not_supported, now.status()),
                       "NDIS answered for a driver without handlers, but Status of " + scene.block_name(i) + " does not say so.");
        for (std::uint32_t at = 0; at < block_offset::size; at += 8) {
            if (at == block_offset::status) continue;
            if (strict && at >= block_offset::miniport_reserved_0 && at < block_offset::source_handle &&
                at != block_offset::im_reserved_0 && at != block_offset::im_reserved_1)
                continue;
            const std::uint64_t wanted = i == 0 && at == block_offset::source_handle ? call->subject : then.word(at);
            if (now.word(at) == wanted) continue;
            report.add(by_ndis(scene, report, i, at, false).values(wanted, now.word(at)),
                       "NDIS answered for a driver without handlers and should have left " +
                           std::string(member_name(at, false)) + " of " + scene.block_name(i) + " alone.");
        }
        if (then.handle_reserved != now.handle_reserved || then.handle_context != now.handle_context)
            report.add(report.draft(scene).by(trace::ndis_layer).block(now.handle_region)
                           .member("NdisReserved[0]", handle_offset::ndis_reserved)
                           .values(then.handle_reserved, now.handle_reserved),
                       "NDIS answered for a driver without handlers and should have left the handle of " + scene.block_name(i) +
                           " alone.");
    }
}

void routed_by_source_handle(const Scene& scene, const Report& report) {
    const trace::Function* function = scene.replay().function(scene.event);
    if (!function || function->side != trace::Side::ndis_calls_driver || !function->completion) return;
    const std::uint64_t source = scene.replay().word(scene.event.region, block_offset::source_handle);
    const BindingRecord* binding = scene.replay().binding(source);
    if (!binding || binding->owner == scene.driver) return;
    report.add(report.draft(scene).by(trace::ndis_layer).block(scene.event.region)
                   .member("SourceHandle", block_offset::source_handle).seen_only(source),
               "NDIS called " + scene.who() + ", but SourceHandle of the root is " + scene.replay().meaning(source) + ".");
}

void nothing_written_on_the_way_up(const Scene& scene, const Report& report) {
    if (!scene.peer || scene.peer->completed != scene.event.parent || !scene.peer->at_completion.taken()) return;
    for (std::size_t i = 0; i < std::min(scene.now->blocks.size(), scene.peer->at_completion.blocks.size()); ++i) {
        const BlockImage& then = scene.peer->at_completion.blocks[i];
        const BlockImage& now = scene.now->blocks[i];
        const RegionId block = scene.operation->shapes[scene.passage->lower_shape].blocks[i].region;
        for (std::uint32_t at = 0; at < block_offset::size; at += 8)
            if (then.word(at) != now.word(at))
                report.add(report.draft(scene).by(trace::ndis_layer).block(block).member(member_name(at, false), at)
                               .values(then.word(at), now.word(at)),
                           "NDIS changed " + std::string(member_name(at, false)) + " of " + scene.block_name(i) +
                               " on the way up.");
        if (then.following != now.following)
            report.add(report.draft(scene).by(trace::ndis_layer).block(block).member("state", 0),
                       "NDIS changed the state behind " + scene.block_name(i) + " on the way up.");
        if (then.handle_region == now.handle_region &&
            (then.handle_reserved != now.handle_reserved || then.handle_context != now.handle_context))
            report.add(report.draft(scene).by(trace::ndis_layer).block(now.handle_region)
                           .member("NdisReserved[0]", handle_offset::ndis_reserved)
                           .values(then.handle_reserved, now.handle_reserved),
                       "NDIS changed the handle of " + scene.block_name(i) + " on the way up.");
        const bool data_changed = !std::ranges::equal(then.chain, now.chain, [](const auto& a, const auto& b) {
            return a.address == b.address && a.source_handle == b.source_handle && a.status == b.status;
        });
        if (data_changed)
            report.add(report.draft(scene).by(trace::ndis_layer).block(block)
                           .member("NetBufferListChain", block_offset::net_buffer_list_chain),
                       "NDIS changed the NET_BUFFER_LISTs of " + scene.block_name(i) + " on the way up.");
    }
}

// The handler is given what stands in the handle of the call that NDIS serves.
void context_passed_by_value(const Scene& scene, const Report& report) {
    const trace::Function* function = scene.replay().function(scene.event);
    const trace::Event* call = enclosing_call(scene);
    if (!call || function->side != trace::Side::ndis_calls_driver || function->completion ||
        function->name == "MiniportTcpOffloadReceiveReturn")
        return;
    const RegionId handle = scene.replay().region_at(RegionKind::offload_handle, call->subject);
    if (!handle.valid()) return;
    const std::uint64_t wanted = scene.replay().word(handle, handle_offset::miniport_offload_context);
    if (wanted == scene.event.subject) return;
    report.add(report.draft(scene).by(trace::ndis_layer).block(handle)
                   .member("MiniportOffloadContext", handle_offset::miniport_offload_context).values(wanted, scene.event.subject),
               "NDIS did not pass " + std::string(function->name) + " the value of MiniportOffloadContext in the handle.");
}

void run_goes_to_its_binding(const Scene& scene, const Report& report) {
    const trace::Function* function = scene.replay().function(scene.event);
    if (function->side != trace::Side::ndis_calls_driver || !function->completion) return;
    const Model::Completion* completion = scene.model.completion(scene.event.parent);
    if (!completion || !completion->watched) return;
    const auto run = std::ranges::find(completion->runs, scene.event.detail, &Model::Run::head);
    if (run == completion->runs.end()) {
        report.add(report.draft(scene).by(trace::ndis_layer).seen_only(scene.event.detail),
                   "NDIS cut the completed chain at a NET_BUFFER_LIST where SourceHandle does not change.");
        return;
    }
    const BindingRecord* binding = scene.replay().binding(run->source);
    if (binding && binding->owner != scene.driver)
        report.add(report.draft(scene).by(trace::ndis_layer).seen_only(run->source),
                   "NDIS delivered completed NET_BUFFER_LISTs to " + scene.who() + ", but their SourceHandle is " +
                       scene.replay().meaning(run->source) + ".");
}

// What the machine stopped or could not deliver it has told itself.
bool told_of_by_machine(const Scene& scene) {
    const trace::Trace& trace = scene.replay().trace();
    for (std::uint32_t at = scene.event.partner.value + 1; at < scene.id.value; ++at)
        if (trace.event(EventId(at)).kind == trace::EventKind::finding && trace.event(EventId(at)).parent == scene.event.partner)
            return true;
    return false;
}

void every_run_delivered(const Scene& scene, const Report& report) {
    const Model::Completion* completion = scene.model.completion(scene.event.partner);
    if (!completion || !completion->watched) return;
    for (const Model::Run& run : completion->runs) {
        const BindingRecord* binding = scene.replay().binding(run.source);
        if (run.delivered || !binding || binding->closed.valid() || told_of_by_machine(scene)) continue;  // a wrong SourceHandle is a driver's mistake
        report.add(report.draft(scene).by(trace::ndis_layer).at(scene.event.partner).seen_only(run.head),
                   "NDIS did not deliver the completed NET_BUFFER_LISTs of " + scene.replay().meaning(run.source) +
                       " as a chain of their own.");
    }
}

}  // namespace

std::span<const Unit> ndis_units() {
    static constexpr Unit all[] = {
        {"IM-101", Moment::operation_arrives, source_handle_of_root_only},
        {"IM-102", Moment::operation_arrives, first_binding_stays},
        {"IM-103", Moment::operation_arrives, context_slot_points_into_handle},
        {"IM-104", Moment::completion_arrives, answers_for_missing_handlers},
        {"IM-105", Moment::completion_arrives, routed_by_source_handle},
        {"IM-105", Moment::operation_out_of_turn, routed_by_source_handle},
        {"IM-106", Moment::transfer, context_passed_by_value},
        {"IM-107", Moment::transfer, run_goes_to_its_binding},
        {"IM-107", Moment::transfer_returned, every_run_delivered},
        {"IM-108", Moment::completion_arrives, nothing_written_on_the_way_up},
    };
    return all;
}

}  // namespace chimneylab::verifier
