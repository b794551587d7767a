// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/state_tree.h"

#include <algorithm>
#include <unordered_map>

#include "engine/scenario/scenario.h"

namespace chimneylab::scenario {

namespace {

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Text → blocks; only the brackets and names are looked at here.
class NotationParser {
public:
    NotationParser(std::string_view text, Location where, Problems& problems)
        : text_(text), where_(where), problems_(problems) {}

    bool parse(StateTree& tree) {
        std::vector<std::int32_t> open;  // blocks whose braces are open
        bool expect_block = true;
        for (skip(); position_ < text_.size(); skip()) {
            const char c = text_[position_];
            if (is_name_character(c)) {
                if (!expect_block) return fail("a block begins where ',' or '}' should stand");
                const std::size_t begin = position_;
                while (position_ < text_.size() && is_name_character(text_[position_])) ++position_;
                StateTree::Block block;
                block.object = std::string(text_.substr(begin, position_ - begin));
                if (block.object == "_") block.object.clear();
                block.parent = open.empty() ? -1 : open.back();
                block.depth = static_cast<std::int32_t>(open.size());
                block.column = static_cast<int>(begin);
                if (tree.blocks.size() >= Bounds::blocks) {
                    return fail("a tree of more than " + std::to_string(Bounds::blocks) + " blocks");
                }
                tree.blocks.push_back(std::move(block));
                expect_block = false;
            } else if (c == '{') {
                if (expect_block) return fail("'{' must follow the block whose dependents it holds");
                if (open.size() >= 2) return fail("a tree has three layers at most: neighbor, path, connection");
                open.push_back(static_cast<std::int32_t>(tree.blocks.size()) - 1);
                ++position_;
                expect_block = true;
            } else if (c == '}') {
                if (open.empty()) return fail("'}' without its '{'");
                if (expect_block) return fail("a block is missing before '}'");
                open.pop_back();
                ++position_;
                // After '}' no second '{' may follow: the dependents have been given.
                skip();
                if (position_ < text_.size() && text_[position_] == '{') return fail("dependents given twice");
            } else if (c == ',') {
                if (expect_block) return fail("a block is missing before ','");
                ++position_;
                expect_block = true;
            } else {
                return fail("unexpected character " + in_quotes(text_.substr(position_, 1)));
            }
        }
        if (!open.empty()) return fail("'}' is missing at the end");
        if (expect_block) return fail(tree.blocks.empty() ? "the tree is empty" : "a block is missing after ','");
        return true;
    }

private:
    void skip() {
        while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\n')) ++position_;
    }
    bool fail(std::string what) {
        problems_.add({where_.line, where_.column + static_cast<int>(position_)}, "in the tree: " + what,
                      "Write trees like N1{P1{T1,T2},P2{T3}}; _ is a placeholder.");
        return false;
    }

    std::string_view text_;
    Location where_;
    Problems& problems_;
    std::size_t position_ = 0;
};

}  // namespace

std::string_view to_text(StateLayer layer) {
    switch (layer) {
        case StateLayer::neighbor:
            return "neighbor";
        case StateLayer::path:
            return "path";
        case StateLayer::connection:
            return "connection";
    }
    return "neighbor";
}

std::string StateTree::to_text() const {
    std::string text;
    std::int32_t depth = -1;
    for (const Block& block : blocks) {
        if (block.depth > depth && depth >= 0) text += '{';
        if (block.depth < depth) text.append(static_cast<std::size_t>(depth - block.depth), '}');
        if (block.depth <= depth && !text.empty()) text += ',';
        text += block.object.empty() ? "_" : block.object;
        depth = block.depth;
    }
    if (depth > 0) text.append(static_cast<std::size_t>(depth), '}');
    return text;
}

std::optional<StateTree> parse_state_tree(std::string_view notation, Location where,
                                          const std::function<std::optional<StateLayer>(std::string_view)>& layer_of,
                                          std::vector<std::string_view> object_names, Problems& problems) {
    StateTree tree;
    if (!NotationParser(notation, where, problems).parse(tree)) return std::nullopt;
    const std::size_t before = problems.size();
    const auto place = [&](const StateTree::Block& block) { return Location{where.line, where.column + block.column}; };

    std::unordered_map<std::string_view, std::int32_t> seen;
    std::optional<std::int32_t> root_layer;  // layer of depth 0, fixed by the first named block
    for (std::size_t i = 0; i < tree.blocks.size(); ++i) {
        const StateTree::Block& block = tree.blocks[i];
        if (block.object.empty()) continue;
        const std::optional<StateLayer> layer = layer_of(block.object);
        if (!layer) {
            problems.add(place(block),
                         "the tree names " + in_quotes(block.object) + ", which is no object of this scenario",
                         suggest(block.object, object_names));
            continue;
        }
        if (const auto [first, fresh] = seen.emplace(block.object, static_cast<std::int32_t>(i)); !fresh) {
            bool ancestor = false;
            for (std::int32_t up = block.parent; up >= 0; up = tree.blocks[static_cast<std::size_t>(up)].parent) {
                ancestor = ancestor || up == first->second;
            }
            problems.add(place(block),
                         ancestor ? "a cycle in the tree: " + in_quotes(block.object) + " depends on itself"
                                  : in_quotes(block.object) + " stands twice in one tree",
                         "A state object has one block in a tree; remove this one.");
            continue;
        }
        const std::int32_t expected = static_cast<std::int32_t>(*layer) - block.depth;
        if (!root_layer) root_layer = expected;
        if (expected != *root_layer) {
            const std::int32_t here = *root_layer + block.depth;
            problems.add(place(block),
                         in_quotes(block.object) + " is a " + std::string(to_text(*layer)) + " but stands where " +
                             (here >= 0 && here <= 2 ? "a " + std::string(to_text(static_cast<StateLayer>(here)))
                                                     : std::string("no layer is left")) +
                             (here >= 0 && here <= 2 ? " belongs" : ""),
                         "Dependents go neighbor, path, connection; siblings are of one layer.");
        }
    }
    const std::int32_t root = root_layer.value_or(0);
    for (StateTree::Block& block : tree.blocks) {
        const std::int32_t layer = root + block.depth;
        if (layer < 0 || layer > 2) {
            problems.add(place(block), "the tree reaches past its layers here",
                         "Dependents go neighbor, path, connection; nothing depends on a connection.");
            break;
        }
        block.layer = static_cast<StateLayer>(layer);
    }
    if (problems.size() != before) return std::nullopt;
    return tree;
}

}  // namespace chimneylab::scenario
