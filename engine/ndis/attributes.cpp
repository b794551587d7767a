// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// NdisMSetMiniportAttributes: registration attributes first, then general, then others; inside MiniportInitializeEx only.
// Everything a structure points to is copied.
#include <algorithm>
#include <cstring>

#include "engine/ndis/driver_call.h"
#include "engine/ndis/system.h"

namespace chimneylab::ndis {

namespace {

template <typename Structure>
Structure copy_of(const Structure& given) {
    Structure copy{};
    std::memcpy(&copy, &given, std::min<std::size_t>(given.Header.Size, sizeof(copy)));
    return copy;
}

template <typename Structure>
void keep(std::optional<Structure>& place, const Structure* given) {
    if (given) place = copy_of(*given);
}

}  // namespace

NDIS_STATUS System::set_attributes(Adapter& adapter, const NDIS_MINIPORT_ADAPTER_ATTRIBUTES* given) {
    if (given == nullptr) return NDIS_STATUS_FAILURE;
    AdapterAttributes& attributes = adapter.attributes;
    if (adapter.state != AdapterState::initializing) {
        machine_.strict_finding("NdisMSetMiniportAttributes for " + adapter.name + " outside MiniportInitializeEx");
        return NDIS_STATUS_FAILURE;
    }
    switch (given->Header.Type) {
        case NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES: {
            if (given->Header.Size < NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1) return NDIS_STATUS_INVALID_PARAMETER;
            const auto& registration = given->RegistrationAttributes;
            adapter.context = registration.MiniportAdapterContext;
            attributes.flags = registration.AttributeFlags;
            attributes.check_for_hang_seconds = registration.CheckForHangTimeInSeconds;
            attributes.registration_set = true;
            return NDIS_STATUS_SUCCESS;
        }
        case NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES: {
            if (!attributes.registration_set) {
                machine_.strict_finding(adapter.name + " sets its general attributes before its registration attributes");
                return NDIS_STATUS_FAILURE;
            }
            if (given->Header.Size < NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1) return NDIS_STATUS_INVALID_PARAMETER;
            NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES general = copy_of(given->GeneralAttributes);
            if (general.SupportedOidList)
                attributes.supported_oids.assign(general.SupportedOidList, general.SupportedOidList + general.SupportedOidListLength / sizeof(NDIS_OID));
            if (general.PowerManagementCapabilities) attributes.power = *general.PowerManagementCapabilities;
            keep(attributes.receive_scale, general.RecvScaleCapabilities);
            general.SupportedOidList = nullptr;
            general.PowerManagementCapabilities = nullptr;
            general.RecvScaleCapabilities = nullptr;
            general.PowerManagementCapabilitiesEx = nullptr;
            attributes.general = general;
            attributes.current_lookahead = general.LookaheadSize;
            attributes.general_set = true;
            return NDIS_STATUS_SUCCESS;
        }
        case NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES: {
            if (!attributes.general_set) {
                machine_.strict_finding(adapter.name + " sets its offload attributes before its general attributes");
                return NDIS_STATUS_FAILURE;
            }
            const auto& offload = given->OffloadAttributes;
            keep(attributes.default_offload, offload.DefaultOffloadConfiguration);
            keep(attributes.hardware_offload, offload.HardwareOffloadCapabilities);
            keep(attributes.default_connection_offload, offload.DefaultTcpConnectionOffloadConfiguration);
            keep(attributes.hardware_connection_offload, offload.TcpConnectionOffloadHardwareCapabilities);
            attributes.offload_set = true;
            return NDIS_STATUS_SUCCESS;
        }
        case NDIS_OBJECT_TYPE_MINIPORT_ADD_DEVICE_REGISTRATION_ATTRIBUTES: return NDIS_STATUS_FAILURE;  // MiniportAddDevice only
        default: return NDIS_STATUS_NOT_SUPPORTED;
    }
}

}  // namespace chimneylab::ndis

using chimneylab::ndis::System;

extern "C" NDIS_STATUS NdisMSetMiniportAttributes(NDIS_HANDLE NdisMiniportAdapterHandle, PNDIS_MINIPORT_ADAPTER_ATTRIBUTES MiniportAttributes) {
    System& system = System::of_call("NdisMSetMiniportAttributes");
    chimneylab::machine::CallDetails details = chimneylab::ndis::about(NdisMiniportAdapterHandle);
    if (MiniportAttributes) details.detail = MiniportAttributes->Header.Type;
    if (MiniportAttributes && MiniportAttributes->Header.Type == NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES)
        details.region = system.show_parameters(MiniportAttributes->OffloadAttributes.TcpConnectionOffloadHardwareCapabilities,
                                                sizeof(NDIS_TCP_CONNECTION_OFFLOAD), "NDIS_TCP_CONNECTION_OFFLOAD");
    chimneylab::machine::NdisCall call(system.machine(), "NdisMSetMiniportAttributes", details);
    if (details.region.valid()) system.machine().recorder().end_region(details.region);
    system.machine().irql().require_passive("NdisMSetMiniportAttributes");
    auto* adapter = system.adapter(NdisMiniportAdapterHandle, "NdisMSetMiniportAttributes");
    return call.returns(adapter ? system.set_attributes(*adapter, MiniportAttributes) : NDIS_STATUS_FAILURE);
}
