// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/history.h"

#include <gtest/gtest.h>

#include "engine/trace/text.h"
#include "tests/trace/random_trace.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::trace {
namespace {

using synthetic::five_operations;

TEST(History, finds_the_five_operations) {
    const Trace trace = five_operations(2);
    const History history(trace);
    ASSERT_EQ(history.operations().size(), 5u);
    const std::array kinds{OperationKind::initiate, OperationKind::query, OperationKind::update,
                           OperationKind::invalidate, OperationKind::terminate};
    for (std::size_t i = 0; i < 5; ++i) {
        const Operation& operation = history.operations()[i];
        EXPECT_EQ(operation.kind, kinds[i]);
        EXPECT_EQ(trace.event(operation.started).kind, EventKind::operation_started);
        EXPECT_EQ(trace.event(operation.finished).kind, EventKind::operation_finished);
        ASSERT_EQ(operation.blocks.size(), 3u);
        EXPECT_EQ(history.label(operation.blocks[0].block), "N1");
        EXPECT_EQ(history.label(operation.blocks[1].block), "P1");
        EXPECT_EQ(history.label(operation.blocks[2].block), "T1");
        EXPECT_EQ(operation.blocks[2].role, i == 0 ? BlockRole::new_offload : BlockRole::reference);
        EXPECT_EQ(operation.root, operation.blocks[0].block);
        const auto latency = history.latency(operation);
        ASSERT_TRUE(latency);
        EXPECT_GT(latency->virtual_time, 20'000u) << "the target alone takes 20 µs";
        EXPECT_GT(latency->measured_time, 0u);
        EXPECT_EQ(history.in_progress(operation.started), std::vector{operation.id});
        EXPECT_TRUE(history.in_progress(operation.finished).empty());
    }
    EXPECT_EQ(history.operation(OperationId(5)), nullptr);
    EXPECT_EQ(history.operation(OperationId{}), nullptr);
}

TEST(History, every_intermediate_driver_meets_four_conversions) {
    for (unsigned drivers = 0; drivers <= 8; ++drivers) {
        const Trace trace = five_operations(drivers);
        const History history(trace);
        for (const Operation& operation : history.operations()) {
            EXPECT_EQ(operation.conversions.size(), 2 + 4 * drivers);
            std::map<LayerIndex, std::vector<ConversionKind>> by_lane;
            for (std::uint32_t index : operation.conversions) {
                const Conversion& conversion = history.conversions()[index];
                by_lane[conversion.lane].push_back(conversion.kind);
                EXPECT_EQ(history.conversion_at(conversion.event), &conversion);
            }
            for (unsigned layer = 1; layer <= drivers; ++layer)
                EXPECT_EQ(
                    by_lane[static_cast<LayerIndex>(layer)],
                    (std::vector{
                        ConversionKind::miniport_to_protocol_by_driver, ConversionKind::protocol_to_miniport_by_ndis,
                        ConversionKind::miniport_to_protocol_by_ndis, ConversionKind::protocol_to_miniport_by_driver}));
            EXPECT_EQ(by_lane[host_stack_layer], (std::vector{ConversionKind::protocol_to_miniport_by_ndis,
                                                              ConversionKind::miniport_to_protocol_by_ndis}));
        }
    }
}

TEST(History, type_and_holder_of_the_blocks_follow_the_ladder) {
    const Trace trace = synthetic::one_completion_travels_up();
    const History history(trace);
    const Operation& operation = history.operations()[0];
    EXPECT_EQ(history.block_type(operation, operation.started), BlockType::protocol);
    EXPECT_EQ(history.holder(operation, operation.started), host_stack_layer);
    const Passage* im = operation.passage(1);
    ASSERT_NE(im, nullptr);
    EXPECT_EQ(history.block_type(operation, im->arrived), BlockType::miniport);
    EXPECT_EQ(history.holder(operation, im->arrived), 1);
    EXPECT_EQ(history.block_type(operation, im->handed_on), BlockType::protocol);
    EXPECT_EQ(history.holder(operation, im->handed_on), ndis_layer);
    const Passage* target = operation.passage(2);
    ASSERT_NE(target, nullptr);
    EXPECT_EQ(history.block_type(operation, target->arrived), BlockType::miniport);
    EXPECT_EQ(history.holder(operation, trace.leave_of(target->arrived)), 2)
        << "the target keeps the tree after it returned";
    EXPECT_FALSE(target->handed_on.valid());
    EXPECT_EQ(history.block_type(operation, im->came_back), BlockType::protocol);
    EXPECT_EQ(history.block_type(operation, im->completed), BlockType::miniport);
    EXPECT_EQ(history.block_type(operation, operation.finished), BlockType::protocol);
    EXPECT_EQ(history.holder(operation, operation.finished), host_stack_layer);

    const auto all = history.layer_latency(operation, 1, false), own = history.layer_latency(operation, 1, true);
    ASSERT_TRUE(all && own);
    EXPECT_GT(all->virtual_time, own->virtual_time);
    EXPECT_GT(own->virtual_time, 0u);
    EXPECT_EQ(all->virtual_time, trace.event(im->completed).virtual_time - trace.event(im->arrived).virtual_time);
    EXPECT_TRUE(history.layer_latency(operation, host_stack_layer, false));
    EXPECT_FALSE(history.layer_latency(operation, 7, false));
}

TEST(History, call_entries_hold_what_the_root_brought) {
    const Trace trace = five_operations(3);
    const History history(trace);
    EXPECT_EQ(history.call_entries().size(), 15u);
    for (const CallEntry& entry : history.call_entries()) {
        EXPECT_TRUE(entry.released.valid());
        EXPECT_TRUE(entry.allocated.valid());
        EXPECT_EQ(history.call_entry_in(entry.allocated), &entry);
        EXPECT_EQ(history.call_entry_of(entry.region), &entry);
        ASSERT_EQ(entry.saved.size(), 3u);
        EXPECT_EQ(entry.saved[2].member, "SourceHandle");
        EXPECT_EQ(entry.saved[2].offset, 32u);
        const Binding* binding = history.binding(entry.saved[2].value);
        ASSERT_NE(binding, nullptr);
        EXPECT_EQ(binding->upper + 1, entry.layer);
        EXPECT_EQ(entry.saved[0].offset, entry.layer == 1 ? std::nullopt : std::optional<std::uint32_t>(16));
        const Operation* operation = history.operation(entry.operation);
        ASSERT_NE(operation, nullptr);
        EXPECT_EQ(&history.call_entries()[operation->passage(entry.layer)->call_entry], &entry);
    }
}

TEST(History, occupancy_equals_a_count_from_the_start) {
    synthetic::Options options;
    options.intermediate_drivers = 2;
    options.repeat = 3;
    options.connections = 2;
    options.operations = {OperationKind::initiate, OperationKind::query, OperationKind::terminate};
    const Trace trace = make_trace(options);
    const History history(trace);
    std::map<LayerIndex, int> calls, offloads;
    for (std::uint32_t i = 0; i < trace.size(); ++i) {
        const Event& event = trace.event(EventId(i));
        if (event.kind == EventKind::call_entry_recognised) ++calls[event.layer];
        if (event.kind == EventKind::call_entry_released) --calls[event.layer];
        if (event.kind == EventKind::offload_entry_recognised) ++offloads[event.layer];
        if (event.kind == EventKind::offload_entry_released) --offloads[event.layer];
        for (LayerIndex layer = 0; layer < 4; ++layer) {
            EXPECT_EQ(static_cast<int>(history.live_call_entries(layer, EventId(i)).size()), calls[layer]);
            EXPECT_EQ(static_cast<int>(history.live_offload_entries(layer, EventId(i)).size()), offloads[layer]);
        }
    }
    EXPECT_EQ(history.call_entry_slots(1), 1u);
    EXPECT_EQ(history.offload_entry_slots(2), 4u);
    EXPECT_EQ(history.call_entry_slots(0), 0u);
    EXPECT_EQ(calls[1], 0);
    EXPECT_EQ(offloads[1], 0);
}

TEST(History, a_leaked_call_entry_stays) {
    synthetic::Options options;
    options.leak_call_entry = true;
    const Trace trace = make_trace(options);
    const History history(trace);
    ASSERT_EQ(history.call_entries().size(), 1u);
    EXPECT_FALSE(history.call_entries()[0].released.valid());
    EXPECT_EQ(history.live_call_entries(1, EventId(static_cast<std::uint32_t>(trace.size() - 1))).size(), 1u);
}

TEST(History, offload_entries_know_object_and_handle) {
    const Trace trace = five_operations(1);
    const History history(trace);
    ASSERT_EQ(history.offload_entries().size(), 3u);
    const OffloadEntry& last = history.offload_entries()[2];
    EXPECT_EQ(trace.text(last.object), "T1");
    ASSERT_TRUE(last.handle.valid());
    EXPECT_EQ(trace.region(last.handle).kind, RegionKind::offload_handle);
    EXPECT_EQ(trace.region(last.handle).parent, last.region);
    EXPECT_TRUE(last.released.valid());
    EXPECT_EQ(history.offload_entry_in(last.allocated), &last);
    EXPECT_EQ(last.operation, OperationId(0));
}

TEST(History, linkers_and_placeholders_are_told_apart) {
    synthetic::Options options;
    options.linker_path = true;
    options.operations = {OperationKind::initiate, OperationKind::initiate};
    const Trace trace = make_trace(options);
    const History history(trace);
    ASSERT_EQ(history.operations().size(), 2u);
    EXPECT_EQ(history.operations()[0].blocks[0].role, BlockRole::new_offload);
    EXPECT_EQ(history.operations()[1].blocks[0].role, BlockRole::placeholder);
    EXPECT_EQ(history.operations()[1].blocks[1].role, BlockRole::linker);
}

TEST(History, jumps_equal_a_walk) {
    const Trace trace = five_operations(2);
    const History history(trace);
    const auto is = [&](Landmark which, const Event& event) {
        switch (which) {
            case Landmark::event:
                return true;
            case Landmark::conversion:
                return event.kind == EventKind::conversion;
            case Landmark::call:
                return event.kind == EventKind::enter;
            case Landmark::completion:
                return event.kind == EventKind::enter && trace.text(event.name).ends_with("Complete");
            case Landmark::call_entry:
                return event.kind == EventKind::call_entry_recognised || event.kind == EventKind::call_entry_released;
            case Landmark::finding:
                return event.kind == EventKind::finding;
            case Landmark::step:
                return event.kind == EventKind::step_started;
            case Landmark::operation:
                return event.kind == EventKind::operation_started || event.kind == EventKind::operation_finished;
            case Landmark::change:
                return event.change_count > 0;
        }
        return false;
    };
    for (int which = 0; which <= static_cast<int>(Landmark::change); ++which) {
        const auto landmark = static_cast<Landmark>(which);
        EventId last;
        for (std::uint32_t i = 0; i < trace.size(); ++i) {
            EXPECT_EQ(history.previous(landmark, EventId(i)), last);
            if (is(landmark, trace.event(EventId(i)))) {
                EXPECT_EQ(history.next(landmark, last), EventId(i));
                last = EventId(i);
            }
        }
        EXPECT_FALSE(history.next(landmark, last.valid() ? last : EventId(static_cast<std::uint32_t>(trace.size() - 1)))
                         .valid());
    }
}

TEST(History, who_wrote_this_last) {
    const Trace trace = synthetic::one_completion_travels_up();
    const History history(trace);
    const RegionId root = history.operations()[0].root;
    Cursor cursor(trace);
    // Follow SourceHandle through the run: every change found is a real one, and none is passed over.
    std::vector<EventId> changed;
    std::optional<std::uint64_t> last;
    while (cursor.step_forward()) {
        const auto now = cursor.word(root, block_offset::source_handle);
        if (last && now != last) changed.push_back(cursor.position());
        last = now;
    }
    EXPECT_EQ(changed.size(), 3u) << "NDIS twice going down, the intermediate driver once going up";
    EventId at;
    for (const EventId expected : changed) {
        at = history.next_change(root, block_offset::source_handle, 8, at);
        EXPECT_EQ(at, expected);
    }
    EXPECT_FALSE(history.next_change(root, block_offset::source_handle, 8, at).valid());
    for (auto expected = changed.rbegin(); expected != changed.rend(); ++expected) {
        at = history.previous_change(root, block_offset::source_handle, 8,
                                     expected == changed.rbegin() ? EventId(at.value + 1) : at);
        EXPECT_EQ(at, *expected);
    }
    EXPECT_FALSE(history.next_change(RegionId(9999), EventId{}).valid());
}

TEST(History, steps_in_and_out_of_calls) {
    const Trace trace = synthetic::one_completion_travels_up();
    const History history(trace);
    const Operation& operation = history.operations()[0];
    const EventId host_call = operation.passage(0)->handed_on;
    EXPECT_EQ(history.call_in(host_call), operation.passage(1)->arrived);
    EXPECT_EQ(history.call_out(operation.passage(1)->arrived), trace.leave_of(operation.passage(1)->arrived));
    EXPECT_EQ(history.open_calls(operation.passage(1)->arrived),
              (std::vector{host_call, operation.passage(1)->arrived}));
    EXPECT_EQ(history.running_layer(operation.passage(1)->arrived), 1);
    EXPECT_EQ(history.running_layer(host_call), ndis_layer);
    EXPECT_FALSE(history.call_out(EventId(0)).valid());
}

TEST(History, growing_with_the_trace_gives_the_same) {
    const Trace whole = five_operations(2);
    Trace growing;
    for (std::uint32_t i = 0; i < whole.string_count(); ++i) growing.intern(whole.text(StringId(i)));
    growing.set_layers({whole.layers().begin(), whole.layers().end()});
    History history(growing);
    std::uint32_t regions = 0;
    for (std::uint32_t i = 0; i < whole.size(); ++i) {
        for (; regions < whole.region_count() && whole.region(RegionId(regions)).born.value <= i; ++regions)
            growing.add_region(whole.region(RegionId(regions)), whole.initial_bytes(whole.region(RegionId(regions))));
        std::vector<Change> changes;
        for (Change each : whole.changes(whole.event(EventId(i)))) {
            each.before = growing.store_bytes(whole.before(each));
            each.after = growing.store_bytes(whole.after(each));
            changes.push_back(each);
        }
        growing.append(whole.event(EventId(i)), changes);
        if (i % 7 == 0) history.extend();
    }
    history.extend();
    const History at_once(whole);
    ASSERT_EQ(history.operations().size(), at_once.operations().size());
    for (std::size_t i = 0; i < history.operations().size(); ++i) {
        EXPECT_EQ(history.operations()[i].finished, at_once.operations()[i].finished);
        EXPECT_EQ(history.operations()[i].conversions, at_once.operations()[i].conversions);
        EXPECT_EQ(history.operations()[i].crossings, at_once.operations()[i].crossings);
        EXPECT_EQ(history.operations()[i].blocks.size(), at_once.operations()[i].blocks.size());
    }
    ASSERT_EQ(history.call_entries().size(), at_once.call_entries().size());
    for (std::size_t i = 0; i < history.call_entries().size(); ++i)
        EXPECT_EQ(history.call_entries()[i].released, at_once.call_entries()[i].released);
    EXPECT_EQ(history.landmarks(Landmark::change).size(), at_once.landmarks(Landmark::change).size());
}

TEST(History, takes_any_sound_trace_without_complaint) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const Trace trace = synthetic::random_trace(seed, 80).trace;
        const History history(trace);
        for (std::uint32_t i = 0; i < trace.size(); ++i) {
            const Operation* current = history.current_operation(EventId(i));
            if (current != nullptr) {
                EXPECT_LE(current->started, EventId(i));
            }
            const RegionId region = history.region_at(0xFFFFFA8000000000 + i * 8, EventId(i));
            if (region.valid()) {
                EXPECT_LE(trace.region(region).born, EventId(i));
                EXPECT_LT(0xFFFFFA8000000000 + i * 8 - trace.region(region).address, trace.region(region).size);
            }
        }
    }
}

}  // namespace
}  // namespace chimneylab::trace
