// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Sessions with a planted mistake, judged by the real program: what is told, and with which exit code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "engine/session/session.h"
#include "engine/verifier/findings.h"
#include "tests/command_line/program.h"
#include "tests/verifier/synthetic_stack.h"

namespace chimneylab::command_line {
namespace {

using nlohmann::json;
using verifier::synthetic::Plant;

trace::Trace play(Plant plant) {
    verifier::synthetic::Stack stack({.intermediate_drivers = 2, .plant = plant});
    const std::size_t n = stack.neighbor(), p = stack.path(), t = stack.connection();
    stack.run(trace::OperationKind::initiate, {{.object = n}, {.object = p, .parent = 0}, {.object = t, .parent = 1}});
    stack.run(trace::OperationKind::query, {{.object = n}, {.object = p, .parent = 0}, {.object = t, .parent = 1}});
    stack.run(trace::OperationKind::terminate, {{.object = n}, {.object = p, .parent = 0}, {.object = t, .parent = 1}});
    return stack.finish();
}

class Verify : public testing::Test {
protected:
    std::string session(Plant plant) {
        const std::string file = scratch_.file("a.chimney");
        trace_ = play(plant);
        EXPECT_FALSE(session::save(trace_, file).has_value());
        return file;
    }
    ScratchDirectory scratch_;
    trace::Trace trace_;
};

TEST_F(Verify, ACorrectSessionIsSilent) {
    const std::string file = session(Plant::nothing);
    const Ended ended = run_program({"verify", file, "--json"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_TRUE(ended.json().at("violations").empty());
    EXPECT_GT(ended.json().at("rules_checked").get<int>(), 50);
    EXPECT_EQ(ended.json().at("events"), trace_.size());
    const Ended told = run_program({"verify", file});
    EXPECT_EQ(told.code, 0);
    EXPECT_THAT(told.out, testing::HasSubstr("none ("));
}

TEST_F(Verify, EveryViolationIsInTheDocumentAsTheCheckerFoundIt) {
    for (const Plant plant : {Plant::source_handle_lost, Plant::call_entry_leaks, Plant::status_touched, Plant::completes_twice}) {
        const std::string file = session(plant);
        const trace::History history(trace_);
        const std::vector<verifier::Violation> violations = verifier::verify(trace_);
        const auto rows = verifier::violation_rows(history, violations);
        ASSERT_FALSE(rows.empty());
        for (const char* verb : {"verify", "show"}) {
            const Ended ended = run_program({verb, file, "--json"});
            EXPECT_EQ(ended.code, 1) << ended.err;
            const json listed = ended.json().at("violations");
            ASSERT_EQ(listed.size(), rows.size());
            for (std::size_t i = 0; i < rows.size(); ++i) {
                const json& each = listed[i];
                EXPECT_EQ(each.at("rule"), rows[i].rule);
                EXPECT_EQ(each.at("severity"), rows[i].severity);
                EXPECT_EQ(each.at("event"), rows[i].event.value);
                EXPECT_EQ(each.at("layer"), rows[i].layer);
                EXPECT_EQ(each.at("explanation"), rows[i].explanation);
                EXPECT_EQ(each.at("source"), rows[i].source);
                EXPECT_EQ(each.at("first_cause"), rows[i].first_cause);
                EXPECT_EQ(each.at("cause"), rows[i].cause);
                EXPECT_EQ(each.at("member"), rows[i].member.empty() ? json(nullptr) : json(rows[i].member));
                EXPECT_EQ(each.at("expected"), rows[i].expected.empty() ? json(nullptr) : json(rows[i].expected));
                EXPECT_EQ(each.at("seen_text"), rows[i].seen_text.empty() ? json(nullptr) : json(rows[i].seen_text));
                EXPECT_EQ(each.at("ladder").at("drawing"), rows[i].ladder_drawing);
                EXPECT_EQ(each.at("ladder").at("layers").size(), 4u);
                for (const char* key : {"noticed", "operation", "operation_kind", "block", "offset", "expected_text", "seen"})
                    EXPECT_TRUE(each.contains(key)) << key;
            }
        }
    }
}

TEST_F(Verify, TheTextNamesRuleMemberBytesSentenceSourceAndLadder) {
    const std::string file = session(Plant::source_handle_lost);
    for (const char* verb : {"verify", "show"}) {
        const Ended ended = run_program({verb, file});
        EXPECT_EQ(ended.code, 1);
        for (const char* part : {"Broken rules", "✗ IM-050", "fatal", "SourceHandle", "(+0x80)", "expected", "seen", "ladder",
                                 "▲", "coming up", "source", "first cause", "The same again at", "What follows from it"})
            EXPECT_THAT(ended.out, testing::HasSubstr(part)) << verb;
        const auto rows = verifier::violation_rows(trace::History(trace_), verifier::verify(trace_));
        for (const auto& row : rows) EXPECT_THAT(ended.out, testing::HasSubstr(std::string(row.rule)));
    }
}

TEST_F(Verify, RulesCanBeLeftOut) {
    const std::string file = session(Plant::source_handle_lost);
    const Ended all = run_program({"verify", file, "--json"});
    std::vector<std::string> command{"verify", file, "--json"};
    std::map<std::string, int> rules;
    const json violations = all.json().at("violations");
    for (const json& each : violations) ++rules[each.at("rule").get<std::string>()];
    for (const auto& [rule, count] : rules) command.insert(command.end(), {"--without", rule});
    const Ended none = run_program(command);
    EXPECT_EQ(none.code, 0) << none.out;
    EXPECT_EQ(none.json().at("rules_checked").get<std::size_t>(), all.json().at("rules_checked").get<std::size_t>() - rules.size());
    const Ended unknown = run_program({"verify", file, "--without", "IM-999"});
    EXPECT_EQ(unknown.code, 2);
    EXPECT_EQ(unknown.error_lines(), 1u);
    EXPECT_THAT(unknown.err, testing::HasSubstr("IM-123"));
}

TEST_F(Verify, ARunAndItsRecordingAreJudgedAlike) {
    const std::string file = scratch_.file("m3.chimney");
    const json run = run_program({"run", "m3", "--json", "--record", file}).json();
    const Ended verified = run_program({"verify", file, "--json"});
    EXPECT_EQ(verified.code, 0);
    EXPECT_EQ(verified.json().at("rules_checked"), run.at("rules_checked"));
    EXPECT_EQ(verified.json().at("fingerprint"), run.at("fingerprint"));
    EXPECT_GT(run.at("rules_checked").get<int>(), 50);
}

}  // namespace
}  // namespace chimneylab::command_line
