/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The physical adapter: attributes and capabilities, pause, restart, halt, OID requests, and as much of the ordinary
 * packet path as an adapter without a network has.
 */
#include "offload_target.h"

#define MTU 1500

static NDIS_STATUS SetAttributes(POT_ADAPTER Adapter, NDIS_HANDLE Handle)
{
    static const NDIS_OID supportedOids[] = {
        OID_GEN_SUPPORTED_LIST, OID_GEN_CURRENT_PACKET_FILTER, OID_GEN_CURRENT_LOOKAHEAD, OID_GEN_INTERRUPT_MODERATION,
        OID_GEN_LINK_PARAMETERS, OID_GEN_STATISTICS, OID_802_3_PERMANENT_ADDRESS, OID_802_3_CURRENT_ADDRESS,
        OID_802_3_MULTICAST_LIST, OID_802_3_MAXIMUM_LIST_SIZE, OID_PNP_SET_POWER, OID_PNP_QUERY_POWER,
        OID_TCP_OFFLOAD_PARAMETERS, OID_TCP_CONNECTION_OFFLOAD_PARAMETERS
    };
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES attributes;
    PNDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES general = &attributes.GeneralAttributes;
    NDIS_STATUS status;

    NdisZeroMemory(&attributes, sizeof(attributes));
    attributes.RegistrationAttributes.Header.Type = NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES;
    attributes.RegistrationAttributes.Header.Revision = NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1;
    attributes.RegistrationAttributes.Header.Size = NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1;
    attributes.RegistrationAttributes.MiniportAdapterContext = Adapter;
    attributes.RegistrationAttributes.AttributeFlags =
        NDIS_MINIPORT_ATTRIBUTES_HARDWARE_DEVICE | NDIS_MINIPORT_ATTRIBUTES_BUS_MASTER;
    attributes.RegistrationAttributes.InterfaceType = NdisInterfacePci;
    status = NdisMSetMiniportAttributes(Handle, &attributes);
    if (status != NDIS_STATUS_SUCCESS) {
        return status;
    }

    NdisZeroMemory(&attributes, sizeof(attributes));
    general->Header.Type = NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES;
    general->Header.Revision = NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1;
    general->Header.Size = NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1;
    general->MediaType = NdisMedium802_3;
    general->PhysicalMediumType = NdisPhysicalMedium802_3;
    general->MtuSize = MTU;
    general->MaxXmitLinkSpeed = OT_LINK_SPEED;
    general->XmitLinkSpeed = OT_LINK_SPEED;
    general->MaxRcvLinkSpeed = OT_LINK_SPEED;
    general->RcvLinkSpeed = OT_LINK_SPEED;
    general->MediaConnectState = MediaConnectStateConnected;
    general->MediaDuplexState = MediaDuplexStateFull;
    general->LookaheadSize = MTU;
    general->MacOptions = NDIS_MAC_OPTION_COPY_LOOKAHEAD_DATA | NDIS_MAC_OPTION_TRANSFERS_NOT_PEND |
                          NDIS_MAC_OPTION_NO_LOOPBACK | NDIS_MAC_OPTION_8021P_PRIORITY | NDIS_MAC_OPTION_8021Q_VLAN;
    general->SupportedPacketFilters = NDIS_PACKET_TYPE_DIRECTED | NDIS_PACKET_TYPE_MULTICAST |
                                      NDIS_PACKET_TYPE_ALL_MULTICAST | NDIS_PACKET_TYPE_BROADCAST;
    general->MaxMulticastListSize = 32;
    general->MacAddressLength = sizeof(Adapter->MacAddress);
    NdisMoveMemory(general->PermanentMacAddress, Adapter->MacAddress, sizeof(Adapter->MacAddress));
    NdisMoveMemory(general->CurrentMacAddress, Adapter->MacAddress, sizeof(Adapter->MacAddress));
    general->AccessType = NET_IF_ACCESS_BROADCAST;
    general->DirectionType = NET_IF_DIRECTION_SENDRECEIVE;
    general->ConnectionType = NET_IF_CONNECTION_DEDICATED;
    general->IfType = 6; /* IF_TYPE_ETHERNET_CSMACD */
    general->IfConnectorPresent = TRUE;
    general->SupportedOidList = (PNDIS_OID)(ULONG_PTR)supportedOids;
    general->SupportedOidListLength = sizeof(supportedOids);
    status = NdisMSetMiniportAttributes(Handle, &attributes);
    if (status != NDIS_STATUS_SUCCESS) {
        return status;
    }

    NdisZeroMemory(&attributes, sizeof(attributes));
    attributes.OffloadAttributes.Header.Type = NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES;
    attributes.OffloadAttributes.Header.Revision = NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES_REVISION_1;
    attributes.OffloadAttributes.Header.Size = NDIS_SIZEOF_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES_REVISION_1;
    attributes.OffloadAttributes.DefaultTcpConnectionOffloadConfiguration = &Adapter->Capabilities;
    attributes.OffloadAttributes.TcpConnectionOffloadHardwareCapabilities = &Adapter->Capabilities;
    return NdisMSetMiniportAttributes(Handle, &attributes);
}

static NDIS_STATUS GetOffloadHandlers(POT_ADAPTER Adapter, NDIS_HANDLE Handle)
{
    PNDIS_OFFLOAD_EVENT_HANDLERS handlers = NULL;
    NDIS_STATUS status = NdisMGetOffloadHandlers(Handle, NdisTcpChimneyOffload, &handlers);

    if (status != NDIS_STATUS_SUCCESS) {
        return status;
    }
    if (handlers->Header.Type != NdisTcpChimneyOffload || handlers->Header.Revision < NDIS_OBJECT_TCP_OFFLOAD_REVISION_1 ||
        handlers->Header.Size < sizeof(NDIS_TCP_OFFLOAD_EVENT_HANDLERS)) {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    Adapter->Offload = *(PNDIS_TCP_OFFLOAD_EVENT_HANDLERS)(PVOID)handlers;
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS CreatePool(POT_ADAPTER Adapter)
{
    NET_BUFFER_LIST_POOL_PARAMETERS parameters;

    NdisZeroMemory(&parameters, sizeof(parameters));
    parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    parameters.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    parameters.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    parameters.ProtocolId = NDIS_PROTOCOL_ID_DEFAULT;
    parameters.fAllocateNetBuffer = TRUE;
    parameters.PoolTag = OT_TAG_POOL;
    Adapter->ListPool = NdisAllocateNetBufferListPool(Adapter->MiniportHandle, &parameters);
    return Adapter->ListPool != NULL ? NDIS_STATUS_SUCCESS : NDIS_STATUS_RESOURCES;
}

static VOID FreeAdapter(POT_ADAPTER Adapter)
{
    OtDetachWire(Adapter);
    OtDeleteTasks(Adapter);
    OtClearFailures(Adapter);
    OtClearCompletionOrders(Adapter);
    while (!IsListEmpty(&Adapter->Objects)) { /* whose terminate failed and was not repeated */
        OtFreeObject(CONTAINING_RECORD(Adapter->Objects.Flink, OT_OBJECT, Link));
    }
    if (Adapter->ListPool != NULL) {
        NdisFreeNetBufferListPool(Adapter->ListPool);
    }
    NdisFreeSpinLock(&Adapter->Lock);
    NdisFreeMemory(Adapter, 0, 0);
}

static VOID DescribeAdapter(POT_ADAPTER Adapter, ULONG Number)
{
    static const UCHAR address[6] = { 0x02, 0x43, 0x4C, 0x00, 0x00, 0x00 }; /* locally administered */
    LARGE_INTEGER time;

    NdisGetCurrentSystemTime(&time);
    Adapter->WireSince = time.QuadPart;

    NdisMoveMemory(Adapter->MacAddress, address, sizeof(address));
    Adapter->MacAddress[5] = (UCHAR)Number;
    OtSetDefaults(Adapter);
    Adapter->Capabilities.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Adapter->Capabilities.Header.Revision = NDIS_TCP_CONNECTION_OFFLOAD_REVISION_1;
    Adapter->Capabilities.Header.Size = NDIS_SIZEOF_TCP_CONNECTION_OFFLOAD_REVISION_1;
    Adapter->Capabilities.Encapsulation = NDIS_ENCAPSULATION_IEEE_802_3;
    Adapter->Capabilities.SupportIPv4 = NDIS_OFFLOAD_SUPPORTED;
    Adapter->Capabilities.SupportIPv6 = NDIS_OFFLOAD_SUPPORTED;
    Adapter->Capabilities.SupportIPv6ExtensionHeaders = NDIS_OFFLOAD_NOT_SUPPORTED;
    Adapter->Capabilities.SupportSack = NDIS_OFFLOAD_SUPPORTED;
    Adapter->Capabilities.TcpConnectionOffloadCapacity = Adapter->Capacity.connections;
    Adapter->Parameters.TicksPerSecond = 1000;
    Adapter->Parameters.TcpPushTicks = 500;
}

NDIS_STATUS OtInitialize(NDIS_HANDLE NdisMiniportHandle, NDIS_HANDLE MiniportDriverContext,
                         PNDIS_MINIPORT_INIT_PARAMETERS MiniportInitParameters)
{
    POT_DRIVER driver = (POT_DRIVER)MiniportDriverContext;
    POT_ADAPTER adapter = OtAllocate(NdisMiniportHandle, sizeof(*adapter), OT_TAG_ADAPTER);
    NDIS_STATUS status;
    ULONG number = 1;
    PLIST_ENTRY link;

    UNREFERENCED_PARAMETER(MiniportInitParameters);
    if (adapter == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    adapter->Driver = driver;
    adapter->MiniportHandle = NdisMiniportHandle;
    NdisAllocateSpinLock(&adapter->Lock);
    InitializeListHead(&adapter->Objects);
    InitializeListHead(&adapter->Operations);
    InitializeListHead(&adapter->Tasks);
    InitializeListHead(&adapter->FreeTasks);
    InitializeListHead(&adapter->Failures);
    InitializeListHead(&adapter->CompletionOrders);
    InitializeListHead(&adapter->KeptFrames);
    for (link = driver->Adapters.Flink; link != &driver->Adapters; link = link->Flink) {
        number++;
    }
    DescribeAdapter(adapter, number);

    status = SetAttributes(adapter, NdisMiniportHandle);
    if (status == NDIS_STATUS_SUCCESS) {
        status = GetOffloadHandlers(adapter, NdisMiniportHandle);
    }
    if (status == NDIS_STATUS_SUCCESS) {
        status = CreatePool(adapter);
    }
    if (status == NDIS_STATUS_SUCCESS) {
        status = OtCreateFirstTasks(adapter);
    }
    if (status != NDIS_STATUS_SUCCESS) {
        FreeAdapter(adapter);
        return status;
    }
    NdisAcquireSpinLock(&driver->Lock);
    InsertTailList(&driver->Adapters, &adapter->Link);
    NdisReleaseSpinLock(&driver->Lock);
    return NDIS_STATUS_SUCCESS;
}

VOID OtHalt(NDIS_HANDLE MiniportAdapterContext, NDIS_HALT_ACTION HaltAction)
{
    POT_ADAPTER adapter = (POT_ADAPTER)MiniportAdapterContext;

    UNREFERENCED_PARAMETER(HaltAction);
    NdisAcquireSpinLock(&adapter->Driver->Lock);
    RemoveEntryList(&adapter->Link);
    NdisReleaseSpinLock(&adapter->Driver->Lock);
    FreeAdapter(adapter);
}

NDIS_STATUS OtRestart(NDIS_HANDLE MiniportAdapterContext, PNDIS_MINIPORT_RESTART_PARAMETERS MiniportRestartParameters)
{
    UNREFERENCED_PARAMETER(MiniportRestartParameters);
    ((POT_ADAPTER)MiniportAdapterContext)->Running = TRUE;
    return NDIS_STATUS_SUCCESS;
}

/* Lent lists must come home before the pause completes. */
NDIS_STATUS OtPause(NDIS_HANDLE MiniportAdapterContext, PNDIS_MINIPORT_PAUSE_PARAMETERS MiniportPauseParameters)
{
    POT_ADAPTER adapter = (POT_ADAPTER)MiniportAdapterContext;
    NDIS_STATUS status = NDIS_STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(MiniportPauseParameters);
    NdisAcquireSpinLock(&adapter->Lock);
    adapter->Running = FALSE;
    if (adapter->ReceivesLent > 0) {
        adapter->PausePending = TRUE;
        status = NDIS_STATUS_PENDING;
    }
    NdisReleaseSpinLock(&adapter->Lock);
    return status;
}

VOID OtLentListsReturned(POT_ADAPTER Adapter, ULONG Count)
{
    BOOLEAN paused = FALSE;

    NdisAcquireSpinLock(&Adapter->Lock);
    Adapter->ReceivesLent -= Count;
    if (Adapter->ReceivesLent == 0 && Adapter->PausePending) {
        Adapter->PausePending = FALSE;
        paused = TRUE;
    }
    NdisReleaseSpinLock(&Adapter->Lock);
    if (paused) {
        NdisMPauseComplete(Adapter->MiniportHandle);
    }
}

VOID OtShutdown(NDIS_HANDLE MiniportAdapterContext, NDIS_SHUTDOWN_ACTION ShutdownAction)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(ShutdownAction);
}

VOID OtDevicePnPEventNotify(NDIS_HANDLE MiniportAdapterContext, PNET_DEVICE_PNP_EVENT NetDevicePnPEvent)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(NetDevicePnPEvent);
}

/* ---- OID requests ---- */

/* What could still be lost. An object whose terminate has failed has nothing more to lose. */
static BOOLEAN HoldsAnything(POT_ADAPTER Adapter)
{
    PLIST_ENTRY link;

    for (link = Adapter->Objects.Flink; link != &Adapter->Objects; link = link->Flink) {
        if (CONTAINING_RECORD(link, OT_OBJECT, Link)->State != CHIMNEY_TARGET_OBJECT_FAILED) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Connections cannot live in an adapter that sleeps: the host has begun to terminate them, and the request waits (OT-121). */
static NDIS_STATUS SetPower(POT_ADAPTER Adapter, PNDIS_OID_REQUEST Request)
{
    NDIS_DEVICE_POWER_STATE state;

    NdisMoveMemory(&state, Request->DATA.SET_INFORMATION.InformationBuffer, sizeof(state));
    if (state == NdisDeviceStateD0 || !HoldsAnything(Adapter)) {
        return NDIS_STATUS_SUCCESS;
    }
    Adapter->PowerRequest = Request;
    return NDIS_STATUS_PENDING;
}

VOID OtPowerDownWhenIdle(POT_ADAPTER Adapter)
{
    PNDIS_OID_REQUEST request = Adapter->PowerRequest;

    if (request != NULL && !HoldsAnything(Adapter)) {
        Adapter->PowerRequest = NULL;
        NdisMOidRequestComplete(Adapter->MiniportHandle, request, NDIS_STATUS_SUCCESS);
    }
}

static VOID Switch(UCHAR Wanted, BOOLEAN Version6, POT_ADAPTER Adapter)
{
    ULONG support = Wanted == NDIS_OFFLOAD_PARAMETERS_CONNECTION_OFFLOAD_DISABLED ? NDIS_OFFLOAD_NOT_SUPPORTED : NDIS_OFFLOAD_SUPPORTED;

    if (Wanted == NDIS_OFFLOAD_PARAMETERS_NO_CHANGE) {
        return;
    }
    if (Version6) {
        Adapter->Capabilities.SupportIPv6 = support;
    } else {
        Adapter->Capabilities.SupportIPv4 = support;
    }
}

/* What the administrator has switched on or off. The outcome is told with NDIS_STATUS_OFFLOAD_RESUME, after the answer. */
static NDIS_STATUS SetOffload(POT_ADAPTER Adapter, const NDIS_OFFLOAD_PARAMETERS *Wanted)
{
    POT_TASK task = OtAllocateTask(Adapter, OtTaskStatus);

    if (task == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    Switch(Wanted->TcpConnectionIPv4, FALSE, Adapter);
    Switch(Wanted->TcpConnectionIPv6, TRUE, Adapter);
    task->Argument = (ULONG)NDIS_STATUS_OFFLOAD_RESUME;
    OtStartTask(task, &Adapter->Tasks, Adapter->Timing.indication_ns);
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS SetInformation(POT_ADAPTER Adapter, PNDIS_OID_REQUEST Request)
{
    PVOID buffer = Request->DATA.SET_INFORMATION.InformationBuffer;
    UINT length = Request->DATA.SET_INFORMATION.InformationBufferLength;
    UINT needed = 0;
    NDIS_STATUS status = NDIS_STATUS_SUCCESS;

    switch (Request->DATA.SET_INFORMATION.Oid) {
    case OID_TCP_CONNECTION_OFFLOAD_PARAMETERS:
        needed = NDIS_SIZEOF_TCP_CONNECTION_OFFLOAD_PARAMETERS_REVISION_1;
        if (length >= needed) {
            NdisMoveMemory(&Adapter->Parameters, buffer, needed);
        }
        break;
    case OID_GEN_CURRENT_PACKET_FILTER:
        needed = sizeof(ULONG);
        if (length >= needed) {
            NdisRetrieveUlong(&Adapter->PacketFilter, (PULONG)buffer);
        }
        break;
    case OID_TCP_OFFLOAD_PARAMETERS:
        needed = NDIS_SIZEOF_OFFLOAD_PARAMETERS_REVISION_1;
        if (length >= needed) {
            status = SetOffload(Adapter, (const NDIS_OFFLOAD_PARAMETERS *)buffer);
        }
        break;
    case OID_PNP_SET_POWER:
        needed = sizeof(NDIS_DEVICE_POWER_STATE);
        if (length >= needed) {
            status = SetPower(Adapter, Request);
        }
        break;
    case OID_GEN_CURRENT_LOOKAHEAD:
    case OID_802_3_MULTICAST_LIST:
        break; /* noted; there is no network to which it could make a difference */
    default:
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    if (length < needed) {
        Request->DATA.SET_INFORMATION.BytesNeeded = needed;
        return NDIS_STATUS_INVALID_LENGTH;
    }
    Request->DATA.SET_INFORMATION.BytesRead = needed > 0 ? needed : length;
    return status;
}

static NDIS_STATUS Answer(PNDIS_OID_REQUEST Request, const VOID *Information, UINT Length)
{
    if (Request->DATA.QUERY_INFORMATION.InformationBufferLength < Length) {
        Request->DATA.QUERY_INFORMATION.BytesNeeded = Length;
        return NDIS_STATUS_BUFFER_TOO_SHORT;
    }
    NdisMoveMemory(Request->DATA.QUERY_INFORMATION.InformationBuffer, Information, Length);
    Request->DATA.QUERY_INFORMATION.BytesWritten = Length;
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS QueryInformation(POT_ADAPTER Adapter, PNDIS_OID_REQUEST Request)
{
    static const ULONG maximumList = 32;

    switch (Request->DATA.QUERY_INFORMATION.Oid) {
    case OID_802_3_PERMANENT_ADDRESS:
    case OID_802_3_CURRENT_ADDRESS:
        return Answer(Request, Adapter->MacAddress, sizeof(Adapter->MacAddress));
    case OID_802_3_MAXIMUM_LIST_SIZE:
        return Answer(Request, &maximumList, sizeof(maximumList));
    case OID_GEN_CURRENT_PACKET_FILTER:
        return Answer(Request, &Adapter->PacketFilter, sizeof(Adapter->PacketFilter));
    case OID_PNP_QUERY_POWER:
        return NDIS_STATUS_SUCCESS;
    default:
        return NDIS_STATUS_NOT_SUPPORTED;
    }
}

NDIS_STATUS OtOidRequest(NDIS_HANDLE MiniportAdapterContext, PNDIS_OID_REQUEST OidRequest)
{
    POT_ADAPTER adapter = (POT_ADAPTER)MiniportAdapterContext;

    switch (OidRequest->RequestType) {
    case NdisRequestSetInformation:
        return SetInformation(adapter, OidRequest);
    case NdisRequestQueryInformation:
    case NdisRequestQueryStatistics:
        return QueryInformation(adapter, OidRequest);
    default:
        return NDIS_STATUS_NOT_SUPPORTED;
    }
}

VOID OtCancelOidRequest(NDIS_HANDLE MiniportAdapterContext, PVOID RequestId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(RequestId); /* every request is answered at once */
}

/* ---- ordinary packets ---- */

VOID OtSendNetBufferLists(NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST NetBufferList, NDIS_PORT_NUMBER PortNumber,
                          ULONG SendFlags)
{
    POT_ADAPTER adapter = (POT_ADAPTER)MiniportAdapterContext;
    PNET_BUFFER_LIST list;

    UNREFERENCED_PARAMETER(PortNumber);
    for (list = NetBufferList; list != NULL; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
        NET_BUFFER_LIST_STATUS(list) = adapter->Running ? NDIS_STATUS_SUCCESS : NDIS_STATUS_PAUSED;
        if (adapter->Running) {
            OtWireSendPacket(adapter, list);
        }
    }
    NdisMSendNetBufferListsComplete(adapter->MiniportHandle, NetBufferList,
                                    NDIS_TEST_SEND_AT_DISPATCH_LEVEL(SendFlags) ? NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL : 0);
}

VOID OtReturnNetBufferLists(NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST NetBufferLists, ULONG ReturnFlags)
{
    ULONG count = 0;

    UNREFERENCED_PARAMETER(ReturnFlags);
    while (NetBufferLists != NULL) {
        PNET_BUFFER_LIST next = NET_BUFFER_LIST_NEXT_NBL(NetBufferLists);
        OtFreeReceived(NetBufferLists);
        NetBufferLists = next;
        count++;
    }
    OtLentListsReturned((POT_ADAPTER)MiniportAdapterContext, count);
}

VOID OtCancelSend(NDIS_HANDLE MiniportAdapterContext, PVOID CancelId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(CancelId); /* every send is completed at once */
}
