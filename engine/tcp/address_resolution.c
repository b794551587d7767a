/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 */
#include "engine/tcp/address_resolution.h"

#include <string.h>

/* Ethertype; hardware type Ethernet, protocol type IPv4, lengths of their addresses. */
static const uint8_t fixed[8] = { 0x08, 0x06, 0x00, 0x01, 0x08, 0x00, 6, 4 };

enum { at_type = 12, at_operation = 20, at_sender_hardware = 22, at_sender = 28, at_target_hardware = 32, at_target = 38, message_end = 42 };

void chimney_arp_build(const struct chimney_arp *message, uint8_t bytes[CHIMNEY_ARP_FRAME_BYTES])
{
    memset(bytes, 0, CHIMNEY_ARP_FRAME_BYTES);
    memcpy(bytes, message->destination_hardware, 6);
    memcpy(bytes + 6, message->sender_hardware, 6);
    memcpy(bytes + at_type, fixed, sizeof(fixed));
    bytes[at_operation] = (uint8_t)(message->operation >> 8);
    bytes[at_operation + 1] = (uint8_t)message->operation;
    memcpy(bytes + at_sender_hardware, message->sender_hardware, 6);
    memcpy(bytes + at_sender, message->sender, 4);
    memcpy(bytes + at_target_hardware, message->target_hardware, 6);
    memcpy(bytes + at_target, message->target, 4);
}

int chimney_arp_parse(const uint8_t *bytes, size_t length, struct chimney_arp *message)
{
    if (length < message_end || memcmp(bytes + at_type, fixed, sizeof(fixed)) != 0) {
        return 0;
    }
    message->operation = (uint16_t)((bytes[at_operation] << 8) | bytes[at_operation + 1]);
    memcpy(message->destination_hardware, bytes, 6);
    memcpy(message->sender_hardware, bytes + at_sender_hardware, 6);
    memcpy(message->sender, bytes + at_sender, 4);
    memcpy(message->target_hardware, bytes + at_target_hardware, 6);
    memcpy(message->target, bytes + at_target, 4);
    return message->operation == 1 || message->operation == 2;
}
