/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Adapters: open, capabilities, the parameters that switch connection offload on (HS-003), pause, restart, close.
 * A binding pauses only when nothing is offloaded on it and every received list has gone back (HS-060).
 */
#include "host_stack.h"

static VOID CopyName(char *Text, PNDIS_STRING Name)
{
    ULONG count = Name->Length / (ULONG)sizeof(WCHAR);
    ULONG i;

    for (i = 0; i < count && i + 1 < CHIMNEY_HOST_STACK_NAME_LENGTH; i++) {
        WCHAR c = Name->Buffer[i];
        Text[i] = (c >= 0x20 && c < 0x7F) ? (char)c : '?';
    }
    Text[i] = '\0';
}

PHS_BINDING HsFindBinding(PHS_DRIVER Driver, ULONG Number)
{
    PHS_BINDING found = NULL;
    PLIST_ENTRY link;

    NdisAcquireSpinLock(&Driver->Lock);
    for (link = Driver->Bindings.Flink; link != &Driver->Bindings; link = link->Flink) {
        PHS_BINDING binding = CONTAINING_RECORD(link, HS_BINDING, Link);
        if (binding->Number == Number) {
            found = binding;
        }
    }
    NdisReleaseSpinLock(&Driver->Lock);
    return found;
}

static NDIS_STATUS OpenAdapter(PHS_BINDING Binding, NDIS_HANDLE BindContext, PNDIS_BIND_PARAMETERS Parameters)
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

    NdisResetEvent(&Binding->Completed);
    status = NdisOpenAdapterEx(Binding->Driver->ProtocolHandle, Binding, &open, BindContext, &Binding->BindingHandle);
    if (status == NDIS_STATUS_PENDING) {
        NdisWaitEvent(&Binding->Completed, 0);
        status = Binding->CompletedStatus;
    }
    if (status != NDIS_STATUS_SUCCESS) {
        Binding->BindingHandle = NULL;
    }
    return status;
}

static NDIS_STATUS CreatePoolAndTimer(PHS_BINDING Binding)
{
    NET_BUFFER_LIST_POOL_PARAMETERS pool;
    NDIS_TIMER_CHARACTERISTICS timer;

    NdisZeroMemory(&pool, sizeof(pool));
    pool.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    pool.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    pool.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    pool.ProtocolId = NDIS_PROTOCOL_ID_TCP_IP;
    pool.fAllocateNetBuffer = TRUE;
    pool.PoolTag = HS_TAG_POOL;
    Binding->ListPool = NdisAllocateNetBufferListPool(Binding->Driver->ProtocolHandle, &pool);
    if (Binding->ListPool == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    NdisZeroMemory(&timer, sizeof(timer));
    timer.Header.Type = NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS;
    timer.Header.Revision = NDIS_TIMER_CHARACTERISTICS_REVISION_1;
    timer.Header.Size = NDIS_SIZEOF_TIMER_CHARACTERISTICS_REVISION_1;
    timer.AllocationTag = HS_TAG_BINDING;
    timer.TimerFunction = HsReturnTimer;
    timer.FunctionContext = Binding;
    return NdisAllocateTimerObject(Binding->Driver->ProtocolHandle, &timer, &Binding->ReturnTimer);
}

/* Says how the target shall run TCP, and by that allows offload. Without capabilities there is nothing to allow. */
static VOID EnableOffload(PHS_BINDING Binding)
{
    PNDIS_TCP_CONNECTION_OFFLOAD_PARAMETERS parameters = &Binding->Parameters;
    PNDIS_OID_REQUEST request = &Binding->Request;
    NDIS_STATUS status;

    if (!Binding->HasCapabilities) {
        return;
    }
    NdisZeroMemory(parameters, sizeof(*parameters));
    parameters->Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    parameters->Header.Revision = NDIS_TCP_CONNECTION_OFFLOAD_PARAMETERS_REVISION_1;
    parameters->Header.Size = NDIS_SIZEOF_TCP_CONNECTION_OFFLOAD_PARAMETERS_REVISION_1;
    parameters->Encapsulation.Header.Type = NDIS_OBJECT_TYPE_OFFLOAD_ENCAPSULATION;
    parameters->Encapsulation.Header.Revision = 1;
    parameters->Encapsulation.Header.Size = sizeof(parameters->Encapsulation);
    parameters->Encapsulation.IPv4.Enabled = 1;
    parameters->Encapsulation.IPv4.EncapsulationType = NDIS_ENCAPSULATION_IEEE_802_3;
    parameters->Encapsulation.IPv4.HeaderSize = 14;
    parameters->Encapsulation.IPv6.Enabled = 1;
    parameters->Encapsulation.IPv6.EncapsulationType = NDIS_ENCAPSULATION_IEEE_802_3;
    parameters->Encapsulation.IPv6.HeaderSize = 14;
    parameters->TicksPerSecond = 1000; /* HS-004 */
    parameters->TcpAckFrequency = 2;
    parameters->TcpDelayedAckTicks = 200;
    parameters->TcpMaximumRetransmissions = 5;
    parameters->TcpDoubtReachabilityRetransmissions = 3;
    parameters->TcpSwsPreventionTicks = 5000;
    parameters->TcpDuplicateAckThreshold = 3;
    parameters->TcpPushTicks = 500;
    parameters->NceStaleTicks = 30000;

    NdisZeroMemory(request, sizeof(*request));
    request->Header.Type = NDIS_OBJECT_TYPE_OID_REQUEST;
    request->Header.Revision = NDIS_OID_REQUEST_REVISION_1;
    request->Header.Size = NDIS_SIZEOF_OID_REQUEST_REVISION_1;
    request->RequestType = NdisRequestSetInformation;
    request->DATA.SET_INFORMATION.Oid = OID_TCP_CONNECTION_OFFLOAD_PARAMETERS;
    request->DATA.SET_INFORMATION.InformationBuffer = parameters;
    request->DATA.SET_INFORMATION.InformationBufferLength = parameters->Header.Size;

    NdisResetEvent(&Binding->Completed);
    status = NdisOidRequest(Binding->BindingHandle, request);
    if (status == NDIS_STATUS_PENDING) {
        NdisWaitEvent(&Binding->Completed, 0);
        status = Binding->CompletedStatus;
    }
    Binding->OffloadEnabled = (BOOLEAN)(status == NDIS_STATUS_SUCCESS);
}

static VOID DeleteBinding(PHS_BINDING Binding)
{
    if (Binding->BindingHandle != NULL) {
        HsReturnAllHeld(Binding);
        NdisResetEvent(&Binding->Completed);
        if (NdisCloseAdapterEx(Binding->BindingHandle) == NDIS_STATUS_PENDING) {
            NdisWaitEvent(&Binding->Completed, 0);
        }
    }
    if (Binding->ReturnTimer != NULL) {
        NdisFreeTimerObject(Binding->ReturnTimer);
    }
    if (Binding->ListPool != NULL) {
        NdisFreeNetBufferListPool(Binding->ListPool);
    }
    NdisFreeMemory(Binding, 0, 0);
}

NDIS_STATUS HsBindAdapter(NDIS_HANDLE ProtocolDriverContext, NDIS_HANDLE BindContext, PNDIS_BIND_PARAMETERS BindParameters)
{
    PHS_DRIVER driver = (PHS_DRIVER)ProtocolDriverContext;
    PHS_BINDING binding = HsAllocate(driver, sizeof(*binding), HS_TAG_BINDING);
    NDIS_STATUS status;

    if (binding == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    binding->Driver = driver;
    NdisInitializeEvent(&binding->Completed);
    NdisInitializeEvent(&binding->OperationFinished);
    CopyName(binding->Name, BindParameters->AdapterName);
    binding->ContextBackFillSize = BindParameters->ContextBackFillSize;
    NdisMoveMemory(binding->MacAddress, BindParameters->CurrentMacAddress, sizeof(binding->MacAddress));
    if (BindParameters->TcpConnectionOffloadCapabilities != NULL) {
        binding->HasCapabilities = TRUE;
        binding->Capabilities = *BindParameters->TcpConnectionOffloadCapabilities;
    }
    status = CreatePoolAndTimer(binding);
    if (status == NDIS_STATUS_SUCCESS) {
        status = OpenAdapter(binding, BindContext, BindParameters);
    }
    if (status != NDIS_STATUS_SUCCESS) {
        DeleteBinding(binding);
        return status;
    }
    EnableOffload(binding);

    NdisAcquireSpinLock(&driver->Lock);
    binding->Number = ++driver->LastBinding;
    InsertTailList(&driver->Bindings, &binding->Link);
    NdisReleaseSpinLock(&driver->Lock);
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS HsUnbindAdapter(NDIS_HANDLE UnbindContext, NDIS_HANDLE ProtocolBindingContext)
{
    PHS_BINDING binding = (PHS_BINDING)ProtocolBindingContext;

    UNREFERENCED_PARAMETER(UnbindContext);
    NdisAcquireSpinLock(&binding->Driver->Lock);
    RemoveEntryList(&binding->Link);
    NdisReleaseSpinLock(&binding->Driver->Lock);
    DeleteBinding(binding);
    return NDIS_STATUS_SUCCESS;
}

VOID HsOpenAdapterComplete(NDIS_HANDLE ProtocolBindingContext, NDIS_STATUS Status)
{
    PHS_BINDING binding = (PHS_BINDING)ProtocolBindingContext;

    binding->CompletedStatus = Status;
    NdisSetEvent(&binding->Completed);
}

VOID HsCloseAdapterComplete(NDIS_HANDLE ProtocolBindingContext)
{
    NdisSetEvent(&((PHS_BINDING)ProtocolBindingContext)->Completed);
}

/* An OID request that a client asked for, or that reads the capabilities, with its buffer. */
typedef struct _HS_CLIENT_REQUEST {
    NDIS_OID_REQUEST Request;
    union {
        ULONG Value;
        NDIS_OFFLOAD_PARAMETERS Switches;
        NDIS_TCP_CONNECTION_OFFLOAD_PARAMETERS Parameters;
        UCHAR Answer[512];
    } Buffer;
    BOOLEAN ForCapabilities;
} HS_CLIENT_REQUEST, *PHS_CLIENT_REQUEST;

static VOID FinishClientRequest(PHS_BINDING Binding, PHS_CLIENT_REQUEST Request, NDIS_STATUS Status)
{
    Binding->OidRequestsCompleted++;
    Binding->LastOidStatus = Status;
    NdisFreeMemory(Request, 0, 0);
}

static PHS_CLIENT_REQUEST AllocateRequest(PHS_DRIVER Driver)
{
    PHS_CLIENT_REQUEST request = HsAllocate(Driver, sizeof(*request), HS_TAG_BINDING);

    if (request != NULL) {
        request->Request.Header.Type = NDIS_OBJECT_TYPE_OID_REQUEST;
        request->Request.Header.Revision = NDIS_OID_REQUEST_REVISION_1;
        request->Request.Header.Size = NDIS_SIZEOF_OID_REQUEST_REVISION_1;
    }
    return request;
}

static VOID SetUpQuery(PHS_CLIENT_REQUEST Request, NDIS_OID Oid)
{
    Request->Request.RequestType = NdisRequestQueryInformation;
    Request->Request.DATA.QUERY_INFORMATION.Oid = Oid;
    Request->Request.DATA.QUERY_INFORMATION.InformationBuffer = &Request->Buffer;
    Request->Request.DATA.QUERY_INFORMATION.InformationBufferLength = sizeof(Request->Buffer);
}

/* ---- capabilities that did not come along with NDIS_STATUS_OFFLOAD_RESUME ---- */

static VOID TakeCapabilities(PHS_BINDING Binding, PHS_CLIENT_REQUEST Request, NDIS_STATUS Status)
{
    if (Status == NDIS_STATUS_SUCCESS &&
        Request->Request.DATA.QUERY_INFORMATION.BytesWritten >= NDIS_SIZEOF_TCP_CONNECTION_OFFLOAD_REVISION_1) {
        NdisMoveMemory(&Binding->Capabilities, &Request->Buffer, NDIS_SIZEOF_TCP_CONNECTION_OFFLOAD_REVISION_1);
        Binding->HasCapabilities = TRUE;
        Binding->OffloadPaused = FALSE;
    }
    NdisFreeMemory(Request, 0, 0);
}

/* Nothing is offloaded before the answer is there (HS-008); without one, not until the next resume. */
VOID HsReadCapabilities(PHS_BINDING Binding)
{
    PHS_CLIENT_REQUEST request = AllocateRequest(Binding->Driver);
    NDIS_STATUS status;

    Binding->OffloadPaused = TRUE;
    if (request == NULL) {
        return;
    }
    SetUpQuery(request, OID_TCP_CONNECTION_OFFLOAD_CURRENT_CONFIG);
    request->ForCapabilities = TRUE;
    status = NdisOidRequest(Binding->BindingHandle, &request->Request);
    if (status != NDIS_STATUS_PENDING) {
        TakeCapabilities(Binding, request, status);
    }
}

/* ---- of a client ---- */

/* The low byte of the value is TcpConnectionIPv4, the next one TcpConnectionIPv6. What uses a version of IP is taken back before
   the version is switched off (HS-007). */
static VOID SetUpSwitches(PHS_BINDING Binding, PHS_CLIENT_REQUEST Request, ULONG Value)
{
    PNDIS_OFFLOAD_PARAMETERS switches = &Request->Buffer.Switches;

    switches->Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    switches->Header.Revision = NDIS_OFFLOAD_PARAMETERS_REVISION_1;
    switches->Header.Size = NDIS_SIZEOF_OFFLOAD_PARAMETERS_REVISION_1;
    switches->TcpConnectionIPv4 = (UCHAR)Value;
    switches->TcpConnectionIPv6 = (UCHAR)(Value >> 8);
    Request->Request.DATA.SET_INFORMATION.InformationBufferLength = NDIS_SIZEOF_OFFLOAD_PARAMETERS_REVISION_1;
    if (switches->TcpConnectionIPv4 == NDIS_OFFLOAD_PARAMETERS_CONNECTION_OFFLOAD_DISABLED) {
        HsUploadIpVersion(Binding, 4);
    }
    if (switches->TcpConnectionIPv6 == NDIS_OFFLOAD_PARAMETERS_CONNECTION_OFFLOAD_DISABLED) {
        HsUploadIpVersion(Binding, 6);
    }
}

ULONG HsRequestOid(PHS_DRIVER Driver, const struct chimney_host_stack_oid_request *Command)
{
    PHS_BINDING binding = HsFindBinding(Driver, Command->binding);
    PHS_CLIENT_REQUEST request;
    NDIS_STATUS status;

    if (binding == NULL) {
        return CHIMNEY_HOST_STACK_NO_SUCH_BINDING;
    }
    request = AllocateRequest(Driver);
    if (request == NULL) {
        return CHIMNEY_HOST_STACK_NO_MEMORY;
    }
    if (Command->oid == OID_TCP_CONNECTION_OFFLOAD_PARAMETERS || Command->set != 0) {
        request->Request.RequestType = NdisRequestSetInformation;
        request->Request.DATA.SET_INFORMATION.Oid = Command->oid;
        request->Request.DATA.SET_INFORMATION.InformationBuffer = &request->Buffer;
        if (Command->oid == OID_TCP_CONNECTION_OFFLOAD_PARAMETERS) {
            request->Buffer.Parameters = binding->Parameters;
            request->Request.DATA.SET_INFORMATION.InformationBufferLength = binding->Parameters.Header.Size;
        } else if (Command->oid == OID_TCP_OFFLOAD_PARAMETERS) {
            SetUpSwitches(binding, request, Command->value);
        } else {
            request->Buffer.Value = Command->value;
            request->Request.DATA.SET_INFORMATION.InformationBufferLength = sizeof(ULONG);
        }
    } else {
        SetUpQuery(request, Command->oid);
    }
    status = NdisOidRequest(binding->BindingHandle, &request->Request);
    if (status != NDIS_STATUS_PENDING) {
        FinishClientRequest(binding, request, status);
    }
    return CHIMNEY_HOST_STACK_DONE;
}

VOID HsOidRequestComplete(NDIS_HANDLE ProtocolBindingContext, PNDIS_OID_REQUEST OidRequest, NDIS_STATUS Status)
{
    PHS_BINDING binding = (PHS_BINDING)ProtocolBindingContext;

    if (OidRequest != &binding->Request) {
        PHS_CLIENT_REQUEST request = CONTAINING_RECORD(OidRequest, HS_CLIENT_REQUEST, Request);
        if (request->ForCapabilities) {
            TakeCapabilities(binding, request, Status);
            return;
        }
        FinishClientRequest(binding, request, Status);
        return;
    }
    binding->CompletedStatus = Status;
    NdisSetEvent(&binding->Completed);
}

NDIS_STATUS HsNetPnPEvent(NDIS_HANDLE ProtocolBindingContext, PNET_PNP_EVENT_NOTIFICATION NetPnPEvent)
{
    PHS_BINDING binding = (PHS_BINDING)ProtocolBindingContext;

    if (binding == NULL) {
        return NDIS_STATUS_SUCCESS; /* about the driver as a whole */
    }
    switch (NetPnPEvent->NetPnPEvent.NetEvent) {
    case NetEventSetPower: /* the terminates are on their way before the adapter hears of it (HS-060) */
        binding->Asleep = (BOOLEAN)(*(NDIS_DEVICE_POWER_STATE *)NetPnPEvent->NetPnPEvent.Buffer != NdisDeviceStateD0);
        if (binding->Asleep) {
            HsBeginUploadAll(binding);
        }
        return NDIS_STATUS_SUCCESS;
    case NetEventRestart:
        binding->Running = TRUE;
        return NDIS_STATUS_SUCCESS;
    case NetEventPause:
        binding->Running = FALSE;
        HsUploadAll(binding);
        HsReturnAllHeld(binding);
        return NDIS_STATUS_SUCCESS;
    default:
        return NDIS_STATUS_SUCCESS;
    }
}

ULONG HsQueryBinding(PHS_DRIVER Driver, struct chimney_host_stack_binding *Command)
{
    PHS_BINDING binding = HsFindBinding(Driver, Command->number);
    PLIST_ENTRY link;

    if (binding == NULL) {
        return CHIMNEY_HOST_STACK_NO_SUCH_BINDING;
    }
    Command->count = 0;
    for (link = Driver->Bindings.Flink; link != &Driver->Bindings; link = link->Flink) {
        Command->count++;
    }
    Command->running = binding->Running;
    Command->offload_enabled = binding->OffloadEnabled;
    Command->offload_paused = binding->OffloadPaused;
    Command->connection_capacity = binding->HasCapabilities ? binding->Capabilities.TcpConnectionOffloadCapacity : 0;
    Command->supports_ipv4 = binding->HasCapabilities && binding->Capabilities.SupportIPv4 == NDIS_OFFLOAD_SUPPORTED;
    Command->supports_ipv6 = binding->HasCapabilities && binding->Capabilities.SupportIPv6 == NDIS_OFFLOAD_SUPPORTED;
    Command->supports_sack = binding->HasCapabilities && binding->Capabilities.SupportSack == NDIS_OFFLOAD_SUPPORTED;
    Command->objects_offloaded = HsOffloadedOnBinding(Driver, binding, CHIMNEY_OBJECT_NONE);
    Command->status_indications = binding->StatusIndications;
    Command->last_status = (ULONG)binding->LastStatus;
    if (Command->command.size >= sizeof(*Command)) { /* a client of version 1 does not know these */
        Command->oid_requests_completed = binding->OidRequestsCompleted;
        Command->last_oid_status = (ULONG)binding->LastOidStatus;
    }
    NdisMoveMemory(Command->adapter_name, binding->Name, sizeof(binding->Name));
    return CHIMNEY_HOST_STACK_DONE;
}
