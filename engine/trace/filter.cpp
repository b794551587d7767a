// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/filter.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <functional>
#include <optional>
#include <vector>

#include "engine/trace/function_catalogue.h"
#include "engine/trace/text.h"

namespace chimneylab::trace {

using Predicate = std::function<bool(const Trace&, EventId, const Event&)>;

struct Filter::Node {
    enum class Type : std::uint8_t { all, any, none, test };
    Type type = Type::test;
    std::vector<std::shared_ptr<const Node>> parts;
    Predicate test;
    [[nodiscard]] bool matches(const Trace& trace, EventId id, const Event& event) const {
        const auto match = [&](const auto& part) { return part->matches(trace, id, event); };
        switch (type) {
            case Type::all:
                return std::ranges::all_of(parts, match);
            case Type::any:
                return std::ranges::any_of(parts, match);
            case Type::none:
                return std::ranges::none_of(parts, match);
            case Type::test:
                return test(trace, id, event);
        }
        return false;
    }
};

namespace {

using Node = Filter::Node;
using NodePointer = std::shared_ptr<const Node>;

constexpr std::size_t longest_expression = 16'384;
constexpr int deepest_nesting = 64;

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }
bool blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

// * any run, ? any one character, case ignored. Linear in pattern × text at worst, no recursion.
bool glob(std::string_view pattern, std::string_view text) {
    std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && (pattern[p] == '?' || (pattern[p] != '*' && lower(pattern[p]) == lower(text[t])))) {
            ++p;
            ++t;
        } else if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

// A pattern for a whole text, or, without wildcards and when parts will do, for a part of it.
struct Pattern {
    std::string text;
    bool part = false;
    [[nodiscard]] bool matches(std::string_view value) const { return glob(part ? "*" + text + "*" : text, value); }
};

Pattern pattern(const std::string& text, bool parts_will_do) {
    return {text, parts_will_do && text.find_first_of("*?") == std::string::npos};
}

std::string squeezed(std::string_view name) {
    std::string text;
    for (char c : name)
        if (std::isalnum(static_cast<unsigned char>(c))) text += lower(c);
    return text;
}

enum class Comparison : std::uint8_t { equal, less, less_or_equal, greater, greater_or_equal };

struct Term {
    std::size_t column = 1, value_column = 1;
    std::string field;  // empty: a bare word
    Comparison comparison = Comparison::equal;
    std::string value;
    bool quoted = false;
};

struct Bad {
    FilterProblem problem;
};

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    NodePointer parse() {
        NodePointer all = any_of(0);
        skip_blanks();
        if (at_ < text_.size()) fail(at_, "there is a ')' without its '('");
        return all;
    }

private:
    [[noreturn]] void fail(std::size_t at, std::string what) const { throw Bad{{at + 1, std::move(what)}}; }
    void skip_blanks() {
        while (at_ < text_.size() && blank(text_[at_])) ++at_;
    }
    // Is the next word this one, as a whole word?
    bool take_word(std::string_view word) {
        skip_blanks();
        if (text_.size() - at_ < word.size()) return false;
        for (std::size_t i = 0; i < word.size(); ++i)
            if (lower(text_[at_ + i]) != word[i]) return false;
        const std::size_t end = at_ + word.size();
        if (end < text_.size() && !blank(text_[end]) && text_[end] != '(' && text_[end] != ')') return false;
        at_ = end;
        return true;
    }
    bool next_is_word(std::string_view word) {
        const std::size_t before = at_;
        const bool found = take_word(word);
        at_ = before;
        return found;
    }
    static NodePointer node(Node::Type type, std::vector<NodePointer> parts) {
        if (parts.size() == 1 && type != Node::Type::none) return parts.front();
        auto made = std::make_shared<Node>();
        made->type = type;
        made->parts = std::move(parts);
        return made;
    }

    NodePointer any_of(int depth) {
        std::vector<NodePointer> parts{all_of(depth)};
        while (take_word("or")) parts.push_back(all_of(depth));
        return node(Node::Type::any, std::move(parts));
    }

    NodePointer all_of(int depth) {
        std::vector<NodePointer> parts{single(depth)};
        for (;;) {
            skip_blanks();
            if (at_ >= text_.size() || text_[at_] == ')' || next_is_word("or")) break;
            take_word("and");
            parts.push_back(single(depth));
        }
        return node(Node::Type::all, std::move(parts));
    }

    NodePointer single(int depth) {
        skip_blanks();
        if (depth > deepest_nesting) fail(at_, "parentheses and negations are nested too deeply");
        if (at_ >= text_.size()) fail(at_, "a condition is missing here");
        if (text_[at_] == ')') fail(at_, "a condition is missing before this ')'");
        if (next_is_word("or") || next_is_word("and")) fail(at_, "a condition is missing before this word");
        if (take_word("not")) return node(Node::Type::none, {single(depth + 1)});
        if (text_[at_] == '-' || text_[at_] == '!') {
            ++at_;
            return node(Node::Type::none, {single(depth + 1)});
        }
        if (text_[at_] == '(') {
            const std::size_t open = at_++;
            NodePointer inside = any_of(depth + 1);
            skip_blanks();
            if (at_ >= text_.size()) fail(open, "this '(' is never closed");
            ++at_;
            return inside;
        }
        auto made = std::make_shared<Node>();
        made->test = condition(term());
        return made;
    }

    std::string value(bool& quoted) {
        std::string text;
        if (at_ < text_.size() && text_[at_] == '"') {
            const std::size_t open = at_++;
            while (at_ < text_.size() && text_[at_] != '"') text += text_[at_++];
            if (at_ >= text_.size()) fail(open, "this quotation is never closed");
            ++at_;
            quoted = true;
            return text;
        }
        while (at_ < text_.size() && !blank(text_[at_]) && text_[at_] != '(' && text_[at_] != ')') text += text_[at_++];
        return text;
    }

    Term term() {
        Term made;
        made.column = made.value_column = at_;
        std::size_t end = at_;
        while (end < text_.size() && (std::isalpha(static_cast<unsigned char>(text_[end])) || text_[end] == '_')) ++end;
        if (end > at_ && end < text_.size() && std::string_view(":=<>").find(text_[end]) != std::string_view::npos) {
            for (; at_ < end; ++at_) made.field += lower(text_[at_]);
            const char sign = text_[at_++];
            const bool equal = at_ < text_.size() && text_[at_] == '=' && sign != ':';
            if (equal) ++at_;
            if (sign == '<') made.comparison = equal ? Comparison::less_or_equal : Comparison::less;
            if (sign == '>') made.comparison = equal ? Comparison::greater_or_equal : Comparison::greater;
            made.value_column = at_;
            made.value = value(made.quoted);
            if (made.value.empty() && !made.quoted) fail(at_, "a value is missing after '" + made.field + "'");
            return made;
        }
        made.value = value(made.quoted);
        if (made.value.empty()) fail(made.column, "a condition is missing here");
        return made;
    }

    Predicate condition(const Term& term) const {
        if (term.field.empty()) return bare_word(term);
        if (term.field == "time" || term.field == "event" || term.field == "depth" || term.field == "irql")
            return number(term);
        if (term.comparison != Comparison::equal)
            fail(term.column, "'" + term.field + "' cannot be compared, use a colon");
        if (term.field == "kind") return kind(term);
        if (term.field == "layer" || term.field == "from") return layer(term);
        if (term.field == "op" || term.field == "operation") return operation(term);
        if (term.field == "name") return name(term);
        if (term.field == "region") return region(term);
        if (term.field == "status") return status(term);
        if (term.field == "tag") return tag(term);
        fail(term.column, "there is no '" + term.field +
                              "'; known: kind, layer, from, op, name, region, status, tag, time, event, depth, irql");
    }

    Predicate bare_word(const Term& term) const {
        const std::string& word = term.value;
        if (!term.quoted) {
            if (word.front() == '#') return operation(term);
            if (word == "changed")
                return [](const Trace&, EventId, const Event& event) { return event.change_count > 0; };
            if (word == "call")
                return [](const Trace&, EventId, const Event& event) { return event.kind == EventKind::enter; };
            if (word == "completion")
                return [](const Trace& trace, EventId, const Event& event) {
                    const Function* function =
                        event.kind == EventKind::enter ? find_function(trace.text(event.name)) : nullptr;
                    return function != nullptr && function->completion;
                };
            if (parse_event_kind(word)) return kind(term);
        }
        return name(term);
    }

    Predicate kind(const Term& term) const {
        std::uint64_t wanted = 0;
        for (std::size_t from = 0; from <= term.value.size();) {
            const std::size_t comma = std::min(term.value.find(',', from), term.value.size());
            const auto parsed = parse_event_kind(std::string_view(term.value).substr(from, comma - from));
            if (!parsed)
                fail(term.value_column + from, "'" + term.value.substr(from, comma - from) + "' is no kind of event");
            wanted |= std::uint64_t{1} << static_cast<unsigned>(*parsed);
            from = comma + 1;
        }
        return [wanted](const Trace&, EventId, const Event& event) {
            return (wanted >> static_cast<unsigned>(event.kind) & 1) != 0;
        };
    }

    Predicate layer(const Term& term) const {
        const bool caller_only = term.field == "from";
        std::optional<unsigned> number;
        unsigned parsed = 0;
        const char* const end = term.value.data() + term.value.size();
        if (const auto [stop, problem] = std::from_chars(term.value.data(), end, parsed);
            problem == std::errc{} && stop == end)
            number = parsed;
        const std::string wanted = squeezed(term.value);
        if (wanted.empty()) fail(term.value_column, "a layer's name or number is missing");
        return [=](const Trace& trace, EventId, const Event& event) {
            const auto is = [&](LayerIndex index) {
                if (number) return index == *number;
                if (index == ndis_layer) return wanted == "ndis";
                if (index == machine_layer) return wanted == "machine";
                if (index >= trace.layers().size()) return false;
                const Layer& each = trace.layers()[index];
                return wanted == squeezed(trace.text(each.name)) ||
                       (wanted == "host" && each.role == LayerRole::host_stack) ||
                       (wanted == "target" && each.role == LayerRole::offload_target);
            };
            return (!caller_only && is(event.layer)) || is(event.other_layer);
        };
    }

    Predicate operation(const Term& term) const {
        if (term.value.front() == '#') {
            unsigned wanted = 0;
            const char* const end = term.value.data() + term.value.size();
            const auto [stop, problem] = std::from_chars(term.value.data() + 1, end, wanted);
            if (problem != std::errc{} || stop != end || wanted == 0)
                fail(term.value_column, "after '#' comes the number of an operation, 1 for the first");
            return [number = OperationId(wanted - 1)](const Trace&, EventId, const Event& event) {
                return event.operation == number;
            };
        }
        const auto wanted = parse_operation_kind(term.value);
        if (!wanted)
            fail(
                term.value_column,
                "'" + term.value + "' is no operation; known: initiate, query, update, invalidate, terminate, #number");
        return [wanted](const Trace&, EventId, const Event& event) { return event.operation_kind == *wanted; };
    }

    Predicate name(const Term& term) const {
        return [wanted = pattern(term.value, true)](const Trace& trace, EventId, const Event& event) {
            return event.name.valid() && wanted.matches(trace.text(event.name));
        };
    }

    Predicate region(const Term& term) const {
        return [wanted = pattern(term.value, false)](const Trace& trace, EventId, const Event& event) {
            const auto is = [&](RegionId id) {
                return id.valid() && wanted.matches(trace.text(trace.region(id).label));
            };
            if (is(event.region)) return true;
            return std::ranges::any_of(trace.changes(event), [&](const Change& change) { return is(change.region); });
        };
    }

    Predicate status(const Term& term) const {
        const auto wanted = parse_status(term.value);
        if (!wanted) fail(term.value_column, "'" + term.value + "' is no status name and no number");
        return
            [wanted](const Trace&, EventId, const Event& event) { return event.has_status && event.status == *wanted; };
    }

    Predicate tag(const Term& term) const {
        return [wanted = pattern(term.value, false)](const Trace&, EventId, const Event& event) {
            const bool memory = event.kind == EventKind::memory_allocated || event.kind == EventKind::memory_freed;
            return memory && wanted.matches(pool_tag_text(static_cast<std::uint32_t>(event.detail >> 32)));
        };
    }

    // A number, for `time` with a unit; without one nanoseconds are meant.
    std::uint64_t quantity(std::string_view text, const Term& term, std::size_t column) const {
        std::uint64_t whole = 0;
        const char* const end = text.data() + text.size();
        const auto [stop, problem] = std::from_chars(text.data(), end, whole);
        if (problem != std::errc{}) fail(column, "a number is missing after '" + term.field + "'");
        double fraction = 0;
        const char* at = stop;
        if (term.field == "time" && at != end && *at == '.')
            for (double place = 0.1; ++at != end && std::isdigit(static_cast<unsigned char>(*at)); place /= 10)
                fraction += place * (*at - '0');
        const std::string_view unit(at, static_cast<std::size_t>(end - at));
        std::uint64_t scale = 1;
        if (term.field == "time" && (unit == "us" || unit == "µs"))
            scale = 1'000;
        else if (term.field == "time" && unit == "ms")
            scale = 1'000'000;
        else if (term.field == "time" && unit == "s")
            scale = 1'000'000'000;
        else if (!unit.empty() && !(term.field == "time" && unit == "ns"))
            fail(column + static_cast<std::size_t>(at - text.data()),
                 "'" + std::string(unit) + "' does not belong to the number" +
                     (term.field == "time" ? "; units are ns, us, ms, s" : ""));
        if (whole > UINT64_MAX / scale - 1) fail(column, "the number is too large");
        return whole * scale + static_cast<std::uint64_t>(fraction * static_cast<double>(scale) + 0.5);
    }

    Predicate number(const Term& term) const {
        std::uint64_t low = 0, high = UINT64_MAX;
        const std::size_t dots = term.value.find("..");
        if (dots != std::string::npos) {
            if (term.comparison != Comparison::equal) fail(term.value_column, "a range goes with a colon");
            low = quantity(std::string_view(term.value).substr(0, dots), term, term.value_column);
            high = quantity(std::string_view(term.value).substr(dots + 2), term, term.value_column + dots + 2);
        } else {
            const std::uint64_t limit = quantity(term.value, term, term.value_column);
            switch (term.comparison) {
                case Comparison::equal:
                    low = high = limit;
                    break;
                case Comparison::less_or_equal:
                    high = limit;
                    break;
                case Comparison::greater_or_equal:
                    low = limit;
                    break;
                case Comparison::less:
                    if (limit == 0)
                        low = 1, high = 0;  // nothing is less than 0
                    else
                        high = limit - 1;
                    break;
                case Comparison::greater:
                    low = limit + 1;
                    break;  // quantity() leaves room for the 1
            }
        }
        return [low, high, field = term.field](const Trace&, EventId id, const Event& event) {
            const std::uint64_t value = field == "time"    ? event.virtual_time
                                        : field == "event" ? id.value
                                        : field == "depth" ? event.depth
                                                           : event.irql;
            return value >= low && value <= high;
        };
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::string FilterProblem::to_text() const { return "column " + std::to_string(column) + ": " + what; }

Filter::Filter() = default;

std::variant<Filter, FilterProblem> Filter::compile(std::string_view expression) {
    if (expression.size() > longest_expression)
        return FilterProblem{longest_expression + 1, "the expression is longer than 16384 characters"};
    Filter filter;
    if (std::ranges::all_of(expression, blank)) return filter;
    try {
        filter.root_ = Parser(expression).parse();
    } catch (const Bad& bad) {
        return bad.problem;
    }
    return filter;
}

bool Filter::matches(const Trace& trace, EventId event) const {
    return !root_ || root_->matches(trace, event, trace.event(event));
}

}  // namespace chimneylab::trace
