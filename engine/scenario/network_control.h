// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The scenario's network: a peer for every connection, attached to the offload target's adapter, and the steps that are
// about peers and the link. Private to engine/scenario. Made before the objects, ended before the machine.
#pragma once

#include <memory>
#include <vector>

#include "engine/network/network.h"
#include "engine/scenario/host_stack_client.h"
#include "engine/scenario/run.h"
#include "engine/scenario/target_client.h"

namespace chimneylab::scenario {

class NetworkControl {
public:
    NetworkControl(machine::Machine& machine, const network::LinkSettings& settings, trace::LayerIndex target)
        : settings_(settings), network_(machine, settings, target) {}

    // Before anything is offloaded.
    Refusal attach(TargetClient& target, const Objects& objects);
    void connect_link(bool connected) { network_.connect_link(connected); }
    Refusal act(const Step& step);
    [[nodiscard]] std::vector<StreamResult> streams(HostStackClient& host);

private:
    network::LinkSettings settings_;  // as they were at the beginning
    network::Network network_;
};

}  // namespace chimneylab::scenario
