/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * What arrives, in the order of RFC 793 "SEGMENT ARRIVES": is it acceptable, RST and SYN (only the expected number is
 * believed, blind resets are answered with an ACK), ACK, window, data, FIN.
 */
#include "engine/tcp/internal.h"

static uint32_t segment_end(const struct chimney_tcp_segment *segment)
{
    return segment->sequence + (uint32_t)segment->payload_bytes + ((segment->flags & CHIMNEY_TCP_SYN) != 0) +
           ((segment->flags & CHIMNEY_TCP_FIN) != 0);
}

static int in_window(const struct chimney_tcp *tcp, uint32_t sequence)
{
    uint32_t window = tcp->rcv_wnd > 0 ? tcp->rcv_wnd : 1;

    return !BEFORE(sequence, tcp->rcv_nxt) && BEFORE(sequence, tcp->rcv_nxt + window);
}

/* Any part of it lies in the window; with a closed window a segment without data at its edge is acceptable. */
static int acceptable(const struct chimney_tcp *tcp, const struct chimney_tcp_segment *segment)
{
    uint32_t end = segment_end(segment);

    if (end == segment->sequence) {
        return in_window(tcp, segment->sequence) || segment->sequence == tcp->rcv_nxt + tcp->rcv_wnd;
    }
    if (tcp->rcv_wnd == 0) {
        return (segment->flags & CHIMNEY_TCP_FIN) != 0 && segment->payload_bytes == 0 && segment->sequence == tcp->rcv_nxt;
    }
    return BEFORE(tcp->rcv_nxt, end) && BEFORE(segment->sequence, tcp->rcv_nxt + tcp->rcv_wnd);
}

/* RFC 1323 4: a timestamp older than the one to be echoed belongs to an old duplicate. */
static int is_old_duplicate(const struct chimney_tcp *tcp, const struct chimney_tcp_segment *segment, uint32_t now)
{
    uint32_t days24 = (uint32_t)24 * 24 * 3600 * MINIMUM(tcp->settings.ticks_per_second, 1000u);

    return tcp->settings.timestamps && segment->has_timestamps && tcp->ts_recent != 0 &&
           BEFORE(segment->timestamp_value, tcp->ts_recent) && now - tcp->ts_recent_since < days24;
}

static void reset_arrived(struct chimney_tcp *tcp, const struct chimney_tcp_segment *segment, uint32_t now)
{
    if (segment->sequence == tcp->rcv_nxt) {
        tcp->state = CHIMNEY_TCP_CLOSED;
        tcp->retransmit.running = tcp->keep_alive.running = tcp->delayed_ack.running = tcp->sws.running = 0;
        tcp->outcome.events |= CHIMNEY_TCP_RESET_RECEIVED;
    } else if (in_window(tcp, segment->sequence)) {
        if (!tcp->challenged) { /* one answer, until the peer has been heard */
            tcp->challenged = 1;
            tcp->outcome.events |= CHIMNEY_TCP_CHALLENGED;
            tcp_send_ack(tcp, now);
        }
        tcp_begin_validation(tcp, now);
    }
}

static void syn_arrived(struct chimney_tcp *tcp, const struct chimney_tcp_segment *segment, uint32_t now)
{
    uint32_t pause = SynChallengeSeconds * tcp->settings.ticks_per_second;

    if (!in_window(tcp, segment->sequence)) {
        tcp_send_ack(tcp, now);
    } else if (segment->sequence == tcp->rcv_nxt) {
        tcp->state = CHIMNEY_TCP_CLOSED;
        tcp->retransmit.running = tcp->keep_alive.running = tcp->delayed_ack.running = tcp->sws.running = 0;
        tcp->outcome.events |= CHIMNEY_TCP_SYN_IN_ORDER;
    } else {
        if (!tcp->syn_challenged || now - tcp->syn_challenged_at >= pause) {
            tcp->syn_challenged = 1;
            tcp->syn_challenged_at = now;
            tcp->outcome.events |= CHIMNEY_TCP_CHALLENGED;
            tcp_send_ack(tcp, now);
        }
        tcp_begin_validation(tcp, now);
    }
}

/* ---- acknowledgements ---- */

static void grow_congestion_window(struct chimney_tcp *tcp, uint32_t bytes)
{
    uint32_t segment = tcp->settings.maximum_segment;

    if (tcp->cwnd < tcp->ss_thresh) {
        tcp->cwnd += MINIMUM(bytes, segment);
    } else {
        tcp->cwnd += MAXIMUM((uint32_t)((uint64_t)segment * segment / tcp->cwnd), 1u);
    }
    tcp->cwnd = MINIMUM(tcp->cwnd, 0x40000000u);
}

/* In fast recovery: was that all that was outstanding when it began? Else the next hole is filled at once (RFC 2582). */
static void recovered(struct chimney_tcp *tcp, uint32_t bytes, uint32_t now)
{
    if (BEFORE(tcp->snd_una, tcp->recover)) {
        tcp_send_one_again(tcp, now);
        tcp->cwnd = (tcp->cwnd > bytes ? tcp->cwnd - bytes : 0) + tcp->settings.maximum_segment;
    } else {
        tcp->cwnd = MAXIMUM(tcp->ss_thresh, tcp->settings.maximum_segment);
        tcp->dup_ack_count = 0;
    }
}

static void duplicate_arrived(struct chimney_tcp *tcp, uint32_t now)
{
    uint32_t flight = MINIMUM(tcp->snd_max - tcp->snd_una, tcp->snd_wnd);

    tcp->dup_ack_count++;
    if (tcp->dup_ack_count == tcp->settings.duplicate_ack_threshold) {
        tcp->ss_thresh = MAXIMUM(flight / 2, 2 * tcp->settings.maximum_segment);
        tcp->recover = tcp->snd_max;
        tcp->cwnd = tcp->ss_thresh + 3 * tcp->settings.maximum_segment;
        tcp_send_one_again(tcp, now);
    } else if (tcp->dup_ack_count > tcp->settings.duplicate_ack_threshold) {
        tcp->cwnd += tcp->settings.maximum_segment;
    }
}

static void fin_acknowledged(struct chimney_tcp *tcp, uint32_t now)
{
    tcp->fin_queued = 0;
    tcp->outcome.events |= CHIMNEY_TCP_FIN_ACKNOWLEDGED;
    if (tcp->state == CHIMNEY_TCP_FIN_WAIT_1) {
        tcp->state = CHIMNEY_TCP_FIN_WAIT_2;
        tcp_start_timer(&tcp->retransmit, FinWait2Seconds * tcp->settings.ticks_per_second, now);
    } else if (tcp->state == CHIMNEY_TCP_CLOSING) {
        tcp->state = CHIMNEY_TCP_TIME_WAIT;
        tcp_start_timer(&tcp->retransmit, TimeWaitSeconds * tcp->settings.ticks_per_second, now);
        tcp->outcome.events |= CHIMNEY_TCP_TIME_WAIT_ENTERED;
    } else if (tcp->state == CHIMNEY_TCP_LAST_ACK) {
        tcp->state = CHIMNEY_TCP_CLOSED;
        tcp->retransmit.running = 0;
    }
}

static void measure(struct chimney_tcp *tcp, const struct chimney_tcp_segment *segment, uint32_t now)
{
    if (tcp->settings.timestamps && segment->has_timestamps) {
        uint32_t ticks = now + tcp->ts_delta - segment->timestamp_echo;
        if (ticks < 0x10000u) {
            tcp_measured(tcp, ticks);
        }
    } else if (tcp->timing && !BEFORE(segment->acknowledgement, tcp->timed_sequence)) {
        tcp->timing = 0;
        tcp_measured(tcp, now - tcp->timed_since);
    }
}

static void new_data_acknowledged(struct chimney_tcp *tcp, const struct chimney_tcp_segment *segment, uint32_t now)
{
    uint32_t numbers = segment->acknowledgement - tcp->snd_una;
    uint32_t bytes = MINIMUM(numbers, tcp->queued);

    measure(tcp, segment, now);
    tcp->snd_una = segment->acknowledgement;
    tcp->queued -= bytes;
    if (BEFORE(tcp->snd_nxt, tcp->snd_una)) {
        tcp->snd_nxt = tcp->snd_una;
    }
    tcp->outcome.acknowledged += bytes;
    tcp->outcome.events |= CHIMNEY_TCP_PROGRESS;
    tcp->retransmit_count = 0;
    tcp->total_rt = 0;
    tcp->retransmit.running = 0;
    if (tcp->snd_una != tcp->snd_max) {
        tcp_start_retransmit(tcp, tcp_retransmission_timeout(tcp), now);
    }
    if (tcp->dup_ack_count >= tcp->settings.duplicate_ack_threshold) {
        recovered(tcp, bytes, now);
    } else {
        tcp->dup_ack_count = 0;
        grow_congestion_window(tcp, bytes);
    }
    if (numbers > bytes && tcp->fin_queued) {
        fin_acknowledged(tcp, now);
    }
}

static void window_arrived(struct chimney_tcp *tcp, const struct chimney_tcp_segment *segment, uint32_t now)
{
    uint32_t window = (uint32_t)segment->window << tcp->settings.snd_wind_scale;
    uint32_t before = tcp->snd_wnd;

    if (BEFORE(segment->sequence, tcp->send_wl1) || BEFORE(segment->acknowledgement, tcp->snd_una)) {
        return; /* older than what we know */
    }
    tcp->send_wl1 = segment->sequence;
    tcp->snd_wnd = window;
    tcp->max_snd_wnd = MAXIMUM(tcp->max_snd_wnd, window);
    if (window == 0 && tcp_persisting(tcp)) {
        if (before != 0) { /* the algorithm begins */
            tcp->snd_wnd_probe_count = 0;
            tcp->retransmit_count = 0;
            tcp_start_retransmit(tcp, tcp_retransmission_timeout(tcp), now);
        } else if (tcp->retransmit_count > 0) { /* the answer to a probe: the next round */
            tcp->snd_wnd_probe_count++;
            tcp->retransmit_count = 0;
            tcp_start_retransmit(tcp, tcp_retransmission_timeout(tcp) << MINIMUM(tcp->snd_wnd_probe_count, 6u), now);
        }
    } else if (before == 0 && window > 0) { /* and ends */
        tcp->snd_wnd_probe_count = 0;
        tcp->retransmit_count = 0;
        tcp->retransmit.running = 0;
        tcp->snd_nxt = tcp->snd_una;
    }
}

/* 0: it acknowledges what was never sent; nothing more is done with it. */
static int acknowledgement_arrived(struct chimney_tcp *tcp, const struct chimney_tcp_segment *segment, uint32_t now)
{
    uint32_t window = (uint32_t)segment->window << tcp->settings.snd_wind_scale;

    if (BEFORE(tcp->snd_max, segment->acknowledgement)) {
        tcp->ack_now = 1;
        return 0;
    }
    if (BEFORE(tcp->snd_una, segment->acknowledgement)) {
        new_data_acknowledged(tcp, segment, now);
    } else if (segment->acknowledgement == tcp->snd_una && segment->payload_bytes == 0 && window == tcp->snd_wnd &&
               window > 0 && tcp->snd_max != tcp->snd_una && (segment->flags & CHIMNEY_TCP_FIN) == 0) {
        duplicate_arrived(tcp, now);
    }
    window_arrived(tcp, segment, now);
    return 1;
}

/* ---- data and FIN ---- */

/* 0: there was no memory for them, and nothing has happened. */
int tcp_deliver(struct chimney_tcp *tcp, const uint8_t *data, size_t bytes, int push)
{
    if (!tcp->callbacks.receive(tcp->callbacks.context, data, bytes, push)) {
        return 0;
    }
    tcp->rcv_nxt += (uint32_t)bytes;
    tcp->rcv_wnd -= MINIMUM((uint32_t)bytes, tcp->rcv_wnd);
    return 1;
}

static void fin_arrived(struct chimney_tcp *tcp, uint32_t now)
{
    tcp->rcv_nxt++;
    tcp->ack_now = 1;
    tcp->outcome.events |= CHIMNEY_TCP_FIN_RECEIVED;
    tcp_forget_early(tcp);
    switch (tcp->state) {
    case CHIMNEY_TCP_ESTABLISHED: tcp->state = CHIMNEY_TCP_CLOSE_WAIT; break;
    case CHIMNEY_TCP_FIN_WAIT_1: tcp->state = CHIMNEY_TCP_CLOSING; break;
    default:
        tcp->state = CHIMNEY_TCP_TIME_WAIT;
        tcp_start_timer(&tcp->retransmit, TimeWaitSeconds * tcp->settings.ticks_per_second, now);
        tcp->outcome.events |= CHIMNEY_TCP_TIME_WAIT_ENTERED;
        break;
    }
}

static void acknowledge_later(struct chimney_tcp *tcp, uint32_t now)
{
    tcp->unacknowledged_segments++;
    if (tcp->unacknowledged_segments >= tcp->settings.ack_frequency || tcp->settings.delayed_ack_ticks == 0) {
        tcp->ack_now = 1;
    } else if (!tcp->delayed_ack.running) {
        tcp_start_timer(&tcp->delayed_ack, tcp->settings.delayed_ack_ticks, now);
    }
}

/* The part of the segment that is new and fits the window. */
static struct chimney_tcp_segment trimmed(const struct chimney_tcp *tcp, const struct chimney_tcp_segment *segment)
{
    struct chimney_tcp_segment part = *segment;
    uint32_t edge = tcp->rcv_nxt + tcp->rcv_wnd;

    if (BEFORE(part.sequence, tcp->rcv_nxt)) {
        uint32_t known = MINIMUM(tcp->rcv_nxt - part.sequence, (uint32_t)part.payload_bytes);
        part.sequence = tcp->rcv_nxt;
        part.payload += known;
        part.payload_bytes -= known;
    }
    if (BEFORE(edge, part.sequence + (uint32_t)part.payload_bytes)) {
        part.payload_bytes = BEFORE(part.sequence, edge) ? edge - part.sequence : 0;
        part.flags &= (uint8_t)~(CHIMNEY_TCP_FIN | CHIMNEY_TCP_PSH);
    }
    return part;
}

static void data_arrived(struct chimney_tcp *tcp, const struct chimney_tcp_segment *segment, uint32_t now)
{
    struct chimney_tcp_segment part = trimmed(tcp, segment);
    int fin = (part.flags & CHIMNEY_TCP_FIN) != 0;

    if (part.payload_bytes == 0 && !fin) {
        if (segment->payload_bytes > 0) {
            tcp->ack_now = 1; /* nothing of it fits: say so */
        }
        return;
    }
    if (part.sequence != tcp->rcv_nxt) {
        tcp_keep_early(tcp, &part);
        tcp->ack_now = 1; /* a duplicate ACK at once (RFC 2581 3.2) */
        return;
    }
    if (part.payload_bytes > 0) {
        int holes = tcp->early != NULL;
        if (!tcp_deliver(tcp, part.payload, part.payload_bytes, (part.flags & CHIMNEY_TCP_PSH) != 0)) {
            return;
        }
        if (holes) {
            tcp->ack_now = 1;
        }
        acknowledge_later(tcp, now);
    }
    if (!fin) {
        fin = tcp_take_early(tcp);
    }
    if (fin) {
        fin_arrived(tcp, now);
    }
}

enum chimney_tcp_disposition chimney_tcp_input(struct chimney_tcp *tcp, const struct chimney_tcp_segment *segment, uint32_t now)
{
    if (tcp->state == CHIMNEY_TCP_CLOSED ||
        (tcp->state == CHIMNEY_TCP_TIME_WAIT && (segment->flags & CHIMNEY_TCP_SYN) != 0)) {
        return CHIMNEY_TCP_FOR_HOST;
    }
    if (tcp->urgent) {
        return CHIMNEY_TCP_KEEP;
    }
    if ((segment->flags & CHIMNEY_TCP_RST) != 0) {
        reset_arrived(tcp, segment, now);
        return CHIMNEY_TCP_DONE;
    }
    if ((segment->flags & CHIMNEY_TCP_SYN) != 0) {
        syn_arrived(tcp, segment, now);
        return CHIMNEY_TCP_DONE;
    }
    if (is_old_duplicate(tcp, segment, now)) {
        tcp_send_ack(tcp, now);
        return CHIMNEY_TCP_DONE;
    }
    if (!acceptable(tcp, segment)) {
        if (tcp->rcv_wnd == 0 && segment->sequence == tcp->rcv_nxt && (segment->flags & CHIMNEY_TCP_ACK) != 0) {
            tcp_heard_from_peer(tcp, now); /* a probe of our closed window still acknowledges (RFC 793 3.9) */
            (void)acknowledgement_arrived(tcp, segment, now);
        }
        tcp->ack_now = 1;
        tcp_output(tcp, now);
        return CHIMNEY_TCP_DONE;
    }
    if ((segment->flags & CHIMNEY_TCP_ACK) == 0) {
        return CHIMNEY_TCP_DONE;
    }
    if ((segment->flags & CHIMNEY_TCP_URG) != 0 && tcp->settings.offload_target &&
        !BEFORE(tcp->snd_max, segment->acknowledgement)) {
        tcp->urgent = 1;
        tcp->outcome.events |= CHIMNEY_TCP_URGENT_RECEIVED;
        return CHIMNEY_TCP_KEEP;
    }
    tcp_heard_from_peer(tcp, now);
    if (tcp->settings.timestamps && segment->has_timestamps && !BEFORE(tcp->last_ack_sent, segment->sequence)) {
        tcp->ts_recent = segment->timestamp_value;
        tcp->ts_recent_since = now;
    }
    if (acknowledgement_arrived(tcp, segment, now) && tcp->state != CHIMNEY_TCP_CLOSED) {
        if (tcp->state == CHIMNEY_TCP_ESTABLISHED || tcp->state == CHIMNEY_TCP_FIN_WAIT_1 || tcp->state == CHIMNEY_TCP_FIN_WAIT_2) {
            data_arrived(tcp, segment, now);
        } else if (segment_end(segment) != segment->sequence) {
            tcp->ack_now = 1; /* the FIN again: it is acknowledged again */
        }
    }
    tcp_output(tcp, now);
    return CHIMNEY_TCP_DONE;
}
