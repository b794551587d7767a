// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// One mistake at a time, and the rule that names it: exactly that rule, at that event and member, and nothing else as a
// first cause.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "engine/verifier/verifier.h"
#include "tests/verifier/synthetic_stack.h"

namespace chimneylab::verifier {
namespace {

using namespace synthetic;
using trace::Trace;
using enum Plant;
using enum OperationKind;

constexpr std::int32_t failure = static_cast<std::int32_t>(0xC0000001), partial = 0x40020004;
constexpr std::int32_t no_room = static_cast<std::int32_t>(0xC0231004);

struct Case {
    Plant plant;
    std::string name;
    std::string rule;
    std::string function;  // of the event, empty: not a call
    std::string member;    // empty: no member
    trace::LayerIndex layer = 1;
    unsigned intermediate_drivers = 1;
    bool synchronous = false;
    bool second_word = false;
    bool without_handlers = false;
    std::set<std::string> also = {};  // further first causes that are mistakes in their own right
};

void PrintTo(const Case& value, std::ostream* out) { *out << value.name; }

std::string told(const Trace& trace, std::span<const Violation> violations) {
    std::string text;
    for (const Violation& each : violations)
        text += std::string(each.first_cause ? "* " : "  ") + std::string(each.rule) + " @" + std::to_string(each.event.value) + " " +
                std::string(trace.text(trace.event(each.event).name)) + " layer " + std::to_string(each.layer) + " [" + each.member +
                "] " + each.explanation + " (expected " + each.expected_text + ", seen " + each.seen_text + ")\n";
    return text;
}

// N{P{T}} offloaded, asked, and taken back, with what the plant needs in between.
Trace play(const Case& test) {
    Settings settings;
    settings.plant = test.plant;
    settings.planted_in = test.layer == 0 || test.layer > test.intermediate_drivers ? 1 : test.layer;
    settings.intermediate_drivers = test.intermediate_drivers;
    settings.synchronous = test.synchronous;
    settings.second_word = test.second_word;
    settings.without_handlers = test.without_handlers;
    Stack stack(settings);
    const std::size_t n = stack.neighbor(), p = stack.path(), t = stack.connection();
    std::vector<BlockPlan> tree{{.object = n}, {.object = p, .parent = 0}, {.object = t, .parent = 1}};
    const std::vector<BlockPlan> whole = tree;
    switch (test.plant) {
    case sibling_of_other_layer: {
        tree.push_back({.object = stack.neighbor(), .parent = 1});  // a neighbor beside a connection
        stack.run(initiate, tree);
        break;
    }
    case linker_without_dependents:
        stack.run(initiate, tree);
        stack.run(initiate, {{.object = n}});
        break;
    case stale_context:
        stack.run(initiate, tree);
        stack.run(terminate, {{.object = t}});
        stack.run(initiate, {{.object = n}, {.object = p, .parent = 0}, {.object = t, .parent = 1}});
        break;
    case other_binding:
        stack.run(initiate, tree);
        stack.run(query, {{.object = t}});
        break;
    case query_while_offloading: {
        const std::size_t first = stack.begin(initiate, tree);
        const std::size_t second = stack.begin(query, {{.object = t}});
        stack.complete(first);
        stack.complete(second);
        break;
    }
    case second_update: {
        stack.run(initiate, tree);
        const std::size_t first = stack.begin(update, {{.object = t}});
        const std::size_t second = stack.begin(update, {{.object = t}});
        stack.complete(second);
        stack.complete(first);
        break;
    }
    case update_invalidated:
        stack.run(initiate, tree);
        stack.run(invalidate, {{.object = t}});
        stack.run(update, {{.object = t}});
        break;
    case terminate_while_querying:
    case terminate_overtakes_query: {
        // A path that no connection needs: else the host stack breaks a promise too.
        const bool path_only = test.plant == terminate_overtakes_query;
        if (path_only) tree.pop_back();
        stack.run(initiate, tree);
        const std::size_t first = stack.begin(query, {{.object = path_only ? p : t}});
        const std::size_t second = stack.begin(terminate, {{.object = path_only ? p : t}});
        if (path_only) stack.complete(second);
        stack.complete(first);
        if (!path_only) stack.complete(second);
        break;
    }
    case state_behind_invalidate:
        stack.run(initiate, tree);
        stack.run(invalidate, {{.object = t}});
        break;
    case relink_to_invalid: {
        stack.run(initiate, tree);
        const std::size_t other = stack.neighbor();
        stack.run(initiate, {{.object = other}});
        stack.run(invalidate, {{.object = other}});
        stack.run(update, {{.object = other}, {.object = p, .parent = 0}});
        break;
    }
    case move_connection: {
        const std::size_t other = stack.path();
        tree.push_back({.object = other, .parent = 0});
        stack.run(initiate, tree);
        stack.run(update, {{.object = other}, {.object = t, .parent = 0}});
        break;
    }
    case reference_not_offloaded:
        stack.run(initiate, tree);
        stack.run(terminate, {{.object = t}});
        stack.run(query, {{.object = t}});
        break;
    case placeholder_failed:
    case handle_for_placeholder:
        stack.run(initiate, tree);
        stack.run(query, {{.object = n, .placeholder = true}, {.object = p, .parent = 0}, {.object = t, .parent = 1}});
        break;
    case partial_as_failure:
        tree.push_back({.object = stack.connection(), .parent = 1, .status = no_room});
        tree[1].status = partial;
        stack.run(initiate, tree);
        break;
    case failed_object_published:
    case entry_of_failed_leaks:
        tree[2].status = no_room;
        tree[1].status = partial;
        tree[0].status = 0;
        stack.run(initiate, tree);
        break;
    case entry_of_linker_freed:
        stack.run(initiate, tree);
        stack.run(initiate, {{.object = n, .status = failure}, {.object = p, .parent = 0, .status = failure},
                             {.object = stack.connection(), .parent = 1, .status = no_room}});
        break;
    case new_handle_for_linker:
        stack.run(initiate, tree);
        stack.run(query, {{.object = t}});
        break;
    case chain_source_lost_at_failure:
    case data_status_changed:
        tree[2].net_buffer_lists = 2;
        tree[2].status = no_room;
        tree[1].status = partial;
        stack.run(initiate, tree);
        break;
    case chain_touched_at_success:
        tree[2].net_buffer_lists = 2;
        stack.run(initiate, tree);
        break;
    case chain_source_not_saved:
        tree[2].net_buffer_lists = 1;
        stack.run(initiate, tree);
        stack.send_complete(t);
        break;
    case data_reordered:
        tree[2].net_buffer_lists = 3;
        stack.run(initiate, tree);
        stack.run(terminate, {{.object = t}});
        break;
    case data_at_query:
    case query_failed_locally:
    case entry_freed_at_query:
        stack.run(initiate, tree);
        stack.run(query, {{.object = t}});
        break;
    case entry_freed_at_failed_terminate: {
        stack.run(initiate, tree);
        stack.run(terminate, {{.object = t, .status = failure}});
        break;
    }
    case entry_of_terminated_leaks:
        stack.run(initiate, tree);
        stack.run(terminate, {{.object = t}});
        break;
    case indication_after_terminate:
        stack.run(initiate, tree);
        stack.run(terminate, {{.object = t}});
        stack.indicate(t);
        break;
    case static_call_entry:
    case delays_second: {
        const std::size_t first = stack.begin(initiate, tree);
        const std::size_t second = stack.begin(initiate, {{.object = stack.neighbor()}});
        stack.complete(first);
        stack.complete(second);
        break;
    }
    case pass_foreign_tree:
    case swallow:
    case never_completes:
    case target_never_completes: stack.run(initiate, tree); break;
    case links_cut:
        tree.push_back({.object = stack.connection(), .parent = 1});
        stack.run(initiate, tree);
        break;
    case ndis_overwrites_reserved:
        stack.run(initiate, tree);
        stack.run(query, {{.object = t}});
        break;
    case send_after_terminate: {
        stack.run(initiate, tree);
        const std::size_t last = stack.begin(terminate, {{.object = t}});
        stack.send(t, 1);
        stack.complete(last);
        break;
    }
    case deferred_with_indication: stack.run(initiate, tree); break;
    case status_of_no_operation:
    case state_touched:
    default:
        stack.run(initiate, tree);
        if (test.plant == status_of_no_operation) stack.run(query, {{.object = t}});
        break;
    }
    return stack.finish();
}

class PlantedDefect : public testing::TestWithParam<Case> {};

TEST_P(PlantedDefect, IsNamedByItsRuleAlone) {
    const Case& test = GetParam();
    const Trace trace = play(test);
    VerifierOptions options = without_values();
    std::erase(options.without, test.rule);
    const auto violations = verify(trace, options);
    const std::string all = told(trace, violations);
    std::set<std::string> first_causes;
    for (const Violation& each : violations)
        if (each.first_cause) first_causes.insert(std::string(each.rule));
    std::set<std::string> wanted = test.also;
    if (!test.rule.empty()) wanted.insert(test.rule);
    EXPECT_EQ(first_causes, wanted) << all;
    bool found = test.rule.empty();
    for (const Violation& each : violations) {
        if (each.rule != test.rule || !each.first_cause) continue;
        const bool here = (test.function.empty() || trace.text(trace.event(each.event).name) == test.function) &&
                          (test.member.empty() || each.member == test.member) && each.layer == test.layer;
        found = found || here;
        EXPECT_FALSE(each.explanation.empty());
        EXPECT_FALSE(each.source.empty());
    }
    EXPECT_TRUE(found) << "wanted " << test.rule << " at " << test.function << " [" << test.member << "] of layer "
                       << static_cast<int>(test.layer) << "\n" << all;
}

const Case cases[] = {
    {nothing, "nothing", "", "", ""},
    {nothing, "nothing_synchronous", "", "", "", 1, 3, true},
    {nothing, "nothing_eight_floors", "", "", "", 1, 8},
    {nothing, "nothing_without_handlers", "", "", "", 1, 2, true, false, true},
    // host stack
    {sibling_of_other_layer, "sibling_of_other_layer", "HS-011", "NdisInitiateOffload", "Header.Type", 0},
    {path_under_connection, "path_under_connection", "HS-012", "NdisInitiateOffload", "DependentBlockList", 0},
    {cycle, "cycle", "HS-013", "NdisInitiateOffload", "NextBlock", 0},
    {linker_without_dependents, "linker_without_dependents", "HS-017", "NdisInitiateOffload", "DependentBlockList", 0},
    {stale_context, "stale_context", "HS-059", "NdisInitiateOffload", "MiniportOffloadContext", 0, 0},
    {reference_not_offloaded, "reference_not_offloaded", "HS-059", "NdisQueryOffloadState", "MiniportOffloadContext", 0, 0},
    {other_binding, "other_binding", "IM-021", "NdisQueryOffloadState", "NdisReserved[0]", 0, 2},
    {stale_reserved, "stale_reserved", "IM-022", "NdisInitiateOffload", "NdisReserved[0]", 0},
    {change_tree_while_below, "change_tree_while_below", "HS-019", "", "NextBlock", 0},
    {free_tree_early, "free_tree_early", "HS-019", "", "", 0},
    {query_while_offloading, "query_while_offloading", "HS-033", "NdisQueryOffloadState", "", 0, 0},
    {second_update, "second_update", "HS-040", "NdisUpdateOffload", "", 0},
    {update_invalidated, "update_invalidated", "HS-041", "NdisUpdateOffload", "", 0},
    {terminate_while_querying, "terminate_while_querying", "HS-049", "NdisTerminateOffload", "", 0},
    {data_in_path_block, "data_in_path_block", "HS-028", "NdisInitiateOffload", "NetBufferListChain", 0, 0},
    {state_behind_invalidate, "state_behind_invalidate", "HS-047", "NdisInvalidateOffload", "Header.Type", 0, 0},
    {relink_to_invalid, "relink_to_invalid", "HS-043", "NdisUpdateOffload", "", 0, 0, false, false, false, {"HS-041"}},
    {move_connection, "move_connection", "HS-042", "NdisUpdateOffload", "", 0, 0},
    {wrong_length, "wrong_length", "HS-015", "MiniportInitiateOffload", "Length", 0, 0},
    // intermediate driver, down
    {other_operation_down, "other_operation_down", "IM-027", "NdisUpdateOffload", ""},
    {other_binding_down, "other_binding_down", "IM-027", "NdisInitiateOffload", ""},
    {pass_down_twice, "pass_down_twice", "IM-028", "NdisInitiateOffload", ""},
    {swallow, "swallow", "IM-028", "MiniportInitiateOffload", ""},
    {pass_foreign_tree, "pass_foreign_tree", "IM-029", "NdisInitiateOffload", ""},
    {convert_into_copy, "convert_into_copy", "", "", ""},
    {store_nothing, "store_nothing", "IM-030", "NdisInitiateOffload", ""},
    {no_call_entry, "no_call_entry", "IM-031", "NdisInitiateOffload", "ImReserved[0]"},
    {one_word_saved, "one_word_saved", "IM-032", "NdisMInitiateOffloadComplete", "ImReserved[1]", 1, 1, false, true},
    {source_handle_written, "source_handle_written", "IM-033", "NdisInitiateOffload", "SourceHandle"},
    {upper_handle_not_stored, "upper_handle_not_stored", "IM-034", "NdisInitiateOffload", "NdisOffloadHandle"},
    {upper_handle_passed_down, "upper_handle_passed_down", "IM-035", "NdisInitiateOffload", "OffloadHandle"},
    {handle_not_zero, "handle_not_zero", "IM-036", "NdisInitiateOffload", "MiniportOffloadContext"},
    {new_handle_for_linker, "new_handle_for_linker", "IM-037", "NdisQueryOffloadState", "OffloadHandle"},
    {handle_for_placeholder, "handle_for_placeholder", "IM-038", "NdisQueryOffloadState", "OffloadHandle"},
    {sibling_skipped, "sibling_skipped", "IM-039", "NdisInitiateOffload", "OffloadHandle"},
    {links_cut, "links_cut", "IM-041", "NdisInitiateOffload", "DependentBlockList"},
    {status_touched, "status_touched", "IM-041", "NdisInitiateOffload", "Status"},
    {port_changed, "port_changed", "IM-041", "NdisMInitiateOffloadComplete", "PortNumber"},
    {state_touched, "state_touched", "IM-109", "NdisInitiateOffload", "state"},
    {vlan_set, "vlan_set", "", "", ""},
    {chain_source_not_saved, "chain_source_not_saved", "IM-042", "", "SourceHandle"},
    {tree_touched_after_call, "tree_touched_after_call", "IM-043", "MiniportInitiateOffload", "Scratch[0]"},
    {tree_touched_after_call, "tree_touched_after_call_that_completed", "IM-043", "MiniportInitiateOffload", "Scratch[0]", 1, 1, true},
    {call_entry_touched_after_call, "call_entry_touched_after_call", "IM-043", "MiniportInitiateOffload", ""},
    {call_entry_freed_during_call, "call_entry_freed_during_call", "IM-043", "", ""},
    {refusal, "refusal", "", "", ""},
    {half_undone, "half_undone", "IM-046", "NdisMInitiateOffloadComplete", "NdisOffloadHandle"},
    {refusal_says_success, "refusal_says_success", "IM-046", "NdisMInitiateOffloadComplete", "Status"},
    {query_failed_locally, "query_failed_locally", "IM-047", "NdisMQueryOffloadStateComplete", "Status"},
    {waits_in_handler, "waits_in_handler", "IM-048", "MiniportInitiateOffload", ""},
    {static_call_entry, "static_call_entry", "IM-112", "NdisInitiateOffload", "ImReserved[0]"},
    {delays_second, "delays_second", "IM-112", "NdisInitiateOffload", ""},
    // intermediate driver, up
    {never_completes, "never_completes", "IM-049", "ProtocolInitiateOffloadComplete", ""},
    {completes_twice, "completes_twice", "IM-049", "NdisMInitiateOffloadComplete", ""},
    {source_handle_lost, "source_handle_lost", "IM-050", "NdisMInitiateOffloadComplete", "SourceHandle"},
    {source_handle_lost, "source_handle_lost_in_the_middle", "IM-050", "NdisMInitiateOffloadComplete", "SourceHandle", 2, 3},
    {im_reserved_lost, "im_reserved_lost", "IM-051", "NdisMInitiateOffloadComplete", "ImReserved[0]"},
    {slot_b_of_sibling_lost, "slot_b_of_sibling_lost", "IM-052", "NdisMInitiateOffloadComplete", "NdisOffloadHandle"},
    {slot_a_left, "slot_a_left", "IM-053", "NdisMInitiateOffloadComplete", "MiniportOffloadContext"},
    {context_not_written, "context_not_written", "IM-054", "NdisMInitiateOffloadComplete", "MiniportOffloadContext"},
    {failed_object_published, "failed_object_published", "IM-055", "NdisMInitiateOffloadComplete", "MiniportOffloadContext", 1, 1,
     false, false, false, {"IM-061"}},
    {context_in_own_handle, "context_in_own_handle", "IM-056", "NdisMInitiateOffloadComplete", "MiniportOffloadContext"},
    {status_changed, "status_changed", "IM-057", "NdisMInitiateOffloadComplete", "Status"},
    {partial_as_failure, "partial_as_failure", "IM-060", "NdisMInitiateOffloadComplete", "MiniportOffloadContext"},
    {entry_of_failed_leaks, "entry_of_failed_leaks", "IM-061", "ProtocolInitiateOffloadComplete", ""},
    {entry_of_linker_freed, "entry_of_linker_freed", "IM-062", "", ""},
    {entry_freed_at_query, "entry_freed_at_query", "IM-063", "", ""},
    {entry_of_terminated_leaks, "entry_of_terminated_leaks", "IM-063", "ProtocolTerminateOffloadComplete", ""},
    {entry_freed_at_failed_terminate, "entry_freed_at_failed_terminate", "IM-064", "", ""},
    {call_entry_leaks, "call_entry_leaks", "IM-065", "NdisMInitiateOffloadComplete", ""},
    {tree_touched_after_completion, "tree_touched_after_completion", "IM-066", "", "Status"},
    {chain_source_lost_at_failure, "chain_source_lost_at_failure", "IM-067", "NdisMInitiateOffloadComplete", "SourceHandle"},
    {chain_touched_at_success, "chain_touched_at_success", "IM-114", "NdisMInitiateOffloadComplete", "SourceHandle"},
    {wrong_completion, "wrong_completion", "IM-070", "NdisMUpdateOffloadComplete", ""},
    {deferred_with_indication, "deferred_with_indication", "IM-072", "NdisTcpOffloadReceiveHandler", ""},
    {send_after_terminate, "send_after_terminate", "IM-116", "NdisOffloadTcpSend", ""},
    // offload target
    {status_of_no_operation, "status_of_no_operation", "OT-012", "NdisMQueryOffloadStateComplete", "Status", 2},
    {status_forgotten, "status_forgotten", "OT-011", "NdisMInitiateOffloadComplete", "Status", 2},
    {placeholder_failed, "placeholder_failed", "OT-022", "NdisMQueryOffloadStateComplete", "Status", 2},
    {data_status_changed, "data_status_changed", "OT-027", "NdisMInitiateOffloadComplete", "Status", 2},
    {data_reordered, "data_reordered", "OT-054", "NdisMTerminateOffloadComplete", "NetBufferListChain", 2},
    {data_at_query, "data_at_query", "OT-054", "NdisMQueryOffloadStateComplete", "NetBufferListChain", 2},
    {indication_after_terminate, "indication_after_terminate", "OT-063", "NdisTcpOffloadEventHandler", "", 1, 0},
    {terminate_overtakes_query, "terminate_overtakes_query", "OT-051", "NdisMTerminateOffloadComplete", "", 1, 0},
    {target_completes_twice, "target_completes_twice", "OT-009", "NdisMInitiateOffloadComplete", "", 2},
    {target_never_completes, "target_never_completes", "OT-009", "MiniportInitiateOffload", "", 2},
    // NDIS
    {ndis_writes_all_source_handles, "ndis_writes_all_source_handles", "IM-101", "MiniportInitiateOffload", "SourceHandle", trace::ndis_layer, 0},
    {ndis_overwrites_reserved, "ndis_overwrites_reserved", "IM-102", "MiniportQueryOffload", "NdisReserved[0]", trace::ndis_layer, 0},
    {ndis_wrong_context_slot, "ndis_wrong_context_slot", "IM-103", "MiniportInitiateOffload", "MiniportOffloadContext", trace::ndis_layer, 0},
    {ndis_touches_unsupported, "ndis_touches_unsupported", "IM-104", "ProtocolInitiateOffloadComplete", "NdisReserved[2]", trace::ndis_layer, 0, true,
     false, true},
    {ndis_routes_wrongly, "ndis_routes_wrongly", "IM-105", "ProtocolInitiateOffloadComplete", "SourceHandle", trace::ndis_layer, 2},
    {ndis_writes_on_the_way_up, "ndis_writes_on_the_way_up", "IM-108", "ProtocolInitiateOffloadComplete", "NdisReserved[2]", trace::ndis_layer, 0},
};

// What one driver passes down wrongly arrives wrongly at the next: told there too, under the first cause.
TEST(PlantedDefects, AWrongHandleIsSeenWhereItArrives) {
    const Trace trace = play({new_handle_for_linker, "", "", "", "", 1, 2});
    const auto violations = verify(trace, without_values());
    const auto arrived = std::ranges::find(violations, "IM-040", &Violation::rule);
    ASSERT_NE(arrived, violations.end()) << told(trace, violations);
    EXPECT_FALSE(arrived->first_cause);
    EXPECT_EQ(violations[arrived->cause].rule, "IM-037");
    EXPECT_EQ(trace.text(trace.event(arrived->event).name), "MiniportQueryOffload");
}

INSTANTIATE_TEST_SUITE_P(EachMistake, PlantedDefect, testing::ValuesIn(cases),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace chimneylab::verifier
