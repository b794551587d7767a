// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The columns of an exported CSV file (RFC 4180). One table holds everything; the first column says what a row is: run,
// string, layer, region, event, change. A cell with nothing in it, not even quotes, says that there is nothing.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace chimneylab::report {

inline constexpr std::string_view csv_format = "chimneylab-session 1";

enum class CsvColumn : std::uint8_t {
    record, number, kind, virtual_ns, measured_ns, layer, other_layer, name, operation, operation_kind, partner, parent, region,
    subject, detail, status, has_status, irql, depth, argument, offset, ordinal, born, died, tag, before, after, driver,
};

inline constexpr std::array<std::string_view, 28> csv_columns = {
    "record", "number", "kind", "virtual_ns", "measured_ns", "layer", "other_layer", "name", "operation", "operation_kind", "partner",
    "parent", "region", "subject", "detail", "status", "has_status", "irql", "depth", "argument", "offset", "ordinal", "born", "died",
    "tag", "before", "after", "driver"};
static_assert(csv_columns.size() == static_cast<std::size_t>(CsvColumn::driver) + 1);

}  // namespace chimneylab::report
