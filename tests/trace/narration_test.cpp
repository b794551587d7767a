// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/narration.h"

#include <gmock/gmock.h>

#include "engine/trace/value_text.h"
#include "tests/trace/random_trace.h"
#include "tests/trace/synthetic_machine.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::trace {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(Narration, every_event_is_told_in_whole_sentences) {
    for (unsigned drivers : {0u, 1u, 3u}) {
        const Trace trace = synthetic::five_operations(drivers);
        const History history(trace);
        Narrator narrator(history);
        for (std::uint32_t i = 0; i < trace.size(); ++i) {
            const std::string text = narrator.sentence(EventId(i));
            ASSERT_FALSE(text.empty());
            EXPECT_EQ(text.back(), '.') << text;
            EXPECT_TRUE((text[0] >= 'A' && text[0] <= 'Z')) << text;
            EXPECT_THAT(text, Not(HasSubstr("  "))) << text;
            EXPECT_THAT(text, Not(HasSubstr(" ,"))) << text;
            EXPECT_FALSE(narrator.heading(EventId(i)).empty());
        }
        EXPECT_EQ(narrator.sentence(EventId{}), "");
        EXPECT_EQ(narrator.sentence(EventId(static_cast<std::uint32_t>(trace.size()))), "");
    }
}

TEST(Narration, tells_the_four_conversions_with_their_values) {
    const Trace trace = synthetic::five_operations(2);
    const History history(trace);
    Narrator narrator(history);
    const Operation& query = history.operations()[1];
    const auto told = [&](std::size_t number) {
        return narrator.sentence(history.conversions()[query.conversions[number - 1]].event);
    };
    EXPECT_THAT(told(1), AllOf(HasSubstr("PROTOCOL block list of the host stack a MINIPORT block list for IM 1"),
                               HasSubstr("SourceHandle becomes binding Host stack → IM 1"),
                               HasSubstr("Slot A of N1, P1 and T1"), Not(HasSubstr("NdisReserved[0]"))));
    EXPECT_THAT(told(4),
                AllOf(HasSubstr("IM 2 makes the MINIPORT block list a PROTOCOL block list of its own"),
                      HasSubstr("ImReserved[0] (call entry #2 of IM 1) and SourceHandle (binding IM 1 → IM 2)"),
                      HasSubstr("becomes call entry #2 of IM 2"), HasSubstr("Slot B of N1, P1 and T1")));
    EXPECT_THAT(told(6), AllOf(HasSubstr("not one byte"), HasSubstr("binding IM 2 → Offload target"),
                               HasSubstr("called: IM 2.")));
    EXPECT_THAT(
        told(7),
        AllOf(HasSubstr("IM 2 gives back what it borrowed"),
              HasSubstr("gets back ImReserved[0] (call entry #2 of IM 1) and SourceHandle (binding IM 1 → IM 2)"),
              HasSubstr("holds the handles from above again"), Not(HasSubstr("Not as it came"))));
    EXPECT_THAT(narrator.heading(history.conversions()[query.conversions[6]].event), HasSubstr("Conversion 7 of 10"));
}

TEST(Narration, says_the_same_when_entries_are_recognised_after_the_conversion) {
    synthetic::Options options;
    options.intermediate_drivers = 2;
    const Trace before = make_trace(options);
    options.told_as_by_ndis = true;
    const Trace after = make_trace(options);
    const History history_before(before), history_after(after);
    Narrator narrator_before(history_before), narrator_after(history_after);
    const auto told = [](const History& history, Narrator& narrator, EventKind kind) {
        std::vector<std::string> all;
        for (std::uint32_t i = 0; i < history.trace().size(); ++i)
            if (history.trace().event(EventId(i)).kind == kind) all.push_back(narrator.sentence(EventId(i)));
        return all;
    };
    for (const EventKind kind :
         {EventKind::conversion, EventKind::call_entry_recognised, EventKind::context_published,
          EventKind::offload_entry_recognised, EventKind::memory_allocated, EventKind::memory_freed})
        EXPECT_EQ(told(history_before, narrator_before, kind), told(history_after, narrator_after, kind));
    EXPECT_TRUE(history_after.offload_entries()[2].handle.valid());
    EXPECT_EQ(after.text(history_after.offload_entries()[2].object), "T1");
    EXPECT_EQ(region_text(history_after, history_after.offload_entries()[2].region), "offload entry T1 of IM 1");
}

TEST(Narration, a_placeholder_is_called_one) {
    synthetic::Options options;
    options.linker_path = true;
    options.operations = {OperationKind::initiate, OperationKind::initiate};
    const Trace trace = make_trace(options);
    const History history(trace);
    Narrator narrator(history);
    EXPECT_THAT(narrator.sentence(history.operations()[1].started),
                HasSubstr("N1 (placeholder), P1 (linker) and T1 (linker)"));
}

// One intermediate driver that restores nothing: the sentence must say so instead of praising it.
TEST(Narration, what_was_not_restored_is_said) {
    synthetic::Bench bench;
    Recorder& recorder = bench.recorder;
    recorder.trace().set_layers({{LayerRole::host_stack, recorder.intern("Host stack"), {}},
                                 {LayerRole::intermediate_driver, recorder.intern("IM 1"), {}},
                                 {LayerRole::offload_target, recorder.intern("Offload target"), {}}});
    const Address block = bench.memory.allocate(block_offset::size), entry = bench.memory.allocate(64);
    Event event;
    for (LayerIndex layer = 0; layer < 2; ++layer) {
        event.kind = EventKind::handle_opened;
        event.name = recorder.intern("binding");
        event.layer = layer;
        event.subject = 0x900u + layer;
        recorder.append(event);
    }
    bench.memory.write(block + block_offset::source_handle, 0x900);
    bench.memory.write(block + block_offset::im_reserved_0, 0x1234);
    const RegionId root = bench.watch(RegionKind::block_list, 0, block, block_offset::size, "T1");
    const auto about = [&](EventKind kind, LayerIndex layer, LayerIndex other) {
        Event made;
        made.kind = kind;
        made.layer = layer;
        made.other_layer = other;
        made.operation = OperationId(0);
        made.operation_kind = OperationKind::query;
        made.region = root;
        return made;
    };
    recorder.append(about(EventKind::operation_started, 0, ndis_layer));
    event = about(EventKind::enter, 1, ndis_layer);
    event.name = recorder.intern("MiniportQueryOffload");
    recorder.enter(event);
    bench.memory.write(entry + 8, 0x900);
    bench.memory.write(block + block_offset::im_reserved_0, entry);
    event = about(EventKind::call_entry_recognised, 1, machine_layer);
    event.region = bench.watch(RegionKind::call_entry, 1, entry, 64, "call entry #1", {}, 1);
    recorder.append(event);
    event = about(EventKind::conversion, 1, ndis_layer);
    event.detail = static_cast<std::uint64_t>(ConversionKind::miniport_to_protocol_by_driver);
    bench.look(1);
    recorder.append(event);
    bench.memory.write(block + block_offset::source_handle, 0x901);
    bench.look(ndis_layer);
    event.detail = static_cast<std::uint64_t>(ConversionKind::protocol_to_miniport_by_ndis);
    event.layer = ndis_layer;
    event.other_layer = 1;
    recorder.append(event);
    event = about(EventKind::conversion, 1, ndis_layer);
    event.detail = static_cast<std::uint64_t>(ConversionKind::protocol_to_miniport_by_driver);
    const EventId up = recorder.append(event);
    const Trace trace = recorder.take();
    const History history(trace);
    Narrator narrator(history);
    EXPECT_THAT(
        narrator.sentence(up),
        AllOf(HasSubstr(
                  "Not as it came: ImReserved[0] holds call entry #1 of IM 1 instead of 0x1234 and SourceHandle holds "
                  "binding IM 1 → Offload target instead of binding Host stack → IM 1."),
              Not(HasSubstr("gets back"))));
}

TEST(Narration, tells_how_the_chain_of_handles_leads_on) {
    synthetic::Bench bench;
    Recorder& recorder = bench.recorder;
    recorder.trace().set_layers({{LayerRole::host_stack, recorder.intern("Host stack"), {}},
                                 {LayerRole::intermediate_driver, recorder.intern("IM 1"), {}},
                                 {LayerRole::offload_target, recorder.intern("Offload target"), {}}});
    const Address upper = bench.memory.allocate(handle_offset::size), entry = bench.memory.allocate(64);
    bench.memory.write(upper, 0x900);
    bench.memory.write(upper + handle_offset::miniport_offload_context, entry);
    bench.watch(RegionKind::offload_handle, 0, upper, handle_offset::size, "T1");
    bench.watch(RegionKind::offload_entry, 1, entry, 64, "T1 at IM 1");
    bench.watch(RegionKind::offload_handle, 1, entry, handle_offset::size, "T1 at IM 1");
    Event event;
    event.kind = EventKind::handle_opened;
    event.name = recorder.intern("binding handle");
    event.subject = 0x900;
    event.layer = 0;
    recorder.append(event);
    const auto enter = [&](const char* name, LayerIndex layer, LayerIndex other, std::uint64_t subject) {
        Event made;
        made.name = recorder.intern(name);
        made.layer = layer;
        made.other_layer = other;
        made.subject = subject;
        return recorder.enter(made);
    };
    const EventId send = enter("NdisOffloadTcpSend", ndis_layer, 0, upper);
    const EventId handler = enter("MiniportTcpOffloadSend", 1, ndis_layer, 0x5001);
    recorder.leave(handler, 0x103, true);
    recorder.leave(send, 0x103, true);
    const EventId indicate = enter("NdisTcpOffloadEventHandler", ndis_layer, 1, upper);
    const EventId heard = enter("ProtocolTcpOffloadEvent", 0, ndis_layer, upper);
    const Trace trace = recorder.take();
    const History history(trace);
    Narrator narrator(history);
    EXPECT_THAT(narrator.sentence(send), HasSubstr("names the connection by handle T1 of the host stack."));
    EXPECT_THAT(narrator.sentence(handler),
                HasSubstr("what stands in handle T1 of the host stack: offload entry T1 of IM 1."));
    EXPECT_THAT(narrator.sentence(indicate), HasSubstr("NdisReserved[0] in it, binding Host stack → IM 1, tells NDIS"));
    EXPECT_THAT(narrator.sentence(heard), HasSubstr("OffloadContext is handle T1 of the host stack"));
}

TEST(Narration, any_sound_trace_can_be_told) {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const Trace trace = synthetic::random_trace(seed, 60).trace;
        const History history(trace);
        Narrator narrator(history);
        for (std::uint32_t i = 0; i < trace.size(); ++i) {
            EXPECT_FALSE(narrator.heading(EventId(i)).empty());
            (void)narrator.sentence(EventId(i));
        }
    }
}

}  // namespace
}  // namespace chimneylab::trace
