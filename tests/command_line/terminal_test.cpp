// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "app/command_line/terminal.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace chimneylab::command_line {
namespace {

TEST(Terminal, FoldsAtBlanksByCharacters) {
    EXPECT_EQ(folded("one two three four five six", 10, "", ""),
              "one two three four\nfive six");  // never narrower than 20
    EXPECT_EQ(folded("aaaaaaaaaa bbbbbbbbbb cccccccccc", 24, "> ", "  "), "> aaaaaaaaaa bbbbbbbbbb\n  cccccccccc");
    EXPECT_EQ(folded("éééééééééé éééééééééé x", 23, "", ""), "éééééééééé éééééééééé x");
    EXPECT_EQ(folded("a\n b", 40, "", ""), "a b");
    EXPECT_EQ(folded("", 40, "x", "y"), "x");
    EXPECT_EQ(padded("é", 3), "é  ");
}

TEST(Terminal, ColourFollowsTheWishAndTheEnvironment) {
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm", 1);
    EXPECT_TRUE(make_terminal(ColorWish::automatic, true).color);
    EXPECT_FALSE(make_terminal(ColorWish::automatic, false).color);
    EXPECT_FALSE(make_terminal(ColorWish::never, true).color);
    EXPECT_TRUE(make_terminal(ColorWish::always, false).color);
    setenv("NO_COLOR", "1", 1);
    EXPECT_FALSE(make_terminal(ColorWish::automatic, true).color);
    EXPECT_TRUE(make_terminal(ColorWish::always, true).color);
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    EXPECT_FALSE(make_terminal(ColorWish::automatic, true).color);
}

TEST(Terminal, ColouredTextIsTheTextBetweenSequences) {
    Terminal terminal;
    EXPECT_EQ(terminal.in(Tone::bad, "x"), "x");
    terminal.color = true;
    EXPECT_EQ(terminal.in(Tone::bad, "x"), "\x1b[1;31mx\x1b[0m");
    EXPECT_EQ(terminal.in(Tone::plain, "x"), "x");
}

TEST(Terminal, ControlCharactersOfFilesDoNotReachIt) { EXPECT_EQ(printable("a\x1b[31mb\x7f"), "a?[31mb?"); }

}  // namespace
}  // namespace chimneylab::command_line
