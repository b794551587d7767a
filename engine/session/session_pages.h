// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A session's chunks as the pages of a trace: fetched from the file when somebody looks, checked, unpacked. Damage is
// found by the checksums when a session is opened; a chunk that goes bad later is stood in for by as many empty messages,
// so that whoever looks at them finds something and nothing crashes. Thread rule: as trace::PageSource.
#pragma once

#include "engine/session/connection.h"
#include "engine/session/session_index.h"
#include "engine/trace/trace.h"

namespace chimneylab::session {

// The trace of a session that stays in its file. The connection must be outside a transaction.
[[nodiscard]] trace::Trace paged_trace(Connection connection, SessionIndex index);

}  // namespace chimneylab::session
