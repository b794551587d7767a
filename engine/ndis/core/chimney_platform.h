/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * What the chimney dispatch of NDIS needs from the system it runs in. The lab's machine is one such system, an
 * ndis.sys under a Windows loader another; the dispatch itself is the same C in both.
 *
 * Ownership: the platform and the bindings it returns belong to the implementer and outlive every call made
 * with them. Threads: the core keeps no state; what is called on which thread is the platform's affair.
 * Errors: the core never trusts an address or a handle a driver gave it. What would have crashed the shipping
 * NDIS is told through Report and the call is dropped.
 */
#ifndef CHIMNEYLAB_NDIS_CHIMNEY_PLATFORM_H
#define CHIMNEYLAB_NDIS_CHIMNEY_PLATFORM_H

#include <ndis.h>
#include <ndischimney.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum CHIMNEY_OPERATION {
    ChimneyNoOperation,
    ChimneyInitiate,
    ChimneyQuery,
    ChimneyUpdate,
    ChimneyInvalidate,
    ChimneyTerminate
} CHIMNEY_OPERATION;

typedef enum CHIMNEY_TRANSFER {
    ChimneyNoTransfer,
    ChimneySend,
    ChimneyReceive,
    ChimneyDisconnect,
    ChimneyForward,
    ChimneyReceiveReturn
} CHIMNEY_TRANSFER;

typedef enum CHIMNEY_CALL_KIND {
    ChimneyServiceCall,     /* NdisMGetOffloadHandlers */
    ChimneyOperationDown,   /* NdisXxxOffload, MiniportXxxOffload */
    ChimneyOperationUp,     /* NdisMXxxOffloadComplete, ProtocolXxxOffloadComplete */
    ChimneyTransferDown,    /* NdisOffloadTcpXxx, MiniportTcpOffloadXxx */
    ChimneyTransferUp,      /* NdisTcpOffloadXxxComplete, ProtocolTcpOffloadXxxComplete */
    ChimneyIndicationUp     /* events, received data, NdisMOffloadEventIndicate */
} CHIMNEY_CALL_KIND;

/* One binding ("open") as the dispatch sees it. SourceHandle and NDIS_OFFLOAD_HANDLE.NdisReserved[0] denote one.
   No table pointer is ever NULL: a driver that registered nothing is seen as a table of NULL handlers. */
typedef struct CHIMNEY_BINDING {
    NDIS_HANDLE Handle; /* the value drivers hold */
    NDIS_HANDLE ProtocolBindingContext;
    NDIS_HANDLE MiniportAdapterContext;
    const NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS *ProviderGeneric; /* miniport driver below */
    const NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS *ProviderTcp;         /* miniport driver below */
    const NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS *ClientGeneric;     /* protocol driver above */
    const NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS *ClientTcp;             /* of this binding */
    void *Owner; /* the platform's own object */
} CHIMNEY_BINDING;

/* One crossing of a DDI boundary: a driver calling NDIS, or NDIS calling a driver's handler. */
typedef struct CHIMNEY_CALL {
    const char *Name; /* as the DDI spells it, MiniportInitiateOffload … for handlers */
    CHIMNEY_CALL_KIND Kind;
    CHIMNEY_OPERATION Operation;
    CHIMNEY_TRANSFER Transfer;
    const void *Handle; /* the handle argument: binding, miniport or offload handle */
    void *Block;        /* root block of a block-list call, else NULL */
    PNET_BUFFER_LIST NetBufferLists;
    ULONG EventType;    /* NdisTcpOffloadEventHandler */
    ULONG Argument;     /* Flags, EventSpecificInformation, an indication code, Status; at the end *BytesConsumed */
    const CHIMNEY_BINDING *Binding; /* handlers: on whose behalf; NDIS functions: once resolved, else NULL */
    BOOLEAN ReturnsStatus;
    NDIS_STATUS Status; /* set before the call ends, if it returns one */
} CHIMNEY_CALL;

typedef enum CHIMNEY_FINDING {
    ChimneyBadHandle,       /* a handle value that denotes nothing the call could use */
    ChimneyBadAddress,      /* memory that cannot be read or written */
    ChimneyMissingHandler,  /* the driver registered no such handler */
    ChimneyWalkOverrun,     /* the walk's stack of eight would have been overrun */
    ChimneyEndlessWalk,     /* the tree or chain does not end */
    ChimneyStrictFinding    /* strict mode only */
} CHIMNEY_FINDING;

typedef struct CHIMNEY_PLATFORM {
    void *Self;
    BOOLEAN Strict;

    /* The binding a handle value denotes, or NULL after telling the user why it denotes none. */
    const CHIMNEY_BINDING *(*ResolveBinding)(void *self, const CHIMNEY_CALL *call, const void *value);

    /* The index-th binding (0, 1, …) on the adapter of a miniport handle; NULL at the end. */
    const CHIMNEY_BINDING *(*BindingOnMiniport)(void *self, const CHIMNEY_CALL *call, NDIS_HANDLE miniport, ULONG index);

    /* Whether `size` bytes at a non-NULL address can be read and written. */
    BOOLEAN (*Accessible)(void *self, const void *address, SIZE_T size);

    /* Asked before anything that came up is delivered to `recipient`. FALSE stops it: the platform has seen (and
       told) that it would go round for ever, or, in strict mode, that nothing there waits for it. */
    BOOLEAN (*Admit)(void *self, const CHIMNEY_CALL *call, const CHIMNEY_BINDING *recipient);

    void (*Report)(void *self, const CHIMNEY_CALL *call, CHIMNEY_FINDING finding, const void *subject, const char *explanation);

    /* Boundaries. Every Begins is followed by its Ends on the same thread, properly nested. */
    void (*NdisCallBegins)(void *self, CHIMNEY_CALL *call);
    void (*NdisCallEnds)(void *self, CHIMNEY_CALL *call);
    void (*HandlerBegins)(void *self, CHIMNEY_CALL *call);
    void (*HandlerEnds)(void *self, CHIMNEY_CALL *call);

    /* NDIS has converted the tree of the call: down, protocol to miniport; up, miniport to protocol. */
    void (*Converted)(void *self, const CHIMNEY_CALL *call);

    /* NDIS wrote call->Binding into the SourceHandle of a NET_BUFFER_LIST that goes down. */
    void (*NetBufferListGoesDown)(void *self, const CHIMNEY_CALL *call, PNET_BUFFER_LIST netBufferList);
} CHIMNEY_PLATFORM;

/* The platform of the calling driver; NULL when the caller is not driver code of any machine. Supplied by the
   system the core is built into. */
const CHIMNEY_PLATFORM *ChimneyCurrentPlatform(void);

#ifdef __cplusplus
}
#endif

#endif
