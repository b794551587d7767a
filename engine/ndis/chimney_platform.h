// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The machine as the platform of the chimney dispatch (engine/ndis/core): handles, memory, crossings, findings.
#pragma once

#include <deque>
#include <vector>

#include "engine/ndis/circulation.h"
#include "engine/ndis/completion_faults.h"
#include "engine/ndis/observation/observer.h"
#include "engine/ndis/system.h"

namespace chimneylab::ndis {

class ChimneyPlatform {
public:
    explicit ChimneyPlatform(System& system);
    ChimneyPlatform(const ChimneyPlatform&) = delete;
    ChimneyPlatform& operator=(const ChimneyPlatform&) = delete;

    [[nodiscard]] const CHIMNEY_PLATFORM* platform() const { return &platform_; }
    [[nodiscard]] CompletionFaults& completion_faults() { return completion_faults_; }

private:
    void ndis_call_begins(CHIMNEY_CALL& call);
    void ndis_call_ends(CHIMNEY_CALL& call);
    void handler_begins(CHIMNEY_CALL& call);
    void handler_ends(CHIMNEY_CALL& call);
    void report(const CHIMNEY_CALL& call, CHIMNEY_FINDING finding, const void* subject, const char* explanation);

    System& system_;
    machine::Machine& machine_;
    observation::Observer& observer_;
    CHIMNEY_PLATFORM platform_{};
    Circulation circulation_;
    CompletionFaults completion_faults_;
    std::deque<trace::CompletionFault> faults_;       // by open NDIS call: what happens to the completion it makes
    std::deque<machine::NdisCall> ndis_calls_;        // open crossings; they nest
    std::deque<machine::DriverCall> handler_calls_;
};

}  // namespace chimneylab::ndis
