// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Work items (NdisAllocateIoWorkItem): code of a driver that runs later at PASSIVE_LEVEL as pending work of its layer. A
// work item may be freed from its own routine. Found: queueing an item that is queued already, freeing a queued one.
// Owned by Machine.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>

#include "engine/machine/dispatch_queue.h"

namespace chimneylab::machine {

class Machine;
using Handle = void*;

class WorkItems {
public:
    using Routine = void (*)(void* context, Handle work_item);

    explicit WorkItems(Machine& machine) : machine_(machine) {}
    ~WorkItems();

    Handle create();
    void queue(Handle item, Routine routine, void* context, std::string_view function);
    void remove(Handle item, std::string_view function);
    [[nodiscard]] bool is_queued(Handle item) const;

private:
    struct Item {
        Handle handle = nullptr;
        LayerIndex owner = trace::machine_layer;
        WorkId queued;
    };
    Machine& machine_;
    std::map<Handle, std::shared_ptr<Item>> items_;
};

}  // namespace chimneylab::machine
