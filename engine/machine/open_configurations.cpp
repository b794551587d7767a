// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/open_configurations.h"

#include <ndis.h>

#include <cstring>

#include "engine/machine/machine.h"
#include "engine/machine/unicode.h"

namespace chimneylab::machine {
namespace {

constexpr std::uint32_t configuration_tag = 0x666E6F43;  // 'Conf'

std::optional<std::uint32_t> parse_integer(std::u16string_view text, unsigned base) {
    while (!text.empty() && text.front() == u' ') text.remove_prefix(1);
    if (base == 16 && text.size() > 2 && text[0] == u'0' && (text[1] | 0x20) == u'x') text.remove_prefix(2);
    if (text.empty()) return std::nullopt;
    std::uint64_t value = 0;
    for (const char16_t character : text) {
        const char16_t lower = character >= u'A' && character <= u'F' ? static_cast<char16_t>(character + 0x20) : character;
        const unsigned digit = lower >= u'0' && lower <= u'9' ? lower - u'0' : lower >= u'a' && lower <= u'f' ? lower - u'a' + 10u : 99u;
        if (digit >= base) return std::nullopt;
        value = value * base + digit;
        if (value > 0xFFFFFFFF) return std::nullopt;
    }
    return static_cast<std::uint32_t>(value);
}

}  // namespace

OpenConfigurations::OpenConfigurations(Machine& machine) : machine_(machine) {}
OpenConfigurations::~OpenConfigurations() = default;

Handle OpenConfigurations::open(std::string key) {
    auto opened = std::make_unique<Open>(Open{std::move(key), {}});
    const Handle handle = machine_.handles().open(HandleKind::configuration, machine_.current_layer(), opened.get());
    open_.emplace(handle, std::move(opened));
    return handle;
}

void OpenConfigurations::close(Handle handle, std::string_view function) {
    auto* opened = machine_.handles().resolve<Open>(handle, HandleKind::configuration, function);
    if (!opened) return;
    for (void* lent : opened->lent) machine_.pool().free(lent, function);
    machine_.handles().close(handle, HandleKind::configuration, function);
    open_.erase(handle);
}

const std::string* OpenConfigurations::key_of(Handle handle, std::string_view function) {
    auto* opened = machine_.handles().resolve<Open>(handle, HandleKind::configuration, function);
    return opened ? &opened->key : nullptr;
}

void* OpenConfigurations::lend(Open& open, std::size_t bytes, std::string_view function) {
    void* const memory = machine_.pool().allocate_zeroed(bytes, configuration_tag, function, trace::ndis_layer);
    if (memory) open.lent.push_back(memory);
    return memory;
}

_NDIS_CONFIGURATION_PARAMETER* OpenConfigurations::read(Handle handle, std::string_view name, int type, std::string_view function) {
    auto* opened = machine_.handles().resolve<Open>(handle, HandleKind::configuration, function);
    if (!opened) return nullptr;
    const ConfigurationValue* value = machine_.configuration().find(opened->key, name);
    if (!value) return nullptr;

    std::optional<std::uint32_t> integer;
    bool hexadecimal = false;
    std::vector<std::byte> bytes;
    NDIS_PARAMETER_TYPE stored = NdisParameterInteger;
    if (const auto* number = std::get_if<ConfigurationValue::Integer>(&value->data)) {
        integer = number->value;
    } else if (const auto* hex = std::get_if<ConfigurationValue::HexInteger>(&value->data)) {
        integer = hex->value;
        hexadecimal = true;
    } else if (const auto* text = std::get_if<ConfigurationValue::Text>(&value->data)) {
        if (type == NdisParameterInteger || type == NdisParameterHexInteger) {
            hexadecimal = type == NdisParameterHexInteger;
            integer = parse_integer(*text, hexadecimal ? 16 : 10);
            if (!integer) return nullptr;
        } else {
            stored = NdisParameterString;
            const auto* data = reinterpret_cast<const std::byte*>(text->data());
            bytes.assign(data, data + text->size() * sizeof(WCHAR));
        }
    } else if (const auto* texts = std::get_if<ConfigurationValue::MultiText>(&value->data)) {
        stored = NdisParameterMultiString;
        for (const std::u16string& one : *texts) {
            const auto* data = reinterpret_cast<const std::byte*>(one.c_str());
            bytes.insert(bytes.end(), data, data + (one.size() + 1) * sizeof(WCHAR));
        }
    } else {
        stored = NdisParameterBinary;
        bytes = std::get<ConfigurationValue::Binary>(value->data);
    }
    if (bytes.size() + sizeof(WCHAR) > MAXUSHORT) return nullptr;

    // One piece of memory: the parameter, then its bytes and a terminating zero.
    auto* parameter = static_cast<NDIS_CONFIGURATION_PARAMETER*>(
        lend(*opened, sizeof(NDIS_CONFIGURATION_PARAMETER) + bytes.size() + 2 * sizeof(WCHAR), function));
    if (!parameter) return nullptr;
    if (integer) {
        parameter->ParameterType = hexadecimal ? NdisParameterHexInteger : NdisParameterInteger;
        parameter->ParameterData.IntegerData = *integer;
        return parameter;
    }
    auto* data = reinterpret_cast<std::byte*>(parameter + 1);
    if (!bytes.empty()) std::memcpy(data, bytes.data(), bytes.size());
    parameter->ParameterType = stored;
    if (stored == NdisParameterBinary) {
        parameter->ParameterData.BinaryData.Length = static_cast<USHORT>(bytes.size());
        parameter->ParameterData.BinaryData.Buffer = data;
    } else {
        parameter->ParameterData.StringData.Length = static_cast<USHORT>(bytes.size());
        parameter->ParameterData.StringData.MaximumLength = static_cast<USHORT>(bytes.size() + sizeof(WCHAR));
        parameter->ParameterData.StringData.Buffer = reinterpret_cast<PWSTR>(data);
    }
    return parameter;
}

std::int32_t OpenConfigurations::write(Handle handle, std::string_view name, const _NDIS_CONFIGURATION_PARAMETER& parameter,
                                       std::string_view function) {
    const std::string* key = key_of(handle, function);
    if (!key) return NDIS_STATUS_FAILURE;
    const std::string path = *key;
    switch (parameter.ParameterType) {
    case NdisParameterInteger:
        machine_.configuration().set_integer(path, name, parameter.ParameterData.IntegerData);
        return NDIS_STATUS_SUCCESS;
    case NdisParameterHexInteger:
        machine_.configuration().set_hex_integer(path, name, parameter.ParameterData.IntegerData);
        return NDIS_STATUS_SUCCESS;
    case NdisParameterString:
        machine_.configuration().set(path, name, {std::u16string(view(&parameter.ParameterData.StringData))});
        return NDIS_STATUS_SUCCESS;
    case NdisParameterMultiString: {
        ConfigurationValue::MultiText texts;
        std::u16string_view rest = view(&parameter.ParameterData.StringData);
        while (!rest.empty() && rest.front() != 0) {
            const std::size_t end = rest.find(u'\0');
            texts.emplace_back(rest.substr(0, end));
            rest = end == std::u16string_view::npos ? std::u16string_view() : rest.substr(end + 1);
        }
        machine_.configuration().set(path, name, {std::move(texts)});
        return NDIS_STATUS_SUCCESS;
    }
    case NdisParameterBinary: {
        const auto* data = static_cast<const std::byte*>(parameter.ParameterData.BinaryData.Buffer);
        machine_.configuration().set_binary(path, name, {data, data + parameter.ParameterData.BinaryData.Length});
        return NDIS_STATUS_SUCCESS;
    }
    }
    return NDIS_STATUS_NOT_SUPPORTED;
}

void* OpenConfigurations::read_network_address(Handle handle, std::uint32_t* length, std::string_view function) {
    *length = 0;
    auto* opened = machine_.handles().resolve<Open>(handle, HandleKind::configuration, function);
    if (!opened) return nullptr;
    const ConfigurationValue* value = machine_.configuration().find(opened->key, "NetworkAddress");
    const auto* text = value ? std::get_if<ConfigurationValue::Text>(&value->data) : nullptr;
    if (!text) return nullptr;
    std::u16string digits;
    for (const char16_t character : *text)
        if (character != u'-' && character != u':') digits.push_back(character);
    if (digits.empty() || digits.size() % 2 != 0) return nullptr;
    std::vector<std::uint8_t> address;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const auto byte = parse_integer(std::u16string_view(digits).substr(i, 2), 16);
        if (!byte) return nullptr;
        address.push_back(static_cast<std::uint8_t>(*byte));
    }
    void* const memory = lend(*opened, address.size(), function);
    if (!memory) return nullptr;
    std::memcpy(memory, address.data(), address.size());
    *length = static_cast<std::uint32_t>(address.size());
    return memory;
}

bool OpenConfigurations::lend_text(Handle handle, std::string_view utf8, _UNICODE_STRING* text, std::string_view function) {
    auto* opened = machine_.handles().resolve<Open>(handle, HandleKind::configuration, function);
    if (!opened) return false;
    const std::u16string wide = to_utf16(utf8);
    const std::size_t bytes = wide.size() * sizeof(WCHAR);
    if (bytes + sizeof(WCHAR) > MAXUSHORT) return false;
    auto* buffer = static_cast<WCHAR*>(lend(*opened, bytes + sizeof(WCHAR), function));
    if (!buffer) return false;
    if (bytes != 0) std::memcpy(buffer, wide.data(), bytes);
    text->Buffer = buffer;
    text->Length = static_cast<USHORT>(bytes);
    text->MaximumLength = static_cast<USHORT>(bytes + sizeof(WCHAR));
    return true;
}

}  // namespace chimneylab::machine
