// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Random damage to the shipped scenarios: reading never crashes nor hangs, and either gives a scenario or says why not.
#include <gtest/gtest.h>

#include <random>

#include "engine/scenario/load.h"
#include "tests/scenario/scenario_texts.h"

namespace chimneylab::scenario {
namespace {

std::string damaged(std::string text, const std::string& other, std::mt19937& random) {
    static const char* const pieces[] = {"{",
                                         "}",
                                         "[",
                                         "]",
                                         ":",
                                         "- ",
                                         "\n",
                                         "  ",
                                         "\"",
                                         "'",
                                         "&a ",
                                         "*a",
                                         "!!x ",
                                         "|",
                                         ">",
                                         "#",
                                         "\t",
                                         "\xff",
                                         "0x",
                                         "-1",
                                         "99999999999999999999",
                                         "true",
                                         "~",
                                         "? ",
                                         "%YAML 3.0\n",
                                         "---\n",
                                         "...\n",
                                         "name: offload\n",
                                         "_",
                                         "N1{N1{N1}}",
                                         ",,",
                                         "é"};
    const auto position = [&] { return text.empty() ? 0 : random() % text.size(); };
    for (unsigned n = 1 + random() % 4; n > 0; --n) {
        switch (random() % 6) {
            case 0:
                text.insert(position(), pieces[random() % std::size(pieces)]);
                break;
            case 1:
                text.erase(position(), 1 + random() % 20);
                break;
            case 2:
                if (!text.empty()) text[position()] = static_cast<char>(random() % 256);
                break;
            case 3:
                text.insert(position(), text.substr(position(), random() % 200));
                break;
            case 4:
                text.resize(position());
                break;
            case 5:
                text.insert(position(), other.substr(random() % other.size(), random() % 400));
                break;
        }
    }
    return text;
}

TEST(Mutation, ReadingDamagedScenariosNeverFails) {
    std::vector<std::string> texts{small_scenario};
    for (const auto& file : shipped_scenarios()) texts.push_back(read_file(file));
    std::mt19937 random(2024);
    std::size_t refused = 0;
    for (int round = 0; round < 1500; ++round) {
        const std::string& base = round % 3 ? texts[0] : texts[random() % texts.size()];
        const std::string text = damaged(base, texts[random() % texts.size()], random);
        const Loaded loaded = load_text("damaged.yaml", text);
        ASSERT_EQ(loaded.scenario.has_value(), loaded.problems.empty()) << text;
        for (const Problem& problem : loaded.problems) {
            ASSERT_FALSE(problem.what.empty() || problem.remedy.empty()) << problem.to_text();
            ASSERT_EQ(problem.to_text().find('\n'), std::string::npos) << problem.to_text();
        }
        refused += loaded.problems.empty() ? 0 : 1;
    }
    EXPECT_GT(refused, 500u);
}

}  // namespace
}  // namespace chimneylab::scenario
