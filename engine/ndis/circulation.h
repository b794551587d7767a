// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Stops what would go round for ever. A completion is routed by what the drivers left in SourceHandle, an indication by the
// handle it names; a driver that did not put the value above it back is called again itself, without end. That is seen at
// the first such call, whether the driver completes inside its handler (nested) or later from a work item (asynchronous):
// the recipient is the caller, and the caller is not the miniport of the recipient's binding.
// Longer circles, through several drivers, are stopped after a number of deliveries without anything having gone down.
#pragma once

#include <map>
#include <set>
#include <utility>

#include "engine/ndis/system.h"

namespace chimneylab::ndis {

class Circulation {
public:
    explicit Circulation(System& system) : system_(system) {}

    // Something goes down on a binding: it may come up once more.
    void goes_down(const void* what, const void* binding);
    // Whether a delivery to the binding may take place. Findings are recorded here.
    [[nodiscard]] bool admit(const CHIMNEY_CALL& call, const Binding& recipient, LayerIndex caller);
    // A handler that was admitted returned.
    void delivered(const CHIMNEY_CALL& call, const Binding& recipient);

    static constexpr unsigned most_deliveries = 16;

private:
    using Key = std::pair<const void*, const void*>;
    [[nodiscard]] std::string describe(const CHIMNEY_CALL& call, const Binding& recipient, LayerIndex caller) const;

    System& system_;
    std::set<Key> outstanding_;             // went down on the binding and was not completed to it
    std::map<Key, unsigned> deliveries_;    // since it last went down
    std::map<Key, unsigned> self_;          // laps of a driver that calls itself
    std::map<Key, unsigned> nested_;        // indications on the stack
};

}  // namespace chimneylab::ndis
