// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/crossing.h"

#include "engine/machine/machine.h"

namespace chimneylab::machine {

Crossing::Crossing(Machine& machine, trace::LayerIndex callee, trace::LayerIndex caller, std::string_view function,
                   const CallDetails& details, bool check_irql)
    : machine_(machine), previous_machine_(Machine::current()), previous_layer_(machine.current_layer_),
      irql_outside_(machine.irql_.current()), check_irql_(check_irql && !details.irql_may_change) {
    if (!details.looked) machine_.observe_now();
    if (details.irql) machine_.irql_.set(*details.irql);
    irql_inside_ = machine_.irql_.current();
    trace::Event event;
    event.name = machine_.recorder_.intern(function);
    event.layer = callee;
    event.other_layer = caller;
    event.subject = machine_.address_space_->translate(details.subject);
    event.detail = details.detail;
    event.argument = details.argument;
    event.region = details.region;
    event.operation = details.operation;
    event.operation_kind = details.operation_kind;
    event.irql = irql_inside_;
    machine_.clock_.advance(machine_.options_.crossing_cost);
    enter_ = machine_.recorder_.enter(event);
    machine_.current_layer_ = callee;
    Machine::set_current(&machine_);
}

Crossing::~Crossing() {
    machine_.observe_now();
    if (check_irql_ && machine_.irql_.current() != irql_inside_) {
        const trace::Event entered = machine_.recorder_.trace().event(enter_);
        machine_.finding(FindingKind::wrong_irql, std::string(machine_.recorder_.trace().text(entered.name)) + " of " +
                                                      machine_.layer_name(entered.layer) + " was called at " +
                                                      irql_name(irql_inside_) + " and returns at " +
                                                      irql_name(machine_.irql_.current()));
        machine_.irql_.set(irql_inside_);
    }
    machine_.clock_.advance(machine_.options_.crossing_cost);
    machine_.recorder_.leave(enter_, status_.value_or(0), status_.has_value(), argument_);
    machine_.current_layer_ = previous_layer_;
    Machine::set_current(previous_machine_);
    if (check_irql_) machine_.irql_.set(irql_outside_);
}

DriverCall::DriverCall(Machine& machine, trace::LayerIndex driver, std::string_view function, const CallDetails& details)
    : Crossing(machine, driver, details.caller.value_or(trace::ndis_layer), function, details, true) {}

NdisCall::NdisCall(Machine& machine, std::string_view function, const CallDetails& details)
    : Crossing(machine, trace::ndis_layer, details.caller.value_or(machine.current_layer()), function, details, false) {}

}  // namespace chimneylab::machine
