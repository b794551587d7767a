/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The producer's side of the wire protocol (driver-bridge/protocol/PROTOCOL.md) over one TCP connection: says HELLO, sends
 * frames that somebody else has made, answers keepalives on a thread of its own. Functions return 0, or -1 after saying what
 * went wrong on stderr. */
#ifndef CHIMNEYLAB_DRIVER_BRIDGE_WINDOWS_RELAY_CONVERSATION_H
#define CHIMNEYLAB_DRIVER_BRIDGE_WINDOWS_RELAY_CONVERSATION_H

#include "driver-bridge/protocol/wire.h"

struct conversation;

/* `endpoint` is HOST:PORT, with or without "tcp:" before it. NULL when nobody is there. */
struct conversation *converse(const char *endpoint, const struct chimney_wire_hello *hello);
int send_frames(struct conversation *with, const uint8_t *frames, size_t size);
/* Says GOODBYE and waits until the recorder has it all, a few seconds at most. Closes and frees in any case. */
int take_leave(struct conversation *with, const struct chimney_wire_goodbye *goodbye);

#endif
