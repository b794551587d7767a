// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What is not offloaded: ordinary sends and receives, OID requests and status through the reference intermediate driver,
// between a protocol that talks and a miniport that keeps everything until the test lets it go. No chimney below: NDIS
// answers offload in its stead.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include <ndis.h>
#include <ndischimney.h>

#include "engine/intermediate_driver/reference_driver.h"
#include "engine/machine/machine.h"
#include "engine/ndis/ndis.h"

namespace chimneylab::test {
namespace {

using testing::ElementsAre;

// The two drivers at the ends share one state, the test's.
struct Ends {
    NDIS_HANDLE miniport_driver = nullptr, adapter = nullptr;
    std::vector<PNET_BUFFER_LIST> on_the_wire, returned;
    std::vector<std::pair<NDIS_OID, ULONG>> set_requests;
    PNDIS_OID_REQUEST pended_request = nullptr;
    bool pend_requests = false;

    struct Binding {
        NDIS_HANDLE handle = nullptr;
        std::vector<std::pair<PNET_BUFFER_LIST, NDIS_STATUS>> sent;
        std::vector<std::pair<PNET_BUFFER_LIST, bool>> received;  // may it be kept?
        std::vector<NDIS_STATUS> statuses, requests_completed;
    };
    NDIS_HANDLE protocol = nullptr;
    std::vector<std::unique_ptr<Binding>> bindings;
    bool keep_received = true;
};
Ends* ends = nullptr;

NDIS_STATUS wire_initialize(NDIS_HANDLE handle, NDIS_HANDLE, PNDIS_MINIPORT_INIT_PARAMETERS) {
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES attributes{};
    attributes.RegistrationAttributes.Header = {NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES, 1,
                                                NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1};
    attributes.RegistrationAttributes.MiniportAdapterContext = ends;
    attributes.RegistrationAttributes.InterfaceType = NdisInterfacePci;
    NdisMSetMiniportAttributes(handle, &attributes);
    attributes = {};
    auto& general = attributes.GeneralAttributes;
    general.Header = {NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, 1,
                      NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1};
    general.MediaType = NdisMedium802_3;
    general.MtuSize = general.LookaheadSize = 1500;
    general.MacAddressLength = 6;
    general.SupportedPacketFilters = NDIS_PACKET_TYPE_DIRECTED | NDIS_PACKET_TYPE_MULTICAST | NDIS_PACKET_TYPE_ALL_MULTICAST | NDIS_PACKET_TYPE_BROADCAST;
    general.IfType = 6;
    general.AccessType = NET_IF_ACCESS_BROADCAST;
    general.DirectionType = NET_IF_DIRECTION_SENDRECEIVE;
    general.ConnectionType = NET_IF_CONNECTION_DEDICATED;
    static NDIS_OID oids[] = {OID_GEN_CURRENT_PACKET_FILTER, OID_802_3_MULTICAST_LIST};
    general.SupportedOidList = oids;
    general.SupportedOidListLength = sizeof oids;
    ends->adapter = handle;
    return NdisMSetMiniportAttributes(handle, &attributes);
}
VOID wire_halt(NDIS_HANDLE, NDIS_HALT_ACTION) {}
NDIS_STATUS wire_pause(NDIS_HANDLE, PNDIS_MINIPORT_PAUSE_PARAMETERS) { return NDIS_STATUS_SUCCESS; }
NDIS_STATUS wire_restart(NDIS_HANDLE, PNDIS_MINIPORT_RESTART_PARAMETERS) { return NDIS_STATUS_SUCCESS; }
NDIS_STATUS wire_request(NDIS_HANDLE, PNDIS_OID_REQUEST request) {
    if (request->RequestType != NdisRequestSetInformation) return NDIS_STATUS_NOT_SUPPORTED;
    ULONG value = 0;
    if (request->DATA.SET_INFORMATION.InformationBufferLength >= sizeof value)
        NdisRetrieveUlong(&value, static_cast<PULONG>(request->DATA.SET_INFORMATION.InformationBuffer));
    ends->set_requests.emplace_back(request->DATA.SET_INFORMATION.Oid, value);
    request->DATA.SET_INFORMATION.BytesRead = request->DATA.SET_INFORMATION.InformationBufferLength;
    if (!ends->pend_requests) return NDIS_STATUS_SUCCESS;
    ends->pended_request = request;
    return NDIS_STATUS_PENDING;
}
VOID wire_cancel_request(NDIS_HANDLE, PVOID) {}
VOID wire_send(NDIS_HANDLE, PNET_BUFFER_LIST lists, NDIS_PORT_NUMBER, ULONG) {
    for (; lists != nullptr; lists = lists->Next) ends->on_the_wire.push_back(lists);
}
VOID wire_return(NDIS_HANDLE, PNET_BUFFER_LIST lists, ULONG) {
    for (; lists != nullptr; lists = lists->Next) ends->returned.push_back(lists);
}
VOID wire_cancel_send(NDIS_HANDLE, PVOID) {}
VOID wire_event(NDIS_HANDLE, PNET_DEVICE_PNP_EVENT) {}
VOID wire_shutdown(NDIS_HANDLE, NDIS_SHUTDOWN_ACTION) {}
VOID wire_unload(PDRIVER_OBJECT) { NdisMDeregisterMiniportDriver(ends->miniport_driver); }

NTSTATUS wire_entry(PDRIVER_OBJECT driver, PUNICODE_STRING path) {
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS wire{};
    wire.Header = {NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS, 1, NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1};
    wire.MajorNdisVersion = 6;
    wire.InitializeHandlerEx = wire_initialize;
    wire.HaltHandlerEx = wire_halt;
    wire.UnloadHandler = wire_unload;
    wire.PauseHandler = wire_pause;
    wire.RestartHandler = wire_restart;
    wire.OidRequestHandler = wire_request;
    wire.SendNetBufferListsHandler = wire_send;
    wire.ReturnNetBufferListsHandler = wire_return;
    wire.CancelSendHandler = wire_cancel_send;
    wire.DevicePnPEventNotifyHandler = wire_event;
    wire.ShutdownHandlerEx = wire_shutdown;
    wire.CancelOidRequestHandler = wire_cancel_request;
    return NdisMRegisterMiniportDriver(driver, path, nullptr, &wire, &ends->miniport_driver);
}

NDIS_STATUS talker_bind(NDIS_HANDLE, NDIS_HANDLE bind_context, PNDIS_BIND_PARAMETERS parameters) {
    NDIS_MEDIUM media[] = {NdisMedium802_3};
    UINT selected = 0;
    NDIS_OPEN_PARAMETERS open{};
    open.Header = {NDIS_OBJECT_TYPE_OPEN_PARAMETERS, 1, NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1};
    open.AdapterName = parameters->AdapterName;
    open.MediumArray = media;
    open.MediumArraySize = 1;
    open.SelectedMediumIndex = &selected;
    auto binding = std::make_unique<Ends::Binding>();
    const NDIS_STATUS status = NdisOpenAdapterEx(ends->protocol, binding.get(), &open, bind_context, &binding->handle);
    ends->bindings.push_back(std::move(binding));
    return status;
}
NDIS_STATUS talker_unbind(NDIS_HANDLE, NDIS_HANDLE context) { return NdisCloseAdapterEx(static_cast<Ends::Binding*>(context)->handle); }
VOID talker_open_complete(NDIS_HANDLE, NDIS_STATUS) {}
VOID talker_close_complete(NDIS_HANDLE) {}
NDIS_STATUS talker_event(NDIS_HANDLE, PNET_PNP_EVENT_NOTIFICATION) { return NDIS_STATUS_SUCCESS; }
VOID talker_request_complete(NDIS_HANDLE context, PNDIS_OID_REQUEST, NDIS_STATUS status) {
    static_cast<Ends::Binding*>(context)->requests_completed.push_back(status);
}
VOID talker_status(NDIS_HANDLE context, PNDIS_STATUS_INDICATION indication) {
    static_cast<Ends::Binding*>(context)->statuses.push_back(indication->StatusCode);
}
VOID talker_receive(NDIS_HANDLE context, PNET_BUFFER_LIST lists, NDIS_PORT_NUMBER, ULONG, ULONG flags) {
    auto* binding = static_cast<Ends::Binding*>(context);
    const bool may_keep = NDIS_TEST_RECEIVE_CAN_PEND(flags);
    for (PNET_BUFFER_LIST list = lists; list != nullptr; list = list->Next) binding->received.emplace_back(list, may_keep);
    if (may_keep && !ends->keep_received) NdisReturnNetBufferLists(binding->handle, lists, 0);
}
VOID talker_sent(NDIS_HANDLE context, PNET_BUFFER_LIST lists, ULONG) {
    auto* binding = static_cast<Ends::Binding*>(context);
    for (; lists != nullptr; lists = lists->Next) {
        EXPECT_EQ(lists->SourceHandle, binding->handle) << "as it was when it was sent";
        binding->sent.emplace_back(lists, lists->Status);
    }
}
VOID talker_unload(PDRIVER_OBJECT) { NdisDeregisterProtocolDriver(ends->protocol); }

NTSTATUS talker_entry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS talker{};
    talker.Header = {NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS, 1, NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1};
    talker.MajorNdisVersion = 6;
    talker.Name = NDIS_STRING_CONST("Talker");
    talker.BindAdapterHandlerEx = talker_bind;
    talker.UnbindAdapterHandlerEx = talker_unbind;
    talker.OpenAdapterCompleteHandlerEx = talker_open_complete;
    talker.CloseAdapterCompleteHandlerEx = talker_close_complete;
    talker.NetPnPEventHandler = talker_event;
    talker.OidRequestCompleteHandler = talker_request_complete;
    talker.StatusHandlerEx = talker_status;
    talker.ReceiveNetBufferListsHandler = talker_receive;
    talker.SendNetBufferListsCompleteHandler = talker_sent;
    driver->DriverUnload = talker_unload;
    return NdisRegisterProtocolDriver(nullptr, &talker, &ends->protocol);
}

constexpr machine::LayerIndex talker = 0, wire = 2;

class PacketPath : public testing::Test {
protected:
    PacketPath() {
        ends = &state;
        machine.add_layer(trace::LayerRole::host_stack, "talker", "test");
        machine.add_layer(trace::LayerRole::intermediate_driver, "IM 1", "reference");
        machine.add_layer(trace::LayerRole::offload_target, "wire", "test");
        ndis = std::make_unique<ndis::Ndis>(machine);
        machine.configuration().set_multi_text("protocol\\ChimneyReferenceIntermediate\\adapter\\wire0", "UpperBindings", {"up1", "up2"});
        load(wire, "wire", wire_entry);
        ndis->add_physical_adapter(wire, "wire0");
        load(1, "im", ChimneyReferenceIntermediateDriverEntry);
        ndis->bind(1, "wire0");
        load(talker, "talker", talker_entry);
        ndis->bind(talker, "up1");
        ndis->bind(talker, "up2");
        ndis->restart_stack();
    }
    void load(machine::LayerIndex layer, const char* name, PDRIVER_INITIALIZE entry) {
        ndis::DriverDescription driver;
        driver.layer = layer;
        driver.name = name;
        driver.entry = entry;
        EXPECT_EQ(ndis->load_driver(driver), STATUS_SUCCESS);
    }
    void SetUp() override {
        ASSERT_EQ(state.bindings.size(), 2u);
        const machine::MachineScope scope(machine, talker);
        NET_BUFFER_LIST_POOL_PARAMETERS parameters{};
        parameters.Header = {NDIS_OBJECT_TYPE_DEFAULT, 1, NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1};
        parameters.fAllocateNetBuffer = TRUE;
        parameters.PoolTag = 1;
        pool = NdisAllocateNetBufferListPool(nullptr, &parameters);
    }
    void TearDown() override {
        {
            const machine::MachineScope scope(machine, talker);
            for (PNET_BUFFER_LIST list : lists) NdisFreeNetBufferList(list);
            NdisFreeNetBufferListPool(pool);
        }
        ndis->unload_everything();
        machine.finish();
        for (const machine::Finding& finding : machine.findings()) ADD_FAILURE() << finding.explanation;
        ndis.reset();
    }
    PNET_BUFFER_LIST list() {
        const machine::MachineScope scope(machine, talker);
        lists.push_back(NdisAllocateNetBufferAndNetBufferList(pool, 0, 0, nullptr, 0, 0));
        return lists.back();
    }
    static PNET_BUFFER_LIST chain(std::vector<PNET_BUFFER_LIST> members) {
        for (std::size_t i = 0; i < members.size(); ++i) members[i]->Next = i + 1 < members.size() ? members[i + 1] : nullptr;
        return members.front();
    }
    void send(std::size_t edge, PNET_BUFFER_LIST first) {
        const machine::MachineScope scope(machine, talker);
        for (PNET_BUFFER_LIST each = first; each != nullptr; each = each->Next) each->SourceHandle = state.bindings[edge]->handle;
        NdisSendNetBufferLists(state.bindings[edge]->handle, first, 0, 0);
    }
    void complete(std::vector<PNET_BUFFER_LIST> members) {
        const machine::MachineScope scope(machine, wire);
        for (PNET_BUFFER_LIST member : members) member->Status = NDIS_STATUS_SUCCESS;
        NdisMSendNetBufferListsComplete(state.adapter, chain(members), 0);
    }
    void indicate(PNET_BUFFER_LIST first, ULONG count, ULONG flags) {
        const machine::MachineScope scope(machine, wire);
        for (PNET_BUFFER_LIST each = first; each != nullptr; each = each->Next) each->SourceHandle = state.adapter;
        NdisMIndicateReceiveNetBufferLists(state.adapter, first, 0, count, flags);
    }

    Ends state;
    machine::Machine machine;
    std::unique_ptr<ndis::Ndis> ndis;
    NDIS_HANDLE pool = nullptr;
    std::vector<PNET_BUFFER_LIST> lists;
};

TEST_F(PacketPath, OneCompletionCarriesListsOfTwoEdges) {
    const auto a = list(), b = list(), c = list();
    send(0, chain({a, b}));
    send(1, chain({c}));
    ASSERT_THAT(state.on_the_wire, ElementsAre(a, b, c));
    EXPECT_NE(a->SourceHandle, state.bindings[0]->handle) << "the sender of the moment is the intermediate driver";
    complete({b, c, a});
    EXPECT_THAT(state.bindings[0]->sent, ElementsAre(std::pair{b, NDIS_STATUS_SUCCESS}, std::pair{a, NDIS_STATUS_SUCCESS}));
    EXPECT_THAT(state.bindings[1]->sent, ElementsAre(std::pair{c, NDIS_STATUS_SUCCESS}));
}

TEST_F(PacketPath, WithoutMemoryASendComesBackWithResources) {
    const auto a = list(), b = list();
    machine.pool().faults().fail_nth(2, {std::nullopt, machine::LayerIndex{1}});
    send(0, chain({a, b}));
    EXPECT_TRUE(state.on_the_wire.empty());
    EXPECT_THAT(state.bindings[0]->sent, ElementsAre(std::pair{a, NDIS_STATUS_RESOURCES}, std::pair{b, NDIS_STATUS_RESOURCES}));
}

TEST_F(PacketPath, ReceivedListsAreLentToAllEdgesAndGivenToTheLast) {
    const auto a = list();
    indicate(a, 1, 0);
    EXPECT_THAT(state.bindings[0]->received, ElementsAre(std::pair{a, false}));
    EXPECT_THAT(state.bindings[1]->received, ElementsAre(std::pair{a, true}));
    EXPECT_TRUE(state.returned.empty());
    {
        const machine::MachineScope scope(machine, talker);
        NdisReturnNetBufferLists(state.bindings[1]->handle, a, 0);
    }
    EXPECT_THAT(state.returned, ElementsAre(a));
    EXPECT_EQ(a->SourceHandle, state.adapter);

    state.keep_received = false;  // returned inside the indication
    indicate(a, 1, 0);
    EXPECT_THAT(state.returned, ElementsAre(a, a));
    indicate(a, 1, NDIS_RECEIVE_FLAGS_RESOURCES);
    EXPECT_EQ(state.returned.size(), 2u) << "lent by the miniport: nobody returns it";
    EXPECT_THAT(state.bindings[1]->received.back(), (std::pair{a, false}));
    EXPECT_EQ(a->SourceHandle, state.adapter);
}

TEST_F(PacketPath, WithoutMemoryTheListIsLentAndReturnedByTheDriver) {
    const auto a = list();
    machine.pool().faults().fail_nth(1, {std::nullopt, machine::LayerIndex{1}});
    indicate(a, 1, 0);
    EXPECT_THAT(state.bindings[1]->received, ElementsAre(std::pair{a, false}));
    EXPECT_THAT(state.returned, ElementsAre(a));
}

TEST_F(PacketPath, APausedEdgeTurnsSendsBackAndWaitsForThoseBelow) {
    const auto a = list(), b = list();
    send(0, chain({a}));
    machine::WorkRequest later;  // the wire completes while NDIS waits for the pause
    later.label = "the wire completes";
    later.layer = wire;
    later.run = [this, a] { complete({a}); };
    machine.queue_work(std::move(later));
    ndis->pause("up1");
    EXPECT_EQ(ndis->adapter_state("up1"), ndis::AdapterState::paused);
    EXPECT_THAT(state.bindings[0]->sent, ElementsAre(std::pair{a, NDIS_STATUS_SUCCESS}));
    send(1, chain({b}));
    EXPECT_EQ(state.on_the_wire.size(), 2u) << "the other edge goes on";
    complete({b});
    EXPECT_TRUE(ndis->restart("up1"));
}

TEST_F(PacketPath, FiltersOfAllEdgesAreJoined) {
    const auto set_filter = [this](std::size_t edge, ULONG filter) {
        const machine::MachineScope scope(machine, talker);
        static NDIS_OID_REQUEST request;
        static ULONG value;
        request = {};
        value = filter;
        request.Header = {NDIS_OBJECT_TYPE_OID_REQUEST, 1, NDIS_SIZEOF_OID_REQUEST_REVISION_1};
        request.RequestType = NdisRequestSetInformation;
        request.DATA.SET_INFORMATION.Oid = OID_GEN_CURRENT_PACKET_FILTER;
        request.DATA.SET_INFORMATION.InformationBuffer = &value;
        request.DATA.SET_INFORMATION.InformationBufferLength = sizeof value;
        const NDIS_STATUS status = NdisOidRequest(state.bindings[edge]->handle, &request);
        EXPECT_EQ(value, filter) << "the caller's buffer is the caller's";
        return status;
    };
    EXPECT_EQ(set_filter(0, NDIS_PACKET_TYPE_DIRECTED), NDIS_STATUS_SUCCESS);
    EXPECT_EQ(set_filter(1, NDIS_PACKET_TYPE_MULTICAST), NDIS_STATUS_SUCCESS);
    ASSERT_EQ(state.set_requests.size(), 2u);
    EXPECT_EQ(state.set_requests[1].second, NDIS_PACKET_TYPE_DIRECTED | NDIS_PACKET_TYPE_MULTICAST | NDIS_PACKET_TYPE_ALL_MULTICAST);
    state.pend_requests = true;
    EXPECT_EQ(set_filter(0, 0), NDIS_STATUS_PENDING);
    {
        const machine::MachineScope scope(machine, wire);
        NdisMOidRequestComplete(state.adapter, state.pended_request, NDIS_STATUS_SUCCESS);
    }
    EXPECT_THAT(state.bindings[0]->requests_completed, ElementsAre(NDIS_STATUS_SUCCESS));
}

TEST_F(PacketPath, StatusIsShownOnEveryEdge) {
    {
        const machine::MachineScope scope(machine, wire);
        NDIS_STATUS_INDICATION indication{};
        indication.Header = {NDIS_OBJECT_TYPE_STATUS_INDICATION, 1, NDIS_SIZEOF_STATUS_INDICATION_REVISION_1};
        indication.SourceHandle = state.adapter;
        indication.StatusCode = NDIS_STATUS_UPLOAD_ALL;
        NdisMIndicateStatusEx(state.adapter, &indication);
    }
    for (const auto& binding : state.bindings) EXPECT_THAT(binding->statuses, ElementsAre(NDIS_STATUS_UPLOAD_ALL));
}

}  // namespace
}  // namespace chimneylab::test
