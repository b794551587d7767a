// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Which keys a scenario file may have, mapping by mapping. The reader takes its list of known keys from here, and
// scenarios/schema.json describes the same mappings under the same names; a test compares the two.
#pragma once

#include <span>
#include <string_view>

namespace chimneylab::scenario {

struct KeyFormat {
    std::string_view name;
    bool required = false;
};

struct MappingFormat {
    std::string_view name;  // of the definition in schema.json ("scenario" is its root)
    std::string_view what;  // for messages: "a step"
    std::span<const KeyFormat> keys;
};

[[nodiscard]] std::span<const MappingFormat> mapping_formats();
[[nodiscard]] const MappingFormat& mapping_format(std::string_view name);  // the name must exist

}  // namespace chimneylab::scenario
