// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/ndis/circulation.h"

#include <string_view>

namespace chimneylab::ndis {

using machine::FindingKind;

namespace {

// What one delivery is about: the tree, the first list of the run, or the offload handle.
[[nodiscard]] const void* what(const CHIMNEY_CALL& call) {
    if (call.Kind == ChimneyOperationUp) return call.Block;
    if (call.Kind == ChimneyTransferUp) return call.NetBufferLists;
    // NdisMOffloadEventIndicate is given an adapter and calls with a binding context: the binding alone is common to both.
    const std::string_view name = call.Name;
    if (name == "NdisMOffloadEventIndicate" || name == "ProtocolIndicateOffloadEvent") return nullptr;
    return call.Handle;
}

}  // namespace

void Circulation::goes_down(const void* what, const void* binding) {
    const Key key{what, binding};
    outstanding_.insert(key);
    deliveries_.erase(key);
    self_.erase(key);
}

std::string Circulation::describe(const CHIMNEY_CALL& call, const Binding& recipient, LayerIndex caller) const {
    const std::string driver = system_.who(caller);
    const std::string binding = "its own binding to " + recipient.adapter->name;
    if (call.Kind == ChimneyOperationUp)
        return driver + " completes to itself: SourceHandle of the root block still names " + binding +
               ", because the value that came in with the MiniportXxxOffload call was not put back. " + call.Name +
               " would call " + driver + " for ever";
    if (call.Kind == ChimneyTransferUp)
        return driver + " completes to itself: SourceHandle of a NET_BUFFER_LIST still names " + binding +
               ", because the value it came in with was not put back. " + call.Name + " would call " + driver + " for ever";
    return driver + " indicates to itself: the handle it gives to " + call.Name + " is its own, offloaded on " + binding +
           ", and not the one it was given at initiate. " + driver + " would be called for ever";
}

bool Circulation::admit(const CHIMNEY_CALL& call, const Binding& recipient, LayerIndex caller) {
    machine::Machine& machine = system_.machine();
    const Key key{what(call), recipient.chimney.Handle};
    const LayerIndex miniport = recipient.adapter->driver->layer;
    const bool completion = call.Kind == ChimneyOperationUp || call.Kind == ChimneyTransferUp;
    if (recipient.protocol->layer == caller && miniport != caller) {
        if (self_[key]++ >= system_.options().laps) {
            machine.finding_about(caller, FindingKind::endless_completion, describe(call, recipient, caller) + "; it was stopped here", key.first);
            self_.erase(key);
            return false;
        }
    } else if (miniport != caller) {
        machine.strict_finding(system_.who(caller) + " calls " + call.Name + " for something that went down to " + system_.who(miniport), key.first);
    }
    if (completion) {
        const bool outstanding = outstanding_.erase(key) != 0;
        if (!outstanding &&
            machine.strict_finding(system_.who(caller) + " completes to " + system_.who(recipient.protocol->layer) + " what is not outstanding there (" +
                                       call.Name + "); it is not delivered",
                                   key.first))
            return false;
        if (++deliveries_[key] > most_deliveries) {
            machine.finding_about(caller, FindingKind::endless_completion,
                                  std::string(call.Name) + " came to " + system_.who(recipient.protocol->layer) + " " +
                                      std::to_string(most_deliveries) +
                                      " times without anything having gone down in between: it goes round in circles and was stopped here",
                                  key.first);
            deliveries_.erase(key);
            return false;
        }
        return true;
    }
    if (nested_[key] >= most_deliveries) {
        machine.finding_about(caller, FindingKind::endless_completion,
                              std::string(call.Name) + " is inside " + std::to_string(most_deliveries) +
                                  " calls of itself for the same handle: it goes round in circles and was stopped here",
                              key.first);
        return false;
    }
    ++nested_[key];
    return true;
}

void Circulation::delivered(const CHIMNEY_CALL& call, const Binding& recipient) {
    if (call.Kind != ChimneyIndicationUp) return;
    const auto found = nested_.find({what(call), recipient.chimney.Handle});
    if (found != nested_.end() && --found->second == 0) nested_.erase(found);
}

}  // namespace chimneylab::ndis
