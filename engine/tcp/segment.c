/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 */
#include "engine/tcp/segment.h"

#include <string.h>

#include "engine/tcp/bytes.h"

enum { OptionEnd = 0, OptionNone = 1, OptionTimestamps = 8, TimestampsLength = 10 };

size_t chimney_tcp_segment_header_bytes(const struct chimney_tcp_segment *segment)
{
    return CHIMNEY_TCP_HEADER_BYTES + (segment->has_timestamps ? CHIMNEY_TCP_TIMESTAMP_BYTES : 0u);
}

size_t chimney_tcp_segment_build(const struct chimney_tcp_segment *segment, uint8_t *bytes, size_t capacity)
{
    size_t header = chimney_tcp_segment_header_bytes(segment);

    if (capacity < header || capacity - header < segment->payload_bytes) {
        return 0;
    }
    put16(bytes, segment->source_port);
    put16(bytes + 2, segment->destination_port);
    put32(bytes + 4, segment->sequence);
    put32(bytes + 8, segment->acknowledgement);
    bytes[12] = (uint8_t)(header / 4 << 4);
    bytes[13] = segment->flags;
    put16(bytes + 14, segment->window);
    put16(bytes + 16, 0);
    put16(bytes + 18, segment->urgent_pointer);
    if (segment->has_timestamps) {
        bytes[20] = OptionNone;
        bytes[21] = OptionNone;
        bytes[22] = OptionTimestamps;
        bytes[23] = TimestampsLength;
        put32(bytes + 24, segment->timestamp_value);
        put32(bytes + 28, segment->timestamp_echo);
    }
    if (segment->payload_bytes > 0) {
        memcpy(bytes + header, segment->payload, segment->payload_bytes);
    }
    return header + segment->payload_bytes;
}

static int read_options(const uint8_t *options, size_t length, struct chimney_tcp_segment *segment)
{
    size_t at = 0;

    while (at < length && options[at] != OptionEnd) {
        size_t size;
        if (options[at] == OptionNone) {
            at++;
            continue;
        }
        if (length - at < 2) {
            return 0;
        }
        size = options[at + 1];
        if (size < 2 || size > length - at) {
            return 0;
        }
        if (options[at] == OptionTimestamps && size == TimestampsLength) {
            segment->has_timestamps = 1;
            segment->timestamp_value = get32(options + at + 2);
            segment->timestamp_echo = get32(options + at + 6);
        }
        at += size;
    }
    return 1;
}

int chimney_tcp_segment_parse(const uint8_t *bytes, size_t length, struct chimney_tcp_segment *segment)
{
    size_t header;

    memset(segment, 0, sizeof(*segment));
    if (length < CHIMNEY_TCP_HEADER_BYTES) {
        return 0;
    }
    header = (size_t)(bytes[12] >> 4) * 4;
    if (header < CHIMNEY_TCP_HEADER_BYTES || header > length) {
        return 0;
    }
    segment->source_port = get16(bytes);
    segment->destination_port = get16(bytes + 2);
    segment->sequence = get32(bytes + 4);
    segment->acknowledgement = get32(bytes + 8);
    segment->flags = (uint8_t)(bytes[13] & 0x3F);
    segment->window = get16(bytes + 14);
    segment->urgent_pointer = get16(bytes + 18);
    segment->payload = bytes + header;
    segment->payload_bytes = length - header;
    return read_options(bytes + CHIMNEY_TCP_HEADER_BYTES, header - CHIMNEY_TCP_HEADER_BYTES, segment);
}
