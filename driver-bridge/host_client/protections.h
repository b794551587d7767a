// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What a process that runs somebody's driver gives up before it loads it: the network, writing anywhere but in the driver's
// own folder, starting programs, looking into other processes. The kernel's own means are used directly (a network
// namespace, Landlock, seccomp), so that no other program stands between the host and its supervisor and nothing has to be
// installed; they need no privileges and work as root in a container as well. Where one of them is refused the others stay,
// and what is in force is told, never assumed. It contains mistakes and curiosity; it is no promise against an attacker of
// the kernel.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace chimneylab::driver_host {

struct Protections {
    bool no_network = false;       // no socket can be made (seccomp), or there is no interface (namespace)
    bool no_writes = false;        // outside the folders that were named
    bool no_writes_at_all = false; // there neither: only seccomp was to be had
    bool no_programs = false;      // nothing can be started, no other process can be looked into
    std::string means;             // "network namespace, Landlock, seccomp"
    [[nodiscard]] std::string to_text() const;  // "no network, no writes outside its folder, …"; "none: …"
    [[nodiscard]] bool all() const { return no_network && no_writes && no_programs; }
};

// Confines the calling process for good; it must have one thread. Never fails: what is in force is the answer.
Protections confine_process(const std::vector<std::filesystem::path>& writable);

// What confine_process() would reach here, tried in a process of its own.
[[nodiscard]] Protections available_protections();

}  // namespace chimneylab::driver_host
