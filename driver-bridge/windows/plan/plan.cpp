// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/windows/plan/plan.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace chimneylab::windows {
namespace {

using scenario::Node;

constexpr std::string_view heading = "chimneylab plan 1\n";

char letter(Node::Kind kind) {
    switch (kind) {
        case Node::Kind::scalar: return 's';
        case Node::Kind::sequence: return 'l';
        case Node::Kind::mapping: return 'm';
        case Node::Kind::null: break;
    }
    return '-';
}

void write(const Node& node, std::string& out) {
    // What was read as nothing may have been a word for it, such as ~.
    const bool has_text = node.kind == Node::Kind::scalar || node.kind == Node::Kind::null;
    const std::size_t number = has_text                              ? node.scalar.size()
                               : node.kind == Node::Kind::sequence ? node.items.size()
                                                                   : node.entries.size();
    out += letter(node.kind);
    for (const std::size_t value : {static_cast<std::size_t>(node.where.line), static_cast<std::size_t>(node.where.column),
                                    static_cast<std::size_t>(node.quoted), number})
        out += ' ' + std::to_string(value);
    out += '\n';
    if (has_text) out += node.scalar + '\n';
    for (const Node& item : node.items) write(item, out);
    for (const Node::Entry& entry : node.entries) {
        write(entry.key, out);
        write(entry.value, out);
    }
}

class Reader {
public:
    Reader(std::string_view text, const scenario::DocumentLimits& limits) : rest_(text), limits_(limits) {}

    bool read(Node& node, std::size_t depth) {
        if (depth > limits_.depth + 1 || ++nodes_ > limits_.nodes || rest_.empty()) return false;
        const char kind = rest_.front();
        rest_.remove_prefix(1);
        std::array<std::uint32_t, 4> numbers{};
        for (std::uint32_t& number : numbers)
            if (!take(' ') || !take_number(number)) return false;
        if (!take('\n')) return false;
        node.where = {static_cast<int>(numbers[0]), static_cast<int>(numbers[1])};
        node.quoted = numbers[2] != 0;
        const std::size_t count = numbers[3];
        switch (kind) {
            case '-': node.kind = Node::Kind::null; return take_text(count, node.scalar);
            case 's': node.kind = Node::Kind::scalar; return take_text(count, node.scalar);
            case 'l':
                node.kind = Node::Kind::sequence;
                for (std::size_t i = 0; i < count; ++i)
                    if (!read(node.items.emplace_back(), depth + 1)) return false;
                return true;
            case 'm':
                node.kind = Node::Kind::mapping;
                for (std::size_t i = 0; i < count; ++i) {
                    Node::Entry& entry = node.entries.emplace_back();
                    if (!read(entry.key, depth + 1) || !read(entry.value, depth + 1)) return false;
                }
                return true;
            default: return false;
        }
    }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

private:
    bool take(char wanted) {
        if (rest_.empty() || rest_.front() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool take_number(std::uint32_t& number) {
        const auto [end, problem] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
        if (problem != std::errc{} || number > limits_.bytes) return false;
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return true;
    }
    bool take_text(std::size_t size, std::string& text) {
        if (size > rest_.size()) return false;
        text = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return take('\n');
    }

    std::string_view rest_;
    const scenario::DocumentLimits& limits_;
    std::size_t nodes_ = 0;
};

}  // namespace

std::string write_plan(const Node& root) {
    std::string out(heading);
    write(root, out);
    return out;
}

std::optional<Node> read_plan(std::string_view text, const scenario::DocumentLimits& limits) {
    if (!text.starts_with(heading)) return std::nullopt;
    Node root;
    Reader reader(text.substr(heading.size()), limits);
    if (!reader.read(root, 0) || !reader.at_end()) return std::nullopt;
    return root;
}

}  // namespace chimneylab::windows
