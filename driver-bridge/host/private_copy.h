// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The name under which the dynamic loader knows a driver's private copy: /proc/<process>/fd/<number>.
#pragma once

#include <cstring>

namespace chimneylab::driver_host {

// May be called from a signal handler.
[[nodiscard]] inline bool is_private_copy(const char* name) {
    return std::strncmp(name, "/proc/", 6) == 0 && std::strstr(name, "/fd/") != nullptr;
}

}  // namespace chimneylab::driver_host
