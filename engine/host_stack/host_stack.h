/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The host stack: a protocol driver in the place of TCP/IP. It keeps neighbors, paths and TCP connections with real
 * values, builds state trees from them, issues the five operations on its bindings and takes in what comes back. What it
 * shall do it is told through its control device (host_stack_control.h); what it may do it decides itself, by the rules
 * for host stacks (HS-nnn).
 *
 *   driver_entry.c   registration, control device, unload      operation.c    building, issuing, completing a tree
 *   control.c        IRPs and commands                         tree_check.c   may this tree be issued now?
 *   binding.c        adapters, OIDs, pause and restart         send_data.c    NET_BUFFER_LISTs of the host
 *   state_object.c   neighbors, paths, connections             transfer.c     send, receive, disconnect, forward
 *   state_values.c   values <-> the state behind a block       indication.c   events, received data, status
 *   upload_all.c     giving everything back before a pause  connection_tcp.c, packet.c   TCP of its own (tcp.h)
 *   reachability.c   is a neighbor still there?
 *
 * One spin lock guards all lists and counters; it is never held over a call out of the driver. Objects, operations and
 * transfers are freed only by a command or at unload, both at PASSIVE_LEVEL.
 */
#ifndef CHIMNEYLAB_HOST_STACK_H
#define CHIMNEYLAB_HOST_STACK_H

#include <ndis.h>
#include <ndischimney.h>
#include <chimneylab/following_state.h>

#include "host_stack_control.h"

#define HS_TAG(a, b, c, d) ((ULONG)(a) | ((ULONG)(b) << 8) | ((ULONG)(c) << 16) | ((ULONG)(d) << 24))
#define HS_TAG_BINDING HS_TAG('H', 'S', 'b', 'i')
#define HS_TAG_OBJECT HS_TAG('H', 'S', 'o', 'b')
#define HS_TAG_OPERATION HS_TAG('H', 'S', 'o', 'p')
#define HS_TAG_BLOCK HS_TAG('H', 'S', 'b', 'l')
#define HS_TAG_TRANSFER HS_TAG('H', 'S', 't', 'r')
#define HS_TAG_DATA HS_TAG('H', 'S', 'd', 'a')
#define HS_TAG_EVENT HS_TAG('H', 'S', 'e', 'v')
#define HS_TAG_POOL HS_TAG('H', 'S', 'p', 'l')

typedef struct _HS_DRIVER HS_DRIVER, *PHS_DRIVER;
typedef struct _HS_BINDING HS_BINDING, *PHS_BINDING;
typedef struct _HS_OBJECT HS_OBJECT, *PHS_OBJECT;
typedef struct _HS_OPERATION HS_OPERATION, *PHS_OPERATION;
typedef struct _HS_TRANSFER HS_TRANSFER, *PHS_TRANSFER;
typedef PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST PHS_BLOCK_LIST;

typedef struct _HS_TCP_TIMER {
    PHS_DRIVER Driver;
    NDIS_HANDLE Timer;
    ULONG Due; /* in ticks */
    BOOLEAN Set;
} HS_TCP_TIMER, *PHS_TCP_TIMER;

/* In the extension of the control device. */
struct _HS_DRIVER {
    NDIS_HANDLE ProtocolHandle;
    NDIS_SPIN_LOCK Lock;
    LIST_ENTRY Bindings;
    LIST_ENTRY Objects;
    LIST_ENTRY Operations;
    LIST_ENTRY Transfers;
    LIST_ENTRY Events;
    ULONG LastBinding; /* numbers given out so far */
    ULONG LastObject;
    ULONG LastOperation;
    ULONG LastTransfer;
    ULONG LastFinish;
    ULONG EventCount;
    BOOLEAN TcpEnabled;        /* connections that are not offloaded run TCP here */
    HS_TCP_TIMER TcpTimers[2]; /* for what is due soon; for what may wait for ever */
    NDIS_HANDLE ReachabilityTimer;
    USHORT NextIdentification;
};

struct _HS_BINDING {
    LIST_ENTRY Link;
    PHS_DRIVER Driver;
    ULONG Number;
    NDIS_HANDLE BindingHandle;
    NDIS_EVENT Completed;
    NDIS_STATUS CompletedStatus;
    NDIS_HANDLE ListPool;
    NDIS_HANDLE ReturnTimer;          /* returns received lists after their indication */
    PNET_BUFFER_LIST ReturnLists;     /* that wait for it */
    BOOLEAN ReturnTimerSet;
    BOOLEAN Running;
    BOOLEAN Asleep;                   /* the adapter is on its way to a state other than D0, or there */
    BOOLEAN OffloadEnabled;
    BOOLEAN OffloadPaused;
    BOOLEAN HasCapabilities;
    NDIS_TCP_CONNECTION_OFFLOAD Capabilities;
    ULONG ContextBackFillSize;
    ULONG StatusIndications;
    NDIS_STATUS LastStatus;
    NDIS_EVENT OperationFinished;     /* signalled by every completion: a pause waits for them */
    NDIS_OID_REQUEST Request;
    NDIS_TCP_CONNECTION_OFFLOAD_PARAMETERS Parameters;
    ULONG OidRequestsCompleted;       /* of the client's */
    NDIS_STATUS LastOidStatus;
    UCHAR MacAddress[6];
    char Name[CHIMNEY_HOST_STACK_NAME_LENGTH];
};

/* What is being done about a neighbor that nobody has heard of for long (reachability.c). */
typedef enum _HS_DOUBT {
    HsNoDoubt,  /* REACHABLE or STALE, by its age */
    HsDelay,    /* STALE, and in use: waits before it is looked into */
    HsAsking,   /* the target is being asked for NicReachabilityDelta */
    HsProbe,    /* probes are under way */
    HsGone,     /* has answered none, and is invalidated */
    HsGoneAndUnused /* and no connection is offloaded over it any more: it goes back */
} HS_DOUBT;

struct _HS_OBJECT {
    LIST_ENTRY Link;
    PHS_DRIVER Driver;
    ULONG Number;
    ULONG Kind;                 /* enum chimney_object_kind */
    ULONG State;                /* enum chimney_object_state */
    NDIS_OFFLOAD_HANDLE Handle; /* stays at its address while the object exists (HS-074) */
    PHS_BINDING Binding;        /* where it is, or is being, offloaded */
    PHS_OBJECT Parent;          /* neighbor of a path, path of a connection */
    ULONG Queries;              /* in progress */
    ULONG Updates;
    ULONG Invalidates;
    ULONG LinkerUses;           /* initiates in progress that hang new state from it (HS-036) */
    ULONG CallsInProgress;      /* receive and disconnect calls that have not returned (HS-050) */
    NDIS_STATUS LastStatus;
    BOOLEAN TerminateFailedBefore;
    union {
        struct chimney_host_stack_neighbor Neighbor;
        struct chimney_host_stack_path Path;
        struct chimney_host_stack_connection Connection;
    } Values;
    /* neighbors */
    ULONG ConfirmedAt;          /* when somebody was last known to be there, on the host's clock */
    ULONG Doubt;                /* HS_DOUBT */
    ULONG DoubtDue;             /* when its next step is due */
    ULONG IndicatedDelta;       /* NicReachabilityDelta of the question that was answered with 0 */
    ULONG ProbesLeft;
    /* connections */
    BOOLEAN SendHalfClosed;
    BOOLEAN Reset; /* by an abortive disconnect */
    PHS_TRANSFER NextReceive;   /* to be posted as soon as the receive call in progress has returned (HS-061) */
    ULONG TransfersOutstanding;
    ULONG BytesSent;
    ULONG BytesReceived;
    PNET_BUFFER_LIST Held;      /* accepted received lists, linked by Next */
    ULONG HeldCount;
    ULONG HeldFrom;             /* number of the binding they came from */
    ULONG Events;
    ULONG LastEvent;
    ULONG LastEventInformation;
    ULONG SendDataTakenBack;
    ULONG ReceiveAnswer;        /* enum chimney_receive_answer */
    ULONG ReceiveAnswerBytes;
    ULONG LastBinding;          /* number of the one it was offloaded on last */
    struct _HS_TCP *Tcp;        /* NULL when TCP is not enabled */
};

/* One block of an operation. */
typedef struct _HS_BLOCK {
    struct chimney_host_stack_block Public; /* what the client gave, and what it will get */
    PHS_OBJECT Object;
    PHS_OBJECT NewParent;                   /* what the block above stands for, if it is an object */
    PHS_BLOCK_LIST Block;                   /* NULL once it is freed */
    NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST Sent;  /* as it was when it was handed down */
    PHS_TRANSFER SendData;
    BOOLEAN ResumeAfterwards; /* the host goes on with this connection */
    BOOLEAN Answered;         /* a query of this neighbor is over */
    BOOLEAN SendDataPositionKnown;
    ULONG SendDataPosition;
} HS_BLOCK, *PHS_BLOCK;

struct _HS_OPERATION {
    LIST_ENTRY Link;
    PHS_BINDING Binding;
    ULONG Number;
    ULONG Kind;      /* enum chimney_operation_kind */
    BOOLEAN Finished;
    BOOLEAN InsideCall;
    BOOLEAN CompletedInsideCall;
    BOOLEAN Untouched;
    BOOLEAN WithoutContextRoom;
    BOOLEAN Internal; /* issued by the stack itself: forgotten as soon as it is finished */
    ULONG FinishOrder;
    ULONG BindingNumber;
    LARGE_INTEGER Started;
    LARGE_INTEGER Ended;
    ULONG BlockCount;
    HS_BLOCK Blocks[1];
};

struct _HS_TRANSFER {
    LIST_ENTRY Link;
    ULONG Number;
    ULONG Kind; /* enum chimney_transfer_kind */
    PHS_OBJECT Object;
    ULONG Count;
    ULONG Bytes;
    ULONG Flags;
    NDIS_STATUS Returned;
    ULONG Completed;
    ULONG HandedBack;
    NDIS_STATUS LastStatus;
    NDIS_STATUS FirstFailure;
    ULONG BytesTransferred;
    BOOLEAN Internal; /* send data of an initiate: forgotten as soon as it is all back */
    ULONG Again;      /* receive: how many more are posted when this one is complete */
    BOOLEAN InHost;   /* of the host's own TCP: there are no lists */
    ULONG Position;   /* of its first byte in the stream that the application sends */
    ULONG EndPosition;
};

typedef struct _HS_EVENT {
    LIST_ENTRY Link;
    ULONG Number;
    ULONG Kind;
    ULONG Binding;
    ULONG Object;
    ULONG Code;
    ULONG Information;
    ULONG Answered;
    LARGE_INTEGER Time;
} HS_EVENT, *PHS_EVENT;

/* ---- driver_entry.c ---- */
DRIVER_INITIALIZE DriverEntry;
PROTOCOL_SET_OPTIONS HsProtocolSetOptions;

/* ---- control.c ---- */
DRIVER_DISPATCH HsDispatchOpenClose;
DRIVER_DISPATCH HsDispatchControl;

/* ---- binding.c ---- */
PROTOCOL_BIND_ADAPTER_EX HsBindAdapter;
PROTOCOL_UNBIND_ADAPTER_EX HsUnbindAdapter;
PROTOCOL_OPEN_ADAPTER_COMPLETE_EX HsOpenAdapterComplete;
PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX HsCloseAdapterComplete;
PROTOCOL_NET_PNP_EVENT HsNetPnPEvent;
PROTOCOL_OID_REQUEST_COMPLETE HsOidRequestComplete;
PROTOCOL_RECEIVE_NET_BUFFER_LISTS HsReceiveNetBufferLists;
PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE HsSendNetBufferListsComplete;
PHS_BINDING HsFindBinding(PHS_DRIVER Driver, ULONG Number);
ULONG HsRequestOid(PHS_DRIVER Driver, const struct chimney_host_stack_oid_request *Command);
ULONG HsQueryBinding(PHS_DRIVER Driver, struct chimney_host_stack_binding *Command);

/* ---- state_object.c ---- */
PHS_OBJECT HsFindObject(PHS_DRIVER Driver, ULONG Number);
PHS_OBJECT HsObjectOfHandle(PHS_DRIVER Driver, PVOID OffloadHandle);
ULONG HsOffloadedDependents(PHS_DRIVER Driver, PHS_OBJECT Object);
ULONG HsOffloadedOnBinding(PHS_DRIVER Driver, PHS_BINDING Binding, ULONG Kind); /* Kind 0: all */
ULONG HsSetNeighbor(PHS_DRIVER Driver, struct chimney_host_stack_neighbor *Command);
ULONG HsSetPath(PHS_DRIVER Driver, struct chimney_host_stack_path *Command);
ULONG HsSetConnection(PHS_DRIVER Driver, struct chimney_host_stack_connection *Command);
ULONG HsDeleteObject(PHS_DRIVER Driver, struct chimney_host_stack_object *Command);
ULONG HsQueryObject(PHS_DRIVER Driver, struct chimney_host_stack_object *Command);
VOID HsFreeAllObjects(PHS_DRIVER Driver);

/* ---- state_values.c ---- */
UCHAR HsStateType(PHS_OBJECT Object, ULONG Kind, ULONG StateClass);
VOID HsWriteState(PHS_OBJECT Object, PHS_BLOCK_LIST Block);
VOID HsReadQueriedState(PHS_OBJECT Object, PHS_BLOCK_LIST Block);
VOID HsReadDelegatedState(PHS_OBJECT Object, PHS_BLOCK_LIST Block);

/* ---- tree_check.c ---- */
ULONG HsCheckOperation(PHS_DRIVER Driver, PHS_OPERATION Operation, PULONG RefusedBlock);

/* ---- operation_tree.c ---- */
BOOLEAN HsBuildTree(PHS_OPERATION Operation); /* FALSE: no memory; HsAbandonTree takes apart what there is */
VOID HsAbandonTree(PHS_DRIVER Driver, PHS_OPERATION Operation); /* one that nobody has seen */
VOID HsFreeBlocks(PHS_OPERATION Operation);
VOID HsFreeBufferedData(PHS_OPERATION Operation, PHS_BLOCK Block);

/* ---- operation.c ---- */
ULONG HsStartOperation(PHS_DRIVER Driver, struct chimney_host_stack_operation *Command);
ULONG HsStartPrepared(PHS_DRIVER Driver, PHS_OPERATION Operation, PULONG RefusedBlock);
PHS_OPERATION HsAllocateOperation(PHS_BINDING Binding, ULONG Kind, ULONG BlockCount);
ULONG HsQueryOperation(PHS_DRIVER Driver, struct chimney_host_stack_operation *Command);
ULONG HsListOperations(PHS_DRIVER Driver, struct chimney_host_stack_operation_list *Command);
VOID HsInitiateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PHS_BLOCK_LIST Root);
VOID HsQueryOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PHS_BLOCK_LIST Root);
VOID HsUpdateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PHS_BLOCK_LIST Root);
VOID HsInvalidateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PHS_BLOCK_LIST Root);
VOID HsTerminateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PHS_BLOCK_LIST Root);
VOID HsFreeAllOperations(PHS_DRIVER Driver);

/* ---- upload_all.c ---- */
/* PASSIVE_LEVEL: returns when nothing is offloaded on the binding any more. */
VOID HsUploadAll(PHS_BINDING Binding);
VOID HsUploadIpVersion(PHS_BINDING Binding, ULONG IpVersion); /* 4 or 6: what uses it */
VOID HsBeginUploadAll(PHS_BINDING Binding);                   /* does not wait until it is done */
BOOLEAN HsUploadNeighbor(PHS_OBJECT Neighbor);                /* begins it, with all above; FALSE: not now */
VOID HsReadCapabilities(PHS_BINDING Binding);

/* ---- send_data.c ---- */
PNET_BUFFER_LIST HsAllocateLists(PHS_BINDING Binding, PHS_TRANSFER Transfer, BOOLEAN Empty, BOOLEAN WithoutContextRoom);
VOID HsFreeLists(PNET_BUFFER_LIST Lists);
ULONG HsListBytes(PNET_BUFFER_LIST List);
BOOLEAN HsCopyList(PNET_BUFFER_LIST List, PUCHAR Into, ULONG Bytes);

/* ---- transfer.c ---- */
VOID HsFreeTransfer(PHS_DRIVER Driver, PHS_TRANSFER Transfer);
PHS_TRANSFER HsAllocateTransfer(PHS_DRIVER Driver, PHS_OBJECT Object, ULONG Kind, ULONG Count, ULONG Bytes);
ULONG HsStartTransfer(PHS_DRIVER Driver, struct chimney_host_stack_transfer *Command);
ULONG HsQueryTransfer(PHS_DRIVER Driver, struct chimney_host_stack_transfer *Command);
/* Takes in lists that came back, by a completion or with a block, and frees them. Gives how many they were. */
ULONG HsListsReturned(PHS_DRIVER Driver, PNET_BUFFER_LIST Lists, BOOLEAN HandedBack);
VOID HsTcpOffloadSendComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST Lists);
VOID HsTcpOffloadReceiveComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST Lists);
VOID HsTcpOffloadDisconnectComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST List);
VOID HsTcpOffloadForwardComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST Lists);
VOID HsFreeAllTransfers(PHS_DRIVER Driver);

/* ---- indication.c ---- */
VOID HsTcpOffloadEvent(PVOID OffloadContext, ULONG EventType, ULONG EventSpecificInformation);
NDIS_STATUS HsTcpOffloadReceiveIndicate(PVOID OffloadContext, PNET_BUFFER_LIST List, NDIS_STATUS Status,
                                        PULONG BytesConsumed);
VOID HsIndicateOffloadEvent(NDIS_HANDLE ProtocolBindingContext, PHS_BLOCK_LIST Block, ULONG IndicateEvent);
PROTOCOL_STATUS_EX HsStatus;
NDIS_TIMER_FUNCTION HsReturnTimer;
VOID HsReturnLater(PHS_BINDING Binding, PNET_BUFFER_LIST Lists);
VOID HsReturnHeld(PHS_DRIVER Driver, PHS_OBJECT Object);
VOID HsReturnAllHeld(PHS_BINDING Binding);
ULONG HsReturnReceived(PHS_DRIVER Driver, struct chimney_host_stack_object *Command);
ULONG HsSetReceiveAnswer(PHS_DRIVER Driver, struct chimney_host_stack_receive_answer *Command);
ULONG HsQueryEvent(PHS_DRIVER Driver, struct chimney_host_stack_event *Command);
VOID HsFreeAllEvents(PHS_DRIVER Driver);

/* ---- reachability.c ---- */
ULONG HsReachabilityDelta(PHS_OBJECT Neighbor);             /* ticks since it was last confirmed */
VOID HsSetReachability(PHS_OBJECT Neighbor, ULONG Delta);
VOID HsConfirmReachability(PHS_OBJECT Neighbor);            /* somebody there has answered just now */
ULONG HsAnswerReachability(PHS_OBJECT Neighbor, ULONG IndicatedDelta); /* the HostReachabilityDelta to return */
VOID HsReachabilityAnswered(PHS_OBJECT Neighbor, BOOLEAN Successful);  /* a query of it is complete and has been read */
VOID HsGiveBackGone(PHS_DRIVER Driver);                     /* an operation is complete: does a neighbor that is gone still serve? */
VOID HsBeforeDatagram(PHS_OBJECT Neighbor);                 /* the host is about to send one through it */
VOID HsTakeAddressResolution(PHS_DRIVER Driver, const UCHAR *Bytes, ULONG Length);
NDIS_STATUS HsCreateReachabilityTimer(PHS_DRIVER Driver);
VOID HsDeleteReachabilityTimer(PHS_DRIVER Driver);

/* ---- packet.c, connection_tcp.c; without TCP of its own they do nothing ---- */
ULONG HsEnableTcp(PHS_DRIVER Driver);
VOID HsDisableTcp(PHS_DRIVER Driver);
ULONG HsCreateTcp(PHS_OBJECT Connection);
VOID HsFreeTcp(PHS_OBJECT Connection);
ULONG HsTcpSend(PHS_OBJECT Connection, ULONG Bytes);
ULONG HsTcpDisconnect(PHS_OBJECT Connection, ULONG Bytes, BOOLEAN Abortive);
VOID HsTcpPrepareOffload(PHS_OBJECT Connection, PULONG SendDataCount, PULONG SendDataBytes);
VOID HsTcpResume(PHS_OBJECT Connection);
VOID HsTcpResumeStopped(PHS_OBJECT Connection);
VOID HsTcpOffloaded(PHS_OBJECT Connection);
VOID HsTcpUploaded(PHS_OBJECT Connection, PNET_BUFFER_LIST BufferedData);
VOID HsTcpSubmitted(PHS_OBJECT Connection, PHS_TRANSFER Transfer);   /* the application has sent it */
VOID HsTcpAcknowledged(PHS_OBJECT Connection, ULONG Bytes);          /* the target says so */
VOID HsTcpQuery(PHS_OBJECT Connection, struct chimney_host_stack_object *Command);
VOID HsTakeReceived(PHS_OBJECT Connection, PNET_BUFFER_LIST Lists);
VOID HsTakeReceivedBytes(PHS_OBJECT Connection, PNET_BUFFER_LIST List, ULONG Bytes);
VOID HsTakeRequest(PHS_OBJECT Connection, PNET_BUFFER_LIST List, ULONG Bytes);
ULONG HsStreamPosition(PHS_OBJECT Connection); /* of the next byte that the application sends */

/* Small change. */
static inline PVOID HsAllocate(PHS_DRIVER Driver, ULONG Size, ULONG Tag)
{
    PVOID memory = NdisAllocateMemoryWithTagPriority(Driver->ProtocolHandle, Size, Tag, NormalPoolPriority);
    if (memory != NULL) {
        NdisZeroMemory(memory, Size);
    }
    return memory;
}

#endif
