// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "app/command_line/told_scenario.h"

#include "engine/scenario/translation.h"

namespace chimneylab::command_line {

scenario::Scenario told_in(const std::string& language, const scenario::Scenario& scenario, Console& console) {
    scenario::Translated translated =
        scenario::translate(scenario, language.empty() ? scenario::language_of_environment() : std::string_view(language));
    for (const scenario::Problem& problem : translated.problems)
        console.err << "chimneylab-cli: " << printable(problem.to_text()) << "\n";
    return std::move(translated.scenario);
}

}  // namespace chimneylab::command_line
