// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The formats of DbgPrint: those of C, with Windows's meaning of sizes (%l is 32 bits, %I64 is 64) and its string types
// (%ws %S 16-bit text, %wZ UNICODE_STRING, %Z ANSI_STRING). Pointers come out as the trace shows addresses. In a format that
// is 16-bit text itself, %s is 16-bit text and %S is not.
#pragma once

#include <cstdarg>
#include <string>

namespace chimneylab::machine {

class AddressSpace;

[[nodiscard]] std::string format_debug_message(AddressSpace& addresses, const char* format, std::va_list arguments,
                                               bool wide_format = false);

}  // namespace chimneylab::machine
