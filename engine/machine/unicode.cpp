// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/unicode.h"

#include <ndis.h>

namespace chimneylab::machine {
namespace {

constexpr char32_t replacement = 0xFFFD;

void append_utf8(std::string& text, char32_t character) {
    const auto push = [&](char32_t byte) { text.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
    if (character < 0x80) {
        push(character);
    } else if (character < 0x800) {
        push(0xC0 | character >> 6);
        push(0x80 | (character & 0x3F));
    } else if (character < 0x10000) {
        push(0xE0 | character >> 12);
        push(0x80 | (character >> 6 & 0x3F));
        push(0x80 | (character & 0x3F));
    } else {
        push(0xF0 | character >> 18);
        push(0x80 | (character >> 12 & 0x3F));
        push(0x80 | (character >> 6 & 0x3F));
        push(0x80 | (character & 0x3F));
    }
}

}  // namespace

std::string to_utf8(std::u16string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char32_t unit = text[i];
        const bool high = unit >= 0xD800 && unit < 0xDC00;
        const bool low = unit >= 0xDC00 && unit < 0xE000;
        if (high && i + 1 < text.size() && text[i + 1] >= 0xDC00 && text[i + 1] < 0xE000) {
            append_utf8(result, 0x10000 + ((unit - 0xD800) << 10) + (text[i + 1] - 0xDC00u));
            ++i;
        } else {
            append_utf8(result, high || low ? replacement : unit);
        }
    }
    return result;
}

std::u16string to_utf16(std::string_view text) {
    std::u16string result;
    result.reserve(text.size());
    std::size_t at = 0;
    while (at < text.size()) {
        const auto lead = static_cast<unsigned char>(text[at]);
        const std::size_t length = lead < 0x80 ? 1 : lead >= 0xC2 && lead < 0xE0 ? 2 : lead >= 0xE0 && lead < 0xF0 ? 3
                                   : lead >= 0xF0 && lead < 0xF5              ? 4
                                                                              : 0;
        char32_t character = length == 1 ? lead : length == 2 ? lead & 0x1Fu : length == 3 ? lead & 0x0Fu : lead & 0x07u;
        bool valid = length != 0 && at + length <= text.size();
        for (std::size_t i = 1; valid && i < length; ++i) {
            const auto next = static_cast<unsigned char>(text[at + i]);
            valid = (next & 0xC0) == 0x80;
            character = character << 6 | (next & 0x3Fu);
        }
        constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
        valid = valid && character >= smallest[length] && character < 0x110000 && !(character >= 0xD800 && character < 0xE000);
        if (!valid) {
            result.push_back(static_cast<char16_t>(replacement));
            ++at;
            continue;
        }
        if (character < 0x10000) {
            result.push_back(static_cast<char16_t>(character));
        } else {
            result.push_back(static_cast<char16_t>(0xD800 + ((character - 0x10000) >> 10)));
            result.push_back(static_cast<char16_t>(0xDC00 + ((character - 0x10000) & 0x3FF)));
        }
        at += length;
    }
    return result;
}

std::u16string_view view(const _UNICODE_STRING* text) {
    if (!text || !text->Buffer) return {};
    return {reinterpret_cast<const char16_t*>(text->Buffer), text->Length / sizeof(WCHAR)};
}

std::string to_utf8(const _UNICODE_STRING* text) { return to_utf8(view(text)); }

char16_t upcase(char16_t character) {
    if (character >= u'a' && character <= u'z') return static_cast<char16_t>(character - 0x20);
    if (character < 0x80) return character;
    if (character == 0xFF) return 0x178;
    if (character >= 0xE0 && character <= 0xFE && character != 0xF7) return static_cast<char16_t>(character - 0x20);
    // Latin Extended-A: pairs, upper case first; the parity changes at 0x139 and back at 0x14A.
    if ((character >= 0x100 && character <= 0x12F) || (character >= 0x132 && character <= 0x137) ||
        (character >= 0x14A && character <= 0x177))
        return static_cast<char16_t>(character & ~1);
    if ((character >= 0x139 && character <= 0x148) || (character >= 0x179 && character <= 0x17E))
        return static_cast<char16_t>((character & 1) == 0 ? character - 1 : character);
    if (character >= 0x3B1 && character <= 0x3C9 && character != 0x3C2) return static_cast<char16_t>(character - 0x20);
    if (character >= 0x430 && character <= 0x44F) return static_cast<char16_t>(character - 0x20);
    if (character >= 0x450 && character <= 0x45F) return static_cast<char16_t>(character - 0x50);
    return character;
}

bool equal_without_case(std::u16string_view a, std::u16string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (upcase(a[i]) != upcase(b[i])) return false;
    return true;
}

}  // namespace chimneylab::machine
