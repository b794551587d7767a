// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/function_catalogue.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <unordered_map>

namespace chimneylab::trace {
namespace {

using enum Direction;
using enum Side;
using G = FunctionGroup;
using O = OperationKind;

struct Ladder {
    O operation;
    std::array<std::string_view, 4> rungs;  // by Rung
};

constexpr std::array<Ladder, 5> ladders{{
    {O::initiate,
     {"NdisInitiateOffload", "MiniportInitiateOffload", "NdisMInitiateOffloadComplete", "ProtocolInitiateOffloadComplete"}},
    {O::query,
     {"NdisQueryOffloadState", "MiniportQueryOffload", "NdisMQueryOffloadStateComplete", "ProtocolQueryOffloadComplete"}},
    {O::update, {"NdisUpdateOffload", "MiniportUpdateOffload", "NdisMUpdateOffloadComplete", "ProtocolUpdateOffloadComplete"}},
    {O::invalidate,
     {"NdisInvalidateOffload", "MiniportInvalidateOffload", "NdisMInvalidateOffloadComplete",
      "ProtocolInvalidateOffloadComplete"}},
    {O::terminate,
     {"NdisTerminateOffload", "MiniportTerminateOffload", "NdisMTerminateOffloadComplete",
      "ProtocolTerminateOffloadComplete"}},
}};

constexpr auto offload_functions = [] {
    std::array<Function, 20> all{};
    std::size_t at = 0;
    for (const Ladder& ladder : ladders) {
        const auto& [call, handler, complete, completion_handler] = ladder.rungs;
        const G g = G::state_manipulation;
        all[at++] = {call, g, ladder.operation, down, driver_calls_ndis, Edge::protocol, false, handler, {}, completion_handler};
        all[at++] = {handler, g, ladder.operation, down, ndis_calls_driver, Edge::miniport, false, call, call, complete};
        all[at++] = {complete, g, ladder.operation, up, driver_calls_ndis, Edge::miniport, true, completion_handler, {}, {}};
        all[at++] = {completion_handler, g, ladder.operation, up, ndis_calls_driver, Edge::protocol, true, complete, complete, {}};
    }
    return all;
}();

// {name, group, operation, direction, side, edge, completion, counterpart, onward, answered_by}
constexpr Edge mini = Edge::miniport;
constexpr Edge proto = Edge::protocol;
constexpr std::array<Function, 96> other_functions{{
    // I/O on an offloaded connection
    {"NdisOffloadTcpSend", G::offloaded_io, O::none, down, driver_calls_ndis, proto, false, "MiniportTcpOffloadSend", {}, "ProtocolTcpOffloadSendComplete"},
    {"MiniportTcpOffloadSend", G::offloaded_io, O::none, down, ndis_calls_driver, mini, false, "NdisOffloadTcpSend", "NdisOffloadTcpSend", "NdisTcpOffloadSendComplete"},
    {"NdisTcpOffloadSendComplete", G::offloaded_io, O::none, up, driver_calls_ndis, mini, true, "ProtocolTcpOffloadSendComplete", {}, {}},
    {"ProtocolTcpOffloadSendComplete", G::offloaded_io, O::none, up, ndis_calls_driver, proto, true, "NdisTcpOffloadSendComplete", "NdisTcpOffloadSendComplete", {}},
    {"NdisOffloadTcpReceive", G::offloaded_io, O::none, down, driver_calls_ndis, proto, false, "MiniportTcpOffloadReceive", {}, "ProtocolTcpOffloadReceiveComplete"},
    {"MiniportTcpOffloadReceive", G::offloaded_io, O::none, down, ndis_calls_driver, mini, false, "NdisOffloadTcpReceive", "NdisOffloadTcpReceive", "NdisTcpOffloadReceiveComplete"},
    {"NdisTcpOffloadReceiveComplete", G::offloaded_io, O::none, up, driver_calls_ndis, mini, true, "ProtocolTcpOffloadReceiveComplete", {}, {}},
    {"ProtocolTcpOffloadReceiveComplete", G::offloaded_io, O::none, up, ndis_calls_driver, proto, true, "NdisTcpOffloadReceiveComplete", "NdisTcpOffloadReceiveComplete", {}},
    {"NdisOffloadTcpDisconnect", G::offloaded_io, O::none, down, driver_calls_ndis, proto, false, "MiniportTcpOffloadDisconnect", {}, "ProtocolTcpOffloadDisconnectComplete"},
    {"MiniportTcpOffloadDisconnect", G::offloaded_io, O::none, down, ndis_calls_driver, mini, false, "NdisOffloadTcpDisconnect", "NdisOffloadTcpDisconnect", "NdisTcpOffloadDisconnectComplete"},
    {"NdisTcpOffloadDisconnectComplete", G::offloaded_io, O::none, up, driver_calls_ndis, mini, true, "ProtocolTcpOffloadDisconnectComplete", {}, {}},
    {"ProtocolTcpOffloadDisconnectComplete", G::offloaded_io, O::none, up, ndis_calls_driver, proto, true, "NdisTcpOffloadDisconnectComplete", "NdisTcpOffloadDisconnectComplete", {}},
    {"NdisOffloadTcpForward", G::offloaded_io, O::none, down, driver_calls_ndis, proto, false, "MiniportTcpOffloadForward", {}, "ProtocolTcpOffloadForwardComplete"},
    {"MiniportTcpOffloadForward", G::offloaded_io, O::none, down, ndis_calls_driver, mini, false, "NdisOffloadTcpForward", "NdisOffloadTcpForward", "NdisTcpOffloadForwardComplete"},
    {"NdisTcpOffloadForwardComplete", G::offloaded_io, O::none, up, driver_calls_ndis, mini, true, "ProtocolTcpOffloadForwardComplete", {}, {}},
    {"ProtocolTcpOffloadForwardComplete", G::offloaded_io, O::none, up, ndis_calls_driver, proto, true, "NdisTcpOffloadForwardComplete", "NdisTcpOffloadForwardComplete", {}},
    {"NdisOffloadTcpReceiveReturn", G::offloaded_io, O::none, down, driver_calls_ndis, proto, false, "MiniportTcpOffloadReceiveReturn", {}, {}},
    {"MiniportTcpOffloadReceiveReturn", G::offloaded_io, O::none, down, ndis_calls_driver, mini, false, "NdisOffloadTcpReceiveReturn", "NdisOffloadTcpReceiveReturn", {}},
    // Indications
    {"NdisTcpOffloadEventHandler", G::indication, O::none, up, driver_calls_ndis, mini, false, "ProtocolTcpOffloadEvent", {}, {}},
    {"ProtocolTcpOffloadEvent", G::indication, O::none, up, ndis_calls_driver, proto, false, "NdisTcpOffloadEventHandler", "NdisTcpOffloadEventHandler", {}},
    {"NdisTcpOffloadReceiveHandler", G::indication, O::none, up, driver_calls_ndis, mini, false, "ProtocolTcpOffloadReceiveIndicate", {}, {}},
    {"ProtocolTcpOffloadReceiveIndicate", G::indication, O::none, up, ndis_calls_driver, proto, false, "NdisTcpOffloadReceiveHandler", "NdisTcpOffloadReceiveHandler", {}},
    {"NdisMOffloadEventIndicate", G::indication, O::none, up, driver_calls_ndis, mini, false, "ProtocolIndicateOffloadEvent", {}, {}},
    {"ProtocolIndicateOffloadEvent", G::indication, O::none, up, ndis_calls_driver, proto, false, "NdisMOffloadEventIndicate", "NdisMOffloadEventIndicate", {}},
    // Registration
    {"DriverEntry", G::registration, O::none, sideways, ndis_calls_driver, Edge::none, false, {}, {}, {}},
    {"MiniportDriverUnload", G::registration, O::none, sideways, ndis_calls_driver, mini, false, {}, {}, {}},
    {"ProtocolUninstall", G::registration, O::none, sideways, ndis_calls_driver, proto, false, {}, {}, {}},
    {"NdisMRegisterMiniportDriver", G::registration, O::none, sideways, driver_calls_ndis, mini, false, "MiniportSetOptions", {}, {}},
    {"NdisMDeregisterMiniportDriver", G::registration, O::none, sideways, driver_calls_ndis, mini, false, {}, {}, {}},
    {"NdisRegisterProtocolDriver", G::registration, O::none, sideways, driver_calls_ndis, proto, false, "ProtocolSetOptions", {}, {}},
    {"NdisDeregisterProtocolDriver", G::registration, O::none, sideways, driver_calls_ndis, proto, false, {}, {}, {}},
    {"MiniportSetOptions", G::registration, O::none, sideways, ndis_calls_driver, mini, false, "NdisMRegisterMiniportDriver", {}, {}},
    {"ProtocolSetOptions", G::registration, O::none, sideways, ndis_calls_driver, proto, false, "NdisRegisterProtocolDriver", {}, {}},
    {"NdisSetOptionalHandlers", G::registration, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisMGetOffloadHandlers", G::registration, O::none, sideways, driver_calls_ndis, mini, false, {}, {}, {}},
    {"NdisIMAssociateMiniport", G::registration, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisRegisterDeviceEx", G::registration, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisDeregisterDeviceEx", G::registration, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisMRegisterDevice", G::registration, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisMDeregisterDevice", G::registration, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"DriverDispatch", G::registration, O::none, sideways, ndis_calls_driver, Edge::none, false, {}, {}, {}},
    // Binding
    {"ProtocolBindAdapterEx", G::binding, O::none, up, ndis_calls_driver, proto, false, {}, {}, "NdisCompleteBindAdapterEx"},
    {"NdisCompleteBindAdapterEx", G::binding, O::none, down, driver_calls_ndis, proto, true, {}, {}, {}},
    {"NdisOpenAdapterEx", G::binding, O::none, down, driver_calls_ndis, proto, false, {}, {}, "ProtocolOpenAdapterCompleteEx"},
    {"ProtocolOpenAdapterCompleteEx", G::binding, O::none, up, ndis_calls_driver, proto, true, "NdisOpenAdapterEx", {}, {}},
    {"ProtocolUnbindAdapterEx", G::binding, O::none, up, ndis_calls_driver, proto, false, {}, {}, "NdisCompleteUnbindAdapterEx"},
    {"NdisCompleteUnbindAdapterEx", G::binding, O::none, down, driver_calls_ndis, proto, true, {}, {}, {}},
    {"NdisUnbindAdapter", G::binding, O::none, down, driver_calls_ndis, proto, false, "ProtocolUnbindAdapterEx", {}, {}},
    {"NdisCloseAdapterEx", G::binding, O::none, down, driver_calls_ndis, proto, false, {}, {}, "ProtocolCloseAdapterCompleteEx"},
    {"ProtocolCloseAdapterCompleteEx", G::binding, O::none, up, ndis_calls_driver, proto, true, "NdisCloseAdapterEx", {}, {}},
    // Adapters and virtual miniports
    {"NdisIMInitializeDeviceInstanceEx", G::adapter, O::none, sideways, driver_calls_ndis, mini, false, "MiniportInitializeEx", {}, {}},
    {"NdisIMCancelInitializeDeviceInstance", G::adapter, O::none, sideways, driver_calls_ndis, mini, false, {}, {}, {}},
    {"NdisIMDeInitializeDeviceInstance", G::adapter, O::none, sideways, driver_calls_ndis, mini, false, "MiniportHaltEx", {}, {}},
    {"NdisIMGetBindingContext", G::adapter, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisMSetMiniportAttributes", G::adapter, O::none, sideways, driver_calls_ndis, mini, false, {}, {}, {}},
    {"MiniportInitializeEx", G::adapter, O::none, down, ndis_calls_driver, mini, false, {}, {}, {}},
    {"MiniportHaltEx", G::adapter, O::none, down, ndis_calls_driver, mini, false, {}, {}, {}},
    {"MiniportPause", G::adapter, O::none, down, ndis_calls_driver, mini, false, {}, {}, "NdisMPauseComplete"},
    {"NdisMPauseComplete", G::adapter, O::none, up, driver_calls_ndis, mini, true, "MiniportPause", {}, {}},
    {"MiniportRestart", G::adapter, O::none, down, ndis_calls_driver, mini, false, {}, {}, "NdisMRestartComplete"},
    {"NdisMRestartComplete", G::adapter, O::none, up, driver_calls_ndis, mini, true, "MiniportRestart", {}, {}},
    // OID requests
    {"NdisOidRequest", G::oid_request, O::none, down, driver_calls_ndis, proto, false, "MiniportOidRequest", {}, "ProtocolOidRequestComplete"},
    {"MiniportOidRequest", G::oid_request, O::none, down, ndis_calls_driver, mini, false, "NdisOidRequest", "NdisOidRequest", "NdisMOidRequestComplete"},
    {"NdisMOidRequestComplete", G::oid_request, O::none, up, driver_calls_ndis, mini, true, "ProtocolOidRequestComplete", {}, {}},
    {"ProtocolOidRequestComplete", G::oid_request, O::none, up, ndis_calls_driver, proto, true, "NdisMOidRequestComplete", "NdisMOidRequestComplete", {}},
    {"NdisCancelOidRequest", G::oid_request, O::none, down, driver_calls_ndis, proto, false, "MiniportCancelOidRequest", {}, {}},
    {"MiniportCancelOidRequest", G::oid_request, O::none, down, ndis_calls_driver, mini, false, "NdisCancelOidRequest", "NdisCancelOidRequest", {}},
    // Status and Plug and Play
    {"NdisMIndicateStatusEx", G::status_indication, O::none, up, driver_calls_ndis, mini, false, "ProtocolStatusEx", {}, {}},
    {"ProtocolStatusEx", G::status_indication, O::none, up, ndis_calls_driver, proto, false, "NdisMIndicateStatusEx", "NdisMIndicateStatusEx", {}},
    {"ProtocolNetPnPEvent", G::plug_and_play, O::none, up, ndis_calls_driver, proto, false, {}, "NdisIMNotifyPnPEvent", "NdisCompleteNetPnPEvent"},
    {"NdisIMNotifyPnPEvent", G::plug_and_play, O::none, up, driver_calls_ndis, mini, false, "ProtocolNetPnPEvent", {}, {}},
    {"NdisCompleteNetPnPEvent", G::plug_and_play, O::none, down, driver_calls_ndis, proto, true, "ProtocolNetPnPEvent", {}, {}},
    {"NdisMNetPnPEvent", G::plug_and_play, O::none, up, driver_calls_ndis, mini, false, "ProtocolNetPnPEvent", {}, {}},
    {"MiniportDevicePnPEventNotify", G::plug_and_play, O::none, down, ndis_calls_driver, mini, false, {}, {}, {}},
    // Power and reset
    {"MiniportShutdownEx", G::power_and_reset, O::none, down, ndis_calls_driver, mini, false, {}, {}, {}},
    {"MiniportResetEx", G::power_and_reset, O::none, down, ndis_calls_driver, mini, false, {}, {}, "NdisMResetComplete"},
    {"NdisMResetComplete", G::power_and_reset, O::none, up, driver_calls_ndis, mini, true, "MiniportResetEx", {}, {}},
    {"MiniportCheckForHangEx", G::power_and_reset, O::none, down, ndis_calls_driver, mini, false, {}, {}, {}},
    // The ordinary data path
    {"NdisSendNetBufferLists", G::net_buffer_list, O::none, down, driver_calls_ndis, proto, false, "MiniportSendNetBufferLists", {}, "ProtocolSendNetBufferListsComplete"},
    {"MiniportSendNetBufferLists", G::net_buffer_list, O::none, down, ndis_calls_driver, mini, false, "NdisSendNetBufferLists", "NdisSendNetBufferLists", "NdisMSendNetBufferListsComplete"},
    {"NdisMSendNetBufferListsComplete", G::net_buffer_list, O::none, up, driver_calls_ndis, mini, true, "ProtocolSendNetBufferListsComplete", {}, {}},
    {"ProtocolSendNetBufferListsComplete", G::net_buffer_list, O::none, up, ndis_calls_driver, proto, true, "NdisMSendNetBufferListsComplete", "NdisMSendNetBufferListsComplete", {}},
    {"NdisCancelSendNetBufferLists", G::net_buffer_list, O::none, down, driver_calls_ndis, proto, false, "MiniportCancelSend", {}, {}},
    {"MiniportCancelSend", G::net_buffer_list, O::none, down, ndis_calls_driver, mini, false, "NdisCancelSendNetBufferLists", "NdisCancelSendNetBufferLists", {}},
    {"NdisMIndicateReceiveNetBufferLists", G::net_buffer_list, O::none, up, driver_calls_ndis, mini, false, "ProtocolReceiveNetBufferLists", {}, "MiniportReturnNetBufferLists"},
    {"ProtocolReceiveNetBufferLists", G::net_buffer_list, O::none, up, ndis_calls_driver, proto, false, "NdisMIndicateReceiveNetBufferLists", "NdisMIndicateReceiveNetBufferLists", "NdisReturnNetBufferLists"},
    {"NdisReturnNetBufferLists", G::net_buffer_list, O::none, down, driver_calls_ndis, proto, true, "MiniportReturnNetBufferLists", {}, {}},
    {"MiniportReturnNetBufferLists", G::net_buffer_list, O::none, down, ndis_calls_driver, mini, true, "NdisReturnNetBufferLists", "NdisReturnNetBufferLists", {}},
    // Direct OID requests (NDIS 6.1) and their cancellation
    {"NdisDirectOidRequest", G::oid_request, O::none, down, driver_calls_ndis, proto, false, "MiniportDirectOidRequest", {}, "ProtocolDirectOidRequestComplete"},
    {"MiniportDirectOidRequest", G::oid_request, O::none, down, ndis_calls_driver, mini, false, "NdisDirectOidRequest", "NdisDirectOidRequest", "NdisMDirectOidRequestComplete"},
    {"NdisMDirectOidRequestComplete", G::oid_request, O::none, up, driver_calls_ndis, mini, true, "ProtocolDirectOidRequestComplete", {}, {}},
    {"ProtocolDirectOidRequestComplete", G::oid_request, O::none, up, ndis_calls_driver, proto, true, "NdisMDirectOidRequestComplete", "NdisMDirectOidRequestComplete", {}},
    {"NdisCancelDirectOidRequest", G::oid_request, O::none, down, driver_calls_ndis, proto, false, "MiniportCancelDirectOidRequest", {}, {}},
    {"MiniportCancelDirectOidRequest", G::oid_request, O::none, down, ndis_calls_driver, mini, false, "NdisCancelDirectOidRequest", "NdisCancelDirectOidRequest", {}},
    // Callbacks of NDIS services
    {"TimerFunction", G::registration, O::none, sideways, ndis_calls_driver, Edge::none, false, {}, {}, {}},
    {"WorkItemFunction", G::registration, O::none, sideways, ndis_calls_driver, Edge::none, false, {}, {}, {}},
}};

constexpr auto catalogue = [] {
    std::array<Function, offload_functions.size() + other_functions.size()> all{};
    std::ranges::copy(offload_functions, all.begin());
    std::ranges::copy(other_functions, all.begin() + offload_functions.size());
    return all;
}();
static_assert(!catalogue.back().name.empty(), "the table is as long as it says");

constexpr auto sorted = [] {
    auto all = catalogue;
    std::ranges::sort(all, {}, &Function::name);
    return all;
}();
static_assert(std::ranges::adjacent_find(sorted, {}, &Function::name) == sorted.end(), "every name once");

}  // namespace

std::span<const Function> function_catalogue() { return catalogue; }

const Function* find_function(std::string_view name) {
    const auto found = std::ranges::lower_bound(sorted, name, {}, &Function::name);
    return found != sorted.end() && found->name == name ? &*found : nullptr;
}

std::string_view rung_name(OperationKind operation, Rung rung) {
    for (const Ladder& ladder : ladders)
        if (ladder.operation == operation) return ladder.rungs[static_cast<std::size_t>(rung)];
    return {};
}

}  // namespace chimneylab::trace
