// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// How the values of a trace are written and read back as text. The words of enumerations are stable: files, filters and
// JSON use them. Status names and values: ndis.h. Thread safe.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/trace/event.h"

namespace chimneylab::trace {

[[nodiscard]] std::string hex(std::uint64_t value);                     // "0x1f"
[[nodiscard]] std::string hex_digits(std::uint64_t value, int digits);  // zero padded, without 0x
[[nodiscard]] std::string hex_bytes(std::span<const std::byte> bytes);  // "38 a1 00 …"
[[nodiscard]] std::string pool_tag_text(std::uint32_t tag);             // "ImCe"; unprintable bytes become '.'
// "850 ns", "41.250 µs", "1.204 ms", "3.000 s".
[[nodiscard]] std::string duration_text(Nanoseconds time);

// "NDIS_STATUS_SUCCESS"; a value without a name gives its eight hex digits with 0x.
[[nodiscard]] std::string status_text(std::int32_t status);
// The name without its NDIS_STATUS_ prefix: "SUCCESS", "OFFLOAD_TCP_ENTRIES".
[[nodiscard]] std::string short_status_text(std::int32_t status);
// Accepts the full name, the short name, and a number (decimal or 0x…).
[[nodiscard]] std::optional<std::int32_t> parse_status(std::string_view text);

[[nodiscard]] std::string_view to_text(EventKind kind);       // "conversion", "call_entry_recognised" …
[[nodiscard]] std::string_view to_text(OperationKind kind);   // "initiate" …
[[nodiscard]] std::string_view to_text(ConversionKind kind);  // "protocol_to_miniport_by_ndis" …
[[nodiscard]] std::string_view to_text(FindingKind kind);     // "use_after_free" …
[[nodiscard]] std::string_view to_text(RegionKind kind);      // "block_list" …
[[nodiscard]] std::string_view to_text(LayerRole role);       // "host_stack" …
[[nodiscard]] std::optional<EventKind> parse_event_kind(std::string_view text);
[[nodiscard]] std::optional<OperationKind> parse_operation_kind(std::string_view text);

[[nodiscard]] std::string operation_title(OperationKind kind);    // "Initiate", for headings
[[nodiscard]] std::string conversion_title(ConversionKind kind);  // "protocol → miniport, by NDIS, on the way down"
[[nodiscard]] std::string finding_title(FindingKind kind);        // "Use after free"
[[nodiscard]] std::string state_type_text(std::uint8_t type);     // "TcpOffloadState"; Header.Type of a block

}  // namespace chimneylab::trace
