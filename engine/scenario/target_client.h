// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What a scenario asks of the offload target, through its control device
// (engine/offload_target/offload_target_control.h). Private to engine/scenario.
#pragma once

#include "engine/offload_target/offload_target_control.h"
#include "engine/scenario/control_client.h"
#include "engine/scenario/host_stack_client.h"

namespace chimneylab::scenario {

class TargetClient {
public:
    TargetClient(machine::Machine& machine, const HostStackClient& objects);

    [[nodiscard]] bool is_open() const { return device_.is_open(); }
    void close() { device_.close(); }

    Refusal set_capacities(const Capacities& capacities);
    // Fills in what the driver answers.
    Refusal attach_wire(chimney_target_wire& wire);
    Refusal apply(const TargetSettings& settings);
    // One block of the next operation of this kind that comes due gets this status.
    Refusal fail_block_once(OperationKind operation, std::uint32_t block, std::int32_t status);
    Refusal indicate_event(const Step& step);
    Refusal data_arrives(const Step& step);
    Refusal set_link(bool connected);  // the cable
    Refusal indicate_status(const Step& step);
    // `root`: of the operation that will be completed, as the driver has it; null when refused.
    Refusal release(const Step& step, const void*& root);
    Refusal add_failure(const TargetFailure& failure);
    Refusal add_completion_order(const Fault& fault);  // completion_delayed, _reordered, _early
    Refusal clear_failures();                          // and completion orders

private:
    const HostStackClient& objects_;
    ControlClient device_;
};

}  // namespace chimneylab::scenario
