// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A value in few words, for boxes and rows with little room: "entry #2 · IM 1", "IM 1 → IM 2", "&T1.Context · IM 1". The
// whole is trace::value_text. Pure.
#pragma once

#include <QString>

#include "engine/trace/value_text.h"

namespace chimneylab::desktop {

[[nodiscard]] QString short_value(const trace::History& history, trace::EventId at, std::uint64_t value);
// The same for a member, whose own rules come first (statuses, headers, port numbers).
[[nodiscard]] QString short_member_value(const trace::History& history, trace::EventId at, const trace::Member& member,
                                         std::uint64_t value);
// "0xfffffa8000004c50": all sixteen digits.
[[nodiscard]] QString address_text(std::uint64_t value);
// "0x30"
[[nodiscard]] QString offset_text(std::uint32_t offset);

}  // namespace chimneylab::desktop
