// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// DDI functions: debug output, assertions, the end of the machine. What a driver prints is a `message` event.
#include <ndis.h>

#include <cstdio>
#include <cstdlib>

#include "engine/machine/debug_format.h"
#include "engine/machine/machine.h"

using namespace chimneylab::machine;

namespace {

void print(Machine& machine, const char* format, std::va_list arguments)
{
    std::string text = format_debug_message(machine.address_space(), format, arguments);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    machine.record(chimneylab::trace::EventKind::message, text);
}

}  // namespace

extern "C" {

ULONG DbgPrint(PCSTR Format, ...)
{
    std::va_list arguments;
    va_start(arguments, Format);
    print(Machine::of_call(__func__), Format, arguments);
    va_end(arguments);
    return STATUS_SUCCESS;
}

ULONG DbgPrintEx(ULONG, ULONG, PCSTR Format, ...)
{
    std::va_list arguments;
    va_start(arguments, Format);
    print(Machine::of_call(__func__), Format, arguments);
    va_end(arguments);
    return STATUS_SUCCESS;
}

VOID DbgBreakPoint(VOID) { Machine::of_call(__func__).record(chimneylab::trace::EventKind::message, "DbgBreakPoint"); }

VOID RtlAssert(PVOID FailedAssertion, PVOID FileName, ULONG LineNumber, PCHAR Message)
{
    Machine& machine = Machine::of_call(__func__);
    // The file without its directories, which differ from build to build.
    std::string_view file = FileName ? static_cast<const char*>(FileName) : "";
    if (const std::size_t slash = file.find_last_of("/\\"); slash != std::string_view::npos) file.remove_prefix(slash + 1);
    machine.finding(FindingKind::strict_validation,
                    "an assertion of " + machine.layer_name(machine.current_layer()) + " failed: " +
                        (FailedAssertion ? static_cast<const char*>(FailedAssertion) : "") + " (" + std::string(file) + ":" +
                        std::to_string(LineNumber) + ")" + (Message ? std::string(": ") + Message : std::string()));
}

VOID KeBugCheckEx(ULONG BugCheckCode, ULONG_PTR Parameter1, ULONG_PTR Parameter2, ULONG_PTR Parameter3, ULONG_PTR Parameter4)
{
    Machine& machine = Machine::of_call(__func__);
    AddressSpace& addresses = machine.address_space();
    char text[160];
    std::snprintf(text, sizeof text, "%s stopped the machine: bug check 0x%08X (%016llX, %016llX, %016llX, %016llX)",
                  machine.layer_name(machine.current_layer()).c_str(), BugCheckCode,
                  static_cast<unsigned long long>(addresses.translate_word(Parameter1)),
                  static_cast<unsigned long long>(addresses.translate_word(Parameter2)),
                  static_cast<unsigned long long>(addresses.translate_word(Parameter3)),
                  static_cast<unsigned long long>(addresses.translate_word(Parameter4)));
    machine.finding(FindingKind::driver_refused, text);
    std::fprintf(stderr, "%s\n", text);
    std::abort();
}

}  // extern "C"
