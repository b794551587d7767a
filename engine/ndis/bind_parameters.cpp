// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/ndis/bind_parameters.h"

#include <algorithm>
#include <cstring>

#include "engine/machine/unicode.h"

namespace chimneylab::ndis {

// An intermediate driver is bound to one adapter below, the first it opened.
const Adapter& System::lowest_adapter(const Adapter& adapter) const {
    const Adapter* lowest = &adapter;
    for (std::size_t depth = 0; lowest->is_virtual && depth < bindings_.size(); ++depth) {
        const auto below = std::ranges::find_if(
            bindings_, [&](const auto& binding) { return binding->opened && binding->protocol->layer == lowest->driver->layer; });
        if (below == bindings_.end()) break;
        lowest = (*below)->adapter;
    }
    return *lowest;
}

// What a protocol learns of an adapter: the attributes its miniport registered, as later status indications changed them.
void System::fill_bind_parameters(Binding& binding) {
    binding.parameters = std::make_unique<BindParameters>();
    BindParameters& store = *binding.parameters;
    NDIS_BIND_PARAMETERS& parameters = store.parameters;
    Adapter& adapter = *binding.adapter;
    const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES& general = adapter.attributes.general;

    store.protocol_section.assign(u"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\" + binding.protocol->name +
                                  u"\\Parameters\\Adapters\\" + machine::to_utf16(adapter.name));
    store.adapter_name.assign(machine::to_utf16(adapter.name));
    const Adapter* lowest = &lowest_adapter(adapter);
    store.bound_adapter_name.assign(machine::to_utf16(adapter.name));

    parameters.Header = {NDIS_OBJECT_TYPE_BIND_PARAMETERS, 1, NDIS_SIZEOF_BIND_PARAMETERS_REVISION_1};
    parameters.ProtocolSection = store.protocol_section.get();
    parameters.AdapterName = store.adapter_name.get();
    parameters.PhysicalDeviceObject = adapter.physical_device;
    parameters.MediaType = general.MediaType;
    parameters.MtuSize = general.MtuSize;
    parameters.MaxXmitLinkSpeed = general.MaxXmitLinkSpeed;
    parameters.XmitLinkSpeed = general.XmitLinkSpeed;
    parameters.MaxRcvLinkSpeed = general.MaxRcvLinkSpeed;
    parameters.RcvLinkSpeed = general.RcvLinkSpeed;
    parameters.MediaConnectState = general.MediaConnectState;
    parameters.MediaDuplexState = general.MediaDuplexState;
    parameters.LookaheadSize = general.LookaheadSize;
    if (adapter.attributes.power) {
        store.power = *adapter.attributes.power;
        parameters.PowerManagementCapabilities = &store.power;
    }
    parameters.SupportedPacketFilters = general.SupportedPacketFilters;
    parameters.MaxMulticastListSize = general.MaxMulticastListSize;
    parameters.MacAddressLength = general.MacAddressLength;
    std::memcpy(parameters.CurrentMacAddress, general.CurrentMacAddress, sizeof(parameters.CurrentMacAddress));
    parameters.PhysicalMediumType = general.PhysicalMediumType;
    if (adapter.attributes.receive_scale) {
        store.receive_scale = *adapter.attributes.receive_scale;
        parameters.RcvScaleCapabilities = &store.receive_scale;
    }
    parameters.BoundIfNetluid = adapter.luid;
    parameters.BoundIfIndex = adapter.interface_index;
    parameters.LowestIfNetluid = lowest->luid;
    parameters.LowestIfIndex = lowest->interface_index;
    parameters.AccessType = general.AccessType;
    parameters.DirectionType = general.DirectionType;
    parameters.ConnectionType = general.ConnectionType;
    parameters.IfType = general.IfType;
    parameters.IfConnectorPresent = general.IfConnectorPresent;
    for (const NDIS_PORT_CHARACTERISTICS& characteristics : adapter.ports) {
        NDIS_PORT port{};
        port.PortCharacteristics = characteristics;
        store.ports.push_back(port);
    }
    for (std::size_t i = 0; i + 1 < store.ports.size(); ++i) store.ports[i].Next = &store.ports[i + 1];
    parameters.ActivePorts = store.ports.empty() ? nullptr : store.ports.data();
    parameters.DataBackFillSize = general.DataBackFillSize;
    parameters.ContextBackFillSize = general.ContextBackFillSize;
    parameters.MacOptions = general.MacOptions;
    parameters.CompartmentId = 1;
    if (adapter.attributes.default_offload) {
        store.offload = *adapter.attributes.default_offload;
        parameters.DefaultOffloadConfiguration = &store.offload;
    }
    const auto& connection = adapter.attributes.default_connection_offload ? adapter.attributes.default_connection_offload
                                                                            : adapter.attributes.hardware_connection_offload;
    if (connection) {
        store.connection_offload = *connection;
        parameters.TcpConnectionOffloadCapabilities = &store.connection_offload;
    }
    parameters.BoundAdapterName = store.bound_adapter_name.get();
}

}  // namespace chimneylab::ndis
