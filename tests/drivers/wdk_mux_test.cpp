// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A driver of several thousand lines that was written for the WDK, not for the lab: it compiles as it stands, comes up, binds,
// starts its virtual miniports, passes traffic and goes again, and neither the machine nor the rules have anything to say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "tests/drivers/wdk_mux_stack.h"

namespace chimneylab::test {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class WdkMux : public testing::Test {
protected:
    void boot(MuxStack::Options options = {}) {
        stack_ = std::make_unique<MuxStack>(std::move(options));
        ASSERT_TRUE(stack_->up());
        stack_->listen();
    }
    MuxStack& stack() {
        if (!stack_) boot();
        return *stack_;
    }
    MuxStack::Binding& edge(std::size_t number) { return *stack().bindings.at(number); }
    void TearDown() override {
        if (!stack_) return;
        EXPECT_EQ(stack_->shut_down(), "");
    }
    LINKMUX_COUNTERS counters(ULONG vnic) {
        const LINKMUX_SELECT select{0, vnic};
        const auto result = stack().control(IOCTL_LINKMUX_GET_COUNTERS, &select, sizeof select, sizeof(LINKMUX_COUNTERS));
        LINKMUX_COUNTERS counters{};
        if (result.output.size() == sizeof counters) std::memcpy(&counters, result.output.data(), sizeof counters);
        return counters;
    }
    std::unique_ptr<MuxStack> stack_;
};

TEST_F(WdkMux, ComesUpWithItsVirtualMiniportsRunning) {
    ASSERT_EQ(stack().edges(), 2u);
    for (const char* name : {"card0", "up1", "up2"}) EXPECT_EQ(stack().ndis().adapter_state(name), ndis::AdapterState::running) << name;
    EXPECT_EQ(edge(0).adapter, "up1");
    EXPECT_EQ(edge(0).address, card_address);
    EXPECT_EQ(edge(1).address, (Address{0x02, 0x10, 0x20, 0x30, 0x40, 0x51})) << "an address of its own, locally administered";
    ULONG speed = 0;
    EXPECT_EQ(stack().query(0, OID_GEN_LINK_SPEED, speed), NDIS_STATUS_SUCCESS);
    EXPECT_EQ(speed, 10'000'000u) << "the card's";
}

class WdkMuxSends : public WdkMux, public testing::WithParamInterface<std::uint32_t> {};

TEST_P(WdkMuxSends, GoDownAndComeBack) {
    MuxStack::Options options;
    options.send_mode = GetParam();
    boot(options);
    const Bytes a = frame(stranger, edge(0).address, 60), b = frame(stranger, edge(0).address, 1400), c = frame(stranger, edge(1).address, 5);
    const auto first = stack().send_chain(0, {{a, b}, {b}});
    const auto second = stack().send_chain(1, {{c}}, NDIS_SEND_FLAGS_CHECK_FOR_LOOPBACK);
    EXPECT_THAT(stack().wire_frames(), ElementsAre(a, b, b, c));
    EXPECT_FALSE(first[0]->back || first[1]->back || second[0]->back);
    const bool same_list = stack().on_the_wire.front() == first[0]->list;
    EXPECT_EQ(same_list, GetParam() == LINKMUX_SEND_PASS_THROUGH);
    stack().complete();
    for (const auto* sent : {first[0], first[1], second[0]}) {
        EXPECT_TRUE(sent->back);
        EXPECT_EQ(sent->status, NDIS_STATUS_SUCCESS);
    }
    EXPECT_EQ(counters(0).SentFrames, 3u);
    EXPECT_EQ(counters(0).SentBytes, a.size() + 2 * b.size());

    auto& failed = stack().send(0, {a});
    stack().complete(NDIS_STATUS_RESOURCES);
    EXPECT_EQ(failed.status, NDIS_STATUS_RESOURCES);
    EXPECT_EQ(counters(0).SendErrors, 1u);

    stack().complete_at_once = true;  // before the send call returns
    EXPECT_EQ(stack().send(1, {c, c, c}).status, NDIS_STATUS_SUCCESS);
}

INSTANTIATE_TEST_SUITE_P(Modes, WdkMuxSends, testing::Values(LINKMUX_SEND_PASS_THROUGH, LINKMUX_SEND_CLONE, LINKMUX_SEND_COPY),
                         [](const auto& mode) {
                             return mode.param == LINKMUX_SEND_CLONE ? "Clone" : mode.param == LINKMUX_SEND_COPY ? "Copy" : "PassThrough";
                         });

TEST_F(WdkMux, SwitchesBetweenItsVirtualMiniports) {
    const Bytes direct = frame(edge(1).address, edge(0).address);
    EXPECT_EQ(stack().send(0, {direct}).status, NDIS_STATUS_SUCCESS);
    EXPECT_THAT(stack().on_the_wire, IsEmpty()) << "it was for the neighbour alone";
    ASSERT_THAT(edge(1).received, SizeIs(1));
    EXPECT_EQ(edge(1).received[0].bytes, direct);
    EXPECT_TRUE(edge(1).received[0].may_keep);
    EXPECT_THAT(edge(0).received, IsEmpty());

    const Bytes all = frame(broadcast, edge(0).address, 200);
    auto& sent = stack().send(0, {all});
    EXPECT_THAT(stack().wire_frames(), ElementsAre(all)) << "and to the wire as well";
    ASSERT_THAT(edge(1).received, SizeIs(2));
    EXPECT_EQ(edge(1).received[1].bytes, all);
    EXPECT_FALSE(sent.back);
    stack().complete();
    EXPECT_TRUE(sent.back);
    EXPECT_EQ(counters(0).Switched, 2u);
}

TEST_F(WdkMux, GivesReceivedListsToWhoeverListens) {
    const Bytes to_first = frame(edge(0).address, stranger), to_second = frame(edge(1).address, stranger, 300),
                to_all = frame(broadcast, stranger, 90), to_nobody = frame(stranger, stranger);
    stack().arrive({to_first, to_second, to_nobody, to_all});
    ASSERT_THAT(edge(0).received, SizeIs(2));
    ASSERT_THAT(edge(1).received, SizeIs(2));
    EXPECT_EQ(edge(0).received[0].bytes, to_first);
    EXPECT_EQ(edge(1).received[0].bytes, to_second);
    EXPECT_EQ(edge(0).received[1].bytes, to_all);
    EXPECT_EQ(edge(1).received[1].bytes, to_all);
    EXPECT_THAT(stack().returned, SizeIs(1)) << "what nobody wanted goes back at once";
    stack().give_back(0);
    EXPECT_THAT(stack().returned, SizeIs(2)) << "the broadcast has a second reader";
    stack().give_back(1);
    EXPECT_THAT(stack().returned, SizeIs(4));
    for (PNET_BUFFER_LIST list : stack().returned) EXPECT_EQ(list->SourceHandle, stack().card_adapter);
    EXPECT_EQ(counters(0).Cloned + counters(1).Cloned, 2u);
    EXPECT_EQ(counters(1).ReceivedBytes, to_second.size() + to_all.size());
}

TEST_F(WdkMux, CopiesWhatItWasLent) {
    const Bytes bytes = frame(broadcast, stranger, 700);
    stack().arrive({bytes, frame(stranger, stranger), bytes}, true);
    for (std::size_t number : {0u, 1u}) {
        ASSERT_THAT(edge(number).received, SizeIs(2));
        for (const auto& received : edge(number).received) {
            EXPECT_TRUE(received.may_keep);
            EXPECT_EQ(received.bytes, bytes);
        }
    }
    EXPECT_THAT(stack().returned, IsEmpty());
}

TEST_F(WdkMux, LendsOnWhatItWasLent) {
    MuxStack::Options options;
    options.copy_lent = false;
    boot(options);
    stack().arrive({frame(broadcast, stranger)}, true);
    for (std::size_t number : {0u, 1u}) {
        ASSERT_THAT(edge(number).received, SizeIs(1));
        EXPECT_FALSE(edge(number).received[0].may_keep);
    }
}

TEST_F(WdkMux, APauseWaitsForWhatIsUnderWay) {
    auto& sent = stack().send(0, {frame(stranger, edge(0).address)});
    stack().arrive({frame(edge(0).address, stranger)});
    machine::WorkRequest later;
    later.label = "the card and the protocol are done";
    later.layer = MuxStack::card;
    later.run = [this] {
        stack().complete();
        stack().give_back(0);
    };
    stack().machine().queue_work(std::move(later));
    stack().ndis().pause("up1");
    EXPECT_EQ(stack().ndis().adapter_state("up1"), ndis::AdapterState::paused);
    EXPECT_TRUE(sent.back);
    EXPECT_THAT(stack().returned, SizeIs(1));
    auto& other = stack().send(1, {frame(stranger, edge(1).address)});
    EXPECT_THAT(stack().on_the_wire, SizeIs(1)) << "the other one goes on";
    stack().complete();
    EXPECT_TRUE(other.back);
    stack().arrive({frame(edge(0).address, stranger)});
    EXPECT_THAT(edge(0).received, SizeIs(1)) << "nothing is indicated while paused";
    EXPECT_TRUE(stack().ndis().restart("up1"));
    stack().arrive({frame(edge(0).address, stranger)});
    EXPECT_THAT(edge(0).received, SizeIs(2));
}

TEST_F(WdkMux, ThePauseOfTheBindingBelowIsAnsweredLater) {
    auto& sent = stack().send(0, {frame(stranger, edge(0).address)});
    machine::WorkRequest later;
    later.label = "the card completes";
    later.layer = MuxStack::card;
    later.irql = 2;  // completions come at DISPATCH_LEVEL, the event can be completed at PASSIVE_LEVEL only
    later.run = [this] { stack().complete(); };
    stack().machine().queue_work(std::move(later));
    stack().ndis().pause("card0");
    EXPECT_EQ(stack().ndis().adapter_state("card0"), ndis::AdapterState::paused);
    EXPECT_TRUE(sent.back);
    auto& refused = stack().send(1, {frame(stranger, edge(1).address)});
    EXPECT_EQ(refused.status, NDIS_STATUS_PAUSED);
    EXPECT_EQ(counters(1).SendsRefused, 1u);
    EXPECT_TRUE(stack().ndis().restart("card0"));
}

TEST_F(WdkMux, RequestsAreAnsweredOrGoDown) {
    NDIS_STATISTICS_INFO statistics{};
    stack().complete_at_once = true;
    stack().send(0, {frame(broadcast, edge(0).address, 100)});
    EXPECT_EQ(stack().query(0, OID_GEN_STATISTICS, statistics), NDIS_STATUS_SUCCESS);
    EXPECT_EQ(statistics.ifHCOutBroadcastPkts, 1u);
    EXPECT_EQ(statistics.ifHCOutOctets, 114u);
    char text[64] = {};
    EXPECT_EQ(stack().query(1, OID_GEN_VENDOR_DESCRIPTION, text), NDIS_STATUS_SUCCESS);
    EXPECT_STREQ(text, "LinkMux virtual Ethernet adapter");
    NDIS_PNP_CAPABILITIES power{};
    EXPECT_EQ(stack().query(0, OID_PNP_CAPABILITIES, power), NDIS_STATUS_SUCCESS);
    EXPECT_EQ(power.WakeUpCapabilities.MinMagicPacketWakeUp, NdisDeviceStateUnspecified);

    const std::size_t before = stack().requests.size();
    ULONG value = 0;
    EXPECT_EQ(stack().query(0, OID_GEN_RCV_CRC_ERROR, value), NDIS_STATUS_SUCCESS) << "only the card knows";
    EXPECT_EQ(value, 4711u);
    std::uint16_t small = 0;
    EXPECT_EQ(stack().query(0, OID_GEN_RCV_CRC_ERROR, small), NDIS_STATUS_BUFFER_TOO_SHORT);
    EXPECT_EQ(stack().requests.size(), before + 2);

    stack().pend_requests = true;
    EXPECT_EQ(stack().query(1, OID_GEN_RCV_CRC_ERROR, value), NDIS_STATUS_PENDING);
    stack().complete_request(NDIS_STATUS_SUCCESS);
    EXPECT_THAT(edge(1).requests_completed.back(), NDIS_STATUS_SUCCESS);
}

TEST_F(WdkMux, ARequestIsCancelledWhereverItIs) {
    int id = 0;
    ULONG value = 0;
    stack().pend_requests = true;
    EXPECT_EQ(stack().request(0, NdisRequestQueryInformation, OID_GEN_RCV_CRC_ERROR, &value, sizeof value, &id), NDIS_STATUS_PENDING);
    const auto cancel = [&] {
        const machine::MachineScope scope(stack().machine(), MuxStack::talker);
        NdisCancelOidRequest(edge(0).handle, &id);
    };
    cancel();
    EXPECT_THAT(stack().cancelled_requests, SizeIs(1)) << "at the card, under the name that LinkMux gave it";
    EXPECT_EQ(edge(0).requests_completed.back(), NDIS_STATUS_REQUEST_ABORTED);

    NDIS_DEVICE_POWER_STATE asleep = NdisDeviceStateD3;
    stack().ndis().send_plug_and_play_event(MuxStack::mux, "card0", NetEventSetPower, &asleep, sizeof asleep);
    const std::size_t before = stack().requests.size();
    EXPECT_EQ(stack().request(0, NdisRequestQueryInformation, OID_GEN_RCV_CRC_ERROR, &value, sizeof value, &id), NDIS_STATUS_PENDING);
    EXPECT_EQ(stack().requests.size(), before) << "it waits for power";
    cancel();
    EXPECT_THAT(edge(0).requests_completed, SizeIs(testing::Ge(2u)));
    EXPECT_EQ(edge(0).requests_completed.back(), NDIS_STATUS_REQUEST_ABORTED);
}

TEST_F(WdkMux, RequestsWaitWhileTheCardSleeps) {
    NDIS_DEVICE_POWER_STATE state = NdisDeviceStateD3;
    stack().ndis().send_plug_and_play_event(MuxStack::mux, "card0", NetEventSetPower, &state, sizeof state);
    ULONG value = 0;
    EXPECT_EQ(stack().query(1, OID_GEN_RCV_CRC_ERROR, value), NDIS_STATUS_PENDING);
    EXPECT_EQ(stack().send(1, {frame(stranger, edge(1).address)}).status, NDIS_STATUS_LOW_POWER_STATE);
    state = NdisDeviceStateD0;
    stack().ndis().send_plug_and_play_event(MuxStack::mux, "card0", NetEventSetPower, &state, sizeof state);
    EXPECT_EQ(edge(1).requests_completed.back(), NDIS_STATUS_SUCCESS);
    EXPECT_EQ(value, 4711u);

    state = NdisDeviceStateD2;  // the virtual one, which is never forwarded
    const std::size_t before = stack().requests.size();
    EXPECT_EQ(stack().request(0, NdisRequestSetInformation, OID_PNP_SET_POWER, &state, sizeof state), NDIS_STATUS_SUCCESS);
    EXPECT_EQ(stack().requests.size(), before);
}

TEST_F(WdkMux, FiltersAndGroupAddressesAreJoined) {
    const auto last_filter = [this] {
        ULONG filter = 0;
        for (const SeenRequest& request : stack().requests)
            if (request.oid == OID_GEN_CURRENT_PACKET_FILTER) std::memcpy(&filter, request.data.data(), sizeof filter);
        return filter;
    };
    EXPECT_EQ(stack().set_filter(0, NDIS_PACKET_TYPE_DIRECTED), NDIS_STATUS_SUCCESS);
    EXPECT_EQ(stack().set_filter(1, NDIS_PACKET_TYPE_BROADCAST), NDIS_STATUS_SUCCESS);
    EXPECT_EQ(last_filter(), NDIS_PACKET_TYPE_DIRECTED | NDIS_PACKET_TYPE_BROADCAST);
    EXPECT_EQ(stack().set_filter(1, NDIS_PACKET_TYPE_DIRECTED), NDIS_STATUS_SUCCESS);
    EXPECT_EQ(last_filter(), NDIS_PACKET_TYPE_DIRECTED | NDIS_PACKET_TYPE_PROMISCUOUS) << "the second has another address than the card";
    EXPECT_EQ(stack().set_filter(0, NDIS_PACKET_TYPE_SMT), NDIS_STATUS_NOT_SUPPORTED);

    Bytes one{1, 0, 0x5E, 0, 0, 1}, two{1, 0, 0x5E, 0, 0, 1, 1, 0, 0x5E, 0, 0, 2};
    EXPECT_EQ(stack().request(0, NdisRequestSetInformation, OID_802_3_MULTICAST_LIST, one.data(), 6), NDIS_STATUS_SUCCESS);
    EXPECT_EQ(stack().request(1, NdisRequestSetInformation, OID_802_3_MULTICAST_LIST, two.data(), 12), NDIS_STATUS_SUCCESS);
    EXPECT_EQ(stack().requests.back().data, two) << "each address once";
    EXPECT_EQ(stack().request(0, NdisRequestSetInformation, OID_802_3_MULTICAST_LIST, one.data(), 5), NDIS_STATUS_INVALID_LENGTH);
    stack().set_filter(0, NDIS_PACKET_TYPE_MULTICAST);
    stack().set_filter(1, NDIS_PACKET_TYPE_MULTICAST);
    stack().arrive({frame(Address{1, 0, 0x5E, 0, 0, 2}, stranger)});
    EXPECT_THAT(edge(0).received, IsEmpty());
    EXPECT_THAT(edge(1).received, SizeIs(1));
}

TEST_F(WdkMux, ALinkThatChangesIsToldEverywhere) {
    LINKMUX_LINK_CHANGE change{};
    auto& devices = stack().machine().devices();
    const auto opened = devices.open("\\DosDevices\\LinkMux");
    const auto waiting = devices.control(opened.file, IOCTL_LINKMUX_WAIT_LINK_CHANGE, {}, sizeof change);
    const auto given_up = devices.control(opened.file, IOCTL_LINKMUX_WAIT_LINK_CHANGE, {}, sizeof change);
    ASSERT_FALSE(waiting.completed || given_up.completed);
    EXPECT_TRUE(devices.cancel(given_up.request));
    EXPECT_EQ(devices.result(given_up.request).status, STATUS_CANCELLED);

    stack().link(MediaConnectStateDisconnected);
    stack().link(MediaConnectStateConnected);
    stack().link(MediaConnectStateDisconnected);
    for (std::size_t number : {0u, 1u}) {
        ASSERT_TRUE(edge(number).link.has_value());
        EXPECT_EQ(edge(number).link->MediaConnectState, MediaConnectStateDisconnected);
        EXPECT_EQ(edge(number).link->XmitLinkSpeed, 100'000'000u);
    }
    EXPECT_FALSE(devices.result(waiting.request).completed) << "not before the link has come to rest";
    stack().machine().run_until_idle();
    const auto told = devices.result(waiting.request);
    ASSERT_TRUE(told.completed);
    ASSERT_EQ(told.output.size(), sizeof change);
    std::memcpy(&change, told.output.data(), sizeof change);
    EXPECT_EQ(change.MediaConnectState, static_cast<ULONG>(MediaConnectStateDisconnected));

    const auto left = devices.control(opened.file, IOCTL_LINKMUX_WAIT_LINK_CHANGE, {}, sizeof change);
    devices.close(opened.file);
    EXPECT_EQ(devices.result(left.request).status, STATUS_CANCELLED) << "nobody is left to be told";
}

TEST_F(WdkMux, ItsControlDeviceAnswers) {
    LINKMUX_VERSION version{};
    auto result = stack().control(IOCTL_LINKMUX_GET_VERSION, nullptr, 0, sizeof version);
    ASSERT_EQ(result.output.size(), sizeof version);
    std::memcpy(&version, result.output.data(), sizeof version);
    EXPECT_EQ(version.InterfaceVersion, static_cast<ULONG>(LINKMUX_INTERFACE_VERSION));
    EXPECT_EQ(version.NdisVersion, 0x00060000u);
    EXPECT_EQ(version.LinkCount, 1u);
    EXPECT_EQ(version.VnicCount, 2u);

    result = stack().control(IOCTL_LINKMUX_ENUMERATE, nullptr, 0, sizeof(LINKMUX_ENUMERATION));
    EXPECT_EQ(result.status, STATUS_BUFFER_OVERFLOW) << "there are more than fit";
    result = stack().control(IOCTL_LINKMUX_ENUMERATE, nullptr, 0, sizeof(LINKMUX_ENUMERATION) + sizeof(LINKMUX_ENTRY));
    ASSERT_EQ(result.status, STATUS_SUCCESS);
    LINKMUX_ENTRY entry{};
    std::memcpy(&entry, result.output.data() + offsetof(LINKMUX_ENUMERATION, Entries) + sizeof entry, sizeof entry);
    EXPECT_EQ(entry.VnicNumber, 1u);
    const WCHAR name[] = {'u', 'p', '2', 0};
    EXPECT_EQ(std::memcmp(entry.VnicName, name, sizeof name), 0);
    EXPECT_EQ(std::memcmp(entry.Address, edge(1).address.data(), 6), 0);

    std::vector<std::byte> question(sizeof(LINKMUX_QUERY) + sizeof(ULONG));
    LINKMUX_QUERY query{0, OID_GEN_RCV_CRC_ERROR, 0, 0};
    std::memcpy(question.data(), &query, sizeof query);
    result = stack().control(IOCTL_LINKMUX_QUERY_BELOW, question.data(), question.size(), question.size());
    ASSERT_EQ(result.output.size(), question.size());
    ULONG answer = 0;
    std::memcpy(&answer, result.output.data() + sizeof query, sizeof answer);
    EXPECT_EQ(answer, 4711u);
    query.LinkNumber = 9;
    EXPECT_EQ(stack().control(IOCTL_LINKMUX_QUERY_BELOW, &query, sizeof query, sizeof query).status, STATUS_NO_SUCH_DEVICE);

    result = stack().control(IOCTL_LINKMUX_READ_LOG, nullptr, 0, 32 * sizeof(LINKMUX_LOG_ENTRY));
    ASSERT_GE(result.output.size(), 2 * sizeof(LINKMUX_LOG_ENTRY));
    LINKMUX_LOG_ENTRY log[2];
    std::memcpy(log, result.output.data(), sizeof log);
    EXPECT_STREQ(log[0].Text, "loaded, NDIS 6.0");
    EXPECT_STREQ(log[1].Text, "bound to card0, 2 virtual miniports");

    EXPECT_EQ(stack().control(IOCTL_LINKMUX_GET_VERSION, nullptr, 0, 3).status, STATUS_BUFFER_TOO_SMALL);
    EXPECT_EQ(stack().control(0x12345678, nullptr, 0, 0).status, STATUS_INVALID_DEVICE_REQUEST);
    const LINKMUX_SEND_MODE wrong{17};
    EXPECT_EQ(stack().control(IOCTL_LINKMUX_SET_SEND_MODE, &wrong, sizeof wrong, 0).status, STATUS_INVALID_PARAMETER);
}

TEST_F(WdkMux, TheSendModeMayChangeWhileSendsAreBelow) {
    std::vector<MuxStack::Sent*> all;
    for (ULONG mode : {LINKMUX_SEND_COPY, LINKMUX_SEND_PASS_THROUGH, LINKMUX_SEND_CLONE}) {
        const LINKMUX_SEND_MODE change{mode};
        EXPECT_EQ(stack().control(IOCTL_LINKMUX_SET_SEND_MODE, &change, sizeof change, 0).status, STATUS_SUCCESS);
        all.push_back(&stack().send(mode % 2, {frame(stranger, edge(0).address), frame(stranger, edge(0).address)}));
    }
    stack().complete();
    for (const auto* sent : all) EXPECT_EQ(sent->status, NDIS_STATUS_SUCCESS);
}

TEST_F(WdkMux, OffersNoOffload) {
    EXPECT_EQ(stack().offload_neighbor(0), NDIS_STATUS_NOT_SUPPORTED) << "NDIS answers for a driver without the handlers";
    NDIS_TCP_CONNECTION_OFFLOAD capabilities{};
    EXPECT_EQ(stack().query(0, OID_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES, capabilities), NDIS_STATUS_NOT_SUPPORTED);
}

TEST_F(WdkMux, AChangedConfigurationBringsAnotherVirtualMiniport) {
    stack().machine().configuration().set_multi_text("protocol\\LinkMux\\adapter\\card0", "UpperBindings", {"up1", "up2", "up3"});
    stack().ndis().send_plug_and_play_event(MuxStack::mux, "card0", NetEventReconfigure);
    stack().machine().run_until_idle();
    ASSERT_THAT(stack().ndis().virtual_adapters(MuxStack::mux), ElementsAre("up1", "up2", "up3"));
    EXPECT_TRUE(stack().ndis().bind(MuxStack::talker, "up3"));
    ASSERT_EQ(stack().edges(), 3u);
    stack().listen();
    stack().send(0, {frame(edge(2).address, edge(0).address)});
    EXPECT_THAT(edge(2).received, SizeIs(1));
}

TEST_F(WdkMux, ComesUpHoweverNdisGoesAboutIt) {
    for (unsigned bits = 0; bits < 32; ++bits) {
        for (const machine::Schedule& schedule : {machine::Schedule{}, machine::Schedule{machine::Schedule::Order::seed, bits + 1}}) {
            MuxStack::Options options;
            options.ndis.open_pends = bits & 1;
            options.ndis.close_pends = bits & 2;
            options.ndis.initialize_inside_call = bits & 4;
            options.ndis.offer_adapters_early = bits & 8;
            options.ndis.pass_every_query_down = bits & 16;
            options.schedule = schedule;
            MuxStack other(options);
            ASSERT_TRUE(other.up()) << bits;
            EXPECT_EQ(other.edges(), 2u) << bits;
            other.listen();
            other.send(0, {frame(broadcast, other.bindings[0]->address)});
            other.arrive({frame(broadcast, stranger)});
            EXPECT_EQ(other.shut_down(), "") << bits;
        }
    }
}

// Every allocation that the driver makes fails once: it may come up with less or not at all, but nothing is lost or broken.
TEST_F(WdkMux, NoAllocationThatFailsHurts) {
    unsigned runs = 0, up = 0;
    for (std::uint64_t nth = 1;; ++nth) {
        MuxStack::Options options;
        options.failing_allocation = nth;
        MuxStack other(options);
        ++runs;
        if (other.up() && other.edges() == 2) {
            ++up;
            other.complete_at_once = true;
            other.listen();
            for (ULONG mode : {LINKMUX_SEND_CLONE, LINKMUX_SEND_COPY, LINKMUX_SEND_PASS_THROUGH}) {
                const LINKMUX_SEND_MODE change{mode};
                other.control(IOCTL_LINKMUX_SET_SEND_MODE, &change, sizeof change, 0);
                other.send(0, {frame(stranger, other.bindings[0]->address), frame(broadcast, other.bindings[0]->address)});
            }
            other.arrive({frame(broadcast, stranger), frame(other.bindings[0]->address, stranger)});
            other.arrive({frame(broadcast, stranger)}, true);
        }
        std::string text = other.shut_down();
        const auto& trace = other.machine().recorder().trace();
        bool injected = false;
        for (const trace::Event& event : trace.events()) injected = injected || event.kind == trace::EventKind::fault_injected;
        // That it could not do what it was asked for is no fault of the driver's.
        for (const char* refusal : {"driver refused", "MEM-011"})
            for (std::size_t at; (at = text.find(refusal)) != std::string::npos;) text.erase(at, text.find('\n', at) + 1 - at);
        EXPECT_EQ(text, "") << "allocation " << nth;
        if (!injected) break;
        ASSERT_LT(nth, 1000u);
    }
    EXPECT_GT(runs, 40u);
    EXPECT_GT(up, 20u) << "most failures come when it is up";
}

}  // namespace
}  // namespace chimneylab::test
