// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What the machine found by itself joins the list under identifiers of its own; so do completions that it lost or doubled
// on request, because something must stand where the promises that this broke begin.
#include "engine/verifier/units.h"

namespace chimneylab::verifier {
namespace {

void found(const Scene& scene, const Report& report) {
    if (rule_of(static_cast<trace::FindingKind>(scene.event.detail)) != &report.rule()) return;
    Draft draft = report.draft(scene);
    if (scene.event.region.valid()) draft.block(scene.event.region);
    if (scene.event.subject != 0) draft.seen_only(scene.event.subject);
    if (!scene.event.operation.valid())
        if (const OperationRecord* operation = scene.model.operation_in_frame(scene.driver)) draft.operation(*operation);
    report.add(std::move(draft), std::string(scene.replay().trace().text(scene.event.name)));
}

void completion_fault(const Scene& scene, const Report& report, trace::CompletionFault fault) {
    if (scene.event.detail != static_cast<std::uint64_t>(fault)) return;
    Draft draft = report.draft(scene);
    if (scene.event.region.valid()) draft.block(scene.event.region);
    report.add(std::move(draft), "An injected fault: " + std::string(scene.replay().trace().text(scene.event.name)) +
                                     ". No driver is to blame for what follows from it.");
}

void lost(const Scene& scene, const Report& report) { completion_fault(scene, report, trace::CompletionFault::dropped); }
void twice(const Scene& scene, const Report& report) { completion_fault(scene, report, trace::CompletionFault::doubled); }

}  // namespace

std::span<const Unit> machine_units() {
    static constexpr Unit all[] = {
        {"INJ-001", Moment::fault_injected, lost},    {"INJ-002", Moment::fault_injected, twice},
        {"MEM-001", Moment::found_by_machine, found}, {"MEM-002", Moment::found_by_machine, found},
        {"MEM-003", Moment::found_by_machine, found}, {"MEM-004", Moment::found_by_machine, found},
        {"MEM-005", Moment::found_by_machine, found}, {"MEM-006", Moment::found_by_machine, found},
        {"MEM-007", Moment::found_by_machine, found}, {"MEM-008", Moment::found_by_machine, found},
        {"MEM-009", Moment::found_by_machine, found}, {"MEM-010", Moment::found_by_machine, found},
        {"MEM-011", Moment::found_by_machine, found}, {"MEM-012", Moment::found_by_machine, found},
        {"MEM-013", Moment::found_by_machine, found}, {"MEM-014", Moment::found_by_machine, found},
    };
    return all;
}

}  // namespace chimneylab::verifier
