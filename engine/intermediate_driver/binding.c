/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The lower edge comes and goes.
 *
 *      ProtocolBindAdapterEx     NdisOpenAdapterEx, then one virtual miniport per name in UpperBindings
 *      ProtocolNetPnPEvent       pause and restart of the binding
 *      ProtocolUnbindAdapterEx   the virtual miniports first, then NdisCloseAdapterEx
 *
 * An open and a close may be finished later by NDIS. Both happen at PASSIVE_LEVEL, so we may simply wait.
 */
#include "intermediate.h"

static VOID RememberAdapter(PIM_LOWER_BINDING Lower, PNDIS_BIND_PARAMETERS Parameters)
{
    USHORT length = min(Parameters->MacAddressLength, (USHORT)sizeof(Lower->MacAddress));

    Lower->MediaType = Parameters->MediaType;
    Lower->PhysicalMediumType = Parameters->PhysicalMediumType;
    Lower->MtuSize = Parameters->MtuSize;
    Lower->LookaheadSize = Parameters->LookaheadSize;
    Lower->MaxXmitLinkSpeed = Parameters->MaxXmitLinkSpeed;
    Lower->XmitLinkSpeed = Parameters->XmitLinkSpeed;
    Lower->MaxRcvLinkSpeed = Parameters->MaxRcvLinkSpeed;
    Lower->RcvLinkSpeed = Parameters->RcvLinkSpeed;
    Lower->MediaConnectState = Parameters->MediaConnectState;
    Lower->MediaDuplexState = Parameters->MediaDuplexState;
    Lower->SupportedPacketFilters = Parameters->SupportedPacketFilters;
    Lower->MaxMulticastListSize = Parameters->MaxMulticastListSize;
    Lower->MacOptions = Parameters->MacOptions;
    Lower->DataBackFillSize = Parameters->DataBackFillSize;
    Lower->ContextBackFillSize = Parameters->ContextBackFillSize;
    Lower->MacAddressLength = length;
    NdisMoveMemory(Lower->MacAddress, Parameters->CurrentMacAddress, length);
    Lower->AccessType = Parameters->AccessType;
    Lower->DirectionType = Parameters->DirectionType;
    Lower->ConnectionType = Parameters->ConnectionType;
    Lower->IfType = Parameters->IfType;
    if (Parameters->TcpConnectionOffloadCapabilities != NULL) {
        Lower->HasConnectionOffload = TRUE;
        Lower->ConnectionOffload = *Parameters->TcpConnectionOffloadCapabilities;
    }
}

static NDIS_STATUS OpenAdapter(PIM_LOWER_BINDING Lower, NDIS_HANDLE BindContext, PNDIS_BIND_PARAMETERS Parameters)
{
    NDIS_MEDIUM media[] = { NdisMedium802_3 };
    UINT selected = 0;
    NDIS_OPEN_PARAMETERS open;
    NDIS_STATUS status;

    NdisZeroMemory(&open, sizeof(open));
    open.Header.Type = NDIS_OBJECT_TYPE_OPEN_PARAMETERS;
    open.Header.Revision = NDIS_OPEN_PARAMETERS_REVISION_1;
    open.Header.Size = NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1;
    open.AdapterName = Parameters->AdapterName;
    open.MediumArray = media;
    open.MediumArraySize = RTL_NUMBER_OF(media);
    open.SelectedMediumIndex = &selected;

    NdisResetEvent(&Lower->Completed);
    status = NdisOpenAdapterEx(Lower->Driver->ProtocolHandle, Lower, &open, BindContext, &Lower->BindingHandle);
    if (status == NDIS_STATUS_PENDING) {
        NdisWaitEvent(&Lower->Completed, 0);
        status = Lower->CompletedStatus;
    }
    if (status != NDIS_STATUS_SUCCESS) {
        Lower->BindingHandle = NULL;
    }
    return status;
}

static VOID CloseAdapter(PIM_LOWER_BINDING Lower)
{
    if (Lower->BindingHandle != NULL) {
        NdisResetEvent(&Lower->Completed);
        if (NdisCloseAdapterEx(Lower->BindingHandle) == NDIS_STATUS_PENDING) {
            NdisWaitEvent(&Lower->Completed, 0);
        }
        Lower->BindingHandle = NULL;
    }
}

static VOID DeleteLowerBinding(PIM_LOWER_BINDING Lower)
{
    ImDeleteVirtualMiniports(Lower);
    ImDiscardCallEntries(Lower);
    CloseAdapter(Lower);
    ASSERT(IsListEmpty(&Lower->OffloadEntries) && IsListEmpty(&Lower->SpareRecords));
    NdisFreeSpinLock(&Lower->Lock);
    NdisFreeMemory(Lower, 0, 0);
}

NDIS_STATUS ImBindAdapter(NDIS_HANDLE ProtocolDriverContext, NDIS_HANDLE BindContext, PNDIS_BIND_PARAMETERS BindParameters)
{
    PIM_DRIVER driver = (PIM_DRIVER)ProtocolDriverContext;
    PIM_LOWER_BINDING lower;
    NDIS_STATUS status;

    lower = (PIM_LOWER_BINDING)NdisAllocateMemoryWithTagPriority(driver->ProtocolHandle, sizeof(*lower),
                                                                 IM_TAG_LOWER_BINDING, NormalPoolPriority);
    if (lower == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    NdisZeroMemory(lower, sizeof(*lower));
    lower->Driver = driver;
    NdisAllocateSpinLock(&lower->Lock);
    NdisInitializeEvent(&lower->Completed);
    NdisInitializeEvent(&lower->SendsReturned);
    NdisSetEvent(&lower->SendsReturned);
    InitializeListHead(&lower->VirtualMiniports);
    InitializeListHead(&lower->OffloadEntries);
    InitializeListHead(&lower->SpareRecords);
    RememberAdapter(lower, BindParameters);

    status = OpenAdapter(lower, BindContext, BindParameters);
    if (status == NDIS_STATUS_SUCCESS) {
        status = ImReserveCallEntries(lower);
    }
    if (status == NDIS_STATUS_SUCCESS) {
        status = ImCreateVirtualMiniports(lower);
    }
    if (status != NDIS_STATUS_SUCCESS) {
        DeleteLowerBinding(lower);
    }
    return status;
}

VOID ImOpenAdapterComplete(NDIS_HANDLE ProtocolBindingContext, NDIS_STATUS Status)
{
    PIM_LOWER_BINDING lower = (PIM_LOWER_BINDING)ProtocolBindingContext;

    lower->CompletedStatus = Status;
    NdisSetEvent(&lower->Completed);
}

VOID ImCloseAdapterComplete(NDIS_HANDLE ProtocolBindingContext)
{
    NdisSetEvent(&((PIM_LOWER_BINDING)ProtocolBindingContext)->Completed);
}

/* Top down: what hangs on the virtual miniports goes first, and with it every offloaded object (IM-100). */
NDIS_STATUS ImUnbindAdapter(NDIS_HANDLE UnbindContext, NDIS_HANDLE ProtocolBindingContext)
{
    UNREFERENCED_PARAMETER(UnbindContext);
    DeleteLowerBinding((PIM_LOWER_BINDING)ProtocolBindingContext);
    return NDIS_STATUS_SUCCESS;
}

/* The binding may pause only when the adapter below holds no more of the sends that we passed on. The event comes at
   PASSIVE_LEVEL, so we may wait for them here; NdisCompleteNetPnPEvent could not be called where they come back, which is
   at DISPATCH_LEVEL. */
static VOID PauseBinding(PIM_LOWER_BINDING Lower)
{
    NdisAcquireSpinLock(&Lower->Lock);
    Lower->Running = FALSE; /* from now on ImSendNetBufferLists turns sends back */
    NdisReleaseSpinLock(&Lower->Lock);
    NdisWaitEvent(&Lower->SendsReturned, 0);
}

VOID ImLowerSendsStarted(PIM_LOWER_BINDING Lower, ULONG Count) /* with the lock held */
{
    Lower->SendsOutstanding += Count;
    NdisResetEvent(&Lower->SendsReturned);
}

VOID ImLowerSendsReturned(PIM_LOWER_BINDING Lower, ULONG Count)
{
    NdisAcquireSpinLock(&Lower->Lock);
    Lower->SendsOutstanding -= Count;
    if (Lower->SendsOutstanding == 0) {
        NdisSetEvent(&Lower->SendsReturned);
    }
    NdisReleaseSpinLock(&Lower->Lock);
}

NDIS_STATUS ImNetPnPEvent(NDIS_HANDLE ProtocolBindingContext, PNET_PNP_EVENT_NOTIFICATION NetPnPEvent)
{
    PIM_LOWER_BINDING lower = (PIM_LOWER_BINDING)ProtocolBindingContext;

    switch (NetPnPEvent->NetPnPEvent.NetEvent) {
    case NetEventPause:
        PauseBinding(lower);
        return NDIS_STATUS_SUCCESS;
    case NetEventRestart:
        NdisAcquireSpinLock(&lower->Lock);
        lower->Running = TRUE;
        NdisReleaseSpinLock(&lower->Lock);
        return NDIS_STATUS_SUCCESS;
    default:
        /* Power, reconfiguration and the end of a binding list ask nothing of a driver that only passes things on. */
        return NDIS_STATUS_SUCCESS;
    }
}
