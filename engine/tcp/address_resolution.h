/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * ARP messages for IPv4 over Ethernet (RFC 826) as bytes: just what it takes to ask a known neighbor whether it is still there,
 * and to answer. Outside input: whatever is too short or of another kind is no message. Thread safe: no state.
 */
#ifndef CHIMNEYLAB_TCP_ADDRESS_RESOLUTION_H
#define CHIMNEYLAB_TCP_ADDRESS_RESOLUTION_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CHIMNEY_ARP_FRAME_BYTES 60 /* the least that Ethernet carries, without its check sequence */

struct chimney_arp {
    uint16_t operation; /* 1 request, 2 reply */
    uint8_t destination_hardware[6]; /* of the frame; a probe of a known neighbor is unicast */
    uint8_t sender_hardware[6];
    uint8_t sender[4];
    uint8_t target_hardware[6];
    uint8_t target[4];
};

void chimney_arp_build(const struct chimney_arp *message, uint8_t bytes[CHIMNEY_ARP_FRAME_BYTES]);

/* 1 when it is one, 0 otherwise. */
int chimney_arp_parse(const uint8_t *bytes, size_t length, struct chimney_arp *message);

#ifdef __cplusplus
}
#endif

#endif
