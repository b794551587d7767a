/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The reference intermediate driver: everything its source files share.
 *
 * What it is. A driver with two edges. Its lower edge is a protocol driver, bound to one adapter below; its upper edge
 * is one or more virtual miniports, to which protocol drivers bind as if they were adapters. It changes nothing that
 * passes through. What makes it worth reading is what it must remember to be allowed to change nothing.
 *
 * Reading order:
 *   driver_entry.c         loading: two registrations, four chimney handler tables
 *   binding.c              the lower edge comes and goes
 *   virtual_miniport.c     the upper edge comes and goes, pauses and restarts
 *   block_tree.c           visiting every block of a state tree
 *   call_entry.c           the IM call entry: what is remembered for one operation
 *   offload_entry.c        the IM offload entry: what is remembered for one offloaded object
 *   propagate_down.c       an operation travels down         <- the heart,
 *   propagate_up.c         and its completion travels up     <- in two files
 *   list_record.c          what is remembered for one NET_BUFFER_LIST
 *   offload_data.c         send, receive, disconnect, forward, receive return on offloaded connections
 *   indications.c          events, received data and reachability queries travel up
 *   oid_request.c          OID requests down, status indications up
 *   packet_path.c          ordinary, not offloaded sends and receives
 *
 * IM-nnn in a comment is the number of the rule that the line keeps (docs: the rule catalogue).
 *
 * Threads: every handler may run at any time on any processor at IRQL <= DISPATCH_LEVEL unless it says otherwise. No
 * lock is ever held over a call out of this driver: NDIS may answer inside the call.
 */
#ifndef REFERENCE_INTERMEDIATE_H
#define REFERENCE_INTERMEDIATE_H

#include <ndis.h>
#include <ndischimney.h>

/* Pool tags: four characters, the first in the lowest byte, as a debugger shows them. */
#define IM_TAG(a, b, c, d) ((ULONG)(a) | ((ULONG)(b) << 8) | ((ULONG)(c) << 16) | ((ULONG)(d) << 24))
#define IM_TAG_CALL_ENTRY IM_TAG('I', 'M', 'c', 'e')
#define IM_TAG_OFFLOAD_ENTRY IM_TAG('I', 'M', 'o', 'e')
#define IM_TAG_LOWER_BINDING IM_TAG('I', 'M', 'l', 'b')
#define IM_TAG_VIRTUAL_MINIPORT IM_TAG('I', 'M', 'v', 'm')
#define IM_TAG_LIST_RECORD IM_TAG('I', 'M', 'l', 'r')

/* Call entries that each lower binding keeps for the day when the pool is empty (call_entry.c). */
#define IM_SPARE_CALL_ENTRIES 4

typedef struct _IM_DRIVER IM_DRIVER, *PIM_DRIVER;
typedef struct _IM_LOWER_BINDING IM_LOWER_BINDING, *PIM_LOWER_BINDING;
typedef struct _IM_VIRTUAL_MINIPORT IM_VIRTUAL_MINIPORT, *PIM_VIRTUAL_MINIPORT;
typedef struct _IM_CALL_ENTRY IM_CALL_ENTRY, *PIM_CALL_ENTRY;
typedef struct _IM_OFFLOAD_ENTRY IM_OFFLOAD_ENTRY, *PIM_OFFLOAD_ENTRY;

/* The two names of one and the same block (they differ in the meaning of two slots only). */
typedef PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST PIM_UPPER_BLOCK; /* as our miniport edge sees it */
typedef PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST PIM_LOWER_BLOCK; /* as our protocol edge sees it */

typedef enum _IM_OPERATION {
    ImInitiate,
    ImQuery,
    ImUpdate,
    ImInvalidate,
    ImTerminate
} IM_OPERATION;

/* One per loaded driver. It lies in an extension of the driver object, so that the driver needs no global variable and
   MiniportDriverUnload, which is given nothing else, finds it again. */
struct _IM_DRIVER {
    NDIS_HANDLE MiniportDriverHandle;
    NDIS_HANDLE ProtocolHandle;
};

/* One per adapter below that we are bound to. */
struct _IM_LOWER_BINDING {
    PIM_DRIVER Driver;
    NDIS_HANDLE BindingHandle;
    NDIS_SPIN_LOCK Lock;          /* guards the lists and counters below */
    NDIS_EVENT Completed;         /* an open or a close that NDIS finishes later has finished */
    NDIS_STATUS CompletedStatus;

    LIST_ENTRY VirtualMiniports;  /* IM_VIRTUAL_MINIPORT.Link */
    LIST_ENTRY OffloadEntries;    /* IM_OFFLOAD_ENTRY.Link: every object offloaded through this binding */
    LIST_ENTRY SpareRecords;      /* IM_SPARE_RECORD.Link: those in use (list_record.c) */

    PIM_CALL_ENTRY SpareCallEntries; /* single list through IM_CALL_ENTRY.NextSpare */
    ULONG SpareCallEntryCount;
    PIM_UPPER_BLOCK FirstWaiting;    /* trees that wait for a call entry, linked through root->MiniportReserved[0] */
    PIM_UPPER_BLOCK LastWaiting;

    BOOLEAN Running;              /* between NetEventRestart and NetEventPause */
    ULONG SendsOutstanding;       /* ordinary sends that the adapter below holds */
    NDIS_EVENT SendsReturned;     /* signalled while there are none */

    /* What the adapter below said of itself when we bound; our virtual miniports say the same. */
    NDIS_MEDIUM MediaType;
    NDIS_PHYSICAL_MEDIUM PhysicalMediumType;
    ULONG MtuSize;
    ULONG LookaheadSize;
    ULONG64 MaxXmitLinkSpeed;
    ULONG64 XmitLinkSpeed;
    ULONG64 MaxRcvLinkSpeed;
    ULONG64 RcvLinkSpeed;
    NDIS_MEDIA_CONNECT_STATE MediaConnectState;
    NDIS_MEDIA_DUPLEX_STATE MediaDuplexState;
    ULONG SupportedPacketFilters;
    ULONG MaxMulticastListSize;
    ULONG MacOptions;
    ULONG DataBackFillSize;
    ULONG ContextBackFillSize;
    USHORT MacAddressLength;
    UCHAR MacAddress[32];
    NET_IF_ACCESS_TYPE AccessType;
    NET_IF_DIRECTION_TYPE DirectionType;
    NET_IF_CONNECTION_TYPE ConnectionType;
    NET_IFTYPE IfType;
    BOOLEAN HasConnectionOffload;
    NDIS_TCP_CONNECTION_OFFLOAD ConnectionOffload;
};

/* One per virtual miniport: an upper edge. */
struct _IM_VIRTUAL_MINIPORT {
    LIST_ENTRY Link;
    PIM_LOWER_BINDING Lower;
    NDIS_HANDLE MiniportHandle;   /* what NDIS calls this adapter; NULL until MiniportInitializeEx */
    NDIS_EVENT InitializeFinished;
    BOOLEAN Initialized;
    LONG References;              /* calls up that are under way, plus one while initialised */
    NDIS_EVENT Unreferenced;

    NDIS_TCP_OFFLOAD_EVENT_HANDLERS Offload; /* the entry points NDIS gave us for TCP offload (IM-010, IM-013) */

    BOOLEAN Running;              /* between MiniportRestart and MiniportPause */
    BOOLEAN PausePending;         /* MiniportPause has answered PENDING */
    ULONG ListsOutstanding;       /* ordinary sends below, and ordinary receives above */

    PNDIS_OID_REQUEST UpperRequest; /* the request from above while its copy is below; NDIS sends one at a time */
    NDIS_OID_REQUEST LowerRequest;  /* the copy */
    ULONG PacketFilter;             /* what the protocols above want to receive */
    ULONG CombinedFilter;           /* what all virtual miniports together want; buffer of LowerRequest */

    NDIS_STRING DeviceName;       /* its characters follow this structure */
};

/* The IM call entry: one per operation on its way, that is per tree. It exists from the moment the operation comes in
   from above to the moment its completion has gone back up. While the tree is below, root->ImReserved[0] points here. */
struct _IM_CALL_ENTRY {
    PVOID SavedImReserved[2];     /* what ImReserved of the root held when it reached us: the entry of an IM above */
    PVOID SavedSourceHandle;      /* the binding above us; NDIS routes the completion by it */
    PIM_VIRTUAL_MINIPORT UpperEdge; /* on which virtual miniport the operation came in */
    IM_OPERATION Operation;
    PIM_CALL_ENTRY NextSpare;     /* while it lies in reserve */
};

/* The record of one NET_BUFFER_LIST, on the context stack of the list (list_record.c). The stack wants multiples of
   MEMORY_ALLOCATION_ALIGNMENT. */
typedef struct _IM_LIST_RECORD {
    NDIS_HANDLE SavedSourceHandle;
    PIM_VIRTUAL_MINIPORT UpperEdge;
} IM_LIST_RECORD, *PIM_LIST_RECORD;
#define IM_LIST_RECORD_SIZE ((USHORT)ALIGN_UP_BY(sizeof(IM_LIST_RECORD), MEMORY_ALLOCATION_ALIGNMENT))

/* The same in another place, for a list whose context stack has no room and that may not fail. */
typedef struct _IM_SPARE_RECORD {
    LIST_ENTRY Link;              /* in IM_LOWER_BINDING.SpareRecords while in use */
    PNET_BUFFER_LIST List;        /* whose record it is; NULL while it is free */
    NDIS_HANDLE SavedSourceHandle;
    PIM_VIRTUAL_MINIPORT UpperEdge;
    PIM_OFFLOAD_ENTRY Owner;
} IM_SPARE_RECORD, *PIM_SPARE_RECORD;

/* The IM offload entry: one per offloaded neighbor, path or TCP connection. It exists from the initiate that offloads
   the object to the terminate that ends it. The driver above knows it as the object's miniport offload context, the
   driver below knows it by the address of OffloadHandle. */
struct _IM_OFFLOAD_ENTRY {
    NDIS_OFFLOAD_HANDLE OffloadHandle; /* our own handle of the object (IM-035); first, so that its address is ours too */
    PNDIS_OFFLOAD_HANDLE UpperHandle;  /* the handle of the driver above (IM-034) */
    PIM_VIRTUAL_MINIPORT UpperEdge;    /* where the object came from, and where its indications go */
    LIST_ENTRY Link;                   /* in IM_LOWER_BINDING.OffloadEntries */
    PIM_CALL_ENTRY Initiating;         /* the initiate that created the entry, until it completes */
    LONG References;                   /* one for the object, one for every call that runs through the entry (IM-116) */
    BOOLEAN TerminateFailed;           /* the next terminate ends the object, whatever its status (IM-064) */
    BOOLEAN UploadRequested;           /* a send could not be passed on: no later one may overtake it (IM-110) */
    IM_SPARE_RECORD DisconnectRecord;  /* a disconnect must never fail for want of a record */
};

/* ---- driver_entry.c ---- */
DRIVER_INITIALIZE DriverEntry;
MINIPORT_UNLOAD ImDriverUnload;
MINIPORT_SET_OPTIONS ImMiniportSetOptions;
PROTOCOL_SET_OPTIONS ImProtocolSetOptions;

/* ---- binding.c ---- */
PROTOCOL_BIND_ADAPTER_EX ImBindAdapter;
PROTOCOL_UNBIND_ADAPTER_EX ImUnbindAdapter;
PROTOCOL_OPEN_ADAPTER_COMPLETE_EX ImOpenAdapterComplete;
PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX ImCloseAdapterComplete;
PROTOCOL_NET_PNP_EVENT ImNetPnPEvent;
VOID ImLowerSendsStarted(PIM_LOWER_BINDING Lower, ULONG Count);
VOID ImLowerSendsReturned(PIM_LOWER_BINDING Lower, ULONG Count);

/* ---- virtual_miniport.c ---- */
MINIPORT_INITIALIZE ImInitialize;
MINIPORT_HALT ImHalt;
MINIPORT_PAUSE ImPause;
MINIPORT_RESTART ImRestart;
MINIPORT_SHUTDOWN ImShutdown;
MINIPORT_DEVICE_PNP_EVENT_NOTIFY ImDevicePnPEventNotify;
NDIS_STATUS ImCreateVirtualMiniports(PIM_LOWER_BINDING Lower);
VOID ImDeleteVirtualMiniports(PIM_LOWER_BINDING Lower);
/* Goes through the initialised virtual miniports of a binding, holding each while the caller uses it: pass NULL for the
   first, then what the last call returned. Whoever stops before NULL calls ImReleaseVirtualMiniport. */
PIM_VIRTUAL_MINIPORT ImNextVirtualMiniport(PIM_LOWER_BINDING Lower, PIM_VIRTUAL_MINIPORT Previous);
VOID ImReleaseVirtualMiniport(PIM_VIRTUAL_MINIPORT VirtualMiniport);
VOID ImUpperListsReturned(PIM_VIRTUAL_MINIPORT VirtualMiniport, ULONG Count);

/* ---- block_tree.c ---- */
#define IM_TREE_DEPTH 8
typedef struct _IM_TREE_WALK {
    PIM_UPPER_BLOCK Pending[IM_TREE_DEPTH]; /* siblings to come back to, one per level above */
    ULONG PendingCount;
} IM_TREE_WALK, *PIM_TREE_WALK;
PIM_UPPER_BLOCK ImFirstBlock(PIM_TREE_WALK Walk, PIM_UPPER_BLOCK Root);
PIM_UPPER_BLOCK ImNextBlock(PIM_TREE_WALK Walk, PIM_UPPER_BLOCK Block);

/* ---- call_entry.c ---- */
NDIS_STATUS ImReserveCallEntries(PIM_LOWER_BINDING Lower);
VOID ImDiscardCallEntries(PIM_LOWER_BINDING Lower);
PIM_CALL_ENTRY ImAllocateCallEntry(PIM_LOWER_BINDING Lower);
PIM_CALL_ENTRY ImAllocateCallEntryOrWait(PIM_VIRTUAL_MINIPORT UpperEdge, IM_OPERATION Operation, PIM_UPPER_BLOCK Root);
VOID ImReleaseCallEntry(PIM_LOWER_BINDING Lower, PIM_CALL_ENTRY CallEntry);
VOID ImEnterCall(PIM_CALL_ENTRY CallEntry, PIM_VIRTUAL_MINIPORT UpperEdge, IM_OPERATION Operation, PIM_UPPER_BLOCK Root);
VOID ImLeaveCall(PIM_CALL_ENTRY CallEntry, PIM_UPPER_BLOCK Root);

/* ---- offload_entry.c ---- */
PIM_OFFLOAD_ENTRY ImCreateOffloadEntry(PIM_VIRTUAL_MINIPORT UpperEdge, PNDIS_OFFLOAD_HANDLE UpperHandle,
                                       PIM_CALL_ENTRY Initiating);
VOID ImReferenceOffloadEntry(PIM_OFFLOAD_ENTRY Entry);
VOID ImDereferenceOffloadEntry(PIM_OFFLOAD_ENTRY Entry);
PIM_OFFLOAD_ENTRY ImOffloadEntryOfHandle(PVOID OffloadHandle);
PIM_OFFLOAD_ENTRY ImFindOffloadEntry(PIM_LOWER_BINDING Lower, PVOID OffloadHandle);
VOID ImDiscardOffloadEntries(PIM_VIRTUAL_MINIPORT UpperEdge);

/* ---- propagate_down.c: the miniport edge of the five operations ---- */
VOID ImInitiateOffload(NDIS_HANDLE MiniportAdapterContext, PIM_UPPER_BLOCK Root);
VOID ImQueryOffload(NDIS_HANDLE MiniportAdapterContext, PIM_UPPER_BLOCK Root);
VOID ImUpdateOffload(NDIS_HANDLE MiniportAdapterContext, PIM_UPPER_BLOCK Root);
VOID ImInvalidateOffload(NDIS_HANDLE MiniportAdapterContext, PIM_UPPER_BLOCK Root);
VOID ImTerminateOffload(NDIS_HANDLE MiniportAdapterContext, PIM_UPPER_BLOCK Root);
VOID ImPropagateDown(PIM_CALL_ENTRY CallEntry, PIM_UPPER_BLOCK Root);

/* ---- propagate_up.c: the protocol edge of their completions ---- */
VOID ImInitiateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Root);
VOID ImQueryOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Root);
VOID ImUpdateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Root);
VOID ImInvalidateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Root);
VOID ImTerminateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Root);
PIM_OFFLOAD_ENTRY ImConvertBlockUp(PIM_UPPER_BLOCK Block);

/* ---- list_record.c ---- */
NDIS_STATUS ImPushRecord(PNET_BUFFER_LIST List, PIM_VIRTUAL_MINIPORT UpperEdge);
PIM_VIRTUAL_MINIPORT ImPopRecord(PIM_LOWER_BINDING Lower, PNET_BUFFER_LIST List);
NDIS_STATUS ImPushRecords(PNET_BUFFER_LIST Lists, PIM_VIRTUAL_MINIPORT UpperEdge);
VOID ImPopRecords(PIM_LOWER_BINDING Lower, PNET_BUFFER_LIST Lists);
BOOLEAN ImPushSpareRecord(PIM_OFFLOAD_ENTRY Entry, PNET_BUFFER_LIST List);
/* Cuts a chain that came up into runs of one upper edge each: returns the first run with its records popped, its edge
   and length, and leaves the rest in *Rest. */
PNET_BUFFER_LIST ImTakeRun(PIM_LOWER_BINDING Lower, PNET_BUFFER_LIST *Rest, PIM_VIRTUAL_MINIPORT *UpperEdge, ULONG *Count);

/* ---- offload_data.c ---- */
NDIS_STATUS ImTcpOffloadSend(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext, PNET_BUFFER_LIST Lists);
NDIS_STATUS ImTcpOffloadReceive(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext, PNET_BUFFER_LIST Lists);
NDIS_STATUS ImTcpOffloadDisconnect(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext,
                                   PNET_BUFFER_LIST List, ULONG Flags);
NDIS_STATUS ImTcpOffloadForward(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext, PNET_BUFFER_LIST Lists);
NDIS_STATUS ImTcpOffloadReceiveReturn(NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST Lists);
VOID ImTcpOffloadSendComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST Lists);
VOID ImTcpOffloadReceiveComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST Lists);
VOID ImTcpOffloadDisconnectComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST List);
VOID ImTcpOffloadForwardComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST Lists);

/* ---- indications.c ---- */
VOID ImTcpOffloadEvent(PVOID OffloadContext, ULONG EventType, ULONG EventSpecificInformation);
NDIS_STATUS ImTcpOffloadReceiveIndicate(PVOID OffloadContext, PNET_BUFFER_LIST List, NDIS_STATUS Status,
                                        PULONG BytesConsumed);
VOID ImIndicateOffloadEvent(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Block, ULONG IndicateEvent);

/* ---- oid_request.c ---- */
MINIPORT_OID_REQUEST ImOidRequest;
MINIPORT_CANCEL_OID_REQUEST ImCancelOidRequest;
PROTOCOL_OID_REQUEST_COMPLETE ImOidRequestComplete;
PROTOCOL_STATUS_EX ImStatus;

/* ---- packet_path.c ---- */
MINIPORT_SEND_NET_BUFFER_LISTS ImSendNetBufferLists;
MINIPORT_RETURN_NET_BUFFER_LISTS ImReturnNetBufferLists;
MINIPORT_CANCEL_SEND ImCancelSend;
PROTOCOL_RECEIVE_NET_BUFFER_LISTS ImReceiveNetBufferLists;
PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE ImSendNetBufferListsComplete;

#endif
