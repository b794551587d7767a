// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/languages.h"

#include <algorithm>
#include <cstdlib>

namespace chimneylab::scenario {

namespace {

constexpr Language all[] = {{english, "English"}, {"ja", "日本語"}, {"sv", "svenska"}};

}  // namespace

std::span<const Language> languages() { return all; }

std::string_view language_of_locale(std::string_view locale) {
    const std::string_view code = locale.substr(0, std::min(locale.find_first_of("_.@-"), locale.size()));
    const auto found = std::find_if(std::begin(all), std::end(all), [&](const Language& each) { return each.code == code; });
    return found == std::end(all) ? std::string_view() : found->code;
}

std::string_view language_of_environment() {
    for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(variable);
        if (!value || !*value) continue;
        const std::string_view language = language_of_locale(value);
        return language.empty() ? english : language;
    }
    return english;
}

}  // namespace chimneylab::scenario
