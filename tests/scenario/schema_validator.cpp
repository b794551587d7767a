// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/scenario/schema_validator.h"

#include <charconv>
#include <regex>
#include <stdexcept>

#include "engine/scenario/document.h"

namespace chimneylab::scenario {

namespace {

using nlohmann::json;

class Validator {
public:
    explicit Validator(const json& root) : root_(root) {}

    std::vector<std::string> check(const json& schema, const json& value, const std::string& at) {
        std::vector<std::string> wrong;
        const auto object = [&](const std::string& what) { wrong.push_back(at + ": " + what); };
        const auto merge = [&](std::vector<std::string> more) { wrong.insert(wrong.end(), more.begin(), more.end()); };
        for (const auto& [keyword, argument] : schema.items()) {
            if (keyword == "$schema" || keyword == "$comment" || keyword == "title" || keyword == "description" ||
                keyword == "$defs") {
                continue;
            } else if (keyword == "$ref") {
                merge(check(root_.at(json::json_pointer(argument.get<std::string>().substr(1))), value, at));
            } else if (keyword == "type") {
                if (!is_type(value, argument.get<std::string>())) object("is not of type " + argument.dump());
            } else if (keyword == "enum") {
                if (std::find(argument.begin(), argument.end(), value) == argument.end())
                    object(value.dump() + " is not in the enum");
            } else if (keyword == "const") {
                if (value != argument) object("is not " + argument.dump());
            } else if (keyword == "minimum") {
                if (value.is_number() && value < argument) object("is less than " + argument.dump());
            } else if (keyword == "maximum") {
                if (value.is_number() && value > argument) object("is more than " + argument.dump());
            } else if (keyword == "minLength") {
                if (value.is_string() && value.get_ref<const std::string&>().size() < argument.get<std::size_t>())
                    object("is too short");
            } else if (keyword == "maxLength") {
                if (value.is_string() && value.get_ref<const std::string&>().size() > argument.get<std::size_t>())
                    object("is too long");
            } else if (keyword == "pattern") {
                if (value.is_string() &&
                    !std::regex_search(value.get<std::string>(),
                                       std::regex(argument.get<std::string>(), std::regex::ECMAScript))) {
                    object(value.dump() + " does not fit the pattern " + argument.dump());
                }
            } else if (keyword == "minItems") {
                if (value.is_array() && value.size() < argument.get<std::size_t>()) object("has too few items");
            } else if (keyword == "maxItems") {
                if (value.is_array() && value.size() > argument.get<std::size_t>()) object("has too many items");
            } else if (keyword == "items") {
                if (value.is_array()) {
                    for (std::size_t i = 0; i < value.size(); ++i)
                        merge(check(argument, value[i], at + "/" + std::to_string(i)));
                }
            } else if (keyword == "required") {
                for (const auto& key : argument) {
                    if (value.is_object() && !value.contains(key.get<std::string>())) object("lacks " + key.dump());
                }
            } else if (keyword == "properties") {
                for (const auto& [key, property] : argument.items()) {
                    if (value.is_object() && value.contains(key)) merge(check(property, value[key], at + "/" + key));
                }
            } else if (keyword == "additionalProperties") {
                if (!value.is_object()) continue;
                for (const auto& [key, member] : value.items()) {
                    if (schema.contains("properties") && schema["properties"].contains(key)) continue;
                    if (argument == false)
                        object("has the unknown key '" + key + "'");
                    else
                        merge(check(argument, member, at + "/" + key));
                }
            } else if (keyword == "propertyNames") {
                if (!value.is_object()) continue;
                for (const auto& [key, member] : value.items()) merge(check(argument, json(key), at + "/" + key));
            } else if (keyword == "oneOf" || keyword == "anyOf") {
                std::size_t fits = 0;
                for (const auto& choice : argument) fits += check(choice, value, at).empty() ? 1 : 0;
                if (fits == 0 || (keyword == "oneOf" && fits != 1))
                    object("fits " + std::to_string(fits) + " of " + keyword);
            } else if (keyword == "dependentRequired") {
                for (const auto& [key, needs] : argument.items()) {
                    for (const auto& need : needs) {
                        if (value.contains(key) && !value.contains(need.get<std::string>()))
                            object(key + " needs " + need.dump());
                    }
                }
            } else {
                throw std::logic_error("the schema uses a keyword that this test does not know: " + keyword);
            }
        }
        return wrong;
    }

private:
    static bool is_type(const json& value, const std::string& type) {
        if (type == "object") return value.is_object();
        if (type == "array") return value.is_array();
        if (type == "string") return value.is_string();
        if (type == "integer") return value.is_number_integer();
        if (type == "boolean") return value.is_boolean();
        throw std::logic_error("unknown type " + type);
    }
    const json& root_;
};

json as_json(const Node& node) {
    switch (node.kind) {
        case Node::Kind::null:
            return nullptr;
        case Node::Kind::sequence: {
            json list = json::array();
            for (const Node& item : node.items) list.push_back(as_json(item));
            return list;
        }
        case Node::Kind::mapping: {
            json mapping = json::object();
            for (const Node::Entry& entry : node.entries) mapping[entry.key.scalar] = as_json(entry.value);
            return mapping;
        }
        case Node::Kind::scalar:
            break;
    }
    if (!node.quoted) {
        if (node.scalar == "true") return true;
        if (node.scalar == "false") return false;
        const bool hex = node.scalar.starts_with("0x");
        const char* begin = node.scalar.data() + (hex ? 2 : 0);
        const char* end = node.scalar.data() + node.scalar.size();
        std::int64_t number = 0;
        if (const auto [stop, error] = std::from_chars(begin, end, number, hex ? 16 : 10);
            error == std::errc{} && stop == end && begin != end)
            return number;
    }
    return node.scalar;
}

}  // namespace

std::vector<std::string> schema_objections(const json& root_schema, const json& value) {
    return Validator(root_schema).check(root_schema, value, "");
}

json yaml_as_json(std::string_view text) {
    Problems problems("text");
    const std::optional<Node> root = parse_document(text, problems);
    return root ? as_json(*root) : json();
}

}  // namespace chimneylab::scenario
