/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The types that every NDIS structure is made of: handles, the object header, strings, interface identity.
 *
 * Header.Size: NDIS_SIZEOF_x_REVISION_n is the end of the last member of that revision; it can be smaller
 * than sizeof(x), which drivers also store.
 */
#ifndef CHIMNEYLAB_DDI_NDIS_OBJECT_H
#define CHIMNEYLAB_DDI_NDIS_OBJECT_H

#include "../wdm.h"
#include "enumerations.h"
#include "error_code.h"
#include "flags.h"
#include "object_type.h"
#include "oid.h"
#include "status.h"
#include "version.h"

CHIMNEYLAB_DDI_BEGIN

typedef PVOID NDIS_HANDLE, *PNDIS_HANDLE;
typedef ULONG NDIS_OID, *PNDIS_OID;
typedef ULONG NDIS_PORT_NUMBER, *PNDIS_PORT_NUMBER;
typedef ULONG NDIS_ERROR_CODE, *PNDIS_ERROR_CODE;
typedef ULONG NET_IFINDEX, *PNET_IFINDEX, IF_INDEX, *PIF_INDEX;
typedef USHORT NET_IFTYPE, *PNET_IFTYPE, NET_FRAME_TYPE, *PNET_FRAME_TYPE;
typedef UINT32 NET_IF_COMPARTMENT_ID, *PNET_IF_COMPARTMENT_ID;
typedef UNICODE_STRING NDIS_STRING, *PNDIS_STRING;
typedef PHYSICAL_ADDRESS NDIS_PHYSICAL_ADDRESS, *PNDIS_PHYSICAL_ADDRESS;

/* The argument is a narrow literal. */
#define CHIMNEYLAB_WIDEN(text) L##text
#define NDIS_STRING_CONST(text) \
    { sizeof(CHIMNEYLAB_WIDEN(text)) - sizeof(WCHAR), sizeof(CHIMNEYLAB_WIDEN(text)), (PWSTR)CHIMNEYLAB_WIDEN(text) }

typedef struct _NDIS_OBJECT_HEADER {
    UCHAR Type;
    UCHAR Revision;
    USHORT Size;
} NDIS_OBJECT_HEADER, *PNDIS_OBJECT_HEADER;

typedef struct _NDIS_GENERIC_OBJECT {
    NDIS_OBJECT_HEADER Header;
    PVOID Caller;
    PVOID CallersCaller;
    PDRIVER_OBJECT DriverObject;
} NDIS_GENERIC_OBJECT, *PNDIS_GENERIC_OBJECT;

/* The common beginning of every table that NdisSetOptionalHandlers takes. */
typedef struct _NDIS_DRIVER_OPTIONAL_HANDLERS {
    NDIS_OBJECT_HEADER Header;
} NDIS_DRIVER_OPTIONAL_HANDLERS, *PNDIS_DRIVER_OPTIONAL_HANDLERS;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"

typedef union _NET_LUID_LH {
    ULONG64 Value;
    struct {
        ULONG64 Reserved : 24;
        ULONG64 NetLuidIndex : 24;
        ULONG64 IfType : 16;
    } CHIMNEYLAB_MS_LAYOUT Info;
} NET_LUID_LH, *PNET_LUID_LH;
typedef NET_LUID_LH NET_LUID, *PNET_LUID;

#pragma GCC diagnostic pop

/* These tell an analyser which type a context has. */
#define NDIS_DECLARE_MINIPORT_DRIVER_CONTEXT(type)
#define NDIS_DECLARE_MINIPORT_ADAPTER_CONTEXT(type)
#define NDIS_DECLARE_MINIPORT_INTERRUPT_CONTEXT(type)
#define NDIS_DECLARE_MINIPORT_NET_BUFFER_LIST_RESERVED(type)
#define NDIS_DECLARE_PROTOCOL_DRIVER_CONTEXT(type)
#define NDIS_DECLARE_PROTOCOL_OPEN_CONTEXT(type)
#define NDIS_DECLARE_PROTOCOL_NET_BUFFER_LIST_RESERVED(type)
#define NDIS_DECLARE_DEVICE_INSTANCE_CONTEXT(type)

CHIMNEYLAB_DDI_END

#endif
