/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Ethernet frames that carry TCP: Ethernet II with an 802.1Q tag where one is wanted, IPv4 or IPv6, TCP, with correct check
 * sums. Written and read byte for byte as on a wire; a parsed frame points into its bytes. Any bytes may be parsed.
 * Sources: RFC 791, 793, 894, 2460, 2464; IEEE 802.1Q. Pure functions.
 */
#ifndef CHIMNEYLAB_TCP_FRAME_H
#define CHIMNEYLAB_TCP_FRAME_H

#include "engine/tcp/segment.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CHIMNEY_FRAME_MAXIMUM_BYTES 1600u /* of a frame that is built here; path MTUs are at most 1500 */

struct chimney_frame_route {
    uint8_t source_hardware[6];
    uint8_t destination_hardware[6];
    uint8_t tagged;     /* with an 802.1Q tag */
    uint8_t priority;   /* of the tag */
    uint16_t vlan_id;   /* of the tag; 0: a priority tag */
    uint8_t ip_version; /* 4 or 6 */
    uint8_t hop_limit;
    uint8_t traffic_class;
    uint32_t flow_label;     /* IPv6 */
    uint16_t identification; /* IPv4 */
    uint8_t dont_fragment;   /* IPv4 */
    uint8_t source[16];      /* network order; IPv4 in the first four bytes */
    uint8_t destination[16];
    uint8_t with_options;    /* the IP header has IPv4 options, or an IPv6 extension header follows it */
};

enum chimney_frame_kind {
    CHIMNEY_FRAME_TCP = 0,
    CHIMNEY_FRAME_OTHER,    /* ARP, ICMP, UDP … : not for TCP */
    CHIMNEY_FRAME_OPTIONS,  /* TCP with IPv4 options or IPv6 extension headers */
    CHIMNEY_FRAME_FRAGMENT, /* a piece of an IP datagram */
    CHIMNEY_FRAME_DAMAGED   /* lengths or check sums that cannot be right */
};

struct chimney_frame {
    struct chimney_frame_route route;
    struct chimney_tcp_segment segment; /* of CHIMNEY_FRAME_TCP and _OPTIONS */
    const uint8_t *segment_bytes;       /* the whole segment, from the first byte of its header on */
    size_t segment_length;
};

/* Bytes of everything before the TCP header. */
size_t chimney_frame_header_bytes(const struct chimney_frame_route *route);

/* Bytes of the frame, or 0 when it does not fit. */
size_t chimney_frame_build(const struct chimney_frame_route *route, const struct chimney_tcp_segment *segment, uint8_t *bytes,
                           size_t capacity);

enum chimney_frame_kind chimney_frame_parse(const uint8_t *bytes, size_t length, struct chimney_frame *frame);

/* "49152 → 80 ACK PSH seq 1 ack 1 win 512 len 1460"; always ended by NUL. */
void chimney_frame_describe(const uint8_t *bytes, size_t length, char *text, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif
