/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The offload target with a network behind it. While a wire is attached (IOCTL_CHIMNEY_TARGET_ATTACH_WIRE) every connection
 * that is taken over runs engine/tcp: sends become segments and are complete when they are acknowledged, what is received
 * comes from segments, and what a query or a terminate shows is the state of the running connection.
 *
 *   wire.c              frames in and out, whose they are, the ordinary packet path, the clock and the two timers
 *   wire_connection.c   one connection: taken over, changed, looked at, given back
 *   wire_outcome.c      what a segment or a timer has brought about: completions, events, requests for upload
 *   wire_data.c         bytes: out of posted sends, into and out of the receive buffer
 *
 * All of it runs at DISPATCH_LEVEL or inside calls of the host; two of them never run at once on one adapter.
 */
#ifndef CHIMNEYLAB_OFFLOAD_TARGET_WIRE_H
#define CHIMNEYLAB_OFFLOAD_TARGET_WIRE_H

#include "engine/tcp/frame.h"
#include "engine/tcp/tcp.h"
#include "offload_target.h"

#define OT_TAG_WIRE OT_TAG('O', 'T', 'w', 'i')
#define OT_TAG_RECEIVED OT_TAG('O', 'T', 'r', 'b')
#define OT_TAG_FRAME OT_TAG('O', 'T', 'f', 'r')

typedef struct _OT_CHUNK OT_CHUNK, *POT_CHUNK;

struct _OT_WIRE_CONNECTION {
    struct chimney_tcp Tcp;
    POT_CHUNK FirstChunk;        /* received, acknowledged, not delivered: OT_OBJECT.BytesBuffered bytes */
    POT_CHUNK LastChunk;
    ULONG Consumed;              /* delivered since the connection was last told */
    ULONG Acknowledged;          /* bytes at the head of the send queue that the peer has, not yet completed */
    BOOLEAN FinAcknowledged;
    BOOLEAN FinReceived;
    BOOLEAN FinIndicated;
    BOOLEAN UploadWanted;        /* a mandatory reason has been given: what comes now goes back to the host */
    BOOLEAN Aborted;
    BOOLEAN Settling;            /* the outcome is being carried out: what comes in meanwhile waits for the next round */
    BOOLEAN SettleAgain;
    ULONG EventsWaiting;         /* of the time before the initiate was complete */
    LIST_ENTRY KeptFrames;       /* urgent data and what came after it */
};

typedef struct _OT_FRAME {
    LIST_ENTRY Link;
    ULONG Length;
    UCHAR Bytes[1];
} OT_FRAME, *POT_FRAME;

/* ---- wire.c ---- */
VOID OtWireTransmit(POT_OBJECT Connection, const struct chimney_tcp_segment *Segment);
VOID OtWireSetTimers(POT_ADAPTER Adapter);
VOID OtWireIndicateFrame(POT_ADAPTER Adapter, const UCHAR *Bytes, ULONG Length);

/* ---- wire_connection.c ---- */
VOID OtWireInput(POT_OBJECT Connection, const struct chimney_tcp_segment *Segment, const UCHAR *Frame, ULONG FrameLength);

/* ---- wire_outcome.c ---- */
VOID OtWireSettle(POT_OBJECT Connection);

/* ---- wire_data.c ---- */
VOID OtWireReadSends(POT_OBJECT Connection, ULONG Offset, PUCHAR Into, ULONG Bytes);
BOOLEAN OtWireBuffer(POT_OBJECT Connection, const UCHAR *Data, ULONG Bytes);
BOOLEAN OtWireBufferLists(POT_OBJECT Connection, PNET_BUFFER_LIST Lists);
VOID OtWireFreeBuffer(POT_OBJECT Connection);
BOOLEAN OtCopyFromBuffer(PNET_BUFFER Buffer, ULONG Offset, PUCHAR Into, ULONG Bytes);

#endif
