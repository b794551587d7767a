// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/command_line/program.h"

namespace chimneylab::command_line {
namespace {

TEST(ScenariosVerb, ListsTheLibrary) {
    const Ended ended = run_program({"scenarios", "--json"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    std::vector<std::string> ids;
    const auto library = ended.json();
    for (const auto& item : library.at("scenarios")) {
        ids.push_back(item.at("id"));
        EXPECT_FALSE(item.at("title").get<std::string>().empty());
        EXPECT_FALSE(item.at("teaches").get<std::string>().empty());
        EXPECT_FALSE(item.at("rules").empty());
        EXPECT_TRUE(item.at("variants").is_array());
    }
    EXPECT_THAT(ids, testing::IsSupersetOf({"m1", "m2", "m3", "m4"}));
    const Ended text = run_program({"scenarios"});
    EXPECT_EQ(text.code, 0);
    EXPECT_THAT(text.out, testing::HasSubstr("One completion travels up"));
}

TEST(ScenariosVerb, TellsInTheLanguageAskedFor) {
    EXPECT_THAT(run_program({"scenarios", "--language", "ja"}).out, testing::HasSubstr("ひとつの完了が上へ戻る"));
    EXPECT_THAT(run_program({"scenarios"}, {"LC_ALL=sv_SE.UTF-8"}).out, testing::HasSubstr("Ett slutförande på väg upp"));
    EXPECT_THAT(run_program({"scenarios", "--language", "en"}, {"LC_ALL=sv_SE.UTF-8"}).out, testing::HasSubstr("One completion travels up"));
    // The texts change, the keys and what is no text do not.
    auto english = run_program({"scenarios", "--json"}).json().at("scenarios").at(0);
    auto swedish = run_program({"scenarios", "--json", "--language", "sv"}).json().at("scenarios").at(0);
    EXPECT_EQ(swedish.at("title"), "Ett slutförande på väg upp");
    for (const char* key : {"title", "part", "teaches", "variants"}) {
        EXPECT_NE(english.at(key), swedish.at(key)) << key;
        swedish[key] = english[key];
    }
    EXPECT_EQ(english, swedish);
    const Ended unknown = run_program({"scenarios", "--language", "de"});
    EXPECT_EQ(unknown.code, 2);
    EXPECT_EQ(unknown.error_lines(), 1u);
}

TEST(ScenariosVerb, ARunIsTheSameInEveryLanguage) {
    const Ended english = run_program({"run", "m1", "--language", "en"});
    const Ended japanese = run_program({"run", "m1", "--language", "ja"});
    EXPECT_EQ(english.code, 0) << english.err;
    EXPECT_EQ(japanese.code, 0) << japanese.err;
    EXPECT_THAT(japanese.out, testing::HasSubstr("IM コールエントリ"));
    EXPECT_THAT(japanese.out, testing::HasSubstr("Step 1: ホストスタックが接続 1 つを"));
    const ScratchDirectory scratch;
    const auto recorded = [&](const char* language) {
        const std::string file = scratch.file(std::string(language) + ".chimney");
        const Ended run = run_program({"run", "m1", "--language", language, "--json", "--record", file});
        EXPECT_EQ(run.code, 0) << run.err;
        return run.out;
    };
    EXPECT_EQ(recorded("en"), recorded("ja"));
    const Ended shown = run_program({"show", scratch.file("en.chimney"), "--language", "ja"});
    EXPECT_THAT(shown.out, testing::HasSubstr("IM コールエントリ"));
    const Ended compared = run_program({"compare", scratch.file("en.chimney"), scratch.file("ja.chimney")});
    EXPECT_EQ(compared.code, 0) << compared.out << compared.err;
}

TEST(ScenariosVerb, ATranslationThatCannotBeUsedIsNamedAndEnglishIsTold) {
    const ScratchDirectory scratch;
    const std::string file = scratch.write("mine.yaml", R"(id: mine
title: Mine
teaches: Little
machine: { intermediate_drivers: [{ driver: reference }] }
objects: { neighbors: { N1: { DlDestinationAddress: 02-00-5e-10-00-01 } } }
steps: [{ name: offload, initiate: N1 }]
)");
    const std::filesystem::path folder = std::filesystem::path(file).parent_path() / "translations" / "sv";
    std::filesystem::create_directories(folder);
    scratch.write("translations/sv/mine.yaml", "scenario: mine\nlanguage: sv\ntitel: Min\n");
    const Ended ended = run_program({"run", file, "--language", "sv"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_THAT(ended.err, testing::HasSubstr((folder / "mine.yaml").string() + ":3:1: unknown key 'titel' in a translation. Did you mean 'title'?"));
    EXPECT_EQ(ended.error_lines(), 1u);
    EXPECT_THAT(ended.out, testing::HasSubstr("Mine"));
}

TEST(ScenariosVerb, TellsWhichFileOfTheLibraryIsBroken) {
    const ScratchDirectory scratch;
    const std::string file = scratch.write("bad.yaml", "id: bad\ntilte: x\n");
    const std::string directory = std::filesystem::path(file).parent_path().string();
    const Ended ended = run_program({"scenarios", "--json"}, {"CHIMNEYLAB_SCENARIOS=" + directory});
    EXPECT_EQ(ended.code, 2);
    EXPECT_THAT(ended.err, testing::HasSubstr(file + ":2:1: unknown key 'tilte'"));
    EXPECT_FALSE(ended.json().at("scenarios").empty());
}

TEST(Program, KnowsItsVersionAndItsHeaders) {
    EXPECT_THAT(run_program({"--version"}).out, testing::MatchesRegex("chimneylab-cli [0-9]+\\.[0-9]+\\.[0-9]+\n"));
    const Ended include = run_program({"--ddi-include"});
    EXPECT_EQ(include.code, 0);
    const std::filesystem::path directory = include.out.substr(0, include.out.size() - 1);
    EXPECT_TRUE(std::filesystem::exists(directory / "ndis.h"));
    const Ended help = run_program({"--help"});
    EXPECT_EQ(help.code, 0);
    for (const char* verb : {"layout", "scenarios", "run", "show", "doctor"})
        EXPECT_THAT(help.out, testing::HasSubstr(verb));
    EXPECT_THAT(run_program({"run", "--help"}).out, testing::HasSubstr("--driver FILE"));
}

}  // namespace
}  // namespace chimneylab::command_line
