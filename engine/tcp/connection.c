/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * A connection put in and taken out, and what its application does with it.
 */
#include <string.h>

#include "engine/tcp/internal.h"

static void put_timer(struct chimney_tcp_timer_state *timer, uint32_t delta, uint32_t now)
{
    timer->running = delta != CHIMNEY_TCP_NOT_RUNNING;
    timer->due = now + delta;
}

static uint32_t left(const struct chimney_tcp_timer_state *timer, uint32_t now)
{
    if (!timer->running) {
        return CHIMNEY_TCP_NOT_RUNNING;
    }
    return BEFORE(now, timer->due) ? timer->due - now : 0;
}

static int has_sent_fin(uint32_t state)
{
    return state == CHIMNEY_TCP_FIN_WAIT_1 || state == CHIMNEY_TCP_CLOSING || state == CHIMNEY_TCP_LAST_ACK;
}

void chimney_tcp_import(struct chimney_tcp *tcp, const struct chimney_tcp_settings *settings,
                        const struct chimney_tcp_callbacks *callbacks, const struct chimney_tcp_state *state, uint32_t queued,
                        uint32_t now)
{
    memset(tcp, 0, sizeof(*tcp));
    tcp->settings = *settings;
    tcp->callbacks = *callbacks;
    tcp->state = state->state;
    tcp->rcv_nxt = state->rcv_nxt;
    tcp->rcv_wnd = state->rcv_wnd;
    tcp->rcv_advertised = state->rcv_nxt + state->rcv_wnd;
    tcp->snd_una = state->snd_una;
    tcp->snd_nxt = state->snd_nxt;
    tcp->snd_max = state->snd_max;
    tcp->snd_wnd = state->snd_wnd;
    tcp->max_snd_wnd = MAXIMUM(state->max_snd_wnd, state->snd_wnd);
    tcp->send_wl1 = state->send_wl1;
    tcp->queued = queued;
    tcp->fin_queued = has_sent_fin(state->state);
    tcp->cwnd = MAXIMUM(state->cwnd, settings->maximum_segment);
    tcp->ss_thresh = state->ss_thresh;
    tcp->recover = state->snd_max;
    tcp->srtt = state->srtt;
    tcp->rtt_var = state->rtt_var;
    tcp->ts_recent = state->ts_recent;
    tcp->ts_recent_since = now - state->ts_recent_age;
    tcp->ts_delta = state->ts_time - now;
    tcp->last_ack_sent = state->rcv_nxt;
    tcp->total_rt = state->total_rt;
    tcp->dup_ack_count = state->dup_ack_count;
    tcp->snd_wnd_probe_count = state->snd_wnd_probe_count;
    tcp->keep_alive_probe_count = state->keep_alive_probe_count;
    tcp->retransmit_count = state->retransmit_count;
    put_timer(&tcp->keep_alive, state->keep_alive_timeout_delta, now);
    put_timer(&tcp->retransmit, state->retransmit_timeout_delta, now);
    tcp->retransmit_interval =
        state->retransmit_timeout_delta != CHIMNEY_TCP_NOT_RUNNING ? state->retransmit_timeout_delta : 0;
    if (settings->keep_alive && !tcp->keep_alive.running) {
        tcp_start_timer(&tcp->keep_alive, settings->ka_timeout, now);
    }
}

void chimney_tcp_export(const struct chimney_tcp *tcp, struct chimney_tcp_state *state, uint32_t now)
{
    state->state = tcp->state;
    state->rcv_nxt = tcp->rcv_nxt;
    state->rcv_wnd = tcp->rcv_wnd;
    state->snd_una = tcp->snd_una;
    state->snd_nxt = tcp->snd_nxt;
    state->snd_max = tcp->snd_max;
    state->snd_wnd = tcp->snd_wnd;
    state->max_snd_wnd = tcp->max_snd_wnd;
    state->send_wl1 = tcp->send_wl1;
    state->cwnd = tcp->cwnd;
    state->ss_thresh = tcp->ss_thresh;
    state->srtt = tcp->srtt;
    state->rtt_var = tcp->rtt_var;
    state->ts_recent = tcp->ts_recent;
    state->ts_recent_age = now - tcp->ts_recent_since;
    state->ts_time = now + tcp->ts_delta;
    state->total_rt = tcp->total_rt;
    state->dup_ack_count = MINIMUM(tcp->dup_ack_count, 0xFF);
    state->snd_wnd_probe_count = MINIMUM(tcp->snd_wnd_probe_count, 0xFF);
    state->keep_alive_probe_count = MINIMUM(tcp->keep_alive_probe_count, 0xFF);
    state->keep_alive_timeout_delta = left(&tcp->keep_alive, now);
    state->retransmit_count = MINIMUM(tcp->retransmit_count, 0xFF);
    state->retransmit_timeout_delta = left(&tcp->retransmit, now);
}

void chimney_tcp_change(struct chimney_tcp *tcp, const struct chimney_tcp_settings *settings, uint32_t now)
{
    int kept_alive = tcp->settings.keep_alive;
    uint32_t buffered = MAXIMUM(tcp->settings.receive_window, tcp->rcv_wnd) - tcp->rcv_wnd;
    int window_changed = tcp->settings.receive_window != settings->receive_window;

    tcp->settings = *settings;
    if (window_changed) {
        uint32_t wanted = settings->receive_window > buffered ? settings->receive_window - buffered : 0;
        uint32_t promised = tcp->rcv_advertised - tcp->rcv_nxt;
        tcp->rcv_wnd = MAXIMUM(wanted, promised); /* what was promised is not taken back (RFC 1122 4.2.2.16) */
        tcp->ack_now = 1;
    }
    if (settings->keep_alive && !kept_alive) {
        chimney_tcp_restart_keep_alive(tcp, now);
    } else if (!settings->keep_alive && !tcp->validating) {
        tcp->keep_alive.running = 0;
    }
    tcp_output(tcp, now);
}

void chimney_tcp_restart_keep_alive(struct chimney_tcp *tcp, uint32_t now)
{
    tcp->keep_alive_probe_count = 0;
    if (tcp->settings.keep_alive) {
        tcp_start_timer(&tcp->keep_alive, tcp->settings.ka_timeout, now);
    }
}

void chimney_tcp_restart_max_rt(struct chimney_tcp *tcp) { tcp->total_rt = 0; }

void chimney_tcp_quiesce(struct chimney_tcp *tcp, uint32_t now)
{
    if (tcp->unacknowledged_segments > 0 || tcp->ack_now) {
        tcp_send_ack(tcp, now);
    }
    tcp->delayed_ack.running = 0;
    tcp->sws.running = 0;
    tcp_forget_early(tcp);
}

void chimney_tcp_release(struct chimney_tcp *tcp) { tcp_forget_early(tcp); }

void chimney_tcp_start(struct chimney_tcp *tcp, uint32_t now) { tcp_output(tcp, now); }

void chimney_tcp_send(struct chimney_tcp *tcp, uint32_t bytes, uint32_t now)
{
    tcp->queued += bytes;
    tcp_output(tcp, now);
}

void chimney_tcp_close(struct chimney_tcp *tcp, uint32_t now)
{
    if (tcp->state != CHIMNEY_TCP_ESTABLISHED && tcp->state != CHIMNEY_TCP_CLOSE_WAIT) {
        return;
    }
    tcp->state = tcp->state == CHIMNEY_TCP_ESTABLISHED ? CHIMNEY_TCP_FIN_WAIT_1 : CHIMNEY_TCP_LAST_ACK;
    tcp->fin_queued = 1;
    tcp_output(tcp, now);
}

void chimney_tcp_abort(struct chimney_tcp *tcp, uint32_t now)
{
    if (tcp->state != CHIMNEY_TCP_CLOSED) {
        tcp_send_reset(tcp, now);
        tcp->state = CHIMNEY_TCP_CLOSED;
    }
    tcp->retransmit.running = tcp->keep_alive.running = tcp->delayed_ack.running = tcp->sws.running = 0;
    tcp_forget_early(tcp);
}

void chimney_tcp_consumed(struct chimney_tcp *tcp, uint32_t bytes, uint32_t now)
{
    uint32_t half = tcp->settings.receive_window / 2;
    uint32_t gain;

    tcp->rcv_wnd += bytes;
    if (tcp->rcv_wnd > tcp->settings.receive_window && !BEFORE(tcp->rcv_nxt + tcp->rcv_wnd, tcp->rcv_advertised)) {
        uint32_t promised = tcp->rcv_advertised - tcp->rcv_nxt;
        tcp->rcv_wnd = MAXIMUM(tcp->settings.receive_window, promised);
    }
    gain = tcp->rcv_nxt + tcp->rcv_wnd - tcp->rcv_advertised;
    if (bytes > 0 && gain >= MINIMUM(2 * tcp->settings.maximum_segment, half)) {
        tcp->ack_now = 1; /* a window update, RFC 1122 4.2.3.3 */
        tcp_output(tcp, now);
    }
}

void chimney_tcp_mute(struct chimney_tcp *tcp, int muted, uint32_t now)
{
    tcp->muted = muted;
    if (!muted) {
        tcp_output(tcp, now);
    }
}

void chimney_tcp_data_is_gone(struct chimney_tcp *tcp)
{
    tcp->data_gone = 1;
}

struct chimney_tcp_outcome chimney_tcp_take_outcome(struct chimney_tcp *tcp)
{
    struct chimney_tcp_outcome outcome = tcp->outcome;

    tcp->outcome.acknowledged = 0;
    tcp->outcome.events = 0;
    return outcome;
}
