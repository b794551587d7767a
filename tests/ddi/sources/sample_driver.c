/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * An intermediate driver in the manner of its time: old and new annotations, role types, section pragmas,
 * both edges, a private device. It is compiled, never run: that it compiles unchanged is the test.
 */
#include <ndis.h>
#include <ndischimney.h>
#include <ntstrsafe.h>

#pragma warning(disable : 4201)
#pragma warning(push)
#pragma prefast(disable : 28167, "the level is restored by the caller")
#pragma comment(lib, "ndis.lib")

#define SAMPLE_TAG 'plmS'
#define IOCTL_SAMPLE_STATISTICS CTL_CODE(FILE_DEVICE_NETWORK, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _SAMPLE_ADAPTER {
    LIST_ENTRY Link;
    NDIS_HANDLE BindingHandle;
    NDIS_HANDLE MiniportHandle;
    NDIS_SPIN_LOCK Lock;
    NDIS_EVENT Closed;
    NDIS_MEDIUM Medium;
    UINT MediumIndex;
    NDIS_TCP_OFFLOAD_EVENT_HANDLERS Chimney;
    NPAGED_LOOKASIDE_LIST CallEntries;
    NDIS_DEVICE_POWER_STATE PowerState;
    __field_ecount(NameLength) PWSTR Name;
    USHORT NameLength;
} SAMPLE_ADAPTER, *PSAMPLE_ADAPTER;

typedef struct _SAMPLE_CALL_ENTRY {
    PSAMPLE_ADAPTER Adapter;
    PVOID ImReserved;
    PVOID SourceHandle;
} SAMPLE_CALL_ENTRY, *PSAMPLE_CALL_ENTRY;

NDIS_DECLARE_MINIPORT_ADAPTER_CONTEXT(SAMPLE_ADAPTER)
NDIS_DECLARE_PROTOCOL_OPEN_CONTEXT(SAMPLE_ADAPTER)

DRIVER_INITIALIZE DriverEntry;
static MINIPORT_UNLOAD SampleUnload;
static MINIPORT_SET_OPTIONS SampleMiniportOptions;
static PROTOCOL_SET_OPTIONS SampleProtocolOptions;
static MINIPORT_INITIALIZE SampleInitialize;
static MINIPORT_HALT SampleHalt;
static MINIPORT_PAUSE SamplePause;
static MINIPORT_RESTART SampleRestart;
static MINIPORT_OID_REQUEST SampleOidRequest;
static MINIPORT_SEND_NET_BUFFER_LISTS SampleSend;
static MINIPORT_RETURN_NET_BUFFER_LISTS SampleReturn;
static MINIPORT_INITIATE_OFFLOAD SampleInitiateOffload;
static PROTOCOL_BIND_ADAPTER_EX SampleBind;
static PROTOCOL_OPEN_ADAPTER_COMPLETE_EX SampleOpenComplete;
static PROTOCOL_STATUS_EX SampleStatus;
static PROTOCOL_RECEIVE_NET_BUFFER_LISTS SampleReceive;
static PROTOCOL_INITIATE_OFFLOAD_COMPLETE SampleInitiateOffloadComplete;
static DRIVER_DISPATCH SampleDispatch;
static NDIS_IO_WORKITEM_FUNCTION SampleWork;
static NDIS_TIMER_FUNCTION SampleTimer;

#pragma NDIS_INIT_FUNCTION(DriverEntry)
#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#endif
#pragma NDIS_PAGEABLE_FUNCTION(SampleInitialize)

DECLSPEC_ALIGN(16) static unsigned __int64 OffloadedObjects;
static __declspec(noinline) VOID SampleCount(VOID);
static NDIS_HANDLE MiniportDriver;
static NDIS_HANDLE ProtocolDriver;
static const NDIS_OID SupportedOids[] = { OID_GEN_SUPPORTED_LIST, OID_GEN_CURRENT_PACKET_FILTER,
                                          OID_802_3_CURRENT_ADDRESS, OID_TCP_CONNECTION_OFFLOAD_PARAMETERS };

_Use_decl_annotations_
NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS miniport;
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS protocol;
    NDIS_STRING name = NDIS_STRING_CONST("SAMPLE");
    NDIS_STATUS status;

    NdisZeroMemory(&miniport, sizeof(miniport));
    miniport.Header.Type = NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS;
    miniport.Header.Revision = NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1;
    miniport.Header.Size = NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1;
    miniport.MajorNdisVersion = NDIS_MINIPORT_MAJOR_VERSION;
    miniport.MinorNdisVersion = NDIS_MINIPORT_MINOR_VERSION;
    miniport.Flags = NDIS_INTERMEDIATE_DRIVER;
    miniport.SetOptionsHandler = SampleMiniportOptions;
    miniport.InitializeHandlerEx = SampleInitialize;
    miniport.HaltHandlerEx = SampleHalt;
    miniport.UnloadHandler = SampleUnload;
    miniport.PauseHandler = SamplePause;
    miniport.RestartHandler = SampleRestart;
    miniport.OidRequestHandler = SampleOidRequest;
    miniport.SendNetBufferListsHandler = SampleSend;
    miniport.ReturnNetBufferListsHandler = SampleReturn;
    status = NdisMRegisterMiniportDriver(DriverObject, RegistryPath, NULL, &miniport, &MiniportDriver);
    if (status != NDIS_STATUS_SUCCESS) {
        return (NTSTATUS)status;
    }

    NdisZeroMemory(&protocol, sizeof(protocol));
    protocol.Header.Type = NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS;
    protocol.Header.Revision = NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1;
    protocol.Header.Size = NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1;
    protocol.MajorNdisVersion = NDIS_PROTOCOL_MAJOR_VERSION;
    protocol.Name = name;
    protocol.SetOptionsHandler = SampleProtocolOptions;
    protocol.BindAdapterHandlerEx = SampleBind;
    protocol.OpenAdapterCompleteHandlerEx = SampleOpenComplete;
    protocol.StatusHandlerEx = SampleStatus;
    protocol.ReceiveNetBufferListsHandler = SampleReceive;
    status = NdisRegisterProtocolDriver(NULL, &protocol, &ProtocolDriver);
    if (status != NDIS_STATUS_SUCCESS) {
        NdisMDeregisterMiniportDriver(MiniportDriver);
        return (NTSTATUS)status;
    }
    NdisIMAssociateMiniport(MiniportDriver, ProtocolDriver);
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = SampleDispatch;
    return STATUS_SUCCESS;
}

static VOID SampleUnload(IN PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    PAGED_CODE();
    NdisDeregisterProtocolDriver(ProtocolDriver);
    NdisMDeregisterMiniportDriver(MiniportDriver);
}

static NDIS_STATUS SampleMiniportOptions(__in NDIS_HANDLE NdisDriverHandle, __in NDIS_HANDLE DriverContext)
{
    NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS generic;

    UNREFERENCED_PARAMETER(DriverContext);
    RtlZeroMemory(&generic, sizeof(generic));
    generic.Header.Type = NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS;
    generic.Header.Revision = 1;
    generic.Header.Size = sizeof(generic);
    generic.InitiateOffloadHandler = SampleInitiateOffload;
    return NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&generic);
}

static NDIS_STATUS SampleProtocolOptions(_In_ NDIS_HANDLE NdisDriverHandle, _In_ NDIS_HANDLE DriverContext)
{
    NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS generic;

    UNREFERENCED_PARAMETER(DriverContext);
    RtlZeroMemory(&generic, sizeof(generic));
    generic.Header.Type = NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS;
    generic.Header.Revision = NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS_REVISION_1;
    generic.Header.Size = sizeof(generic);
    generic.InitiateOffloadCompleteHandler = SampleInitiateOffloadComplete;
    return NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&generic);
}

__drv_requiresIRQL(PASSIVE_LEVEL)
static NDIS_STATUS SampleInitialize(NDIS_HANDLE NdisMiniportHandle, NDIS_HANDLE MiniportDriverContext,
                                    PNDIS_MINIPORT_INIT_PARAMETERS MiniportInitParameters)
{
    PSAMPLE_ADAPTER adapter = (PSAMPLE_ADAPTER)MiniportInitParameters->IMDeviceInstanceContext;
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES attributes;
    PNDIS_OFFLOAD_EVENT_HANDLERS handlers = NULL;
    NDIS_STATUS status;

    UNREFERENCED_PARAMETER(MiniportDriverContext);
    NdisZeroMemory(&attributes, sizeof(attributes));
    attributes.RegistrationAttributes.Header.Type = NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES;
    attributes.RegistrationAttributes.MiniportAdapterContext = (NDIS_HANDLE)adapter;
    attributes.RegistrationAttributes.AttributeFlags =
        NDIS_MINIPORT_ATTRIBUTES_NO_HALT_ON_SUSPEND | NDIS_MINIPORT_ATTRIBUTES_SURPRISE_REMOVE_OK;
    attributes.RegistrationAttributes.InterfaceType = NdisInterfaceInternal;
    status = NdisMSetMiniportAttributes(NdisMiniportHandle, &attributes);
    if (status != NDIS_STATUS_SUCCESS) {
        return status;
    }
    NdisZeroMemory(&attributes, sizeof(attributes));
    attributes.GeneralAttributes.Header.Type = NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES;
    attributes.GeneralAttributes.MediaType = adapter->Medium;
    attributes.GeneralAttributes.SupportedOidList = (PNDIS_OID)(ULONG_PTR)SupportedOids;
    attributes.GeneralAttributes.SupportedOidListLength = sizeof(SupportedOids);
    ETH_COPY_NETWORK_ADDRESS(attributes.GeneralAttributes.CurrentMacAddress, "\x02\x00\x00\x00\x00\x01");
    status = NdisMSetMiniportAttributes(NdisMiniportHandle, &attributes);
    if (status == NDIS_STATUS_SUCCESS &&
        NdisMGetOffloadHandlers(NdisMiniportHandle, NdisTcpChimneyOffload, &handlers) == NDIS_STATUS_SUCCESS &&
        handlers->Header.Revision == NDIS_OBJECT_TCP_OFFLOAD_REVISION_1) {
        adapter->Chimney = *(PNDIS_TCP_OFFLOAD_EVENT_HANDLERS)handlers;
    }
    adapter->MiniportHandle = NdisMiniportHandle;
    return status;
}

static VOID SampleHalt(NDIS_HANDLE MiniportAdapterContext, NDIS_HALT_ACTION HaltAction)
{
    PSAMPLE_ADAPTER adapter = (PSAMPLE_ADAPTER)MiniportAdapterContext;
    if (HaltAction == NdisHaltDeviceInstanceDeInitialized) {
        adapter->MiniportHandle = NULL;
    }
}

static NDIS_STATUS SamplePause(NDIS_HANDLE MiniportAdapterContext,
                               PNDIS_MINIPORT_PAUSE_PARAMETERS MiniportPauseParameters)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    return (MiniportPauseParameters->PauseReason & NDIS_PAUSE_LOW_POWER) ? NDIS_STATUS_PENDING : NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS SampleRestart(NDIS_HANDLE MiniportAdapterContext,
                                 PNDIS_MINIPORT_RESTART_PARAMETERS MiniportRestartParameters)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(MiniportRestartParameters);
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS SampleOidRequest(NDIS_HANDLE MiniportAdapterContext, PNDIS_OID_REQUEST OidRequest)
{
    PSAMPLE_ADAPTER adapter = (PSAMPLE_ADAPTER)MiniportAdapterContext;
    switch (OidRequest->RequestType) {
    case NdisRequestSetInformation:
        return NdisOidRequest(adapter->BindingHandle, OidRequest);
    case NdisRequestQueryInformation:
        OidRequest->DATA.QUERY_INFORMATION.BytesWritten = 0;
        return NDIS_STATUS_SUCCESS;
    default:
        return NDIS_STATUS_NOT_SUPPORTED;
    }
}

static VOID SampleSend(NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST NetBufferList, NDIS_PORT_NUMBER PortNumber,
                       ULONG SendFlags)
{
    PSAMPLE_ADAPTER adapter = (PSAMPLE_ADAPTER)MiniportAdapterContext;
    PNET_BUFFER_LIST current;

    for (current = NetBufferList; current != NULL; current = NET_BUFFER_LIST_NEXT_NBL(current)) {
        PMDL mdl = NET_BUFFER_CURRENT_MDL(NET_BUFFER_LIST_FIRST_NB(current));
        PVOID address = NULL;
        UINT length = 0;
        NdisQueryMdl(mdl, &address, &length, NormalPagePriority);
        if (address == NULL) {
            NET_BUFFER_LIST_STATUS(current) = NDIS_STATUS_RESOURCES;
        }
    }
    if (NDIS_TEST_SEND_AT_DISPATCH_LEVEL(SendFlags) == TRUE) {
        NdisDprAcquireSpinLock(&adapter->Lock);
        NdisDprReleaseSpinLock(&adapter->Lock);
    }
    NdisSendNetBufferLists(adapter->BindingHandle, NetBufferList, PortNumber, SendFlags);
}

static VOID SampleReturn(NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST NetBufferLists, ULONG ReturnFlags)
{
    NdisReturnNetBufferLists(((PSAMPLE_ADAPTER)MiniportAdapterContext)->BindingHandle, NetBufferLists, ReturnFlags);
}

static VOID SampleReceive(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST NetBufferLists,
                          NDIS_PORT_NUMBER PortNumber, ULONG NumberOfNetBufferLists, ULONG ReceiveFlags)
{
    PSAMPLE_ADAPTER adapter = (PSAMPLE_ADAPTER)ProtocolBindingContext;
    NdisMIndicateReceiveNetBufferLists(adapter->MiniportHandle, NetBufferLists, PortNumber, NumberOfNetBufferLists,
                                       ReceiveFlags);
}

static NDIS_STATUS SampleBind(_In_ NDIS_HANDLE ProtocolDriverContext, _In_ NDIS_HANDLE BindContext,
                              _In_ PNDIS_BIND_PARAMETERS BindParameters)
{
    NDIS_OPEN_PARAMETERS open;
    NDIS_MEDIUM media[] = { NdisMedium802_3 };
    PSAMPLE_ADAPTER adapter;

    UNREFERENCED_PARAMETER(ProtocolDriverContext);
    adapter = (PSAMPLE_ADAPTER)NdisAllocateMemoryWithTagPriority(ProtocolDriver, sizeof(*adapter), SAMPLE_TAG,
                                                                 NormalPoolPriority);
    if (adapter == NULL) {
        NdisWriteErrorLogEntry(ProtocolDriver, NDIS_ERROR_CODE_OUT_OF_RESOURCES, 1, (ULONG)sizeof(*adapter));
        return NDIS_STATUS_RESOURCES;
    }
    NdisZeroMemory(adapter, sizeof(*adapter));
    NdisAllocateSpinLock(&adapter->Lock);
    NdisInitializeEvent(&adapter->Closed);
    NdisInitializeNPagedLookasideList(&adapter->CallEntries, NULL, NULL, 0, sizeof(SAMPLE_CALL_ENTRY), SAMPLE_TAG, 0);
    NdisZeroMemory(&open, sizeof(open));
    open.Header.Type = NDIS_OBJECT_TYPE_OPEN_PARAMETERS;
    open.Header.Revision = NDIS_OPEN_PARAMETERS_REVISION_1;
    open.Header.Size = NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1;
    open.AdapterName = BindParameters->AdapterName;
    open.MediumArray = media;
    open.MediumArraySize = ARRAYSIZE(media);
    open.SelectedMediumIndex = &adapter->MediumIndex;
    return NdisOpenAdapterEx(ProtocolDriver, adapter, &open, BindContext, &adapter->BindingHandle);
}

static VOID SampleOpenComplete(NDIS_HANDLE ProtocolBindingContext, NDIS_STATUS Status)
{
    if (!NT_SUCCESS(Status)) {
        DbgPrint("open failed: %08lx\n", (ULONG)Status);
    }
    NdisSetEvent(&((PSAMPLE_ADAPTER)ProtocolBindingContext)->Closed);
}

static VOID SampleStatus(NDIS_HANDLE ProtocolBindingContext, PNDIS_STATUS_INDICATION StatusIndication)
{
    if (StatusIndication->StatusCode == NDIS_STATUS_LINK_STATE) {
        NdisMIndicateStatusEx(((PSAMPLE_ADAPTER)ProtocolBindingContext)->MiniportHandle, StatusIndication);
    }
}

static __declspec(noinline) VOID SampleCount(VOID)
{
    OffloadedObjects++;
}

static VOID SampleInitiateOffload(NDIS_HANDLE MiniportAdapterContext,
                                  PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST OffloadBlockList)
{
    PSAMPLE_ADAPTER adapter = (PSAMPLE_ADAPTER)MiniportAdapterContext;
    PSAMPLE_CALL_ENTRY entry = (PSAMPLE_CALL_ENTRY)NdisAllocateFromNPagedLookasideList(&adapter->CallEntries);

    if (entry == NULL) {
        OffloadBlockList->Status = NDIS_STATUS_RESOURCES;
        NdisMInitiateOffloadComplete(adapter->MiniportHandle, OffloadBlockList);
        return;
    }
    SampleCount();
    entry->Adapter = adapter;
    entry->ImReserved = OffloadBlockList->ImReserved[0];
    entry->SourceHandle = OffloadBlockList->SourceHandle;
    OffloadBlockList->ImReserved[0] = entry;
    NdisInitiateOffload(adapter->BindingHandle, (PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST)OffloadBlockList);
}

static VOID SampleInitiateOffloadComplete(NDIS_HANDLE ProtocolBindingContext,
                                          PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST OffloadBlockList)
{
    PSAMPLE_CALL_ENTRY entry = (PSAMPLE_CALL_ENTRY)OffloadBlockList->ImReserved[0];
    PSAMPLE_ADAPTER adapter = entry->Adapter;

    NT_ASSERT(adapter == (PSAMPLE_ADAPTER)ProtocolBindingContext);
    OffloadBlockList->ImReserved[0] = entry->ImReserved;
    OffloadBlockList->SourceHandle = entry->SourceHandle;
    NdisFreeToNPagedLookasideList(&adapter->CallEntries, entry);
    NdisMInitiateOffloadComplete(adapter->MiniportHandle, (PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST)OffloadBlockList);
}

__drv_dispatchType(IRP_MJ_DEVICE_CONTROL)
static NTSTATUS SampleDispatch(__in PDEVICE_OBJECT DeviceObject, __inout PIRP Irp)
{
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    NDIS_HANDLE work;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (location->Parameters.DeviceIoControl.IoControlCode == IOCTL_SAMPLE_STATISTICS) {
        WCHAR text[16];
        work = NdisAllocateIoWorkItem(MiniportDriver);
        if (work != NULL) {
            NdisQueueIoWorkItem(work, SampleWork, NULL);
        }
        status = RtlStringCbCopyW(text, sizeof(text), L"statistics");
    }
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static VOID SampleWork(PVOID WorkItemContext, NDIS_HANDLE NdisIoWorkItemHandle)
{
    NDIS_TIMER_CHARACTERISTICS timer;
    NDIS_HANDLE handle;
    LARGE_INTEGER due;

    UNREFERENCED_PARAMETER(WorkItemContext);
    NdisZeroMemory(&timer, sizeof(timer));
    timer.Header.Type = NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS;
    timer.Header.Revision = NDIS_TIMER_CHARACTERISTICS_REVISION_1;
    timer.Header.Size = sizeof(timer);
    timer.AllocationTag = SAMPLE_TAG;
    timer.TimerFunction = SampleTimer;
    due.QuadPart = -10000LL;
    if (NdisAllocateTimerObject(MiniportDriver, &timer, &handle) == NDIS_STATUS_SUCCESS) {
        NdisSetTimerObject(handle, due, 0, NULL);
    }
    NdisFreeIoWorkItem(NdisIoWorkItemHandle);
}

static VOID SampleTimer(PVOID SystemSpecific1, PVOID FunctionContext, PVOID SystemSpecific2, PVOID SystemSpecific3)
{
    UNREFERENCED_PARAMETER(SystemSpecific1);
    UNREFERENCED_PARAMETER(FunctionContext);
    UNREFERENCED_PARAMETER(SystemSpecific2);
    UNREFERENCED_PARAMETER(SystemSpecific3);
}
