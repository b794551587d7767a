// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Puts a trace together again from the words and numbers of an imported file, checking each. Internal to the exchange.
// Throws ImportError, which never leaves the readers.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/trace/trace.h"

namespace chimneylab::report {

struct ImportError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

[[nodiscard]] std::vector<std::byte> bytes_from_hex(std::string_view text, const std::string& where);
[[nodiscard]] std::uint64_t number_from(std::string_view text, const std::string& where);  // decimal, or hexadecimal after 0x
[[nodiscard]] trace::EventKind event_kind_from(std::string_view word, const std::string& where);
[[nodiscard]] trace::OperationKind operation_kind_from(std::string_view word, const std::string& where);
[[nodiscard]] trace::RegionKind region_kind_from(std::string_view word, const std::string& where);
[[nodiscard]] trace::LayerRole role_from(std::string_view word, const std::string& where);

struct ReadChange {
    trace::RegionId region;
    std::uint32_t offset = 0;
    trace::LayerIndex writer = trace::machine_layer;
    std::vector<std::byte> before, after;
};
void append_event(trace::Trace& trace, const trace::Event& event, const std::vector<ReadChange>& changes, const std::string& where);
// The trace as it is, or what makes it unsafe to read.
void require_sound(const trace::Trace& trace);

}  // namespace chimneylab::report
