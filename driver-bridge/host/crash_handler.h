// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What is still done in a process whose driver has crashed, hangs, or calls exit(): the registers, the stack's top and
// the return addresses go into the shared area, as numbers, with functions that are safe in a signal handler; then the
// process ends. A second crash in here loses what comes after it, never what is written already.
// One per process; the area has to outlive it.
#pragma once

#include <filesystem>

#include "driver-bridge/host_client/shared_area.h"

namespace chimneylab::driver_host {

// For the whole process: signals, exit(), exhausted memory, forked copies (they end at once).
void watch_process(SharedArea& area);
// For the thread that will run drivers: a stack for the handlers, and the bounds of its own.
void watch_thread();

// Where the loaded files lie. Before a driver is loaded (`file` is what comes next) and after it (null).
void driver_is_loading(const std::filesystem::path& file, unsigned layer);
void driver_is_loaded();

// Ends the process; the record tells why and from where.
[[noreturn]] void end_process(Ending ending);
// The regular end.
[[noreturn]] void leave_process();

}  // namespace chimneylab::driver_host
