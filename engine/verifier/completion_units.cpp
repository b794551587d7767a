// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What a driver gives back when it completes an operation upward: the members it borrowed, every Status, once, with the
// right function.
#include <algorithm>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"

namespace chimneylab::verifier {
namespace {

// A completion that travels up through an intermediate driver which had passed the operation down.
bool travels_up(const Scene& scene) { return scene.passage->handed_on.valid() && scene.passage->at_arrival.taken(); }

// The driver whose Status values these are: the target, or a driver that answers by itself.
bool decides_status(const Scene& scene) { return !scene.passage->handed_on.valid(); }

Draft member_of(const Scene& scene, const Report& report, std::size_t i, std::uint32_t offset) {
    return std::move(report.draft(scene).block(upper_block(scene, i)).member(member_name(offset, true), offset)
                         .values(scene.passage->at_arrival.blocks[i].word(offset), scene.now->blocks[i].word(offset)));
}

bool differs(const Scene& scene, std::size_t i, std::uint32_t offset) {
    return scene.passage->at_arrival.blocks[i].word(offset) != scene.now->blocks[i].word(offset);
}

void completed_once(const Scene& scene, const Report& report) {
    const RegionId block = scene.operation ? scene.shape().blocks.front().region : scene.event.region;
    if (scene.turn == Turn::completed_twice)
        report.add(report.draft(scene).block(block), scene.who() + " completed an operation that it had completed before.");
    else if (scene.turn == Turn::never_accepted)
        report.add(report.draft(scene).block(block), scene.who() + " completed a tree that is not under way at it.");
}

void completed_at_all(const Scene& scene, const Report& report) {
    for (const OperationRecord* operation : scene.model.under_way())
        for (const Passage& passage : operation->passages) {
            if (!passage.arrived.valid() || passage.completed.valid()) continue;
            const bool target = scene.replay().is_offload_target(passage.layer);
            if (!target && !passage.came_back.valid()) continue;  // lost further down, or IM-028
            report.add(report.draft(scene).operation(*operation).by(passage.layer)
                           .at(target ? passage.arrived : passage.came_back).block(operation->shape().blocks.front().region),
                       scene.replay().layer_name(passage.layer) + " never completed the operation: the drivers above wait for it.");
        }
}

void source_handle_restored(const Scene& scene, const Report& report) {
    if (!travels_up(scene) || !differs(scene, 0, block_offset::source_handle)) return;
    report.add(member_of(scene, report, 0, block_offset::source_handle),
               scene.who() + " completes upward without having put SourceHandle of the root back: NDIS will call the driver "
                             "that it names now.");
}

bool root_words_wrong(const Scene& scene, bool& entry_word, bool& other_word) {
    const unsigned used = scene.passage->call_entry_word;
    entry_word = differs(scene, 0, block_offset::im_reserved_0 + 8 * used);
    other_word = differs(scene, 0, block_offset::im_reserved_0 + 8 * (1 - used));
    return entry_word || other_word;
}

void im_reserved_restored(const Scene& scene, const Report& report) {
    if (!travels_up(scene)) return;
    bool entry_word = false, other_word = false;
    if (root_words_wrong(scene, entry_word, other_word) && entry_word) {
        const std::uint32_t offset = block_offset::im_reserved_0 + 8 * scene.passage->call_entry_word;
        report.add(member_of(scene, report, 0, offset),
                   scene.who() + " completes upward without having put ImReserved of the root back" +
                       (other_word ? ", neither word of it." : "."));
    }
    for (std::size_t i = 1; i < scene.now->blocks.size(); ++i)
        for (const std::uint32_t offset : {block_offset::im_reserved_0, block_offset::im_reserved_1})
            if (differs(scene, i, offset))
                report.add(member_of(scene, report, i, offset),
                           scene.who() + " changed ImReserved of " + scene.block_name(i) + " and did not put it back.");
}

void both_words_restored(const Scene& scene, const Report& report) {
    if (!travels_up(scene)) return;
    bool entry_word = false, other_word = false;
    if (!root_words_wrong(scene, entry_word, other_word) || entry_word || !other_word) return;
    const std::uint32_t offset = block_offset::im_reserved_0 + 8 * (1 - scene.passage->call_entry_word);
    report.add(member_of(scene, report, 0, offset),
               scene.who() + " put back one word of the root's ImReserved only; a driver above may use the other one.");
}

void handles_restored(const Scene& scene, const Report& report) {
    if (!travels_up(scene)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i)
        if (differs(scene, i, block_offset::slot_b))
            report.add(member_of(scene, report, i, block_offset::slot_b),
                       scene.who() + " completes upward without having put the overlying driver's handle back into " +
                           scene.block_name(i) + ".");
}

void context_slot_restored(const Scene& scene, const Report& report) {
    if (!travels_up(scene)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i)
        if (!differs(scene, i, block_offset::slot_b) && differs(scene, i, block_offset::slot_a))
            report.add(member_of(scene, report, i, block_offset::slot_a),
                       scene.who() + " completes upward with MiniportOffloadContext of " + scene.block_name(i) +
                           " pointing elsewhere than into the overlying driver's handle.");
}

void status_passed_on(const Scene& scene, const Report& report) {
    if (!travels_up(scene) || !scene.passage->at_return.taken()) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const std::int32_t came = scene.passage->at_return.blocks[i].status();
        const std::int32_t goes = scene.now->blocks[i].status();
        if (came == goes) continue;
        report.add(report.draft(scene).block(upper_block(scene, i)).member("Status", block_offset::status).statuses(came, goes),
                   scene.who() + " changed Status of " + scene.block_name(i) + " on the way up.");
    }
}

// Nobody wrote the Status and it is none that the operation knows: it was forgotten.
bool forgotten(const Scene& scene, std::size_t i) {
    return scene.passage->at_arrival.taken() &&
           scene.passage->at_arrival.blocks[i].status() == scene.now->blocks[i].status() &&
           !allowed_status(scene.operation->kind, scene.now->blocks[i].status());
}

void status_allowed(const Scene& scene, const Report& report) {
    if (!decides_status(scene)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const std::int32_t status = scene.now->blocks[i].status();
        if (allowed_status(scene.operation->kind, status) || forgotten(scene, i)) continue;
        report.add(report.draft(scene).block(upper_block(scene, i)).member("Status", block_offset::status)
                       .at_target(scene.operation->kind == OperationKind::initiate ? "OT-021" : "OT-012")
                       .statuses(0, status).meanings("a status of " + std::string(trace::to_text(scene.operation->kind)),
                                                     trace::status_text(status)),
                   trace::status_text(status) + " in " + scene.block_name(i) + " is no status of the operation " +
                       std::string(trace::to_text(scene.operation->kind)) + ".");
    }
}

void status_present(const Scene& scene, const Report& report) {
    if (!decides_status(scene)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        if (!forgotten(scene, i)) continue;
        report.add(report.draft(scene).block(upper_block(scene, i)).member("Status", block_offset::status)
                       .seen_only(static_cast<std::uint32_t>(scene.now->blocks[i].status()), 4),
                   scene.who() + " completed the operation without writing Status of " + scene.block_name(i) + ".");
    }
}

void matching_function(const Scene& scene, const Report& report) {
    if (scene.kind == scene.operation->kind) return;
    report.add(report.draft(scene).block(upper_block(scene, 0))
                   .meanings(std::string(trace::to_text(scene.operation->kind)), std::string(trace::to_text(scene.kind))),
               scene.who() + " completed an operation of kind " + std::string(trace::to_text(scene.operation->kind)) + " with " +
                   std::string(scene.function_name()) + ".");
}

void placeholders_succeed(const Scene& scene, const Report& report) {
    if (!decides_status(scene)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const std::int32_t status = scene.now->blocks[i].status();
        if (scene.shape().blocks[i].role != Role::placeholder || status == 0 || forgotten(scene, i) ||
            !allowed_status(scene.operation->kind, status))
            continue;
        report.add(report.draft(scene).block(upper_block(scene, i)).member("Status", block_offset::status).statuses(0, status),
                   scene.block_name(i) + " is a placeholder; there is nothing in it that could fail.");
    }
}

}  // namespace

std::span<const Unit> completion_units() {
    static constexpr Unit all[] = {
        {"IM-032", Moment::operation_completed, both_words_restored},
        {"IM-049", Moment::operation_out_of_turn, completed_once},
        {"IM-049", Moment::run_ended, completed_at_all},
        {"IM-050", Moment::operation_completed, source_handle_restored},
        {"IM-051", Moment::operation_completed, im_reserved_restored},
        {"IM-052", Moment::operation_completed, handles_restored},
        {"IM-053", Moment::operation_completed, context_slot_restored},
        {"IM-057", Moment::operation_completed, status_passed_on},
        {"IM-058", Moment::operation_completed, status_allowed},
        {"IM-059", Moment::operation_completed, status_present},
        {"IM-070", Moment::operation_completed, matching_function},
        {"IM-123", Moment::operation_completed, placeholders_succeed},
    };
    return all;
}

}  // namespace chimneylab::verifier
