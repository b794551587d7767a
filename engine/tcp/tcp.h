/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * One TCP connection after its set-up, as a state machine: RFC 793 with 813 (silly windows), 1122 (delayed ACK, Nagle,
 * keepalive), 1323 (timestamps, scaling, PAWS), 2581 (congestion), 2988 (retransmission timer), and what the chimney pages
 * put on an offload target beside them: the persist rounds, the FIN_WAIT_2 timer, blind-reset mitigation, urgent data.
 * Its state can be taken out and put in at any moment in the form that TCP_OFFLOAD_STATE_DELEGATED has
 * (struct chimney_tcp_state): idle timers are 0xFFFFFFFF, running ones what is left of them.
 *
 *   connection.c   import, export, what the application does     timers.c         what comes due
 *   input.c        what arrives                                  out_of_order.c   what arrived too early
 *   output.c       what leaves                                   segment.h, frame.h   bytes
 *
 * The connection keeps no send data: it knows how many bytes are queued and reads them when it sends. It sees the time as
 * ticks (settings.ticks_per_second), modulo 2^32, given with every call. Whoever calls also calls chimney_tcp_timer when
 * chimney_tcp_next_timer says so. The callbacks must not call back into the connection: what a call brought about is
 * fetched afterwards with chimney_tcp_take_outcome.
 * Thread rule: one call at a time. Ownership: the caller owns the structure; segments that came too early are in memory of
 * the allocate callback until they are delivered or chimney_tcp_release is called. Nothing here fails but an allocation, and
 * then a segment is as good as lost.
 */
#ifndef CHIMNEYLAB_TCP_H
#define CHIMNEYLAB_TCP_H

#include "engine/tcp/segment.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers of TCP_OFFLOAD_CONNECTION_STATE. */
enum chimney_tcp_connection_state {
    CHIMNEY_TCP_CLOSED = 0,
    CHIMNEY_TCP_ESTABLISHED = 4,
    CHIMNEY_TCP_FIN_WAIT_1 = 5,
    CHIMNEY_TCP_FIN_WAIT_2 = 6,
    CHIMNEY_TCP_CLOSE_WAIT = 7,
    CHIMNEY_TCP_CLOSING = 8,
    CHIMNEY_TCP_LAST_ACK = 9,
    CHIMNEY_TCP_TIME_WAIT = 10
};

#define CHIMNEY_TCP_NOT_RUNNING 0xFFFFFFFFu /* of a timer that is taken out or put in */

/* What does not change by itself: constants, cached variables, parameters of the adapter. */
struct chimney_tcp_settings {
    uint16_t local_port;
    uint16_t remote_port;
    uint32_t maximum_segment; /* bytes of payload, options already taken off */
    uint8_t timestamps;
    uint8_t snd_wind_scale; /* of windows that the peer advertises; 0 without scaling */
    uint8_t rcv_wind_scale;
    uint8_t nagle;
    uint8_t keep_alive;
    uint8_t ka_probe_count;
    uint8_t offload_target; /* urgent data and a SYN in order end the connection here: the host stack goes on with it */
    uint32_t ka_timeout; /* ticks */
    uint32_t ka_interval;
    uint32_t max_rt;         /* ticks; 0: maximum_retransmissions decides, 0xFFFFFFFF: no limit */
    uint32_t receive_window; /* InitialRcvWnd */
    uint32_t ticks_per_second;
    uint32_t ack_frequency;
    uint32_t delayed_ack_ticks;
    uint32_t maximum_retransmissions;
    uint32_t duplicate_ack_threshold;
    uint32_t sws_prevention_ticks;
};

/* Names and meaning of the members of TCP_OFFLOAD_STATE_DELEGATED. */
struct chimney_tcp_state {
    uint32_t state;
    uint32_t rcv_nxt;
    uint32_t rcv_wnd;
    uint32_t snd_una;
    uint32_t snd_nxt;
    uint32_t snd_max;
    uint32_t snd_wnd;
    uint32_t max_snd_wnd;
    uint32_t send_wl1;
    uint32_t cwnd;
    uint32_t ss_thresh;
    uint32_t srtt;    /* times 8 */
    uint32_t rtt_var; /* times 4 */
    uint32_t ts_recent;
    uint32_t ts_recent_age;
    uint32_t ts_time;
    uint32_t total_rt;
    uint32_t dup_ack_count;
    uint32_t snd_wnd_probe_count;
    uint32_t keep_alive_probe_count;
    uint32_t keep_alive_timeout_delta;
    uint32_t retransmit_count;
    uint32_t retransmit_timeout_delta;
};

struct chimney_tcp_callbacks {
    void *context;
    void *(*allocate)(void *context, size_t bytes); /* NULL: the segment is dropped */
    void (*release)(void *context, void *memory);
    /* Copies bytes of the send stream; offset 0 is the byte at SndUna. */
    void (*read)(void *context, uint32_t offset, uint8_t *into, size_t bytes);
    void (*transmit)(void *context, const struct chimney_tcp_segment *segment);
    /* Bytes in order, acknowledged from now on: to be kept until the application takes them (chimney_tcp_consumed). 0: there is
     * no memory for them, so they count as lost on the way; the peer will send them again. */
    int (*receive)(void *context, const uint8_t *data, size_t bytes, int push);
};

enum chimney_tcp_event {
    CHIMNEY_TCP_FIN_RECEIVED = 0x01, /* all data before it has been given to receive */
    CHIMNEY_TCP_FIN_ACKNOWLEDGED = 0x02,
    CHIMNEY_TCP_RESET_RECEIVED = 0x04,
    CHIMNEY_TCP_URGENT_RECEIVED = 0x08,
    CHIMNEY_TCP_TIMED_OUT = 0x10, /* retransmissions, persist rounds, keepalive probes or FIN_WAIT_2 have come to their end */
    CHIMNEY_TCP_SYN_IN_ORDER = 0x20,
    CHIMNEY_TCP_TIME_WAIT_ENTERED = 0x40,
    CHIMNEY_TCP_PROGRESS = 0x80, /* the peer is certainly reachable: it acknowledged something new */
    CHIMNEY_TCP_CHALLENGED = 0x100 /* a RST or SYN in the window was answered with an ACK instead of being believed */
};

struct chimney_tcp_outcome {
    uint32_t acknowledged; /* bytes of data by which SndUna has moved */
    uint32_t events;       /* enum chimney_tcp_event */
};

enum chimney_tcp_disposition {
    CHIMNEY_TCP_DONE = 0,     /* processed or rightly dropped */
    CHIMNEY_TCP_FOR_HOST,     /* a SYN in TIME_WAIT, anything in CLOSED: not for the one who holds the connection */
    CHIMNEY_TCP_KEEP          /* urgent data, or what came after it: to be kept unacknowledged for the host */
};

struct chimney_tcp_timer_state {
    int running;
    uint32_t due;
};

struct chimney_tcp_early; /* a segment that came too early */

/* Read freely; change only through the functions. */
struct chimney_tcp {
    struct chimney_tcp_settings settings;
    struct chimney_tcp_callbacks callbacks;
    struct chimney_tcp_outcome outcome;
    uint32_t state;
    uint32_t rcv_nxt, rcv_wnd, rcv_advertised; /* the last is the right edge that the peer has been told */
    uint32_t snd_una, snd_nxt, snd_max, snd_wnd, max_snd_wnd, send_wl1;
    uint32_t queued;   /* bytes of data from SndUna on */
    int fin_queued;    /* a FIN follows them */
    uint32_t cwnd, ss_thresh, recover;
    uint32_t srtt, rtt_var;
    int timing; /* one segment's round trip, without timestamps */
    uint32_t timed_sequence, timed_since;
    uint32_t ts_recent, ts_recent_since, ts_delta, last_ack_sent;
    uint32_t total_rt, dup_ack_count, snd_wnd_probe_count, retransmit_count, keep_alive_probe_count;
    struct chimney_tcp_timer_state retransmit; /* persist, FIN_WAIT_2 and 2MSL as well */
    struct chimney_tcp_timer_state keep_alive;
    struct chimney_tcp_timer_state delayed_ack;
    struct chimney_tcp_timer_state sws;
    uint32_t retransmit_interval; /* what the timer was started with */
    uint32_t unacknowledged_segments;
    int ack_now, force;
    int muted;  /* an invalidated object: nothing leaves */
    int data_gone; /* only acknowledgements leave */
    int urgent; /* urgent data has come: nothing is acknowledged any more */
    int challenged, validating; /* validating: the keepalive timer runs because of a doubtful RST or SYN */
    int syn_challenged;
    uint32_t syn_challenged_at;
    struct chimney_tcp_early *early;
};

/* queued: bytes that the send queue holds from SndUna on. In FIN_WAIT_1, CLOSING and LAST_ACK a FIN follows them. */
void chimney_tcp_import(struct chimney_tcp *tcp, const struct chimney_tcp_settings *settings,
                        const struct chimney_tcp_callbacks *callbacks, const struct chimney_tcp_state *state, uint32_t queued,
                        uint32_t now);
void chimney_tcp_export(const struct chimney_tcp *tcp, struct chimney_tcp_state *state, uint32_t now);
/* New settings of a living connection. The receive window changes by what is asked for, and the peer is told. */
void chimney_tcp_change(struct chimney_tcp *tcp, const struct chimney_tcp_settings *settings, uint32_t now);
void chimney_tcp_restart_keep_alive(struct chimney_tcp *tcp, uint32_t now);
void chimney_tcp_restart_max_rt(struct chimney_tcp *tcp);
/* Before the state is handed over, either way: sends the ACK that is due, stops the timers that are not handed over, and
 * forgets segments that came too early (they are not acknowledged). */
void chimney_tcp_quiesce(struct chimney_tcp *tcp, uint32_t now);
void chimney_tcp_release(struct chimney_tcp *tcp);

void chimney_tcp_start(struct chimney_tcp *tcp, uint32_t now); /* after an import: sends what waits */
void chimney_tcp_send(struct chimney_tcp *tcp, uint32_t bytes, uint32_t now);
void chimney_tcp_close(struct chimney_tcp *tcp, uint32_t now); /* graceful: a FIN behind what is queued */
void chimney_tcp_abort(struct chimney_tcp *tcp, uint32_t now); /* sends a RST; Closed */
void chimney_tcp_consumed(struct chimney_tcp *tcp, uint32_t bytes, uint32_t now);
void chimney_tcp_mute(struct chimney_tcp *tcp, int muted, uint32_t now);
/* What is queued cannot be read any more: it is somebody else's to send. Incoming segments are acknowledged as before. */
void chimney_tcp_data_is_gone(struct chimney_tcp *tcp);

enum chimney_tcp_disposition chimney_tcp_input(struct chimney_tcp *tcp, const struct chimney_tcp_segment *segment, uint32_t now);

/* Does what has come due. */
void chimney_tcp_timer(struct chimney_tcp *tcp, uint32_t now);
/* Ticks until the next timer is due, 0xFFFFFFFF if none runs. Patient timers are those that wait for the peer or the
 * application and may do so for ever: persist, keepalive, FIN_WAIT_2, 2MSL. */
uint32_t chimney_tcp_next_timer(const struct chimney_tcp *tcp, int patient, uint32_t now);

/* What has happened since the last call. */
struct chimney_tcp_outcome chimney_tcp_take_outcome(struct chimney_tcp *tcp);

static inline int chimney_tcp_before(uint32_t a, uint32_t b) { return (int32_t)(a - b) < 0; }

#ifdef __cplusplus
}
#endif

#endif
