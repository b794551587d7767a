/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     miniport.c
 *
 * Abstract:
 *     The upper edge: the life of a virtual miniport.
 *
 * Environment:
 *     Kernel mode.
 */
#include "precomp.h"

#ifdef ALLOC_PRAGMA
#pragma NDIS_PAGEABLE_FUNCTION(MpInitialize)
#pragma NDIS_PAGEABLE_FUNCTION(MpHalt)
#endif

static NDIS_OID LmSupportedOids[] = {
    OID_GEN_SUPPORTED_LIST,
    OID_GEN_HARDWARE_STATUS,
    OID_GEN_MEDIA_SUPPORTED,
    OID_GEN_MEDIA_IN_USE,
    OID_GEN_MAXIMUM_LOOKAHEAD,
    OID_GEN_MAXIMUM_FRAME_SIZE,
    OID_GEN_MAXIMUM_TOTAL_SIZE,
    OID_GEN_TRANSMIT_BUFFER_SPACE,
    OID_GEN_RECEIVE_BUFFER_SPACE,
    OID_GEN_TRANSMIT_BLOCK_SIZE,
    OID_GEN_RECEIVE_BLOCK_SIZE,
    OID_GEN_VENDOR_ID,
    OID_GEN_VENDOR_DESCRIPTION,
    OID_GEN_VENDOR_DRIVER_VERSION,
    OID_GEN_CURRENT_PACKET_FILTER,
    OID_GEN_CURRENT_LOOKAHEAD,
    OID_GEN_DRIVER_VERSION,
    OID_GEN_MAC_OPTIONS,
    OID_GEN_MAXIMUM_SEND_PACKETS,
    OID_GEN_XMIT_OK,
    OID_GEN_RCV_OK,
    OID_GEN_XMIT_ERROR,
    OID_GEN_RCV_ERROR,
    OID_GEN_RCV_NO_BUFFER,
    OID_GEN_STATISTICS,
    OID_GEN_LINK_PARAMETERS,
    OID_GEN_INTERRUPT_MODERATION,
    OID_GEN_TRANSMIT_QUEUE_LENGTH,
    OID_802_3_PERMANENT_ADDRESS,
    OID_802_3_CURRENT_ADDRESS,
    OID_802_3_MULTICAST_LIST,
    OID_802_3_MAXIMUM_LIST_SIZE,
    OID_PNP_CAPABILITIES,
    OID_PNP_SET_POWER,
    OID_PNP_QUERY_POWER
};

static
NDIS_STATUS
LmSetRegistrationAttributes(
    _In_ PLM_VNIC Vnic,
    _In_ NDIS_HANDLE MiniportHandle
    )
{
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES Attributes;
    PNDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES Registration = &Attributes.RegistrationAttributes;

    NdisZeroMemory(&Attributes, sizeof(Attributes));
    Registration->Header.Type = NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES;
    Registration->Header.Revision = NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1;
    Registration->Header.Size = NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1;
    Registration->MiniportAdapterContext = (NDIS_HANDLE)Vnic;
    Registration->AttributeFlags = NDIS_MINIPORT_ATTRIBUTES_NO_HALT_ON_SUSPEND | NDIS_MINIPORT_ATTRIBUTES_SURPRISE_REMOVE_OK;
    Registration->CheckForHangTimeInSeconds = 4;
    Registration->InterfaceType = NdisInterfaceInternal;
    return NdisMSetMiniportAttributes(MiniportHandle, &Attributes);
}

static
NDIS_STATUS
LmSetGeneralAttributes(
    _In_ PLM_VNIC Vnic,
    _In_ NDIS_HANDLE MiniportHandle
    )
{
    PLM_LINK Link = Vnic->Link;
    PNDIS_BIND_PARAMETERS Below = &Link->BindParameters;
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES Attributes;
    PNDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES General = &Attributes.GeneralAttributes;
    NDIS_PNP_CAPABILITIES Power;

    /* We sleep and wake with the adapter below, but waking up by a frame is its business. */
    NdisZeroMemory(&Power, sizeof(Power));
    Power.WakeUpCapabilities.MinMagicPacketWakeUp = NdisDeviceStateUnspecified;
    Power.WakeUpCapabilities.MinPatternWakeUp = NdisDeviceStateUnspecified;
    Power.WakeUpCapabilities.MinLinkChangeWakeUp = NdisDeviceStateUnspecified;

    NdisZeroMemory(&Attributes, sizeof(Attributes));
    General->Header.Type = NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES;
    General->Header.Revision = NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1;
    General->Header.Size = NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1;
    General->MediaType = NdisMedium802_3;
    General->PhysicalMediumType = NdisPhysicalMediumUnspecified;
    General->MtuSize = Below->MtuSize;
    General->MaxXmitLinkSpeed = Below->MaxXmitLinkSpeed;
    General->MaxRcvLinkSpeed = Below->MaxRcvLinkSpeed;
    General->XmitLinkSpeed = Link->LinkState.XmitLinkSpeed;
    General->RcvLinkSpeed = Link->LinkState.RcvLinkSpeed;
    General->MediaConnectState = Link->LinkState.MediaConnectState;
    General->MediaDuplexState = Link->LinkState.MediaDuplexState;
    General->LookaheadSize = Below->LookaheadSize;
    General->PowerManagementCapabilities = Link->HasPowerCapabilities ? &Power : NULL;
    General->MacOptions = NDIS_MAC_OPTION_COPY_LOOKAHEAD_DATA | NDIS_MAC_OPTION_TRANSFERS_NOT_PEND |
                          (Link->Settings.SwitchLocally ? 0 : NDIS_MAC_OPTION_NO_LOOPBACK);
    General->SupportedPacketFilters = LM_SUPPORTED_FILTERS & (Below->SupportedPacketFilters | NDIS_PACKET_TYPE_PROMISCUOUS);
    General->MaxMulticastListSize = LM_MAX_MULTICAST;
    General->MacAddressLength = ETH_LENGTH_OF_ADDRESS;
    ETH_COPY_NETWORK_ADDRESS(General->PermanentMacAddress, Vnic->PermanentAddress);
    ETH_COPY_NETWORK_ADDRESS(General->CurrentMacAddress, Vnic->CurrentAddress);
    General->RecvScaleCapabilities = NULL;
    General->AccessType = NET_IF_ACCESS_BROADCAST;
    General->DirectionType = NET_IF_DIRECTION_SENDRECEIVE;
    General->ConnectionType = NET_IF_CONNECTION_DEDICATED;
    General->IfType = IF_TYPE_ETHERNET_CSMACD;
    General->IfConnectorPresent = FALSE;
    General->SupportedStatistics = LM_SUPPORTED_STATISTICS;
    General->SupportedPauseFunctions = NdisPauseFunctionsUnsupported;
    General->DataBackFillSize = Below->DataBackFillSize;
    General->ContextBackFillSize = Below->ContextBackFillSize + sizeof(LM_LIST_CONTEXT);
    General->SupportedOidList = LmSupportedOids;
    General->SupportedOidListLength = sizeof(LmSupportedOids);
    return NdisMSetMiniportAttributes(MiniportHandle, &Attributes);
}

_Use_decl_annotations_
NDIS_STATUS
MpInitialize(
    NDIS_HANDLE NdisMiniportHandle,
    NDIS_HANDLE MiniportDriverContext,
    PNDIS_MINIPORT_INIT_PARAMETERS MiniportInitParameters
    )
{
    PLM_VNIC Vnic = (PLM_VNIC)MiniportInitParameters->IMDeviceInstanceContext;
    NDIS_STRING InstanceName;
    NDIS_STATUS Status;

    PAGED_CODE();
    UNREFERENCED_PARAMETER(MiniportDriverContext);
    LM_ASSERT_SIGNATURE(Vnic, LM_VNIC_SIGNATURE);

    do {
        LmReadVnicAddress(Vnic, NdisMiniportHandle);
        Status = LmSetRegistrationAttributes(Vnic, NdisMiniportHandle);
        if (Status != NDIS_STATUS_SUCCESS) {
            break;
        }
        Status = LmSetGeneralAttributes(Vnic, NdisMiniportHandle);
        if (Status != NDIS_STATUS_SUCCESS) {
            break;
        }
        if (NdisMQueryAdapterInstanceName(&InstanceName, NdisMiniportHandle) == NDIS_STATUS_SUCCESS) {
            LMTRACE(LM_INFO, ("initialising %wZ\n", &InstanceName));
            NdisFreeMemory(InstanceName.Buffer, 0, 0);
        }
        /* So that management sees which interface stands on which. */
        Vnic->IfIndex = MiniportInitParameters->IfIndex;
        if (NdisIfAddIfStackEntry(Vnic->IfIndex, Vnic->Link->BindParameters.BoundIfIndex) != NDIS_STATUS_SUCCESS) {
            Vnic->IfIndex = 0;
        }

        NdisZeroMemory(&Vnic->Statistics, sizeof(Vnic->Statistics));
        Vnic->Statistics.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
        Vnic->Statistics.Header.Revision = NDIS_STATISTICS_INFO_REVISION_1;
        Vnic->Statistics.Header.Size = NDIS_SIZEOF_STATISTICS_INFO_REVISION_1;

        NdisAcquireSpinLock(&Vnic->Lock);
        Vnic->MiniportHandle = NdisMiniportHandle;
        Vnic->State = LmPaused;
        NdisReleaseSpinLock(&Vnic->Lock);
        LmReferenceVnic(Vnic); /* NDIS has it until MpHalt */
    } while (FALSE);

    if (Status != NDIS_STATUS_SUCCESS) {
        NdisWriteErrorLogEntry(NdisMiniportHandle, NDIS_ERROR_CODE_DRIVER_FAILURE, 1, (ULONG)Status);
    }
    Vnic->InitializeStatus = Status;
    NdisSetEvent(&Vnic->InitializeEvent);
    return Status;
}

_Use_decl_annotations_
VOID
MpHalt(
    NDIS_HANDLE MiniportAdapterContext,
    NDIS_HALT_ACTION HaltAction
    )
{
    PLM_VNIC Vnic = (PLM_VNIC)MiniportAdapterContext;

    PAGED_CODE();
    LM_ASSERT_SIGNATURE(Vnic, LM_VNIC_SIGNATURE);
    LMTRACE(LM_INFO, ("halting %wZ, action %d\n", &Vnic->DeviceName, (int)HaltAction));
    UNREFERENCED_PARAMETER(HaltAction);

    LmAbortQueuedRequest(Vnic, NDIS_STATUS_REQUEST_ABORTED);
    if (Vnic->IfIndex != 0) {
        NdisIfDeleteIfStackEntry(Vnic->IfIndex, Vnic->Link->BindParameters.BoundIfIndex);
        Vnic->IfIndex = 0;
    }
    NdisAcquireSpinLock(&Vnic->Lock);
    NT_ASSERT(Vnic->SendsHeld == 0 && Vnic->ReceivesAbove == 0);
    Vnic->State = LmClosing;
    Vnic->MiniportHandle = NULL;
    Vnic->PacketFilter = 0;
    NdisReleaseSpinLock(&Vnic->Lock);
    LmRemoveVnic(Vnic);
    NdisSetEvent(&Vnic->HaltEvent);
    LmDereferenceVnic(Vnic);
}

_Use_decl_annotations_
NDIS_STATUS
MpPause(
    NDIS_HANDLE MiniportAdapterContext,
    PNDIS_MINIPORT_PAUSE_PARAMETERS MiniportPauseParameters
    )
{
    PLM_VNIC Vnic = (PLM_VNIC)MiniportAdapterContext;
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;

    LMTRACE(LM_INFO, ("pause of %wZ, reason 0x%x\n", &Vnic->DeviceName, MiniportPauseParameters->PauseReason));
    UNREFERENCED_PARAMETER(MiniportPauseParameters);

    NdisAcquireSpinLock(&Vnic->Lock);
    NT_ASSERT(Vnic->State == LmRunning);
    if (Vnic->SendsHeld == 0 && Vnic->ReceivesAbove == 0) {
        Vnic->State = LmPaused;
    } else {
        Vnic->State = LmPausing;
        Vnic->PausePending = TRUE;
        Status = NDIS_STATUS_PENDING;
    }
    NdisReleaseSpinLock(&Vnic->Lock);
    return Status;
}

_Use_decl_annotations_
NDIS_STATUS
MpRestart(
    NDIS_HANDLE MiniportAdapterContext,
    PNDIS_MINIPORT_RESTART_PARAMETERS MiniportRestartParameters
    )
{
    PLM_VNIC Vnic = (PLM_VNIC)MiniportAdapterContext;
    PNDIS_RESTART_ATTRIBUTES Attributes;

    for (Attributes = MiniportRestartParameters->RestartAttributes; Attributes != NULL; Attributes = Attributes->Next) {
        if (Attributes->Oid == OID_GEN_MINIPORT_RESTART_ATTRIBUTES) {
            PNDIS_RESTART_GENERAL_ATTRIBUTES General = (PNDIS_RESTART_GENERAL_ATTRIBUTES)(PVOID)Attributes->Data;

            NT_ASSERT(General->Header.Type == NDIS_OBJECT_TYPE_RESTART_GENERAL_ATTRIBUTES);
            LMTRACE(LM_LOUD, ("%wZ restarts with an MTU of %u\n", &Vnic->DeviceName, General->MtuSize));
            UNREFERENCED_PARAMETER(General);
        }
    }

    NdisAcquireSpinLock(&Vnic->Lock);
    NT_ASSERT(Vnic->State == LmPaused);
    Vnic->State = LmRestarting;
    NdisReleaseSpinLock(&Vnic->Lock);

    LmIndicateLinkState(Vnic); /* it may have changed while nobody listened */

    NdisAcquireSpinLock(&Vnic->Lock);
    Vnic->State = LmRunning;
    NdisReleaseSpinLock(&Vnic->Lock);
    return NDIS_STATUS_SUCCESS;
}

/* Count lists of a protocol are ours now; FALSE: not while we are paused. */
_Use_decl_annotations_
BOOLEAN
LmHoldVnicForSend(
    PLM_VNIC Vnic,
    ULONG Count,
    BOOLEAN DispatchLevel
    )
{
    BOOLEAN Running;

    if (DispatchLevel) {
        NdisDprAcquireSpinLock(&Vnic->Lock);
    } else {
        NdisAcquireSpinLock(&Vnic->Lock);
    }
    Running = (BOOLEAN)(Vnic->State == LmRunning);
    if (Running) {
        Vnic->SendsHeld += (LONG)Count;
    }
    if (DispatchLevel) {
        NdisDprReleaseSpinLock(&Vnic->Lock);
    } else {
        NdisReleaseSpinLock(&Vnic->Lock);
    }
    return Running;
}

/* Lists went back where they came from. The last one ends a pause that waited for it. */
_Use_decl_annotations_
VOID
LmReleaseVnic(
    PLM_VNIC Vnic,
    LONG Sends,
    LONG Receives
    )
{
    BOOLEAN PauseIsOver = FALSE;

    NdisAcquireSpinLock(&Vnic->Lock);
    Vnic->SendsHeld -= Sends;
    Vnic->ReceivesAbove -= Receives;
    NT_ASSERT(Vnic->SendsHeld >= 0 && Vnic->ReceivesAbove >= 0);
    if (Vnic->PausePending && Vnic->SendsHeld == 0 && Vnic->ReceivesAbove == 0) {
        Vnic->PausePending = FALSE;
        Vnic->State = LmPaused;
        PauseIsOver = TRUE;
    }
    NdisReleaseSpinLock(&Vnic->Lock);
    if (PauseIsOver) {
        NdisMPauseComplete(Vnic->MiniportHandle);
    }
}

_Use_decl_annotations_
VOID
MpDevicePnPEventNotify(
    NDIS_HANDLE MiniportAdapterContext,
    PNET_DEVICE_PNP_EVENT NetDevicePnPEvent
    )
{
    PLM_VNIC Vnic = (PLM_VNIC)MiniportAdapterContext;

    switch (NetDevicePnPEvent->DevicePnPEvent) {
    case NdisDevicePnPEventSurpriseRemoved:
        LMTRACE(LM_WARN, ("%wZ was removed by surprise\n", &Vnic->DeviceName));
        break;
    case NdisDevicePnPEventPowerProfileChanged:
        NT_ASSERT(NetDevicePnPEvent->InformationBufferLength == sizeof(ULONG));
        break;
    default:
        break;
    }
    UNREFERENCED_PARAMETER(Vnic);
}

_Use_decl_annotations_
VOID
MpShutdown(
    NDIS_HANDLE MiniportAdapterContext,
    NDIS_SHUTDOWN_ACTION ShutdownAction
    )
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(ShutdownAction); /* there is no hardware to quiet */
}

/* Sends that do not come back: the watch timer counts the seconds. */
_Use_decl_annotations_
BOOLEAN
MpCheckForHang(
    NDIS_HANDLE MiniportAdapterContext
    )
{
    PLM_VNIC Vnic = (PLM_VNIC)MiniportAdapterContext;

    return (BOOLEAN)(Vnic->Link->TicksWithoutCompletion > 30);
}

_Use_decl_annotations_
NDIS_STATUS
MpReset(
    NDIS_HANDLE MiniportAdapterContext,
    PBOOLEAN AddressingReset
    )
{
    PLM_VNIC Vnic = (PLM_VNIC)MiniportAdapterContext;

    LMTRACE(LM_WARN, ("reset of %wZ\n", &Vnic->DeviceName));
    Vnic->Link->TicksWithoutCompletion = 0;
    *AddressingReset = FALSE; /* filter and addresses are as they were */
    return NDIS_STATUS_SUCCESS;
}
