// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Rules about single calls, on traces of a few events written one by one; and what the verifier does with traces that end
// early, lack things, or grow.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <set>

#include "engine/trace/recorder.h"
#include "engine/verifier/scene.h"
#include "engine/verifier/strict_readings.h"
#include "engine/verifier/verifier.h"

namespace chimneylab::verifier {
namespace {

using trace::Event;
using trace::EventId;
using trace::EventKind;
using trace::LayerIndex;
using trace::RegionId;
using trace::RegionKind;

constexpr LayerIndex host = 0, im = 1, target = 2, ndis = trace::ndis_layer;
constexpr std::uint64_t host_binding = 0xFFFFFA9000000010, im_binding = 0xFFFFFA9000000020;
constexpr std::int32_t pending = 0x103;
constexpr std::int32_t not_supported = static_cast<std::int32_t>(0xC00000BB);

class Script {
public:
    Script() {
        std::vector<trace::Layer> layers(3);
        layers[1].role = trace::LayerRole::intermediate_driver;
        layers[2].role = trace::LayerRole::offload_target;
        for (std::size_t i = 0; i < layers.size(); ++i) layers[i].name = recorder.intern("layer " + std::to_string(i));
        recorder.trace().set_layers(layers);
        for (const auto& [layer, handle] : {std::pair{host, host_binding}, std::pair{im, im_binding}}) {
            Event event;
            event.kind = EventKind::handle_opened;
            event.name = recorder.intern("binding handle");
            event.layer = layer;
            event.subject = handle;
            recorder.append(event);
        }
    }
    EventId enter(std::string_view name, LayerIndex layer, LayerIndex other, std::uint64_t subject = 0, std::uint64_t detail = 0,
                  RegionId region = {}) {
        Event event;
        event.name = recorder.intern(name);
        event.layer = layer;
        event.other_layer = other;
        event.subject = subject;
        event.detail = detail;
        event.region = region;
        event.irql = irql;
        return recorder.enter(event);
    }
    void leave(EventId call, std::int32_t status = 0) { recorder.leave(call, status, true); }
    void call(std::string_view name, LayerIndex layer, LayerIndex other, std::uint64_t subject = 0, std::uint64_t detail = 0,
              std::int32_t status = 0) {
        leave(enter(name, layer, other, subject, detail), status);
    }
    template <std::size_t Size>
    RegionId region(RegionKind kind, std::uint64_t address, const std::array<std::uint64_t, Size>& words) {
        trace::Region region;
        region.kind = kind;
        region.address = address;
        return recorder.begin_region(region, std::as_bytes(std::span(words)));
    }
    void table(std::uint8_t type, std::string_view in) {
        std::array<std::uint64_t, 8> words;
        words.fill(0xFFFFF88000000010);
        const bool tcp = type == 0x93 || type == 0x94;
        const std::uint16_t sizes[] = {56, 48, 64, 56};
        const std::uint16_t size = sizes[type == 0x8E ? 0 : type == 0x8F ? 1 : type == 0x93 ? 2 : 3];
        words[0] = std::uint64_t{type} | 0x100 | std::uint64_t{size} << 16;
        if (tcp) words[1] = 1;
        const EventId handler = enter(in, im, ndis);
        const EventId set = enter("NdisSetOptionalHandlers", ndis, im, 0, 0, region(RegionKind::handler_table, 0xFFFFF98000000000, words));
        leave(set);
        leave(handler);
    }
    std::vector<std::string> judged() {
        Event event;
        event.kind = EventKind::run_finished;
        recorder.append(event);
        std::vector<std::string> rules;
        for (const Violation& each : verify(recorder.trace())) rules.emplace_back(each.rule);
        return rules;
    }
    trace::Recorder recorder;
    std::uint8_t irql = 2;
};

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Handmade, EntryPointsAreAskedForBeforeTheyAreUsed) {
    Script script;
    script.leave(script.enter("MiniportInitializeEx", im, ndis, 0x77));
    script.call("NdisTcpOffloadSendComplete", ndis, im, 0x77);
    EXPECT_THAT(script.judged(), ElementsAre("IM-010"));

    Script asked;
    const EventId initialize = asked.enter("MiniportInitializeEx", im, ndis, 0x77);
    asked.call("NdisMGetOffloadHandlers", ndis, im, 0x77);
    asked.leave(initialize);
    asked.call("NdisTcpOffloadSendComplete", ndis, im, 0x77);
    EXPECT_THAT(asked.judged(), IsEmpty());

    Script elsewhere;
    const EventId bind = elsewhere.enter("ProtocolBindAdapterEx", im, ndis);
    elsewhere.call("NdisMGetOffloadHandlers", ndis, im, 0x77);
    elsewhere.leave(bind);
    EXPECT_THAT(elsewhere.judged(), ElementsAre("IM-010"));
}

TEST(Handmade, EntryPointsAreNotUsedAfterAFailure) {
    Script script;
    const EventId initialize = script.enter("MiniportInitializeEx", im, ndis, 0x77);
    script.call("NdisMGetOffloadHandlers", ndis, im, 0x77, 0, static_cast<std::int32_t>(0xC000009A));
    script.leave(initialize);
    script.call("NdisTcpOffloadEventHandler", ndis, im, 0x88);
    EXPECT_THAT(script.judged(), ElementsAre("IM-012"));
}

TEST(Handmade, OnlyTheTcpChimneyIsAskedFor) {
    Script script;
    const EventId initialize = script.enter("MiniportInitializeEx", im, ndis, 0x77);
    script.call("NdisMGetOffloadHandlers", ndis, im, 0x77, 0, not_supported);
    script.leave(initialize);
    EXPECT_THAT(script.judged(), ElementsAre("IM-011"));
}

TEST(Handmade, TablesInTheirPlaces) {
    Script right;
    right.table(0x8F, "MiniportSetOptions");
    right.table(0x94, "MiniportSetOptions");
    right.table(0x8E, "ProtocolSetOptions");
    right.table(0x93, "ProtocolSetOptions");
    EXPECT_THAT(right.judged(), IsEmpty());
    for (const auto& [type, rule] : {std::pair<std::uint8_t, std::string>{0x8F, "IM-001"}, {0x94, "IM-002"}, {0x8E, "IM-003"}, {0x93, "IM-004"}}) {
        Script wrong;
        wrong.table(type, "DriverEntry");
        auto rules = wrong.judged();
        ASSERT_FALSE(rules.empty());
        EXPECT_EQ(rules.front(), rule);
    }
    Script on_binding;
    on_binding.table(0x93, "ProtocolBindAdapterEx");
    EXPECT_THAT(on_binding.judged(), IsEmpty());
}

TEST(Handmade, TransfersGetTheValueInTheHandle) {
    for (const bool right : {true, false}) {
        Script script;
        script.region(RegionKind::offload_handle, 0xFFFFFA8000001000, std::array<std::uint64_t, 2>{host_binding, 0xFFFFFA8000002000});
        const EventId down = script.enter("NdisOffloadTcpSend", ndis, host, 0xFFFFFA8000001000);
        script.call("MiniportTcpOffloadSend", im, ndis, right ? 0xFFFFFA8000002000 : 0xFFFFFA8000001008, 0, pending);
        script.leave(down);
        if (right) EXPECT_THAT(script.judged(), IsEmpty());
        else EXPECT_THAT(script.judged(), ElementsAre("IM-106"));
    }
}

TEST(Handmade, HandlersOfTheDataPathAnswerAsTheyShould) {
    for (const auto& [function, status, rule] :
         {std::tuple{"MiniportTcpOffloadReceive", 0, "IM-076"}, {"MiniportTcpOffloadForward", pending, ""},
          {"MiniportTcpOffloadReceiveReturn", 0, ""}, {"MiniportTcpOffloadReceiveReturn", pending, "IM-077"}}) {
        Script script;
        script.call(function, im, ndis, 0, 0, status);
        const auto rules = script.judged();
        if (*rule == 0) EXPECT_THAT(rules, IsEmpty()) << function;
        else EXPECT_THAT(rules, ElementsAre(rule)) << function;
    }
}

TEST(Handmade, NothingIsSentOnWhatIsNotOffloaded) {
    Script script;
    script.region(RegionKind::offload_handle, 0xFFFFFA8000001000, std::array<std::uint64_t, 2>{host_binding, 0});
    script.call("NdisOffloadTcpSend", ndis, host, 0xFFFFFA8000001000, 0, pending);
    EXPECT_THAT(script.judged(), ElementsAre("HS-033"));
}

TEST(Handmade, IndicationsAreMadeAtDispatchLevel) {
    Script script;
    script.irql = 0;
    script.call("NdisMOffloadEventIndicate", ndis, target, 0x77);
    EXPECT_THAT(script.judged(), ElementsAre("IM-122"));
}

TEST(Handmade, CompletedListsNameTheirBinding) {
    Script script;
    script.region(RegionKind::net_buffer_list, 0xFFFFFA8000010000, std::array<std::uint64_t, 38>{});
    script.call("NdisTcpOffloadSendComplete", ndis, target, 0, 0xFFFFFA8000010000);
    EXPECT_THAT(script.judged(), ElementsAre("IM-089"));
}

// Three NET_BUFFER_LISTs of two bindings: two runs.
TEST(Handmade, CompletedChainsAreCutWhereTheBindingChanges) {
    constexpr std::uint64_t a = 0xFFFFFA8000010000, b = 0xFFFFFA8000020000, c = 0xFFFFFA8000030000;
    const auto list = [](std::uint64_t next, std::uint64_t source) {
        std::array<std::uint64_t, 38> words{};
        words[0] = next;
        words[15] = source;
        return words;
    };
    const auto script_of = [&](std::vector<std::pair<std::uint64_t, LayerIndex>> runs) {
        auto script = std::make_unique<Script>();
        script->region(RegionKind::net_buffer_list, a, list(b, im_binding));
        script->region(RegionKind::net_buffer_list, b, list(c, im_binding));
        script->region(RegionKind::net_buffer_list, c, list(0, host_binding));
        const EventId up = script->enter("NdisTcpOffloadSendComplete", ndis, target, 0, a);
        for (const auto& [head, layer] : runs) script->call("ProtocolTcpOffloadSendComplete", layer, ndis, 0, head);
        script->leave(up);
        return script;
    };
    EXPECT_THAT(script_of({{a, im}, {c, host}})->judged(), IsEmpty());
    EXPECT_THAT(script_of({{a, im}})->judged(), ElementsAre("IM-107")) << "the second run is not delivered";
    EXPECT_THAT(script_of({{a, im}, {b, im}, {c, host}})->judged(), ElementsAre("IM-107")) << "cut too often";
    EXPECT_THAT(script_of({{a, im}, {c, im}})->judged(), ElementsAre("IM-107")) << "to the wrong driver";
}

TEST(Handmade, CapabilitiesAndStatesArePassedOn) {
    constexpr std::uint64_t set_parameters = 0xFC030201, query = 0xFC010201, new_capabilities = 0x4002000B;
    Script swallowed;
    swallowed.call("MiniportOidRequest", im, ndis, 0, set_parameters);
    EXPECT_THAT(swallowed.judged(), ElementsAre("IM-015"));
    Script asked;
    asked.call("MiniportOidRequest", im, ndis, 0, query);
    asked.call("NdisOidRequest", ndis, im, 0, query);
    EXPECT_THAT(asked.judged(), ElementsAre("IM-121")) << "it has no chimney tables";
    Script status;
    status.leave(status.enter("MiniportInitializeEx", im, ndis, 0x77));
    status.call("ProtocolStatusEx", im, ndis, 0, new_capabilities);
    EXPECT_THAT(status.judged(), ElementsAre("IM-119"));
}

TEST(Handmade, MachineFindingsHaveIdentifiersOfTheirOwn) {
    Script script;
    Event event;
    event.kind = EventKind::finding;
    event.layer = im;
    event.detail = static_cast<std::uint64_t>(trace::FindingKind::double_free);
    event.name = script.recorder.intern("freed twice");
    script.recorder.append(event);
    const auto violations = verify(script.recorder.trace());
    ASSERT_EQ(violations.size(), 1u);
    EXPECT_EQ(violations[0].rule, "MEM-002");
    EXPECT_EQ(violations[0].explanation, "freed twice");
    EXPECT_EQ(violations[0].layer, im);
    VerifierOptions without;
    without.machine_findings = false;
    EXPECT_THAT(verify(script.recorder.trace(), without), IsEmpty());
}

TEST(Handmade, OptionsLeaveRulesAndWarningsOut) {
    const auto judge = [](const VerifierOptions& options) {
        Script script;
        const EventId initialize = script.enter("MiniportInitializeEx", im, ndis, 0x77);
        script.call("NdisMGetOffloadHandlers", ndis, im, 0x77);
        script.call("NdisMGetOffloadHandlers", ndis, im, 0x77);
        script.leave(initialize);
        return verify(script.recorder.trace(), options).size();
    };
    EXPECT_EQ(judge({}), 1u);
    EXPECT_EQ(judge({.warnings = false, .without = {}}), 0u);
    EXPECT_EQ(judge({.without = {"IM-011"}}), 0u);
}

// Sessions from before events had an argument hold 0 in its place: nothing is known of the flags then.
TEST(Handmade, FlagsOfADisconnectAreJudgedWhereTheyAreTold) {
    for (const bool told : {false, true}) {
        Script script;
        script.region(RegionKind::offload_handle, 0xFFFFFA8000001000, std::array<std::uint64_t, 2>{host_binding, 0xFFFFFA8000002000});
        if (told) {
            Event event;
            event.name = script.recorder.intern("NdisOidRequest");
            event.layer = ndis;
            event.other_layer = host;
            event.argument = 1;
            script.leave(script.recorder.enter(event));
        }
        script.call("NdisOffloadTcpDisconnect", ndis, host, 0xFFFFFA8000001000, 0, pending);
        if (told) EXPECT_THAT(script.judged(), ElementsAre("HS-063"));
        else EXPECT_THAT(script.judged(), IsEmpty());
    }
}

TEST(Handmade, OneProtocolEnablesOffloadOnAnAdapter) {
    constexpr std::uint64_t set_parameters = 0xFC030201, adapter = 0xFFFFFA8000100000, first = 0xFFFFFA9000000110, second = 0xFFFFFA9000000120;
    // Two protocols of two drivers, two of one, and one that has bound anew.
    for (const auto& [other, closed] : {std::pair{im, false}, {host, false}, {host, true}}) {
        Script script;
        for (const auto& [layer, handle] : {std::pair{host, first}, std::pair{other, second}}) {
            Event event;
            event.kind = EventKind::handle_opened;
            event.name = script.recorder.intern("binding handle");
            event.layer = layer;
            event.subject = handle;
            event.detail = adapter;
            script.recorder.append(event);
            event = {};
            event.name = script.recorder.intern("NdisOidRequest");
            event.layer = ndis;
            event.other_layer = layer;
            event.subject = handle;
            event.detail = set_parameters;
            event.argument = 1;
            script.leave(script.recorder.enter(event));
            if (!closed || handle != first) continue;
            event = {};
            event.kind = EventKind::handle_closed;
            event.name = script.recorder.intern("binding handle");
            event.layer = layer;
            event.subject = handle;
            script.recorder.append(event);
        }
        if (closed) EXPECT_THAT(script.judged(), IsEmpty());
        else EXPECT_THAT(script.judged(), ElementsAre("HS-079"));
    }
}

// A target that offers connection offload takes the request by which it is switched on.
TEST(Handmade, TheParametersAreTaken) {
    constexpr std::uint64_t set_parameters = 0xFC030201;
    for (const bool offers : {false, true}) {
        Script script;
        if (offers)
            script.leave(script.enter("NdisMSetMiniportAttributes", ndis, target, 0x77, 0,
                                      script.region(RegionKind::parameters, 0xFFFFFA8000020000, std::array<std::uint64_t, 3>{0x0000000200140180, 0x0000000500000005, 0x10})));
        Event event;
        event.name = script.recorder.intern("MiniportOidRequest");
        event.layer = target;
        event.other_layer = ndis;
        event.detail = set_parameters;
        event.argument = 1;
        script.leave(script.recorder.enter(event), not_supported);
        if (offers) EXPECT_THAT(script.judged(), ElementsAre("OT-006"));
        else EXPECT_THAT(script.judged(), IsEmpty());
    }
}

TEST(Handmade, CapabilitiesChangeBetweenPauseAndResume) {
    constexpr std::uint64_t pause = 0x40020001, resume = 0x40020003, administrator = 0xFC01020C;
    enum class Way { unasked, paused, administered, unchanged };
    for (const Way way : {Way::unasked, Way::paused, Way::administered, Way::unchanged}) {
        Script script;
        std::array<std::uint64_t, 3> capabilities{0x0000000200140180, 0x0000001000000005, 0};
        script.leave(script.enter("NdisMSetMiniportAttributes", ndis, target, 0x77, 0,
                                  script.region(RegionKind::parameters, 0xFFFFFA8000020000, capabilities)));
        if (way == Way::paused) script.call("NdisMIndicateStatusEx", ndis, target, 0x77, pause);
        if (way == Way::administered) script.call("MiniportOidRequest", target, ndis, 0, administrator);
        if (way != Way::unchanged) capabilities[1] = 0x0000000200000005;
        script.leave(script.enter("NdisMIndicateStatusEx", ndis, target, 0x77, resume,
                                  script.region(RegionKind::parameters, 0xFFFFFA8000020100, capabilities)));
        if (way == Way::unasked) EXPECT_THAT(script.judged(), ElementsAre("OT-007"));
        else EXPECT_THAT(script.judged(), IsEmpty()) << static_cast<int>(way);
    }
}

TEST(StrictReadings, AreNamedOnceAndSwitchUnitsOn) {
    std::set<std::string_view> names;
    for (const StrictReading& reading : strict_readings()) {
        SCOPED_TRACE(reading.name);
        EXPECT_TRUE(names.insert(reading.name).second);
        EXPECT_EQ(find_strict_reading(reading.name), &reading);
        ASSERT_NE(find(reading.rule), nullptr);
        EXPECT_TRUE(find(reading.rule)->checked);
        EXPECT_TRUE(reading.demands.ends_with('.'));
        EXPECT_TRUE(std::ranges::any_of(units(), [&](const Unit& unit) { return unit.strict == reading.name && unit.rule == reading.rule; }));
    }
    for (const Unit& unit : units())
        if (!unit.strict.empty()) EXPECT_TRUE(names.contains(unit.strict)) << unit.strict;
    EXPECT_EQ(find_strict_reading("gentle"), nullptr);
}

TEST(StrictReadings, StandInTheModeOfARun) {
    trace::RunDescription description;
    const std::vector<std::string> chosen{"inside-handler", "invalid-state"};
    description.mode = mode_text("strict", chosen);
    EXPECT_TRUE(of_strict_machine(description));
    EXPECT_THAT(readings_of(description), ElementsAre("inside-handler", "invalid-state"));
    description.mode = "faithful +no-such-thing";
    EXPECT_FALSE(of_strict_machine(description));
    EXPECT_THAT(readings_of(description), IsEmpty());
}

// The verifier follows a trace that is still being written.
TEST(Handmade, AGrowingTraceIsJudgedAsItGrows) {
    Script script;
    Verifier verifier(script.recorder.trace());
    EXPECT_FALSE(verifier.extend());
    script.leave(script.enter("MiniportInitializeEx", im, ndis, 0x77));
    EXPECT_FALSE(verifier.extend());
    script.call("NdisTcpOffloadSendComplete", ndis, im, 0x77);
    EXPECT_TRUE(verifier.extend());
    ASSERT_EQ(verifier.violations().size(), 1u);
    EXPECT_EQ(verifier.violations()[0].rule, "IM-010");
    EXPECT_FALSE(verifier.extend());
}

TEST(Handmade, AnEmptyTraceAndBadReferencesAreNoTrouble) {
    EXPECT_THAT(verify(trace::Trace{}), IsEmpty());
    Script script;
    script.call("NdisInitiateOffload", ndis, host, host_binding, 0xDEAD);
    script.call("MiniportInitiateOffload", im, ndis, 0, 0xDEAD);
    script.call("ProtocolInitiateOffloadComplete", host, ndis, 0, 0xDEAD);
    EXPECT_THAT(script.judged(), IsEmpty()) << "roots that nobody watches";
}

}  // namespace
}  // namespace chimneylab::verifier
