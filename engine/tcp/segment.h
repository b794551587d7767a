/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * One TCP segment: its header (RFC 793) with the timestamps option (RFC 1323) and its payload, to and from bytes. Numbers
 * are in host order. Nothing is allocated; a parsed segment points into the bytes it was parsed from. Any bytes may be
 * parsed: what is no segment is refused. Pure functions.
 */
#ifndef CHIMNEYLAB_TCP_SEGMENT_H
#define CHIMNEYLAB_TCP_SEGMENT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum chimney_tcp_flag {
    CHIMNEY_TCP_FIN = 0x01,
    CHIMNEY_TCP_SYN = 0x02,
    CHIMNEY_TCP_RST = 0x04,
    CHIMNEY_TCP_PSH = 0x08,
    CHIMNEY_TCP_ACK = 0x10,
    CHIMNEY_TCP_URG = 0x20
};

#define CHIMNEY_TCP_HEADER_BYTES 20u
#define CHIMNEY_TCP_TIMESTAMP_BYTES 12u /* the option with the padding that everybody puts before it */

struct chimney_tcp_segment {
    uint16_t source_port;
    uint16_t destination_port;
    uint32_t sequence;
    uint32_t acknowledgement;
    uint8_t flags;
    uint8_t has_timestamps;
    uint16_t window; /* as in the header: not scaled */
    uint16_t urgent_pointer;
    uint32_t timestamp_value;
    uint32_t timestamp_echo;
    const uint8_t *payload;
    size_t payload_bytes;
};

/* Bytes of header and options. */
size_t chimney_tcp_segment_header_bytes(const struct chimney_tcp_segment *segment);

/* Writes header, options and payload with check sum 0 (the sum needs the addresses: frame.h). 0: does not fit. */
size_t chimney_tcp_segment_build(const struct chimney_tcp_segment *segment, uint8_t *bytes, size_t capacity);

/* 1, or 0 when the bytes are no segment. Options that are not known are skipped, as RFC 1122 4.2.2.5 demands. */
int chimney_tcp_segment_parse(const uint8_t *bytes, size_t length, struct chimney_tcp_segment *segment);

#ifdef __cplusplus
}
#endif

#endif
