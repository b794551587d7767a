// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The two crossings of the DDI boundary, as scopes. DriverCall: NDIS (or the machine) calls a driver's handler.
// NdisCall: a driver calls into NDIS. Each records enter and leave, moves the clock by the cost of a crossing, makes the
// callee's layer the current one and restores the caller's. On the way out a handler that returns at another IRQL than it
// was called at is a wrong_irql finding, and the level is restored.
// Pointers given here are translated for the trace. Scopes nest strictly; live on the stack only.
#pragma once

#include <optional>
#include <string_view>

#include "engine/trace/event.h"

namespace chimneylab::machine {

class Machine;

struct CallDetails {
    const void* subject = nullptr;                   // the handle argument
    trace::RegionId region{};                        // the root block's region, for block-list calls
    trace::OperationId operation{};
    trace::OperationKind operation_kind = trace::OperationKind::none;
    std::uint64_t detail = 0;
    std::uint32_t argument = 0;
    std::optional<trace::LayerIndex> caller{};        // else the current layer
    std::optional<std::uint8_t> irql{};               // raise or lower to this level for the call; else the current level
    bool looked = false;                             // memory was looked at for this call, and no driver ran since
    bool irql_may_change = false;                    // for a cancel routine: it gives the cancel spin lock back
};

class Crossing {
public:
    Crossing(const Crossing&) = delete;
    Crossing& operator=(const Crossing&) = delete;

    // The status the function returns; a function without one never calls this.
    void set_status(std::int32_t status) { status_ = status; }
    void set_argument(std::uint32_t argument) { argument_ = argument; }  // of the leave
    template <typename Status>
    Status returns(Status status) { set_status(static_cast<std::int32_t>(status)); return status; }
    [[nodiscard]] trace::EventId event() const { return enter_; }

protected:
    Crossing(Machine& machine, trace::LayerIndex callee, trace::LayerIndex caller, std::string_view function,
             const CallDetails& details, bool check_irql);
    ~Crossing();

private:
    Machine& machine_;
    Machine* previous_machine_;
    trace::LayerIndex previous_layer_;
    trace::EventId enter_;
    std::optional<std::int32_t> status_;
    std::uint32_t argument_ = 0;
    std::uint8_t irql_outside_;
    std::uint8_t irql_inside_;
    bool check_irql_;
};

// layer = the driver, other_layer = NDIS unless details.caller says otherwise (machine_layer for IRPs and DriverEntry).
class DriverCall : public Crossing {
public:
    DriverCall(Machine& machine, trace::LayerIndex driver, std::string_view function, const CallDetails& details = {});
};

// layer = NDIS, other_layer = the current layer.
class NdisCall : public Crossing {
public:
    NdisCall(Machine& machine, std::string_view function, const CallDetails& details = {});
};

}  // namespace chimneylab::machine
