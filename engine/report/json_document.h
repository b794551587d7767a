// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The one JSON document that holds a whole trace: by itself in the json format, under the key "chimneylab" in Perfetto's.
// Internal to the exchange. Not thread safe.
#pragma once

#include <string_view>

#include "engine/report/json_writer.h"
#include "engine/trace/trace.h"

namespace chimneylab::report {

inline constexpr std::string_view document_format = "chimneylab-session";
inline constexpr unsigned document_version = 1;
inline constexpr std::string_view document_key = "chimneylab";  // in a file of another format

void write_document(const trace::Trace& trace, JsonWriter& json);

}  // namespace chimneylab::report
