// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The host stack at the hand-over of a connection: what it leaves to the target, against what it has sent and received itself,
// and how it goes on with what the target has left to it.
#include <utility>

#include "engine/verifier/units.h"
#include "engine/verifier/wdk_values.h"
#include "engine/verifier/wire_scene.h"

namespace chimneylab::verifier {
namespace {

std::uint16_t host_order(std::uint64_t port) { return static_cast<std::uint16_t>((port & 0xFF) << 8 | (port >> 8 & 0xFF)); }

// For each connection that the host stack offloads: its block, where its delegated state begins, and its flow if frames of it
// have been seen.
template <typename Look>
void each_offloaded(const Scene& scene, Look look) {
    if (!scene.by_host_stack() || scene.operation->kind != OperationKind::initiate) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const BlockImage& image = scene.now->blocks[i];
        const StateParts parts = parts_of(image.type());
        if (scene.shape().blocks[i].role != Role::new_offload || parts.layer != Layer::connection || parts.constant == StateParts::none ||
            parts.delegated == StateParts::none)
            continue;
        const std::pair<std::uint16_t, std::uint16_t> ports(host_order(state_word(image, parts.constant + tcp_state::local_port, 2)),
                                                             host_order(state_word(image, parts.constant + tcp_state::remote_port, 2)));
        const auto flow = scene.model.wire().flows().find(ports);
        look(i, parts.delegated, flow == scene.model.wire().flows().end() ? nullptr : &flow->second);
    }
}

Draft at(const Scene& scene, const Report& report, std::size_t block) { return std::move(report.draft(scene).block(scene.shape().blocks[block].region)); }

void due_acknowledgements_first(const Scene& scene, const Report& report) {
    each_offloaded(scene, [&](std::size_t i, std::uint32_t delegated, const WireFlow* flow) {
        const std::uint32_t rcv_nxt = told_word(scene, i, delegated + tcp_state::rcv_nxt), state = told_word(scene, i, delegated + tcp_state::connection_state);
        if (!flow || !flow->received || before(rcv_nxt, *flow->received) || state < 4 || state == 10) return;
        if (flow->last_ack && !before(*flow->last_ack, *flow->received)) return;
        report.add(at(scene, report, i).member("RcvNxt", 0).values(rcv_nxt, flow->last_ack.value_or(0), 4),
                   scene.who() + " offloads " + scene.block_name(i) + " with an acknowledgement due: the delayed-ACK timer does not go along.");
    });
}

void idle_timers_are_minus_one(const Scene& scene, const Report& report) {
    each_offloaded(scene, [&](std::size_t i, std::uint32_t delegated, const WireFlow*) {
        const std::uint32_t state = told_word(scene, i, delegated + tcp_state::connection_state), delta = told_word(scene, i, delegated + tcp_state::retransmit_timeout);
        const bool idle = told_word(scene, i, delegated + tcp_state::snd_una) == told_word(scene, i, delegated + tcp_state::snd_max) &&
                          told_word(scene, i, delegated + tcp_state::snd_wnd) > 0 && (state == 4 || state == 7);
        if (!idle || delta == wdk::not_running) return;
        report.add(at(scene, report, i).member("Retransmit.TimeoutDelta", 0).values(wdk::not_running, delta, 4),
                   scene.who() + " offloads " + scene.block_name(i) + " with " + std::to_string(delta) +
                       " ticks left of its retransmission timer; nothing is outstanding, so that it cannot be running.");
    });
}

// The clock of the timestamps, and the round trip times eight, against what the host stack has sent itself.
void clock_and_round_trip(const Scene& scene, const Report& report) {
    const WireParameters& parameters = scene.model.wire().parameters();
    if (!parameters.known) return;
    each_offloaded(scene, [&](std::size_t i, std::uint32_t delegated, const WireFlow* flow) {
        if (!flow) return;
        const Time now = scene.model.wire().now();
        if (flow->last_timestamp) {
            const std::uint32_t told = told_word(scene, i, delegated + tcp_state::ts_time);
            const auto ticks = [&](Time from) { return static_cast<std::uint32_t>((now - from) * parameters.ticks_per_second / one_second); };
            // What the target has sent last is older than the upload; between that and the host stack's taking over no clock ran.
            const bool by_target = flow->upload && flow->upload->told != 0 && flow->timestamp_at <= flow->upload->at;
            const std::uint32_t expected = by_target ? flow->upload->ts_time + ticks(flow->upload->told) : *flow->last_timestamp + ticks(flow->timestamp_at);
            const std::uint32_t most = by_target ? flow->upload->ts_time + ticks(flow->upload->at) : expected;
            if (before(told + 2, expected) || before(most + 2, told))
                report.add(at(scene, report, i).member("TsTime", 0).values(expected, told, 4),
                           scene.who() + " offloads " + scene.block_name(i) + " with a TsTime of " + std::to_string(told) +
                               "; going by its last timestamp its clock stands at " + std::to_string(expected) + ".");
        }
        const std::uint32_t srtt = told_word(scene, i, delegated + tcp_state::srtt, 2);
        if (!flow->upload || flow->upload->told == 0 || flow->upload->srtt == 0 || srtt == 0 || !scene.model.wire().punctual()) return;
        const double before_it = flow->upload->srtt / 8.0, seen = srtt / 8.0;
        const double least = flow->shortest ? std::min(before_it, *flow->shortest * parameters.ticks_per_second) : before_it;
        const double most = flow->longest ? std::max({before_it, *flow->longest * parameters.ticks_per_second, 1.0}) : before_it;
        if (seen + 2 >= least && seen <= most + 2) return;
        report.add(at(scene, report, i).member("SRtt", 0).seen_only(srtt, 2),
                   scene.who() + " offloads " + scene.block_name(i) + " with a smoothed round trip of " + std::to_string(static_cast<unsigned>(seen)) +
                       " ticks (SRtt is eight times that); it was " + std::to_string(static_cast<unsigned>(before_it)) + " at the upload.");
    });
}

// ---- after the upload ----

const WireFlow::Upload* taken_back(const WireFrame& frame) {
    return frame.flow->upload && frame.flow->upload->told != 0 && frame.connection->state == WireConnection::State::over ? &*frame.flow->upload : nullptr;
}

void goes_on_with_the_clock(const Scene& scene, const Report& report) {
    const auto& frame = scene.model.wire().frame();
    const WireParameters& parameters = scene.model.wire().parameters();
    if (!frame || !frame->from_target || !frame->of_the_host || !parameters.known) return;
    const WireFlow::Upload* upload = taken_back(*frame);
    if (!upload || !upload->timestamps || !frame->frame.segment.has_timestamps) return;
    const auto ticks = [&](Time from) { return static_cast<std::uint32_t>((scene.model.wire().now() - from) * parameters.ticks_per_second / one_second); };
    // StackDelta is computed when the state is adopted: what lies between the target's writing and that is lost.
    const std::uint32_t most = upload->ts_time + ticks(upload->at), least = upload->ts_time + ticks(upload->told), seen = frame->frame.segment.timestamp_value;
    if (!before(seen + 2, least) && !before(most + 2, seen)) return;
    report.add(report.draft(scene).by(0).block(upload->block).member("TsTime", 0).values(least, seen, 4),
               scene.replay().layer_name(0) + " goes on with timestamps of another clock than the one that TsTime has told.");
}

// What was outstanding is sent again when the timer that came back runs out; 0 is at once.
void goes_on_with_the_timer(const Scene& scene, const Report& report) {
    const auto& frame = scene.model.wire().frame();
    const WireParameters& parameters = scene.model.wire().parameters();
    if (!frame || !frame->from_target || !frame->of_the_host || !parameters.known) return;
    const WireFlow::Upload* upload = taken_back(*frame);
    if (!upload || upload->resent || upload->retransmit_delta == wdk::not_running || upload->snd_una == upload->snd_max || upload->snd_wnd == 0) return;
    const chimney_tcp_segment& segment = frame->frame.segment;
    if (segment.payload_bytes == 0 || segment.sequence != upload->snd_una) return;
    const Time now = scene.model.wire().now(), due = upload->told + parameters.ticks(upload->retransmit_delta);
    const bool early = now + parameters.slack() < due, late = scene.model.wire().punctual() && now > due + parameters.slack();
    if (!early && !late) return;
    report.add(report.draft(scene).by(0).block(upload->block).member("Retransmit.TimeoutDelta", 0).meanings(
                   seconds_text(parameters.ticks(upload->retransmit_delta)), seconds_text(now - upload->told)),
               scene.replay().layer_name(0) + " sends again what was outstanding " + seconds_text(now - upload->told) + " after the upload; the timer that came back had " +
                   seconds_text(parameters.ticks(upload->retransmit_delta)) + " left.");
}

void sends_what_was_handed_back(const Scene& scene, const Report& report) {
    if (scene.model.disturbed() || !scene.model.wire().punctual()) return;
    for (const auto& [ports, flow] : scene.model.wire().flows()) {
        if (!flow.upload || flow.upload->told == 0 || !flow.upload->alive || flow.upload->snd_wnd == 0) continue;
        const WireFlow::Upload& upload = *flow.upload;
        const std::uint32_t sent = !upload.resent || !flow.sent ? upload.snd_una : *flow.sent;
        const Time wait = upload.retransmit_delta == wdk::not_running ? 0 : scene.model.wire().parameters().ticks(upload.retransmit_delta);
        if (!before(sent, upload.end) || scene.model.wire().now() <= upload.told + wait + 2 * one_second) continue;
        report.add(report.draft(scene).by(0).block(flow.upload->block).values(flow.upload->end, sent, 4),
                   scene.replay().layer_name(0) + " has been given " + std::to_string(flow.upload->end - sent) + " bytes of " +
                       scene.replay().region_name(flow.upload->block) + " back at the upload, and never sends them.");
    }
}

}  // namespace

std::span<const Unit> wire_host_units() {
    static constexpr Unit all[] = {
        {"HS-024", Moment::operation_handed_on, due_acknowledgements_first},
        {"HS-030", Moment::operation_handed_on, idle_timers_are_minus_one},
        {"HS-031", Moment::operation_handed_on, clock_and_round_trip},
        {"HS-056", Moment::run_ended, sends_what_was_handed_back},
        {"HS-058", Moment::frame, goes_on_with_the_clock},
        {"HS-058", Moment::frame, goes_on_with_the_timer},
    };
    return all;
}

}  // namespace chimneylab::verifier
