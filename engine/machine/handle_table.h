// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// NDIS_HANDLE values. A handle is 0xFFFFFA9000000000 + kind × 2^32 + number × 16: no address, so a driver that looks
// inside one faults at once, and never given out twice, so a closed one is known for ever. A wrong handle is a
// foreign_handle finding that says what it is instead (null, read from released memory, closed, of another kind), never a
// crash. The table does not own the objects. Opening and closing are events. Owned by Machine.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/trace/event.h"

namespace chimneylab::machine {

class Machine;
using Handle = void*;  // NDIS_HANDLE

enum class HandleKind : std::uint8_t {
    none,
    miniport_driver,
    protocol_driver,
    miniport_adapter,
    binding,
    bind_context,
    unbind_context,
    configuration,
    net_buffer_list_pool,
    net_buffer_pool,
    timer,
    work_item,
    device,
    rw_lock,
    thread,
    generic_object,
};

[[nodiscard]] std::string_view to_text(HandleKind kind);  // "miniport adapter handle"

struct HandleEntry {
    HandleKind kind = HandleKind::none;
    trace::LayerIndex owner = trace::machine_layer;
    bool open = false;
    void* object = nullptr;
    trace::EventId opened;
    trace::EventId closed;
};

class HandleTable {
public:
    explicit HandleTable(Machine& machine) : machine_(machine) {}

    Handle open(HandleKind kind, trace::LayerIndex owner, void* object, std::uint64_t detail = 0);
    // Finding when it is not an open handle of that kind.
    bool close(Handle handle, HandleKind kind, std::string_view function);

    // The object behind an open handle of that kind; null after a finding.
    [[nodiscard]] void* resolve(Handle handle, HandleKind kind, std::string_view function);
    template <typename T>
    [[nodiscard]] T* resolve(Handle handle, HandleKind kind, std::string_view function) {
        return static_cast<T*>(resolve(handle, kind, function));
    }
    // Without a finding; null if it is not an open handle.
    [[nodiscard]] const HandleEntry* find(Handle handle) const;
    template <typename T>
    [[nodiscard]] T* peek(Handle handle, HandleKind kind) const {
        const HandleEntry* entry = find(handle);
        return entry && entry->kind == kind ? static_cast<T*>(entry->object) : nullptr;
    }
    // For DDI arguments that take any handle NDIS gave out (NdisAllocateMemoryWithTagPriority …): driver, adapter, binding,
    // device handles, and NDIS_GENERIC_OBJECTs, which are pointers to an object header. A finding otherwise.
    bool require_any(Handle handle, std::string_view function);

    [[nodiscard]] std::size_t open_count(HandleKind kind) const;
    std::size_t report_leaks(trace::LayerIndex owner);  // one finding per open handle that the layer had to close

    static constexpr std::uint64_t base = 0xFFFFFA9000000000;
    [[nodiscard]] static bool is_handle_value(std::uint64_t value);

private:
    [[nodiscard]] HandleEntry* entry_of(Handle handle);
    void report(Handle handle, std::string_view wanted, std::string_view function);

    Machine& machine_;
    std::vector<HandleEntry> entries_;
};

}  // namespace chimneylab::machine
