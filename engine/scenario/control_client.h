// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A user-mode program's side of a control device: opens it, sends METHOD_BUFFERED requests, closes it. A command is one
// C structure that is input and output (host_stack_control.h, offload_target_control.h). Single-threaded like the
// machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/machine/machine.h"

namespace chimneylab::scenario {

class ControlClient {
public:
    ControlClient(machine::Machine& machine, std::string_view device);
    ~ControlClient();
    ControlClient(const ControlClient&) = delete;
    ControlClient& operator=(const ControlClient&) = delete;

    [[nodiscard]] bool is_open() const { return open_; }
    void close();

    // The structure begins with a command header whose `size` is the first member. False when the request itself
    // failed; otherwise the structure's `result` tells.
    template <typename Command>
    bool send(std::uint32_t code, Command& command) {
        command.command.size = sizeof(Command);
        return send_bytes(code, {reinterpret_cast<std::byte*>(&command), sizeof(Command)});
    }
    // The same for a structure with a variable tail; the caller has set `size`.
    bool send_bytes(std::uint32_t code, std::span<std::byte> command);

private:
    machine::Machine& machine_;
    machine::FileId file_;
    bool open_ = false;
};

}  // namespace chimneylab::scenario
