// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Where two readings of the pages are legitimate the checker takes the mild one. Each strict reading has a name by which it is
// switched on: by VerifierOptions::strict, by `--strict-reading NAME` on the command line, or for a whole run by a scenario's
// variant, which writes it into RunDescription::mode ("faithful +capacity"). A table fixed at compile time; thread safe.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/trace/trace.h"

namespace chimneylab::verifier {

struct StrictReading {
    std::string_view name;     // "inside-handler"
    std::string_view rule;     // "OT-010"
    std::string_view demands;  // what it forbids beyond the mild reading, as a sentence
};

[[nodiscard]] std::span<const StrictReading> strict_readings();  // in the order of their rules
[[nodiscard]] const StrictReading* find_strict_reading(std::string_view name);  // nullptr: no such reading

// RunDescription::mode is "faithful" or "strict" (the machine's), then the readings that the run is judged by.
[[nodiscard]] bool of_strict_machine(const trace::RunDescription& description);
[[nodiscard]] std::vector<std::string_view> readings_of(const trace::RunDescription& description);  // known ones only
[[nodiscard]] std::string mode_text(std::string_view machine_mode, std::span<const std::string> readings);

}  // namespace chimneylab::verifier
