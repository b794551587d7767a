// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/function_catalogue.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace chimneylab::trace {
namespace {

using enum Direction;
using enum Side;
using enum Edge;
using G = FunctionGroup;
using O = OperationKind;

// What goes one way and is answered the other way: the driver's call, the handler NDIS calls for it, the call that
// answers, and the handler that takes the answer. Without an answer the last two are empty.
struct Family {
    G group;
    O operation;
    Direction direction;  // of the first two
    std::array<std::string_view, 4> names;
};

// clang-format off
constexpr auto families = std::to_array<Family>({
    {G::state_manipulation, O::initiate, down, {"NdisInitiateOffload", "MiniportInitiateOffload", "NdisMInitiateOffloadComplete", "ProtocolInitiateOffloadComplete"}},
    {G::state_manipulation, O::query, down, {"NdisQueryOffloadState", "MiniportQueryOffload", "NdisMQueryOffloadStateComplete", "ProtocolQueryOffloadComplete"}},
    {G::state_manipulation, O::update, down, {"NdisUpdateOffload", "MiniportUpdateOffload", "NdisMUpdateOffloadComplete", "ProtocolUpdateOffloadComplete"}},
    {G::state_manipulation, O::invalidate, down, {"NdisInvalidateOffload", "MiniportInvalidateOffload", "NdisMInvalidateOffloadComplete", "ProtocolInvalidateOffloadComplete"}},
    {G::state_manipulation, O::terminate, down, {"NdisTerminateOffload", "MiniportTerminateOffload", "NdisMTerminateOffloadComplete", "ProtocolTerminateOffloadComplete"}},
    {G::offloaded_io, O::none, down, {"NdisOffloadTcpSend", "MiniportTcpOffloadSend", "NdisTcpOffloadSendComplete", "ProtocolTcpOffloadSendComplete"}},
    {G::offloaded_io, O::none, down, {"NdisOffloadTcpReceive", "MiniportTcpOffloadReceive", "NdisTcpOffloadReceiveComplete", "ProtocolTcpOffloadReceiveComplete"}},
    {G::offloaded_io, O::none, down, {"NdisOffloadTcpDisconnect", "MiniportTcpOffloadDisconnect", "NdisTcpOffloadDisconnectComplete", "ProtocolTcpOffloadDisconnectComplete"}},
    {G::offloaded_io, O::none, down, {"NdisOffloadTcpForward", "MiniportTcpOffloadForward", "NdisTcpOffloadForwardComplete", "ProtocolTcpOffloadForwardComplete"}},
    {G::offloaded_io, O::none, down, {"NdisOffloadTcpReceiveReturn", "MiniportTcpOffloadReceiveReturn", "", ""}},
    {G::indication, O::none, up, {"NdisTcpOffloadEventHandler", "ProtocolTcpOffloadEvent", "", ""}},
    {G::indication, O::none, up, {"NdisTcpOffloadReceiveHandler", "ProtocolTcpOffloadReceiveIndicate", "", ""}},
    {G::indication, O::none, up, {"NdisMOffloadEventIndicate", "ProtocolIndicateOffloadEvent", "", ""}},
    {G::oid_request, O::none, down, {"NdisOidRequest", "MiniportOidRequest", "NdisMOidRequestComplete", "ProtocolOidRequestComplete"}},
    {G::oid_request, O::none, down, {"NdisDirectOidRequest", "MiniportDirectOidRequest", "NdisMDirectOidRequestComplete", "ProtocolDirectOidRequestComplete"}},
    {G::oid_request, O::none, down, {"NdisCancelOidRequest", "MiniportCancelOidRequest", "", ""}},
    {G::oid_request, O::none, down, {"NdisCancelDirectOidRequest", "MiniportCancelDirectOidRequest", "", ""}},
    {G::status_indication, O::none, up, {"NdisMIndicateStatusEx", "ProtocolStatusEx", "", ""}},
    {G::plug_and_play, O::none, up, {"NdisIMNotifyPnPEvent", "ProtocolNetPnPEvent", "NdisCompleteNetPnPEvent", ""}},
    {G::net_buffer_list, O::none, down, {"NdisSendNetBufferLists", "MiniportSendNetBufferLists", "NdisMSendNetBufferListsComplete", "ProtocolSendNetBufferListsComplete"}},
    {G::net_buffer_list, O::none, down, {"NdisCancelSendNetBufferLists", "MiniportCancelSend", "", ""}},
    {G::net_buffer_list, O::none, up, {"NdisMIndicateReceiveNetBufferLists", "ProtocolReceiveNetBufferLists", "NdisReturnNetBufferLists", "MiniportReturnNetBufferLists"}},
});

// Everything that is no half of such a pair, or is passed on by no one.
// {name, group, operation, direction, side, edge, completion, counterpart, onward, answered_by}
constexpr auto others = std::to_array<Function>({
    {"DriverEntry", G::registration, O::none, sideways, ndis_calls_driver, Edge::none, false, {}, {}, {}},
    {"MiniportDriverUnload", G::registration, O::none, sideways, ndis_calls_driver, miniport, false, {}, {}, {}},
    {"ProtocolUninstall", G::registration, O::none, sideways, ndis_calls_driver, protocol, false, {}, {}, {}},
    {"NdisMRegisterMiniportDriver", G::registration, O::none, sideways, driver_calls_ndis, miniport, false, "MiniportSetOptions", {}, {}},
    {"NdisMDeregisterMiniportDriver", G::registration, O::none, sideways, driver_calls_ndis, miniport, false, {}, {}, {}},
    {"NdisRegisterProtocolDriver", G::registration, O::none, sideways, driver_calls_ndis, protocol, false, "ProtocolSetOptions", {}, {}},
    {"NdisDeregisterProtocolDriver", G::registration, O::none, sideways, driver_calls_ndis, protocol, false, {}, {}, {}},
    {"MiniportSetOptions", G::registration, O::none, sideways, ndis_calls_driver, miniport, false, "NdisMRegisterMiniportDriver", {}, {}},
    {"ProtocolSetOptions", G::registration, O::none, sideways, ndis_calls_driver, protocol, false, "NdisRegisterProtocolDriver", {}, {}},
    {"NdisSetOptionalHandlers", G::registration, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisMGetOffloadHandlers", G::registration, O::none, sideways, driver_calls_ndis, miniport, false, {}, {}, {}},
    {"NdisIMAssociateMiniport", G::registration, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisRegisterDeviceEx", G::registration, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisDeregisterDeviceEx", G::registration, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisMRegisterDevice", G::registration, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisMDeregisterDevice", G::registration, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"ProtocolBindAdapterEx", G::binding, O::none, up, ndis_calls_driver, protocol, false, {}, {}, "NdisCompleteBindAdapterEx"},
    {"NdisCompleteBindAdapterEx", G::binding, O::none, down, driver_calls_ndis, protocol, true, {}, {}, {}},
    {"NdisOpenAdapterEx", G::binding, O::none, down, driver_calls_ndis, protocol, false, {}, {}, "ProtocolOpenAdapterCompleteEx"},
    {"ProtocolOpenAdapterCompleteEx", G::binding, O::none, up, ndis_calls_driver, protocol, true, "NdisOpenAdapterEx", {}, {}},
    {"NdisUnbindAdapter", G::binding, O::none, down, driver_calls_ndis, protocol, false, "ProtocolUnbindAdapterEx", {}, {}},
    {"ProtocolUnbindAdapterEx", G::binding, O::none, up, ndis_calls_driver, protocol, false, {}, {}, "NdisCompleteUnbindAdapterEx"},
    {"NdisCompleteUnbindAdapterEx", G::binding, O::none, down, driver_calls_ndis, protocol, true, {}, {}, {}},
    {"NdisCloseAdapterEx", G::binding, O::none, down, driver_calls_ndis, protocol, false, {}, {}, "ProtocolCloseAdapterCompleteEx"},
    {"ProtocolCloseAdapterCompleteEx", G::binding, O::none, up, ndis_calls_driver, protocol, true, "NdisCloseAdapterEx", {}, {}},
    {"NdisIMInitializeDeviceInstanceEx", G::adapter, O::none, sideways, driver_calls_ndis, miniport, false, "MiniportInitializeEx", {}, {}},
    {"NdisIMCancelInitializeDeviceInstance", G::adapter, O::none, sideways, driver_calls_ndis, miniport, false, {}, {}, {}},
    {"NdisIMDeInitializeDeviceInstance", G::adapter, O::none, sideways, driver_calls_ndis, miniport, false, "MiniportHaltEx", {}, {}},
    {"NdisIMGetBindingContext", G::adapter, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisMSetMiniportAttributes", G::adapter, O::none, sideways, driver_calls_ndis, miniport, false, {}, {}, {}},
    {"MiniportInitializeEx", G::adapter, O::none, down, ndis_calls_driver, miniport, false, {}, {}, {}},
    {"MiniportHaltEx", G::adapter, O::none, down, ndis_calls_driver, miniport, false, {}, {}, {}},
    {"MiniportPause", G::adapter, O::none, down, ndis_calls_driver, miniport, false, {}, {}, "NdisMPauseComplete"},
    {"NdisMPauseComplete", G::adapter, O::none, up, driver_calls_ndis, miniport, true, "MiniportPause", {}, {}},
    {"MiniportRestart", G::adapter, O::none, down, ndis_calls_driver, miniport, false, {}, {}, "NdisMRestartComplete"},
    {"NdisMRestartComplete", G::adapter, O::none, up, driver_calls_ndis, miniport, true, "MiniportRestart", {}, {}},
    {"NdisMNetPnPEvent", G::plug_and_play, O::none, up, driver_calls_ndis, miniport, false, "ProtocolNetPnPEvent", {}, {}},
    {"MiniportDevicePnPEventNotify", G::plug_and_play, O::none, down, ndis_calls_driver, miniport, false, {}, {}, {}},
    {"MiniportShutdownEx", G::power_and_reset, O::none, down, ndis_calls_driver, miniport, false, {}, {}, {}},
    {"MiniportResetEx", G::power_and_reset, O::none, down, ndis_calls_driver, miniport, false, {}, {}, "NdisMResetComplete"},
    {"NdisMResetComplete", G::power_and_reset, O::none, up, driver_calls_ndis, miniport, true, "MiniportResetEx", {}, {}},
    {"MiniportCheckForHangEx", G::power_and_reset, O::none, down, ndis_calls_driver, miniport, false, {}, {}, {}},
    {"IRP_MJ_CREATE", G::registration, O::none, sideways, ndis_calls_driver, Edge::none, false, {}, {}, {}},
    {"IRP_MJ_DEVICE_CONTROL", G::registration, O::none, sideways, ndis_calls_driver, Edge::none, false, {}, {}, {}},
    {"IRP_MJ_CLEANUP", G::registration, O::none, sideways, ndis_calls_driver, Edge::none, false, {}, {}, {}},
    {"IRP_MJ_CLOSE", G::registration, O::none, sideways, ndis_calls_driver, Edge::none, false, {}, {}, {}},
    {"DriverUnload", G::registration, O::none, sideways, ndis_calls_driver, Edge::none, false, {}, {}, {}},
    {"DriverCancel", G::registration, O::none, sideways, ndis_calls_driver, Edge::none, false, {}, {}, {}},
    {"NetTimerCallback", G::registration, O::none, sideways, ndis_calls_driver, Edge::none, false, {}, {}, {}},
    {"NdisIoWorkItemRoutine", G::registration, O::none, sideways, ndis_calls_driver, Edge::none, false, {}, {}, {}},
    {"SystemThreadRoutine", G::registration, O::none, sideways, ndis_calls_driver, Edge::none, false, {}, {}, {}},
    {"NdisAllocateGenericObject", G::registration, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisFreeGenericObject", G::registration, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisWriteErrorLogEntry", G::registration, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisReEnumerateProtocolBindings", G::binding, O::none, sideways, driver_calls_ndis, protocol, false, {}, {}, {}},
    {"NdisQueryAdapterInstanceName", G::binding, O::none, sideways, driver_calls_ndis, protocol, false, {}, {}, {}},
    {"NdisQueryBindInstanceName", G::binding, O::none, sideways, driver_calls_ndis, protocol, false, {}, {}, {}},
    {"NdisEnumerateFilterModules", G::binding, O::none, sideways, driver_calls_ndis, protocol, false, {}, {}, {}},
    {"NdisMAllocatePort", G::adapter, O::none, sideways, driver_calls_ndis, miniport, false, {}, {}, {}},
    {"NdisMFreePort", G::adapter, O::none, sideways, driver_calls_ndis, miniport, false, {}, {}, {}},
    {"NdisMGetDeviceProperty", G::adapter, O::none, sideways, driver_calls_ndis, miniport, false, {}, {}, {}},
    {"NdisMQueryAdapterInstanceName", G::adapter, O::none, sideways, driver_calls_ndis, miniport, false, {}, {}, {}},
    {"NdisMRemoveMiniport", G::adapter, O::none, sideways, driver_calls_ndis, miniport, false, {}, {}, {}},
    {"NdisIfAddIfStackEntry", G::adapter, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisIfDeleteIfStackEntry", G::adapter, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisIfQueryBindingIfIndex", G::adapter, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisIfGetInterfaceIndexFromNetLuid", G::adapter, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisIfGetNetLuidFromInterfaceIndex", G::adapter, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisAllocateCloneOidRequest", G::oid_request, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisFreeCloneOidRequest", G::oid_request, O::none, sideways, driver_calls_ndis, Edge::none, false, {}, {}, {}},
    {"NdisMResetMiniport", G::power_and_reset, O::none, sideways, driver_calls_ndis, miniport, false, {}, {}, {}},
});
// clang-format on

constexpr std::size_t family_functions = [] {
    std::size_t count = 0;
    for (const Family& family : families)
        for (std::string_view name : family.names) count += name.empty() ? 0 : 1;
    return count;
}();

constexpr auto catalogue = [] {
    std::array<Function, family_functions + others.size()> all{};
    std::size_t at = 0;
    for (const Family& family : families) {
        const auto& [call, handler, answer, answer_handler] = family.names;
        const bool goes_down = family.direction == down;
        const Direction back = goes_down ? up : down;
        const Edge caller = goes_down ? protocol : miniport, callee = goes_down ? miniport : protocol;
        all[at++] = {call,    family.group, family.operation, family.direction, driver_calls_ndis, caller, false,
                     handler, {},           answer_handler};
        all[at++] = {handler, family.group, family.operation, family.direction, ndis_calls_driver, callee, false, call,
                     call,    answer};
        if (!answer.empty())
            all[at++] = {answer, family.group, family.operation, back, driver_calls_ndis,
                         callee, true,         answer_handler,   {},   {}};
        if (!answer_handler.empty())
            all[at++] = {answer_handler, family.group, family.operation, back,   ndis_calls_driver,
                         caller,         true,         answer,           answer, {}};
    }
    for (const Function& function : others) all[at++] = function;
    return all;
}();

constexpr auto sorted = [] {
    auto all = catalogue;
    std::ranges::sort(all, {}, &Function::name);
    return all;
}();
static_assert(!sorted.front().name.empty(), "the table is as long as it says");
static_assert(std::ranges::adjacent_find(sorted, {}, &Function::name) == sorted.end(), "every name once");

}  // namespace

std::span<const Function> function_catalogue() { return catalogue; }

const Function* find_function(std::string_view name) {
    const auto found = std::ranges::lower_bound(sorted, name, {}, &Function::name);
    return found != sorted.end() && found->name == name ? &*found : nullptr;
}

std::string_view rung_name(OperationKind operation, Rung rung) {
    for (const Family& family : families)
        if (operation != O::none && family.operation == operation) return family.names[static_cast<std::size_t>(rung)];
    return {};
}

}  // namespace chimneylab::trace
