// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// OID requests: one at a time per adapter, the rest waits in the order of arrival. A request is completed exactly once, by
// the return value of MiniportOidRequest or, after PENDING, by NdisMOidRequestComplete, which may come before that
// return. Direct requests (NDIS 6.1) are not serialised.
#include <algorithm>
#include <cstring>

#include "engine/ndis/driver_call.h"
#include "engine/ndis/system.h"

namespace chimneylab::ndis {

using machine::passive_level;

namespace {

[[nodiscard]] machine::CallDetails about_request(const void* subject, const NDIS_OID_REQUEST& request) {
    machine::CallDetails details = about(subject);
    details.detail = request.DATA.QUERY_INFORMATION.Oid;
    details.argument = static_cast<std::uint32_t>(request.RequestType);
    return details;
}

// What a set request carries.
[[nodiscard]] trace::RegionId show_buffer(System& system, const NDIS_OID_REQUEST& request) {
    if (request.RequestType != NdisRequestSetInformation) return {};
    const auto& set = request.DATA.SET_INFORMATION;
    return system.show_parameters(set.InformationBuffer, set.InformationBufferLength, "OID buffer");
}

[[nodiscard]] bool is_query(const NDIS_OID_REQUEST& request) {
    return request.RequestType == NdisRequestQueryInformation || request.RequestType == NdisRequestQueryStatistics;
}

}  // namespace

NDIS_STATUS System::request(Binding& binding, PNDIS_OID_REQUEST request) {
    Adapter& adapter = *binding.adapter;
    if (!adapter.alive || adapter.state == AdapterState::initializing) return NDIS_STATUS_ADAPTER_NOT_READY;
    if (request->Header.Type != NDIS_OBJECT_TYPE_OID_REQUEST) return NDIS_STATUS_INVALID_PARAMETER;
    if (is_query(*request) && !options_.pass_every_query_down) {
        if (const auto answered = answer(adapter, *request)) return *answered;
    }
    auto item = std::make_unique<OidRequest>();
    item->request = request;
    item->origin = &binding;
    OidRequest& entry = *item;
    ++binding.oids_outstanding;
    adapter.oid_requests.push_back(std::move(item));
    if (adapter.oid_requests.size() > 1) return NDIS_STATUS_PENDING;
    if (machine_.irql().current() > passive_level) {
        queue_pump(adapter);  // MiniportOidRequest runs at PASSIVE_LEVEL
        return NDIS_STATUS_PENDING;
    }
    const NDIS_STATUS status = hand_to_miniport(adapter, entry);
    if (status == NDIS_STATUS_PENDING) return status;
    finish_request(adapter, entry, false);
    return status;
}

NDIS_STATUS System::hand_to_miniport(Adapter& adapter, OidRequest& entry) {
    MiniportDriver& driver = *adapter.driver;
    entry.handed_down = true;
    entry.inside_handler = true;
    NDIS_STATUS status;
    {
        machine::CallDetails details = about_request(adapter.context, *entry.request);
        details.irql = passive_level;
        details.region = show_buffer(*this, *entry.request);
        machine::DriverCall call(machine_, driver.layer, "MiniportOidRequest", details);
        if (details.region.valid()) machine_.recorder().end_region(details.region);
        status = call.returns(driver.characteristics.OidRequestHandler(adapter.context, entry.request));
    }
    entry.inside_handler = false;
    if (entry.completed) {
        if (status != NDIS_STATUS_PENDING)
            machine_.strict_finding(who(driver.layer) + " completes an OID request and returns its status as well");
        finish_request(adapter, entry, true);
        return NDIS_STATUS_PENDING;
    }
    entry.status = status;
    return status;
}

void System::finish_request(Adapter& adapter, OidRequest& entry, bool call_protocol) {
    std::unique_ptr<OidRequest> owned;
    for (auto it = adapter.oid_requests.begin(); it != adapter.oid_requests.end(); ++it) {
        if (it->get() == &entry) {
            owned = std::move(*it);
            adapter.oid_requests.erase(it);
            break;
        }
    }
    if (entry.status == NDIS_STATUS_SUCCESS) note_successful_set(adapter, *entry.request);
    if (entry.outcome) *entry.outcome = entry.status;
    if (entry.origin) --entry.origin->oids_outstanding;
    if (!adapter.oid_requests.empty() && !adapter.oid_requests.front()->handed_down) queue_pump(adapter);
    if (!entry.origin) return;
    Binding& binding = *entry.origin;
    if (call_protocol && binding.protocol->characteristics.OidRequestCompleteHandler) {
        machine::DriverCall call(machine_, binding.protocol->layer, "ProtocolOidRequestComplete", about_request(binding.context, *entry.request));
        binding.protocol->characteristics.OidRequestCompleteHandler(binding.context, entry.request, entry.status);
    }
    finish_close_if_idle(binding);
}

void System::queue_pump(Adapter& adapter) {
    if (adapter.oid_pump_queued) return;
    adapter.oid_pump_queued = true;
    machine::WorkRequest work;
    work.label = "next OID request for " + adapter.name;
    work.layer = trace::ndis_layer;
    work.run = [this, &adapter] {
        adapter.oid_pump_queued = false;
        pump_requests(adapter);
    };
    machine_.queue_work(std::move(work));
}

void System::pump_requests(Adapter& adapter) {
    while (!adapter.oid_requests.empty() && !adapter.oid_requests.front()->handed_down) {
        OidRequest& entry = *adapter.oid_requests.front();
        if (hand_to_miniport(adapter, entry) == NDIS_STATUS_PENDING) continue;
        finish_request(adapter, entry, true);
    }
}

void System::complete_request(Adapter& adapter, PNDIS_OID_REQUEST request, NDIS_STATUS status) {
    OidRequest* entry = adapter.oid_requests.empty() ? nullptr : adapter.oid_requests.front().get();
    if (entry == nullptr || entry->request != request || !entry->handed_down || entry->completed) {
        machine_.finding_about(adapter.driver->layer, machine::FindingKind::foreign_handle,
                               who(adapter.driver->layer) + " completes an OID request that it does not hold", request);
        return;
    }
    if (status == NDIS_STATUS_PENDING)
        machine_.strict_finding(who(adapter.driver->layer) + " completes an OID request with NDIS_STATUS_PENDING");
    entry->completed = true;
    entry->status = status;
    if (!entry->inside_handler) finish_request(adapter, *entry, true);
}

NDIS_STATUS System::set_power(Adapter& adapter, NDIS_DEVICE_POWER_STATE state) {
    const auto tell = [&] {
        const std::vector<Binding*> above = adapter.bindings;
        NDIS_DEVICE_POWER_STATE told = state;
        for (Binding* binding : above) send_event(*binding->protocol, binding, NetEventSetPower, &told, sizeof(told));
    };
    if (state != NdisDeviceStateD0) tell();
    auto item = std::make_unique<OidRequest>();
    OidRequest& entry = *item;
    entry.power = state;
    entry.own = std::make_unique<NDIS_OID_REQUEST>();
    entry.request = entry.own.get();
    entry.request->Header = {NDIS_OBJECT_TYPE_OID_REQUEST, NDIS_OID_REQUEST_REVISION_1, NDIS_SIZEOF_OID_REQUEST_REVISION_1};
    entry.request->RequestType = NdisRequestSetInformation;
    entry.request->DATA.SET_INFORMATION.Oid = OID_PNP_SET_POWER;
    entry.request->DATA.SET_INFORMATION.InformationBuffer = &entry.power;
    entry.request->DATA.SET_INFORMATION.InformationBufferLength = sizeof(entry.power);
    const auto outcome = std::make_shared<std::optional<NDIS_STATUS>>();
    entry.outcome = outcome;
    adapter.oid_requests.push_back(std::move(item));
    if (adapter.oid_requests.size() == 1 && hand_to_miniport(adapter, entry) != NDIS_STATUS_PENDING) finish_request(adapter, entry, false);
    if (!outcome->has_value())
        wait([&] { return outcome->has_value(); }, "OID_PNP_SET_POWER at " + who(adapter.driver->layer));
    if (state == NdisDeviceStateD0) tell();
    return outcome->value_or(NDIS_STATUS_FAILURE);
}

void System::cancel_requests(Binding& binding, PVOID request_id) {
    Adapter& adapter = *binding.adapter;
    std::vector<OidRequest*> waiting;
    bool at_miniport = false;
    for (const auto& entry : adapter.oid_requests) {
        if (entry->origin != &binding || entry->request->RequestId != request_id) continue;
        if (entry->handed_down) {
            at_miniport = true;
        } else {
            waiting.push_back(entry.get());
        }
    }
    for (OidRequest* entry : waiting) {
        entry->status = NDIS_STATUS_REQUEST_ABORTED;
        finish_request(adapter, *entry, true);
    }
    if (at_miniport && adapter.driver->characteristics.CancelOidRequestHandler) {
        machine::DriverCall call(machine_, adapter.driver->layer, "MiniportCancelOidRequest", about(adapter.context));
        adapter.driver->characteristics.CancelOidRequestHandler(adapter.context, request_id);
    }
}

NDIS_STATUS System::request_directly(Binding& binding, PNDIS_OID_REQUEST request) {
    Adapter& adapter = *binding.adapter;
    const auto handler = adapter.driver->characteristics.DirectOidRequestHandler;
    if (handler == nullptr) return NDIS_STATUS_NOT_SUPPORTED;
    auto item = std::make_unique<OidRequest>();
    item->request = request;
    item->origin = &binding;
    item->handed_down = true;
    item->inside_handler = true;
    OidRequest& entry = *item;
    ++binding.oids_outstanding;
    adapter.direct_oid_requests.push_back(std::move(item));
    machine::DriverCall call(machine_, adapter.driver->layer, "MiniportDirectOidRequest", about_request(adapter.context, *request));
    const NDIS_STATUS status = call.returns(handler(adapter.context, request));
    entry.inside_handler = false;
    if (status == NDIS_STATUS_PENDING && !entry.completed) return status;
    std::erase_if(adapter.direct_oid_requests, [&](const auto& other) { return other.get() == &entry; });
    if (status != NDIS_STATUS_PENDING) --binding.oids_outstanding;
    return status;
}

void System::complete_direct_request(Adapter& adapter, PNDIS_OID_REQUEST request, NDIS_STATUS status) {
    const auto found = std::ranges::find_if(adapter.direct_oid_requests,
                                            [&](const auto& entry) { return entry->request == request && !entry->completed; });
    if (found == adapter.direct_oid_requests.end()) {
        machine_.finding_about(adapter.driver->layer, machine::FindingKind::foreign_handle,
                               who(adapter.driver->layer) + " completes a direct OID request that it does not hold", request);
        return;
    }
    Binding& binding = *(*found)->origin;
    (*found)->completed = true;
    if (!(*found)->inside_handler) adapter.direct_oid_requests.erase(found);
    --binding.oids_outstanding;
    if (const auto handler = binding.protocol->characteristics.DirectOidRequestCompleteHandler) {
        machine::DriverCall call(machine_, binding.protocol->layer, "ProtocolDirectOidRequestComplete", about_request(binding.context, *request));
        handler(binding.context, request, status);
    }
    finish_close_if_idle(binding);
}

void System::cancel_direct_requests(Binding& binding, PVOID request_id) {
    Adapter& adapter = *binding.adapter;
    const auto handler = adapter.driver->characteristics.CancelDirectOidRequestHandler;
    const bool any = std::ranges::any_of(adapter.direct_oid_requests, [&](const auto& entry) {
        return entry->origin == &binding && !entry->completed && entry->request->RequestId == request_id;
    });
    if (!any || handler == nullptr) return;
    machine::DriverCall call(machine_, adapter.driver->layer, "MiniportCancelDirectOidRequest", about(adapter.context));
    handler(adapter.context, request_id);
}

}  // namespace chimneylab::ndis

using chimneylab::ndis::System;
namespace ndis = chimneylab::ndis;
namespace machine = chimneylab::machine;

extern "C" {

NDIS_STATUS NdisOidRequest(NDIS_HANDLE NdisBindingHandle, PNDIS_OID_REQUEST OidRequest) {
    System& system = System::of_call("NdisOidRequest");
    machine::CallDetails details = OidRequest ? ndis::about_request(NdisBindingHandle, *OidRequest) : ndis::about(NdisBindingHandle);
    if (OidRequest) details.region = ndis::show_buffer(system, *OidRequest);
    machine::NdisCall call(system.machine(), "NdisOidRequest", details);
    if (details.region.valid()) system.machine().recorder().end_region(details.region);
    system.machine().irql().require_dispatch_or_below("NdisOidRequest");
    auto* binding = system.binding(NdisBindingHandle, "NdisOidRequest");
    return call.returns(binding && OidRequest ? system.request(*binding, OidRequest) : NDIS_STATUS_FAILURE);
}

NDIS_STATUS NdisDirectOidRequest(NDIS_HANDLE NdisBindingHandle, PNDIS_OID_REQUEST OidRequest) {
    System& system = System::of_call("NdisDirectOidRequest");
    machine::NdisCall call(system.machine(), "NdisDirectOidRequest", OidRequest ? ndis::about_request(NdisBindingHandle, *OidRequest) : ndis::about(NdisBindingHandle));
    system.machine().irql().require_dispatch_or_below("NdisDirectOidRequest");
    auto* binding = system.binding(NdisBindingHandle, "NdisDirectOidRequest");
    return call.returns(binding && OidRequest ? system.request_directly(*binding, OidRequest) : NDIS_STATUS_FAILURE);
}

VOID NdisCancelOidRequest(NDIS_HANDLE NdisBindingHandle, PVOID RequestId) {
    System& system = System::of_call("NdisCancelOidRequest");
    machine::NdisCall call(system.machine(), "NdisCancelOidRequest", ndis::about(NdisBindingHandle));
    system.machine().irql().require_dispatch_or_below("NdisCancelOidRequest");
    if (auto* binding = system.binding(NdisBindingHandle, "NdisCancelOidRequest")) system.cancel_requests(*binding, RequestId);
}

VOID NdisCancelDirectOidRequest(NDIS_HANDLE NdisBindingHandle, PVOID RequestId) {
    System& system = System::of_call("NdisCancelDirectOidRequest");
    machine::NdisCall call(system.machine(), "NdisCancelDirectOidRequest", ndis::about(NdisBindingHandle));
    system.machine().irql().require_dispatch_or_below("NdisCancelDirectOidRequest");
    if (auto* binding = system.binding(NdisBindingHandle, "NdisCancelDirectOidRequest")) system.cancel_direct_requests(*binding, RequestId);
}

VOID NdisMOidRequestComplete(NDIS_HANDLE MiniportAdapterHandle, PNDIS_OID_REQUEST OidRequest, NDIS_STATUS Status) {
    System& system = System::of_call("NdisMOidRequestComplete");
    machine::CallDetails details = OidRequest ? ndis::about_request(MiniportAdapterHandle, *OidRequest) : ndis::about(MiniportAdapterHandle);
    details.argument = static_cast<std::uint32_t>(Status);
    machine::NdisCall call(system.machine(), "NdisMOidRequestComplete", details);
    system.machine().irql().require_dispatch_or_below("NdisMOidRequestComplete");
    if (auto* adapter = system.adapter(MiniportAdapterHandle, "NdisMOidRequestComplete")) system.complete_request(*adapter, OidRequest, Status);
}

VOID NdisMDirectOidRequestComplete(NDIS_HANDLE MiniportAdapterHandle, PNDIS_OID_REQUEST OidRequest, NDIS_STATUS Status) {
    System& system = System::of_call("NdisMDirectOidRequestComplete");
    machine::NdisCall call(system.machine(), "NdisMDirectOidRequestComplete", ndis::about(MiniportAdapterHandle));
    system.machine().irql().require_dispatch_or_below("NdisMDirectOidRequestComplete");
    if (auto* adapter = system.adapter(MiniportAdapterHandle, "NdisMDirectOidRequestComplete"))
        system.complete_direct_request(*adapter, OidRequest, Status);
}

NDIS_STATUS NdisAllocateCloneOidRequest(NDIS_HANDLE SourceHandle, PNDIS_OID_REQUEST Request, UINT PoolTag, PNDIS_OID_REQUEST* CloneRequest) {
    System& system = System::of_call("NdisAllocateCloneOidRequest");
    const auto caller = system.machine().current_layer();
    machine::NdisCall call(system.machine(), "NdisAllocateCloneOidRequest", ndis::about(SourceHandle));
    system.machine().irql().require_dispatch_or_below("NdisAllocateCloneOidRequest");
    if (Request == nullptr || CloneRequest == nullptr) return call.returns(NDIS_STATUS_INVALID_PARAMETER);
    void* memory = system.machine().pool().allocate(sizeof(NDIS_OID_REQUEST), PoolTag, "NdisAllocateCloneOidRequest", caller);
    if (memory == nullptr) return call.returns(NDIS_STATUS_RESOURCES);
    auto* clone = static_cast<PNDIS_OID_REQUEST>(memory);
    *clone = *Request;
    std::memset(clone->NdisReserved, 0, sizeof(clone->NdisReserved));
    std::memset(clone->MiniportReserved, 0, sizeof(clone->MiniportReserved));
    std::memset(clone->SourceReserved, 0, sizeof(clone->SourceReserved));
    *CloneRequest = clone;
    return call.returns(NDIS_STATUS_SUCCESS);
}

VOID NdisFreeCloneOidRequest(NDIS_HANDLE SourceHandle, PNDIS_OID_REQUEST Request) {
    System& system = System::of_call("NdisFreeCloneOidRequest");
    machine::NdisCall call(system.machine(), "NdisFreeCloneOidRequest", ndis::about(SourceHandle));
    system.machine().irql().require_dispatch_or_below("NdisFreeCloneOidRequest");
    system.machine().pool().free(Request, "NdisFreeCloneOidRequest");
}

UCHAR NdisGeneratePartialCancelId(VOID) { return System::of_call("NdisGeneratePartialCancelId").next_partial_cancel_id(); }

}  // extern "C"
