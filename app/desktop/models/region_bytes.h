// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The bytes of one watched region at any event, without moving a cursor, so that a picture may look at several moments at
// once. With a cursor that stands near, only what the region changed between the two moments is done or undone; without
// one everything since its birth. Pure; thread rule of History.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/trace/history.h"

namespace chimneylab::desktop {

// Including the event's own changes. Before its birth a region has the bytes it is born with (a driver's entry is
// recognised a little after it was written); after its death it keeps its last. Empty for a region that is none.
[[nodiscard]] std::vector<std::byte> region_bytes(const trace::History& history, trace::RegionId region,
                                                  trace::EventId at, const trace::Cursor* near = nullptr);
// Little-endian; none when the bytes end before.
[[nodiscard]] std::optional<std::uint64_t> word_of(const std::vector<std::byte>& bytes, std::uint32_t offset,
                                                   std::uint32_t size = 8);
[[nodiscard]] std::optional<std::uint64_t> region_word(const trace::History& history, trace::RegionId region,
                                                       std::uint32_t offset, trace::EventId at,
                                                       const trace::Cursor* near = nullptr);

}  // namespace chimneylab::desktop
