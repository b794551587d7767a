// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/control_client.h"

#include <algorithm>
#include <cstring>

namespace chimneylab::scenario {

ControlClient::ControlClient(machine::Machine& machine, std::string_view device) : machine_(machine) {
    const machine::DeviceTable::Opened opened = machine_.devices().open(device);
    open_ = opened.status == 0;
    file_ = opened.file;
}

ControlClient::~ControlClient() { close(); }

void ControlClient::close() {
    if (!open_) return;
    open_ = false;
    machine_.devices().close(file_);
}

bool ControlClient::send_bytes(std::uint32_t code, std::span<std::byte> command) {
    if (!open_) return false;
    const machine::DeviceResult result = machine_.devices().control(file_, code, command, command.size());
    if (result.status != 0 || !result.completed) return false;
    std::memcpy(command.data(), result.output.data(), std::min(command.size(), result.output.size()));
    return true;
}

}  // namespace chimneylab::scenario
