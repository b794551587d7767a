// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Why a driver or NDIS makes a call, in half a sentence that follows "… calls X": "to open a binding to the adapter
// below". For the functions outside the five operations; those are told from what happens. Thread safe.
#pragma once

#include <string_view>

namespace chimneylab::trace {

[[nodiscard]] std::string_view function_purpose(std::string_view name);  // empty: nothing worth saying

}  // namespace chimneylab::trace
