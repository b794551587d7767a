/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The timers. One of them serves four purposes, as the delegated variables have it: retransmission; with a closed window
 * the persist rounds; FIN_WAIT_2; 2MSL.
 */
#include "engine/tcp/internal.h"

void tcp_start_timer(struct chimney_tcp_timer_state *timer, uint32_t ticks, uint32_t now)
{
    timer->running = 1;
    timer->due = now + ticks;
}

void tcp_start_retransmit(struct chimney_tcp *tcp, uint32_t ticks, uint32_t now)
{
    ticks = MINIMUM(ticks, LargestTimeoutSeconds * tcp->settings.ticks_per_second);
    tcp->retransmit_interval = ticks;
    tcp_start_timer(&tcp->retransmit, ticks, now);
}

/* RFC 2988: at least a second. */
uint32_t tcp_retransmission_timeout(const struct chimney_tcp *tcp)
{
    uint32_t timeout = (tcp->srtt >> 3) + MAXIMUM(tcp->rtt_var, 1u);

    if (tcp->srtt == 0) {
        timeout = 3 * tcp->settings.ticks_per_second;
    }
    return MAXIMUM(timeout, tcp->settings.ticks_per_second);
}

/* SRtt is kept times 8, RttVar times 4: the fractions are not lost. */
void tcp_measured(struct chimney_tcp *tcp, uint32_t ticks)
{
    uint32_t sample = MAXIMUM(ticks, 1u);
    uint32_t difference;

    if (tcp->srtt == 0) {
        tcp->srtt = sample << 3;
        tcp->rtt_var = sample << 1;
    } else {
        uint32_t smoothed = tcp->srtt >> 3;
        difference = sample > smoothed ? sample - smoothed : smoothed - sample;
        tcp->srtt = tcp->srtt - smoothed + sample;
        tcp->rtt_var = tcp->rtt_var - (tcp->rtt_var >> 2) + difference;
    }
    tcp->srtt = MINIMUM(tcp->srtt, 0xFFFFu);
    tcp->rtt_var = MINIMUM(tcp->rtt_var, 0xFFFFu);
}

int tcp_persisting(const struct chimney_tcp *tcp)
{
    return tcp->snd_wnd == 0 && tcp_may_send_data(tcp) && (tcp->queued > 0 || tcp->fin_queued);
}

static void time_out(struct chimney_tcp *tcp)
{
    tcp->outcome.events |= CHIMNEY_TCP_TIMED_OUT;
}

/* A round of the persist algorithm: the timer runs out once before the first probe and after each (the page "Persist
 * Timer"). */
static void persist(struct chimney_tcp *tcp, uint32_t now)
{
    uint32_t shift = MINIMUM(tcp->retransmit_count, 6u);

    if (tcp->retransmit_count > tcp->settings.maximum_retransmissions) {
        time_out(tcp);
        return;
    }
    tcp_send_probe(tcp, now);
    tcp_start_retransmit(tcp, tcp_retransmission_timeout(tcp) << shift, now);
    tcp->retransmit_count++;
}

static int given_up(const struct chimney_tcp *tcp)
{
    if (tcp->settings.max_rt == 0) {
        return tcp->retransmit_count >= tcp->settings.maximum_retransmissions;
    }
    return tcp->settings.max_rt != 0xFFFFFFFFu && tcp->total_rt >= tcp->settings.max_rt;
}

static void retransmit(struct chimney_tcp *tcp, uint32_t now)
{
    uint32_t flight = MINIMUM(tcp->snd_max - tcp->snd_una, tcp->cwnd);

    if (tcp->snd_max == tcp->snd_una) {
        return;
    }
    if (tcp->retransmit_count > 0) {
        tcp->total_rt += tcp->retransmit_interval;
    }
    if (given_up(tcp)) {
        time_out(tcp);
        return;
    }
    if (tcp->retransmit_count == 0) {
        tcp->ss_thresh = MAXIMUM(flight / 2, 2 * tcp->settings.maximum_segment);
    }
    tcp->cwnd = tcp->settings.maximum_segment;
    tcp->dup_ack_count = 0;
    tcp->recover = tcp->snd_max;
    tcp->timing = 0;
    tcp->retransmit_count++;
    tcp->snd_nxt = tcp->snd_una; /* SndNxt .. SndMax has been sent and is to be sent again */
    tcp_output(tcp, now);
    tcp_start_retransmit(tcp, tcp_retransmission_timeout(tcp) << MINIMUM(tcp->retransmit_count, 6u), now);
}

static void retransmit_due(struct chimney_tcp *tcp, uint32_t now)
{
    switch (tcp->state) {
    case CHIMNEY_TCP_FIN_WAIT_2: /* CLOSED first, then the upload is asked for */
        tcp->state = CHIMNEY_TCP_CLOSED;
        time_out(tcp);
        return;
    case CHIMNEY_TCP_TIME_WAIT:
        tcp->state = CHIMNEY_TCP_CLOSED;
        return;
    default: break;
    }
    if (tcp_persisting(tcp)) {
        persist(tcp, now);
    } else if (tcp_may_send_data(tcp)) {
        retransmit(tcp, now);
    }
}

static uint32_t probes_allowed(const struct chimney_tcp *tcp)
{
    return tcp->settings.ka_probe_count > 0 ? tcp->settings.ka_probe_count : (uint32_t)ValidationProbes;
}

static uint32_t probe_interval(const struct chimney_tcp *tcp)
{
    return tcp->settings.ka_interval > 0 ? tcp->settings.ka_interval : tcp->settings.ticks_per_second;
}

static void keep_alive_due(struct chimney_tcp *tcp, uint32_t now)
{
    if (tcp->state == CHIMNEY_TCP_CLOSED) {
        return;
    }
    if (tcp->keep_alive_probe_count >= probes_allowed(tcp)) {
        tcp->state = CHIMNEY_TCP_CLOSED;
        tcp->challenged = 0;
        tcp->validating = 0;
        time_out(tcp);
        return;
    }
    tcp_send_keep_alive_probe(tcp, now);
    tcp->keep_alive_probe_count++;
    tcp_start_timer(&tcp->keep_alive, probe_interval(tcp), now);
}

/* The peer is there, whoever sent the doubtful segment. */
void tcp_heard_from_peer(struct chimney_tcp *tcp, uint32_t now)
{
    tcp->challenged = 0;
    tcp->keep_alive_probe_count = 0;
    if (tcp->settings.keep_alive) {
        tcp_start_timer(&tcp->keep_alive, tcp->settings.ka_timeout, now);
    } else {
        tcp->keep_alive.running = 0;
    }
    tcp->validating = 0;
    if (tcp->state == CHIMNEY_TCP_FIN_WAIT_2) {
        tcp_start_timer(&tcp->retransmit, FinWait2Seconds * tcp->settings.ticks_per_second, now);
    }
}

void tcp_begin_validation(struct chimney_tcp *tcp, uint32_t now)
{
    uint32_t ticks = ValidationSeconds * tcp->settings.ticks_per_second;

    if (!tcp->keep_alive.running || BEFORE(now + ticks, tcp->keep_alive.due)) {
        tcp_start_timer(&tcp->keep_alive, ticks, now);
    }
    tcp->validating = 1;
}

static int take_due(struct chimney_tcp_timer_state *timer, uint32_t now)
{
    if (!timer->running || BEFORE(now, timer->due)) {
        return 0;
    }
    timer->running = 0;
    return 1;
}

void chimney_tcp_timer(struct chimney_tcp *tcp, uint32_t now)
{
    if (take_due(&tcp->delayed_ack, now)) {
        tcp_send_ack(tcp, now);
    }
    if (take_due(&tcp->sws, now)) {
        tcp->force = 1;
        tcp_output(tcp, now);
        tcp->force = 0;
    }
    if (take_due(&tcp->retransmit, now)) {
        retransmit_due(tcp, now);
    }
    if (take_due(&tcp->keep_alive, now)) {
        keep_alive_due(tcp, now);
    }
}

static int retransmit_is_patient(const struct chimney_tcp *tcp)
{
    return tcp->state == CHIMNEY_TCP_FIN_WAIT_2 || tcp->state == CHIMNEY_TCP_TIME_WAIT || tcp_persisting(tcp);
}

uint32_t chimney_tcp_next_timer(const struct chimney_tcp *tcp, int patient, uint32_t now)
{
    const struct chimney_tcp_timer_state *timers[3] = { NULL, NULL, NULL };
    uint32_t least = CHIMNEY_TCP_NOT_RUNNING;
    int i;

    timers[0] = retransmit_is_patient(tcp) == (patient != 0) ? &tcp->retransmit : NULL;
    timers[1] = patient ? &tcp->keep_alive : &tcp->delayed_ack;
    timers[2] = patient ? NULL : &tcp->sws;
    for (i = 0; i < 3; i++) {
        if (timers[i] != NULL && timers[i]->running) {
            uint32_t ticks = BEFORE(now, timers[i]->due) ? timers[i]->due - now : 0;
            least = MINIMUM(least, ticks);
        }
    }
    return least;
}
