// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Where on the ladder things stand, and violations as groups and rows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/trace/function_catalogue.h"
#include "engine/trace/text.h"
#include "engine/verifier/findings.h"
#include "tests/trace/synthetic_trace.h"
#include "tests/verifier/synthetic_stack.h"

namespace chimneylab::verifier {
namespace {

using namespace synthetic;
using trace::ConversionKind;
using trace::EventKind;
using trace::History;
using trace::Trace;
using enum Plant;

Trace offload(unsigned intermediate_drivers, Plant plant = nothing, LayerIndex planted_in = 1) {
    Stack stack({.intermediate_drivers = intermediate_drivers, .plant = plant, .planted_in = planted_in});
    const std::size_t n = stack.neighbor(), p = stack.path(), t = stack.connection();
    stack.run(OperationKind::initiate,
              {{.object = n}, {.object = p, .parent = 0}, {.object = t, .parent = 1}});
    stack.run(OperationKind::terminate, {{.object = t}});
    return stack.finish();
}

TEST(LadderPosition, ConversionsAreCountedInTheOrderInWhichTheyHappen) {
    for (const unsigned drivers : {0u, 1u, 3u}) {
        const Trace trace = trace::synthetic::five_operations(drivers);
        const History history(trace);
        ASSERT_EQ(history.operations().size(), 5u);
        for (const trace::Operation& operation : history.operations()) {
            ASSERT_EQ(operation.conversions.size(), 4 * drivers + 2);
            for (const std::uint32_t index : operation.conversions) {
                const trace::Conversion& conversion = history.conversions()[index];
                const LadderPosition position = ladder_position(history, conversion.event);
                EXPECT_EQ(position.conversion_number, conversion.number);
                EXPECT_EQ(position.conversion, conversion.kind);
                EXPECT_EQ(position.conversions, 4 * drivers + 2);
            }
        }
    }
}

TEST(LadderPosition, EachCallOfAnOperationStandsAtItsEdge) {
    const Trace trace = trace::synthetic::five_operations(1);
    const History history(trace);
    std::vector<std::string> drawings, texts;
    for (const EventId crossing : history.operations()[0].crossings) {
        const LadderPosition position = ladder_position(history, crossing);
        drawings.push_back(ladder_drawing(history, position));
        texts.push_back(ladder_text(history, position));
    }
    EXPECT_THAT(drawings, testing::ElementsAre("Host stack ✗▼─ IM 1 ─── Offload target",   // NdisInitiateOffload
                                               "Host stack ─▼✗ IM 1 ─── Offload target",   // MiniportInitiateOffload
                                               "Host stack ─▼─ IM 1 ✗▼─ Offload target",   // NdisInitiateOffload
                                               "Host stack ─▼─ IM 1 ─▼✗ Offload target",   // MiniportInitiateOffload
                                               "Host stack ─── IM 1 ─▲✗ Offload target",   // NdisMInitiateOffloadComplete
                                               "Host stack ─── IM 1 ✗▲─ Offload target",   // ProtocolInitiateOffloadComplete
                                               "Host stack ─▲✗ IM 1 ─▲─ Offload target",   // NdisMInitiateOffloadComplete
                                               "Host stack ✗▲─ IM 1 ─▲─ Offload target"))  // ProtocolInitiateOffloadComplete
        << testing::PrintToString(drawings);
    EXPECT_THAT(texts, testing::ElementsAre(
                           "going down, at the host stack's lower edge",
                           testing::StartsWith("going down, at IM 1's upper edge: conversion 1 of 6, protocol → miniport, by NDIS"),
                           testing::StartsWith("going down, at IM 1's lower edge: conversion 2 of 6, miniport → protocol, by the"),
                           testing::StartsWith("going down, at the offload target's upper edge: conversion 3 of 6"),
                           "coming up, at the offload target's upper edge",
                           testing::StartsWith("coming up, at IM 1's lower edge: conversion 4 of 6"),
                           testing::StartsWith("coming up, at IM 1's upper edge: conversion 5 of 6"),
                           testing::StartsWith("coming up, at the host stack's lower edge: conversion 6 of 6")));
}

TEST(LadderPosition, WhatHappensInsideAHandlerIsInsideItsDriver) {
    const Trace trace = trace::synthetic::five_operations(2);
    const History history(trace);
    std::size_t seen = 0;
    for (std::uint32_t i = 0; i < trace.size(); ++i) {
        const trace::Event& event = trace.event(EventId(i));
        if (event.kind != EventKind::call_entry_released) continue;
        ++seen;
        const LadderPosition position = ladder_position(history, EventId(i));
        EXPECT_EQ(position.layer, event.layer);
        EXPECT_EQ(position.edge, LadderEdge::inside);
        EXPECT_EQ(position.way, LadderWay::up);
        EXPECT_THAT(ladder_drawing(history, position), testing::HasSubstr("[✗ " + history.layer_name(event.layer) + "]"));
    }
    EXPECT_EQ(seen, 10u);  // two drivers, five operations
}

TEST(LadderPosition, OutsideAnyOperationIsToldAsSuch) {
    const Trace trace = trace::synthetic::five_operations(1);
    const History history(trace);
    const EventId last(static_cast<std::uint32_t>(trace.size() - 1));
    const LadderPosition position = ladder_position(history, last);
    EXPECT_FALSE(position.on_ladder());
    EXPECT_EQ(ladder_text(history, position), "outside the ladder");
    EXPECT_EQ(ladder_drawing(history, position), "Host stack ─── IM 1 ─── Offload target");
    EXPECT_FALSE(ladder_position(history, EventId()).on_ladder());
    EXPECT_FALSE(ladder_position(history, EventId(1'000'000)).on_ladder());
    // A layer asked for is told with what it is doing by then.
    EXPECT_EQ(ladder_position(history, last, 1, history.operations()[0].id).edge, LadderEdge::upper);
}

TEST(LadderPosition, AViolationStandsWhereItsOwnerBrokeIt) {
    struct Case {
        Plant plant;
        std::string_view rule;
        LadderWay way;
    };
    for (const Case& test : {Case{source_handle_lost, "IM-050", LadderWay::up}, Case{status_touched, "IM-043", LadderWay::down},
                             Case{store_nothing, "IM-028", LadderWay::down}}) {
        for (const LayerIndex layer : {LayerIndex{1}, LayerIndex{2}}) {
            const Trace trace = offload(2, test.plant, layer);
            const History history(trace);
            const std::vector<Violation> violations = verify(trace, synthetic::without_values());
            const auto first = std::ranges::find_if(violations, [](const Violation& each) { return each.first_cause; });
            ASSERT_NE(first, violations.end());
            const LadderPosition position = ladder_position(history, *first);
            EXPECT_EQ(position.layer, layer) << first->rule;
            EXPECT_EQ(position.way, test.way) << first->rule;
            EXPECT_GT(position.conversion_number, 0u) << first->rule;
        }
    }
}

// What is over is forgotten after a while. The last of thousands of operations is judged as the first one was.
TEST(LongRun, IsJudgedAsAShortOne) {
    const auto run = [](unsigned rounds) {
        trace::synthetic::Options options;
        options.operations = {OperationKind::initiate, OperationKind::query, OperationKind::update, OperationKind::invalidate,
                              OperationKind::terminate};
        options.repeat = rounds;
        return trace::synthetic::make_trace(options);
    };
    const auto found = [](const Trace& trace) {
        Verifier verifier(trace);
        verifier.extend();
        return verifier.violations().size() + verifier.left_out();
    };
    constexpr unsigned few = 40, many = 840;
    const Trace whole = run(many);
    ASSERT_GT(whole.size(), 100'000u);
    // The synthetic stack is not correct in every respect: each round has as many violations as the one before.
    const std::size_t once = found(run(few)), twice = found(run(2 * few));
    EXPECT_EQ((twice - once) % few, 0u);
    EXPECT_EQ(found(whole), once + (twice - once) / few * (many - few));
}

class Rows : public testing::TestWithParam<Plant> {};

TEST_P(Rows, GroupsHoldEveryViolationOnceAndRowsSayWhatViolationsSay) {
    const Trace trace = offload(2, GetParam());
    const History history(trace);
    const std::vector<Violation> violations = verify(trace, synthetic::without_values());
    ASSERT_FALSE(violations.empty());

    std::multiset<std::uint32_t> members;
    for (const ViolationGroup& group : group_by_first_cause(violations)) {
        EXPECT_TRUE(violations[group.first_cause].first_cause);
        members.insert(group.first_cause);
        std::map<std::string_view, std::size_t> rules;
        for (const std::uint32_t index : group.consequences) {
            EXPECT_EQ(violations[index].cause, group.first_cause);
            members.insert(index);
            ++rules[violations[index].rule];
        }
        ASSERT_EQ(group.counted.size(), rules.size());
        for (const CountedConsequence& each : group.counted) EXPECT_EQ(each.count, rules[violations[each.first].rule]);
    }
    ASSERT_EQ(members.size(), violations.size());
    for (std::uint32_t i = 0; i < violations.size(); ++i) EXPECT_EQ(members.count(i), 1u);

    const std::vector<ViolationRow> rows = violation_rows(history, violations);
    ASSERT_EQ(rows.size(), violations.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(rows[i].rule, violations[i].rule);
        EXPECT_EQ(rows[i].event, violations[i].event);
        EXPECT_EQ(rows[i].layer, history.layer_name(violations[i].layer));
        EXPECT_EQ(rows[i].expected, trace::hex_bytes(violations[i].expected));
        EXPECT_EQ(rows[i].cause, violations[i].cause);
        EXPECT_EQ(rows[i].ladder, ladder_position(history, violations[i]));
        EXPECT_FALSE(rows[i].explanation.empty());
        EXPECT_FALSE(rows[i].source.empty());
    }
}

INSTANTIATE_TEST_SUITE_P(Plants, Rows,
                         testing::Values(source_handle_lost, im_reserved_lost, status_touched, never_completes, completes_twice,
                                         call_entry_leaks, swallow, context_not_written));

TEST(Groups, AViolationWhoseCauseWasLeftOutStandsForItself) {
    std::vector<Violation> violations(3);
    violations[0].rule = violations[1].rule = "IM-050";
    violations[2].rule = "IM-052";
    violations[1].cause = 1;
    violations[2].cause = 7;
    violations[2].first_cause = false;
    const auto groups = group_by_first_cause(violations);
    ASSERT_EQ(groups.size(), 3u);
    EXPECT_EQ(groups[2].first_cause, 2u);
    EXPECT_TRUE(group_by_first_cause({}).empty());
}

TEST(RulesJudged, AreThoseThatTheTraceCanShow) {
    Trace trace = offload(1);
    const auto all = rules_judged(trace);
    const auto has = [](const std::vector<const Rule*>& rules, std::string_view id) {
        return std::ranges::any_of(rules, [&](const Rule* rule) { return rule->id == id; });
    };
    EXPECT_TRUE(has(all, "IM-050"));
    EXPECT_FALSE(has(all, "IM-013"));  // not checked
    EXPECT_FALSE(has(rules_judged(trace, {.without = {"IM-050"}}), "IM-050"));
    trace::RunDescription description = trace.description();
    description.mode = "strict";
    trace.set_description(description);
    EXPECT_GT(rules_judged(trace).size(), all.size());
    EXPECT_EQ(rules_judged(trace, {.strict_rules = false, .without = {}}).size(), all.size());
}

TEST(RuleId, IsFoundHoweverItIsWritten) {
    for (const char* written : {"IM-050", "im-050", "im-50", "IM50", "50", "IM050"}) EXPECT_EQ(rule_id(written), "IM-050");
    EXPECT_EQ(rule_id("mem-1"), "MEM-001");
    for (const char* written : {"", "IM", "IM-999", "IM-000", "IM-0500", "XX-050", "IM-05O", "5 0", "-"})
        EXPECT_EQ(rule_id(written), "") << written;
}

}  // namespace
}  // namespace chimneylab::verifier
