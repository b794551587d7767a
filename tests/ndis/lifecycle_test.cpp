// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// From DriverEntry to unload: registration, attributes, binding, virtual miniports, pause, restart, halt.
#include <gmock/gmock.h>

#include "engine/machine/unicode.h"
#include "tests/ndis/rig.h"

namespace chimneylab::ndis::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using machine::FindingKind;

TEST(Boot, EverythingIsRunningBottomUp) {
    Rig rig(2);
    ASSERT_TRUE(rig.boot()) << rig.all_findings();
    for (const AdapterView& adapter : rig.ndis->adapters()) EXPECT_EQ(adapter.state, AdapterState::running) << adapter.name;
    for (const BindingView& binding : rig.ndis->bindings()) EXPECT_EQ(binding.state, BindingState::running) << binding.adapter;
    EXPECT_EQ(rig.ndis->adapters().size(), 3u);
    EXPECT_EQ(rig.ndis->bindings().size(), 3u);
    EXPECT_THAT(rig.machine.findings(), IsEmpty()) << rig.all_findings();
    EXPECT_THAT(rig.log, ElementsAre("offload target: DriverEntry", "offload target: MiniportSetOptions", "offload target: MiniportInitializeEx",
                                     "offload target: general attributes: 0", "IM 2: DriverEntry", "IM 2: MiniportSetOptions",
                                     "IM 2: ProtocolSetOptions", "IM 2: ProtocolBindAdapterEx", "offload target: MiniportRestart",
                                     "IM 2: NetEventRestart", "IM 2: MiniportInitializeEx", "IM 2: general attributes: 0", "IM 1: DriverEntry",
                                     "IM 1: MiniportSetOptions", "IM 1: ProtocolSetOptions", "IM 1: ProtocolBindAdapterEx", "IM 2: MiniportRestart",
                                     "IM 1: NetEventRestart", "IM 1: MiniportInitializeEx", "IM 1: general attributes: 0", "host stack: DriverEntry",
                                     "host stack: ProtocolSetOptions", "host stack: ProtocolBindAdapterEx", "IM 1: MiniportRestart",
                                     "host stack: NetEventRestart"));
}

TEST(Boot, BindParametersDescribeTheAdapter) {
    Rig rig(1);
    ASSERT_TRUE(rig.boot());
    const NDIS_BIND_PARAMETERS& seen = rig.host().bindings[0]->seen;
    EXPECT_EQ(rig.host().bindings[0]->adapter, rig.virtual_name(1, 1));
    EXPECT_EQ(seen.MtuSize, 1500u);
    EXPECT_EQ(seen.MediaType, NdisMedium802_3);
    EXPECT_EQ(seen.CurrentMacAddress[5], 1);
    EXPECT_NE(seen.BoundIfIndex, seen.LowestIfIndex);
    EXPECT_EQ(seen.LowestIfIndex, rig.im(1).bindings[0]->seen.BoundIfIndex);
}

TEST(Boot, PendingAnswersEverywhereComeToTheSame) {
    NdisOptions options;
    options.open_pends = options.close_pends = true;
    Rig rig(2, {}, options);
    for (LayerIndex layer = 0; layer < 4; ++layer) {
        Habits& habits = rig.driver(layer).habits;
        habits.bind_pends = habits.unbind_pends = habits.pause_pends = habits.restart_pends = habits.event_pends = true;
    }
    rig.im(1).habits.bind_completes_early = true;
    ASSERT_TRUE(rig.boot()) << rig.all_findings();
    for (const BindingView& binding : rig.ndis->bindings()) EXPECT_EQ(binding.state, BindingState::running);
    rig.ndis->pause(physical_adapter);
    EXPECT_EQ(rig.ndis->adapter_state(physical_adapter), AdapterState::paused);
    rig.ndis->restart(physical_adapter);
    EXPECT_EQ(rig.ndis->adapter_state(physical_adapter), AdapterState::running);
    rig.ndis->unload_everything();
    EXPECT_THAT(rig.ndis->adapters(), IsEmpty());
    EXPECT_THAT(rig.machine.findings(), IsEmpty()) << rig.all_findings();
}

TEST(Boot, VirtualMiniportsComeUpInsideTheCallWhenAskedTo) {
    NdisOptions options;
    options.initialize_inside_call = true;
    Rig rig(1, {}, options);
    rig.im(1).habits.virtual_miniports = 3;
    ASSERT_TRUE(rig.boot());
    EXPECT_THAT(rig.ndis->virtual_adapters(1), ElementsAre(rig.virtual_name(1, 1), rig.virtual_name(1, 2), rig.virtual_name(1, 3)));
    EXPECT_EQ(rig.host().bindings.size(), 3u);
}

TEST(Boot, ADeviceThatIsNotStartedWaits) {
    Rig rig(1);
    rig.im(1).habits.virtual_miniports = 2;
    rig.ndis->set_device_started(rig.virtual_name(1, 2), false);
    ASSERT_TRUE(rig.boot());
    EXPECT_THAT(rig.ndis->virtual_adapters(1), ElementsAre(rig.virtual_name(1, 1)));
    rig.ndis->set_device_started(rig.virtual_name(1, 2), true);
    rig.run();
    EXPECT_THAT(rig.ndis->virtual_adapters(1), ElementsAre(rig.virtual_name(1, 1), rig.virtual_name(1, 2)));
}

TEST(Boot, BindsMayComeBeforeDriverEntryEnds) {
    NdisOptions options;
    options.offer_adapters_early = true;
    Rig rig(0, {}, options);
    ASSERT_TRUE(rig.load(1));
    ASSERT_EQ(rig.ndis->add_physical_adapter(1, physical_adapter), NDIS_STATUS_SUCCESS);
    EXPECT_FALSE(rig.ndis->bind(0, physical_adapter));
    ASSERT_TRUE(rig.load(0));
    EXPECT_EQ(rig.ndis->binding_state(0, physical_adapter), BindingState::running) << rig.all_findings();
}

TEST(Registration, TablesOfTheWrongKindAreNotSupported) {
    Rig rig(1);
    ASSERT_TRUE(rig.boot());
    NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS client{};
    client.Header = {NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, 0, 0};
    NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS provider{};
    provider.Header = {NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_CHARACTERISTICS, 0, 0};
    provider.OffloadType = NdisTcpChimneyOffload;
    const auto set = [&](NDIS_HANDLE handle, auto& table) {
        NDIS_STATUS status = 0;
        rig.as(1, [&] { status = NdisSetOptionalHandlers(handle, reinterpret_cast<PNDIS_DRIVER_OPTIONAL_HANDLERS>(&table)); });
        return status;
    };
    DriverState& im = rig.im(1);
    EXPECT_EQ(set(im.miniport, client), NDIS_STATUS_NOT_SUPPORTED);
    EXPECT_EQ(set(im.protocol, provider), NDIS_STATUS_NOT_SUPPORTED);
    EXPECT_EQ(set(im.protocol, client), NDIS_STATUS_SUCCESS) << "revision and size are not looked at";
    EXPECT_EQ(set(im.miniport, provider), NDIS_STATUS_SUCCESS);
    provider.OffloadType = NdisRdmaChimneyOffload;
    EXPECT_EQ(set(im.miniport, provider), NDIS_STATUS_NOT_SUPPORTED);
    EXPECT_EQ(set(im.adapters[0]->handle, client), NDIS_STATUS_NOT_SUPPORTED);
    EXPECT_EQ(set(nullptr, client), NDIS_STATUS_NOT_SUPPORTED);
}

TEST(Registration, TcpHandlersOfABindingReplaceTheDriversGenericOnesAreNotConsulted) {
    Rig rig(0);
    ASSERT_TRUE(rig.boot());
    static int generic_calls, tcp_calls;
    generic_calls = tcp_calls = 0;
    rig.as(0, [&] {
        NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS generic{};
        generic.Header = {NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, 1, sizeof(generic)};
        generic.InitiateOffloadCompleteHandler = [](NDIS_HANDLE, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST) { ++generic_calls; };
        NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS tcp{};
        tcp.Header = {NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_CHARACTERISTICS, 1, sizeof(tcp)};
        tcp.OffloadType = NdisTcpChimneyOffload;
        tcp.TcpOffloadEventHandler = [](PVOID, ULONG, ULONG) { ++tcp_calls; };
        const NDIS_HANDLE binding = rig.host().bindings[0]->handle;
        EXPECT_EQ(NdisSetOptionalHandlers(binding, reinterpret_cast<PNDIS_DRIVER_OPTIONAL_HANDLERS>(&generic)), NDIS_STATUS_SUCCESS);
        EXPECT_EQ(NdisSetOptionalHandlers(binding, reinterpret_cast<PNDIS_DRIVER_OPTIONAL_HANDLERS>(&tcp)), NDIS_STATUS_SUCCESS);
    });
    auto* object = rig.object(TcpOffloadState);
    ASSERT_TRUE(rig.do_operation(ChimneyInitiate, rig.block(object)));
    rig.as(1, [&] { rig.target().ndis.NdisTcpOffloadEventHandler(object->handle, TcpIndicateAbort, 0); });
    EXPECT_EQ(generic_calls, 0);
    EXPECT_EQ(tcp_calls, 1);
}

TEST(Refusals, AreFindingsAndLeaveNothingBehind) {
    {
        Rig rig(0);
        rig.target().habits.entry_status = static_cast<NTSTATUS>(NDIS_STATUS_FAILURE);
        EXPECT_FALSE(rig.load(1));
        EXPECT_EQ(rig.findings(FindingKind::driver_refused), 1u);
        EXPECT_NE(rig.ndis->add_physical_adapter(1, physical_adapter), NDIS_STATUS_SUCCESS);
    }
    {
        Rig rig(0);
        rig.target().habits.initialize_status = NDIS_STATUS_RESOURCES;
        EXPECT_FALSE(rig.boot());
        EXPECT_THAT(rig.ndis->adapters(), IsEmpty());
        EXPECT_THAT(rig.all_findings(), HasSubstr("0xC000009A"));
    }
    {
        Rig rig(0);
        rig.target().habits.set_attributes = false;
        EXPECT_FALSE(rig.boot());
        EXPECT_THAT(rig.all_findings(), HasSubstr("without setting registration and general attributes"));
        EXPECT_THAT(rig.ndis->adapters(), IsEmpty());
    }
    for (auto change : {+[](Habits& habits) { habits.bind_status = NDIS_STATUS_RESOURCES; }, +[](Habits& habits) { habits.forget_to_open = true; }}) {
        Rig rig(0);
        change(rig.host().habits);
        EXPECT_FALSE(rig.boot());
        EXPECT_EQ(rig.findings(FindingKind::driver_refused), 1u);
        EXPECT_THAT(rig.ndis->bindings(), IsEmpty());
    }
    {
        Rig rig(0);
        rig.target().habits.restart_status = NDIS_STATUS_RESOURCES;
        rig.boot();
        EXPECT_EQ(rig.ndis->adapter_state(physical_adapter), AdapterState::paused);
        EXPECT_EQ(rig.ndis->binding_state(0, physical_adapter), BindingState::paused);
    }
}

TEST(Attributes, GeneralBeforeRegistrationIsRefused) {
    Rig rig(0);
    rig.target().habits.general_first = true;
    EXPECT_FALSE(rig.boot());
    EXPECT_THAT(rig.calls_of(1), ::testing::Contains("general attributes: " + std::to_string(NDIS_STATUS_FAILURE)));
}

TEST(Attributes, OnlyInsideMiniportInitializeEx) {
    Rig rig(0);
    ASSERT_TRUE(rig.boot());
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES attributes{};
    attributes.RegistrationAttributes.Header = {NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES, 1, sizeof(attributes.RegistrationAttributes)};
    rig.as(1, [&] { EXPECT_EQ(NdisMSetMiniportAttributes(rig.target_adapter, &attributes), NDIS_STATUS_FAILURE); });
}

TEST(PauseAndRestart, ProtocolsFirstOnTheWayDownMiniportFirstOnTheWayUp) {
    Rig rig(0);
    ASSERT_TRUE(rig.boot());
    rig.log.clear();
    rig.ndis->pause(physical_adapter);
    rig.ndis->restart_stack();
    EXPECT_THAT(rig.log, ElementsAre("host stack: NetEventPause", "offload target: MiniportPause", "offload target: MiniportRestart",
                                     "host stack: NetEventRestart"));
    std::vector<std::string> states;
    for (const auto* event : rig.events(trace::EventKind::state_changed)) states.push_back(rig.text(*event));
    EXPECT_THAT(std::vector(states.end() - 8, states.end()),
                ElementsAre("Pausing", "Paused", "Pausing", "Paused", "Restarting", "Running", "Restarting", "Running"));
}

TEST(Unbind, PausesUnbindsAndRestartsTheOthers) {
    Rig rig(1);
    ASSERT_TRUE(rig.boot());
    rig.log.clear();
    EXPECT_TRUE(rig.ndis->unbind(0, rig.virtual_name(1, 1)));
    EXPECT_THAT(rig.log, ElementsAre("host stack: NetEventPause", "IM 1: MiniportPause", "host stack: ProtocolUnbindAdapterEx", "host stack: close: 0"));
    EXPECT_EQ(rig.ndis->binding_state(0, rig.virtual_name(1, 1)), BindingState::unbound);
    EXPECT_TRUE(rig.ndis->bind(0, rig.virtual_name(1, 1)));
    EXPECT_EQ(rig.ndis->binding_state(0, rig.virtual_name(1, 1)), BindingState::running);
    EXPECT_THAT(rig.machine.findings(), IsEmpty()) << rig.all_findings();
}

TEST(Unbind, AProtocolThatDoesNotCloseIsClosedAndTold) {
    Rig rig(0);
    rig.host().habits.forget_to_close = true;
    ASSERT_TRUE(rig.boot());
    const NDIS_HANDLE handle = rig.host().bindings[0]->handle;
    rig.ndis->unbind(0, physical_adapter);
    EXPECT_EQ(rig.findings(FindingKind::leak), 1u) << rig.all_findings();
    EXPECT_EQ(rig.machine.handles().find(handle), nullptr);
}

TEST(Unbind, ReEnumerationOffersTheAdapterAgain) {
    Rig rig(0);
    ASSERT_TRUE(rig.boot());
    rig.as(0, [&] { NdisUnbindAdapter(rig.host().bindings[0]->handle); });
    rig.run();
    EXPECT_EQ(rig.ndis->binding_state(0, physical_adapter), BindingState::unbound);
    rig.as(0, [&] { NdisReEnumerateProtocolBindings(rig.host().protocol); });
    rig.run();
    EXPECT_EQ(rig.ndis->binding_state(0, physical_adapter), BindingState::running);
}

TEST(Halt, TopDownThroughAWholeStack) {
    Rig rig(2);
    ASSERT_TRUE(rig.boot());
    rig.log.clear();
    rig.ndis->halt(physical_adapter);
    std::vector<std::string> order;
    for (const std::string& line : rig.log) {
        if (line.ends_with("ProtocolUnbindAdapterEx") || line.ends_with("MiniportHaltEx")) order.push_back(line);
    }
    // Each unbind takes the virtual miniports with it, and with them everything that is bound to them.
    EXPECT_THAT(order, ElementsAre("IM 2: ProtocolUnbindAdapterEx", "IM 1: ProtocolUnbindAdapterEx", "host stack: ProtocolUnbindAdapterEx",
                                   "IM 1: MiniportHaltEx", "IM 2: MiniportHaltEx", "offload target: MiniportHaltEx"));
    EXPECT_THAT(rig.ndis->adapters(), IsEmpty());
    EXPECT_THAT(rig.machine.findings(), IsEmpty()) << rig.all_findings();
}

TEST(Unload, ADriversWholeLifeLeavesNothing) {
    Rig rig(2);
    ASSERT_TRUE(rig.boot());
    rig.ndis->unload_everything();
    EXPECT_THAT(rig.ndis->adapters(), IsEmpty());
    EXPECT_THAT(rig.ndis->bindings(), IsEmpty());
    for (auto kind : {machine::HandleKind::miniport_driver, machine::HandleKind::protocol_driver, machine::HandleKind::miniport_adapter,
                      machine::HandleKind::binding, machine::HandleKind::bind_context, machine::HandleKind::unbind_context})
        EXPECT_EQ(rig.machine.handles().open_count(kind), 0u);
    EXPECT_THAT(rig.machine.findings(), IsEmpty()) << rig.all_findings();
}

TEST(Unload, ADriverThatKeepsItsEdgesIsTold) {
    Rig rig(1);
    rig.im(1).habits.forget_to_deregister = true;
    ASSERT_TRUE(rig.boot());
    rig.ndis->unload(1);
    EXPECT_EQ(rig.findings(FindingKind::leak), 2u) << rig.all_findings();
    EXPECT_EQ(rig.ndis->bindings().size(), 0u) << "the host's binding went with the virtual miniport";
}

TEST(VirtualMiniports, NamesTwiceAreNotAcceptedAndWaitingOnesCanBeCancelled) {
    Rig rig(1);
    ASSERT_TRUE(rig.boot());
    std::u16string name = machine::to_utf16(rig.virtual_name(1, 1)), other = u"\\DEVICE\\{other}";
    const auto text = [](std::u16string& from) {
        NDIS_STRING result{};
        result.Buffer = reinterpret_cast<PWSTR>(from.data());
        result.Length = result.MaximumLength = static_cast<USHORT>(from.size() * 2);
        return result;
    };
    NDIS_STRING first = text(name), second = text(other);
    DriverState& im = rig.im(1);
    rig.as(1, [&] {
        EXPECT_EQ(NdisIMInitializeDeviceInstanceEx(im.miniport, &first, nullptr), NDIS_STATUS_NOT_ACCEPTED);
        EXPECT_EQ(NdisIMCancelInitializeDeviceInstance(im.miniport, &first), NDIS_STATUS_FAILURE);
        EXPECT_EQ(NdisIMInitializeDeviceInstanceEx(im.miniport, &second, im.bindings[0].get()), NDIS_STATUS_SUCCESS);
        EXPECT_EQ(NdisIMCancelInitializeDeviceInstance(im.miniport, &second), NDIS_STATUS_SUCCESS);
    });
    rig.run();
    EXPECT_THAT(rig.ndis->virtual_adapters(1), ElementsAre(rig.virtual_name(1, 1)));
    rig.as(0, [&] { EXPECT_EQ(NdisIMGetBindingContext(rig.host().bindings[0]->handle), im.bindings[0].get()); });
}

TEST(Handles, AWrongHandleIsAFindingThatNamesTheCaller) {
    Rig rig(0);
    ASSERT_TRUE(rig.boot());
    rig.as(0, [&] { NdisCloseAdapterEx(rig.target_adapter); });
    ASSERT_EQ(rig.findings(FindingKind::foreign_handle), 1u);
    EXPECT_THAT(rig.all_findings(), HasSubstr("ost stack calls NdisCloseAdapterEx"));
}

TEST(Shutdown, ReachesEveryAdapter) {
    Rig rig(1);
    ASSERT_TRUE(rig.boot());
    rig.log.clear();
    rig.ndis->shut_down();
    EXPECT_THAT(rig.log, ElementsAre("offload target: MiniportShutdownEx", "IM 1: MiniportShutdownEx"));
}

}  // namespace
}  // namespace chimneylab::ndis::test
