// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// YAML joins the lines of a folded text with blanks. Japanese has no blanks between its words, so one that stands between two
// of its characters, or beside one of its punctuation marks, was the end of a line and nothing else. Beside a word in Latin
// letters it is how the translations are written, and stays. UTF-8 in, UTF-8 out; text without such characters is unchanged.
#pragma once

#include <string>
#include <string_view>

namespace chimneylab::scenario {

[[nodiscard]] std::string without_breaks(std::string_view text);

// Characters that take two columns of a terminal: kana, ideographs, their punctuation, full-width forms, Hangul.
[[nodiscard]] bool is_wide(char32_t character);

// The character that begins at `at`, which is moved behind it. Broken bytes are taken one by one.
[[nodiscard]] char32_t next_character(std::string_view text, std::size_t& at);

}  // namespace chimneylab::scenario
