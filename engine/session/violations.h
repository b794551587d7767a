// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What a checker found, kept as plain rows in the session's file for whoever queries it (view `violations`). It can be
// computed from the recording again at any time, so it is outside the recording's hash and may be replaced. Thread safe:
// no state.
#pragma once

#include <span>
#include <vector>

#include "engine/session/session.h"

namespace chimneylab::session {

struct StoredViolation {
    std::string rule;      // "IM-050"
    std::string severity;  // "error"
    trace::EventId event, noticed;
    trace::OperationId operation;
    trace::LayerIndex layer = trace::machine_layer;
    std::string block, member, expected, seen;  // empty where there is none
    std::string explanation, source;
    std::optional<std::uint32_t> cause;  // index of the one it follows from
};

// In place of those that were there; a session of an older format is upgraded.
[[nodiscard]] std::optional<Problem> store_violations(const std::filesystem::path& file,
                                                      std::span<const StoredViolation> violations);

// What was stored last; empty: nobody has looked, or nothing was found. Nothing that does not fit the session is given
// back, but events are not known here: whoever shows them compares them with the trace.
[[nodiscard]] std::variant<std::vector<StoredViolation>, Problem> read_violations(const std::filesystem::path& file);

}  // namespace chimneylab::session
