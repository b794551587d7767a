// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/field_reader.h"

#include <algorithm>
#include <charconv>

#include "engine/scenario/scenario.h"

namespace chimneylab::scenario {

namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        base = 16;
        text.remove_prefix(2);
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool looks_like_number(std::string_view text) {
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

bool is_schedule(std::string_view text) {
    if (text == "fifo" || text == "lifo") return true;
    if (!text.starts_with("seed:")) return false;
    text.remove_prefix(5);
    return !text.empty() && text.size() <= 20 && !text.starts_with("0x") && parse_number(text).has_value();
}

MappingFields::MappingFields(const Node& node, const MappingFormat& format, Problems& problems) : node_(&node) {
    if (node.kind != Node::Kind::mapping) {
        problems.add(
            node.where,
            std::string(format.what) + " is a mapping of keys to values, but this is " + std::string(node.kind_name()),
            "Write 'key: value' lines here.");
        return;
    }
    std::vector<std::string_view> known;
    for (const KeyFormat& key : format.keys) known.push_back(key.name);
    for (const Node::Entry& entry : node.entries) {
        if (entry.key.kind != Node::Kind::scalar) {
            problems.add(entry.key.where,
                         "a key must be a single word, but this is " + std::string(entry.key.kind_name()),
                         "Write 'key: value'.");
            continue;
        }
        if (std::find(known.begin(), known.end(), entry.key.scalar) == known.end()) {
            problems.add(entry.key.where,
                         "unknown key " + in_quotes(entry.key.scalar) + " in " + std::string(format.what),
                         suggest(entry.key.scalar, known));
            continue;
        }
        if (!fields_.emplace(entry.key.scalar, &entry).second) {
            problems.add(entry.key.where,
                         "the key " + in_quotes(entry.key.scalar) + " stands twice in " + std::string(format.what),
                         "Keep one of the two.");
        }
    }
    for (const KeyFormat& key : format.keys) {
        if (key.required && !fields_.contains(key.name)) {
            problems.add(node.where, std::string(format.what) + " needs the key '" + std::string(key.name) + "'",
                         "Add '" + std::string(key.name) + ":'.");
        }
    }
}

const Node* MappingFields::find(std::string_view key) const {
    const auto found = fields_.find(key);
    return found == fields_.end() ? nullptr : &found->second->value;
}

const Node& MappingFields::key_node(std::string_view key) const { return fields_.at(key)->key; }

bool FieldReader::scalar(const Node& node, std::string_view what, std::string_view expected) {
    if (node.kind == Node::Kind::scalar) return true;
    problem(
        node,
        std::string(what) + " should be " + std::string(expected) + ", but this is " + std::string(node.kind_name()),
        "Write one value.");
    return false;
}

std::optional<std::string> FieldReader::name(const Node* node, std::string_view what) {
    if (!node || !scalar(*node, what, "a name")) return std::nullopt;
    const std::string& text = node->scalar;
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == ' ';
    };
    if (text.empty() || text.size() > 40 || !std::all_of(text.begin(), text.end(), allowed) || text.front() == ' ' ||
        text.back() == ' ' || text == "_") {
        problem(*node, std::string(what) + " cannot be " + in_quotes(text), "Use 1 to 40 letters, digits, '_' or '-'.");
        return std::nullopt;
    }
    return text;
}

std::optional<std::string> FieldReader::text(const Node* node, std::string_view what, std::size_t longest) {
    if (!node || !scalar(*node, what, "text")) return std::nullopt;
    std::string text = node->scalar;
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    if (text.empty()) {
        problem(*node, std::string(what) + " is empty", "Write a sentence or leave the key out.");
        return std::nullopt;
    }
    if (text.size() > longest) {
        problem(
            *node,
            std::string(what) + " has " + std::to_string(text.size()) + " bytes, more than " + std::to_string(longest),
            "Shorten it.");
        return std::nullopt;
    }
    return text;
}

std::optional<std::uint64_t> FieldReader::number(const Node* node, std::string_view what, std::uint64_t least,
                                                 std::uint64_t most) {
    if (!node || !scalar(*node, what, "a number")) return std::nullopt;
    const std::optional<std::uint64_t> value = node->quoted ? std::nullopt : parse_number(node->scalar);
    if (!value && (node->quoted || !looks_like_number(node->scalar))) {
        problem(*node, std::string(what) + " should be a number, but this is the text " + in_quotes(node->scalar),
                "Write a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
                    ", without quotation marks.");
        return std::nullopt;
    }
    if (!value || *value < least || *value > most) {
        problem(*node, std::string(what) + " cannot be " + in_quotes(node->scalar),
                "Write a whole number from " + std::to_string(least) + " to " + std::to_string(most) + ".");
        return std::nullopt;
    }
    return value;
}

std::optional<bool> FieldReader::yes_or_no(const Node* node, std::string_view what) {
    if (!node || !scalar(*node, what, "true or false")) return std::nullopt;
    if (!node->quoted && node->scalar == "true") return true;
    if (!node->quoted && node->scalar == "false") return false;
    problem(*node, std::string(what) + " should be true or false, but this is " + in_quotes(node->scalar),
            "Write true or false.");
    return std::nullopt;
}

std::optional<std::int64_t> FieldReader::word(const Node* node, const Words& words) {
    if (!node || !scalar(*node, words.what, "one word")) return std::nullopt;
    const std::optional<std::int64_t> value = words.value(node->scalar);
    if (!value) {
        const std::vector<std::string_view> texts = words.texts();
        problem(*node, in_quotes(node->scalar) + " is not " + std::string(words.what), suggest(node->scalar, texts));
    }
    return value;
}

std::optional<std::uint32_t> FieldReader::flags(const Node* node, const Words& words) {
    if (!node) return std::nullopt;
    std::uint32_t value = 0;
    for (const Node* item : list(node, "the flags", 16)) {
        if (const auto flag = word(item, words)) value |= static_cast<std::uint32_t>(*flag);
    }
    return value;
}

std::optional<std::uint64_t> FieldReader::duration(const Node* node, std::string_view what) {
    if (!node || !scalar(*node, what, "a time")) return std::nullopt;
    static constexpr std::pair<std::string_view, std::uint64_t> units[] = {
        {"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};
    std::string_view text = node->scalar;
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    std::string_view unit = text.substr(digits);
    unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
    const std::optional<std::uint64_t> amount = parse_number(text.substr(0, digits));
    for (const auto& [name, factor] : units) {
        if (unit != name || !amount) continue;
        if (*amount > Bounds::time / factor) {
            problem(*node, std::string(what) + " of " + in_quotes(text) + " is longer than an hour",
                    "Write a shorter time.");
            return std::nullopt;
        }
        return *amount * factor;
    }
    problem(*node, std::string(what) + " cannot be " + in_quotes(text),
            "Write a whole number and a unit: 500 ns, 2 us, 10 ms or 1 s.");
    return std::nullopt;
}

std::optional<std::array<std::uint8_t, 6>> FieldReader::hardware_address(const Node* node, std::string_view what) {
    if (!node || !scalar(*node, what, "a hardware address")) return std::nullopt;
    std::array<std::uint8_t, 6> address{};
    const std::string& text = node->scalar;
    bool good = text.size() == 17;
    for (std::size_t i = 0; good && i < 6; ++i) {
        const char* digits = text.data() + 3 * i;
        const auto [end, error] = std::from_chars(digits, digits + 2, address[i], 16);
        good =
            error == std::errc{} && end == digits + 2 && (i == 5 || text[3 * i + 2] == ':' || text[3 * i + 2] == '-');
    }
    if (!good) {
        problem(*node, std::string(what) + " cannot be " + in_quotes(text), "Write six bytes like 02-00-5e-10-00-01.");
        return std::nullopt;
    }
    return address;
}

std::optional<std::string> FieldReader::schedule(const Node* node) {
    if (!node || !scalar(*node, "the schedule", "one word")) return std::nullopt;
    if (!is_schedule(node->scalar)) {
        problem(*node, in_quotes(node->scalar) + " is no schedule", "Write fifo, lifo or seed:N, for example seed:7.");
        return std::nullopt;
    }
    return node->scalar;
}

std::vector<const Node*> FieldReader::list(const Node* node, std::string_view what, std::size_t most) {
    std::vector<const Node*> items;
    if (!node) return items;
    if (node->kind != Node::Kind::sequence) {
        problem(*node, std::string(what) + " should be a list, but this is " + std::string(node->kind_name()),
                "Write a list: '- item' lines, or [a, b].");
        return items;
    }
    if (node->items.size() > most) {
        problem(*node,
                std::string(what) + " has " + std::to_string(node->items.size()) + " items, more than " +
                    std::to_string(most),
                "Keep it to " + std::to_string(most) + ".");
        return items;
    }
    for (const Node& item : node->items) items.push_back(&item);
    return items;
}

std::vector<std::string> FieldReader::text_list(const Node* node, std::string_view what, std::size_t most,
                                                std::size_t longest) {
    std::vector<std::string> texts;
    for (const Node* item : list(node, what, most)) {
        if (auto value = text(item, what, longest)) texts.push_back(std::move(*value));
    }
    return texts;
}

std::vector<std::string> FieldReader::rule_list(const Node* node, std::size_t most) {
    std::vector<std::string> rules;
    for (const Node* item : list(node, "the list of rules", most)) {
        std::optional<std::string> rule = text(item, "a rule", 20);
        if (!rule) continue;
        const std::size_t dash = rule->find('-');
        const auto all = [](std::string_view part, char least, char last) {
            return std::all_of(part.begin(), part.end(), [&](char c) { return c >= least && c <= last; });
        };
        if ((dash == 2 || dash == 3) && rule->size() == dash + 4 && all(std::string_view(*rule).substr(0, dash), 'A', 'Z') &&
            all(std::string_view(*rule).substr(dash + 1), '0', '9')) {
            rules.push_back(std::move(*rule));
        } else {
            problem(*item, in_quotes(*rule) + " is no rule number", "Write rules like IM-049.");
        }
    }
    return rules;
}

}  // namespace chimneylab::scenario
