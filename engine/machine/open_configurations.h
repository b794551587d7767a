// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The configuration handles that drivers hold: which key each opened, and the parameters it was given through it, which
// are NDIS's memory and go when the handle is closed. Owned by Machine.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/trace/event.h"

struct _NDIS_CONFIGURATION_PARAMETER;
struct _UNICODE_STRING;

namespace chimneylab::machine {

class Machine;
using Handle = void*;

class OpenConfigurations {
public:
    explicit OpenConfigurations(Machine& machine);
    ~OpenConfigurations();

    Handle open(std::string key);
    void close(Handle handle, std::string_view function);
    // The key's path; null after a finding.
    [[nodiscard]] const std::string* key_of(Handle handle, std::string_view function);

    // type is the NDIS_PARAMETER_TYPE asked for: text is converted when an integer is wanted. Null when the value is absent,
    // cannot be converted or memory ran out.
    [[nodiscard]] _NDIS_CONFIGURATION_PARAMETER* read(Handle handle, std::string_view name, int type, std::string_view function);
    // NDIS_STATUS.
    std::int32_t write(Handle handle, std::string_view name, const _NDIS_CONFIGURATION_PARAMETER& parameter, std::string_view function);
    // The bytes of the text value NetworkAddress ("00-1B-21-…", separators optional); null if absent or ill-formed.
    [[nodiscard]] void* read_network_address(Handle handle, std::uint32_t* length, std::string_view function);
    // A copy of the text that lives as long as the handle. False when memory ran out.
    bool lend_text(Handle handle, std::string_view utf8, _UNICODE_STRING* text, std::string_view function);

private:
    struct Open {
        std::string key;
        std::vector<void*> lent;
    };
    [[nodiscard]] void* lend(Open& open, std::size_t bytes, std::string_view function);

    Machine& machine_;
    std::map<Handle, std::unique_ptr<Open>> open_;
};

}  // namespace chimneylab::machine
