// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/configuration_store.h"

#include "engine/machine/unicode.h"

namespace chimneylab::machine {
namespace {

std::string folded(std::string_view name) {
    std::u16string text = to_utf16(name);
    for (char16_t& character : text) character = upcase(character);
    return to_utf8(text);
}

// Without backslashes at either end, and doubled ones taken as one.
std::string normal_path(std::string_view path) {
    std::string result;
    for (const char character : path) {
        if (character == '\\' && (result.empty() || result.back() == '\\')) continue;
        result.push_back(character);
    }
    if (!result.empty() && result.back() == '\\') result.pop_back();
    return result;
}

}  // namespace

void ConfigurationStore::create_key(std::string_view key) {
    const std::string path = normal_path(key);
    for (std::size_t end = path.find('\\');; end = path.find('\\', end + 1)) {
        const std::string_view part = std::string_view(path).substr(0, end);
        const std::size_t name = part.rfind('\\');
        keys_.try_emplace(folded(part), Key{std::string(name == std::string_view::npos ? part : part.substr(name + 1)), {}});
        if (end == std::string::npos) break;
    }
}

void ConfigurationStore::set(std::string_view key, std::string_view name, ConfigurationValue value) {
    create_key(key);
    keys_[folded(normal_path(key))].values[folded(name)] = Value{std::string(name), std::move(value)};
}

void ConfigurationStore::set_integer(std::string_view key, std::string_view name, std::uint32_t value) {
    set(key, name, {ConfigurationValue::Integer{value}});
}

void ConfigurationStore::set_hex_integer(std::string_view key, std::string_view name, std::uint32_t value) {
    set(key, name, {ConfigurationValue::HexInteger{value}});
}

void ConfigurationStore::set_text(std::string_view key, std::string_view name, std::string_view utf8) {
    set(key, name, {to_utf16(utf8)});
}

void ConfigurationStore::set_multi_text(std::string_view key, std::string_view name, const std::vector<std::string>& utf8) {
    ConfigurationValue::MultiText texts;
    for (const std::string& text : utf8) texts.push_back(to_utf16(text));
    set(key, name, {std::move(texts)});
}

void ConfigurationStore::set_binary(std::string_view key, std::string_view name, std::vector<std::byte> value) {
    set(key, name, {std::move(value)});
}

void ConfigurationStore::remove(std::string_view key, std::string_view name) {
    const auto found = keys_.find(folded(normal_path(key)));
    if (found != keys_.end()) found->second.values.erase(folded(name));
}

const ConfigurationValue* ConfigurationStore::find(std::string_view key, std::string_view name) const {
    const auto found = keys_.find(folded(normal_path(key)));
    if (found == keys_.end()) return nullptr;
    const auto value = found->second.values.find(folded(name));
    return value == found->second.values.end() ? nullptr : &value->second.value;
}

bool ConfigurationStore::has_key(std::string_view key) const { return keys_.contains(folded(normal_path(key))); }

std::vector<std::string> ConfigurationStore::subkeys(std::string_view key) const {
    const std::string path = folded(normal_path(key));
    const std::string prefix = path.empty() ? path : path + "\\";
    std::vector<std::string> names;
    for (auto at = keys_.lower_bound(prefix); at != keys_.end() && at->first.starts_with(prefix); ++at)
        if (at->first.find('\\', prefix.size()) == std::string::npos) names.push_back(at->second.name);
    return names;
}

std::vector<std::string> ConfigurationStore::values(std::string_view key) const {
    std::vector<std::string> names;
    const auto found = keys_.find(folded(normal_path(key)));
    if (found == keys_.end()) return names;
    for (const auto& [folded_name, value] : found->second.values) names.push_back(value.name);
    return names;
}

std::optional<std::string> ConfigurationStore::key_of(void* ndis_handle) const {
    return resolver_ ? resolver_(ndis_handle) : std::nullopt;
}

}  // namespace chimneylab::machine
