// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/irql.h"

#include "engine/machine/machine.h"

namespace chimneylab::machine {

std::string irql_name(std::uint8_t level) {
    switch (level) {
    case passive_level: return "PASSIVE_LEVEL";
    case apc_level: return "APC_LEVEL";
    case dispatch_level: return "DISPATCH_LEVEL";
    case high_level: return "HIGH_LEVEL";
    default: return "IRQL " + std::to_string(level);
    }
}

void Irql::set(std::uint8_t level) {
    if (level == current_) return;
    trace::Event event;
    event.kind = trace::EventKind::irql_changed;
    event.layer = machine_.current_layer();
    event.detail = static_cast<std::uint64_t>(current_) << 8 | level;
    current_ = level;
    machine_.record(event);
}

std::uint8_t Irql::raise(std::uint8_t level, std::string_view function) {
    const std::uint8_t old = current_;
    if (level < old)
        machine_.finding(FindingKind::wrong_irql, std::string(function) + " raises the IRQL from " + irql_name(old) + " to " +
                                                      irql_name(level) + ", which is lower");
    set(level);
    return old;
}

void Irql::lower(std::uint8_t level, std::string_view function) {
    if (level > current_)
        machine_.finding(FindingKind::wrong_irql, std::string(function) + " lowers the IRQL from " + irql_name(current_) +
                                                      " to " + irql_name(level) + ", which is higher");
    set(level);
}

bool Irql::require_at_most(std::uint8_t level, std::string_view function) {
    if (current_ <= level) return true;
    machine_.finding(FindingKind::wrong_irql, machine_.layer_name(machine_.current_layer()) + " calls " +
                                                  std::string(function) + " at " + irql_name(current_) +
                                                  "; it may be called at " + irql_name(level) +
                                                  (level == passive_level ? " only" : " at most"));
    return false;
}

bool Irql::require_exactly(std::uint8_t level, std::string_view function) {
    if (current_ == level) return true;
    machine_.finding(FindingKind::wrong_irql, machine_.layer_name(machine_.current_layer()) + " calls " +
                                                  std::string(function) + " at " + irql_name(current_) +
                                                  "; it must be called at " + irql_name(level));
    return false;
}

RaisedIrql::RaisedIrql(Machine& machine, std::uint8_t level) : machine_(machine), old_(machine.irql().current()) {
    machine_.irql().set(level);
}

RaisedIrql::~RaisedIrql() { machine_.irql().set(old_); }

}  // namespace chimneylab::machine
