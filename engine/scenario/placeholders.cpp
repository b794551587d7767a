// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/placeholders.h"

#include <algorithm>
#include <cctype>

namespace chimneylab::scenario {

namespace {

constexpr std::string_view names[] = {"layer", "caller", "function", "operation", "block", "status"};

}  // namespace

std::string unknown_placeholder(std::string_view text) {
    for (std::size_t open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
        const std::size_t close = text.find('}', open);
        const std::string_view name = text.substr(open + 1, close == std::string_view::npos ? close : close - open - 1);
        // Trees are written with braces too: N1{P1{T1}}. A placeholder stands free.
        if (open > 0 && (std::isalnum(static_cast<unsigned char>(text[open - 1])) || text[open - 1] == '_')) continue;
        if (std::find(std::begin(names), std::end(names), name) == std::end(names)) {
            return "{" + std::string(name.substr(0, 40)) + (close == std::string_view::npos ? "" : "}");
        }
    }
    return {};
}

std::span<const std::string_view> placeholder_names() { return names; }

}  // namespace chimneylab::scenario
