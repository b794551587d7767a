// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/translation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <set>

#include "engine/scenario/folded_lines.h"
#include "engine/scenario/library.h"
#include "tests/scenario/scenario_texts.h"
#include "tests/scenario/schema_validator.h"

namespace chimneylab::scenario {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::filesystem::path translations = std::filesystem::path(CHIMNEYLAB_SCENARIOS_DIRECTORY) / "translations";

const json& translation_schema() {
    static const json loaded = json::parse(read_file(translations / "schema.json"));
    return loaded;
}

std::vector<std::filesystem::path> shipped_translations() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(translations))
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

// The small scenario with one text of every kind.
Scenario told() {
    std::string text = small_scenario;
    const std::string plain = R"(  - { name: offload, initiate: "N1{P1{T1,T2}}" })";
    text.replace(text.find(plain), plain.size(), R"(  - { name: offload, text: All of it, initiate: "N1{P1{T1,T2}}" }
  - { name: quiet, wait: 1 ms }
narration:
  - at: { kind: run_finished }
    say: The end
  - at: { function: NdisInitiateOffload, caller: host stack }
    say: "{layer} is called"
questions:
  - at: { kind: run_finished }
    ask: What now?
    choices: [This, That]
    answer: 2
    because: So it is
variants:
  - { name: other, title: Another one, teaches: More, schedule: lifo })");
    Loaded loaded = load_text("told.yaml", text);
    for (const Problem& problem : loaded.problems) ADD_FAILURE() << problem.to_text();
    return loaded.scenario.value_or(Scenario());
}

constexpr const char* whole = R"(scenario: small
language: sv
title: En liten
teaches: Hur litet ett scenario kan vara.
steps:
  - { name: offload, text: Alltihop }
narration:
  - at: { caller: host stack, function: NdisInitiateOffload }
    say: "{layer} anropas"
  - at: { kind: run_finished }
    say: Slut
questions:
  - at: { kind: run_finished }
    ask: Vad nu?
    choices: [Det här, Det där]
    because: Så är det
variants:
  - { name: other, title: En annan, teaches: Mer }
)";

std::string changed(std::string_view what, std::string_view by) {
    std::string text = whole;
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), by);
}

TEST(Translation, PutsItsWordsInTheirPlaces) {
    const Translated translated = translate(told(), "sv", "small.yaml", whole);
    EXPECT_THAT(translated.problems, IsEmpty());
    EXPECT_THAT(translated.missing, IsEmpty());
    EXPECT_EQ(translated.language, "sv");
    const Scenario& words = translated.scenario;
    EXPECT_EQ(words.title, "En liten");
    EXPECT_EQ(words.teaches, "Hur litet ett scenario kan vara.");
    EXPECT_EQ(words.steps.at(0).text, "Alltihop");
    EXPECT_EQ(words.steps.at(1).text, "");
    // In the order of the scenario, whatever the order in the file.
    EXPECT_EQ(words.narration.at(0).say, "Slut");
    EXPECT_EQ(words.narration.at(1).say, "{layer} anropas");
    EXPECT_EQ(words.questions.at(0).ask, "Vad nu?");
    EXPECT_THAT(words.questions.at(0).choices, ElementsAre("Det här", "Det där"));
    EXPECT_EQ(words.questions.at(0).answer, 1u);
    EXPECT_EQ(words.questions.at(0).because, "Så är det");
    EXPECT_EQ(words.variants.at(0).title, "En annan");
    EXPECT_EQ(words.variants.at(0).teaches, "Mer");
    EXPECT_EQ(words.id, "small");
    EXPECT_EQ(words.schedule, told().schedule);
}

TEST(Translation, WhatIsMissingStaysEnglishAndIsListed) {
    const Translated translated = translate(told(), "sv", "small.yaml", "scenario: small\nlanguage: sv\ntitle: En liten\n");
    EXPECT_THAT(translated.problems, IsEmpty());
    EXPECT_EQ(translated.scenario.title, "En liten");
    EXPECT_EQ(translated.scenario.narration.at(0).say, "The end");
    EXPECT_THAT(translated.missing,
                ElementsAre("what the scenario teaches", "the text of step 'offload'", HasSubstr("narration 1, line "),
                            HasSubstr("narration 2, line "), HasSubstr("question 1, line "), "variant 'other'"));
    const Translated half = translate(told(), "sv", "small.yaml", changed("    because: Så är det\n", ""));
    EXPECT_THAT(half.missing, ElementsAre("question 1, the explanation"));
}

TEST(Translation, NamesWhatTheScenarioDoesNotHave) {
    struct Mistake {
        const char* what;
        const char* by;
        const char* problem;
    };
    const Mistake mistakes[] = {
        {"name: offload", "name: offlod", "small.yaml:6:13: small has no step 'offlod'. Did you mean 'offload'?"},
        {"name: other", "name: othr", "small.yaml:18:13: small has no variant 'othr'. Did you mean 'other'?"},
        {"{ kind: run_finished }\n    say", "{ kind: run_started }\n    say",
         "small.yaml:10:9: small has no narration at these events. Copy 'at' from the narration of the scenario that this one translates."},
        {"{ kind: run_finished }\n    ask", "{ kind: run_started }\n    ask", "small.yaml:13:9: small has no question at these events"},
        {"caller: host stack", "caller: guest stack", "small.yaml:8:19: there is no layer 'guest stack'. Did you mean 'host stack'?"},
        {"{layer} anropas", "{layer} anropas av {caller}", "small.yaml:9:10: what is said has {caller}, which the scenario does not have there"},
        {"{layer} anropas", "{layer} anropas av {lager}", "small.yaml:9:10: what is said has the unknown placeholder '{lager}'"},
        {"{layer} anropas", "Den anropas", "small.yaml:9:10: what is said lacks {layer}, which the scenario has there"},
        {"[Det här, Det där]", "[Det här, Det där, Allt]", "question 1 has 2 choices in the scenario, but 3 here"},
        {"title: En liten", "tittel: En liten", "small.yaml:3:1: unknown key 'tittel' in a translation. Did you mean 'title'?"},
        {"language: sv", "language: ja", "the language is 'sv' here, not 'ja'"},
        {"scenario: small", "scenario: m1", "the id of the scenario is 'small' here, not 'm1'"},
        {"variants:\n", "variants:\n  - { name: other, title: x }\n", "the variant 'other' is translated twice. Keep one of the two."},
        {"narration:\n", "narration:\n  - { at: { kind: run_finished }, say: x }\n", "the narration at these events is translated twice"},
        {"title: En liten", "title: [", "not well-formed YAML"},
    };
    for (const Mistake& each : mistakes) {
        const Translated translated = translate(told(), "sv", "small.yaml", changed(each.what, each.by));
        ASSERT_EQ(translated.problems.size(), 1u) << each.by;
        EXPECT_THAT(translated.problems.at(0).to_text(), HasSubstr(each.problem));
        EXPECT_EQ(translated.language, english);
        EXPECT_EQ(translated.scenario.title, "A small one") << "a translation with a problem is not used in part";
    }
}

TEST(Translation, IsFoundBesideTheScenario) {
    std::string folder = (std::filesystem::temp_directory_path() / "chimneylab-translation-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    const std::filesystem::path directory(folder);
    std::filesystem::create_directories(directory / "translations" / "sv");
    Scenario scenario = told();
    scenario.source = (directory / "mine.yaml").string();
    EXPECT_EQ(translate(scenario, "sv").scenario.title, "A small one");
    std::ofstream(directory / "translations" / "sv" / "mine.yaml") << whole;
    EXPECT_EQ(translate(scenario, "sv").scenario.title, "En liten");
    EXPECT_EQ(translate(scenario, "en").scenario.title, "A small one");
    EXPECT_EQ(translate(scenario, "ja").scenario.title, "A small one");
    EXPECT_EQ(translate(scenario, "../sv").scenario.title, "A small one");
    scenario.source.clear();
    EXPECT_EQ(translate(scenario, "sv").scenario.title, "A small one");
    std::filesystem::remove_all(directory);
}

TEST(Translation, LinesOfJapaneseAreJoinedWithoutBlanks) {
    EXPECT_EQ(without_breaks("ブロック リスト"), "ブロックリスト");
    EXPECT_EQ(without_breaks("呼びます。 NDIS は"), "呼びます。NDIS は");
    EXPECT_EQ(without_breaks("NDIS （これ） が IM 1 を"), "NDIS（これ）が IM 1 を");
    EXPECT_EQ(without_breaks("en rad till, åäö"), "en rad till, åäö");
    EXPECT_EQ(without_breaks(""), "");
    EXPECT_EQ(without_breaks("あ "), "あ ");
}

TEST(Languages, AreFoundInLocales) {
    EXPECT_EQ(language_of_locale("ja_JP.UTF-8"), "ja");
    EXPECT_EQ(language_of_locale("sv"), "sv");
    EXPECT_EQ(language_of_locale("en_GB"), "en");
    EXPECT_EQ(language_of_locale("de_DE.UTF-8"), "");
    EXPECT_EQ(language_of_locale("C.UTF-8"), "");
    EXPECT_EQ(language_of_locale(""), "");
}

TEST(Languages, OfTheEnvironmentAreThePosixOnes) {
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    setenv("LANG", "sv_SE.UTF-8", 1);
    EXPECT_EQ(language_of_environment(), "sv");
    setenv("LC_MESSAGES", "ja_JP.UTF-8", 1);
    EXPECT_EQ(language_of_environment(), "ja");
    setenv("LC_ALL", "C", 1);
    EXPECT_EQ(language_of_environment(), "en");
    setenv("LC_ALL", "", 1);
    EXPECT_EQ(language_of_environment(), "ja");
    unsetenv("LC_MESSAGES");
    setenv("LANG", "de_DE.UTF-8", 1);
    EXPECT_EQ(language_of_environment(), "en");
    unsetenv("LANG");
    EXPECT_EQ(language_of_environment(), "en");
}

TEST(TranslationSchema, HasTheKeysOfTheReader) {
    for (const MappingFormat& format : translation_formats()) {
        SCOPED_TRACE(std::string(format.name));
        const json& definition = format.name == "translation" ? translation_schema() : translation_schema().at("$defs").at(std::string(format.name));
        EXPECT_EQ(definition.at("additionalProperties"), false);
        std::set<std::string> known, required, in_schema;
        for (const KeyFormat& key : format.keys) {
            known.insert(std::string(key.name));
            if (key.required) required.insert(std::string(key.name));
        }
        for (const auto& [key, property] : definition.at("properties").items()) in_schema.insert(key);
        EXPECT_EQ(known, in_schema);
        EXPECT_EQ(required, definition.at("required").get<std::set<std::string>>());
    }
    std::set<std::string> in_pattern, of_scenarios;
    for (const auto& [key, property] : translation_schema().at("$defs").at("pattern").at("properties").items()) in_pattern.insert(key);
    for (const KeyFormat& key : mapping_format("pattern").keys) of_scenarios.insert(std::string(key.name));
    EXPECT_EQ(in_pattern, of_scenarios);
    std::set<std::string> codes;
    for (const Language& language : languages())
        if (language.code != english) codes.insert(std::string(language.code));
    EXPECT_EQ(translation_schema().at("properties").at("language").at("enum").get<std::set<std::string>>(), codes);
    EXPECT_THAT(schema_objections(translation_schema(), yaml_as_json(whole)), IsEmpty());
    EXPECT_FALSE(schema_objections(translation_schema(), yaml_as_json(changed("language: sv", "language: en"))).empty());
    EXPECT_FALSE(schema_objections(translation_schema(), yaml_as_json(changed("say: Slut", "says: Slut"))).empty());
}

// Every file tells all of a scenario, and nothing else.
TEST(ShippedTranslations, AreWholeAndFit) {
    std::set<std::filesystem::path> files;
    for (const std::filesystem::path& file : shipped_translations()) {
        files.insert(std::filesystem::weakly_canonical(file));
        EXPECT_THAT(schema_objections(translation_schema(), yaml_as_json(read_file(file))), IsEmpty()) << file;
    }
    ASSERT_FALSE(files.empty());
    for (const Scenario& scenario : load_library().scenarios) {
        for (const Language& language : languages()) {
            const std::filesystem::path path = translation_path(scenario, language.code);
            if (path.empty() || !std::filesystem::exists(path)) continue;
            files.erase(std::filesystem::weakly_canonical(path));
            const Translated translated = translate(scenario, language.code);
            for (const Problem& problem : translated.problems) ADD_FAILURE() << problem.to_text();
            for (const std::string& missing : translated.missing) ADD_FAILURE() << path.string() << " lacks " << missing;
        }
    }
    EXPECT_THAT(files, IsEmpty()) << "translations without their scenario";
}

}  // namespace
}  // namespace chimneylab::scenario
