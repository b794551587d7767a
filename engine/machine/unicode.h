// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// UTF-16 ↔ UTF-8 and the kernel's counted strings. Ill-formed input becomes U+FFFD, never an error.
#pragma once

#include <string>
#include <string_view>

struct _UNICODE_STRING;

namespace chimneylab::machine {

[[nodiscard]] std::string to_utf8(std::u16string_view text);
[[nodiscard]] std::u16string to_utf16(std::string_view text);
[[nodiscard]] std::u16string_view view(const _UNICODE_STRING* text);  // null and null buffers give an empty view
[[nodiscard]] std::string to_utf8(const _UNICODE_STRING* text);
// Simple upper-casing as RtlUpcaseUnicodeChar does it for the Latin, Greek and Cyrillic blocks; others stay.
[[nodiscard]] char16_t upcase(char16_t character);
[[nodiscard]] bool equal_without_case(std::u16string_view a, std::u16string_view b);

}  // namespace chimneylab::machine
