/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Little-endian numbers at any address. Private to the codec. */
#ifndef CHIMNEYLAB_DRIVER_BRIDGE_PROTOCOL_WIRE_BYTES_H
#define CHIMNEYLAB_DRIVER_BRIDGE_PROTOCOL_WIRE_BYTES_H

#include <stdint.h>
#include <string.h>

/* A processor that stores numbers the way the wire has them needs only a copy, which compilers turn into one move. */
#if defined(_WIN32) || (defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
#define CHIMNEY_WIRE_NUMBER(bits)                                                                       \
    static inline void put##bits(uint8_t* out, uint##bits##_t value) { memcpy(out, &value, bits / 8); } \
    static inline uint##bits##_t get##bits(const uint8_t* in) {                                         \
        uint##bits##_t value;                                                                           \
        memcpy(&value, in, bits / 8);                                                                   \
        return value;                                                                                   \
    }
#else
#define CHIMNEY_WIRE_NUMBER(bits)                                                                 \
    static inline void put##bits(uint8_t* out, uint##bits##_t value) {                            \
        int i;                                                                                    \
        for (i = 0; i < bits / 8; ++i) out[i] = (uint8_t)(value >> (8 * i));                      \
    }                                                                                             \
    static inline uint##bits##_t get##bits(const uint8_t* in) {                                   \
        uint##bits##_t value = 0;                                                                 \
        int i;                                                                                    \
        for (i = 0; i < bits / 8; ++i) value = (uint##bits##_t)(value | (uint##bits##_t)in[i] << (8 * i)); \
        return value;                                                                             \
    }
#endif
CHIMNEY_WIRE_NUMBER(16)
CHIMNEY_WIRE_NUMBER(32)
CHIMNEY_WIRE_NUMBER(64)
#undef CHIMNEY_WIRE_NUMBER

static inline size_t rounded_up_to_8(size_t size) { return (size + 7u) & ~(size_t)7u; }

#endif
