// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/document.h"

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <cstdint>
#include <istream>
#include <streambuf>

namespace chimneylab::scenario {

namespace {

// Thrown out of yaml-cpp's callbacks to end reading; never leaves this file.
struct Refusal {
    Location where;
    std::string what;
    std::string remedy;
};

Location location(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

// yaml-cpp reads from a stream; this one reads from memory without a copy.
class MemoryBuffer : public std::streambuf {
public:
    explicit MemoryBuffer(std::string_view text) {
        char* begin = const_cast<char*>(text.data());  // setg wants char*, nothing is written through it
        setg(begin, begin, begin + text.size());
    }
};

class TreeBuilder : public YAML::EventHandler {
public:
    explicit TreeBuilder(const DocumentLimits& limits) : limits_(limits) {}

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1) {
            throw Refusal{location(mark), "a second YAML document begins here", "Keep one scenario in one file."};
        }
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        Node node = make(Node::Kind::null, mark, "", anchor);
        // What is not there is missed at its key; yaml-cpp marks the next token instead.
        if (!open_.empty() && awaits_value(open_.back())) node.where = open_.back().entries.back().key.where;
        put(std::move(node));
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_alias(mark); }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        Node node = make(Node::Kind::scalar, mark, tag, anchor);
        node.quoted = tag == "!";
        if (!node.quoted && (value == "~" || value == "null")) node.kind = Node::Kind::null;
        node.scalar = value;
        put(std::move(node));
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open_.push_back(make(Node::Kind::sequence, mark, tag, anchor));
        check_depth(mark);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open_.push_back(make(Node::Kind::mapping, mark, tag, anchor));
        check_depth(mark);
    }
    void OnMapEnd() override { close(); }
    void OnAnchor(const YAML::Mark& mark, const std::string&) override { refuse_alias(mark); }

    std::optional<Node> take() { return std::move(root_); }

private:
    [[noreturn]] static void refuse_alias(const YAML::Mark& mark) {
        throw Refusal{location(mark), "YAML anchors and aliases (& and *) are not taken in a scenario",
                      "Write the value out where it is used."};
    }
    void check_depth(const YAML::Mark& mark) const {
        if (open_.size() > limits_.depth) {
            throw Refusal{location(mark), "nested deeper than " + std::to_string(limits_.depth) + " levels",
                          "A scenario needs no more than a few levels; check the indentation."};
        }
    }
    Node make(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        if (anchor != 0) refuse_alias(mark);
        if (!tag.empty() && tag != "?" && tag != "!") {
            throw Refusal{location(mark), "YAML tags (!…) are not taken in a scenario", "Remove the tag."};
        }
        if (++nodes_ > limits_.nodes) {
            throw Refusal{location(mark), "more than " + std::to_string(limits_.nodes) + " values in one file",
                          "Split the scenario."};
        }
        Node node;
        node.kind = kind;
        node.where = location(mark);
        if (node.where.line < 1) node.where = {1, 1};  // yaml-cpp places some nulls nowhere; 0 means "missing" to put()
        return node;
    }
    [[nodiscard]] static bool awaits_value(const Node& parent) {
        return parent.kind == Node::Kind::mapping && !parent.entries.empty() &&
               parent.entries.back().value.where.line == 0;
    }
    void put(Node node) {
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Node& parent = open_.back();
        if (parent.kind == Node::Kind::sequence) {
            parent.items.push_back(std::move(node));
        } else if (!awaits_value(parent)) {
            parent.entries.push_back({std::move(node), Node{}});  // its value follows; line 0 marks it as missing
        } else {
            parent.entries.back().value = std::move(node);
        }
    }
    void close() {
        Node node = std::move(open_.back());
        open_.pop_back();
        put(std::move(node));
    }

    DocumentLimits limits_;
    std::size_t nodes_ = 0;
    int documents_ = 0;
    std::vector<Node> open_;
    std::optional<Node> root_;
};

// The first byte that is not well-formed UTF-8, or not allowed in a text file; npos when all is well.
std::size_t first_bad_byte(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x80) {
            if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F) return i;
            ++i;
            continue;
        }
        std::size_t length = 0;
        std::uint32_t value = 0;
        if ((c & 0xE0) == 0xC0)
            length = 2, value = c & 0x1F;
        else if ((c & 0xF0) == 0xE0)
            length = 3, value = c & 0x0F;
        else if ((c & 0xF8) == 0xF0)
            length = 4, value = c & 0x07;
        else
            return i;
        if (i + length > text.size()) return i;
        for (std::size_t k = 1; k < length; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            if ((next & 0xC0) != 0x80) return i;
            value = value << 6 | (next & 0x3F);
        }
        constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
        if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return i;
        i += length;
    }
    return std::string_view::npos;
}

Location location_of(std::string_view text, std::size_t position) {
    Location where{1, 1};
    for (std::size_t i = 0; i < position; ++i) {
        if (text[i] == '\n') {
            ++where.line;
            where.column = 1;
        } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
            ++where.column;
        }
    }
    return where;
}

}  // namespace

std::string_view Node::kind_name() const {
    switch (kind) {
        case Kind::null:
            return "nothing";
        case Kind::scalar:
            return "a single value";
        case Kind::sequence:
            return "a list";
        case Kind::mapping:
            return "a mapping";
    }
    return "nothing";
}

std::optional<Node> parse_document(std::string_view text, Problems& problems, const DocumentLimits& limits) {
    if (text.size() > limits.bytes) {
        problems.add({},
                     "the file has " + std::to_string(text.size()) + " bytes; a scenario may have " +
                         std::to_string(limits.bytes),
                     "Split the scenario.");
        return std::nullopt;
    }
    if (const std::size_t bad = first_bad_byte(text); bad != std::string_view::npos) {
        problems.add(location_of(text, bad),
                     "not UTF-8 text (byte " + std::to_string(static_cast<unsigned char>(text[bad])) + ")",
                     "Save the file as UTF-8 without control characters.");
        return std::nullopt;
    }
    TreeBuilder builder(limits);
    try {
        MemoryBuffer buffer(text);
        std::istream stream(&buffer);
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const Refusal& refusal) {
        problems.add(refusal.where, refusal.what, refusal.remedy);
        return std::nullopt;
    } catch (const YAML::Exception& error) {
        const bool placed = !error.mark.is_null();
        problems.add(placed ? location(error.mark) : Location{}, "not well-formed YAML: " + error.msg,
                     "Check indentation, colons and quotation marks around this place.");
        return std::nullopt;
    } catch (const std::exception& error) {
        problems.add({}, std::string("not well-formed YAML: ") + error.what(), "Check the file with a YAML editor.");
        return std::nullopt;
    }
    std::optional<Node> root = builder.take();
    if (!root || root->kind == Node::Kind::null) {
        problems.add({1, 1}, "the file is empty", "A scenario begins with 'id:' and 'title:'.");
        return std::nullopt;
    }
    return root;
}

}  // namespace chimneylab::scenario
