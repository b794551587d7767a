// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// DDI functions: the bounded printing of ntstrsafe.h. The destination is always terminated; what does not fit is cut off.
#include <ntstrsafe.h>

#include <algorithm>
#include <string>

#include "engine/machine/debug_format.h"
#include "engine/machine/machine.h"
#include "engine/machine/unicode.h"

using namespace chimneylab::machine;

namespace {

template <typename Character>
NTSTATUS store(Character* destination, SIZE_T capacity, const std::basic_string<Character>& text)
{
    const SIZE_T used = std::min<SIZE_T>(capacity - 1, text.size());
    std::copy_n(text.begin(), used, destination);
    destination[used] = 0;
    return used < text.size() ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

bool has_room(const void* destination, SIZE_T capacity, const void* format)
{
    return destination && format && capacity != 0 && capacity <= NTSTRSAFE_MAX_CCH;
}

}  // namespace

extern "C" {

NTSTATUS RtlStringCchVPrintfA(CHAR* pszDest, SIZE_T cchDest, const CHAR* pszFormat, va_list argList)
{
    if (!has_room(pszDest, cchDest, pszFormat)) return STATUS_INVALID_PARAMETER;
    return store(pszDest, cchDest, format_debug_message(Machine::of_call(__func__).address_space(), pszFormat, argList));
}

NTSTATUS RtlStringCchVPrintfW(WCHAR* pszDest, SIZE_T cchDest, const WCHAR* pszFormat, va_list argList)
{
    if (!has_room(pszDest, cchDest, pszFormat)) return STATUS_INVALID_PARAMETER;
    std::u16string wide;
    for (const WCHAR* at = pszFormat; *at != 0; ++at) wide.push_back(static_cast<char16_t>(*at));
    const std::string text = format_debug_message(Machine::of_call(__func__).address_space(), to_utf8(wide).c_str(), argList, true);
    const std::u16string result = to_utf16(text);
    return store(pszDest, cchDest, std::basic_string<WCHAR>(result.begin(), result.end()));
}

}  // extern "C"
