// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/folded_lines.h"

namespace chimneylab::scenario {

namespace {

// Punctuation of full width: ideographic comma to ideographic space, and the full-width forms that are no letters or digits.
bool is_wide_punctuation(char32_t c) {
    if (c >= 0x3000 && c <= 0x303F) return c != 0x3005 && c != 0x3006 && c != 0x3007;  // those three are read like letters
    if (c == 0x30FB) return true;                                                      // ・
    return (c >= 0xFF01 && c <= 0xFF0F) || (c >= 0xFF1A && c <= 0xFF20) || (c >= 0xFF3B && c <= 0xFF40) || (c >= 0xFF5B && c <= 0xFF65);
}

}  // namespace

bool is_wide(char32_t c) {
    return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE4F) || (c >= 0xFF01 && c <= 0xFF60) ||
           (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x20000 && c <= 0x3FFFD);
}

char32_t next_character(std::string_view text, std::size_t& at) {
    const auto first = static_cast<unsigned char>(text[at++]);
    if (first < 0xC0) return first;
    const std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    char32_t character = first & (0x3Fu >> more);
    for (std::size_t i = 0; i < more; ++i) {
        if (at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80) return first;
        character = character << 6 | (static_cast<unsigned char>(text[at++]) & 0x3Fu);
    }
    return character;
}

std::string without_breaks(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    char32_t before = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        const char32_t here = next_character(text, at);
        if (here == ' ' && before != 0 && at < text.size()) {
            std::size_t behind = at;
            const char32_t after = next_character(text, behind);
            if ((is_wide(before) && is_wide(after)) || is_wide_punctuation(before) || is_wide_punctuation(after)) continue;
        }
        result += text.substr(begin, at - begin);
        before = here;
    }
    return result;
}

}  // namespace chimneylab::scenario
