// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Strict readings: promises that the pages make in one place and soften in another. Nothing here is looked at unless its reading
// is switched on (strict_readings.h).
#include <algorithm>
#include <string>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"
#include "engine/verifier/wdk_values.h"

namespace chimneylab::verifier {
namespace {

using State = ObjectRecord::State;


template <typename Look>
bool inside(const Scene& scene, Look look) {
    const trace::Trace& trace = scene.replay().trace();
    for (EventId at = scene.event.parent; at.valid(); at = trace.event(at).parent)
        if (trace.event(at).kind == trace::EventKind::enter && look(trace.event(at))) return true;
    return false;
}

bool inside_its_initiate(const Scene& scene, const ObjectRecord& object) {
    return inside(scene, [&](const trace::Event& open) {
        return open.layer == scene.driver && open.operation == object.initiate && open.operation.valid() &&
               scene.replay().trace().text(open.name) == "ProtocolInitiateOffloadComplete";
    });
}

void not_inside_the_completion(const Scene& scene, const Report& report) {
    if (!scene.by_host_stack()) return;
    const auto tell = [&](const ObjectRecord& object) {
        report.add(report.draft(scene).block(object.block), scene.who() + " uses " + scene.replay().region_name(object.block) +
                                                                 " inside the completion of its initiate: the target's completion call has not returned.");
    };
    if (!scene.operation) {
        const trace::Function* function = scene.replay().function(scene.event);
        const ObjectRecord* object = function->side == trace::Side::driver_calls_ndis && !function->completion ? scene.model.object(scene.event.subject) : nullptr;
        if (object && inside_its_initiate(scene, *object)) tell(*object);
        return;
    }
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const ObjectRecord* object = scene.model.object(scene.now->blocks[i].slot_b());
        if (scene.shape().blocks[i].role == Role::reference && object && inside_its_initiate(scene, *object)) return tell(*object);
    }
}

void no_link_to_what_is_invalid(const Scene& scene, const Report& report) {
    if (!host_begins(scene, OperationKind::initiate)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const ObjectRecord* object = scene.model.object(scene.now->blocks[i].slot_b());
        if (scene.shape().blocks[i].role != Role::linker || !object || !object->invalidated) continue;
        report.add(at_block(scene, report, i), scene.who() + " links new state to " + scene.block_name(i) + ", which it has invalidated.");
    }
}

void dependents_are_gone(const Scene& scene, const Report& report) {
    if (!host_begins(scene, OperationKind::terminate)) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const Address handle = scene.now->blocks[i].slot_b();
        if (handle == 0) continue;
        for (const auto& [address, object] : scene.model.objects()) {
            if (object.owner != scene.driver || object.parent != handle || object.state != State::offloaded || object.terminates == 0) continue;
            if (std::ranges::any_of(scene.now->blocks, [&, own = address](const BlockImage& each) { return each.slot_b() == own; })) continue;
            report.add(at_block(scene, report, i), "The terminate of " + scene.replay().region_name(object.block) + ", which depends on " + scene.block_name(i) +
                                                       ", has been issued, but not completed.");
            break;
        }
    }
}

void not_inside_the_handler(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || !scene.passage->arrived.valid()) return;
    EventId at = scene.event.parent;
    while (at.valid() && at != scene.passage->arrived) at = scene.replay().trace().event(at).parent;
    if (!at.valid()) return;
    report.add(report.draft(scene).block(scene.shape().blocks.front().region),
               scene.who() + " completes the operation inside the call that brought it.");
}

void quiet_while_offloading(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target()) return;
    const ObjectRecord* object = scene.model.object(scene.event.subject);
    if (!object || object->state != State::offloading) return;
    report.add(report.draft(scene).block(object->block),
               scene.who() + " indicates something about " + scene.replay().region_name(object->block) + " while its initiate is in progress.");
}

void queued_while_paused(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || scene.operation->kind != OperationKind::initiate || !scene.passage->at_arrival.taken()) return;
    const auto driver = scene.model.drivers().find(scene.driver);
    if (driver == scene.model.drivers().end() || !driver->second.asked_for_pause.valid()) return;
    std::size_t fresh = 0, refused = 0;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        if (scene.shape().blocks[i].role != Role::new_offload) continue;
        ++fresh;
        if (scene.now->blocks[i].status() == wdk::failure) ++refused;
    }
    if (fresh == 0 || refused < fresh) return;
    report.add(at_block(scene, report, 0).severity(Severity::warning),
               scene.who() + " refuses an initiate that was on its way when it asked for a pause; it should be kept and carried out later.");
}

// Seen when the host stack takes such a connection back.
void asked_back_when_invalid(const Scene& scene, const Report& report) {
    if (!host_begins(scene, OperationKind::terminate)) return;
    const auto layers = scene.replay().trace().layers();
    const auto target = std::ranges::find(layers, trace::LayerRole::offload_target, &trace::Layer::role);
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const ObjectRecord* object = scene.model.object(scene.now->blocks[i].slot_b());
        if (!object || object->layer != Layer::connection || object->must_upload.valid()) continue;
        for (const auto& [handle, lower] : scene.model.objects()) {
            if (lower.owner != object->owner || !lower.invalidated || !lower.exists() || !scene.model.depends_on(*object, handle)) continue;
            report.add(report.draft(scene).by(static_cast<LayerIndex>(target - layers.begin())).block(object->block),
                       scene.replay().region_name(lower.block) + " is invalid, and the target has not asked for " + scene.replay().region_name(object->block) + ", which depends on it.");
            break;
        }
    }
}

void no_indication_open(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || scene.operation->kind != OperationKind::terminate) return;
    if (!inside(scene, [&](const trace::Event& open) {
            const trace::Function* function = scene.replay().function(open);
            return open.other_layer == scene.driver && function &&
                   (function->group == trace::FunctionGroup::indication || function->group == trace::FunctionGroup::status_indication);
        }))
        return;
    report.add(at_block(scene, report, 0), scene.who() + " completes a terminate while one of its own indication calls is open.");
}

void waits_after_partial_acceptance(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || scene.function_name() != "NdisTcpOffloadReceiveHandler") return;
    const EventId refused = scene.model.lists().last_refusal(scene.event.subject);
    const EventId posted = scene.model.lists().last_post(scene.model.host_handle(scene.event.subject));
    if (!refused.valid() || (posted.valid() && posted > refused)) return;
    const EventId back = scene.replay().trace().closed_by(refused);
    if (!back.valid() || scene.replay().trace().event(back).status != wdk::partially_accepted) return;
    report.add(report.draft(scene).block(scene.event.region),
               scene.who() + " shows the rest of partly accepted data although no receive request has been posted since.");
}

void all_layers_are_back(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || scene.function_name() != "NdisMIndicateStatusEx" || scene.event.detail != wdk::offload_resume) return;
    const auto driver = scene.model.drivers().find(scene.driver);
    if (driver == scene.model.drivers().end() || !driver->second.upload_all.valid()) return;
    for (const auto& [address, object] : scene.model.objects()) {
        if (object.layer == Layer::connection || object.lower != 0 || object.state != State::offloaded || object.since > driver->second.upload_all) continue;
        report.add(report.draft(scene).block(object.block), scene.who() + " resumes although " + scene.replay().region_name(object.block) + " is still offloaded.");
        return;
    }
}

}  // namespace

std::span<const Unit> strict_units() {
    static constexpr Unit all[] = {
        {"HS-033", Moment::operation_handed_on, not_inside_the_completion, "inside-completion"},
        {"HS-033", Moment::transfer, not_inside_the_completion, "inside-completion"},
        {"HS-048", Moment::operation_handed_on, no_link_to_what_is_invalid, "link-to-invalid"},
        {"HS-051", Moment::operation_handed_on, dependents_are_gone, "dependents-gone"},
        {"OT-010", Moment::operation_completed, not_inside_the_handler, "inside-handler"},
        {"OT-030", Moment::indication, quiet_while_offloading, "quiet-offload"},
        {"OT-031", Moment::operation_completed, queued_while_paused, "queue-while-paused"},
        {"OT-046", Moment::operation_handed_on, asked_back_when_invalid, "invalid-state"},
        {"OT-052", Moment::operation_completed, no_indication_open, "adapter-wide-quiet"},
        {"OT-082", Moment::indication, waits_after_partial_acceptance, "partial-refusal"},
        {"OT-108", Moment::other_call, all_layers_are_back, "everything-back"},
    };
    return all;
}

}  // namespace chimneylab::verifier
