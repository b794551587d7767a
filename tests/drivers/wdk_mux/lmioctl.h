/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     lmioctl.h
 *
 * Abstract:
 *     The control device of LinkMux, as its driver and its user-mode programs see it. Every request is METHOD_BUFFERED;
 *     structures have fixed-width members and no padding that is left to the compiler.
 *
 * Environment:
 *     User and kernel mode.
 */
#ifndef LINKMUX_IOCTL_H
#define LINKMUX_IOCTL_H

#define LINKMUX_NT_DEVICE_NAME L"\\Device\\LinkMux"
#define LINKMUX_DOS_DEVICE_NAME L"\\DosDevices\\LinkMux"

#define LINKMUX_INTERFACE_VERSION 0x00010002
#define LINKMUX_NAME_CHARACTERS 64
#define LINKMUX_LOG_TEXT 96

#define LINKMUX_CTL_CODE(function) CTL_CODE(FILE_DEVICE_NETWORK, 0x800 + (function), METHOD_BUFFERED, FILE_ANY_ACCESS)

/* Out: LINKMUX_VERSION. */
#define IOCTL_LINKMUX_GET_VERSION LINKMUX_CTL_CODE(0)
/* Out: LINKMUX_ENUMERATION, as many entries as there is room for; STATUS_BUFFER_OVERFLOW when there are more. */
#define IOCTL_LINKMUX_ENUMERATE LINKMUX_CTL_CODE(1)
/* In: LINKMUX_SELECT. Out: LINKMUX_COUNTERS. */
#define IOCTL_LINKMUX_GET_COUNTERS LINKMUX_CTL_CODE(2)
/* In: LINKMUX_SELECT. */
#define IOCTL_LINKMUX_RESET_COUNTERS LINKMUX_CTL_CODE(3)
/* Out: LINKMUX_LINK_CHANGE. Pends until the link of an adapter below changes; can be cancelled. */
#define IOCTL_LINKMUX_WAIT_LINK_CHANGE LINKMUX_CTL_CODE(4)
/* In: LINKMUX_QUERY. Out: LINKMUX_QUERY with the answer of the adapter below behind it. */
#define IOCTL_LINKMUX_QUERY_BELOW LINKMUX_CTL_CODE(5)
/* Out: LINKMUX_LOG_ENTRY array, oldest first. */
#define IOCTL_LINKMUX_READ_LOG LINKMUX_CTL_CODE(6)
/* In: LINKMUX_SEND_MODE. For sends from now on. */
#define IOCTL_LINKMUX_SET_SEND_MODE LINKMUX_CTL_CODE(7)

#define LINKMUX_SEND_PASS_THROUGH 0 /* the sender's list goes down, our state in a pushed context */
#define LINKMUX_SEND_CLONE 1        /* a clone of it goes down */
#define LINKMUX_SEND_COPY 2         /* its bytes go down in lists of our own */

typedef struct _LINKMUX_VERSION {
    ULONG InterfaceVersion;
    ULONG NdisVersion;
    ULONG LinkCount;
    ULONG VnicCount;
} LINKMUX_VERSION, *PLINKMUX_VERSION;

typedef struct _LINKMUX_ENTRY {
    ULONG LinkNumber;
    ULONG VnicNumber;
    ULONG State;
    ULONG MediaConnectState;
    UCHAR Address[8]; /* six bytes are used */
    WCHAR LinkName[LINKMUX_NAME_CHARACTERS];
    WCHAR VnicName[LINKMUX_NAME_CHARACTERS];
} LINKMUX_ENTRY, *PLINKMUX_ENTRY;

typedef struct _LINKMUX_ENUMERATION {
    ULONG Count; /* there are */
    ULONG Given; /* entries that follow */
    LINKMUX_ENTRY Entries[1];
} LINKMUX_ENUMERATION, *PLINKMUX_ENUMERATION;

typedef struct _LINKMUX_SELECT {
    ULONG LinkNumber;
    ULONG VnicNumber;
} LINKMUX_SELECT, *PLINKMUX_SELECT;

typedef struct _LINKMUX_COUNTERS {
    ULONGLONG SentFrames;
    ULONGLONG SentBytes;
    ULONGLONG SendErrors;
    ULONGLONG SendsRefused;
    ULONGLONG ReceivedFrames;
    ULONGLONG ReceivedBytes;
    ULONGLONG ReceivedWithoutBuffer;
    ULONGLONG Switched;      /* frames between two virtual miniports */
    ULONGLONG Cloned;        /* received lists that several wanted */
    ULONGLONG RequestsBelow; /* OID requests that went down */
} LINKMUX_COUNTERS, *PLINKMUX_COUNTERS;

typedef struct _LINKMUX_LINK_CHANGE {
    ULONG LinkNumber;
    ULONG MediaConnectState;
    ULONGLONG XmitLinkSpeed;
} LINKMUX_LINK_CHANGE, *PLINKMUX_LINK_CHANGE;

typedef struct _LINKMUX_QUERY {
    ULONG LinkNumber;
    ULONG Oid;
    LONG Status;
    ULONG BytesWritten;
} LINKMUX_QUERY, *PLINKMUX_QUERY;

typedef struct _LINKMUX_LOG_ENTRY {
    ULONGLONG UpTimeMilliseconds;
    CHAR Text[LINKMUX_LOG_TEXT];
} LINKMUX_LOG_ENTRY, *PLINKMUX_LOG_ENTRY;

typedef struct _LINKMUX_SEND_MODE {
    ULONG Mode;
} LINKMUX_SEND_MODE, *PLINKMUX_SEND_MODE;

#endif
