// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Colour and line folding for people. Colour is never the only carrier of a meaning: it repeats what a word or a sign
// says. Off unless the output is a terminal; NO_COLOR and --color decide otherwise. Values only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chimneylab::command_line {

enum class ColorWish { automatic, always, never };

enum class Tone { plain, dim, strong, call, completion, conversion, entry, good, bad };

struct Terminal {
    bool color = false;
    std::size_t width = 100;
    std::string door;  // the script that started the program, as it was typed (CHIMNEYLAB_COMMAND); empty: none did

    // The text between the control sequences of a tone, or as it is without colour.
    [[nodiscard]] std::string in(Tone tone, std::string_view text) const;
    // Commands in a text as they have to be typed here: `chimneylab-cli run` is `./lab cli run` for whoever came by ./lab.
    [[nodiscard]] std::string as_typed(std::string_view text) const;
};

[[nodiscard]] Terminal make_terminal(ColorWish wish, bool out_is_terminal);

// Folds at blanks, and where Japanese may end a line; the first line begins with `first`, the others with `rest`. Widths are
// columns of a terminal: two for a character of full width, one for any other.
[[nodiscard]] std::string folded(std::string_view text, std::size_t width, std::string_view first,
                                 std::string_view rest);
[[nodiscard]] std::size_t display_width(std::string_view utf8);
[[nodiscard]] std::string padded(std::string_view text, std::size_t width);

// What comes from a file may hold control characters; on a terminal they are shown as '?'.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace chimneylab::command_line
