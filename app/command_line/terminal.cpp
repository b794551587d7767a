// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "app/command_line/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include "engine/scenario/folded_lines.h"

namespace chimneylab::command_line {

std::string Terminal::in(Tone tone, std::string_view text) const {
    if (!color || tone == Tone::plain || text.empty()) return std::string(text);
    const char* code = "";
    switch (tone) {
        case Tone::plain:
            break;
        case Tone::dim:
            code = "\x1b[2m";
            break;
        case Tone::strong:
            code = "\x1b[1m";
            break;
        case Tone::call:
            code = "\x1b[34m";
            break;
        case Tone::completion:
            code = "\x1b[36m";
            break;
        case Tone::conversion:
            code = "\x1b[33m";
            break;
        case Tone::entry:
            code = "\x1b[35m";
            break;
        case Tone::good:
            code = "\x1b[32m";
            break;
        case Tone::bad:
            code = "\x1b[1;31m";
            break;
    }
    return code + std::string(text) + "\x1b[0m";
}

std::string Terminal::as_typed(std::string_view text) const {
    static constexpr std::pair<std::string_view, std::string_view> programs[] = {
        {"chimneylab-cli ", " cli "}, {"chimneylab-host ", " host "}, {"chimneylab ", " "}};
    std::string typed;
    while (!text.empty()) {
        const auto* program = std::ranges::find_if(programs, [&](const auto& each) { return text.starts_with(each.first); });
        const std::string_view name = program == std::end(programs) ? std::string_view{} : program->first;
        // A verb or an option follows a command; in a sentence about the program something else may.
        const char next = text.size() > name.size() ? text[name.size()] : ' ';
        if (door.empty() || name.empty() || (next != '-' && (name == "chimneylab " || next < 'a' || next > 'z'))) {
            typed += text.front();
            text.remove_prefix(1);
            continue;
        }
        (typed += door) += program->second;
        text.remove_prefix(name.size());
    }
    return typed;
}

Terminal make_terminal(ColorWish wish, bool out_is_terminal) {
    Terminal terminal;
    if (const char* door = std::getenv("CHIMNEYLAB_COMMAND")) terminal.door = door;
    const char* no_color = std::getenv("NO_COLOR");
    const char* kind = std::getenv("TERM");
    const bool able = out_is_terminal && !(no_color && *no_color) && kind && std::string_view(kind) != "dumb";
    terminal.color = wish == ColorWish::always || (wish == ColorWish::automatic && able);
    // The width of a real terminal only: output that goes elsewhere must not depend on where it was made.
    winsize size{};
    if (out_is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) {
        terminal.width = std::min<std::size_t>(size.ws_col, 140);
    }
    return terminal;
}

namespace {

// Characters that no line begins with, and such that none ends with, besides blanks: what would stand alone at its edge.
constexpr std::u32string_view never_first = U"、。，．・：；！？）〕］｝〉》」』】ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々),.:;!?]}";
constexpr std::u32string_view never_last = U"（〔［｛〈《「『【([{";

// A word as the pieces between which a line may end: beside characters that are written without blanks.
std::vector<std::string_view> pieces_of(std::string_view word) {
    std::vector<std::string_view> pieces;
    std::size_t begin = 0;
    char32_t before = 0;
    for (std::size_t at = 0; at < word.size();) {
        const std::size_t here = at;
        const char32_t character = scenario::next_character(word, at);
        const bool may_end = before != 0 && (scenario::is_wide(before) || scenario::is_wide(character)) &&
                             never_first.find(character) == never_first.npos && never_last.find(before) == never_last.npos;
        if (may_end) {
            pieces.push_back(word.substr(begin, here - begin));
            begin = here;
        }
        before = character;
    }
    pieces.push_back(word.substr(begin));
    return pieces;
}

}  // namespace

std::size_t display_width(std::string_view utf8) {
    std::size_t width = 0;
    for (std::size_t at = 0; at < utf8.size();) width += scenario::is_wide(scenario::next_character(utf8, at)) ? 2 : 1;
    return width;
}

std::string padded(std::string_view text, std::size_t width) {
    std::string result(text);
    const std::size_t used = display_width(text);
    if (used < width) result.append(width - used, ' ');
    return result;
}

std::string folded(std::string_view text, std::size_t width, std::string_view first, std::string_view rest) {
    std::string result(first);
    std::size_t column = display_width(first);
    const std::size_t indent = display_width(rest);
    bool line_is_empty = true;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (word.empty()) continue;
        bool blank = !line_is_empty;
        for (const std::string_view piece : pieces_of(word)) {
            const std::size_t length = display_width(piece);
            if (!line_is_empty && column + (blank ? 1 : 0) + length > std::max(width, indent + 20)) {
                result += '\n';
                result += rest;
                column = indent;
                blank = false;
            }
            if (blank) {
                result += ' ';
                ++column;
            }
            result += piece;
            column += length;
            blank = false;
            line_is_empty = false;
        }
    }
    return result;
}

std::string printable(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        result += (byte < 0x20 && c != '\n') || byte == 0x7F ? '?' : c;
    }
    return result;
}

}  // namespace chimneylab::command_line
