// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// chimneylab-windows-plan SCENARIO [VARIANT]: checks a scenario of the library, or a file, and that its variant can be run with
// kernel-driver binaries, and prints it as a plan (see plan.h).
// Exit codes as of chimneylab-cli: 0, or 2 after a line for each mistake.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "driver-bridge/windows/plan/plan.h"
#include "engine/scenario/library.h"

int main(int count, char** words) {
    using namespace chimneylab;
    if (count != 2 && count != 3) {
        std::cerr << "chimneylab-windows-plan SCENARIO [VARIANT]: the scenario's id or the path of its file\n";
        return 2;
    }
    const scenario::Loaded loaded = scenario::find_scenario(words[1]);
    for (const scenario::Problem& problem : loaded.problems) std::cerr << problem.to_text() << "\n";
    if (!loaded.scenario) return 2;
    if (count == 3 && scenario::needs_driver_host(*loaded.scenario, words[2])) {
        std::cerr << "the variant '" << words[2] << "' of " << loaded.scenario->id
                  << " has a driver with a mistake in it, and those are not built as .sys files; run it with chimneylab-cli run\n";
        return 2;
    }
    std::ifstream file(loaded.scenario->source, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    scenario::Problems problems(loaded.scenario->source);
    const std::optional<scenario::Node> root = scenario::parse_document(text, problems);
    for (const scenario::Problem& problem : problems.take()) std::cerr << problem.to_text() << "\n";
    if (!root) return 2;
    std::cout << windows::write_plan(*root) << std::flush;
    return std::cout ? 0 : 2;
}
