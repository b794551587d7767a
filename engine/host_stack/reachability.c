/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Is the neighbor still there? The entry of a neighbor is REACHABLE for NceStaleTicks after it was last confirmed, STALE
 * afterwards. Asked by the target, a stale entry answers 0, which keeps the target quiet, and goes to DELAY: after a while
 * the host asks back what the target has seen. Progress there confirms the entry; otherwise it is probed, and what answers
 * no probe is invalidated (HS-071, HS-072). Nobody told the host stack to invalidate it, so nobody will tell it to terminate it:
 * it goes back, with its paths, when the last connection over it has (HS-048, HS-054). Probing takes the ordinary packet path,
 * so a stack without TCP of its own does not follow its answer up. Only IPv4 is probed: an entry with IPv6 paths alone stays stale.
 */
#include "engine/tcp/address_resolution.h"
#include "tcp.h"

#define DELAY_FIRST_PROBE_TICKS 5000 /* RFC 4861, section 10 */
#define PROBE_INTERVAL_TICKS 1000
#define PROBES 3

ULONG HsReachabilityDelta(PHS_OBJECT Neighbor) { return HsNow() - Neighbor->ConfirmedAt; }

VOID HsSetReachability(PHS_OBJECT Neighbor, ULONG Delta) { Neighbor->ConfirmedAt = HsNow() - Delta; }

VOID HsConfirmReachability(PHS_OBJECT Neighbor)
{
    Neighbor->ConfirmedAt = HsNow();
    if (Neighbor->Doubt != HsGone && Neighbor->Doubt != HsGoneAndUnused) { /* an answer that comes too late mends nothing below */
        Neighbor->Doubt = HsNoDoubt;
    }
}

/* ---- the timer: one for all entries, at the time of the earliest ---- */

static PHS_OBJECT NextInDoubt(PHS_DRIVER Driver, ULONG After)
{
    PLIST_ENTRY link;

    for (link = Driver->Objects.Flink; link != &Driver->Objects; link = link->Flink) {
        PHS_OBJECT object = CONTAINING_RECORD(link, HS_OBJECT, Link);
        if (object->Number > After && (object->Doubt == HsDelay || object->Doubt == HsProbe || object->Doubt == HsGoneAndUnused)) {
            return object;
        }
    }
    return NULL;
}

static VOID SetDoubtTimer(PHS_DRIVER Driver)
{
    ULONG now = HsNow();
    ULONG least = 0xFFFFFFFF;
    PHS_OBJECT object;
    LARGE_INTEGER due;

    for (object = NextInDoubt(Driver, 0); object != NULL; object = NextInDoubt(Driver, object->Number)) {
        ULONG ticks = object->DoubtDue - now;
        if ((LONG)ticks <= 0) {
            ticks = 1;
        }
        least = ticks < least ? ticks : least;
    }
    if (least != 0xFFFFFFFF) {
        due.QuadPart = -(LONGLONG)least * 10000;
        NdisSetTimerObject(Driver->ReachabilityTimer, due, 0, NULL);
    }
}

static VOID WaitFor(PHS_OBJECT Neighbor, ULONG Doubt, ULONG Ticks)
{
    Neighbor->Doubt = Doubt;
    Neighbor->DoubtDue = HsNow() + Ticks;
    SetDoubtTimer(Neighbor->Driver);
}

/* ---- what is done about it ---- */

/* An operation of one block on the neighbor alone. FALSE: not now. */
static BOOLEAN StartAlone(PHS_OBJECT Neighbor, ULONG Kind)
{
    PHS_OPERATION operation = HsAllocateOperation(Neighbor->Binding, Kind, 1);
    struct chimney_host_stack_block *block;
    ULONG refusedBlock;

    if (operation == NULL) {
        return FALSE;
    }
    block = &operation->Blocks[0].Public;
    block->role = CHIMNEY_BLOCK_REFERENCE;
    block->kind = CHIMNEY_OBJECT_NEIGHBOR;
    block->object = Neighbor->Number;
    block->state_class = Kind == CHIMNEY_OPERATION_QUERY ? CHIMNEY_STATE_DELEGATED : CHIMNEY_STATE_ABSENT;
    block->next = CHIMNEY_BLOCK_NONE;
    block->dependent = CHIMNEY_BLOCK_NONE;
    operation->Internal = TRUE;
    return (BOOLEAN)(HsStartPrepared(Neighbor->Driver, operation, &refusedBlock) == CHIMNEY_HOST_STACK_DONE);
}

static VOID AskBack(PHS_OBJECT Neighbor)
{
    Neighbor->Doubt = HsAsking; /* before the call: the answer may come inside it */
    if (!StartAlone(Neighbor, CHIMNEY_OPERATION_QUERY)) {
        WaitFor(Neighbor, HsDelay, PROBE_INTERVAL_TICKS); /* something else is in progress on it */
    }
}

static PHS_OBJECT PathOver(PHS_OBJECT Neighbor)
{
    PLIST_ENTRY link;

    for (link = Neighbor->Driver->Objects.Flink; link != &Neighbor->Driver->Objects; link = link->Flink) {
        PHS_OBJECT object = CONTAINING_RECORD(link, HS_OBJECT, Link);
        if (object->Kind == CHIMNEY_OBJECT_PATH && object->Parent == Neighbor && object->Values.Path.ip_version == 4) {
            return object;
        }
    }
    return NULL;
}

static VOID Probe(PHS_OBJECT Neighbor)
{
    PHS_OBJECT path = PathOver(Neighbor);
    struct chimney_arp request;
    UCHAR bytes[CHIMNEY_ARP_FRAME_BYTES];

    if (path == NULL) {
        Neighbor->Doubt = HsNoDoubt;
        return;
    }
    NdisZeroMemory(&request, sizeof(request));
    request.operation = 1;
    NdisMoveMemory(request.destination_hardware, Neighbor->Values.Neighbor.destination_address, 6);
    NdisMoveMemory(request.sender_hardware, Neighbor->Binding->MacAddress, 6);
    NdisMoveMemory(request.sender, path->Values.Path.source_address, 4);
    NdisMoveMemory(request.target, path->Values.Path.destination_address, 4);
    chimney_arp_build(&request, bytes);
    Neighbor->ProbesLeft--;
    WaitFor(Neighbor, HsProbe, PROBE_INTERVAL_TICKS);
    HsSendFrame(Neighbor->Binding, bytes, sizeof(bytes));
}

static VOID Unreachable(PHS_OBJECT Neighbor)
{
    Neighbor->Doubt = HsGone; /* before the call: the completion may come inside it */
    if (!StartAlone(Neighbor, CHIMNEY_OPERATION_INVALIDATE)) {
        WaitFor(Neighbor, HsProbe, PROBE_INTERVAL_TICKS); /* tried again */
    }
}

static BOOLEAN HasConnections(PHS_OBJECT Neighbor)
{
    PLIST_ENTRY link;

    for (link = Neighbor->Driver->Objects.Flink; link != &Neighbor->Driver->Objects; link = link->Flink) {
        PHS_OBJECT object = CONTAINING_RECORD(link, HS_OBJECT, Link);
        if (object->Kind == CHIMNEY_OBJECT_CONNECTION && object->State != CHIMNEY_OBJECT_IN_HOST &&
            object->Binding == Neighbor->Binding && object->Parent != NULL && object->Parent->Parent == Neighbor) {
            return TRUE;
        }
    }
    return FALSE;
}

VOID HsGiveBackGone(PHS_DRIVER Driver)
{
    PLIST_ENTRY link;

    for (link = Driver->Objects.Flink; link != &Driver->Objects; link = link->Flink) {
        PHS_OBJECT object = CONTAINING_RECORD(link, HS_OBJECT, Link);
        if (object->Doubt != HsGone || object->Invalidates > 0) {
            continue;
        }
        if (object->State == CHIMNEY_OBJECT_OFFLOADED) {
            object->Doubt = HsNoDoubt; /* the invalidate has failed */
        } else if (object->State == CHIMNEY_OBJECT_INVALIDATED && !HasConnections(object)) {
            WaitFor(object, HsGoneAndUnused, 1); /* not inside the completion of another operation */
        }
    }
}

static VOID GiveBack(PHS_OBJECT Neighbor)
{
    Neighbor->Doubt = HsNoDoubt;
    if (Neighbor->State == CHIMNEY_OBJECT_INVALIDATED && (HasConnections(Neighbor) || !HsUploadNeighbor(Neighbor))) {
        Neighbor->Doubt = HsGone; /* when the operation that forbids it is complete */
    }
}

static VOID ReachabilityTimer(PVOID SystemSpecific1, PVOID FunctionContext, PVOID SystemSpecific2, PVOID SystemSpecific3)
{
    PHS_DRIVER driver = (PHS_DRIVER)FunctionContext;
    PHS_OBJECT object;
    ULONG number = 0;

    UNREFERENCED_PARAMETER(SystemSpecific1);
    UNREFERENCED_PARAMETER(SystemSpecific2);
    UNREFERENCED_PARAMETER(SystemSpecific3);
    while ((object = NextInDoubt(driver, number)) != NULL) {
        number = object->Number;
        if ((LONG)(object->DoubtDue - HsNow()) > 0) {
            continue;
        }
        if (object->Doubt == HsGoneAndUnused) {
            GiveBack(object);
        } else if (object->State != CHIMNEY_OBJECT_OFFLOADED || object->Binding == NULL) {
            object->Doubt = HsNoDoubt; /* given back meanwhile, or invalid already */
        } else if (object->Doubt == HsDelay) {
            AskBack(object);
        } else if (object->ProbesLeft > 0) {
            Probe(object);
        } else {
            Unreachable(object);
        }
    }
    SetDoubtTimer(driver);
}

/* ---- what comes in ---- */

ULONG HsAnswerReachability(PHS_OBJECT Neighbor, ULONG IndicatedDelta)
{
    ULONG age = HsReachabilityDelta(Neighbor);

    if (Neighbor->Binding == NULL || age <= Neighbor->Binding->Parameters.NceStaleTicks) {
        return age > 0 ? age : 1; /* 0 would mean that nobody knows */
    }
    if (Neighbor->Driver->TcpEnabled && Neighbor->Doubt == HsNoDoubt) {
        Neighbor->IndicatedDelta = IndicatedDelta;
        WaitFor(Neighbor, HsDelay, DELAY_FIRST_PROBE_TICKS);
    }
    return 0;
}

VOID HsReachabilityAnswered(PHS_OBJECT Neighbor, BOOLEAN Successful)
{
    ULONG delta = Neighbor->Values.Neighbor.nic_reachability_delta;

    if (Neighbor->Doubt != HsAsking) {
        return; /* the query of a client */
    }
    if (Successful && delta < Neighbor->IndicatedDelta) {
        HsSetReachability(Neighbor, delta);
        Neighbor->Doubt = HsNoDoubt;
        return;
    }
    Neighbor->ProbesLeft = PROBES;
    Probe(Neighbor);
}

VOID HsBeforeDatagram(PHS_OBJECT Neighbor)
{
    if (Neighbor->Doubt == HsDelay && Neighbor->State == CHIMNEY_OBJECT_OFFLOADED) {
        AskBack(Neighbor); /* HS-073 */
    }
}

VOID HsTakeAddressResolution(PHS_DRIVER Driver, const UCHAR *Bytes, ULONG Length)
{
    struct chimney_arp message;
    PLIST_ENTRY link;

    if (!chimney_arp_parse(Bytes, Length, &message) || message.operation != 2) {
        return;
    }
    for (link = Driver->Objects.Flink; link != &Driver->Objects; link = link->Flink) {
        PHS_OBJECT object = CONTAINING_RECORD(link, HS_OBJECT, Link);
        if (object->Kind == CHIMNEY_OBJECT_NEIGHBOR &&
            NdisEqualMemory(object->Values.Neighbor.destination_address, message.sender_hardware, 6)) {
            HsConfirmReachability(object);
        }
    }
}

/* ---- with the rest of the host's own TCP ---- */

NDIS_STATUS HsCreateReachabilityTimer(PHS_DRIVER Driver)
{
    NDIS_TIMER_CHARACTERISTICS timer;

    NdisZeroMemory(&timer, sizeof(timer));
    timer.Header.Type = NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS;
    timer.Header.Revision = NDIS_TIMER_CHARACTERISTICS_REVISION_1;
    timer.Header.Size = NDIS_SIZEOF_TIMER_CHARACTERISTICS_REVISION_1;
    timer.AllocationTag = HS_TAG_TCP;
    timer.TimerFunction = ReachabilityTimer;
    timer.FunctionContext = Driver;
    return NdisAllocateTimerObject(Driver->ProtocolHandle, &timer, &Driver->ReachabilityTimer);
}

VOID HsDeleteReachabilityTimer(PHS_DRIVER Driver)
{
    if (Driver->ReachabilityTimer != NULL) {
        (VOID)NdisCancelTimerObject(Driver->ReachabilityTimer);
        NdisFreeTimerObject(Driver->ReachabilityTimer);
        Driver->ReachabilityTimer = NULL;
    }
}
