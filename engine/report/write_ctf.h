// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A CTF 1.8 trace: `metadata` and one stream. Internal to the exchange. Thread rule: that of History.
// Source: "Common Trace Format 1.8.3".
#pragma once

#include <ostream>

#include "engine/report/exchange.h"

namespace chimneylab::report {

void write_ctf_metadata(const trace::History& history, std::ostream& out, const ExportOptions& options);
void write_ctf_stream(const trace::History& history, std::ostream& out, const ExportOptions& options);

}  // namespace chimneylab::report
