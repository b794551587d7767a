// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A trace made by hand, without an engine: a host stack, 0 to 8 intermediate drivers and an offload target carry the
// tree N1{P1{T1}} (or N1{P1{T1,T2}}) through the operations asked for. Events, regions and every changed byte are those
// that a machine running correct drivers records: x64 offsets, four conversions at each intermediate driver, call
// entries, offload entries, published contexts, pool and handle events. Virtual times are plausible, measured times are
// made up but fixed, so the same options give equal traces. For tests of everything that reads traces. Not thread safe.
#pragma once

#include <vector>

#include "engine/trace/recorder.h"

namespace chimneylab::trace::synthetic {

struct Options {
    unsigned intermediate_drivers = 1;
    std::vector<OperationKind> operations = {OperationKind::initiate};
    unsigned connections = 1;      // 1 or 2 TCP blocks under the path
    unsigned repeat = 1;           // the whole list of operations, again and again
    bool linker_path = false;      // N1 a placeholder and P1 a linker in every initiate after the first
    bool told_as_by_ndis = false;  // entries recognised after the conversion, labels such as "T1 at IM 1": the machine's way
    bool leak_call_entry = false;  // the topmost intermediate driver keeps the call entry of the last operation
    bool fail_last_block = false;  // initiate: the last TCP block fails, its ancestors report partial success
};

[[nodiscard]] Trace make_trace(const Options& options);

// All five operations once, through so many intermediate drivers.
[[nodiscard]] Trace five_operations(unsigned intermediate_drivers);
// Initiate N1{P1{T1}} through one intermediate driver: what scenario M1 shows.
[[nodiscard]] Trace one_completion_travels_up();

}  // namespace chimneylab::trace::synthetic
