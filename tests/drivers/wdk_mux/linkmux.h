/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     linkmux.h
 *
 * Abstract:
 *     LinkMux is an NDIS 6.0 intermediate driver. To an adapter below it is a protocol; on top of it stand any number of
 *     virtual miniports, which share the adapter as the ports of a small switch.
 *
 *         protocol      protocol      protocol
 *            |             |             |
 *         [VNIC 0]      [VNIC 1]      [VNIC 2]     virtual miniports, each with an Ethernet address of its own
 *            +-------------+-------------+
 *                       [LINK]                     one binding to one adapter
 *                          |
 *                       adapter
 *
 *     Lifetime: a LINK lives from ProtocolBindAdapterEx to the end of ProtocolUnbindAdapterEx, a VNIC from the creation of its
 *     device instance to the last reference after MiniportHaltEx. A VNIC holds a reference on its LINK.
 *
 *     Locks, in the order in which they are taken:
 *         LmDriver.Lock      the list of links, the pended IRPs
 *         Link->VnicLock     reader/writer: the list of virtual miniports of a link
 *         Link->Lock         state of the binding, what is outstanding below
 *         Vnic->Lock         state of one virtual miniport, what is outstanding above, its OID request
 *     No lock is held across a call into NDIS that may call back.
 */
#pragma once

#define LM_MAJOR_DRIVER_VERSION 1
#define LM_MINOR_DRIVER_VERSION 2
#define LM_VENDOR_DRIVER_VERSION ((LM_MAJOR_DRIVER_VERSION << 16) | LM_MINOR_DRIVER_VERSION)
#define LM_VENDOR_DESCRIPTION "LinkMux virtual Ethernet adapter"
#define LM_PROTOCOL_NAME "LinkMux"

#define LM_TAG_LINK 'kLmL'
#define LM_TAG_VNIC 'nVmL'
#define LM_TAG_NAME 'aNmL'
#define LM_TAG_REQUEST 'qRmL'
#define LM_TAG_CLONE 'lCmL'
#define LM_TAG_POOL 'oPmL'
#define LM_TAG_FRAME 'rFmL'
#define LM_TAG_CONTEXT 'xCmL'
#define LM_TAG_TIMER 'iTmL'
#define LM_TAG_BUFFER 'uBmL'

#define LM_LINK_SIGNATURE 'knil'
#define LM_VNIC_SIGNATURE 'cinv'

#define LM_MAX_VNICS 16        /* of one link */
#define LM_MAX_MULTICAST 32    /* addresses of one virtual miniport */
#define LM_ETHERNET_HEADER 14
#define LM_LOOKAHEAD 1500
#define LM_MAX_FRAME 1518
#define LM_WATCH_PERIOD_MS 1000
#define LM_LINK_SETTLE_MS 50   /* a link that goes up and down is told about once */

#define LM_SUPPORTED_FILTERS                                                                       \
    (NDIS_PACKET_TYPE_DIRECTED | NDIS_PACKET_TYPE_MULTICAST | NDIS_PACKET_TYPE_BROADCAST |         \
     NDIS_PACKET_TYPE_PROMISCUOUS | NDIS_PACKET_TYPE_ALL_MULTICAST)

#define LM_SUPPORTED_STATISTICS                                                                    \
    (NDIS_STATISTICS_XMIT_OK_SUPPORTED | NDIS_STATISTICS_RCV_OK_SUPPORTED |                        \
     NDIS_STATISTICS_XMIT_ERROR_SUPPORTED | NDIS_STATISTICS_RCV_ERROR_SUPPORTED |                  \
     NDIS_STATISTICS_RCV_NO_BUFFER_SUPPORTED | NDIS_STATISTICS_DIRECTED_BYTES_XMIT_SUPPORTED |     \
     NDIS_STATISTICS_DIRECTED_FRAMES_XMIT_SUPPORTED | NDIS_STATISTICS_MULTICAST_BYTES_XMIT_SUPPORTED | \
     NDIS_STATISTICS_MULTICAST_FRAMES_XMIT_SUPPORTED | NDIS_STATISTICS_BROADCAST_BYTES_XMIT_SUPPORTED | \
     NDIS_STATISTICS_BROADCAST_FRAMES_XMIT_SUPPORTED | NDIS_STATISTICS_DIRECTED_BYTES_RCV_SUPPORTED | \
     NDIS_STATISTICS_DIRECTED_FRAMES_RCV_SUPPORTED | NDIS_STATISTICS_MULTICAST_BYTES_RCV_SUPPORTED | \
     NDIS_STATISTICS_MULTICAST_FRAMES_RCV_SUPPORTED | NDIS_STATISTICS_BROADCAST_BYTES_RCV_SUPPORTED | \
     NDIS_STATISTICS_BROADCAST_FRAMES_RCV_SUPPORTED | NDIS_STATISTICS_BYTES_RCV_SUPPORTED |        \
     NDIS_STATISTICS_BYTES_XMIT_SUPPORTED | NDIS_STATISTICS_RCV_DISCARDS_SUPPORTED |               \
     NDIS_STATISTICS_GEN_STATISTICS_SUPPORTED | NDIS_STATISTICS_XMIT_DISCARDS_SUPPORTED)

typedef enum _LM_STATE {
    LmInitializing = 0,
    LmPaused,
    LmRestarting,
    LmRunning,
    LmPausing,
    LmClosing
} LM_STATE;

#include <pshpack1.h>
typedef struct _LM_ETHERNET_HEADER_FORMAT {
    UCHAR Destination[ETH_LENGTH_OF_ADDRESS];
    UCHAR Source[ETH_LENGTH_OF_ADDRESS];
    USHORT EtherType; /* network byte order */
} LM_ETHERNET_FRAME, UNALIGNED *PLM_ETHERNET_FRAME;
#include <poppack.h>
C_ASSERT(sizeof(LM_ETHERNET_FRAME) == LM_ETHERNET_HEADER);

typedef struct _LM_LINK LM_LINK, *PLM_LINK;
typedef struct _LM_VNIC LM_VNIC, *PLM_VNIC;
typedef struct _LM_REQUEST LM_REQUEST, *PLM_REQUEST;

/* What the registry says; values of the driver key, which those of a binding override. */
typedef struct _LM_SETTINGS {
    ULONG DebugLevel;
    ULONG SendMode;            /* LINKMUX_SEND_... */
    BOOLEAN SwitchLocally;     /* frames between two virtual miniports do not need the adapter */
    BOOLEAN CopyLentReceives;  /* lists that the adapter lends for the call are copied, so that protocols may keep them */
    ULONG FrameCacheDepth;
} LM_SETTINGS, *PLM_SETTINGS;

typedef struct _LM_DRIVER {
    PDRIVER_OBJECT DriverObject;
    NDIS_HANDLE MiniportDriverHandle;
    NDIS_HANDLE ProtocolHandle;
    NDIS_HANDLE DeviceHandle;
    PDEVICE_OBJECT DeviceObject;
    UNICODE_STRING RegistryPath;
    LM_SETTINGS Settings;

    NDIS_SPIN_LOCK Lock;
    LIST_ENTRY Links;     /* LM_LINK.Entry */
    ULONG LinkCount;
    ULONG NextLinkNumber;
    LIST_ENTRY PendedIrps;
    LONG OpenHandles;
} LM_DRIVER, *PLM_DRIVER;

extern LM_DRIVER LmDriver;

typedef struct _LM_MULTICAST_LIST {
    ULONG Count;
    UCHAR Address[LM_MAX_MULTICAST][ETH_LENGTH_OF_ADDRESS];
} LM_MULTICAST_LIST, *PLM_MULTICAST_LIST;

struct _LM_LINK {
    LIST_ENTRY Entry;
    ULONG Signature;
    LONG References;
    ULONG Number;

    NDIS_HANDLE BindingHandle;
    UNICODE_STRING AdapterName;
    NDIS_EVENT OpenCloseEvent;
    NDIS_STATUS OpenCloseStatus;
    LM_SETTINGS Settings;

    /* As the adapter presented itself; pointers in it are cleared. */
    NDIS_BIND_PARAMETERS BindParameters;
    NDIS_PNP_CAPABILITIES PowerCapabilities;
    BOOLEAN HasPowerCapabilities;

    NDIS_RW_LOCK VnicLock;
    LIST_ENTRY Vnics; /* LM_VNIC.Entry */
    ULONG VnicCount;

    NDIS_SPIN_LOCK Lock;
    LM_STATE State;
    NDIS_DEVICE_POWER_STATE PowerState;
    NDIS_LINK_STATE LinkState;
    LONG SendsBelow;
    PNET_PNP_EVENT_NOTIFICATION PauseEvent; /* answered with PENDING */
    LONG RequestsBelow;
    NDIS_EVENT RequestsDone;

    ULONG PacketFilter;       /* what the adapter was last told */

    NDIS_HANDLE ListPool;     /* NET_BUFFER_LISTs for clones */
    NDIS_HANDLE BufferPool;   /* NET_BUFFERs for clones */
    NDIS_HANDLE FramePool;    /* lists of our own frames, NET_BUFFER included */
    NPAGED_LOOKASIDE_LIST FrameCache;
    NPAGED_LOOKASIDE_LIST RequestCache;
    BOOLEAN CachesReady;

    NDIS_HANDLE WatchTimer;   /* periodic while running */
    NDIS_HANDLE SettleTimer;  /* one shot */
    NDIS_HANDLE PauseWorkItem;
    NDIS_HANDLE LinkWorkItem;
    LONG LinkWorkQueued;
    ULONG WatchTicks;
    ULONG TicksWithoutCompletion;
    LARGE_INTEGER SendCompletions;
    LARGE_INTEGER SendCompletionsLastTick;
};

struct _LM_VNIC {
    LIST_ENTRY Entry;
    ULONG Signature;
    LONG References;
    ULONG Number;
    PLM_LINK Link;

    UNICODE_STRING DeviceName;
    NDIS_HANDLE MiniportHandle; /* NULL unless initialised */
    NET_IFINDEX IfIndex;
    NDIS_EVENT InitializeEvent; /* MiniportInitializeEx has been here */
    NDIS_STATUS InitializeStatus;
    NDIS_EVENT HaltEvent;

    NDIS_SPIN_LOCK Lock;
    LM_STATE State;
    NDIS_DEVICE_POWER_STATE PowerState;
    LONG SendsHeld;      /* lists of protocols that they have not got back */
    LONG ReceivesAbove;  /* lists of ours that protocols have not given back */
    BOOLEAN PausePending;
    PLM_REQUEST Request; /* the OID request on its way; NDIS gives us one at a time */

    UCHAR PermanentAddress[ETH_LENGTH_OF_ADDRESS];
    UCHAR CurrentAddress[ETH_LENGTH_OF_ADDRESS];
    ULONG PacketFilter;
    ULONG Lookahead;
    LM_MULTICAST_LIST Multicast;

    NDIS_STATISTICS_INFO Statistics;
    LINKMUX_COUNTERS Counters;
};

/* State of one list on its way down or up, in a context that is pushed on it. */
typedef struct DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) _LM_LIST_CONTEXT {
    PLM_VNIC Vnic;
    NDIS_HANDLE SourceHandle;   /* as we found it */
    PNET_BUFFER_LIST Original;  /* of a clone */
    ULONG Frames;
    ULONG Bytes;
} LM_LIST_CONTEXT, *PLM_LIST_CONTEXT;
C_ASSERT((sizeof(LM_LIST_CONTEXT) % MEMORY_ALLOCATION_ALIGNMENT) == 0);

#define LM_CONTEXT_OF(Nbl) ((PLM_LIST_CONTEXT)(PVOID)NET_BUFFER_LIST_CONTEXT_DATA_START(Nbl))

/* One frame in memory of ours. */
typedef struct _LM_FRAME {
    PMDL Mdl;
    PLM_LINK Link;
    PLM_VNIC Vnic;              /* whom it is indicated to; NULL: it goes down */
    PNET_BUFFER_LIST Original;  /* the send it is a copy of */
    UCHAR Data[LM_MAX_FRAME];
} LM_FRAME, *PLM_FRAME;

/* A list of FramePool is allocated with a context that holds the frame. Drivers above and below push theirs in front of it
   and take them off again, so it is on top whenever we have the list. */
#define LM_FRAME_CONTEXT_SIZE MEMORY_ALLOCATION_ALIGNMENT
#define LM_FRAME_OF(Nbl) (*(PLM_FRAME *)(PVOID)NET_BUFFER_LIST_CONTEXT_DATA_START(Nbl))

typedef
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID
(*PLM_REQUEST_COMPLETE)(
    _In_ PLM_REQUEST Request,
    _In_ NDIS_STATUS Status
    );

/* An OID request that we have below. */
struct _LM_REQUEST {
    NDIS_OID_REQUEST OidRequest; /* our own; unused when Clone is set */
    PNDIS_OID_REQUEST Clone;     /* of a request from above */
    PNDIS_OID_REQUEST Original;  /* from above; NULL: nobody waits above */
    PLM_LINK Link;
    PLM_VNIC Vnic;
    PLM_REQUEST_COMPLETE Complete;
    NDIS_EVENT Event;
    NDIS_STATUS Status;
    BOOLEAN Queued;              /* waits for power */
    PVOID Buffer;                /* freed with the request */
};

/* The request's place for us, in the request that goes down. */
#define LM_REQUEST_OF(OidReq) (*(PLM_REQUEST *)(PVOID)&(OidReq)->SourceReserved[0])

/* A chain of lists under construction. */
typedef struct _LM_CHAIN {
    PNET_BUFFER_LIST Head;
    PNET_BUFFER_LIST *Tail;
    ULONG Count;
} LM_CHAIN, *PLM_CHAIN;

FORCEINLINE
VOID
LmChainInitialize(
    _Out_ PLM_CHAIN Chain
    )
{
    Chain->Head = NULL;
    Chain->Tail = &Chain->Head;
    Chain->Count = 0;
}

FORCEINLINE
VOID
LmChainAppend(
    _Inout_ PLM_CHAIN Chain,
    _In_ PNET_BUFFER_LIST NetBufferList
    )
{
    NET_BUFFER_LIST_NEXT_NBL(NetBufferList) = NULL;
    *Chain->Tail = NetBufferList;
    Chain->Tail = &NET_BUFFER_LIST_NEXT_NBL(NetBufferList);
    Chain->Count++;
}

#include "lmproto.h"
