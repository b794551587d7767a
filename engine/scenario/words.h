// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The words a scenario file may use for enumerations, and their values. Names of the DDI are spelled as in the WDK
// (values: ndis.h, ndischimney.h); scenarios/schema.json lists the same words, which a test compares.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace chimneylab::scenario {

struct Word {
    std::string_view text;
    std::int64_t value;
};

struct Words {
    std::string_view name;  // of the definition in schema.json
    std::string_view what;  // for messages: "a status"
    std::span<const Word> words;

    [[nodiscard]] std::optional<std::int64_t> value(std::string_view text) const;
    [[nodiscard]] std::string_view text(std::int64_t value) const;  // empty if there is none
    [[nodiscard]] std::vector<std::string_view> texts() const;
};

[[nodiscard]] const Words& status_words();
[[nodiscard]] const Words& operation_words();
[[nodiscard]] const Words& machine_mode_words();
[[nodiscard]] const Words& completion_words();
[[nodiscard]] const Words& state_class_words();
[[nodiscard]] const Words& receive_answer_words();
[[nodiscard]] const Words& tcp_state_words();
[[nodiscard]] const Words& const_flag_words();
[[nodiscard]] const Words& cached_flag_words();
[[nodiscard]] const Words& event_type_words();
[[nodiscard]] const Words& upload_reason_words();
[[nodiscard]] const Words& event_kind_words();
[[nodiscard]] const Words& conversion_words();
[[nodiscard]] const Words& driver_words();  // the value is the position in known_drivers()
[[nodiscard]] const Words& fault_words();
[[nodiscard]] const Words& oid_words();
[[nodiscard]] const Words& tcp_flag_words();
[[nodiscard]] std::span<const Words* const> all_words();

}  // namespace chimneylab::scenario
