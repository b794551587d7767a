// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The pieces that narrated sentences are made of: who, which blocks, which values. Internal to the narration.
// Thread safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/trace/history.h"

namespace chimneylab::trace::words {

// "the host stack", "IM 1", "the offload target", "NDIS", "the machine".
[[nodiscard]] std::string who(const History& history, LayerIndex layer);
[[nodiscard]] std::string whose(const History& history, LayerIndex layer);  // "the host stack's", "IM 1's"
[[nodiscard]] std::string capitalised(std::string text);
// "N1", "N1 and P1", "N1, P1 and T1", "N1, P1, T1 and 7 more". Each name once.
[[nodiscard]] std::string listed(const std::vector<std::string>& names);
[[nodiscard]] std::string counted(std::size_t count, std::string_view one,
                                  std::string_view many);  // "1 block", "3 blocks"
[[nodiscard]] std::string verb(OperationKind kind);        // "offload", "query", "update" …
[[nodiscard]] bool is_target(const History& history, LayerIndex layer);
// "the offload target sends a frame", "a frame reaches the peer", "a frame is lost on the wire".
[[nodiscard]] std::string of_the_wire(const History& history, const Event& event);
[[nodiscard]] std::vector<std::string> block_names(const History& history, const Operation& operation);

}  // namespace chimneylab::trace::words
