// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/debug_format.h"

#include <ndis.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "engine/machine/address_space.h"
#include "engine/machine/unicode.h"

namespace chimneylab::machine {
namespace {

// Nobody pads to more; it also keeps a wild width from eating the memory.
constexpr int widest = 4096;

struct Specification {
    bool left = false, zero = false, plus = false, space = false, alternative = false;
    int width = 0;
    int precision = -1;
    bool wide = false, narrow = false, bits64 = false, short_integer = false;
};

std::string padded(std::string text, const Specification& form, char fill = ' ') {
    const auto width = static_cast<std::size_t>(std::clamp(form.width, 0, widest));
    if (text.size() >= width) return text;
    const std::size_t missing = width - text.size();
    if (form.left) return text.append(missing, ' ');
    if (fill == '0') {
        const std::size_t sign = !text.empty() && (text[0] == '-' || text[0] == '+' || text[0] == ' ') ? 1 : 0;
        const std::size_t prefix = sign + (text.size() >= sign + 2 && text[sign] == '0' && (text[sign + 1] | 0x20) == 'x' ? 2 : 0);
        return text.insert(prefix, missing, '0');
    }
    return text.insert(0, missing, fill);
}

std::string integer(char conversion, const Specification& form, std::uint64_t bits) {
    const bool is_signed = conversion == 'd' || conversion == 'i';
    bool negative = false;
    if (!form.bits64) bits = is_signed ? static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int32_t>(bits))) : bits & 0xFFFFFFFF;
    if (form.short_integer) bits = is_signed ? static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int16_t>(bits))) : bits & 0xFFFF;
    if (is_signed && static_cast<std::int64_t>(bits) < 0) {
        negative = true;
        bits = 0 - bits;
    }
    const unsigned base = conversion == 'o' ? 8 : conversion == 'x' || conversion == 'X' ? 16 : 10;
    const char* const digits = conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    std::string text;
    for (std::uint64_t rest = bits; rest != 0; rest /= base) text.push_back(digits[rest % base]);
    const auto least = static_cast<std::size_t>(std::clamp(form.precision < 0 ? 1 : form.precision, 0, widest));
    while (text.size() < least) text.push_back('0');
    if (form.alternative && base == 16 && bits != 0) {
        text.push_back(conversion);
        text.push_back('0');
    }
    if (is_signed) {
        if (negative) text.push_back('-');
        else if (form.plus) text.push_back('+');
        else if (form.space) text.push_back(' ');
    }
    std::ranges::reverse(text);
    return padded(std::move(text), form, form.zero && form.precision < 0 ? '0' : ' ');
}

std::string narrow_text(const char* text, const Specification& form) {
    if (!text) return padded("(null)", form);
    const std::size_t length = form.precision >= 0 ? strnlen(text, static_cast<std::size_t>(form.precision)) : std::strlen(text);
    return padded(std::string(text, length), form);
}

std::string wide_text(const char16_t* text, const Specification& form) {
    if (!text) return padded("(null)", form);
    std::size_t length = 0;
    while ((form.precision < 0 || length < static_cast<std::size_t>(form.precision)) && text[length] != 0) ++length;
    return padded(to_utf8(std::u16string_view(text, length)), form);
}

}  // namespace

std::string format_debug_message(AddressSpace& addresses, const char* format, std::va_list arguments, bool wide_format) {
    std::string result;
    std::va_list list;
    va_copy(list, arguments);
    for (const char* at = format; *at; ++at) {
        if (*at != '%') {
            result.push_back(*at);
            continue;
        }
        const char* const start = at++;
        Specification form;
        for (bool more = true; more && *at; at += more) {
            switch (*at) {
            case '-': form.left = true; break;
            case '0': form.zero = true; break;
            case '+': form.plus = true; break;
            case ' ': form.space = true; break;
            case '#': form.alternative = true; break;
            default: more = false;
            }
        }
        const auto number = [&](int& value) {
            if (*at == '*') {
                value = va_arg(list, int);
                ++at;
                return;
            }
            value = 0;
            for (; *at >= '0' && *at <= '9'; ++at) value = std::min(value * 10 + (*at - '0'), widest);
        };
        number(form.width);
        if (form.width < 0) {
            form.left = true;
            form.width = -std::max(form.width, -widest);
        }
        if (*at == '.') {
            ++at;
            number(form.precision);
        }
        for (bool more = true; more && *at;) {
            if (std::strncmp(at, "I64", 3) == 0) {
                form.bits64 = true;
                at += 3;
            } else if (std::strncmp(at, "I32", 3) == 0) {
                at += 3;
            } else if (*at == 'I' || *at == 'z' || *at == 't' || *at == 'j') {
                form.bits64 = true;  // pointer size
                ++at;
            } else if (at[0] == 'l' && at[1] == 'l') {
                form.bits64 = true;
                at += 2;
            } else if (*at == 'l' || *at == 'w') {
                form.wide = true;
                ++at;
            } else if (*at == 'h') {
                form.narrow = true;
                form.short_integer = true;
                ++at;
            } else {
                more = false;
            }
        }
        switch (*at) {
        case 'd':
        case 'i':
        case 'u':
        case 'x':
        case 'X':
        case 'o': {
            std::uint64_t bits = form.bits64 ? va_arg(list, std::uint64_t) : static_cast<std::uint64_t>(va_arg(list, unsigned));
            // Drivers print pointers this way too, and a message must not differ from run to run.
            if (form.bits64 && *at != 'd' && *at != 'i') bits = addresses.translate_word(bits);
            result += integer(*at, form, bits);
            break;
        }
        case 'p':
        case 'P': {
            char text[17];
            std::snprintf(text, sizeof text, "%016llX", static_cast<unsigned long long>(addresses.translate(va_arg(list, void*))));
            result += padded(text, form);
            break;
        }
        case 'c':
        case 'C': {
            const auto character = static_cast<char16_t>(va_arg(list, int));
            const bool wide = (*at == 'C') != wide_format ? !form.narrow : form.wide;
            result += padded(wide ? to_utf8(std::u16string_view(&character, 1)) : std::string(1, static_cast<char>(character)), form);
            break;
        }
        case 's':
        case 'S': {
            const bool wide = (*at == 'S') != wide_format ? !form.narrow : form.wide;
            result += wide ? wide_text(va_arg(list, const char16_t*), form) : narrow_text(va_arg(list, const char*), form);
            break;
        }
        case 'Z':
            if (form.wide) {
                const auto* text = va_arg(list, const UNICODE_STRING*);
                result += padded(text && text->Buffer ? to_utf8(text) : "(null)", form);
            } else {
                const auto* text = va_arg(list, const ANSI_STRING*);
                result += padded(text && text->Buffer ? std::string(text->Buffer, text->Length) : "(null)", form);
            }
            break;
        case '%': result.push_back('%'); break;
        default:
            // Not a format of DbgPrint: shown as it stands, and nothing is taken from the arguments.
            result.append(start, at);
            if (!*at) --at;
            else result.push_back(*at);
        }
    }
    va_end(list);
    return result;
}

}  // namespace chimneylab::machine
