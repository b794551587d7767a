// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The end of an offload: silence after an invalidate, TIME_WAIT, and what the delegated variables of a query or a terminate
// say against what the wire has shown.
#include "engine/verifier/units.h"
#include "engine/verifier/wire_scene.h"

namespace chimneylab::verifier {
namespace {

// Strict: one page lets a target go on as normal until the terminate.
void nothing_leaves_what_is_invalid(const Scene& scene, const Report& report) {
    const WireFrame* sent = own_frame(scene);
    if (!sent || sent->frame.segment.payload_bytes == 0) return;
    const WireConnection& connection = *sent->connection;
    if (!connection.invalid && !scene.model.wire().routes().invalid(connection.path)) return;
    report.add(about(scene, report, connection), scene.who() + " sends data of " + connection_name(scene, connection) + ", which depends on something that has been invalidated.");
}

void asks_back_in_time_wait(const Scene& scene, const Report& report) {
    each_owing(scene, [&](const WireConnection& connection) {
        if (!connection.course.time_wait || connection.course.asked_back || scene.model.wire().now() <= *connection.course.time_wait + one_second) return;
        report.add(about(scene, report, connection), target_name(scene) + " keeps " + connection_name(scene, connection) +
                                                         ", which is in TIME_WAIT, and has not asked for its upload.");
    });
}

// ---- a terminate that fails ----

void failed_terminates_mean_loss(const Scene& scene, const Report& report) {
    const WireFrame* sent = own_frame(scene);
    if (!sent || !sent->connection->terminate_failed || sent->connection->hardware_failure) return;
    report.add(about(scene, report, *sent->connection), scene.who() + " goes on with " + connection_name(scene, *sent->connection) +
                                                            ", though it has failed the terminate, which means that its state is lost.");
}

// A second terminate ends it with success and hands a live state over: the first one could have.
void terminates_in_every_state(const Scene& scene, const Report& report) {
    each_told(scene, OperationKind::terminate, [&](std::size_t i, const WireConnection& connection, std::uint32_t delegated) {
        const std::uint32_t state = told_word(scene, i, delegated + tcp_state::connection_state);
        constexpr std::uint32_t closed = 0, established = 4;
        if (!connection.terminate_failed || connection.hardware_failure || state == closed || state == established) return;
        report.add(report.draft(scene).block(scene.shape().blocks[i].region).member("State", 0).seen_only(state, 4),
                   scene.who() + " has failed the terminate of " + connection_name(scene, connection) + " in this state, and nothing of it was lost.");
    });
}

// And at the end: it has never said that the hardware is gone.
void terminates_in_the_end(const Scene& scene, const Report& report) {
    if (scene.model.disturbed() || !scene.model.knows_arguments()) return;
    for (const WireConnection& connection : scene.model.wire().connections()) {
        if (connection.state != WireConnection::State::terminating || !connection.terminate_failed || connection.hardware_failure) continue;
        if ((!connection.fin_sent && !connection.fin_received) || scene.model.wire().connection(connection.handle) != &connection) continue;
        report.add(about(scene, report, connection),
                   target_name(scene) + " has failed the terminate of " + connection_name(scene, connection) + ", which is being closed, and has not said that its hardware is gone.");
    }
}

// ---- the delegated variables ----

void clock_goes_on(const Scene& scene, const Report& report) {
    const WireParameters& parameters = scene.model.wire().parameters();
    each_told(scene, OperationKind::terminate, [&](std::size_t i, const WireConnection& connection, std::uint32_t delegated) {
        const auto flow = scene.model.wire().flows().find({connection.local_port, connection.remote_port});
        if (flow == scene.model.wire().flows().end() || !parameters.known || !connection.timestamps || !connection.course.last_sent) return;
        const Time arrived = scene.replay().trace().event(scene.passage->arrived).virtual_time, at = flow->second.timestamp_at;
        const std::uint32_t last = flow->second.last_timestamp.value_or(0), told = told_word(scene, i, delegated + tcp_state::ts_time);
        if (!flow->second.last_timestamp) return;
        const auto ticks = [&](Time from, Time to) { return to > from ? static_cast<std::uint32_t>((to - from) * parameters.ticks_per_second / one_second) : 0u; };
        const std::uint32_t least = last + ticks(at, arrived), most = last + ticks(at, scene.model.wire().now());
        if (!before(told + 2, least) && !before(most + 2, told)) return;
        report.add(report.draft(scene).block(scene.shape().blocks[i].region).member("TsTime", 0).values(least, told, 4),
                   scene.who() + " gives " + connection_name(scene, connection) + " back with a TsTime of " + std::to_string(told) +
                       "; going by its last timestamp the clock stands at " + std::to_string(least) + ".");
    });
}

void round_trip_times_eight(const Scene& scene, const Report& report) {
    const WireParameters& parameters = scene.model.wire().parameters();
    if (!parameters.known || !scene.model.wire().punctual()) return;  // what waits at a hand-over makes round trips shorter
    each_told(scene, OperationKind::terminate, [&](std::size_t i, const WireConnection& connection, std::uint32_t delegated) {
        const auto flow = scene.model.wire().flows().find({connection.local_port, connection.remote_port});
        const std::uint32_t told = told_word(scene, i, delegated + tcp_state::srtt, 2);
        if (flow == scene.model.wire().flows().end() || told == 0 || told == 0xFFFF) return;
        std::optional<double> least, most;
        if (connection.srtt != 0) least = most = connection.srtt / 8.0;
        if (flow->second.shortest) {
            least = std::min(least.value_or(1e9), *flow->second.shortest * parameters.ticks_per_second);
            most = std::max({most.value_or(0), *flow->second.longest * parameters.ticks_per_second, 1.0});
        }
        const double seen = told / 8.0;
        const double waited = static_cast<double>(connection.course.offloaded.value_or(0) - std::min(connection.course.taken_over, connection.course.offloaded.value_or(0))) / 1e9;
        if (least) *least -= waited * parameters.ticks_per_second;
        if (!least || (seen + 2 >= *least && seen <= *most + 2)) return;
        report.add(report.draft(scene).block(scene.shape().blocks[i].region).member("SRtt", 0).seen_only(told, 2),
                   scene.who() + " gives " + connection_name(scene, connection) + " back with a smoothed round trip of " + std::to_string(static_cast<unsigned>(seen)) +
                       " ticks (SRtt is eight times that); all that were measured took between " + std::to_string(static_cast<unsigned>(std::max(*least, 0.0))) + " and " +
                       std::to_string(static_cast<unsigned>(*most) + 1) + ".");
    });
}

}  // namespace

std::span<const Unit> wire_close_units() {
    static constexpr Unit all[] = {
        {"OT-045", Moment::frame, nothing_leaves_what_is_invalid, "silent-when-invalid"},
        {"OT-049", Moment::operation_completed, terminates_in_every_state},
        {"OT-049", Moment::run_ended, terminates_in_the_end},
        {"OT-057", Moment::operation_completed, clock_goes_on},
        {"OT-057", Moment::operation_completed, round_trip_times_eight},
        {"OT-064", Moment::frame, failed_terminates_mean_loss},
        {"OT-119", Moment::operation_arrives, asks_back_in_time_wait},
        {"OT-119", Moment::run_ended, asks_back_in_time_wait},
    };
    return all;
}

}  // namespace chimneylab::verifier
