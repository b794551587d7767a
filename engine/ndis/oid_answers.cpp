// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Queries that NDIS 6 answers itself from what the miniport registered, so that the miniport never sees them.
#include <cstring>
#include <span>

#include "engine/ndis/system.h"

namespace chimneylab::ndis {

namespace {

NDIS_STATUS give(NDIS_OID_REQUEST& request, const void* data, std::size_t size) {
    auto& query = request.DATA.QUERY_INFORMATION;
    if (query.InformationBufferLength < size || (size != 0 && query.InformationBuffer == nullptr)) {
        query.BytesWritten = 0;
        query.BytesNeeded = static_cast<UINT>(size);
        return NDIS_STATUS_BUFFER_TOO_SHORT;
    }
    if (size != 0) std::memcpy(query.InformationBuffer, data, size);
    query.BytesWritten = static_cast<UINT>(size);
    query.BytesNeeded = 0;
    return NDIS_STATUS_SUCCESS;
}

template <typename Value>
NDIS_STATUS give(NDIS_OID_REQUEST& request, const Value& value) {
    return give(request, &value, sizeof(value));
}

template <typename Structure>
std::optional<NDIS_STATUS> give_if_known(NDIS_OID_REQUEST& request, const std::optional<Structure>& structure) {
    if (!structure) return std::nullopt;
    return give(request, &*structure, std::min<std::size_t>(structure->Header.Size, sizeof(Structure)));
}

}  // namespace

std::optional<NDIS_STATUS> System::answer(Adapter& adapter, NDIS_OID_REQUEST& request) {
    const AdapterAttributes& attributes = adapter.attributes;
    const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES& general = attributes.general;
    constexpr ULONG64 bits_per_speed_unit = 100;
    switch (request.DATA.QUERY_INFORMATION.Oid) {
        case OID_GEN_SUPPORTED_LIST:
            return give(request, attributes.supported_oids.data(), attributes.supported_oids.size() * sizeof(NDIS_OID));
        case OID_GEN_MEDIA_SUPPORTED:
        case OID_GEN_MEDIA_IN_USE: return give(request, general.MediaType);
        case OID_GEN_PHYSICAL_MEDIUM: return give(request, general.PhysicalMediumType);
        case OID_GEN_MAXIMUM_FRAME_SIZE: return give(request, general.MtuSize);
        case OID_GEN_MAXIMUM_LOOKAHEAD: return give(request, general.LookaheadSize);
        case OID_GEN_CURRENT_LOOKAHEAD: return give(request, attributes.current_lookahead);
        case OID_GEN_CURRENT_PACKET_FILTER: return give(request, attributes.current_packet_filter);
        case OID_GEN_MAC_OPTIONS: return give(request, general.MacOptions);
        case OID_GEN_LINK_SPEED: return give(request, static_cast<ULONG>(general.XmitLinkSpeed / bits_per_speed_unit));
        case OID_GEN_LINK_SPEED_EX: return give(request, NDIS_LINK_SPEED{general.XmitLinkSpeed, general.RcvLinkSpeed});
        case OID_GEN_MAX_LINK_SPEED: return give(request, NDIS_LINK_SPEED{general.MaxXmitLinkSpeed, general.MaxRcvLinkSpeed});
        case OID_GEN_MEDIA_CONNECT_STATUS:  // the old enumeration: 0 connected, 1 disconnected
            return give(request, static_cast<ULONG>(general.MediaConnectState == MediaConnectStateConnected ? 0 : 1));
        case OID_GEN_MEDIA_CONNECT_STATUS_EX: return give(request, general.MediaConnectState);
        case OID_GEN_MEDIA_DUPLEX_STATE: return give(request, general.MediaDuplexState);
        case OID_GEN_LINK_STATE: {
            NDIS_LINK_STATE state{};
            state.Header = {NDIS_OBJECT_TYPE_DEFAULT, 1, NDIS_SIZEOF_LINK_STATE_REVISION_1};
            state.MediaConnectState = general.MediaConnectState;
            state.MediaDuplexState = general.MediaDuplexState;
            state.XmitLinkSpeed = general.XmitLinkSpeed;
            state.RcvLinkSpeed = general.RcvLinkSpeed;
            state.PauseFunctions = static_cast<NDIS_SUPPORTED_PAUSE_FUNCTIONS>(general.SupportedPauseFunctions);
            state.AutoNegotiationFlags = general.AutoNegotiationFlags;
            return give(request, state);
        }
        case OID_802_3_PERMANENT_ADDRESS: return give(request, general.PermanentMacAddress, general.MacAddressLength);
        case OID_802_3_CURRENT_ADDRESS: return give(request, general.CurrentMacAddress, general.MacAddressLength);
        case OID_802_3_MAXIMUM_LIST_SIZE: return give(request, general.MaxMulticastListSize);
        case OID_TCP_OFFLOAD_CURRENT_CONFIG: return give_if_known(request, attributes.default_offload);
        case OID_TCP_OFFLOAD_HARDWARE_CAPABILITIES: return give_if_known(request, attributes.hardware_offload);
        case OID_TCP_CONNECTION_OFFLOAD_CURRENT_CONFIG: return give_if_known(request, attributes.default_connection_offload);
        case OID_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES: return give_if_known(request, attributes.hardware_connection_offload);
        default: return std::nullopt;
    }
}

void System::note_successful_set(Adapter& adapter, const NDIS_OID_REQUEST& request) {
    if (request.RequestType != NdisRequestSetInformation) return;
    const auto& set = request.DATA.SET_INFORMATION;
    if (set.InformationBuffer == nullptr || set.InformationBufferLength < sizeof(ULONG)) return;
    if (set.Oid == OID_GEN_CURRENT_PACKET_FILTER) std::memcpy(&adapter.attributes.current_packet_filter, set.InformationBuffer, sizeof(ULONG));
    if (set.Oid == OID_GEN_CURRENT_LOOKAHEAD) std::memcpy(&adapter.attributes.current_lookahead, set.InformationBuffer, sizeof(ULONG));
}

}  // namespace chimneylab::ndis
