/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The upper edge comes and goes.
 *
 * Which virtual miniports stand on a lower binding is a matter of configuration: the multi-string value UpperBindings
 * holds their device names. For each NdisIMInitializeDeviceInstanceEx is called; MiniportInitializeEx follows, inside
 * that call or later, and gets our structure back as IMDeviceInstanceContext. A virtual miniport tells the protocols
 * above what the adapter below has told us.
 *
 *      MiniportInitializeEx -> paused -> MiniportRestart -> running -> MiniportPause -> paused -> MiniportHaltEx
 */
#include "intermediate.h"

/* ---- creating and deleting, from the lower edge ---- */

static NDIS_STATUS CreateVirtualMiniport(PIM_LOWER_BINDING Lower, PWSTR Name, USHORT NameLength)
{
    UINT size = (UINT)sizeof(IM_VIRTUAL_MINIPORT) + NameLength;
    PIM_VIRTUAL_MINIPORT virtualMiniport;
    NDIS_STATUS status;

    virtualMiniport = (PIM_VIRTUAL_MINIPORT)NdisAllocateMemoryWithTagPriority(
        Lower->BindingHandle, size, IM_TAG_VIRTUAL_MINIPORT, NormalPoolPriority);
    if (virtualMiniport == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    NdisZeroMemory(virtualMiniport, size);
    virtualMiniport->Lower = Lower;
    NdisInitializeEvent(&virtualMiniport->InitializeFinished);
    NdisInitializeEvent(&virtualMiniport->Unreferenced);
    virtualMiniport->DeviceName.Buffer = (PWSTR)(PVOID)(virtualMiniport + 1);
    virtualMiniport->DeviceName.Length = NameLength;
    virtualMiniport->DeviceName.MaximumLength = NameLength;
    NdisMoveMemory(virtualMiniport->DeviceName.Buffer, Name, NameLength);

    NdisAcquireSpinLock(&Lower->Lock);
    InsertTailList(&Lower->VirtualMiniports, &virtualMiniport->Link);
    NdisReleaseSpinLock(&Lower->Lock);

    status = NdisIMInitializeDeviceInstanceEx(Lower->Driver->MiniportDriverHandle, &virtualMiniport->DeviceName,
                                              virtualMiniport);
    if (status != NDIS_STATUS_SUCCESS) {
        NdisAcquireSpinLock(&Lower->Lock);
        RemoveEntryList(&virtualMiniport->Link);
        NdisReleaseSpinLock(&Lower->Lock);
        NdisFreeMemory(virtualMiniport, 0, 0);
    }
    return status;
}

/* A multi-string: names, each ended by a zero, the last one by two. */
static NDIS_STATUS CreateForEachName(PIM_LOWER_BINDING Lower, PUNICODE_STRING Names)
{
    USHORT characters = Names->Length / sizeof(WCHAR);
    USHORT begin = 0;
    NDIS_STATUS status = NDIS_STATUS_FAILURE; /* no name at all */

    while (begin < characters && Names->Buffer[begin] != UNICODE_NULL) {
        USHORT end = begin;
        while (end < characters && Names->Buffer[end] != UNICODE_NULL) {
            end++;
        }
        status = CreateVirtualMiniport(Lower, &Names->Buffer[begin], (USHORT)((end - begin) * sizeof(WCHAR)));
        if (status != NDIS_STATUS_SUCCESS) {
            break; /* the caller deletes those that were created */
        }
        begin = end + 1;
    }
    return status;
}

NDIS_STATUS ImCreateVirtualMiniports(PIM_LOWER_BINDING Lower)
{
    NDIS_STRING keyword = NDIS_STRING_CONST("UpperBindings");
    PNDIS_CONFIGURATION_PARAMETER value = NULL;
    NDIS_CONFIGURATION_OBJECT object;
    NDIS_HANDLE configuration = NULL;
    NDIS_STATUS status;

    NdisZeroMemory(&object, sizeof(object));
    object.Header.Type = NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT;
    object.Header.Revision = NDIS_CONFIGURATION_OBJECT_REVISION_1;
    object.Header.Size = NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1;
    object.NdisHandle = Lower->BindingHandle; /* our parameters for this adapter */
    status = NdisOpenConfigurationEx(&object, &configuration);
    if (status != NDIS_STATUS_SUCCESS) {
        return status;
    }
    NdisReadConfiguration(&status, &value, configuration, &keyword, NdisParameterMultiString);
    if (status == NDIS_STATUS_SUCCESS) {
        status = CreateForEachName(Lower, &value->ParameterData.StringData);
    }
    NdisCloseConfiguration(configuration); /* value belonged to it */
    return status;
}

VOID ImDeleteVirtualMiniports(PIM_LOWER_BINDING Lower)
{
    while (!IsListEmpty(&Lower->VirtualMiniports)) {
        PIM_VIRTUAL_MINIPORT virtualMiniport = CONTAINING_RECORD(Lower->VirtualMiniports.Flink, IM_VIRTUAL_MINIPORT, Link);

        /* Either MiniportInitializeEx has not begun and never will, or it has, and then it must be waited for. */
        if (NdisIMCancelInitializeDeviceInstance(Lower->Driver->MiniportDriverHandle, &virtualMiniport->DeviceName) !=
            NDIS_STATUS_SUCCESS) {
            NdisWaitEvent(&virtualMiniport->InitializeFinished, 0);
            if (virtualMiniport->Initialized) {
                NdisIMDeInitializeDeviceInstance(virtualMiniport->MiniportHandle); /* ends in ImHalt */
            }
        }
        NdisAcquireSpinLock(&Lower->Lock);
        RemoveEntryList(&virtualMiniport->Link);
        NdisReleaseSpinLock(&Lower->Lock);
        NdisFreeMemory(virtualMiniport, 0, 0);
    }
}

PIM_VIRTUAL_MINIPORT ImNextVirtualMiniport(PIM_LOWER_BINDING Lower, PIM_VIRTUAL_MINIPORT Previous)
{
    PIM_VIRTUAL_MINIPORT next = NULL;
    PLIST_ENTRY link;

    NdisAcquireSpinLock(&Lower->Lock);
    link = (Previous != NULL) ? Previous->Link.Flink : Lower->VirtualMiniports.Flink;
    for (; link != &Lower->VirtualMiniports && next == NULL; link = link->Flink) {
        PIM_VIRTUAL_MINIPORT candidate = CONTAINING_RECORD(link, IM_VIRTUAL_MINIPORT, Link);
        if (candidate->Initialized) {
            candidate->References++;
            next = candidate;
        }
    }
    NdisReleaseSpinLock(&Lower->Lock);
    if (Previous != NULL) {
        ImReleaseVirtualMiniport(Previous);
    }
    return next;
}

VOID ImReleaseVirtualMiniport(PIM_VIRTUAL_MINIPORT VirtualMiniport)
{
    PIM_LOWER_BINDING lower = VirtualMiniport->Lower;

    NdisAcquireSpinLock(&lower->Lock);
    if (--VirtualMiniport->References == 0) {
        NdisSetEvent(&VirtualMiniport->Unreferenced);
    }
    NdisReleaseSpinLock(&lower->Lock);
}

/* ---- MiniportInitializeEx and MiniportHaltEx ---- */

static NDIS_STATUS SetRegistrationAttributes(PIM_VIRTUAL_MINIPORT VirtualMiniport, NDIS_HANDLE MiniportHandle)
{
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES attributes;

    NdisZeroMemory(&attributes, sizeof(attributes));
    attributes.RegistrationAttributes.Header.Type = NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES;
    attributes.RegistrationAttributes.Header.Revision = NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1;
    attributes.RegistrationAttributes.Header.Size = NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1;
    attributes.RegistrationAttributes.MiniportAdapterContext = VirtualMiniport;
    attributes.RegistrationAttributes.AttributeFlags = NDIS_MINIPORT_ATTRIBUTES_NO_HALT_ON_SUSPEND;
    attributes.RegistrationAttributes.InterfaceType = NdisInterfaceInternal;
    return NdisMSetMiniportAttributes(MiniportHandle, &attributes);
}

static NDIS_STATUS SetGeneralAttributes(PIM_LOWER_BINDING Lower, NDIS_HANDLE MiniportHandle)
{
    static const NDIS_OID supportedOids[] = {
        OID_GEN_SUPPORTED_LIST, OID_GEN_CURRENT_PACKET_FILTER, OID_GEN_CURRENT_LOOKAHEAD, OID_GEN_LINK_PARAMETERS,
        OID_GEN_STATISTICS, OID_GEN_INTERRUPT_MODERATION, OID_802_3_PERMANENT_ADDRESS, OID_802_3_CURRENT_ADDRESS,
        OID_802_3_MULTICAST_LIST, OID_802_3_MAXIMUM_LIST_SIZE, OID_PNP_CAPABILITIES, OID_PNP_QUERY_POWER,
        OID_PNP_SET_POWER, OID_TCP_TASK_OFFLOAD, OID_TCP_OFFLOAD_PARAMETERS, OID_TCP_CONNECTION_OFFLOAD_PARAMETERS,
        OID_TCP4_OFFLOAD_STATS, OID_TCP6_OFFLOAD_STATS, OID_IP4_OFFLOAD_STATS, OID_IP6_OFFLOAD_STATS
    };
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES attributes;
    PNDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES general = &attributes.GeneralAttributes;

    NdisZeroMemory(&attributes, sizeof(attributes));
    general->Header.Type = NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES;
    general->Header.Revision = NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1;
    general->Header.Size = NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1;
    general->MediaType = Lower->MediaType;
    general->PhysicalMediumType = Lower->PhysicalMediumType;
    general->MtuSize = Lower->MtuSize;
    general->MaxXmitLinkSpeed = Lower->MaxXmitLinkSpeed;
    general->XmitLinkSpeed = Lower->XmitLinkSpeed;
    general->MaxRcvLinkSpeed = Lower->MaxRcvLinkSpeed;
    general->RcvLinkSpeed = Lower->RcvLinkSpeed;
    general->MediaConnectState = Lower->MediaConnectState;
    general->MediaDuplexState = Lower->MediaDuplexState;
    general->LookaheadSize = Lower->LookaheadSize;
    general->MacOptions = Lower->MacOptions | NDIS_MAC_OPTION_NO_LOOPBACK;
    general->SupportedPacketFilters = Lower->SupportedPacketFilters;
    general->MaxMulticastListSize = Lower->MaxMulticastListSize;
    general->MacAddressLength = Lower->MacAddressLength;
    NdisMoveMemory(general->PermanentMacAddress, Lower->MacAddress, Lower->MacAddressLength);
    NdisMoveMemory(general->CurrentMacAddress, Lower->MacAddress, Lower->MacAddressLength);
    general->AccessType = Lower->AccessType;
    general->DirectionType = Lower->DirectionType;
    general->ConnectionType = Lower->ConnectionType;
    general->IfType = Lower->IfType;
    general->IfConnectorPresent = FALSE; /* virtual */
    general->DataBackFillSize = Lower->DataBackFillSize;
    /* Room for our record on the context stack of each list, on top of what the drivers below want (list_record.c). */
    general->ContextBackFillSize = Lower->ContextBackFillSize + IM_LIST_RECORD_SIZE;
    general->SupportedOidList = (PNDIS_OID)(ULONG_PTR)supportedOids;
    general->SupportedOidListLength = sizeof(supportedOids);
    return NdisMSetMiniportAttributes(MiniportHandle, &attributes);
}

/* We change nothing that passes, so what the adapter below can take over, we can. */
static NDIS_STATUS SetOffloadAttributes(PIM_LOWER_BINDING Lower, NDIS_HANDLE MiniportHandle)
{
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES attributes;

    if (!Lower->HasConnectionOffload) {
        return NDIS_STATUS_SUCCESS;
    }
    NdisZeroMemory(&attributes, sizeof(attributes));
    attributes.OffloadAttributes.Header.Type = NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES;
    attributes.OffloadAttributes.Header.Revision = NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES_REVISION_1;
    attributes.OffloadAttributes.Header.Size = NDIS_SIZEOF_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES_REVISION_1;
    attributes.OffloadAttributes.DefaultTcpConnectionOffloadConfiguration = &Lower->ConnectionOffload;
    attributes.OffloadAttributes.TcpConnectionOffloadHardwareCapabilities = &Lower->ConnectionOffload; /* IM-120 */
    return NdisMSetMiniportAttributes(MiniportHandle, &attributes);
}

/* The entry points for completions and indications of TCP data. They are ours to keep, the table is not (IM-013); what it
   is must be looked at before it is believed, and after a failure there is nothing to look at (IM-012). */
static NDIS_STATUS GetOffloadHandlers(PIM_VIRTUAL_MINIPORT VirtualMiniport, NDIS_HANDLE MiniportHandle)
{
    PNDIS_OFFLOAD_EVENT_HANDLERS handlers = NULL;
    NDIS_STATUS status = NdisMGetOffloadHandlers(MiniportHandle, NdisTcpChimneyOffload, &handlers); /* IM-010, IM-011 */

    if (status != NDIS_STATUS_SUCCESS) {
        return status;
    }
    if (handlers->Header.Type != NdisTcpChimneyOffload || handlers->Header.Revision < NDIS_OBJECT_TCP_OFFLOAD_REVISION_1 ||
        handlers->Header.Size < sizeof(NDIS_TCP_OFFLOAD_EVENT_HANDLERS)) {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    VirtualMiniport->Offload = *(PNDIS_TCP_OFFLOAD_EVENT_HANDLERS)(PVOID)handlers;
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS ImInitialize(NDIS_HANDLE NdisMiniportHandle, NDIS_HANDLE MiniportDriverContext,
                         PNDIS_MINIPORT_INIT_PARAMETERS MiniportInitParameters)
{
    PIM_VIRTUAL_MINIPORT virtualMiniport = (PIM_VIRTUAL_MINIPORT)MiniportInitParameters->IMDeviceInstanceContext;
    PIM_LOWER_BINDING lower = virtualMiniport->Lower;
    NDIS_STATUS status;

    UNREFERENCED_PARAMETER(MiniportDriverContext);

    status = SetRegistrationAttributes(virtualMiniport, NdisMiniportHandle); /* must be the first */
    if (status == NDIS_STATUS_SUCCESS) {
        status = SetGeneralAttributes(lower, NdisMiniportHandle);
    }
    if (status == NDIS_STATUS_SUCCESS) {
        status = SetOffloadAttributes(lower, NdisMiniportHandle);
    }
    if (status == NDIS_STATUS_SUCCESS) {
        status = GetOffloadHandlers(virtualMiniport, NdisMiniportHandle);
    }
    if (status == NDIS_STATUS_SUCCESS) {
        NdisAcquireSpinLock(&lower->Lock);
        virtualMiniport->MiniportHandle = NdisMiniportHandle;
        virtualMiniport->References = 1;
        virtualMiniport->Initialized = TRUE;
        NdisReleaseSpinLock(&lower->Lock);
    }
    NdisSetEvent(&virtualMiniport->InitializeFinished);
    return status;
}

VOID ImHalt(NDIS_HANDLE MiniportAdapterContext, NDIS_HALT_ACTION HaltAction)
{
    PIM_VIRTUAL_MINIPORT virtualMiniport = (PIM_VIRTUAL_MINIPORT)MiniportAdapterContext;
    PIM_LOWER_BINDING lower = virtualMiniport->Lower;

    UNREFERENCED_PARAMETER(HaltAction);

    NdisAcquireSpinLock(&lower->Lock);
    virtualMiniport->Initialized = FALSE; /* ImNextVirtualMiniport passes it over from now on */
    NdisReleaseSpinLock(&lower->Lock);
    ImReleaseVirtualMiniport(virtualMiniport);
    NdisWaitEvent(&virtualMiniport->Unreferenced, 0);

    ImDiscardOffloadEntries(virtualMiniport);
    virtualMiniport->MiniportHandle = NULL;
    /* The structure belongs to the lower binding, which may still be walking its list. */
}

VOID ImShutdown(NDIS_HANDLE MiniportAdapterContext, NDIS_SHUTDOWN_ACTION ShutdownAction)
{
    /* There is no hardware to silence. */
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(ShutdownAction);
}

VOID ImDevicePnPEventNotify(NDIS_HANDLE MiniportAdapterContext, PNET_DEVICE_PNP_EVENT NetDevicePnPEvent)
{
    /* A virtual device is neither pulled out nor does it care for the power profile. */
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(NetDevicePnPEvent);
}

/* ---- pause and restart ---- */

NDIS_STATUS ImRestart(NDIS_HANDLE MiniportAdapterContext, PNDIS_MINIPORT_RESTART_PARAMETERS MiniportRestartParameters)
{
    PIM_VIRTUAL_MINIPORT virtualMiniport = (PIM_VIRTUAL_MINIPORT)MiniportAdapterContext;

    UNREFERENCED_PARAMETER(MiniportRestartParameters);
    NdisAcquireSpinLock(&virtualMiniport->Lower->Lock);
    virtualMiniport->Running = TRUE;
    NdisReleaseSpinLock(&virtualMiniport->Lower->Lock);
    return NDIS_STATUS_SUCCESS;
}

/* Pausing concerns ordinary packets: every one that is under way through this miniport must be back. Offloaded
   connections have been uploaded by the host before. */
NDIS_STATUS ImPause(NDIS_HANDLE MiniportAdapterContext, PNDIS_MINIPORT_PAUSE_PARAMETERS MiniportPauseParameters)
{
    PIM_VIRTUAL_MINIPORT virtualMiniport = (PIM_VIRTUAL_MINIPORT)MiniportAdapterContext;
    NDIS_STATUS status = NDIS_STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(MiniportPauseParameters);
    NdisAcquireSpinLock(&virtualMiniport->Lower->Lock);
    virtualMiniport->Running = FALSE;
    if (virtualMiniport->ListsOutstanding > 0) {
        virtualMiniport->PausePending = TRUE;
        status = NDIS_STATUS_PENDING;
    }
    NdisReleaseSpinLock(&virtualMiniport->Lower->Lock);
    return status;
}

VOID ImUpperListsReturned(PIM_VIRTUAL_MINIPORT VirtualMiniport, ULONG Count)
{
    PIM_LOWER_BINDING lower = VirtualMiniport->Lower;
    BOOLEAN paused = FALSE;

    NdisAcquireSpinLock(&lower->Lock);
    VirtualMiniport->ListsOutstanding -= Count;
    if (VirtualMiniport->ListsOutstanding == 0 && VirtualMiniport->PausePending) {
        VirtualMiniport->PausePending = FALSE;
        paused = TRUE;
    }
    NdisReleaseSpinLock(&lower->Lock);
    if (paused) {
        NdisMPauseComplete(VirtualMiniport->MiniportHandle);
    }
}
