/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Between the files of engine/tcp.
 */
#ifndef CHIMNEYLAB_TCP_INTERNAL_H
#define CHIMNEYLAB_TCP_INTERNAL_H

#include "engine/tcp/tcp.h"

#define BEFORE(a, b) chimney_tcp_before(a, b)
#define MINIMUM(a, b) ((a) < (b) ? (a) : (b))
#define MAXIMUM(a, b) ((a) > (b) ? (a) : (b))

enum {
    FinWait2Seconds = 120,
    TimeWaitSeconds = 60,         /* twice the maximum segment lifetime */
    ValidationSeconds = 300,      /* after a doubtful RST or SYN the peer is asked after five minutes at the latest */
    ValidationProbes = 10,        /* when the connection has no keepalive of its own */
    SynChallengeSeconds = 3,
    LargestTimeoutSeconds = 64
};

/* output.c */
void tcp_output(struct chimney_tcp *tcp, uint32_t now);
void tcp_send_ack(struct chimney_tcp *tcp, uint32_t now);
void tcp_send_probe(struct chimney_tcp *tcp, uint32_t now);            /* of a closed window */
void tcp_send_keep_alive_probe(struct chimney_tcp *tcp, uint32_t now);
void tcp_send_reset(struct chimney_tcp *tcp, uint32_t now);
void tcp_send_one_again(struct chimney_tcp *tcp, uint32_t now);        /* the segment at SndUna */
int tcp_may_send_data(const struct chimney_tcp *tcp);
uint32_t tcp_window_to_advertise(const struct chimney_tcp *tcp);

/* timers.c */
void tcp_start_timer(struct chimney_tcp_timer_state *timer, uint32_t ticks, uint32_t now);
uint32_t tcp_retransmission_timeout(const struct chimney_tcp *tcp);
void tcp_start_retransmit(struct chimney_tcp *tcp, uint32_t ticks, uint32_t now);
void tcp_measured(struct chimney_tcp *tcp, uint32_t ticks);
void tcp_heard_from_peer(struct chimney_tcp *tcp, uint32_t now);       /* an acceptable segment has come */
void tcp_begin_validation(struct chimney_tcp *tcp, uint32_t now);
int tcp_persisting(const struct chimney_tcp *tcp);

/* out_of_order.c */
void tcp_keep_early(struct chimney_tcp *tcp, const struct chimney_tcp_segment *segment);
int tcp_take_early(struct chimney_tcp *tcp); /* delivers what has become in order; 1 when that ended with a FIN */
void tcp_forget_early(struct chimney_tcp *tcp);

/* input.c */
int tcp_deliver(struct chimney_tcp *tcp, const uint8_t *data, size_t bytes, int push);

#endif
