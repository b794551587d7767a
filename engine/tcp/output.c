/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * What leaves: data in the peer's window and the congestion window, in segments as large as they can be, the FIN behind it,
 * and acknowledgements. After a timeout SndNxt lies before SndMax: what lies between is sent again first.
 */
#include <string.h>

#include "engine/tcp/internal.h"

enum { LargestPayload = 1500 };

int tcp_may_send_data(const struct chimney_tcp *tcp)
{
    switch (tcp->state) {
    case CHIMNEY_TCP_ESTABLISHED:
    case CHIMNEY_TCP_CLOSE_WAIT:
    case CHIMNEY_TCP_FIN_WAIT_1:
    case CHIMNEY_TCP_CLOSING:
    case CHIMNEY_TCP_LAST_ACK: return !tcp->muted && !tcp->data_gone && !tcp->urgent;
    default: return 0;
    }
}

/* In bytes. Small gains are not told (RFC 1122 4.2.3.3), and what was told is not taken back. */
uint32_t tcp_window_to_advertise(const struct chimney_tcp *tcp)
{
    uint32_t promised = tcp->rcv_advertised - tcp->rcv_nxt;
    uint32_t half = tcp->settings.receive_window / 2;
    uint32_t window = tcp->rcv_wnd;

    if (BEFORE(tcp->rcv_advertised, tcp->rcv_nxt)) {
        promised = 0; /* a FIN lies beyond the window */
    }
    if (window < promised || window - promised < MINIMUM(tcp->settings.maximum_segment, half)) {
        window = promised;
    }
    return MINIMUM(window, 0xFFFFu << tcp->settings.rcv_wind_scale);
}

static void transmit(struct chimney_tcp *tcp, uint32_t sequence, uint8_t flags, const uint8_t *data, size_t bytes, uint32_t now)
{
    struct chimney_tcp_segment segment;
    uint32_t window = tcp_window_to_advertise(tcp);

    if (tcp->muted) {
        return;
    }
    memset(&segment, 0, sizeof(segment));
    segment.source_port = tcp->settings.local_port;
    segment.destination_port = tcp->settings.remote_port;
    segment.sequence = sequence;
    segment.acknowledgement = tcp->rcv_nxt;
    segment.flags = flags;
    segment.window = (uint16_t)(window >> tcp->settings.rcv_wind_scale);
    segment.payload = data;
    segment.payload_bytes = bytes;
    if (tcp->settings.timestamps) {
        segment.has_timestamps = 1;
        segment.timestamp_value = now + tcp->ts_delta;
        segment.timestamp_echo = tcp->ts_recent;
    }
    if ((flags & CHIMNEY_TCP_RST) == 0) { /* every segment acknowledges */
        uint32_t edge = tcp->rcv_nxt + ((uint32_t)segment.window << tcp->settings.rcv_wind_scale);
        if (BEFORE(tcp->rcv_advertised, edge)) {
            tcp->rcv_advertised = edge;
        }
        tcp->last_ack_sent = tcp->rcv_nxt;
        tcp->unacknowledged_segments = 0;
        tcp->ack_now = 0;
        tcp->delayed_ack.running = 0;
    }
    tcp->callbacks.transmit(tcp->callbacks.context, &segment);
}

/* Bytes [offset, offset + bytes) of the send queue and, if so, the FIN. Moves SndNxt and SndMax. */
static void send_data(struct chimney_tcp *tcp, uint32_t offset, uint32_t bytes, int fin, uint32_t now)
{
    uint8_t data[LargestPayload];
    uint32_t sequence = tcp->snd_una + offset;
    uint32_t end = sequence + bytes + (fin ? 1u : 0u);
    uint8_t flags = CHIMNEY_TCP_ACK;

    if (bytes > 0) {
        tcp->callbacks.read(tcp->callbacks.context, offset, data, bytes);
        if (offset + bytes == tcp->queued) {
            flags |= CHIMNEY_TCP_PSH; /* the queue is empty behind it */
        }
    }
    if (fin) {
        flags |= CHIMNEY_TCP_FIN;
    }
    if (BEFORE(tcp->snd_max, end)) {
        if (!tcp->timing && !tcp->settings.timestamps && sequence == tcp->snd_max) {
            tcp->timing = 1; /* only what is sent for the first time (Karn) */
            tcp->timed_sequence = end;
            tcp->timed_since = now;
        }
        tcp->snd_max = end;
    }
    tcp->snd_nxt = end;
    transmit(tcp, sequence, flags, data, bytes, now);
}

static uint32_t largest_segment(const struct chimney_tcp *tcp) { return MINIMUM(tcp->settings.maximum_segment, LargestPayload); }

/* Sends one segment if it may. */
static int send_next(struct chimney_tcp *tcp, uint32_t now)
{
    uint32_t offset = tcp->snd_nxt - tcp->snd_una;
    uint32_t window = MINIMUM(tcp->snd_wnd, tcp->cwnd);
    uint32_t bytes = offset < tcp->queued ? MINIMUM(tcp->queued - offset, largest_segment(tcp)) : 0;
    int again = BEFORE(tcp->snd_nxt, tcp->snd_max);
    int idle = tcp->snd_nxt == tcp->snd_una;
    int fin;

    bytes = offset >= window ? 0 : MINIMUM(bytes, window - offset);
    fin = tcp->fin_queued && offset + bytes == tcp->queued && (tcp->snd_wnd > 0 || again);
    if (bytes == 0 && !fin) {
        return 0;
    }
    if (bytes > 0 && bytes < largest_segment(tcp) && !fin && !again && !tcp->force) {
        int whole = offset + bytes == tcp->queued;
        if (whole ? tcp->settings.nagle && !idle : bytes < tcp->max_snd_wnd / 2) {
            if (idle && !tcp->sws.running && tcp->settings.sws_prevention_ticks > 0) {
                tcp_start_timer(&tcp->sws, tcp->settings.sws_prevention_ticks, now); /* nothing else would wake us */
            }
            if (!idle || tcp->settings.sws_prevention_ticks > 0) {
                return 0;
            }
        }
    }
    tcp->sws.running = 0;
    send_data(tcp, offset, bytes, fin, now);
    return 1;
}

void tcp_output(struct chimney_tcp *tcp, uint32_t now)
{
    if (tcp_may_send_data(tcp)) {
        while (send_next(tcp, now)) {
        }
        if (tcp_persisting(tcp)) {
            if (!tcp->retransmit.running) {
                tcp->snd_wnd_probe_count = 0;
                tcp->retransmit_count = 0;
                tcp_start_retransmit(tcp, tcp_retransmission_timeout(tcp), now);
            }
        } else if (tcp->snd_max != tcp->snd_una && !tcp->retransmit.running) {
            tcp_start_retransmit(tcp, tcp_retransmission_timeout(tcp) << MINIMUM(tcp->retransmit_count, 6u), now);
        }
    }
    if (tcp->ack_now) {
        tcp_send_ack(tcp, now);
    }
}

void tcp_send_ack(struct chimney_tcp *tcp, uint32_t now)
{
    tcp->ack_now = 0;
    if (tcp->urgent || tcp->state == CHIMNEY_TCP_CLOSED) {
        return; /* urgent data stays unacknowledged: the host will receive it again */
    }
    transmit(tcp, BEFORE(tcp->snd_nxt, tcp->snd_max) ? tcp->snd_max : tcp->snd_nxt, CHIMNEY_TCP_ACK, NULL, 0, now);
}

void tcp_send_probe(struct chimney_tcp *tcp, uint32_t now)
{
    uint32_t next = tcp->snd_nxt;

    if (tcp->muted || tcp->data_gone) {
        return;
    }
    if (tcp->queued > 0) {
        send_data(tcp, 0, 1, 0, now);
    } else {
        send_data(tcp, 0, 0, 1, now);
    }
    tcp->snd_nxt = BEFORE(next, tcp->snd_una) ? tcp->snd_una : next; /* the byte will be sent with others when it fits */
}

void tcp_send_keep_alive_probe(struct chimney_tcp *tcp, uint32_t now)
{
    transmit(tcp, tcp->snd_una - 1, CHIMNEY_TCP_ACK, NULL, 0, now);
}

void tcp_send_reset(struct chimney_tcp *tcp, uint32_t now)
{
    transmit(tcp, tcp->snd_max, CHIMNEY_TCP_RST | CHIMNEY_TCP_ACK, NULL, 0, now);
}

void tcp_send_one_again(struct chimney_tcp *tcp, uint32_t now)
{
    uint32_t next = tcp->snd_nxt;
    uint32_t bytes = MINIMUM(MINIMUM(tcp->queued, largest_segment(tcp)), tcp->snd_max - tcp->snd_una);
    int fin = tcp->fin_queued && bytes == tcp->queued && tcp->snd_max - tcp->snd_una > bytes;

    if (!tcp_may_send_data(tcp) || (bytes == 0 && !fin)) {
        return;
    }
    tcp->timing = 0;
    send_data(tcp, 0, bytes, fin, now);
    tcp->snd_nxt = BEFORE(next, tcp->snd_nxt) ? tcp->snd_nxt : next;
}
