// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Small words for describing a call across the driver boundary.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "engine/machine/machine.h"

namespace chimneylab::ndis {

// The handle argument of a call; irql only where NDIS calls at a level of its own.
[[nodiscard]] inline machine::CallDetails about(const void* subject) {
    machine::CallDetails details;
    details.subject = subject;
    return details;
}

[[nodiscard]] inline machine::CallDetails about(const void* subject, std::uint8_t irql) {
    machine::CallDetails details = about(subject);
    details.irql = irql;
    return details;
}

[[nodiscard]] inline std::string hexadecimal(std::int32_t status) {
    char text[16];
    std::snprintf(text, sizeof(text), "0x%08X", static_cast<unsigned>(status));
    return text;
}

}  // namespace chimneylab::ndis
