// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "tests/scenario/scenario_texts.h"

namespace chimneylab::scenario {
namespace {

TEST(Library, ShippedScenariosHaveNoProblems) {
    const Library library = load_library();
    for (const Problem& problem : library.problems) ADD_FAILURE() << problem.to_text();
    std::vector<std::string> ids;
    for (const Scenario& scenario : library.scenarios) {
        ids.push_back(scenario.id);
        EXPECT_FALSE(scenario.rules.empty()) << scenario.id;
        EXPECT_FALSE(scenario.narration.empty()) << scenario.id;
        EXPECT_FALSE(scenario.questions.empty()) << scenario.id;
        EXPECT_FALSE(scenario.expectations.empty()) << scenario.id;
    }
    EXPECT_THAT(ids, testing::ElementsAre("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9", "m10", "m11", "m12", "m13", "m14",
                                          "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13", "s14", "s15", "s16", "s17", "s18",
                                          "s19", "s20", "s21", "s22", "s23", "s24", "s25", "s26", "s27", "s28", "s29", "s30"));
    EXPECT_EQ(ids.front(), "m1");
}

class LibraryDirectory : public testing::Test {
protected:
    void SetUp() override {
        directory_ = std::filesystem::path(testing::TempDir()) / ("chimneylab-library-" + std::to_string(getpid()));
        std::filesystem::create_directories(directory_);
        setenv("CHIMNEYLAB_SCENARIOS", directory_.c_str(), 1);
    }
    void TearDown() override {
        unsetenv("CHIMNEYLAB_SCENARIOS");
        std::filesystem::remove_all(directory_);
    }
    void write(const std::string& name, const std::string& text) { std::ofstream(directory_ / name) << text; }
    std::filesystem::path directory_;
};

TEST_F(LibraryDirectory, ComesFirstAndWins) {
    std::string text = small_scenario;
    text.replace(0, text.find('\n'), "id: m1");
    write("mine.yaml", text);
    EXPECT_EQ(library_directories().at(0), directory_);
    const Loaded loaded = find_scenario("m1");
    ASSERT_TRUE(loaded.scenario);
    EXPECT_EQ(loaded.scenario->title, "A small one");
}

TEST_F(LibraryDirectory, ABrokenFileDoesNotHideTheOthersAndIsToldWhenAskedFor) {
    write("broken.yaml", "id: broken\nxyz: 1\n");
    EXPECT_TRUE(find_scenario("m1").scenario);
    const Loaded loaded = find_scenario("broken");
    EXPECT_FALSE(loaded.scenario);
    ASSERT_FALSE(loaded.problems.empty());
    EXPECT_THAT(loaded.problems.front().to_text(), testing::HasSubstr("broken.yaml:1:1"));
}

TEST_F(LibraryDirectory, AnUnknownIdIsAnsweredWithASuggestion) {
    const Loaded loaded = find_scenario("m21");
    ASSERT_EQ(loaded.problems.size(), 1u);
    EXPECT_THAT(loaded.problems[0].to_text(),
                testing::AllOf(testing::HasSubstr("no scenario 'm21'"), testing::HasSubstr("Did you mean 'm")));
}

TEST_F(LibraryDirectory, APathIsTakenAsAPath) {
    write("mine.yaml", small_scenario);
    const Loaded loaded = find_scenario((directory_ / "mine.yaml").string());
    ASSERT_TRUE(loaded.scenario);
    EXPECT_EQ(loaded.scenario->id, "small");
}

TEST_F(LibraryDirectory, IdsSortByTheirNumbers) {
    for (const char* id : {"x10", "x9", "x1"}) {
        std::string text = small_scenario;
        text.replace(0, text.find('\n'), std::string("id: ") + id);
        write(std::string(id) + ".yaml", text);
    }
    std::vector<std::string> ids;
    for (const Scenario& scenario : load_library().scenarios) {
        if (scenario.id[0] == 'x') ids.push_back(scenario.id);
    }
    EXPECT_THAT(ids, testing::ElementsAre("x1", "x9", "x10"));
}

}  // namespace
}  // namespace chimneylab::scenario
