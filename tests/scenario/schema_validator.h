// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// As much of JSON Schema 2020-12 as scenarios/schema.json uses; a keyword that is not known is an error of the test, so
// that nothing in the schema goes unchecked.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace chimneylab::scenario {

// What is wrong with the value, each with its JSON pointer; empty when it is valid.
[[nodiscard]] std::vector<std::string> schema_objections(const nlohmann::json& root_schema,
                                                         const nlohmann::json& value);

// A YAML text as JSON by the YAML core schema (numbers, true, false, null; quoted scalars are text).
[[nodiscard]] nlohmann::json yaml_as_json(std::string_view text);

}  // namespace chimneylab::scenario
