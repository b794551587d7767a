/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     pnp.c
 *
 * Abstract:
 *     Plug and Play and power events of the lower edge, among them its pause and restart.
 *
 * Environment:
 *     Kernel mode.
 */
#include "precomp.h"

static
NDIS_STATUS
LmPauseLink(
    _In_ PLM_LINK Link,
    _In_ PNET_PNP_EVENT_NOTIFICATION Event
    )
{
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;

    LmStopWatch(Link);
    NdisAcquireSpinLock(&Link->Lock);
    NT_ASSERT(Link->PauseEvent == NULL);
    if (Link->SendsBelow == 0) {
        Link->State = LmPaused;
    } else {
        Link->State = LmPausing;
        Link->PauseEvent = Event;
        Status = NDIS_STATUS_PENDING;
    }
    NdisReleaseSpinLock(&Link->Lock);
    return Status;
}

static
NDIS_STATUS
LmRestartLink(
    _In_ PLM_LINK Link,
    _In_opt_ PNDIS_PROTOCOL_RESTART_PARAMETERS Parameters
    )
{
    PNDIS_RESTART_ATTRIBUTES Attributes = Parameters != NULL ? Parameters->RestartAttributes : NULL;

    for (; Attributes != NULL; Attributes = Attributes->Next) {
        if (Attributes->Oid == OID_GEN_MINIPORT_RESTART_ATTRIBUTES) {
            PNDIS_RESTART_GENERAL_ATTRIBUTES General = (PNDIS_RESTART_GENERAL_ATTRIBUTES)(PVOID)Attributes->Data;

            if (General->MtuSize != Link->BindParameters.MtuSize) {
                LMTRACE(LM_WARN, ("%wZ: the MTU is now %u\n", &Link->AdapterName, General->MtuSize));
            }
        }
    }
    NdisAcquireSpinLock(&Link->Lock);
    Link->State = LmRunning;
    NdisReleaseSpinLock(&Link->Lock);
    LmStartWatch(Link);
    return NDIS_STATUS_SUCCESS;
}

/*
 * Sends came back from the adapter. The pause that waited for them can be answered at PASSIVE_LEVEL only, and completions
 * come at DISPATCH_LEVEL: a work item does it.
 */
_Use_decl_annotations_
VOID
LmSendsReturnedFromBelow(
    PLM_LINK Link,
    LONG Count
    )
{
    BOOLEAN PauseIsOver;

    NdisInterlockedAddLargeStatistic(&Link->SendCompletions, (ULONG)Count);
    NdisAcquireSpinLock(&Link->Lock);
    Link->SendsBelow -= Count;
    NT_ASSERT(Link->SendsBelow >= 0);
    PauseIsOver = (BOOLEAN)(Link->SendsBelow == 0 && Link->PauseEvent != NULL);
    NdisReleaseSpinLock(&Link->Lock);
    if (PauseIsOver) {
        NdisQueueIoWorkItem(Link->PauseWorkItem, LmPauseWork, Link);
    }
}

_Use_decl_annotations_
VOID
LmPauseWork(
    PVOID WorkItemContext,
    NDIS_HANDLE NdisIoWorkItemHandle
    )
{
    PLM_LINK Link = (PLM_LINK)WorkItemContext;
    PNET_PNP_EVENT_NOTIFICATION Event;

    UNREFERENCED_PARAMETER(NdisIoWorkItemHandle);

    NdisAcquireSpinLock(&Link->Lock);
    Event = Link->PauseEvent;
    Link->PauseEvent = NULL;
    Link->State = LmPaused;
    NdisReleaseSpinLock(&Link->Lock);
    if (Event != NULL) {
        NdisCompleteNetPnPEvent(Link->BindingHandle, Event, NDIS_STATUS_SUCCESS);
    }
}

_Use_decl_annotations_
VOID
LmSetLinkPower(
    PLM_LINK Link,
    NDIS_DEVICE_POWER_STATE PowerState
    )
{
    NDIS_DEVICE_POWER_STATE Before;

    NdisAcquireSpinLock(&Link->Lock);
    Before = Link->PowerState;
    Link->PowerState = PowerState;
    NdisReleaseSpinLock(&Link->Lock);

    LmLog("%wZ: power D%d", &Link->AdapterName, (int)PowerState - (int)NdisDeviceStateD0);
    if (PowerState != NdisDeviceStateD0) {
        LmWaitForRequests(Link); /* none may be below when the adapter sleeps */
    } else if (Before != NdisDeviceStateD0) {
        LmResumeRequests(Link);
    }
}

/* The configuration of all bindings may have changed. */
static
VOID
LmReconfigure(
    VOID
    )
{
    ULONG Number;
    ULONG End;

    NdisAcquireSpinLock(&LmDriver.Lock);
    End = LmDriver.NextLinkNumber;
    NdisReleaseSpinLock(&LmDriver.Lock);
    for (Number = 0; Number < End; Number++) {
        PLM_LINK Link = LmFindLink(Number);

        if (Link != NULL) {
            if (Link->BindingHandle != NULL) {
                (VOID)LmCreateMissingVnics(Link);
            }
            LmDereferenceLink(Link);
        }
    }
}

/* One virtual device was enabled again; the buffer is its name. */
static
NDIS_STATUS
LmReEnable(
    _In_ PNET_PNP_EVENT_NOTIFICATION Event
    )
{
    PNDIS_STRING DeviceName = (PNDIS_STRING)Event->NetPnPEvent.Buffer;

    if (DeviceName == NULL || Event->NetPnPEvent.BufferLength < sizeof(NDIS_STRING)) {
        return NDIS_STATUS_INVALID_PARAMETER;
    }
    LMTRACE(LM_INFO, ("%wZ is enabled again\n", DeviceName));
    LmReconfigure();
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_
NDIS_STATUS
PtNetPnPEvent(
    NDIS_HANDLE ProtocolBindingContext,
    PNET_PNP_EVENT_NOTIFICATION NetPnPEvent
    )
{
    PLM_LINK Link = (PLM_LINK)ProtocolBindingContext;
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;

    LMTRACE(LM_LOUD, ("event %d for link %p\n", (int)NetPnPEvent->NetPnPEvent.NetEvent, (PVOID)Link));

    switch (NetPnPEvent->NetPnPEvent.NetEvent) {
    case NetEventPause:
        Status = LmPauseLink(Link, NetPnPEvent);
        break;

    case NetEventRestart:
        Status = LmRestartLink(Link, (PNDIS_PROTOCOL_RESTART_PARAMETERS)NetPnPEvent->NetPnPEvent.Buffer);
        break;

    case NetEventSetPower:
        if (Link != NULL && NetPnPEvent->NetPnPEvent.BufferLength >= sizeof(NDIS_DEVICE_POWER_STATE)) {
            LmSetLinkPower(Link, *(PNDIS_DEVICE_POWER_STATE)NetPnPEvent->NetPnPEvent.Buffer);
        }
        break;

    case NetEventReconfigure:
        LmReconfigure();
        break;

    case NetEventIMReEnableDevice:
        Status = LmReEnable(NetPnPEvent);
        break;

    case NetEventQueryPower:
    case NetEventQueryRemoveDevice:
    case NetEventCancelRemoveDevice:
    case NetEventBindList:
    case NetEventBindsComplete:
    case NetEventPnPCapabilities:
    case NetEventPortActivation:
    case NetEventPortDeactivation:
        break;

    default:
        Status = NDIS_STATUS_NOT_SUPPORTED;
        break;
    }
    return Status;
}
