// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The timers of the offload target, as what they bring about shows on the wire: what is sent again and how often, probes of a
// closed window and of a silent peer, and what is left undone. That something comes too early is seen in every run; that it
// comes too late only where nothing kept it waiting (each_owing).
#include "engine/verifier/units.h"
#include "engine/verifier/wdk_values.h"
#include "engine/verifier/wire_scene.h"

namespace chimneylab::verifier {
namespace {

using ConnectionState = WireConnection::State;

constexpr std::uint32_t no_limit = 0xFFFFFFFF;
constexpr Time longest_timeout = 64 * one_second, backed_off = 30 * one_second, fin_wait_2_time = 120 * one_second;

bool near(Time seen, Time expected, Time slack) {
    const Time margin = expected / 10 + slack;
    return seen + margin >= expected && seen <= expected + margin;
}

// Frames that the target sends while it is bound to work for the connection, after the initiate is complete.
const WireFrame* working_frame(const Scene& scene) {
    const WireFrame* sent = own_frame(scene);
    return sent && sent->connection->working() ? sent : nullptr;
}

// ---- from the deltas of the hand-over ----

bool resumes_retransmission(const WireConnection& connection) {
    return connection.retransmit_delta != wdk::not_running && before(connection.acknowledged, connection.snd_max) && !connection.course.progress &&
           !connection.course.first_retransmission && connection.snd_nxt == connection.snd_max && connection.connection_state != 6;
}

void timers_are_resumed(const Scene& scene, const Report& report) {
    const WireFrame* sent = working_frame(scene);
    if (!sent || !scene.model.wire().parameters().known) return;
    const WireParameters& parameters = scene.model.wire().parameters();
    const WireConnection& connection = *sent->connection;
    const Time now = scene.model.wire().now(), slack = parameters.slack();
    const bool probe = sent->purpose == Purpose::keep_alive_probe && connection.course.ka_handed_over && !connection.course.challenged;
    const bool again = sent->by_timeout && resumes_retransmission(connection) && connection.snd_wnd > 0;
    if (!probe && !again) return;
    const Time due = connection.course.taken_over + parameters.ticks(probe ? connection.keep_alive_delta : connection.retransmit_delta);
    const Time latest = due + (*connection.course.offloaded - connection.course.taken_over) + slack;
    if (now + slack >= due && (now <= latest || !scene.model.wire().punctual())) return;
    report.add(about(scene, report, connection)
                   .member(probe ? "KeepAlive.TimeoutDelta" : "Retransmit.TimeoutDelta", 0)
                   .meanings(seconds_text(due - connection.course.taken_over), seconds_text(now - connection.course.taken_over)),
               target_name(scene) + (probe ? " asks whether the peer of " : " sends again what is outstanding on ") + connection_name(scene, connection) +
                   (probe ? " is there " : " ") + seconds_text(now - connection.course.taken_over) + " after the offload; the timer that came along had " +
                   seconds_text(due - connection.course.taken_over) + " left.");
}

void resumed_timers_run_out(const Scene& scene, const Report& report) {
    each_owing(scene, [&](const WireConnection& connection) {
        const WireParameters& parameters = scene.model.wire().parameters();
        if (!connection.course.ka_handed_over || connection.course.challenged || (connection.cached.now.flags & wdk::keep_alive_enabled) == 0) return;
        if (scene.model.wire().now() <= *connection.course.ka_handed_over + parameters.slack() || connection.course.ka_probes >= connection.cached.now.ka_probe_count) return;
        if (own_frame(scene) && own_frame(scene)->purpose == Purpose::keep_alive_probe) return;  // timers_are_resumed
        report.add(about(scene, report, connection).member("KeepAlive.TimeoutDelta", 0),
                   "The keepalive timer that came with " + connection_name(scene, connection) + " has run out, and " + target_name(scene) + " sends no probe.");
    });
}

// Nothing is outstanding and the window is open: no timer of the sending half can be running.
void idle_timers_are_told(const Scene& scene, const Report& report) {
    for (const OperationKind kind : {OperationKind::query, OperationKind::terminate})
        each_told(scene, kind, [&](std::size_t i, const WireConnection& connection, std::uint32_t delegated) {
            if (!connection.course.offloaded) return;
            const std::uint32_t state = told_word(scene, i, delegated + tcp_state::connection_state);
            const bool idle = told_word(scene, i, delegated + tcp_state::snd_una) == told_word(scene, i, delegated + tcp_state::snd_max) &&
                              told_word(scene, i, delegated + tcp_state::snd_wnd) > 0 && (state == 4 || state == 7);
            const auto told = [&](std::uint32_t offset, const char* member, const char* timer) {
                const std::uint32_t delta = told_word(scene, i, delegated + offset);
                if (delta == wdk::not_running) return;
                report.add(report.draft(scene).block(scene.shape().blocks[i].region).member(member, 0).values(wdk::not_running, delta, 4),
                           scene.who() + " says that the " + timer + " timer of " + connection_name(scene, connection) + " has " + std::to_string(delta) +
                               " ticks left; it cannot be running.");
            };
            if (idle) told(tcp_state::retransmit_timeout, "Retransmit.TimeoutDelta", "retransmission");
            const bool kept = (connection.cached.now.flags & wdk::keep_alive_enabled) != 0 || (connection.cached.other && (connection.cached.other->flags & wdk::keep_alive_enabled) != 0);
            if (!kept && !connection.course.challenged) told(tcp_state::keep_alive_timeout, "KeepAlive.TimeoutDelta", "keepalive");
        });
}

// ---- sent again ----

void what_is_lost_is_sent_again(const Scene& scene, const Report& report) {
    each_owing(scene, [&](const WireConnection& connection) {
        const WireCourse& course = connection.course;
        const Time now = scene.model.wire().now();
        const bool frame_now = own_frame(scene) && (own_frame(scene)->purpose == Purpose::again || own_frame(scene)->purpose == Purpose::window_probe);
        if (frame_now) return;
        if (course.closed_since && now > std::max(*course.closed_since, course.last_probe) + longest_timeout + one_second)
            report.add(about(scene, report, connection), target_name(scene) + " never asks whether the closed window of the peer of " +
                                                             connection_name(scene, connection) + " has opened.");
        else if (!course.closed_since && connection.snd_wnd > 0 && before(connection.acknowledged, connection.sent) && now > course.head_sent + longest_timeout + one_second)
            report.add(about(scene, report, connection).values(connection.sent, connection.acknowledged, 4),
                       target_name(scene) + " does not send again what the peer of " + connection_name(scene, connection) + " has not acknowledged for " +
                           seconds_text(now - course.head_sent) + ".");
    });
}

void gives_up_in_time(const Scene& scene, const Report& report) {
    const WireFrame* sent = working_frame(scene);
    const WireParameters& parameters = scene.model.wire().parameters();
    if (!sent || !sent->by_timeout || !parameters.known) return;
    const WireConnection& connection = *sent->connection;
    const std::uint32_t max_rt = connection.cached.now.max_rt, number = connection.course.retransmissions + 1;
    if (max_rt == 0 && parameters.maximum_retransmissions > 0 && number > parameters.maximum_retransmissions) {
        report.add(about(scene, report, connection).values(parameters.maximum_retransmissions, number, 4),
                   target_name(scene) + " sends one segment of " + connection_name(scene, connection) + " again for the " + std::to_string(number) +
                       "th time; TcpMaximumRetransmissions is " + std::to_string(parameters.maximum_retransmissions) + ".");
    } else if (max_rt != 0 && max_rt != no_limit && connection.course.first_retransmission && scene.model.wire().punctual()) {
        const Time spent = scene.model.wire().now() - *connection.course.first_retransmission;
        if (spent <= parameters.ticks(max_rt) + parameters.slack()) return;
        report.add(about(scene, report, connection).member("MaxRT", 0).meanings(seconds_text(parameters.ticks(max_rt)), seconds_text(spent)),
                   target_name(scene) + " is still sending a segment of " + connection_name(scene, connection) + " again after " + seconds_text(spent) + "; MaxRT is " +
                       seconds_text(parameters.ticks(max_rt)) + ".");
    }
}

const WireConnection* timing_out(const Scene& scene) {
    if (!scene.by_offload_target() || scene.function_name() != "NdisTcpOffloadEventHandler") return nullptr;
    if (scene.event.detail != wdk::retrieve_event || scene.event.argument != wdk::timeout_expiration) return nullptr;
    return scene.model.wire().connection(scene.event.subject);
}

void gives_up_not_too_soon(const Scene& scene, const Report& report) {
    const WireConnection* connection = timing_out(scene);
    const WireParameters& parameters = scene.model.wire().parameters();
    if (!connection || !parameters.known || !scene.model.wire().punctual() || connection->course.closed_since || connection->course.fin_wait_2 || connection->course.ka_probes > 0 ||
        connection->course.challenged || connection->snd_wnd == 0 || !before(connection->acknowledged, connection->sent))
        return;
    const std::uint32_t max_rt = connection->cached.now.max_rt;
    if (max_rt != 0 && max_rt != no_limit) {
        const auto& first = connection->course.first_retransmission;
        const Time spent = parameters.ticks(connection->total_rt) + (first ? scene.model.wire().now() - *first : 0);
        if (spent + parameters.slack() >= parameters.ticks(max_rt)) return;
        report.add(about(scene, report, *connection).member("MaxRT", 0).meanings(seconds_text(parameters.ticks(max_rt)), seconds_text(spent)),
                   target_name(scene) + " gives " + connection_name(scene, *connection) + " up after " + seconds_text(spent) + "; MaxRT is " +
                       seconds_text(parameters.ticks(max_rt)) + ".");
        return;
    }
    if (max_rt == 0 && connection->course.retransmissions >= parameters.maximum_retransmissions) return;
    report.add(about(scene, report, *connection),
               target_name(scene) + " gives " + connection_name(scene, *connection) + " up after " + std::to_string(connection->course.retransmissions) +
                   (max_rt == no_limit ? " retransmissions; MaxRT sets no limit." : " retransmissions of " + std::to_string(parameters.maximum_retransmissions) + "."));
}

void fast_retransmission(const Scene& scene, const Report& report) {
    each_owing(scene, [&](const WireConnection& connection) {
        if (!connection.course.fast_due || scene.model.wire().now() <= *connection.course.fast_due) return;
        report.add(about(scene, report, connection).seen_only(connection.acknowledged, 4),
                   target_name(scene) + " has been told " + std::to_string(connection.course.duplicate_acks) + " times that the segment at " +
                       std::to_string(connection.acknowledged) + " of " + connection_name(scene, connection) + " is missing, and does not send it again.");
    });
}

// ---- a closed window ----

void persists_by_the_algorithm(const Scene& scene, const Report& report) {
    const WireFrame* sent = working_frame(scene);
    const WireParameters& parameters = scene.model.wire().parameters();
    if (!sent || sent->purpose != Purpose::window_probe || !parameters.known) return;
    const WireConnection& connection = *sent->connection;
    const WireCourse& course = connection.course;
    const Time now = scene.model.wire().now();
    const std::string probes = "the probes of the closed window of " + connection_name(scene, connection);
    if (parameters.maximum_retransmissions > 0 && course.probes > parameters.maximum_retransmissions) {
        report.add(about(scene, report, connection).severity(Severity::warning),
                   target_name(scene) + " goes on with " + probes + " although none of " + std::to_string(course.probes) + " was answered.");
        return;
    }
    if (!scene.model.wire().punctual()) return;
    std::optional<Time> expected;
    Time seen = 0;
    if (course.probes >= 2 && course.probe_interval && *course.probe_interval < backed_off) {
        expected = 2 * *course.probe_interval;
        seen = now - course.last_probe;
    } else if (course.probes == 0 && course.rounds >= 1 && course.round_delay && *course.round_delay < backed_off && course.closed_since) {
        expected = 2 * *course.round_delay;
        seen = now - *course.closed_since;
    }
    if (!expected || near(seen, *expected, 2 * parameters.slack())) return;
    report.add(about(scene, report, connection).meanings(seconds_text(*expected), seconds_text(seen)),
               "The time between " + probes + " does not double: it is " + seconds_text(seen) + " instead of " + seconds_text(*expected) + ".");
}

// ---- keepalive ----

void probes_as_told(const Scene& scene, const Report& report) {
    const WireFrame* sent = working_frame(scene);
    const WireParameters& parameters = scene.model.wire().parameters();
    if (!sent || sent->purpose != Purpose::keep_alive_probe || !parameters.known || sent->connection->course.challenged) return;
    const WireConnection& connection = *sent->connection;
    const WireCourse& course = connection.course;
    const WireCached& cached = connection.cached.now;
    const Time now = scene.model.wire().now();
    const std::string who = target_name(scene) + " asks whether the peer of " + connection_name(scene, connection) + " is there";
    if (connection.cached.other) return;
    if ((cached.flags & wdk::keep_alive_enabled) == 0) {
        report.add(about(scene, report, connection), who + ", and nobody has turned keepalive on.");
        return;
    }
    if (course.ka_probes >= cached.ka_probe_count && cached.ka_probe_count > 0) {
        report.add(about(scene, report, connection).member("KaProbeCount", 0).values(cached.ka_probe_count, course.ka_probes + 1, 4),
                   who + " for the " + std::to_string(course.ka_probes + 1) + "th time; KaProbeCount is " + std::to_string(cached.ka_probe_count) + ".");
        return;
    }
    if (course.ka_handed_over) return;  // the timer came along
    const bool first = !course.ka_last_probe;
    const Time since = first ? course.ka_since : *course.ka_last_probe, wait = parameters.ticks(first ? cached.ka_timeout : cached.ka_interval);
    if (now - since + parameters.slack() >= wait) return;
    report.add(about(scene, report, connection).member(first ? "KaTimeout" : "KaInterval", 0).meanings(seconds_text(wait), seconds_text(now - since)),
               who + (first ? " when it has been silent for " : " again after ") + seconds_text(now - since) + (first ? "; KaTimeout is " : "; KaInterval is ") +
                   seconds_text(wait) + ".");
}

void probes_when_silent(const Scene& scene, const Report& report) {
    each_owing(scene, [&](const WireConnection& connection) {
        const WireParameters& parameters = scene.model.wire().parameters();
        const WireCourse& course = connection.course;
        const WireCached& cached = connection.cached.now;
        if ((cached.flags & wdk::keep_alive_enabled) == 0 || connection.cached.other || course.challenged || course.ka_handed_over) return;
        if (before(connection.acknowledged, connection.sent) || course.ka_probes >= cached.ka_probe_count) return;
        if (own_frame(scene) && own_frame(scene)->purpose == Purpose::keep_alive_probe) return;
        const Time since = std::max({course.ka_since, course.last_heard.value_or(0), course.last_sent.value_or(0)});
        const Time due = course.ka_last_probe ? *course.ka_last_probe + parameters.ticks(cached.ka_interval) : since + parameters.ticks(cached.ka_timeout);
        if (scene.model.wire().now() <= due + 2 * parameters.slack()) return;
        report.add(about(scene, report, connection),
                   target_name(scene) + " does not ask whether the peer of " + connection_name(scene, connection) + " is still there, which has been due for " +
                       seconds_text(scene.model.wire().now() - due) + ".");
    });
}

// ---- FIN_WAIT_2 and TIME_WAIT ----

Time fin_wait_2_due(const Scene& scene, const WireConnection& connection) {
    const WireParameters& parameters = scene.model.wire().parameters();
    const bool handed_over = connection.connection_state == 6 && !connection.course.last_received && connection.retransmit_delta != wdk::not_running;
    return *connection.course.fin_wait_2 + (handed_over ? parameters.ticks(connection.retransmit_delta) : fin_wait_2_time);
}

void waits_for_the_fin(const Scene& scene, const Report& report) {
    const WireConnection* connection = timing_out(scene);
    if (!connection || !connection->course.fin_wait_2 || !scene.model.wire().parameters().known || connection->course.challenged) return;
    const Time due = fin_wait_2_due(scene, *connection), now = scene.model.wire().now();
    if (now + one_second >= due || connection->course.ka_probes > 0) return;
    report.add(about(scene, report, *connection).severity(Severity::warning).meanings("120 s", seconds_text(now - *connection->course.fin_wait_2)),
               target_name(scene) + " gives " + connection_name(scene, *connection) + " up " + seconds_text(now - *connection->course.fin_wait_2) +
                   " after it was last heard of; for the FIN of the peer it has to wait 120 s.");
}

void does_not_wait_for_ever(const Scene& scene, const Report& report) {
    each_owing(scene, [&](const WireConnection& connection) {
        if (!connection.course.fin_wait_2 || connection.course.timed_out || scene.model.wire().now() <= fin_wait_2_due(scene, connection) + 2 * one_second) return;
        report.add(about(scene, report, connection),
                   target_name(scene) + " is still waiting for the FIN of the peer of " + connection_name(scene, connection) + ", and has not asked for its upload.");
    });
}

// ---- small segments ----

// Which promise it breaks that data does not leave: after the peer's FIN the other half is meant.
void sends_what_may_leave(const Scene& scene, const Report& report) {
    each_owing(scene, [&](const WireConnection& connection) {
        if (!connection.course.small_due || scene.model.wire().now() <= *connection.course.small_due) return;
        const WireFrame* sent = own_frame(scene);
        if (sent && sent->purpose == Purpose::new_data && scene.model.wire().now() <= *connection.course.small_due) return;
        const std::uint32_t rest = connection.posted - connection.sent;
        const bool small = rest < largest_segment(scene.model.wire(), connection) || connection.snd_wnd < largest_segment(scene.model.wire(), connection);
        const std::string_view rule = connection.fin_in_order() ? "OT-096" : small ? "OT-132" : "";
        if (rule != report.rule().id) return;
        report.add(about(scene, report, connection).values(connection.posted, connection.sent, 4),
                   target_name(scene) + " holds " + std::to_string(rest) + " bytes of " + connection_name(scene, connection) +
                       (rule == "OT-096" ? " back because the peer has closed its half." : " back although nothing is outstanding and the window has room for them."));
    });
}

}  // namespace

std::span<const Unit> wire_timer_units() {
    static constexpr Unit all[] = {
        {"OT-036", Moment::frame, timers_are_resumed},
        {"OT-036", Moment::frame, resumed_timers_run_out},
        {"OT-036", Moment::operation_arrives, resumed_timers_run_out},
        {"OT-036", Moment::run_ended, resumed_timers_run_out},
        {"OT-039", Moment::operation_completed, idle_timers_are_told},
        {"OT-096", Moment::frame, sends_what_may_leave},
        {"OT-096", Moment::operation_arrives, sends_what_may_leave},
        {"OT-096", Moment::run_ended, sends_what_may_leave},
        {"OT-114", Moment::frame, what_is_lost_is_sent_again},
        {"OT-114", Moment::operation_arrives, what_is_lost_is_sent_again},
        {"OT-114", Moment::run_ended, what_is_lost_is_sent_again},
        {"OT-115", Moment::frame, gives_up_in_time},
        {"OT-115", Moment::indication, gives_up_not_too_soon},
        {"OT-116", Moment::frame, persists_by_the_algorithm},
        {"OT-117", Moment::indication, waits_for_the_fin},
        {"OT-117", Moment::operation_arrives, does_not_wait_for_ever},
        {"OT-117", Moment::run_ended, does_not_wait_for_ever},
        {"OT-118", Moment::frame, probes_as_told},
        {"OT-118", Moment::operation_arrives, probes_when_silent},
        {"OT-118", Moment::run_ended, probes_when_silent},
        {"OT-128", Moment::frame, fast_retransmission},
        {"OT-128", Moment::operation_arrives, fast_retransmission},
        {"OT-128", Moment::run_ended, fast_retransmission},
        {"OT-132", Moment::frame, sends_what_may_leave},
        {"OT-132", Moment::operation_arrives, sends_what_may_leave},
        {"OT-132", Moment::run_ended, sends_what_may_leave},
    };
    return all;
}

}  // namespace chimneylab::verifier
