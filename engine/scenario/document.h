// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// One YAML document as a plain tree in which every node knows its line and column. Read with bounds: the text is
// UTF-8, small, not deep, has no anchors or aliases (so no file grows when it is read), no tags and one document only.
// Works on text in memory; a broken text becomes a problem, never an exception or a crash. No globals; thread safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/scenario/problem.h"

namespace chimneylab::scenario {

struct Node {
    enum class Kind { null, scalar, sequence, mapping };
    struct Entry;

    Kind kind = Kind::null;
    Location where;
    bool quoted = false;  // written with quotation marks or as a block, hence text whatever it looks like
    std::string scalar;
    std::vector<Node> items;
    std::vector<Entry> entries;  // in the order of the file; duplicate keys are still there

    // "a list", "text" … for messages.
    [[nodiscard]] std::string_view kind_name() const;
};

struct Node::Entry {
    Node key;
    Node value;
};

struct DocumentLimits {
    std::size_t bytes = std::size_t{1} << 20;
    std::size_t nodes = 100000;
    std::size_t depth = 32;
};

// No value when there was a problem that leaves nothing to read.
[[nodiscard]] std::optional<Node> parse_document(std::string_view text, Problems& problems,
                                                 const DocumentLimits& limits = {});

}  // namespace chimneylab::scenario
