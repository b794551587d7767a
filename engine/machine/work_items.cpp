// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/work_items.h"

#include "engine/machine/machine.h"

namespace chimneylab::machine {

WorkItems::~WorkItems() = default;

Handle WorkItems::create() {
    auto item = std::make_shared<Item>();
    item->owner = machine_.current_layer();
    item->handle = machine_.handles().open(HandleKind::work_item, item->owner, item.get());
    items_.emplace(item->handle, item);
    return item->handle;
}

bool WorkItems::is_queued(Handle handle) const {
    const auto found = items_.find(handle);
    return found != items_.end() && found->second->queued.valid();
}

void WorkItems::queue(Handle handle, Routine routine, void* context, std::string_view function) {
    if (!machine_.handles().resolve(handle, HandleKind::work_item, function)) return;
    const std::shared_ptr<Item> item = items_.at(handle);
    if (item->queued.valid()) {
        machine_.finding(FindingKind::lock_misuse, machine_.layer_name(machine_.current_layer()) + " calls " +
                                                       std::string(function) + " for a work item that is queued already; its routine runs once", handle);
        return;
    }
    WorkRequest request;
    request.label = "work item of " + machine_.layer_name(item->owner);
    request.layer = item->owner;
    request.irql = passive_level;
    request.run = [this, item, routine, context] {
        item->queued = {};
        CallDetails details;
        details.subject = item->handle;
        DriverCall call(machine_, item->owner, "NdisIoWorkItemRoutine", details);
        routine(context, item->handle);
    };
    item->queued = machine_.queue_work(std::move(request));
}

void WorkItems::remove(Handle handle, std::string_view function) {
    if (!machine_.handles().resolve(handle, HandleKind::work_item, function)) return;
    const std::shared_ptr<Item> item = items_.at(handle);
    if (item->queued.valid()) {
        machine_.finding(FindingKind::use_after_free, machine_.layer_name(machine_.current_layer()) + " calls " +
                                                          std::string(function) + " for a work item that is queued; it would run from released memory", handle);
        machine_.cancel_work(item->queued);
        item->queued = {};
    }
    items_.erase(handle);
    machine_.handles().close(handle, HandleKind::work_item, function);
}

}  // namespace chimneylab::machine
