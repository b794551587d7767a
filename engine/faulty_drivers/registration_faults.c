/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Mistakes in registration, initialisation and OID requests.
 */
#include "engine/faulty_drivers/faulty_driver.h"

NDIS_STATUS FaultyNdisSetOptionalHandlers(NDIS_HANDLE handle, PNDIS_DRIVER_OPTIONAL_HANDLERS table)
{
    const UCHAR type = table->Header.Type;
    const BOOLEAN provider_generic = type == NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS;
    const BOOLEAN provider_tcp = type == NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_CHARACTERISTICS;
    const BOOLEAN client_generic = type == NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS;
    const BOOLEAN client_tcp = type == NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_CHARACTERISTICS;

    if ((provider_generic && Is(NoProviderGenericTable)) || (provider_tcp && Is(NoProviderTcpTable)) ||
        (client_generic && Is(NoClientGenericTable)) || (client_tcp && Is(NoClientTcpTable)) ||
        ((client_generic || client_tcp) && Is(OneEdgeOnly))) {
        return NDIS_STATUS_SUCCESS;
    }
    if (provider_generic && Is(QueryHandlerMissing)) {
        ((NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS *)table)->QueryOffloadHandler = NULL;
    }
    if (client_tcp && Is(ForwardCompleteMissing)) {
        ((NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS *)table)->TcpOffloadForwardCompleteHandler = NULL;
    }
    if (client_tcp && Is(WrongOffloadType)) {
        ((NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS *)table)->OffloadType = NdisIpsecChimneyOffload;
    }
    if (provider_tcp && Is(TableTooShort)) {
        table->Header.Size = 8;
    }
    if (provider_tcp && Is(TableFlagsSet)) {
        ((NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS *)table)->Flags = 1;
    }
    if (client_tcp && Is(WrongTableType)) {
        table->Header.Type = NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_CHARACTERISTICS;
        (void)NdisSetOptionalHandlers(handle, table);
        return NDIS_STATUS_SUCCESS;
    }
    if (Is(WrongOffloadType) && client_tcp) {
        (void)NdisSetOptionalHandlers(handle, table);
        return NDIS_STATUS_SUCCESS;
    }
    return NdisSetOptionalHandlers(handle, table);
}

NDIS_STATUS FaultyNdisRegisterProtocolDriver(NDIS_HANDLE context, PNDIS_PROTOCOL_DRIVER_CHARACTERISTICS characteristics,
                                             PNDIS_HANDLE handle)
{
    NDIS_STATUS status = NdisRegisterProtocolDriver(context, characteristics, handle);

    if (status == NDIS_STATUS_SUCCESS && Is(ClientGenericTableLate)) {
        NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS generic;
        NdisZeroMemory(&generic, sizeof(generic));
        generic.Header.Type = NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS;
        generic.Header.Revision = 1;
        generic.Header.Size = sizeof(generic);
        generic.InitiateOffloadCompleteHandler = ImInitiateOffloadComplete;
        generic.TerminateOffloadCompleteHandler = ImTerminateOffloadComplete;
        generic.UpdateOffloadCompleteHandler = ImUpdateOffloadComplete;
        generic.InvalidateOffloadCompleteHandler = ImInvalidateOffloadComplete;
        generic.QueryOffloadCompleteHandler = ImQueryOffloadComplete;
        generic.IndicateOffloadEventHandler = ImIndicateOffloadEvent;
        status = NdisSetOptionalHandlers(*handle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&generic);
    }
    return status;
}

NDIS_STATUS FaultyNdisMGetOffloadHandlers(NDIS_HANDLE handle, NDIS_CHIMNEY_OFFLOAD_TYPE type, PNDIS_OFFLOAD_EVENT_HANDLERS *handlers)
{
    if (Is(HandlersAskedTwice)) {
        (void)NdisMGetOffloadHandlers(handle, type, handlers);
    }
    if (Is(IpsecHandlersAsked)) {
        PNDIS_OFFLOAD_EVENT_HANDLERS none = NULL;
        (void)NdisMGetOffloadHandlers(handle, NdisIpsecChimneyOffload, &none);
    }
    return NdisMGetOffloadHandlers(handle, type, handlers);
}

NDIS_STATUS FaultyNdisMSetMiniportAttributes(NDIS_HANDLE handle, PNDIS_MINIPORT_ADAPTER_ATTRIBUTES attributes)
{
    if (attributes->Header.Type == NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES && Is(EncapsulationLeftOut)) {
        attributes->OffloadAttributes.TcpConnectionOffloadHardwareCapabilities->Encapsulation = NDIS_ENCAPSULATION_NOT_SUPPORTED;
    }
    return NdisMSetMiniportAttributes(handle, attributes);
}

NDIS_STATUS FaultyNdisOidRequest(NDIS_HANDLE binding, PNDIS_OID_REQUEST request)
{
    if (Is(CapabilityRequestSwallowed) && request->DATA.SET_INFORMATION.Oid == OID_TCP_CONNECTION_OFFLOAD_PARAMETERS) {
        return NDIS_STATUS_SUCCESS;
    }
    return NdisOidRequest(binding, request);
}

VOID FaultyNdisMIndicateStatusEx(NDIS_HANDLE handle, PNDIS_STATUS_INDICATION indication)
{
    if (Is(PauseSwallowed) && indication->StatusCode == NDIS_STATUS_OFFLOAD_PAUSE) {
        return;
    }
    NdisMIndicateStatusEx(handle, indication);
    if (Is(ResumesTooSoon) && indication->StatusCode == NDIS_STATUS_OFFLOAD_PAUSE) {
        NDIS_STATUS_INDICATION own = *indication;
        own.StatusCode = NDIS_STATUS_UPLOAD_ALL;
        NdisMIndicateStatusEx(handle, &own);
        own.StatusCode = NDIS_STATUS_OFFLOAD_RESUME;
        NdisMIndicateStatusEx(handle, &own);
    }
}
