// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Reads fields of a document tree with their types and bounds. Whatever is wrong is added to the problems with its
// place and the reading goes on with a default, so that one pass finds everything that is wrong in a file.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/scenario/document.h"
#include "engine/scenario/format.h"
#include "engine/scenario/words.h"

namespace chimneylab::scenario {

// One mapping whose keys have been checked: unknown, duplicate and missing ones are already reported.
class MappingFields {
public:
    MappingFields(const Node& node, const MappingFormat& format, Problems& problems);
    [[nodiscard]] const Node* find(std::string_view key) const;
    [[nodiscard]] const Node& key_node(std::string_view key) const;  // the key must be present
    [[nodiscard]] const Node& node() const { return *node_; }
    [[nodiscard]] bool is_mapping() const { return node_->kind == Node::Kind::mapping; }

private:
    const Node* node_;
    std::unordered_map<std::string_view, const Node::Entry*> fields_;
};

// `what` names the field in messages. Absent fields are nullptr: the result is then empty or unchanged.
class FieldReader {
public:
    explicit FieldReader(Problems& problems) : problems_(problems) {}

    // A name that other places of the file refer to: letters, digits, '_', '-', spaces inside; at most 40 bytes.
    std::optional<std::string> name(const Node* node, std::string_view what);
    std::optional<std::string> text(const Node* node, std::string_view what, std::size_t longest = 4000);
    std::optional<std::uint64_t> number(const Node* node, std::string_view what, std::uint64_t least,
                                        std::uint64_t most);
    std::optional<bool> yes_or_no(const Node* node, std::string_view what);
    std::optional<std::int64_t> word(const Node* node, const Words& words);
    std::optional<std::uint32_t> flags(const Node* node, const Words& words);
    std::optional<std::uint64_t> duration(const Node* node, std::string_view what);  // "500 ns", "2 us", "1 ms", "1 s"
    std::optional<std::array<std::uint8_t, 6>> hardware_address(const Node* node, std::string_view what);
    std::optional<std::string> schedule(const Node* node);  // "fifo", "lifo", "seed:7"
    // Items of a list; nothing (and a problem) if it is no list or longer than `most`.
    std::vector<const Node*> list(const Node* node, std::string_view what, std::size_t most);
    std::vector<std::string> text_list(const Node* node, std::string_view what, std::size_t most, std::size_t longest);

    // Rule numbers of the catalogue: "IM-049".
    std::vector<std::string> rule_list(const Node* node, std::size_t most);

    void problem(const Node& node, std::string what, std::string remedy) {
        problems_.add(node.where, std::move(what), std::move(remedy));
    }
    [[nodiscard]] Problems& problems() { return problems_; }

private:
    bool scalar(const Node& node, std::string_view what, std::string_view expected);
    Problems& problems_;
};

// "fifo", "lifo" or "seed:N".
[[nodiscard]] bool is_schedule(std::string_view text);

}  // namespace chimneylab::scenario
