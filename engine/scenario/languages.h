// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The languages that the texts of scenarios are told in. English is what the scenarios themselves are written in; for the
// others there are translations beside them (translation.h). Values only; thread safe while nobody changes the environment.
#pragma once

#include <span>
#include <string_view>

namespace chimneylab::scenario {

struct Language {
    std::string_view code;  // ISO 639-1, the name of the folder with the translations
    std::string_view name;  // in the language itself
};

inline constexpr std::string_view english = "en";

// English first.
[[nodiscard]] std::span<const Language> languages();

// "ja_JP.UTF-8", "ja" → "ja"; empty when it is none of languages().
[[nodiscard]] std::string_view language_of_locale(std::string_view locale);

// The language of messages as POSIX has it: the first of LC_ALL, LC_MESSAGES and LANG that is set. English when it names none
// of languages().
[[nodiscard]] std::string_view language_of_environment();

}  // namespace chimneylab::scenario
