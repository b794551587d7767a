// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Is the neighbor still there: when the target may ask, with which ages, what the host stack answers, and what it does after
// an answer of 0. Where no page gives a time, the host stack is granted half a minute. Source: "Making a
// NeighborReachabilityQuery Indication".
#include <string>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"
#include "engine/verifier/wdk_values.h"

namespace chimneylab::verifier {
namespace {

constexpr SignedTime time_to_ask = 30'000'000'000;

bool is_question(const trace::Event& event) { return event.argument == wdk::reachability_query && event.region.valid(); }

std::uint32_t ticks(const Scene& scene, SignedTime span) {
    return span <= 0 ? 0 : static_cast<std::uint32_t>(span / scene.model.neighbor_ledger().tick());
}

// ---- the target ----

void asked_when_stale(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || scene.function_name() != "NdisMOffloadEventIndicate" ||
        !is_question(scene.event) || scene.model.neighbor_ledger().stale_ticks() == 0 || !scene.replay().following_state_of(scene.event.region).valid())
        return;
    const std::uint32_t limit = scene.model.neighbor_ledger().stale_ticks();
    const StateParts parts = parts_of(4);
    const std::uint32_t host = host_reachability_delta(scene.replay(), scene.event.region), nic = nic_reachability_delta(scene.replay(), scene.event.region);
    if (host > limit && nic > limit) return;
    const bool by_host = host <= limit;
    report.add(report.draft(scene).block(scene.event.region)
                   .member(by_host ? "HostReachabilityDelta" : "NicReachabilityDelta", by_host ? parts.cached + wdk::host_delta_at : parts.delegated + wdk::nic_delta_at)
                   .values(limit + 1, by_host ? host : nic, 4),
               scene.who() + " asks whether a neighbor is still there although " + (by_host ? "the host stack" : "it itself") + " heard of it " +
                   std::to_string(by_host ? host : nic) + " ticks ago; NceStaleTicks is " + std::to_string(limit) + ".");
}

// An age that the target states, against what the trace knows of that moment; its clock and ours may differ by a tick.
void compare(const Scene& scene, const Report& report, RegionId block, std::string_view member, std::uint32_t offset, std::uint32_t seen, const Between& moment, SignedTime from,
             bool upper_is_known) {
    const std::uint32_t least = ticks(scene, from - moment.latest), most = ticks(scene, scene.model.neighbor_ledger().now() - moment.earliest) + 1;
    if (seen + 1 >= least && (seen <= most || !upper_is_known)) return;
    report.add(report.draft(scene).block(block).member(member, offset).values(seen > most ? most - 1 : least, seen, 4),
               scene.who() + " states that the neighbor was heard of " + std::to_string(seen) + " ticks ago; it was " + std::to_string(seen > most ? most - 1 : least) +
                   " ticks ago.");
}

void ages_in_the_question(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || scene.function_name() != "NdisMOffloadEventIndicate" || !is_question(scene.event)) return;
    const NeighborLedger& ledger = scene.model.neighbor_ledger();
    const NeighborRecord* record = ledger.find(scene.model.host_handle(scene.replay().word(scene.event.region, block_offset::slot_b)));
    if (!record || !record->offloaded || !ledger.frames_seen() || !scene.replay().following_state_of(scene.event.region).valid()) return;
    const StateParts parts = parts_of(4);
    compare(scene, report, scene.event.region, "HostReachabilityDelta", parts.cached + wdk::host_delta_at, host_reachability_delta(scene.replay(), scene.event.region),
            record->host_moment, ledger.now(), true);
    compare(scene, report, scene.event.region, "NicReachabilityDelta", parts.delegated + wdk::nic_delta_at, nic_reachability_delta(scene.replay(), scene.event.region),
            record->nic_moment, ledger.now(), true);
}

// The values were taken at some time between the arrival of the operation and its completion.
void age_in_an_answer(const Scene& scene, const Report& report) {
    const bool query = scene.operation->kind == OperationKind::query;
    if (!scene.by_offload_target() || (!query && scene.operation->kind != OperationKind::terminate) || !scene.passage->at_arrival.taken()) return;
    const NeighborLedger& ledger = scene.model.neighbor_ledger();
    if (!ledger.frames_seen()) return;
    const SignedTime arrived = static_cast<SignedTime>(scene.replay().trace().event(scene.passage->arrived).virtual_time);
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const BlockImage& image = scene.now->blocks[i];
        const StateParts parts = parts_of(image.type());
        const NeighborRecord* record = ledger.find(scene.model.host_handle(scene.passage->at_arrival.blocks[i].slot_b()));
        if (!record || !record->offloaded || image.status() < 0 || parts.layer != Layer::neighbor || parts.delegated == StateParts::none || image.following.empty()) continue;
        compare(scene, report, scene.shape().blocks[i].region, "NicReachabilityDelta", parts.delegated + wdk::nic_delta_at,
                static_cast<std::uint32_t>(state_word(image, parts.delegated + wdk::nic_delta_at, 4)), record->nic_moment, arrived, record->nic_changed < arrived);
    }
}

// ---- the host stack ----

void answers_inside_the_call(const Scene& scene, const Report& report) {
    if (!scene.by_host_stack() || scene.function_name() != "ProtocolIndicateOffloadEvent") return;
    const trace::Event& given = scene.replay().trace().event(scene.event.partner);
    const NeighborLedger& ledger = scene.model.neighbor_ledger();
    if (!is_question(given) || ledger.stale_ticks() == 0 || !scene.replay().following_state_of(given.region).valid()) return;
    const NeighborRecord* record = ledger.find(scene.replay().word(given.region, block_offset::slot_b));
    if (!record) return;
    const std::uint32_t answer = host_reachability_delta(scene.replay(), given.region), offset = parts_of(4).cached + wdk::host_delta_at;
    if (answer > ledger.stale_ticks())
        report.add(report.draft(scene).block(given.region).member("HostReachabilityDelta", offset).values(0, answer, 4),
                   scene.who() + " leaves " + std::to_string(answer) + " ticks as its answer about " + scene.replay().region_name(record->block) +
                       ": an entry that old is stale, and 0 says so.");
    const std::uint32_t known = ticks(scene, ledger.now() - record->confirmed);
    if (answer == 0 && known > 1 && known + 1 < ledger.stale_ticks())
        report.add(report.draft(scene).block(given.region).member("HostReachabilityDelta", offset).values(known, 0, 4),
                   scene.who() + " answers 0 about " + scene.replay().region_name(record->block) + ", of which it heard " + std::to_string(known) +
                       " ticks ago: that entry is REACHABLE.");
}

void look_into_the_doubt(const Scene& scene, const Report& report, const NeighborRecord& record) {
    const SignedTime now = scene.model.neighbor_ledger().now();
    if (!record.offloaded || !record.doubt.valid()) return;
    if (!record.asked && now - record.doubt_since > time_to_ask)
        report.add(std::move(report.draft(scene).by(record.host).at(record.doubt).block(record.block)),
                   "The host stack answers that it does not know whether " + scene.replay().region_name(record.block) +
                       " is there, and never asks what the target has seen since.");
    else if (record.unconfirmed.valid() && now - record.unconfirmed_since > time_to_ask)
        report.add(std::move(report.draft(scene).by(record.host).at(record.unconfirmed).block(record.block)),
                   "Neither the target nor a probe has heard of " + scene.replay().region_name(record.block) + ", and the host stack does not invalidate it.");
}

void doubt_at_the_end(const Scene& scene, const Report& report) {
    if (scene.model.disturbed()) return;
    for (const auto& [handle, record] : scene.model.neighbor_ledger().records()) look_into_the_doubt(scene, report, record);
}

void doubt_at_a_terminate(const Scene& scene, const Report& report) {
    if (!scene.by_host_stack() || scene.operation->kind != OperationKind::terminate) return;
    for (const BlockImage& image : scene.now->blocks)
        if (const NeighborRecord* record = scene.model.neighbor_ledger().find(image.slot_b())) look_into_the_doubt(scene, report, *record);
}

void asks_before_it_sends(const Scene& scene, const Report& report) {
    const NeighborRecord* record = scene.model.neighbor_ledger().host_datagram();
    if (!record || !record->doubt.valid() || record->asked) return;
    report.add(std::move(report.draft(scene).by(record->host)),
               "The host stack sends through " + scene.replay().region_name(record->block) +
                   ", whose entry is in DELAY, and has not asked the target what it has seen.");
}

}  // namespace

std::span<const Unit> neighbor_units() {
    static constexpr Unit all[] = {
        {"HS-071", Moment::indication_answered, answers_inside_the_call},
        {"HS-072", Moment::operation_handed_on, doubt_at_a_terminate},
        {"HS-072", Moment::run_ended, doubt_at_the_end},
        {"HS-073", Moment::host_datagram, asks_before_it_sends},
        {"OT-104", Moment::indication, asked_when_stale},
        {"OT-106", Moment::indication, ages_in_the_question},
        {"OT-106", Moment::operation_completed, age_in_an_answer},
    };
    return all;
}

}  // namespace chimneylab::verifier
