// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// I/O and indications on offloaded connections, as far as the chain of handles and single calls tell: which handle goes
// down, which comes up, and what handlers return. What concerns single NET_BUFFER_LISTs is not looked at here.
#include <algorithm>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"

namespace chimneylab::verifier {
namespace {

constexpr std::int32_t status_pending = 0x00000103;
constexpr std::uint8_t dispatch_level = 2;


// NdisOffloadTcpSend, …Receive, …Disconnect, …Forward: on a handle. (Receive-return is made on a binding.)
bool goes_down_on_handle(const Scene& scene) {
    const trace::Function& function = scene.function();
    return function.side == trace::Side::driver_calls_ndis && !function.completion && function.name != "NdisOffloadTcpReceiveReturn";
}

// The call of this driver's handler that it is serving, if that belongs to the same group.
const trace::Event* serving(const Scene& scene, trace::FunctionGroup group) {
    const EventId frame = scene.replay().frame_of(scene.driver);
    if (!frame.valid()) return nullptr;
    const trace::Event& handler = scene.replay().trace().event(frame);
    const trace::Function* function = scene.replay().function(handler);
    return function && function->group == group && !function->completion ? &handler : nullptr;
}

// The one object of this driver whose entry lies in the allocation that the context points into.
const ObjectRecord* object_of_context(const Scene& scene, Address context) {
    const AllocationRecord* entry = scene.replay().allocation(context);
    if (!entry || !entry->live() || entry->owner != scene.driver) return nullptr;
    const auto first = scene.model.objects().lower_bound(entry->address);
    if (first == scene.model.objects().end() || first->first >= entry->address + entry->size) return nullptr;
    const auto second = std::next(first);
    const bool only_one = second == scene.model.objects().end() || second->first >= entry->address + entry->size;
    return only_one ? &first->second : nullptr;
}

void handle_of_the_context(const Scene& scene, const Report& report) {
    if (!scene.by_intermediate_driver() || !goes_down_on_handle(scene)) return;
    const trace::Event* handler = serving(scene, trace::FunctionGroup::offloaded_io);
    const ObjectRecord* object = handler ? object_of_context(scene, handler->subject) : nullptr;
    if (!object || object->handle == scene.event.subject) return;
    report.add(report.draft(scene).block(object->block).values(object->handle, scene.event.subject),
               scene.who() + " passed " + std::string(scene.function().name) + " down with " +
                   scene.replay().meaning(scene.event.subject) + " instead of the handle in the entry that it was given.");
}

void only_pending(const Scene& scene, const Report& report) {
    if (scene.event.has_status == 0 || scene.event.status == status_pending) return;
    const std::string_view handler = scene.function().name;
    report.add(report.draft(scene).statuses(status_pending, scene.event.status)
                   .at_target(handler == "MiniportTcpOffloadReceive"      ? "OT-074"
                              : handler == "MiniportTcpOffloadDisconnect" ? "OT-089"
                              : handler == "MiniportTcpOffloadForward"    ? "OT-088"
                                                                          : "OT-065"),
               std::string(scene.function().name) + " of " + scene.who() + " returned " + trace::status_text(scene.event.status) +
                   "; these handlers return NDIS_STATUS_PENDING and tell the outcome by completing.");
}

bool is_receive_return(const Scene& scene) { return scene.function().name == "MiniportTcpOffloadReceiveReturn"; }

void pending_from_transfers(const Scene& scene, const Report& report) {
    if (!is_receive_return(scene)) only_pending(scene, report);
}

void success_from_receive_return(const Scene& scene, const Report& report) {
    if (!is_receive_return(scene) || scene.event.has_status == 0 || scene.event.status == 0) return;
    report.add(report.draft(scene).statuses(0, scene.event.status), "MiniportTcpOffloadReceiveReturn of " + scene.who() + " returned " +
                                                                        trace::status_text(scene.event.status) + ".");
}

void offloaded_at_all(const Scene& scene, const Report& report) {
    if (!goes_down_on_handle(scene)) return;
    const RegionId handle = scene.replay().region_at(RegionKind::offload_handle, scene.event.subject);
    if (!handle.valid() || scene.replay().word(handle, handle_offset::miniport_offload_context) != 0) return;
    const ObjectRecord* object = scene.model.object(scene.event.subject);
    report.add(report.draft(scene).block(handle).member("MiniportOffloadContext", handle_offset::miniport_offload_context).seen_only(0)
                   .at_host(object && object->state == ObjectRecord::State::terminated ? "HS-059" : "HS-033"),
               scene.who() + " calls " + std::string(scene.function().name) + " on " + scene.replay().region_name(handle) +
                   ", which is not offloaded.");
}

void completed_with_source(const Scene& scene, const Report& report) {
    const trace::Function& function = scene.function();
    if (function.side != trace::Side::driver_calls_ndis || !function.completion) return;
    Address at = scene.event.detail;
    for (std::size_t limit = 0; at != 0 && limit < 4096; ++limit) {
        const RegionId list = scene.replay().region_at(RegionKind::net_buffer_list, at);
        if (!list.valid()) return;
        if (scene.replay().word(list, net_buffer_list_offset::source_handle) == 0)
            report.add(report.draft(scene).block(list).member("SourceHandle", net_buffer_list_offset::source_handle).seen_only(0),
                       scene.who() + " completes a NET_BUFFER_LIST whose SourceHandle is NULL: NDIS cannot tell whose it is.");
        at = scene.replay().word(list, net_buffer_list_offset::next);
    }
}

// NdisTcpOffloadEventHandler and NdisTcpOffloadReceiveHandler name the object by the overlying driver's handle.
void overlying_handle_indicated(const Scene& scene, const Report& report) {
    if (scene.function().name == "NdisMOffloadEventIndicate") return;
    const trace::Event* handler = serving(scene, trace::FunctionGroup::indication);
    const ObjectRecord* own = handler ? scene.model.object(handler->subject) : nullptr;
    const ObjectRecord* named = scene.model.object(scene.event.subject);
    const bool forwarded_right = !own || own->owner != scene.driver || own->upper == scene.event.subject;
    const bool of_driver_above = !named || named->owner != scene.driver;
    if (forwarded_right && of_driver_above) return;
    Draft draft = report.draft(scene);
    if (own && own->owner == scene.driver) draft.values(own->upper, scene.event.subject).block(own->block);
    else draft.seen_only(scene.event.subject).block(named->block);
    report.add(std::move(draft), scene.who() + " indicates with " + scene.replay().meaning(scene.event.subject) +
                                     (of_driver_above ? ", which is not the handle it was given for this object."
                                                      : ", a handle of its own: the indication comes back to itself."));
}

void indicated_at_dispatch(const Scene& scene, const Report& report) {
    if (scene.event.irql == dispatch_level) return;
    report.add(report.draft(scene).seen_only(scene.event.irql, 1),
               scene.who() + " calls " + std::string(scene.function().name) + " at IRQL " + std::to_string(scene.event.irql) +
                   " instead of DISPATCH_LEVEL.");
}

}  // namespace

std::span<const Unit> transfer_units() {
    static constexpr Unit all[] = {
        {"IM-074", Moment::transfer, handle_of_the_context},
        {"IM-076", Moment::transfer_handler_returned, pending_from_transfers},
        {"IM-077", Moment::transfer_handler_returned, success_from_receive_return},
        {"IM-088", Moment::transfer, offloaded_at_all},
        {"IM-089", Moment::transfer, completed_with_source},
        {"IM-090", Moment::indication, overlying_handle_indicated},
        {"IM-122", Moment::indication, indicated_at_dispatch},
    };
    return all;
}

}  // namespace chimneylab::verifier
