// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The same promise, read off a finished trace: at every intermediate driver the bytes of ImReserved, SourceHandle and slot
// B of every block of every operation are at its NdisMXxxOffloadComplete what they were at its MiniportXxxOffload; every
// call entry and every offload entry was given back.
#pragma once

#include <string>

#include "engine/trace/trace.h"

namespace chimneylab::test {

struct TraceVerdict {
    std::string complaints;       // one a line
    std::size_t comparisons = 0;  // blocks compared
    std::size_t call_entries = 0;
    std::size_t operations = 0;
};

TraceVerdict check_trace(const trace::Trace& trace);

}  // namespace chimneylab::test
