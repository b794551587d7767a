// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// OID requests, status, the ordinary data path, ports, interfaces, configuration.
#include <gmock/gmock.h>

#include <algorithm>
#include <utility>

#include "tests/ndis/rig.h"

namespace chimneylab::ndis::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using machine::FindingKind;

class Services : public ::testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(rig.boot()); }
    [[nodiscard]] NDIS_HANDLE binding() { return rig.host().bindings[0]->handle; }
    [[nodiscard]] static NDIS_OID_REQUEST query(NDIS_OID oid, void* buffer, UINT length, std::uintptr_t id = 0) {
        NDIS_OID_REQUEST request{};
        request.Header = {NDIS_OBJECT_TYPE_OID_REQUEST, 1, NDIS_SIZEOF_OID_REQUEST_REVISION_1};
        request.RequestType = NdisRequestQueryInformation;
        request.RequestId = reinterpret_cast<PVOID>(id);
        request.DATA.QUERY_INFORMATION.Oid = oid;
        request.DATA.QUERY_INFORMATION.InformationBuffer = buffer;
        request.DATA.QUERY_INFORMATION.InformationBufferLength = length;
        return request;
    }
    NDIS_STATUS ask(NDIS_OID_REQUEST& request) {
        NDIS_STATUS status = NDIS_STATUS_FAILURE;
        rig.as(0, [&] { status = NdisOidRequest(binding(), &request); });
        return status;
    }
    void complete_at_target(NDIS_STATUS status) {
        AdapterState_& adapter = *rig.target().adapters[0];
        rig.as(1, [&] { NdisMOidRequestComplete(adapter.handle, std::exchange(adapter.oid, nullptr), status); });
    }
    [[nodiscard]] std::vector<std::string> oid_calls() {
        std::vector<std::string> result;
        for (const std::string& call : rig.calls_of(1)) {
            if (call.find("Oid") != std::string::npos) result.push_back(call);
        }
        return result;
    }
    Rig rig{0};
    ULONG buffer[8] = {};
};

TEST_F(Services, OidsAreSerialisedPerAdapterFirstComeFirstServed) {
    rig.target().habits.oid_status = NDIS_STATUS_PENDING;
    auto first = query(OID_GEN_STATISTICS, buffer, sizeof(buffer), 1);
    auto second = query(OID_GEN_STATISTICS, buffer, sizeof(buffer), 2);
    auto third = query(OID_GEN_STATISTICS, buffer, sizeof(buffer), 3);
    for (auto* request : {&first, &second, &third}) EXPECT_EQ(ask(*request), NDIS_STATUS_PENDING);
    rig.run();
    EXPECT_THAT(oid_calls(), ElementsAre("MiniportOidRequest 1"));
    complete_at_target(NDIS_STATUS_SUCCESS);
    rig.run();
    EXPECT_THAT(oid_calls(), ElementsAre("MiniportOidRequest 1", "MiniportOidRequest 2"));
    complete_at_target(NDIS_STATUS_NOT_SUPPORTED);
    rig.run();
    complete_at_target(NDIS_STATUS_SUCCESS);
    EXPECT_THAT(rig.host().bindings[0]->oid_results, ElementsAre(NDIS_STATUS_SUCCESS, NDIS_STATUS_NOT_SUPPORTED, NDIS_STATUS_SUCCESS));
    EXPECT_THAT(rig.host().bindings[0]->oids_completed, ElementsAre(&first, &second, &third));
    EXPECT_THAT(rig.machine.findings(), IsEmpty()) << rig.all_findings();
}

TEST_F(Services, AnOidMayBeCompletedBeforePendingIsReturned) {
    rig.target().habits.oid_completes_inside = true;
    auto request = query(OID_GEN_STATISTICS, buffer, sizeof(buffer));
    EXPECT_EQ(ask(request), NDIS_STATUS_PENDING);
    EXPECT_THAT(rig.host().bindings[0]->oid_results, ElementsAre(NDIS_STATUS_SUCCESS));
    EXPECT_EQ(ask(request), NDIS_STATUS_PENDING);
    EXPECT_EQ(rig.host().bindings[0]->oid_results.size(), 2u);
    EXPECT_THAT(rig.machine.findings(), IsEmpty()) << rig.all_findings();
}

TEST_F(Services, SynchronousAnswersAreReturnedAndNotCompleted) {
    auto request = query(OID_GEN_STATISTICS, buffer, sizeof(buffer));
    rig.target().habits.oid_status = NDIS_STATUS_NOT_SUPPORTED;
    EXPECT_EQ(ask(request), NDIS_STATUS_NOT_SUPPORTED);
    EXPECT_THAT(rig.host().bindings[0]->oid_results, IsEmpty());
}

TEST_F(Services, AtDispatchLevelAnOidIsHandedOnLater) {
    auto request = query(OID_GEN_STATISTICS, buffer, sizeof(buffer));
    rig.as(0, [&] {
        machine::RaisedIrql raised(rig.machine, machine::dispatch_level);
        EXPECT_EQ(NdisOidRequest(binding(), &request), NDIS_STATUS_PENDING);
    });
    EXPECT_THAT(oid_calls(), IsEmpty());
    rig.run();
    EXPECT_THAT(rig.host().bindings[0]->oid_results, ElementsAre(NDIS_STATUS_SUCCESS));
}

TEST_F(Services, CancellingReachesTheMiniportOnlyForWhatItHolds) {
    rig.target().habits.oid_status = NDIS_STATUS_PENDING;
    auto held = query(OID_GEN_STATISTICS, buffer, sizeof(buffer), 1);
    auto waiting = query(OID_GEN_STATISTICS, buffer, sizeof(buffer), 2);
    ask(held);
    ask(waiting);
    rig.as(0, [&] { NdisCancelOidRequest(binding(), reinterpret_cast<PVOID>(2)); });
    EXPECT_THAT(rig.host().bindings[0]->oid_results, ElementsAre(NDIS_STATUS_REQUEST_ABORTED));
    EXPECT_THAT(oid_calls(), ElementsAre("MiniportOidRequest 1"));
    rig.as(0, [&] { NdisCancelOidRequest(binding(), reinterpret_cast<PVOID>(1)); });
    EXPECT_THAT(oid_calls(), ElementsAre("MiniportOidRequest 1", "MiniportCancelOidRequest 1"));
    complete_at_target(NDIS_STATUS_REQUEST_ABORTED);
    rig.run();
    EXPECT_EQ(rig.host().bindings[0]->oid_results.size(), 2u);
}

TEST_F(Services, CompletingWhatOneDoesNotHoldIsAFinding) {
    NDIS_OID_REQUEST stray = query(OID_GEN_STATISTICS, nullptr, 0);
    rig.as(1, [&] { NdisMOidRequestComplete(rig.target_adapter, &stray, NDIS_STATUS_SUCCESS); });
    EXPECT_EQ(rig.findings(FindingKind::foreign_handle), 1u);
}

TEST_F(Services, NdisAnswersFromTheRegisteredAttributes) {
    auto request = query(OID_GEN_MAXIMUM_FRAME_SIZE, buffer, sizeof(buffer));
    EXPECT_EQ(ask(request), NDIS_STATUS_SUCCESS);
    EXPECT_EQ(buffer[0], 1500u);
    EXPECT_EQ(request.DATA.QUERY_INFORMATION.BytesWritten, 4u);
    auto small = query(OID_GEN_SUPPORTED_LIST, buffer, 4);
    EXPECT_EQ(ask(small), NDIS_STATUS_BUFFER_TOO_SHORT);
    EXPECT_EQ(small.DATA.QUERY_INFORMATION.BytesNeeded, 12u);
    EXPECT_THAT(oid_calls(), IsEmpty());
    auto set = query(OID_GEN_CURRENT_PACKET_FILTER, buffer, 4);
    set.RequestType = NdisRequestSetInformation;
    buffer[0] = NDIS_PACKET_TYPE_DIRECTED | NDIS_PACKET_TYPE_BROADCAST;
    EXPECT_EQ(ask(set), NDIS_STATUS_SUCCESS);
    buffer[0] = 0;
    auto filter = query(OID_GEN_CURRENT_PACKET_FILTER, buffer, 4);
    EXPECT_EQ(ask(filter), NDIS_STATUS_SUCCESS);
    EXPECT_EQ(buffer[0], NDIS_PACKET_TYPE_DIRECTED | NDIS_PACKET_TYPE_BROADCAST);
}

TEST_F(Services, CloneHasItsOwnReservedAreasAndTheSameBuffer) {
    auto request = query(OID_GEN_STATISTICS, buffer, sizeof(buffer));
    request.MiniportReserved[0] = 7;
    PNDIS_OID_REQUEST clone = nullptr;
    rig.as(0, [&] { ASSERT_EQ(NdisAllocateCloneOidRequest(binding(), &request, 'C', &clone), NDIS_STATUS_SUCCESS); });
    EXPECT_EQ(clone->DATA.QUERY_INFORMATION.InformationBuffer, buffer);
    EXPECT_EQ(clone->MiniportReserved[0], 0);
    EXPECT_EQ(rig.machine.pool().find_live(clone)->owner, 0);
    rig.as(0, [&] { NdisFreeCloneOidRequest(binding(), clone); });
    EXPECT_EQ(rig.machine.pool().find_live(clone), nullptr);
}

TEST_F(Services, StatusReachesEveryBindingAndNdisRemembersTheLink) {
    NDIS_LINK_STATE link{};
    link.Header = {NDIS_OBJECT_TYPE_DEFAULT, 1, sizeof(link)};
    link.MediaConnectState = MediaConnectStateDisconnected;
    NDIS_STATUS_INDICATION indication{};
    indication.Header = {NDIS_OBJECT_TYPE_STATUS_INDICATION, 1, sizeof(indication)};
    indication.SourceHandle = rig.target_adapter;
    indication.StatusCode = NDIS_STATUS_LINK_STATE;
    indication.StatusBuffer = &link;
    indication.StatusBufferSize = sizeof(link);
    rig.as(1, [&] { NdisMIndicateStatusEx(rig.target_adapter, &indication); });
    EXPECT_THAT(rig.host().bindings[0]->statuses, ElementsAre(NDIS_STATUS_LINK_STATE));
    auto request = query(OID_GEN_MEDIA_CONNECT_STATUS, buffer, sizeof(buffer));
    EXPECT_EQ(ask(request), NDIS_STATUS_SUCCESS);
    EXPECT_EQ(buffer[0], 1u);
}

TEST_F(Services, SendsComeBackOnceAndWithPausedWhileNothingRuns) {
    NET_BUFFER_LIST lists[2] = {};
    lists[0].Next = &lists[1];
    lists[0].SourceHandle = lists[1].SourceHandle = binding();
    rig.target().habits.send_pends = true;
    rig.as(0, [&] { NdisSendNetBufferLists(binding(), &lists[0], 0, 0); });
    EXPECT_THAT(rig.host().bindings[0]->sends_completed, IsEmpty());
    rig.ndis->pause(physical_adapter);  // waits for the sends
    EXPECT_THAT(rig.host().bindings[0]->sends_completed, ::testing::SizeIs(2));
    NET_BUFFER_LIST late{};
    late.SourceHandle = binding();
    rig.as(0, [&] { NdisSendNetBufferLists(binding(), &late, 0, 0); });
    ASSERT_THAT(rig.host().bindings[0]->sends_completed, ::testing::SizeIs(3));
    EXPECT_EQ(rig.host().bindings[0]->sends_completed[2].second, NDIS_STATUS_PAUSED);
}

TEST_F(Services, ReceivedListsAreReturnedLentOnesAreNot) {
    NET_BUFFER_LIST list{}, lent{};
    list.SourceHandle = lent.SourceHandle = rig.target_adapter;
    BindingState_& binding_state = *rig.host().bindings[0];
    rig.as(1, [&] {
        NdisMIndicateReceiveNetBufferLists(rig.target_adapter, &list, 0, 1, 0);
        NdisMIndicateReceiveNetBufferLists(rig.target_adapter, &lent, 0, 1, NDIS_RECEIVE_FLAGS_RESOURCES);
    });
    EXPECT_EQ(std::ranges::count(rig.log, "offload target: MiniportReturnNetBufferLists"), 1);
    binding_state.keep_received = true;
    rig.as(1, [&] { NdisMIndicateReceiveNetBufferLists(rig.target_adapter, &list, 0, 1, 0); });
    rig.as(0, [&] { NdisReturnNetBufferLists(binding(), &list, 0); });
    EXPECT_EQ(std::ranges::count(rig.log, "offload target: MiniportReturnNetBufferLists"), 2);
    EXPECT_TRUE(rig.ndis->unbind(0, physical_adapter));
    EXPECT_THAT(rig.machine.findings(), IsEmpty()) << rig.all_findings();
}

TEST_F(Services, PortsAndInterfaces) {
    NDIS_PORT_CHARACTERISTICS port{};
    rig.as(1, [&] {
        EXPECT_EQ(NdisMAllocatePort(rig.target_adapter, &port), NDIS_STATUS_SUCCESS);
        EXPECT_EQ(port.PortNumber, 1u);
        EXPECT_EQ(NdisMFreePort(rig.target_adapter, 1), NDIS_STATUS_SUCCESS);
        EXPECT_EQ(NdisMFreePort(rig.target_adapter, 1), NDIS_STATUS_INVALID_PORT);
        PDEVICE_OBJECT physical = nullptr, functional = nullptr;
        NdisMGetDeviceProperty(rig.target_adapter, &physical, &functional, nullptr, nullptr, nullptr);
        EXPECT_NE(physical, nullptr);
        EXPECT_NE(physical, functional);
    });
    rig.as(0, [&] {
        NET_IFINDEX bound = 0, lowest = 0, back = 0;
        NET_LUID luid{};
        EXPECT_EQ(NdisIfQueryBindingIfIndex(binding(), &bound, &luid, &lowest, nullptr), NDIS_STATUS_SUCCESS);
        EXPECT_EQ(bound, lowest);
        EXPECT_EQ(NdisIfGetInterfaceIndexFromNetLuid(luid, &back), NDIS_STATUS_SUCCESS);
        EXPECT_EQ(back, bound);
        EXPECT_EQ(NdisIfAddIfStackEntry(bound, 77), NDIS_STATUS_INTERFACE_NOT_FOUND);
        NDIS_STRING name{};
        EXPECT_EQ(NdisQueryAdapterInstanceName(&name, binding()), NDIS_STATUS_SUCCESS);
        EXPECT_EQ(name.Length, std::string(physical_adapter).size() * 2);
        NdisFreeMemory(name.Buffer, 0, 0);
    });
}

TEST_F(Services, ConfigurationKeysFollowTheHandle) {
    auto& configuration = rig.machine.configuration();
    EXPECT_EQ(configuration.key_of(rig.target_adapter), std::string("adapter\\") + physical_adapter);
    EXPECT_EQ(configuration.key_of(rig.host().protocol), "protocol\\TEST");
    EXPECT_EQ(configuration.key_of(binding()), std::string("protocol\\TEST\\adapter\\") + physical_adapter);
    EXPECT_EQ(configuration.key_of(rig.target().miniport), "driver\\test-1");
    EXPECT_FALSE(configuration.key_of(nullptr).has_value());
}

TEST_F(Services, RoutineAddressesAreThoseOfTheExports) {
    rig.as(0, [&] {
        NDIS_STRING known = NDIS_STRING_CONST("NdisMSendNetBufferListsComplete"), unknown = NDIS_STRING_CONST("NdisNoSuchRoutine");
        EXPECT_EQ(NdisGetRoutineAddress(&known), reinterpret_cast<PVOID>(NdisMSendNetBufferListsComplete));
        EXPECT_EQ(NdisGetRoutineAddress(&unknown), nullptr);
    });
}

TEST_F(Services, AnEventFromTheMiniportReachesTheProtocols) {
    NET_PNP_EVENT_NOTIFICATION event{};
    event.Header = {NDIS_OBJECT_TYPE_DEFAULT, 1, sizeof(event)};
    event.NetPnPEvent.NetEvent = NetEventQueryPower;
    rig.as(1, [&] { EXPECT_EQ(NdisMNetPnPEvent(rig.target_adapter, &event), NDIS_STATUS_SUCCESS); });
    EXPECT_EQ(rig.calls_of(0).back(), "NetEvent");
    EXPECT_EQ(rig.ndis->send_plug_and_play_event(0, physical_adapter, NetEventReconfigure), NDIS_STATUS_SUCCESS);
}

}  // namespace
}  // namespace chimneylab::ndis::test
