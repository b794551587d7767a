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

TEST(Terminal, FoldsJapaneseByColumnsAndKeepsItsPunctuation) {
    EXPECT_EQ(display_width("日本語 a"), 8u);
    EXPECT_EQ(padded("日本", 6), "日本  ");
    EXPECT_EQ(folded("ブロックリストを下へ渡します", 20, "", ""), "ブロックリストを下へ\n渡します");
    // A line neither begins with what closes nor ends with what opens.
    EXPECT_EQ(folded("ブロックリストを下へ。渡します", 20, "", ""), "ブロックリストを下\nへ。渡します");
    EXPECT_EQ(folded("ブロックリストを下（へ渡す", 20, "", ""), "ブロックリストを下\n（へ渡す");
    EXPECT_EQ(folded("これが NdisInitiateOffload です", 20, "", ""), "これが\nNdisInitiateOffload\nです");
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

TEST(Terminal, CommandsAreToldAsTheyHaveToBeTyped) {
    Terminal terminal;
    const std::string told = "chimneylab-cli: no. 'chimneylab-cli run m1' or -I\"$(chimneylab-cli --ddi-include)\"; chimneylab --event 3, chimneylab-host --debug";
    EXPECT_EQ(terminal.as_typed(told), told);
    setenv("CHIMNEYLAB_COMMAND", "../lab", 1);
    terminal = make_terminal(ColorWish::never, false);
    unsetenv("CHIMNEYLAB_COMMAND");
    EXPECT_EQ(terminal.as_typed(told),
              "chimneylab-cli: no. '../lab cli run m1' or -I\"$(../lab cli --ddi-include)\"; ../lab --event 3, ../lab host --debug");
    EXPECT_EQ(terminal.as_typed("chimneylab-cli 1.0, the folder of chimneylab is chimneylab-cli "), "chimneylab-cli 1.0, the folder of chimneylab is chimneylab-cli ");
}

TEST(Terminal, ControlCharactersOfFilesDoNotReachIt) { EXPECT_EQ(printable("a\x1b[31mb\x7f"), "a?[31mb?"); }

}  // namespace
}  // namespace chimneylab::command_line
