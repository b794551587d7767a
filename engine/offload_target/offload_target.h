/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The offload target: the miniport driver of a physical adapter that takes over neighbors, paths and TCP connections.
 * Without a wire (wire.h) what it is given to send is acknowledged after a while, and what arrives, arrives on command;
 * with one it runs TCP. Everything else is as documented for offload targets (OT-nnn): visiting order, capacities, statuses of every
 * block, ownership of send and receive data, order of completions and indications.
 *
 *   driver_entry.c   registration, control device, unload     initiate.c      taking over a tree
 *   adapter.c        initialise, pause, halt, OIDs            manipulate.c    query, update, invalidate
 *   control.c        IRPs and commands                        terminate.c     giving back
 *   task.c           what happens later, by timers            transfer.c      send, disconnect, forward
 *   operation.c      accepting and completing operations      delivery.c      received data
 *   state_object.c   internal trees: T -> P -> N              indication.c    events and status
 *   failure.c        failures on request              completion_order.c  when one operation completes, on request
 *   wire*.c          the network, when there is one
 *
 * Time: whatever is not done inside a call is done by a task, which is an NDIS timer; tasks run at DISPATCH_LEVEL.
 * One spin lock per adapter guards its lists and counters; it is never held over a call out of the driver.
 */
#ifndef CHIMNEYLAB_OFFLOAD_TARGET_H
#define CHIMNEYLAB_OFFLOAD_TARGET_H

#include <ndis.h>
#include <ndischimney.h>
#include <chimneylab/following_state.h>

#include "offload_target_control.h"

#define OT_TAG(a, b, c, d) ((ULONG)(a) | ((ULONG)(b) << 8) | ((ULONG)(c) << 16) | ((ULONG)(d) << 24))
#define OT_TAG_ADAPTER OT_TAG('O', 'T', 'a', 'd')
#define OT_TAG_OBJECT OT_TAG('O', 'T', 'o', 'b')
#define OT_TAG_TASK OT_TAG('O', 'T', 't', 'a')
#define OT_TAG_FAILURE OT_TAG('O', 'T', 'f', 'a')
#define OT_TAG_NEIGHBOR_QUERY OT_TAG('O', 'T', 'n', 'q')
#define OT_TAG_DATA OT_TAG('O', 'T', 'd', 'a')
#define OT_TAG_POOL OT_TAG('O', 'T', 'p', 'l')

/* Tasks that an adapter makes when it comes up; more are made when these are all in use. */
#define OT_FIRST_TASKS 4

/* An indication for which there is no memory is tried again so often, at most, and after so long. */
#define OT_DELIVERY_RETRIES 8
#define OT_DELIVERY_RETRY_NS 100000

typedef struct _OT_DRIVER OT_DRIVER, *POT_DRIVER;
typedef struct _OT_ADAPTER OT_ADAPTER, *POT_ADAPTER;
typedef struct _OT_OBJECT OT_OBJECT, *POT_OBJECT;
typedef struct _OT_TASK OT_TASK, *POT_TASK;
typedef PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST POT_BLOCK;

/* The kinds are those of the control interface: 1 neighbor, 2 path, 3 connection; 1 initiate … 5 terminate. */
enum { OtNeighbor = 1, OtPath = 2, OtConnection = 3 };
enum { OtInitiate = 1, OtQuery = 2, OtUpdate = 3, OtInvalidate = 4, OtTerminate = 5, OtOperationKinds = 6 };

struct _OT_DRIVER {
    NDIS_HANDLE MiniportDriverHandle;
    NDIS_HANDLE DeviceHandle;
    PDEVICE_OBJECT Device;
    NDIS_SPIN_LOCK Lock;
    LIST_ENTRY Adapters;
};

/* A first-in, first-out queue of NET_BUFFER_LISTs, linked through MiniportReserved[0], which is ours while they are. */
typedef struct _OT_LIST_QUEUE {
    PNET_BUFFER_LIST First;
    PNET_BUFFER_LIST Last;
    ULONG Count;
} OT_LIST_QUEUE, *POT_LIST_QUEUE;

typedef struct _OT_FAILURE {
    LIST_ENTRY Link;
    struct chimney_target_failure Order;
    ULONG Ordinal; /* which operation of its kind since the adapter came up, or CHIMNEY_TARGET_ANY */
    ULONG UsesLeft;
} OT_FAILURE, *POT_FAILURE;

typedef struct _OT_COMPLETION_ORDER {
    LIST_ENTRY Link;
    struct chimney_target_completion_order Order;
    ULONG Ordinal; /* which operation of its kind since the adapter came up, or CHIMNEY_TARGET_ANY */
} OT_COMPLETION_ORDER, *POT_COMPLETION_ORDER;

#define OT_LINK_SPEED 1000000000ULL /* bits per second */
#define OT_LINK_SPEED_UNKNOWN 0xFFFFFFFFFFFFFFFFULL

typedef struct _OT_WIRE_TIMER {
    POT_ADAPTER Adapter;
    NDIS_HANDLE Timer;
    ULONG Due; /* in ticks */
    BOOLEAN Set;
} OT_WIRE_TIMER, *POT_WIRE_TIMER;

struct _OT_ADAPTER {
    LIST_ENTRY Link;
    POT_DRIVER Driver;
    NDIS_HANDLE MiniportHandle;
    NDIS_SPIN_LOCK Lock;
    NDIS_HANDLE ListPool; /* of received data */
    NDIS_TCP_OFFLOAD_EVENT_HANDLERS Offload;
    NDIS_TCP_CONNECTION_OFFLOAD Capabilities;
    NDIS_TCP_CONNECTION_OFFLOAD_PARAMETERS Parameters;
    UCHAR MacAddress[6];
    ULONG PacketFilter;
    BOOLEAN Running;
    BOOLEAN PausePending;
    PNDIS_OID_REQUEST PowerRequest; /* of a state other than D0, until everything has been terminated (OT-121) */
    BOOLEAN FailuresUntold;   /* of one connection at least */
    BOOLEAN AllAskedBack;     /* has asked for everything, and there has been no resume since (OT-108) */
    BOOLEAN OffloadPaused;    /* has asked for a pause and not resumed: only then do its capabilities change (OT-007) */

    LIST_ENTRY Objects;       /* OT_OBJECT.Link, in the order of offloading */
    LIST_ENTRY Operations;    /* OT_TASK.Link of operations in progress, oldest first */
    LIST_ENTRY Tasks;         /* OT_TASK.Link of the other tasks that wait for their timers */
    LIST_ENTRY FreeTasks;
    LIST_ENTRY Failures;
    LIST_ENTRY CompletionOrders;
    struct chimney_target_capacity Capacity;
    struct chimney_target_timing Timing;
    ULONG LastObject;
    ULONG Accepted[OtOperationKinds];
    ULONG Completed[OtOperationKinds];
    ULONG LastSequence;
    ULONG ReceivesLent;

    struct chimney_target_wire Wire; /* transmit is NULL while there is none */
    LONGLONG WireSince;              /* system time at which the adapter's own clock began */
    OT_WIRE_TIMER WireTimers[2];     /* for what is due soon; for what may wait for ever */
    LIST_ENTRY KeptFrames;           /* for the host, as soon as the terminate is complete */
    USHORT NextIdentification;
};

struct _OT_OBJECT {
    LIST_ENTRY Link;
    POT_ADAPTER Adapter;
    ULONG Number;
    ULONG Kind;
    ULONG State;               /* enum chimney_target_object_state */
    POT_OBJECT Parent;         /* the internal tree points down (OT: connection -> path -> neighbor) */
    NDIS_HANDLE OffloadHandle; /* NdisOffloadHandle: by it the object is named going up */
    ULONG OffloadedBy;         /* ordinal of its initiate, while State is OFFLOADING */
    BOOLEAN Invalid;
    UCHAR Identity[16];
    UCHAR StateType;           /* Ip6OffloadState or Ip4OffloadState for a path */
    BOOLEAN FailureUntold;     /* its hardware is lost, and there was no task to say so */
    BOOLEAN Aborted;           /* reset, or its hardware lost: at the terminate its I/O is aborted (OT-047, OT-098) */
    BOOLEAN DisconnectIndicated; /* the peer's FIN: requests posted from now on are completed with INVALID_STATE (OT-086) */
    ULONG IndicationsInProgress;
    BOOLEAN TerminateAccepted; /* segments are the host's from now on */
    /* neighbors: when somebody behind it was last known to be there, in ticks of the adapter's clock */
    ULONG ProgressAt;          /* NRT: by what this adapter has seen (OT-106) */
    ULONG HostConfirmedAt;     /* HRT: by what the host has said, at the offload and in its answers */
    BOOLEAN QuestionScheduled;
    union {
        CHIMNEYLAB_NEIGHBOR_STATE Neighbor;
        CHIMNEYLAB_PATH_STATE Path;
        CHIMNEYLAB_TCP_STATE Connection;
    } Copy;                    /* const, cached and delegated variables */
    UCHAR SourceAddress[16];   /* of a path: the bytes behind the pointers */
    UCHAR DestinationAddress[16];
    /* connections */
    OT_LIST_QUEUE Sends;       /* unacknowledged, in stream order; a disconnect request stands among them */
    ULONG SendsTakenOver;      /* of these, how many came with the initiate; until that has been completed */
    OT_LIST_QUEUE Receives;    /* posted, not yet completed */
    ULONG ReceiveFilled;       /* bytes already placed in the first of them */
    ULONG BytesBuffered;       /* arrived and not yet delivered */
    ULONG BytesArrived;        /* since the offload: position in the pattern that stands for data */
    BOOLEAN Pushed;            /* the last segment buffered carried PSH */
    BOOLEAN Delivering;        /* a receive completion or indication is in progress */
    BOOLEAN DeliverAgain;      /* and something came in meanwhile */
    BOOLEAN Refused;           /* indicated data was refused: wait for a receive request */
    UCHAR DeliveryRetries;     /* for want of memory, since it was last delivered */
    BOOLEAN RetrieveIndicated;
    BOOLEAN Stopped;           /* asked for with a reason that leaves no choice: nothing is sent any more (OT-100) */
    ULONG ReceivesLent;
    struct _OT_WIRE_CONNECTION *Wire; /* NULL without a wire */
};

/* What a NET_BUFFER_LIST in OT_OBJECT.Sends is (MiniportReserved[1]). */
#define OT_QUEUED_SEND ((PVOID)(ULONG_PTR)0)
#define OT_QUEUED_DISCONNECT ((PVOID)(ULONG_PTR)1)

typedef enum _OT_TASK_KIND {
    OtTaskCompleteOperation,
    OtTaskAcknowledge,      /* the Argument oldest lists of the connection's send queue */
    OtTaskForward,          /* Lists have been processed */
    OtTaskDeliver,          /* look at buffered data and posted receives */
    OtTaskPush,             /* the push timer */
    OtTaskArrive,           /* Argument bytes of data */
    OtTaskConnectionEvent,  /* Argument, Information */
    OtTaskHardwareFailure,  /* Retrieve/HardwareFailure, then Abort */
    OtTaskNeighborQuery,
    OtTaskRefuse,           /* what was posted after an abort or a request for upload goes back */
    OtTaskStatus,           /* Argument; Information: without a buffer */
    OtTaskLinkState         /* Argument: connected */
} OT_TASK_KIND;

struct _OT_TASK {
    LIST_ENTRY Link;
    POT_ADAPTER Adapter;
    NDIS_HANDLE Timer;
    OT_TASK_KIND Kind;
    BOOLEAN Held;            /* an operation that waits for COMPLETE_HELD */
    BOOLEAN Reordered;       /* an operation that lets the youngest one pass */
    BOOLEAN Processed;       /* an initiate whose Statuses are written; the completion is still to come */
    ULONG OperationKind;
    ULONG Ordinal;           /* of the operation among its kind */
    ULONG Sequence;          /* and among all */
    POT_BLOCK Root;
    ULONG Object;            /* number: the object may be gone when the time comes */
    ULONG Argument;
    ULONG Information;
    PNET_BUFFER_LIST Lists;
};

/* ---- driver_entry.c ---- */
DRIVER_INITIALIZE DriverEntry;

/* ---- adapter.c ---- */
MINIPORT_INITIALIZE OtInitialize;
MINIPORT_HALT OtHalt;
MINIPORT_PAUSE OtPause;
MINIPORT_RESTART OtRestart;
MINIPORT_OID_REQUEST OtOidRequest;
MINIPORT_CANCEL_OID_REQUEST OtCancelOidRequest;
MINIPORT_SEND_NET_BUFFER_LISTS OtSendNetBufferLists;
MINIPORT_RETURN_NET_BUFFER_LISTS OtReturnNetBufferLists;
MINIPORT_CANCEL_SEND OtCancelSend;
MINIPORT_SHUTDOWN OtShutdown;
MINIPORT_DEVICE_PNP_EVENT_NOTIFY OtDevicePnPEventNotify;
VOID OtLentListsReturned(POT_ADAPTER Adapter, ULONG Count);
VOID OtPowerDownWhenIdle(POT_ADAPTER Adapter); /* after a terminate */

/* ---- control.c ---- */
DRIVER_DISPATCH OtDispatchOpenClose;
DRIVER_DISPATCH OtDispatchControl;
VOID OtSetDefaults(POT_ADAPTER Adapter);

/* ---- task.c ---- */
NDIS_STATUS OtCreateFirstTasks(POT_ADAPTER Adapter);
POT_TASK OtAllocateTask(POT_ADAPTER Adapter, OT_TASK_KIND Kind); /* NULL: no memory */
VOID OtStartTask(POT_TASK Task, PLIST_ENTRY List, ULONG Nanoseconds);
VOID OtReleaseTask(POT_TASK Task);
VOID OtDeleteTasks(POT_ADAPTER Adapter);
/* The whole of a task about one object in one call. FALSE: no memory. */
BOOLEAN OtSchedule(POT_OBJECT Object, OT_TASK_KIND Kind, ULONG Argument, ULONG Information, ULONG Nanoseconds);

/* ---- operation.c ---- */
VOID OtInitiateOffload(NDIS_HANDLE MiniportAdapterContext, POT_BLOCK Root);
VOID OtQueryOffload(NDIS_HANDLE MiniportAdapterContext, POT_BLOCK Root);
VOID OtUpdateOffload(NDIS_HANDLE MiniportAdapterContext, POT_BLOCK Root);
VOID OtInvalidateOffload(NDIS_HANDLE MiniportAdapterContext, POT_BLOCK Root);
VOID OtTerminateOffload(NDIS_HANDLE MiniportAdapterContext, POT_BLOCK Root);
VOID OtOperationDue(POT_TASK Task);
BOOLEAN OtReleaseHeld(POT_ADAPTER Adapter, ULONG Position, PULONG Remaining, POT_BLOCK *Root);
#define OT_TREE_DEPTH 8
typedef struct _OT_TREE_WALK {
    POT_BLOCK Pending[OT_TREE_DEPTH];
    ULONG PendingCount;
} OT_TREE_WALK, *POT_TREE_WALK;
POT_BLOCK OtFirstBlock(POT_TREE_WALK Walk, POT_BLOCK Root);
POT_BLOCK OtNextBlock(POT_TREE_WALK Walk, POT_BLOCK Block);

/* ---- state_object.c ---- */
POT_OBJECT OtCreateObject(POT_ADAPTER Adapter, POT_BLOCK Block, ULONG Kind, POT_OBJECT Parent);
VOID OtFreeObject(POT_OBJECT Object);
POT_OBJECT OtFindObject(POT_ADAPTER Adapter, ULONG Number);
POT_OBJECT OtFindIdentity(POT_ADAPTER Adapter, ULONG Kind, const UCHAR *Identity, ULONG Length);
POT_OBJECT OtObjectAt(POT_ADAPTER Adapter, ULONG Index);
ULONG OtCountObjects(POT_ADAPTER Adapter, ULONG Kind);
ULONG OtCountDependents(POT_OBJECT Object);
BOOLEAN OtDependsOn(POT_OBJECT Object, POT_OBJECT Lower);
ULONG OtBlockKind(POT_BLOCK Block);
BOOLEAN OtIsStale(POT_OBJECT Neighbor);     /* neither this adapter nor the host has heard of it within NceStaleTicks */
VOID OtNoteProgress(POT_OBJECT Neighbor);   /* somebody behind it has acknowledged something new */
VOID OtBlockIdentity(POT_BLOCK Block, UCHAR Identity[16]);
VOID OtWriteState(POT_OBJECT Object, POT_BLOCK Block);
VOID OtReadCachedState(POT_OBJECT Object, POT_BLOCK Block);

/* ---- failure.c ---- */
ULONG OtAddFailure(POT_ADAPTER Adapter, const struct chimney_target_failure *Order);
VOID OtClearFailures(POT_ADAPTER Adapter);
ULONG OtCountFailures(POT_ADAPTER Adapter);
/* Whether the block shall fail, and with which status. Uses the failure up. */
BOOLEAN OtTakeFailure(POT_ADAPTER Adapter, ULONG OperationKind, ULONG Ordinal, ULONG BlockIndex, ULONG ObjectKind,
                      const UCHAR Identity[16], NDIS_STATUS *Status);

/* ---- completion_order.c ---- */
ULONG OtAddCompletionOrder(POT_ADAPTER Adapter, const struct chimney_target_completion_order *Order);
VOID OtClearCompletionOrders(POT_ADAPTER Adapter);
/* How this operation is to be completed, if somebody said so: changes what it is given. Uses the order up. */
VOID OtTakeCompletionOrder(POT_ADAPTER Adapter, ULONG OperationKind, ULONG Ordinal, PULONG Completion,
                           PULONG AdditionalNanoseconds);

/* ---- initiate.c, manipulate.c, terminate.c: write the Status of every block, complete nothing ---- */
VOID OtProcessInitiate(POT_ADAPTER Adapter, POT_BLOCK Root, ULONG Ordinal);
VOID OtInitiateReturned(POT_ADAPTER Adapter, ULONG Ordinal);
VOID OtFailInitiate(POT_BLOCK Root);
VOID OtProcessQuery(POT_ADAPTER Adapter, POT_BLOCK Root, ULONG Ordinal);
VOID OtProcessUpdate(POT_ADAPTER Adapter, POT_BLOCK Root, ULONG Ordinal);
VOID OtProcessInvalidate(POT_ADAPTER Adapter, POT_BLOCK Root, ULONG Ordinal);
VOID OtProcessTerminate(POT_ADAPTER Adapter, POT_BLOCK Root, ULONG Ordinal);

/* ---- transfer.c ---- */
NDIS_STATUS OtTcpOffloadSend(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext, PNET_BUFFER_LIST Lists);
NDIS_STATUS OtTcpOffloadReceive(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext, PNET_BUFFER_LIST Lists);
NDIS_STATUS OtTcpOffloadDisconnect(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext,
                                   PNET_BUFFER_LIST List, ULONG Flags);
NDIS_STATUS OtTcpOffloadForward(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext, PNET_BUFFER_LIST Lists);
NDIS_STATUS OtTcpOffloadReceiveReturn(NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST Lists);
VOID OtQueueLists(POT_ADAPTER Adapter, POT_LIST_QUEUE Queue, PNET_BUFFER_LIST Lists, PVOID What);
PNET_BUFFER_LIST OtTakeList(POT_ADAPTER Adapter, POT_LIST_QUEUE Queue);
ULONG OtListBytes(PNET_BUFFER_LIST List);
VOID OtTakeOverSendData(POT_OBJECT Connection, PNET_BUFFER_LIST Lists);
VOID OtScheduleAcknowledgement(POT_OBJECT Connection, ULONG Count);
VOID OtAcknowledge(POT_OBJECT Connection, ULONG Count);
VOID OtAdvance(PNET_BUFFER_LIST List, ULONG Bytes);
VOID OtCompleteFirstSend(POT_OBJECT Connection); /* the peer has it */
VOID OtFinishSends(POT_OBJECT Connection, NDIS_STATUS Status);
BOOLEAN OtIsInvalid(POT_OBJECT Object);
VOID OtFinishForward(POT_TASK Task);
VOID OtFinishForwards(POT_OBJECT Connection, NDIS_STATUS Status);
ULONG OtOutstandingSendBytes(POT_ADAPTER Adapter);

/* ---- delivery.c ---- */
VOID OtArrive(POT_OBJECT Connection, ULONG Bytes, BOOLEAN Push);
VOID OtDeliver(POT_OBJECT Connection, BOOLEAN PushTimer);
VOID OtFinishReceives(POT_OBJECT Connection, NDIS_STATUS Status);
PNET_BUFFER_LIST OtAllocateReceived(POT_OBJECT Connection, ULONG Bytes);
VOID OtFreeReceived(PNET_BUFFER_LIST List);

/* ---- indication.c ---- */
VOID OtIndicateEvent(POT_OBJECT Connection, ULONG EventType, ULONG Information);
VOID OtIndicateHardwareFailure(POT_ADAPTER Adapter, ULONG Number);
VOID OtIndicateNeighborQuery(POT_OBJECT Neighbor);
VOID OtIndicateStatus(POT_ADAPTER Adapter, NDIS_STATUS Status, BOOLEAN WithoutBuffer);
VOID OtIndicateLinkState(POT_ADAPTER Adapter, BOOLEAN Connected);
VOID OtScheduleHardwareFailure(POT_OBJECT Object);
/* It has been said: from then on nothing is sent and nothing heard. */
BOOLEAN OtHardwareIsGone(POT_OBJECT Connection);
/* A task is free: what could not be said for want of one is said now. */
VOID OtTellFailures(POT_ADAPTER Adapter);

/* ---- wire.c, wire_connection.c, wire_outcome.c, wire_data.c; without a wire they do nothing ---- */
BOOLEAN OtHasWire(POT_ADAPTER Adapter);
ULONG OtWireNow(POT_ADAPTER Adapter); /* the adapter's own clock, in ticks: it began when the adapter came up, and
                                          again when the wire was attached */
ULONG OtAttachWire(POT_ADAPTER Adapter, struct chimney_target_wire *Command);
VOID OtDetachWire(POT_ADAPTER Adapter);
VOID OtWireSendPacket(POT_ADAPTER Adapter, PNET_BUFFER_LIST List);
VOID OtWireIndicateKeptFrames(POT_ADAPTER Adapter);
BOOLEAN OtWireTakeOver(POT_OBJECT Connection, PNET_BUFFER_LIST SendData, PNET_BUFFER_LIST BufferedData);
VOID OtWireStart(POT_OBJECT Connection);
VOID OtWireRelease(POT_OBJECT Connection);
VOID OtWireChange(POT_OBJECT Connection, ULONG Commands);
VOID OtWireMute(POT_ADAPTER Adapter);
VOID OtWireExport(POT_OBJECT Connection);
VOID OtWireQuiesce(POT_OBJECT Connection);
VOID OtWirePassKeptFrames(POT_OBJECT Connection);
BOOLEAN OtWireSend(POT_OBJECT Connection, ULONG Bytes);       /* FALSE: no wire */
BOOLEAN OtWireDisconnect(POT_OBJECT Connection, ULONG Bytes); /* FALSE: no wire */
VOID OtWireAbort(POT_OBJECT Connection);
BOOLEAN OtWireForward(POT_OBJECT Connection, PNET_BUFFER_LIST List); /* FALSE: no segment */
BOOLEAN OtWireRefuses(POT_OBJECT Connection);
VOID OtWireRefuse(POT_OBJECT Connection);
ULONG OtWireTakeAcknowledged(POT_OBJECT Connection); /* of the first send in the queue, once */
VOID OtWireDelivered(POT_OBJECT Connection);         /* outside a segment: tell the peer about the room */
VOID OtWireCopyBuffered(POT_OBJECT Connection, PUCHAR Into, ULONG Bytes);
VOID OtWireDropBuffered(POT_OBJECT Connection, ULONG Bytes);

static inline PVOID OtAllocate(NDIS_HANDLE Handle, ULONG Size, ULONG Tag)
{
    PVOID memory = NdisAllocateMemoryWithTagPriority(Handle, Size, Tag, NormalPoolPriority);
    if (memory != NULL) {
        NdisZeroMemory(memory, Size);
    }
    return memory;
}

#endif
