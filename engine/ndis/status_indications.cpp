// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Status indications: synchronous, to every open binding of the adapter in whatever state. Nothing of the buffer is kept
// but what NDIS itself remembers of links and offload capabilities.
#include <algorithm>
#include <cstring>

#include "engine/ndis/driver_call.h"
#include "engine/ndis/system.h"

namespace chimneylab::ndis {

namespace {

template <typename Structure>
[[nodiscard]] const Structure* buffer_as(const NDIS_STATUS_INDICATION& indication, std::size_t least) {
    if (indication.StatusBuffer == nullptr || indication.StatusBufferSize < least) return nullptr;
    return static_cast<const Structure*>(indication.StatusBuffer);
}

}  // namespace

void System::remember_status(Adapter& adapter, const NDIS_STATUS_INDICATION& indication) {
    auto& general = adapter.attributes.general;
    switch (indication.StatusCode) {
        case NDIS_STATUS_LINK_STATE:
            if (const auto* link = buffer_as<NDIS_LINK_STATE>(indication, sizeof(NDIS_LINK_STATE))) {
                general.MediaConnectState = link->MediaConnectState;
                general.MediaDuplexState = link->MediaDuplexState;
                general.XmitLinkSpeed = link->XmitLinkSpeed;
                general.RcvLinkSpeed = link->RcvLinkSpeed;
                general.AutoNegotiationFlags = link->AutoNegotiationFlags;
            }
            break;
        case NDIS_STATUS_TASK_OFFLOAD_CURRENT_CONFIG:
            if (const auto* offload = buffer_as<NDIS_OFFLOAD>(indication, NDIS_SIZEOF_OFFLOAD_REVISION_1)) {
                NDIS_OFFLOAD copy{};
                std::memcpy(&copy, offload, std::min<std::size_t>(indication.StatusBufferSize, sizeof(copy)));
                adapter.attributes.default_offload = copy;
            }
            break;
        case NDIS_STATUS_OFFLOAD_RESUME:  // with what is in force now
            if (const auto* offload =
                    buffer_as<NDIS_TCP_CONNECTION_OFFLOAD>(indication, NDIS_SIZEOF_TCP_CONNECTION_OFFLOAD_REVISION_1))
                adapter.attributes.default_connection_offload = *offload;
            break;
        case NDIS_STATUS_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES:
            if (const auto* offload =
                    buffer_as<NDIS_TCP_CONNECTION_OFFLOAD>(indication, NDIS_SIZEOF_TCP_CONNECTION_OFFLOAD_REVISION_1)) {
                adapter.attributes.hardware_connection_offload = *offload;
                adapter.attributes.default_connection_offload = *offload;
            }
            break;
        default: break;
    }
}

void System::indicate_status(Adapter& adapter, PNDIS_STATUS_INDICATION indication) {
    remember_status(adapter, *indication);
    const std::vector<Binding*> above = adapter.bindings;
    for (Binding* binding : above) {
        const auto handler = binding->protocol->characteristics.StatusHandlerEx;
        if (handler == nullptr || !binding->opened) continue;
        machine::CallDetails details = about(binding->context);
        details.detail = static_cast<std::uint32_t>(indication->StatusCode);
        details.region = show_parameters(indication->StatusBuffer, indication->StatusBufferSize, "status buffer");
        machine::DriverCall call(machine_, binding->protocol->layer, "ProtocolStatusEx", details);
        if (details.region.valid()) machine_.recorder().end_region(details.region);
        handler(binding->context, indication);
    }
}

}  // namespace chimneylab::ndis

using chimneylab::ndis::System;

extern "C" VOID NdisMIndicateStatusEx(NDIS_HANDLE MiniportAdapterHandle, PNDIS_STATUS_INDICATION StatusIndication) {
    System& system = System::of_call("NdisMIndicateStatusEx");
    chimneylab::machine::CallDetails details = chimneylab::ndis::about(MiniportAdapterHandle);
    if (StatusIndication) {
        details.detail = static_cast<std::uint32_t>(StatusIndication->StatusCode);
        details.region = system.show_parameters(StatusIndication->StatusBuffer, StatusIndication->StatusBufferSize, "status buffer");
    }
    chimneylab::machine::NdisCall call(system.machine(), "NdisMIndicateStatusEx", details);
    if (details.region.valid()) system.machine().recorder().end_region(details.region);
    system.machine().irql().require_dispatch_or_below("NdisMIndicateStatusEx");
    auto* adapter = system.adapter(MiniportAdapterHandle, "NdisMIndicateStatusEx");
    if (adapter == nullptr || StatusIndication == nullptr) return;
    if (StatusIndication->SourceHandle != MiniportAdapterHandle)
        system.machine().strict_finding("NdisMIndicateStatusEx with a SourceHandle that is not the adapter's handle");
    system.indicate_status(*adapter, StatusIndication);
}
