// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Texts that the tests of the scenario format share.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace chimneylab::scenario {

inline constexpr const char* small_scenario = R"(id: small
title: A small one
teaches: How small a scenario can be.
machine:
  intermediate_drivers:
    - { driver: reference }
objects:
  neighbors:
    N1: { DlDestinationAddress: 02-00-5e-10-00-01 }
  paths:
    P1: { neighbor: N1, SourceAddress: 192.0.2.10, DestinationAddress: 198.51.100.7 }
  connections:
    T1: { path: P1 }
    T2: { path: P1 }
steps:
  - { name: offload, initiate: "N1{P1{T1,T2}}" }
)";

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

inline std::vector<std::filesystem::path> shipped_scenarios() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(CHIMNEYLAB_SCENARIOS_DIRECTORY)) {
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace chimneylab::scenario
