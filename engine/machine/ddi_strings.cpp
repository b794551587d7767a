// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// DDI functions: counted strings. Lengths are bytes; 8-bit strings are taken as UTF-8, of which ASCII is a part.
#include <ndis.h>

#include <algorithm>
#include <cstring>

#include "engine/machine/machine.h"
#include "engine/machine/unicode.h"

using namespace chimneylab::machine;

namespace {

constexpr std::uint32_t string_tag = 0x67727453;  // 'Strg'

std::u16string_view text_of(PCUNICODE_STRING string) { return view(string); }

bool equal(PCUNICODE_STRING a, PCUNICODE_STRING b, bool without_case)
{
    return without_case ? equal_without_case(text_of(a), text_of(b)) : text_of(a) == text_of(b);
}

NTSTATUS store(PUNICODE_STRING destination, std::u16string_view text, bool allocate, const char* function)
{
    const std::size_t bytes = text.size() * sizeof(WCHAR);
    const std::size_t with_zero = bytes + sizeof(WCHAR);
    if (with_zero > MAXUSHORT) return STATUS_INVALID_PARAMETER;
    if (allocate) {
        destination->Buffer = static_cast<PWSTR>(Machine::of_call(function).pool().allocate(with_zero, string_tag, function));
        if (!destination->Buffer) return STATUS_NO_MEMORY;
        destination->MaximumLength = static_cast<USHORT>(with_zero);
    } else if (bytes > destination->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    if (bytes != 0) std::memmove(destination->Buffer, text.data(), bytes);
    destination->Length = static_cast<USHORT>(bytes);
    if (with_zero <= destination->MaximumLength) destination->Buffer[text.size()] = 0;
    return STATUS_SUCCESS;
}

NTSTATUS store(PANSI_STRING destination, std::string_view text, bool allocate, const char* function)
{
    const std::size_t with_zero = text.size() + 1;
    if (with_zero > MAXUSHORT) return STATUS_INVALID_PARAMETER;
    if (allocate) {
        destination->Buffer = static_cast<PCHAR>(Machine::of_call(function).pool().allocate(with_zero, string_tag, function));
        if (!destination->Buffer) return STATUS_NO_MEMORY;
        destination->MaximumLength = static_cast<USHORT>(with_zero);
    } else if (with_zero > destination->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    if (!text.empty()) std::memcpy(destination->Buffer, text.data(), text.size());
    destination->Buffer[text.size()] = 0;
    destination->Length = static_cast<USHORT>(text.size());
    return STATUS_SUCCESS;
}

std::string_view text_of(PCANSI_STRING string)
{
    return string->Buffer ? std::string_view(string->Buffer, string->Length) : std::string_view();
}

NTSTATUS append(PUNICODE_STRING destination, std::u16string_view text)
{
    const std::size_t bytes = text.size() * sizeof(WCHAR);
    if (destination->Length + bytes > destination->MaximumLength) return STATUS_BUFFER_TOO_SMALL;
    if (bytes != 0) std::memmove(destination->Buffer + destination->Length / sizeof(WCHAR), text.data(), bytes);
    destination->Length = static_cast<USHORT>(destination->Length + bytes);
    if (destination->Length + sizeof(WCHAR) <= destination->MaximumLength) destination->Buffer[destination->Length / sizeof(WCHAR)] = 0;
    return STATUS_SUCCESS;
}

}  // namespace

extern "C" {

VOID RtlCopyUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
{
    // Truncates to what the destination can hold; a null source empties it.
    const std::u16string_view text = text_of(SourceString);
    const std::size_t bytes = std::min<std::size_t>(text.size() * sizeof(WCHAR), DestinationString->MaximumLength & ~1u);
    if (bytes != 0) std::memmove(DestinationString->Buffer, text.data(), bytes);
    DestinationString->Length = static_cast<USHORT>(bytes);
    if (bytes + sizeof(WCHAR) <= DestinationString->MaximumLength) DestinationString->Buffer[bytes / sizeof(WCHAR)] = 0;
}

BOOLEAN RtlEqualUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2, BOOLEAN CaseInSensitive)
{
    return equal(String1, String2, CaseInSensitive != 0) ? TRUE : FALSE;
}

LONG RtlCompareUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2, BOOLEAN CaseInSensitive)
{
    const std::u16string_view a = text_of(String1);
    const std::u16string_view b = text_of(String2);
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        const char16_t left = CaseInSensitive ? upcase(a[i]) : a[i];
        const char16_t right = CaseInSensitive ? upcase(b[i]) : b[i];
        if (left != right) return static_cast<LONG>(left) - static_cast<LONG>(right);
    }
    return static_cast<LONG>(a.size()) - static_cast<LONG>(b.size());
}

BOOLEAN RtlPrefixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2, BOOLEAN CaseInSensitive)
{
    const std::u16string_view prefix = text_of(String1);
    const std::u16string_view text = text_of(String2);
    if (prefix.size() > text.size()) return FALSE;
    const std::u16string_view start = text.substr(0, prefix.size());
    return (CaseInSensitive ? equal_without_case(prefix, start) : prefix == start) ? TRUE : FALSE;
}

NTSTATUS RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source)
{
    return Source ? append(Destination, reinterpret_cast<const char16_t*>(Source)) : STATUS_SUCCESS;
}

NTSTATUS RtlAppendUnicodeStringToString(PUNICODE_STRING Destination, PCUNICODE_STRING Source) { return append(Destination, text_of(Source)); }

WCHAR RtlUpcaseUnicodeChar(WCHAR SourceCharacter) { return static_cast<WCHAR>(upcase(static_cast<char16_t>(SourceCharacter))); }

NTSTATUS RtlUpcaseUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString, BOOLEAN AllocateDestinationString)
{
    std::u16string text(text_of(SourceString));
    for (char16_t& character : text) character = upcase(character);
    return store(DestinationString, text, AllocateDestinationString != 0, __func__);
}

NTSTATUS RtlAnsiStringToUnicodeString(PUNICODE_STRING DestinationString, PCANSI_STRING SourceString, BOOLEAN AllocateDestinationString)
{
    return store(DestinationString, to_utf16(text_of(SourceString)), AllocateDestinationString != 0, __func__);
}

NTSTATUS RtlUnicodeStringToAnsiString(PANSI_STRING DestinationString, PCUNICODE_STRING SourceString, BOOLEAN AllocateDestinationString)
{
    return store(DestinationString, to_utf8(SourceString), AllocateDestinationString != 0, __func__);
}

VOID RtlFreeUnicodeString(PUNICODE_STRING UnicodeString)
{
    if (UnicodeString->Buffer) Machine::of_call(__func__).pool().free(UnicodeString->Buffer, __func__, string_tag);
    UnicodeString->Buffer = nullptr;
    UnicodeString->Length = UnicodeString->MaximumLength = 0;
}

VOID RtlFreeAnsiString(PANSI_STRING AnsiString)
{
    if (AnsiString->Buffer) Machine::of_call(__func__).pool().free(AnsiString->Buffer, __func__, string_tag);
    AnsiString->Buffer = nullptr;
    AnsiString->Length = AnsiString->MaximumLength = 0;
}

VOID NdisInitializeString(PNDIS_STRING DestinationString, PUCHAR SourceString)
{
    Machine::of_call(__func__).irql().require_passive(__func__);
    if (store(DestinationString, to_utf16(reinterpret_cast<const char*>(SourceString)), true, __func__) == STATUS_SUCCESS) return;
    DestinationString->Buffer = nullptr;
    DestinationString->Length = DestinationString->MaximumLength = 0;
}

VOID NdisFreeString(NDIS_STRING String)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_passive(__func__);
    if (String.Buffer) machine.pool().free(String.Buffer, __func__);
}

BOOLEAN NdisEqualString(PNDIS_STRING String1, PNDIS_STRING String2, BOOLEAN CaseInsensitive)
{
    Machine::of_call(__func__).irql().require_passive(__func__);
    return equal(String1, String2, CaseInsensitive != 0) ? TRUE : FALSE;
}

BOOLEAN NdisEqualUnicodeString(PNDIS_STRING String1, PNDIS_STRING String2, BOOLEAN CaseInSensitive)
{
    Machine::of_call(__func__).irql().require_passive(__func__);
    return equal(String1, String2, CaseInSensitive != 0) ? TRUE : FALSE;
}

NTSTATUS NdisUpcaseUnicodeString(PUNICODE_STRING DestinationString, PUNICODE_STRING SourceString)
{
    Machine::of_call(__func__).irql().require_passive(__func__);
    return RtlUpcaseUnicodeString(DestinationString, SourceString, FALSE);
}

NDIS_STATUS NdisAnsiStringToUnicodeString(PUNICODE_STRING DestinationString, PANSI_STRING SourceString)
{
    Machine::of_call(__func__).irql().require_passive(__func__);
    return RtlAnsiStringToUnicodeString(DestinationString, SourceString, FALSE);
}

NDIS_STATUS NdisUnicodeStringToAnsiString(PANSI_STRING DestinationString, PUNICODE_STRING SourceString)
{
    Machine::of_call(__func__).irql().require_passive(__func__);
    return RtlUnicodeStringToAnsiString(DestinationString, SourceString, FALSE);
}

}  // extern "C"
