// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// How JSON is written: keys in the order in which they were put in, two blanks of indentation, always valid UTF-8.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace chimneylab::command_line {

using Json = nlohmann::ordered_json;

[[nodiscard]] inline std::string json_text(const Json& document) {
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace chimneylab::command_line
