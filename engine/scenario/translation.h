// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Lays the texts of another language over a scenario. A translation is a file with the scenario's own name in
// translations/LANGUAGE beside it; it has the keys that the scenario has for its texts, and what it leaves out stays English.
//
// What comes out is for telling only: it has everything of the scenario at the same positions, with other words. What is
// run is always the scenario itself, so no run, trace, fingerprint or session file depends on a language.
//
// Nothing in a file can make reading throw, crash, hang or take more memory than a bound. Thread safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/scenario/format.h"
#include "engine/scenario/languages.h"
#include "engine/scenario/problem.h"
#include "engine/scenario/scenario.h"

namespace chimneylab::scenario {

struct Translated {
    Scenario scenario;                  // in English as a whole when there were problems, or there is no translation
    std::string_view language = english;  // of its texts
    std::vector<std::string> missing;   // what the translation has no words for: "narration 3, line 41 of the scenario"
    std::vector<Problem> problems;      // why the translation cannot be used
};

// By the file beside the scenario. English, a language without a file and a scenario that came from no file: as it is.
[[nodiscard]] Translated translate(const Scenario& scenario, std::string_view language);

// By this text; `name` stands for it in problems.
[[nodiscard]] Translated translate(const Scenario& scenario, std::string_view language, std::string_view name,
                                   std::string_view text);

// The file that translate() would read, whether it is there or not; empty where there can be none.
[[nodiscard]] std::string translation_path(const Scenario& scenario, std::string_view language);

// Which keys a translation may have; scenarios/translations/schema.json describes the same mappings.
[[nodiscard]] std::span<const MappingFormat> translation_formats();

}  // namespace chimneylab::scenario
