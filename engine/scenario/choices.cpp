// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/choices.h"

#include <charconv>

#include "engine/trace/text.h"

namespace chimneylab::scenario {

namespace {

bool read_number(std::string_view text, std::uint32_t& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

std::string bad(std::string_view one) {
    return "the choice '" + std::string(one) +
           "' cannot be read: write the number of a pending item, then =STATUS, =STATUS@BLOCK, !allocation, !drop or !double if wanted";
}

}  // namespace

std::string to_text(const Choice& choice) {
    std::string text = std::to_string(choice.item);
    if (choice.status != 0) {
        text += '=';
        text += trace::short_status_text(choice.status);
        if (choice.block != 0) text += '@' + std::to_string(choice.block);
    }
    if (choice.fault == Choice::Fault::allocation) text += "!allocation";
    if (choice.fault == Choice::Fault::dropped) text += "!drop";
    if (choice.fault == Choice::Fault::doubled) text += "!double";
    return text;
}

std::string to_text(const std::vector<Choice>& choices) {
    std::string text;
    for (const Choice& choice : choices) {
        if (!text.empty()) text += ',';
        text += to_text(choice);
    }
    return text;
}

std::variant<std::vector<Choice>, std::string> parse_choices(std::string_view text) {
    std::vector<Choice> choices;
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        const std::string_view one = text.substr(0, comma);
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
        std::string_view rest = one;
        Choice choice;
        if (const std::size_t mark = rest.find('!'); mark != std::string_view::npos) {
            const std::string_view fault = rest.substr(mark + 1);
            if (fault == "allocation") choice.fault = Choice::Fault::allocation;
            else if (fault == "drop") choice.fault = Choice::Fault::dropped;
            else if (fault == "double") choice.fault = Choice::Fault::doubled;
            else return bad(one);
            rest = rest.substr(0, mark);
        }
        if (const std::size_t equals = rest.find('='); equals != std::string_view::npos) {
            std::string_view status = rest.substr(equals + 1);
            if (const std::size_t at = status.find('@'); at != std::string_view::npos) {
                if (!read_number(status.substr(at + 1), choice.block)) return bad(one);
                status = status.substr(0, at);
            }
            const std::optional<std::int32_t> value = trace::parse_status(status);
            if (!value) return bad(one);
            choice.status = *value;
            rest = rest.substr(0, equals);
        }
        if (!read_number(rest, choice.item)) return bad(one);
        choices.push_back(choice);
    }
    return choices;
}

}  // namespace chimneylab::scenario
