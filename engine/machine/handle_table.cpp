// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/handle_table.h"

#include <cstring>

#include "engine/machine/machine.h"

namespace chimneylab::machine {
namespace {

constexpr std::uint64_t number_mask = 0x0FFFFFFF;

std::uint64_t value_of(Handle handle) { return reinterpret_cast<std::uint64_t>(handle); }

}  // namespace

std::string_view to_text(HandleKind kind) {
    switch (kind) {
    case HandleKind::none: break;
    case HandleKind::miniport_driver: return "miniport driver handle";
    case HandleKind::protocol_driver: return "protocol driver handle";
    case HandleKind::miniport_adapter: return "miniport adapter handle";
    case HandleKind::binding: return "binding handle";
    case HandleKind::bind_context: return "bind context";
    case HandleKind::unbind_context: return "unbind context";
    case HandleKind::configuration: return "configuration handle";
    case HandleKind::net_buffer_list_pool: return "NET_BUFFER_LIST pool handle";
    case HandleKind::net_buffer_pool: return "NET_BUFFER pool handle";
    case HandleKind::timer: return "timer object";
    case HandleKind::work_item: return "work item handle";
    case HandleKind::device: return "device handle";
    case HandleKind::rw_lock: return "read-write lock";
    case HandleKind::thread: return "thread handle";
    case HandleKind::generic_object: return "generic object";
    }
    return "no handle";
}

bool HandleTable::is_handle_value(std::uint64_t value) { return value >= base && value < base + (std::uint64_t{0x20} << 32); }

Handle HandleTable::open(HandleKind kind, trace::LayerIndex owner, void* object, std::uint64_t detail) {
    const std::uint64_t number = entries_.size() + 1;
    const std::uint64_t value = base + (static_cast<std::uint64_t>(kind) << 32) + ((number & number_mask) << 4);
    HandleEntry entry;
    entry.kind = kind;
    entry.owner = owner;
    entry.open = true;
    entry.object = object;
    trace::Event event;
    event.kind = trace::EventKind::handle_opened;
    event.layer = owner;
    event.subject = value;
    event.detail = detail;
    event.name = machine_.recorder().intern(to_text(kind));
    entry.opened = machine_.record(event);
    entries_.push_back(entry);
    return reinterpret_cast<Handle>(value);
}

HandleEntry* HandleTable::entry_of(Handle handle) {
    const std::uint64_t value = value_of(handle);
    if (!is_handle_value(value) || (value & 0xF) != 0) return nullptr;
    const std::uint64_t number = (value - base) >> 4 & number_mask;
    if (number == 0 || number > entries_.size()) return nullptr;
    HandleEntry& entry = entries_[number - 1];
    return static_cast<std::uint64_t>(entry.kind) == (value - base) >> 32 ? &entry : nullptr;
}

const HandleEntry* HandleTable::find(Handle handle) const {
    const HandleEntry* entry = const_cast<HandleTable*>(this)->entry_of(handle);
    return entry && entry->open ? entry : nullptr;
}

void HandleTable::report(Handle handle, std::string_view wanted, std::string_view function) {
    std::string text = machine_.layer_name(machine_.current_layer()) + " calls " + std::string(function) + " with ";
    const std::uint64_t value = value_of(handle);
    std::uint64_t released = 0;
    std::uint64_t fresh = 0;
    std::memset(&released, Pool::free_fill, sizeof released);
    std::memset(&fresh, Pool::fresh_fill, sizeof fresh);
    if (value == 0) {
        text += "a null pointer";
    } else if (value == released) {
        text += "a value read from released memory";
    } else if (value == fresh) {
        text += "a value read from memory that was never written";
    } else if (const HandleEntry* entry = entry_of(handle)) {
        text += entry->open ? "a " : "a closed ";
        text += to_text(entry->kind);
        text += " of " + machine_.layer_name(entry->owner);
        if (!entry->open) text += " (closed at event " + std::to_string(entry->closed.value) + ")";
    } else {
        text += "a value that is no handle";
    }
    text += " where a ";
    text += wanted;
    text += " is needed";
    machine_.finding(FindingKind::foreign_handle, std::move(text), handle);
}

void* HandleTable::resolve(Handle handle, HandleKind kind, std::string_view function) {
    HandleEntry* entry = entry_of(handle);
    if (entry && entry->open && entry->kind == kind) return entry->object;
    report(handle, to_text(kind), function);
    return nullptr;
}

bool HandleTable::close(Handle handle, HandleKind kind, std::string_view function) {
    HandleEntry* entry = entry_of(handle);
    if (!entry || !entry->open || entry->kind != kind) {
        report(handle, to_text(kind), function);
        return false;
    }
    entry->open = false;
    trace::Event event;
    event.kind = trace::EventKind::handle_closed;
    event.layer = entry->owner;
    event.subject = value_of(handle);
    event.name = machine_.recorder().intern(to_text(kind));
    event.partner = entry->opened;
    entry->closed = machine_.record(event);
    return true;
}

bool HandleTable::require_any(Handle handle, std::string_view function) {
    if (const HandleEntry* entry = find(handle)) {
        switch (entry->kind) {
        case HandleKind::miniport_driver:
        case HandleKind::protocol_driver:
        case HandleKind::miniport_adapter:
        case HandleKind::binding:
        case HandleKind::bind_context:
        case HandleKind::device: return true;
        default: break;
        }
    }
    if (handle == nullptr) {
        // NDIS looks at the handle for accounting only, and takes null without complaint.
        machine_.strict_finding(std::string(function) + " is called without an NDIS handle");
        return false;
    }
    if (const Allocation* object = machine_.pool().find_live(handle); object && object->address == handle && object->size >= 4) {
        // NDIS_OBJECT_HEADER: type NDIS_OBJECT_TYPE_DEFAULT, revision 1, size.
        const auto* header = reinterpret_cast<const unsigned char*>(object->address);
        if (header[0] == 0x80 && header[1] == 1) return true;
    }
    report(handle, "driver, adapter, binding or device handle", function);
    return false;
}

std::size_t HandleTable::open_count(HandleKind kind) const {
    std::size_t count = 0;
    for (const HandleEntry& entry : entries_)
        if (entry.open && entry.kind == kind) ++count;
    return count;
}

std::size_t HandleTable::report_leaks(trace::LayerIndex owner) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const HandleEntry entry = entries_[i];
        if (!entry.open || entry.owner != owner) continue;
        ++count;
        machine_.finding_about(owner, FindingKind::leak,
                               "a " + std::string(to_text(entry.kind)) + " of " + machine_.layer_name(owner) +
                                   " (opened at event " + std::to_string(entry.opened.value) + ") was never closed",
                               reinterpret_cast<const void*>(base + (static_cast<std::uint64_t>(entry.kind) << 32) + ((i + 1) << 4)));
    }
    return count;
}

}  // namespace chimneylab::machine
