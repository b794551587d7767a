/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The host stack's own TCP, once a client has enabled it (IOCTL_CHIMNEY_HOST_STACK_ENABLE_TCP): connections that are not
 * offloaded run engine/tcp over the ordinary packet path, and one that is taken out of it for an offload is put back by the
 * upload. What an application sends is the stream pattern, so the data of a position can be made again whenever it has to be
 * sent again; what it receives is compared with the pattern. Applications read everything at once.
 *
 *   connection_tcp.c   a connection in the host: sending, receiving, out to an offload and back
 *   packet.c           frames on the ordinary path, segments kept and forwarded, the clock and the timers
 */
#ifndef CHIMNEYLAB_HOST_STACK_TCP_H
#define CHIMNEYLAB_HOST_STACK_TCP_H

#include "engine/tcp/frame.h"
#include "engine/tcp/tcp.h"
#include "host_stack.h"

#define HS_TAG_TCP HS_TAG('H', 'S', 't', 'c')
#define HS_TAG_FRAME HS_TAG('H', 'S', 'f', 'r')

struct _HS_TCP {
    struct chimney_tcp Core;
    BOOLEAN Running;      /* the host holds the connection and its state is in Core */
    BOOLEAN Stopped;      /* for an initiate that is being prepared */
    BOOLEAN Closing;      /* the application has closed its half */
    BOOLEAN FinReceived;
    BOOLEAN Broken;       /* reset, or given up */
    ULONG SendEnd;        /* position behind the last byte that the application has sent */
    ULONG Acknowledged;   /* position of SndUna */
    ULONG FirstSequence;  /* SndUna at position 0 */
    ULONG Received;       /* bytes in order that the application has */
    ULONG Damaged;        /* of them, other than the pattern */
    ULONG Unread;         /* delivered to the application since the connection was last told */
    ULONG Forwarded;      /* segments handed to the target */
    LIST_ENTRY Kept;      /* HS_SEGMENT: came while nobody could process them */
};

typedef struct _HS_SEGMENT {
    LIST_ENTRY Link;
    ULONG Length;
    UCHAR Bytes[1]; /* from the first byte of the TCP header on */
} HS_SEGMENT, *PHS_SEGMENT;

/* ---- packet.c ---- */
ULONG HsNow(VOID); /* the host's clock, in ticks of a millisecond */
PHS_BINDING HsBindingOf(PHS_OBJECT Connection); /* where its packets go; NULL: nowhere at the moment */
VOID HsSendSegment(PHS_OBJECT Connection, const struct chimney_tcp_segment *Segment);
VOID HsSendFrame(PHS_BINDING Binding, const UCHAR *Bytes, ULONG Length); /* as it is */
VOID HsSetTimers(PHS_DRIVER Driver);
VOID HsForwardKept(PHS_OBJECT Connection);

/* ---- connection_tcp.c ---- */
VOID HsTcpSettle(PHS_OBJECT Connection);
VOID HsTcpInput(PHS_OBJECT Connection, const struct chimney_tcp_segment *Segment);

#endif
