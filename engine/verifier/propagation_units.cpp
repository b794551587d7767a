// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What an intermediate driver does with a tree between MiniportXxxOffload and its NdisXxxOffload: it passes the same tree
// on, with its call entry in ImReserved, and leaves the rest as it came.
#include <algorithm>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"

namespace chimneylab::verifier {
namespace {

// The blocks that the driver passed down against those that it was given, index by index.
bool passed_on(const Scene& scene) { return scene.passage->at_arrival.taken() && scene.passage->at_hand_on.taken(); }
bool in_place(const Scene& scene) { return scene.passage->upper_shape == scene.passage->lower_shape; }
const TreeShape& given_tree(const Scene& scene) { return scene.operation->shapes[scene.passage->upper_shape]; }

void same_function(const Scene& scene, const Report& report) {
    if (!scene.passage->at_arrival.taken() || scene.kind == scene.operation->kind) return;
    report.add(report.draft(scene).block(given_tree(scene).blocks.front().region)
                   .meanings(std::string(trace::to_text(scene.operation->kind)), std::string(trace::to_text(scene.kind))),
               scene.who() + " was given an operation of kind " + std::string(trace::to_text(scene.operation->kind)) +
                   " and passed it down as " + std::string(trace::to_text(scene.kind)) + ".");
}

void own_lower_binding(const Scene& scene, const Report& report) {
    if (!scene.by_intermediate_driver() || !scene.replay().knows_bindings_of(scene.driver)) return;
    const BindingRecord* binding = scene.replay().binding(scene.event.subject);
    if (binding && binding->owner == scene.driver) return;
    report.add(report.draft(scene).seen_only(scene.event.subject),
               scene.who() + " passed the tree down on " + scene.replay().meaning(scene.event.subject) +
                   ", which is no binding of its own.");
}

void once(const Scene& scene, const Report& report) {
    const auto block = [&] { return scene.operation ? scene.shape().blocks.front().region : scene.event.region; };
    switch (scene.turn) {
    case Turn::passed_down_twice:
        report.add(report.draft(scene).block(block()), scene.who() + " passed the same operation down a second time.");
        break;
    case Turn::passed_down_after_completing:
        report.add(report.draft(scene).block(block()), scene.who() + " had completed the operation and passed it down as well.");
        break;
    case Turn::completed_while_below:
        report.add(report.draft(scene).block(block()), scene.who() +
                                                           " passed the operation down and completed it as well, before it "
                                                           "came back.");
        break;
    default: break;
    }
}

void never_neither(const Scene& scene, const Report& report) {
    for (const OperationRecord* operation : scene.model.under_way())
        for (const Passage& passage : operation->passages) {
            if (!passage.arrived.valid() || passage.handed_on.valid() || passage.completed.valid() ||
                !scene.replay().is_intermediate_driver(passage.layer))
                continue;
            report.add(report.draft(scene).operation(*operation).by(passage.layer).at(passage.arrived)
                           .block(operation->shape().blocks.front().region),
                       scene.replay().layer_name(passage.layer) +
                           " took the operation and neither passed it down nor completed it.");
        }
}

void same_tree(const Scene& scene, const Report& report) {
    if (scene.turn != Turn::foreign_tree) return;
    report.add(report.draft(scene).block(scene.event.region),
               scene.who() + " passed down a tree that it was not given, and that does not correspond block by block to one "
                             "that it was.");
}

// Checked when the operation goes up again: only then is it certain that nothing was kept.
void something_was_stored(const Scene& scene, const Report& report) {
    if (!scene.passage->handed_on.valid() || !scene.passage->call_entry_region.valid()) return;
    const BlockImage& then = scene.passage->at_arrival.blocks.front();
    const BlockImage& now = scene.now->blocks.front();
    for (const std::uint32_t member : {block_offset::source_handle, block_offset::im_reserved_0}) {
        if (member == block_offset::im_reserved_0 && scene.passage->call_entry_word == 1) continue;
        if (then.word(member) == now.word(member)) return;
    }
    const auto& entry = scene.passage->call_entry_bytes;
    for (std::size_t at = 0; at + 8 <= entry.size(); at += 8) {
        std::uint64_t value = 0;
        for (std::size_t byte = 0; byte < 8; ++byte) value |= std::to_integer<std::uint64_t>(entry[at + byte]) << (8 * byte);
        if (value == then.source_handle()) return;
    }
    report.add(report.draft(scene).at(scene.passage->handed_on).block(scene.passage->call_entry_region)
                   .values(then.source_handle(), 0).meanings(scene.replay().meaning(then.source_handle()), "not in the call entry"),
               "When " + scene.who() + " called down, its call entry held neither the root's SourceHandle nor anything else to "
                                       "restore it from.");
}

void call_entry_in_root(const Scene& scene, const Report& report) {
    if (!passed_on(scene) || scene.passage->call_entry != 0) return;
    const BlockImage& root = scene.now->blocks.front();
    const std::uint64_t word = root.word(block_offset::im_reserved_0);
    const bool untouched = word == scene.passage->at_arrival.blocks.front().word(block_offset::im_reserved_0);
    report.add(report.draft(scene).block(given_tree(scene).blocks.front().region)
                   .member("ImReserved[0]", block_offset::im_reserved_0).seen_only(word),
               untouched ? scene.who() + " passed the tree down without a pointer to its call entry in the root's ImReserved."
                         : "ImReserved of the root holds " + scene.replay().meaning(word) + ", which is no live memory of " +
                               scene.who() + ".");
}

void source_handle_left_alone(const Scene& scene, const Report& report) {
    if (!passed_on(scene) || !in_place(scene)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const std::uint64_t then = scene.passage->at_arrival.blocks[i].source_handle();
        const std::uint64_t now = scene.now->blocks[i].source_handle();
        if (then == now) continue;
        report.add(report.draft(scene).block(given_tree(scene).blocks[i].region).member("SourceHandle", block_offset::source_handle)
                       .values(then, now),
                   scene.who() + " wrote SourceHandle of " + scene.block_name(i) + " on the way down; only NDIS does that.");
    }
}

struct Kept {
    std::uint32_t offset, size;
    std::string_view name;
};
constexpr Kept kept_members[] = {
    {block_offset::type, 4, "Header"},
    {block_offset::next_block, 8, "NextBlock"},
    {block_offset::dependent_block_list, 8, "DependentBlockList"},
    {block_offset::status, 4, "Status"},
    {block_offset::ndis_reserved_0, 8, "NdisReserved[0]"},
    {block_offset::ndis_reserved_1, 8, "NdisReserved[1]"},
    {block_offset::protocol_reserved_0, 8, "ProtocolReserved[0]"},
    {block_offset::protocol_reserved_0 + 8, 8, "ProtocolReserved[1]"},
    {block_offset::net_buffer_list_chain, 8, "NetBufferListChain"},
};
constexpr Kept port_number{block_offset::port_number, 4, "PortNumber"};

void tell_changed(const Scene& scene, const Report& report, std::size_t i, const Kept& member, std::uint64_t then,
                  std::uint64_t now, std::string_view when) {
    report.add(report.draft(scene).block(given_tree(scene).blocks[i].region).member(member.name, member.offset)
                   .values(then, now, member.size),
               scene.who() + " changed " + std::string(member.name) + " of " + scene.block_name(i) + std::string(when) + ".");
}

void rest_left_alone(const Scene& scene, const Report& report) {
    if (!passed_on(scene) || !in_place(scene)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i)
        for (const Kept& member : kept_members) {
            const std::uint64_t then = scene.passage->at_arrival.blocks[i].word(member.offset, member.size);
            const std::uint64_t now = scene.now->blocks[i].word(member.offset, member.size);
            if (then != now) tell_changed(scene, report, i, member, then, now, " on the way down");
        }
}

// A driver with ports of its own may map PortNumber, and maps it back; one that only changes it breaks the rule.
void port_mapped_back(const Scene& scene, const Report& report) {
    if (!scene.passage->handed_on.valid() || !in_place(scene)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const std::uint64_t then = scene.passage->at_arrival.blocks[i].word(port_number.offset, port_number.size);
        const std::uint64_t now = scene.now->blocks[i].word(port_number.offset, port_number.size);
        if (then != now && scene.passage->at_hand_on.blocks[i].word(port_number.offset, port_number.size) == now)
            tell_changed(scene, report, i, port_number, then, now, " and did not change it back");
    }
}

// Which bits behind a block an intermediate driver may change: VlanId, 12 bits at the end of a neighbor's const state, and
// UserPriority, 3 bits at 42 of a connection's cached state. What stands in front of the cached state depends on Type.
std::byte bits_that_may_change(OperationKind kind, std::uint8_t type, std::size_t offset) {
    if (kind != OperationKind::initiate && kind != OperationKind::update) return std::byte{0};
    constexpr std::uint8_t neighbor_const = 1, neighbor_all = 4, tcp_cached = 14, tcp_all = 17;
    constexpr std::size_t vlan_id = 40, user_priority = 42, tcp_const_size = 24;
    if (type == neighbor_const || type == neighbor_all)
        return offset == vlan_id ? std::byte{0xFF} : offset == vlan_id + 1 ? std::byte{0x0F} : std::byte{0};
    if (type == tcp_cached && offset == user_priority) return std::byte{0x07};
    if (type == tcp_all && offset == tcp_const_size + user_priority) return std::byte{0x07};
    return std::byte{0};
}

void state_left_alone(const Scene& scene, const Report& report) {
    if (!passed_on(scene) || !in_place(scene)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const auto& then = scene.passage->at_arrival.blocks[i].following;
        const auto& now = scene.now->blocks[i].following;
        const auto type = static_cast<std::uint8_t>(scene.now->blocks[i].word(block_offset::type, 1));
        const auto differs = [&](std::size_t at) {
            return ((then[at] ^ now[at]) & ~bits_that_may_change(scene.operation->kind, type, at)) != std::byte{0};
        };
        const std::size_t size = std::min(then.size(), now.size());
        for (std::size_t at = 0; at < size; ++at) {
            if (!differs(at)) continue;
            std::size_t end = at + 1;
            while (end < size && differs(end)) ++end;
            report.add(report.draft(scene).block(scene.now->blocks[i].following_region)
                           .member("state", static_cast<std::uint32_t>(at))
                           .bytes(std::span(then).subspan(at, end - at), std::span(now).subspan(at, end - at)),
                       scene.who() + " changed the state behind " + scene.block_name(i) + " at offset " + std::to_string(at) +
                           "; it may change nothing there but VlanId and UserPriority.");
            break;
        }
    }
}

void entries_of_their_own(const Scene& scene, const Report& report) {
    if (!passed_on(scene) || scene.passage->call_entry == 0) return;
    for (const OperationRecord* other : scene.model.under_way()) {
        const Passage* passage = other == scene.operation ? nullptr : other->passage(scene.driver);
        if (!passage || !passage->below() || passage->call_entry != scene.passage->call_entry) continue;
        report.add(report.draft(scene).block(given_tree(scene).blocks.front().region)
                       .member(scene.passage->call_entry_word == 0 ? "ImReserved[0]" : "ImReserved[1]",
                               block_offset::im_reserved_0 + 8 * scene.passage->call_entry_word)
                       .seen_only(scene.passage->call_entry),
                   scene.who() + " uses one call entry for two operations that are in progress at the same time: what it "
                                 "saved for the first one is lost.");
        return;
    }
}

// An operation that is passed down only inside the completion of another one has waited for it.
void none_waits_for_another(const Scene& scene, const Report& report) {
    if (!passed_on(scene) || scene.model.first_fault().valid()) return;
    const EventId frame = scene.replay().frame_of(scene.driver);
    if (!frame.valid()) return;
    const trace::Event& handler = scene.replay().trace().event(frame);
    const trace::Function* function = scene.replay().function(handler);
    if (!function || function->group != trace::FunctionGroup::state_manipulation || !function->completion) return;
    if (handler.region == scene.event.region) return;
    report.add(report.draft(scene).block(given_tree(scene).blocks.front().region),
               scene.who() + " held the operation back until another one had completed, although no allocation had failed.");
}

}  // namespace

std::span<const Unit> propagation_units() {
    static constexpr Unit all[] = {
        {"IM-027", Moment::operation_handed_on, same_function},
        {"IM-027", Moment::operation_handed_on, own_lower_binding},
        {"IM-028", Moment::operation_out_of_turn, once},
        {"IM-028", Moment::run_ended, never_neither},
        {"IM-029", Moment::operation_out_of_turn, same_tree},
        {"IM-030", Moment::operation_completed, something_was_stored},
        {"IM-031", Moment::operation_handed_on, call_entry_in_root},
        {"IM-033", Moment::operation_handed_on, source_handle_left_alone},
        {"IM-041", Moment::operation_handed_on, rest_left_alone},
        {"IM-041", Moment::operation_completed, port_mapped_back},
        {"IM-109", Moment::operation_handed_on, state_left_alone},
        {"IM-112", Moment::operation_handed_on, entries_of_their_own},
        {"IM-112", Moment::operation_handed_on, none_waits_for_another},
    };
    return all;
}

}  // namespace chimneylab::verifier
