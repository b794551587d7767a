// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The configuration (registry) that drivers read through NdisOpenConfigurationEx. Keys are paths of names separated by
// backslashes; key and value names compare without regard to case, as the registry does. Conventional keys:
//   adapter\<device name>   protocol\<protocol name>[\adapter\<device name>]   driver\<driver name>
// Which key a handle opens is NDIS's knowledge: it sets the key resolver. Text is UTF-16. Owned by Machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace chimneylab::machine {

struct ConfigurationValue {
    struct Integer { std::uint32_t value; friend bool operator==(const Integer&, const Integer&) = default; };
    struct HexInteger { std::uint32_t value; friend bool operator==(const HexInteger&, const HexInteger&) = default; };
    using Text = std::u16string;
    using MultiText = std::vector<std::u16string>;
    using Binary = std::vector<std::byte>;
    std::variant<Integer, HexInteger, Text, MultiText, Binary> data;
    friend bool operator==(const ConfigurationValue&, const ConfigurationValue&) = default;
};

class ConfigurationStore {
public:
    void set(std::string_view key, std::string_view name, ConfigurationValue value);
    void set_integer(std::string_view key, std::string_view name, std::uint32_t value);
    void set_hex_integer(std::string_view key, std::string_view name, std::uint32_t value);
    void set_text(std::string_view key, std::string_view name, std::string_view utf8);
    void set_multi_text(std::string_view key, std::string_view name, const std::vector<std::string>& utf8);
    void set_binary(std::string_view key, std::string_view name, std::vector<std::byte> value);
    void create_key(std::string_view key);
    void remove(std::string_view key, std::string_view name);

    [[nodiscard]] const ConfigurationValue* find(std::string_view key, std::string_view name) const;
    [[nodiscard]] bool has_key(std::string_view key) const;
    [[nodiscard]] std::vector<std::string> subkeys(std::string_view key) const;  // names as written, sorted
    [[nodiscard]] std::vector<std::string> values(std::string_view key) const;

    // Set by NDIS: which key NdisOpenConfigurationEx opens for the NdisHandle of its argument; no value: not a handle that
    // has one. Without a resolver every open fails.
    using KeyResolver = std::function<std::optional<std::string>(void* ndis_handle)>;
    void set_key_resolver(KeyResolver resolver) { resolver_ = std::move(resolver); }
    [[nodiscard]] std::optional<std::string> key_of(void* ndis_handle) const;

private:
    struct Value { std::string name; ConfigurationValue value; };
    struct Key { std::string name; std::map<std::string, Value> values; };
    std::map<std::string, Key> keys_;  // by folded path
    KeyResolver resolver_;
};

}  // namespace chimneylab::machine
