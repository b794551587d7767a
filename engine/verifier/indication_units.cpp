// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What may not happen beside an initiate or after a terminate: indications, other completions, I/O passed down.
#include "engine/trace/text.h"
#include "engine/verifier/units.h"

namespace chimneylab::verifier {
namespace {

using State = ObjectRecord::State;

// Does the driver only pass on what came from below?
bool forwards(const Scene& scene) {
    const EventId frame = scene.replay().frame_of(scene.driver);
    if (!frame.valid()) return false;
    const trace::Function* function = scene.replay().function(scene.replay().trace().event(frame));
    return function && function->group == trace::FunctionGroup::indication;
}

void others_complete_before_terminate(const Scene& scene, const Report& report) {
    if (scene.operation->kind != OperationKind::terminate || scene.passage->handed_on.valid()) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        if (scene.now->blocks[i].status() < 0) continue;
        const ObjectRecord* object = scene.model.object(scene.passage->at_arrival.blocks[i].slot_b());
        const std::uint32_t open = object ? object->queries + object->updates + object->invalidates : 0;
        if (open == 0) continue;
        report.add(report.draft(scene).block(scene.shape().blocks[i].region).at_target("OT-051"),
                   scene.who() + " completes the terminate of " + scene.block_name(i) + " while " + std::to_string(open) +
                       (open == 1 ? " other operation" : " other operations") + " on it must still be completed.");
    }
}

void silent_after_terminate(const Scene& scene, const Report& report) {
    if (forwards(scene)) return;
    const ObjectRecord* object = scene.model.object(scene.event.subject);
    const Model::Gone* gone = scene.model.gone(scene.event.subject);
    if (!gone && (!object || object->state != State::terminated)) return;
    const RegionId block = gone ? gone->block : object->block;
    report.add(report.draft(scene).block(block).seen_only(scene.event.subject),
               scene.who() + " indicates on " + scene.replay().region_name(block) + " after its terminate was complete.");
}

void silent_before_initiate_completes(const Scene& scene, const Report& report) {
    if (!scene.by_intermediate_driver()) return;
    const ObjectRecord* object = scene.model.object(scene.event.subject);
    if (!object || object->state != State::offloading) return;
    const OperationRecord* operation = scene.model.operation_numbered(object->last_operation);
    const Passage* passage = operation ? operation->passage(scene.driver) : nullptr;
    if (!passage || !passage->came_back.valid() || passage->completed.valid()) return;
    const bool data = scene.function_name() == "NdisTcpOffloadReceiveHandler";
    report.add(report.draft(scene).operation(*operation).block(object->block)
                   .severity(data ? Severity::error : Severity::warning),
               scene.who() + " indicates on the new object " + scene.replay().region_name(object->block) +
                   " before it has completed the initiate upward: the drivers above do not know that it is offloaded.");
}

void transfers_before_terminate(const Scene& scene, const Report& report) {
    if (!scene.by_intermediate_driver()) return;
    const std::string_view name = scene.function_name();
    if (name != "NdisOffloadTcpSend" && name != "NdisOffloadTcpForward") return;
    const ObjectRecord* object = scene.model.object(scene.event.subject);
    const Model::Gone* gone = scene.model.gone(scene.event.subject);
    if (!gone && (!object || (object->terminates == 0 && object->state != State::terminated))) return;
    // What came in after the terminate had gone down is not this driver's mistake.
    if (object)
        for (const auto& link : scene.model.lists().chain(scene.event.detail))
            if (const ListRecord* list = scene.model.lists().list(link.address))
                if (const ListPassage* at = list->passage(scene.driver); at && at->arrived > object->terminate_passed) return;
    const RegionId block = gone ? gone->block : object->block;
    report.add(report.draft(scene).block(block).seen_only(scene.event.subject),
               scene.who() + " passed " + (name == "NdisOffloadTcpSend" ? "a send" : "a forward") + " of " +
                   scene.replay().region_name(block) + " down after its terminate.");
}

}  // namespace

std::span<const Unit> indication_units() {
    static constexpr Unit all[] = {
        {"IM-071", Moment::operation_completed, others_complete_before_terminate},
        {"IM-071", Moment::indication, silent_after_terminate},
        {"IM-072", Moment::indication, silent_before_initiate_completes},
        {"IM-116", Moment::transfer, transfers_before_terminate},
    };
    return all;
}

}  // namespace chimneylab::verifier
