/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     watch.c
 *
 * Abstract:
 *     The timers of a binding: one that watches while it runs, one that lets the link come to rest.
 *
 * Environment:
 *     Kernel mode.
 */
#include "precomp.h"

static
NDIS_STATUS
LmCreateTimer(
    _In_ PLM_LINK Link,
    _In_ PNDIS_TIMER_FUNCTION Function,
    _Out_ PNDIS_HANDLE Timer
    )
{
    NDIS_TIMER_CHARACTERISTICS Characteristics;

    NdisZeroMemory(&Characteristics, sizeof(Characteristics));
    Characteristics.Header.Type = NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS;
    Characteristics.Header.Revision = NDIS_TIMER_CHARACTERISTICS_REVISION_1;
    Characteristics.Header.Size = NDIS_SIZEOF_TIMER_CHARACTERISTICS_REVISION_1;
    Characteristics.AllocationTag = LM_TAG_TIMER;
    Characteristics.TimerFunction = Function;
    Characteristics.FunctionContext = Link;
    return NdisAllocateTimerObject(LmDriver.MiniportDriverHandle, &Characteristics, Timer);
}

_Use_decl_annotations_
NDIS_STATUS
LmCreateTimers(
    PLM_LINK Link
    )
{
    NDIS_STATUS Status;

    Status = LmCreateTimer(Link, LmWatchTimer, &Link->WatchTimer);
    if (Status == NDIS_STATUS_SUCCESS) {
        Status = LmCreateTimer(Link, LmSettleTimer, &Link->SettleTimer);
    }
    if (Status == NDIS_STATUS_SUCCESS) {
        Link->PauseWorkItem = NdisAllocateIoWorkItem(LmDriver.MiniportDriverHandle);
        Link->LinkWorkItem = NdisAllocateIoWorkItem(LmDriver.MiniportDriverHandle);
        if (Link->PauseWorkItem == NULL || Link->LinkWorkItem == NULL) {
            Status = NDIS_STATUS_RESOURCES;
        }
    }
    return Status;
}

_Use_decl_annotations_
VOID
LmDeleteTimers(
    PLM_LINK Link
    )
{
    NDIS_HANDLE Timer;

    if (Link->WatchTimer != NULL) {
        LmStopWatch(Link);
        NdisFreeTimerObject(Link->WatchTimer);
        Link->WatchTimer = NULL;
    }
    Timer = Link->SettleTimer;
    Link->SettleTimer = NULL;
    if (Timer != NULL) {
        (VOID)NdisCancelTimerObject(Timer);
        NdisFreeTimerObject(Timer);
    }
    /* A work item in flight has a reference on the link, not on the item. */
    while (InterlockedCompareExchange(&Link->LinkWorkQueued, 0, 0) != 0) {
        NdisMSleep(1000);
    }
    if (Link->PauseWorkItem != NULL) {
        NdisFreeIoWorkItem(Link->PauseWorkItem);
        Link->PauseWorkItem = NULL;
    }
    if (Link->LinkWorkItem != NULL) {
        NdisFreeIoWorkItem(Link->LinkWorkItem);
        Link->LinkWorkItem = NULL;
    }
}

_Use_decl_annotations_
VOID
LmStartWatch(
    PLM_LINK Link
    )
{
    LARGE_INTEGER DueTime;

    Link->TicksWithoutCompletion = 0;
    DueTime.QuadPart = -(LONGLONG)LM_WATCH_PERIOD_MS * 10000;
    (VOID)NdisSetTimerObject(Link->WatchTimer, DueTime, LM_WATCH_PERIOD_MS, Link);
}

_Use_decl_annotations_
VOID
LmStopWatch(
    PLM_LINK Link
    )
{
    if (Link->WatchTimer != NULL) {
        (VOID)NdisCancelTimerObject(Link->WatchTimer);
    }
}

_Use_decl_annotations_
VOID
LmWatchTimer(
    PVOID SystemSpecific1,
    PVOID FunctionContext,
    PVOID SystemSpecific2,
    PVOID SystemSpecific3
    )
{
    PLM_LINK Link = (PLM_LINK)FunctionContext;

    UNREFERENCED_PARAMETER(SystemSpecific1);
    UNREFERENCED_PARAMETER(SystemSpecific2);
    UNREFERENCED_PARAMETER(SystemSpecific3);

    NdisDprAcquireSpinLock(&Link->Lock);
    Link->WatchTicks++;
    if (Link->SendsBelow != 0 && Link->SendCompletions.QuadPart == Link->SendCompletionsLastTick.QuadPart) {
        Link->TicksWithoutCompletion++;
    } else {
        Link->TicksWithoutCompletion = 0;
    }
    Link->SendCompletionsLastTick = Link->SendCompletions;
    NdisDprReleaseSpinLock(&Link->Lock);
}
