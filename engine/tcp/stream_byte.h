/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * What stands at a position of a modelled byte stream. Both ends fill and check their data by it, so that a byte that is
 * lost, doubled, damaged or out of its place is seen where it is read: the pattern repeats only after 2^32 bytes.
 */
#ifndef CHIMNEYLAB_TCP_STREAM_BYTE_H
#define CHIMNEYLAB_TCP_STREAM_BYTE_H

#include <stdint.h>

static inline uint8_t chimney_stream_byte(uint32_t position)
{
    return (uint8_t)((position * 2654435761u) >> 23);
}

#endif
