// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/function_purpose.h"

#include <algorithm>
#include <array>

namespace chimneylab::trace {
namespace {

struct Purpose {
    std::string_view name, text;
};

constexpr auto purposes = std::to_array<Purpose>({
    {"DriverEntry", "the driver has been loaded and registers itself"},
    {"NdisMRegisterMiniportDriver", "to register its upper (miniport) edge"},
    {"NdisMDeregisterMiniportDriver", "to withdraw its miniport edge"},
    {"NdisRegisterProtocolDriver", "to register its lower (protocol) edge"},
    {"NdisDeregisterProtocolDriver", "to withdraw its protocol edge"},
    {"NdisSetOptionalHandlers", "to hand NDIS a table of chimney functions"},
    {"MiniportSetOptions",
     "now the driver may set its optional handlers, the chimney functions of its upper edge among them"},
    {"ProtocolSetOptions",
     "now the driver may set its optional handlers, the chimney functions of its lower edge among them"},
    {"NdisIMAssociateMiniport", "to tell NDIS that its two edges are one intermediate driver"},
    {"NdisMGetOffloadHandlers", "to get the entry points for TCP completions and indications"},
    {"NdisRegisterDeviceEx", "to create a device through which user-mode programs can reach it"},
    {"NdisDeregisterDeviceEx", "to remove its device"},
    {"ProtocolBindAdapterEx", "there is an adapter below that the driver may bind to"},
    {"NdisCompleteBindAdapterEx", "to finish a binding it had left pending"},
    {"NdisOpenAdapterEx", "to open a binding to the adapter below; its handle is what SourceHandle will hold one day"},
    {"ProtocolOpenAdapterCompleteEx", "the binding is open"},
    {"ProtocolUnbindAdapterEx", "the binding has to be given up"},
    {"NdisUnbindAdapter", "to have its own binding taken away"},
    {"NdisCompleteUnbindAdapterEx", "to finish an unbinding it had left pending"},
    {"NdisReEnumerateProtocolBindings", "to be offered the adapters again"},
    {"NdisQueryAdapterInstanceName", "to learn the name of the adapter it is bound to"},
    {"NdisQueryBindInstanceName", "to learn the name of the adapter it is being bound to"},
    {"NdisEnumerateFilterModules", "to learn which filters lie between it and the adapter"},
    {"NdisCloseAdapterEx", "to close its binding"},
    {"ProtocolCloseAdapterCompleteEx", "the binding is closed"},
    {"NdisIMInitializeDeviceInstanceEx", "to bring up one of its virtual miniports"},
    {"NdisIMDeInitializeDeviceInstance", "to take down one of its virtual miniports"},
    {"NdisIMGetBindingContext", "to find the protocol edge's context from a virtual miniport"},
    {"NdisMSetMiniportAttributes", "to describe its adapter to NDIS"},
    {"MiniportInitializeEx", "an adapter of this driver comes up"},
    {"MiniportHaltEx", "an adapter of this driver goes away"},
    {"MiniportPause", "the adapter has to stop its data path"},
    {"NdisMPauseComplete", "to say that its data path has stopped"},
    {"MiniportRestart", "the adapter may start its data path"},
    {"NdisMRestartComplete", "to say that its data path runs"},
    {"NdisOidRequest", "to ask or set something of the driver below"},
    {"MiniportOidRequest", "the driver above asks or sets something"},
    {"NdisMOidRequestComplete", "to answer a request"},
    {"ProtocolOidRequestComplete", "the request made earlier has its answer"},
    {"NdisMIndicateStatusEx", "to tell every driver above that something changed"},
    {"ProtocolStatusEx", "something changed in a driver below"},
    {"ProtocolNetPnPEvent", "a plug-and-play event has to be dealt with"},
    {"NdisIMNotifyPnPEvent", "to pass a plug-and-play event on to the drivers above"},
    {"MiniportDevicePnPEventNotify", "a plug-and-play event concerns the device"},
    {"NdisOffloadTcpSend", "to send data on an offloaded connection"},
    {"MiniportTcpOffloadSend", "there is data to send on an offloaded connection"},
    {"NdisTcpOffloadSendComplete", "to give sent NET_BUFFER_LISTs back"},
    {"ProtocolTcpOffloadSendComplete", "NET_BUFFER_LISTs sent earlier come back"},
    {"NdisOffloadTcpReceive", "to post buffers for received data"},
    {"MiniportTcpOffloadReceive", "buffers are posted for received data"},
    {"NdisTcpOffloadReceiveComplete", "to give posted buffers back"},
    {"ProtocolTcpOffloadReceiveComplete", "posted buffers come back"},
    {"NdisOffloadTcpDisconnect", "to close an offloaded connection"},
    {"MiniportTcpOffloadDisconnect", "an offloaded connection is to be closed"},
    {"NdisTcpOffloadDisconnectComplete", "to report that a disconnect is done"},
    {"ProtocolTcpOffloadDisconnectComplete", "the disconnect is done"},
    {"NdisOffloadTcpForward", "to pass on segments that it had received itself"},
    {"MiniportTcpOffloadForward", "segments that arrived the ordinary way are passed on"},
    {"NdisTcpOffloadForwardComplete", "to give forwarded segments back"},
    {"ProtocolTcpOffloadForwardComplete", "forwarded segments come back"},
    {"NdisOffloadTcpReceiveReturn", "to return data that had been indicated to it"},
    {"MiniportTcpOffloadReceiveReturn", "data indicated earlier is returned"},
    {"NdisTcpOffloadEventHandler", "to indicate an event on an offloaded connection"},
    {"ProtocolTcpOffloadEvent", "something happened on an offloaded connection"},
    {"NdisTcpOffloadReceiveHandler", "to indicate received data"},
    {"ProtocolTcpOffloadReceiveIndicate",
     "data has arrived on an offloaded connection; the return value says whether it is taken"},
    {"NdisMOffloadEventIndicate", "to indicate an event of an offloaded object"},
    {"ProtocolIndicateOffloadEvent", "something happened to an offloaded object"},
    {"NdisSendNetBufferLists", "to send packets the ordinary way"},
    {"MiniportSendNetBufferLists", "there are packets to send the ordinary way"},
    {"NdisMSendNetBufferListsComplete", "to give sent packets back"},
    {"ProtocolSendNetBufferListsComplete", "packets sent earlier come back"},
    {"NdisMIndicateReceiveNetBufferLists", "to pass received packets up"},
    {"ProtocolReceiveNetBufferLists", "packets have been received"},
    {"NdisReturnNetBufferLists", "to return received packets"},
    {"MiniportReturnNetBufferLists", "packets indicated earlier are returned"},
    {"MiniportDriverUnload", "the driver is about to be unloaded"},
    {"MiniportShutdownEx", "the system shuts down"},
    {"NetTimerCallback", "a timer of the driver has run out"},
    {"NdisIoWorkItemRoutine", "a work item of the driver has its turn"},
    {"SystemThreadRoutine", "a thread that the driver started gets its turn"},
    {"DriverUnload", "the driver is about to be unloaded"},
    {"DriverCancel", "a request that the driver holds is cancelled"},
    {"IRP_MJ_CREATE", "a user-mode program opens the driver's control device"},
    {"IRP_MJ_DEVICE_CONTROL", "a user-mode program sends a command to the driver's control device"},
    {"IRP_MJ_CLEANUP", "the user-mode program gives up its handle of the control device"},
    {"IRP_MJ_CLOSE", "the control device is closed"},
});

}  // namespace

std::string_view function_purpose(std::string_view name) {
    const auto found = std::ranges::find(purposes, name, &Purpose::name);
    return found == purposes.end() ? std::string_view{} : found->text;
}

}  // namespace chimneylab::trace
