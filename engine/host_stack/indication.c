/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * What comes up without having been asked for: events of connections, received data, the question whether a neighbor can
 * be reached, status of the adapter. All of it is recorded; the context of the first two is the address of the handle
 * that lies in the object.
 */
#include "host_stack.h"

/* One microsecond: after the indication, not inside it. */
#define RETURN_DELAY_100NS 10

static VOID RecordEvent(PHS_DRIVER Driver, ULONG Kind, ULONG Binding, ULONG Object, ULONG Code, ULONG Information,
                        ULONG Answered)
{
    PHS_EVENT event = HsAllocate(Driver, sizeof(*event), HS_TAG_EVENT);

    NdisAcquireSpinLock(&Driver->Lock);
    Driver->EventCount++; /* counted even if it cannot be kept */
    if (event != NULL) {
        event->Number = Driver->EventCount;
        event->Kind = Kind;
        event->Binding = Binding;
        event->Object = Object;
        event->Code = Code;
        event->Information = Information;
        event->Answered = Answered;
        NdisGetCurrentSystemTime(&event->Time);
        InsertTailList(&Driver->Events, &event->Link);
    }
    NdisReleaseSpinLock(&Driver->Lock);
}

VOID HsTcpOffloadEvent(PVOID OffloadContext, ULONG EventType, ULONG EventSpecificInformation)
{
    PHS_OBJECT object = CONTAINING_RECORD(OffloadContext, HS_OBJECT, Handle);

    object->Events++;
    object->LastEvent = EventType;
    object->LastEventInformation = EventSpecificInformation;
    RecordEvent(object->Driver, CHIMNEY_HOST_EVENT_CONNECTION, object->Binding != NULL ? object->Binding->Number : 0,
                object->Number, EventType, EventSpecificInformation, 0);
}

/* ---- received data ---- */

VOID HsReturnTimer(PVOID SystemSpecific1, PVOID FunctionContext, PVOID SystemSpecific2, PVOID SystemSpecific3)
{
    PHS_BINDING binding = (PHS_BINDING)FunctionContext;
    PNET_BUFFER_LIST lists;

    UNREFERENCED_PARAMETER(SystemSpecific1);
    UNREFERENCED_PARAMETER(SystemSpecific2);
    UNREFERENCED_PARAMETER(SystemSpecific3);
    NdisAcquireSpinLock(&binding->Driver->Lock);
    lists = binding->ReturnLists;
    binding->ReturnLists = NULL;
    binding->ReturnTimerSet = FALSE;
    NdisReleaseSpinLock(&binding->Driver->Lock);
    if (lists != NULL) {
        NdisOffloadTcpReceiveReturn(binding->BindingHandle, lists);
    }
}

VOID HsReturnLater(PHS_BINDING Binding, PNET_BUFFER_LIST Lists)
{
    PNET_BUFFER_LIST *end;
    LARGE_INTEGER due;
    BOOLEAN set;

    NdisAcquireSpinLock(&Binding->Driver->Lock);
    for (end = &Binding->ReturnLists; *end != NULL; end = &NET_BUFFER_LIST_NEXT_NBL(*end)) {
    }
    *end = Lists;
    set = !Binding->ReturnTimerSet;
    Binding->ReturnTimerSet = TRUE;
    NdisReleaseSpinLock(&Binding->Driver->Lock);
    if (set) {
        due.QuadPart = -RETURN_DELAY_100NS;
        NdisSetTimerObject(Binding->ReturnTimer, due, 0, NULL);
    }
}

static VOID HoldList(PHS_OBJECT Object, PNET_BUFFER_LIST List)
{
    NdisAcquireSpinLock(&Object->Driver->Lock);
    NET_BUFFER_LIST_NEXT_NBL(List) = Object->Held;
    Object->Held = List;
    Object->HeldCount++;
    Object->HeldFrom = Object->Binding->Number;
    NdisReleaseSpinLock(&Object->Driver->Lock);
}

/* What is returned and what *BytesConsumed says must agree (HS-067). */
static NDIS_STATUS AnswerIndication(PHS_OBJECT Object, PNET_BUFFER_LIST List, PULONG BytesConsumed)
{
    ULONG bytes = HsListBytes(List);
    ULONG part = Object->ReceiveAnswerBytes < bytes ? Object->ReceiveAnswerBytes : bytes - 1;

    switch (Object->ReceiveAnswer) {
    case CHIMNEY_RECEIVE_REFUSE:
        *BytesConsumed = 0;
        return NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED;
    case CHIMNEY_RECEIVE_ACCEPT_PART:
        *BytesConsumed = part;
        Object->BytesReceived += part;
        HsTakeReceivedBytes(Object, List, part);
        return part > 0 ? NDIS_STATUS_OFFLOAD_DATA_PARTIALLY_ACCEPTED : NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED;
    case CHIMNEY_RECEIVE_ACCEPT_AND_HOLD:
        HsTakeReceivedBytes(Object, List, bytes);
        HoldList(Object, List);
        break;
    case CHIMNEY_RECEIVE_RETURN_INSIDE:
        HsTakeReceivedBytes(Object, List, bytes);
        NdisOffloadTcpReceiveReturn(Object->Binding->BindingHandle, List);
        break;
    default:
        HsTakeReceivedBytes(Object, List, bytes);
        HsReturnLater(Object->Binding, List);
        break;
    }
    Object->BytesReceived += bytes;
    *BytesConsumed = bytes;
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS HsTcpOffloadReceiveIndicate(PVOID OffloadContext, PNET_BUFFER_LIST List, NDIS_STATUS Status,
                                        PULONG BytesConsumed)
{
    PHS_OBJECT object = CONTAINING_RECORD(OffloadContext, HS_OBJECT, Handle);
    ULONG bytes = HsListBytes(List);
    NDIS_STATUS answer = AnswerIndication(object, List, BytesConsumed);

    RecordEvent(object->Driver, CHIMNEY_HOST_EVENT_RECEIVE, object->Binding != NULL ? object->Binding->Number : 0,
                object->Number, (ULONG)Status, bytes, (ULONG)answer);
    return answer;
}

VOID HsReturnHeld(PHS_DRIVER Driver, PHS_OBJECT Object)
{
    PHS_BINDING binding = HsFindBinding(Driver, Object->HeldFrom);
    PNET_BUFFER_LIST lists;

    NdisAcquireSpinLock(&Driver->Lock);
    lists = Object->Held;
    Object->Held = NULL;
    Object->HeldCount = 0;
    NdisReleaseSpinLock(&Driver->Lock);
    if (lists != NULL && binding != NULL) {
        NdisOffloadTcpReceiveReturn(binding->BindingHandle, lists); /* the binding they came from (HS-068) */
    }
}

/* Before a pause is finished and before a close. */
VOID HsReturnAllHeld(PHS_BINDING Binding)
{
    PHS_DRIVER driver = Binding->Driver;
    PNET_BUFFER_LIST lists;
    PLIST_ENTRY link;

    for (link = driver->Objects.Flink; link != &driver->Objects; link = link->Flink) {
        PHS_OBJECT object = CONTAINING_RECORD(link, HS_OBJECT, Link);
        if (object->HeldFrom == Binding->Number) {
            HsReturnHeld(driver, object);
        }
    }
    (VOID)NdisCancelTimerObject(Binding->ReturnTimer);
    NdisAcquireSpinLock(&driver->Lock);
    lists = Binding->ReturnLists;
    Binding->ReturnLists = NULL;
    Binding->ReturnTimerSet = FALSE;
    NdisReleaseSpinLock(&driver->Lock);
    if (lists != NULL) {
        NdisOffloadTcpReceiveReturn(Binding->BindingHandle, lists);
    }
}

ULONG HsReturnReceived(PHS_DRIVER Driver, struct chimney_host_stack_object *Command)
{
    PLIST_ENTRY link;

    if (Command->object != 0) {
        PHS_OBJECT object = HsFindObject(Driver, Command->object);
        if (object == NULL) {
            return CHIMNEY_HOST_STACK_NO_SUCH_OBJECT;
        }
        Command->received_held = object->HeldCount;
        HsReturnHeld(Driver, object);
        return CHIMNEY_HOST_STACK_DONE;
    }
    Command->received_held = 0;
    for (link = Driver->Objects.Flink; link != &Driver->Objects; link = link->Flink) {
        PHS_OBJECT object = CONTAINING_RECORD(link, HS_OBJECT, Link);
        Command->received_held += object->HeldCount;
        HsReturnHeld(Driver, object);
    }
    return CHIMNEY_HOST_STACK_DONE;
}

ULONG HsSetReceiveAnswer(PHS_DRIVER Driver, struct chimney_host_stack_receive_answer *Command)
{
    PHS_OBJECT object = HsFindObject(Driver, Command->object);

    if (object == NULL) {
        return CHIMNEY_HOST_STACK_NO_SUCH_OBJECT;
    }
    if (object->Kind != CHIMNEY_OBJECT_CONNECTION) {
        return CHIMNEY_HOST_STACK_WRONG_OBJECT_KIND;
    }
    if (Command->answer > CHIMNEY_RECEIVE_RETURN_INSIDE) {
        return CHIMNEY_HOST_STACK_BAD_VALUE;
    }
    object->ReceiveAnswer = Command->answer;
    object->ReceiveAnswerBytes = Command->bytes;
    return CHIMNEY_HOST_STACK_DONE;
}

/* ---- neighbors and adapters ---- */

/* The answer is written into the state behind the block, inside the call (HS-071). */
VOID HsIndicateOffloadEvent(NDIS_HANDLE ProtocolBindingContext, PHS_BLOCK_LIST Block, ULONG IndicateEvent)
{
    PHS_BINDING binding = (PHS_BINDING)ProtocolBindingContext;
    PHS_OBJECT object = NULL;
    ULONG answered = 0;

    if (Block != NULL) {
        PNEIGHBOR_OFFLOAD_STATE_CACHED cached = ChimneylabNeighborCached(Block);
        object = HsObjectOfHandle(binding->Driver, Block->OffloadHandle);
        if (object != NULL && object->Kind == CHIMNEY_OBJECT_NEIGHBOR && cached != NULL &&
            IndicateEvent == NeighborReachabilityQuery) {
            answered = HsAnswerReachability(object, ChimneylabNeighborDelegated(Block)->NicReachabilityDelta);
            cached->HostReachabilityDelta = answered;
        }
    }
    RecordEvent(binding->Driver, CHIMNEY_HOST_EVENT_NEIGHBOR, binding->Number, object != NULL ? object->Number : 0,
                IndicateEvent, 0, answered);
}

VOID HsStatus(NDIS_HANDLE ProtocolBindingContext, PNDIS_STATUS_INDICATION StatusIndication)
{
    PHS_BINDING binding = (PHS_BINDING)ProtocolBindingContext;

    binding->StatusIndications++;
    binding->LastStatus = StatusIndication->StatusCode;
    switch (StatusIndication->StatusCode) {
    case NDIS_STATUS_OFFLOAD_PAUSE:
    case NDIS_STATUS_UPLOAD_ALL:
        binding->OffloadPaused = TRUE; /* HS-009 */
        break;
    case NDIS_STATUS_OFFLOAD_RESUME:
    case NDIS_STATUS_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES:
        if (StatusIndication->StatusCode == NDIS_STATUS_OFFLOAD_RESUME) {
            binding->OffloadPaused = FALSE;
        }
        if (StatusIndication->StatusBuffer != NULL &&
            StatusIndication->StatusBufferSize >= NDIS_SIZEOF_TCP_CONNECTION_OFFLOAD_REVISION_1) {
            NdisMoveMemory(&binding->Capabilities, StatusIndication->StatusBuffer,
                           NDIS_SIZEOF_TCP_CONNECTION_OFFLOAD_REVISION_1); /* HS-008 */
            binding->HasCapabilities = TRUE;
        } else if (StatusIndication->StatusCode == NDIS_STATUS_OFFLOAD_RESUME) {
            HsReadCapabilities(binding);
        }
        break;
    default:
        break;
    }
    RecordEvent(binding->Driver, CHIMNEY_HOST_EVENT_STATUS, binding->Number, 0, (ULONG)StatusIndication->StatusCode, 0, 0);
}

ULONG HsQueryEvent(PHS_DRIVER Driver, struct chimney_host_stack_event *Command)
{
    PHS_EVENT found = NULL;
    PLIST_ENTRY link;

    for (link = Driver->Events.Flink; link != &Driver->Events; link = link->Flink) {
        PHS_EVENT event = CONTAINING_RECORD(link, HS_EVENT, Link);
        if (event->Number == Command->number) {
            found = event;
        }
    }
    Command->count = Driver->EventCount;
    if (found == NULL) {
        return CHIMNEY_HOST_STACK_NO_SUCH_OBJECT;
    }
    Command->kind = found->Kind;
    Command->binding = found->Binding;
    Command->object = found->Object;
    Command->code = found->Code;
    Command->information = found->Information;
    Command->answered = found->Answered;
    Command->time = (uint64_t)found->Time.QuadPart;
    return CHIMNEY_HOST_STACK_DONE;
}

VOID HsFreeAllEvents(PHS_DRIVER Driver)
{
    while (!IsListEmpty(&Driver->Events)) {
        NdisFreeMemory(CONTAINING_RECORD(RemoveHeadList(&Driver->Events), HS_EVENT, Link), 0, 0);
    }
}
