// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A manual run: whenever something is pending and the scenario waits for it, a person says what comes next. What was said
// is a list of choices, one for each such point; the same list gives the same run, so a branch of a run is the list of
// choices that leads to it, and forking means running again with the same choices up to a point and another one there.
// As text, for files and command lines: "1" takes the second pending item; "0=FAILURE" takes the first and lets the
// offload target complete its first block with NDIS_STATUS_FAILURE; "0=FAILURE@2" its third block; "0!allocation" lets the
// next allocation fail; "0!drop" loses the completion, "0!double" lets it come twice. Plain values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/trace/event.h"

namespace chimneylab::scenario {

struct Choice {
    enum class Fault : std::uint8_t {
        none,
        allocation,  // the next allocation from pool memory fails, whoever makes it
        dropped,     // the completion of the operation is lost on its way
        doubled,     // it comes twice
    };
    std::uint32_t item = 0;    // among what is pending, in the order of queueing
    std::int32_t status = 0;   // 0: as the target decides; else of one block of the operation that the item completes
    std::uint32_t block = 0;   // which one, in the order in which NDIS walks the tree
    Fault fault = Fault::none;
    friend bool operator==(const Choice&, const Choice&) = default;
};

[[nodiscard]] std::string to_text(const Choice& choice);
[[nodiscard]] std::string to_text(const std::vector<Choice>& choices);  // with commas
// The choices, or what is wrong with the text.
[[nodiscard]] std::variant<std::vector<Choice>, std::string> parse_choices(std::string_view text);

struct PendingItem {
    std::string label;  // "timer of offload target"
    trace::LayerIndex layer = trace::machine_layer;
    trace::Nanoseconds queued_at = 0;
    trace::Nanoseconds due = 0;
    trace::OperationId operation;  // in whose course it was queued; none: of no operation
    trace::OperationKind operation_kind = trace::OperationKind::none;
    // It will complete that operation at the offload target, so a status can be chosen.
    bool completes_operation = false;
};

struct ChoicePoint {
    trace::EventId after;              // the last event before it
    std::vector<PendingItem> pending;  // never empty
    std::optional<Choice> taken;       // none: the run stopped here
};

}  // namespace chimneylab::scenario
