// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The schema beside the scenarios describes exactly what the reader takes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <set>

#include "engine/scenario/format.h"
#include "engine/scenario/load.h"
#include "engine/scenario/words.h"
#include "tests/scenario/scenario_texts.h"
#include "tests/scenario/schema_validator.h"

namespace chimneylab::scenario {
namespace {

using nlohmann::json;

const json& schema() {
    static const json loaded =
        json::parse(read_file(std::filesystem::path(CHIMNEYLAB_SCENARIOS_DIRECTORY) / "schema.json"));
    return loaded;
}

TEST(Schema, HasTheKeysOfTheReader) {
    std::set<std::string> described;
    for (const MappingFormat& format : mapping_formats()) {
        SCOPED_TRACE(std::string(format.name));
        const json& definition =
            format.name == "scenario" ? schema() : schema().at("$defs").at(std::string(format.name));
        EXPECT_EQ(definition.at("type"), "object");
        EXPECT_EQ(definition.at("additionalProperties"), false);
        std::set<std::string> known, required, in_schema, required_in_schema;
        for (const KeyFormat& key : format.keys) {
            known.insert(std::string(key.name));
            if (key.required) required.insert(std::string(key.name));
        }
        for (const auto& [key, property] : definition.at("properties").items()) in_schema.insert(key);
        if (definition.contains("required")) required_in_schema = definition["required"].get<std::set<std::string>>();
        EXPECT_EQ(known, in_schema);
        EXPECT_EQ(required, required_in_schema);
        described.insert(std::string(format.name));
    }
    for (const auto& [name, definition] : schema().at("$defs").items()) {
        EXPECT_TRUE(definition.value("type", "") != "object" || described.contains(name)) << name;
    }
}

TEST(Schema, HasTheWordsOfTheReader) {
    for (const Words* words : all_words()) {
        SCOPED_TRACE(std::string(words->name));
        std::set<std::string> known;
        for (const Word& word : words->words) known.insert(std::string(word.text));
        EXPECT_EQ(known, schema().at("$defs").at(std::string(words->name)).at("enum").get<std::set<std::string>>());
    }
}

TEST(Schema, AcceptsEveryShippedScenario) {
    ASSERT_FALSE(shipped_scenarios().empty());
    for (const auto& file : shipped_scenarios()) {
        EXPECT_THAT(schema_objections(schema(), yaml_as_json(read_file(file))), testing::IsEmpty()) << file;
    }
    EXPECT_THAT(schema_objections(schema(), yaml_as_json(small_scenario)), testing::IsEmpty());
}

// What is wrong in form, not only in meaning, is refused by both.
TEST(Schema, RefusesWhatTheReaderRefuses) {
    const std::pair<const char*, const char*> changes[] = {
        {"title: A small one", "title: A small one\nextra: 1"},
        {"title: A small one\n", ""},
        {"title: A small one", "title: [1]"},
        {"driver: reference", "driver: other"},
        {"driver: reference", "driver: reference, virtual_miniports: 9"},
        {"{ path: P1 }", "{ path: P1, LocalPort: many }"},
        {"{ path: P1 }", "{ path: P1, LocalPort: 65536 }"},
        {"{ path: P1 }", "{ path: P1, State: TcpConnectionOpen }"},
        {"02-00-5e-10-00-01", "02-00"},
        {", initiate: \"N1{P1{T1,T2}}\"", ""},
        {", initiate:", ", query: T1, initiate:"},
        {"steps:\n", "schedule: often\nsteps:\n"},
        {"machine:\n", "machine:\n  target: { per_block: soon }\n"},
        {"steps:\n", "narration: [{ say: x }]\nsteps:\n"},
        {"steps:\n", "narration: [{ at: { layer: NDIS }, say: x }]\nsteps:\n"},
        {"steps:\n", "expectations: [{ text: x }]\nsteps:\n"},
        {"steps:\n", "expectations: [{ findings: 0, order: [] }]\nsteps:\n"},
        {"steps:\n",
         "questions: [{ at: { kind: run_finished }, ask: x, choices: [a], answer: 1, because: y }]\nsteps:\n"},
    };
    for (const auto& [replaced, by] : changes) {
        std::string text = small_scenario;
        const std::size_t at = text.find(replaced);
        ASSERT_NE(at, std::string::npos) << replaced;
        text.replace(at, std::strlen(replaced), by);
        EXPECT_FALSE(load_text("x", text).scenario) << by;
        EXPECT_FALSE(schema_objections(schema(), yaml_as_json(text)).empty()) << by;
    }
}

}  // namespace
}  // namespace chimneylab::scenario
