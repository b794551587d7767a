// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The event vocabulary: everything that a producer (a machine in this process, a driver host, a live driver) can tell.
// An Event is one fixed-size record; what it says beyond that is in the strings, regions and changes it points to.
#pragma once

#include "engine/trace/types.h"

namespace chimneylab::trace {

enum class EventKind : std::uint8_t {
    run_started,         // first event of every run
    run_finished,        // last event; status 0, or 1 when something is to be reported
    step_started,        // a scenario step begins; name = its text
    step_finished,       // and has been carried out (its operations may still be in progress)
    choice,              // the scheduler took one of several pending items; detail = index << 32 | count
    work_queued,         // subject = work item number, detail = virtual due time, name = what it is, layer = for whom
    work_started,        // the queued item runs; subject = work item number
    work_finished,       // partner = its work_started
    enter,               // a call through a DDI boundary: name = function, layer = callee, other_layer = caller
    leave,               // its return: partner = the enter, status = returned status if the function has one
    conversion,          // a block list changed its type; detail = ConversionKind, layer = who converted
    operation_started,   // first NdisXxxOffload of an operation (by the host stack); region = root block
    operation_finished,  // its completion reached the driver that started it
    memory_allocated,    // subject = address, detail = tag << 32 | size, layer = owner
    memory_freed,        // the same for a release; partner = its memory_allocated
    call_entry_recognised,     // an allocation turned out to be an IM call entry; region = it, operation = for which
    call_entry_released,       // it was given back; partner = its call_entry_recognised
    offload_entry_recognised,  // an allocation holds the NDIS_OFFLOAD_HANDLE handed down in a block; region = it
    offload_entry_released,    // partner = its offload_entry_recognised
    context_published,         // *MiniportOffloadContext changed; region = the NDIS_OFFLOAD_HANDLE, detail = new value
    handle_opened,             // name = kind of handle, subject = handle, layer = owner; a binding: detail = the adapter below
    handle_closed,             // partner = its handle_opened
    state_changed,             // an adapter or binding changed state; subject = handle, name = new state
    irql_changed,              // detail = old << 8 | new
    message,                   // a driver printed something (DbgPrint); name = the text
    finding,                   // the machine found something wrong; name = explanation, detail = FindingKind
    fault_injected,            // name = which fault; an allocation that failed: subject 0, detail = tag << 32 | size;
                               // a completion: subject = root block, detail = CompletionFault
    frame_sent,      // a frame on the wire; region = its bytes, name = what it is, layer = who sent it (machine_layer: the peer)
    frame_received,  // it has arrived; partner = its frame_sent, layer = who received it
    frame_dropped,   // it will not arrive; partner = its frame_sent, name = why
};
inline constexpr EventKind last_event_kind = EventKind::frame_dropped;

enum class OperationKind : std::uint8_t { none, initiate, query, update, invalidate, terminate };

// The four conversions of a block list, in the order in which one operation meets them at one intermediate driver
// (pages "Reusing an NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST Structure" and its MINIPORT twin).
enum class ConversionKind : std::uint8_t {
    none,
    protocol_to_miniport_by_ndis,    // on the way down, inside NdisXxxOffload
    miniport_to_protocol_by_driver,  // on the way down, by the intermediate driver
    miniport_to_protocol_by_ndis,    // on the way up: nothing but the name changes
    protocol_to_miniport_by_driver,  // on the way up, by the intermediate driver
};

enum class FindingKind : std::uint8_t {
    none,
    use_after_free,
    double_free,
    invalid_free,
    buffer_overrun,
    leak,
    foreign_handle,
    endless_completion,
    wrong_irql,
    lock_misuse,
    strict_validation,  // found only because the machine runs in strict mode
    driver_refused,     // DriverEntry, MiniportInitializeEx … returned a failure
    deadlock,           // a wait that nothing pending can ever end
    driver_crashed,     // the process that ran the driver ended in it; told by who watched, nothing comes after
    driver_hung,        // the driver did not come back and was ended; told by who watched, nothing comes after
};

// What an injected fault does to the completion of a state-manipulation operation. The first three are legal behaviour of
// an offload target; the last two are broken machinery, for which no driver is to blame.
enum class CompletionFault : std::uint8_t { none, delayed, reordered, early, dropped, doubled };

// 80 bytes. Members that do not apply to a kind are 0 or none.
struct Event {
    Nanoseconds virtual_time = 0;   // the model's clock
    Nanoseconds measured_time = 0;  // since the run began, steady clock of this machine; never part of the fingerprint
    std::uint64_t subject = 0;      // translated address or handle the event is about
    std::uint64_t detail = 0;       // see EventKind
    StringId name;
    OperationId operation;
    EventId partner;  // leave → enter; the other direction is Trace::leave_of()
    EventId parent;   // innermost enter or work_started that encloses this event
    RegionId region;
    std::int32_t status = 0;  // NDIS_STATUS where one belongs to the event
    std::uint32_t first_change = 0;
    std::uint32_t change_count = 0;
    // What a call carries beside `detail`. Flags of a disconnect; Status of a receive indication, and *BytesConsumed at its
    // leave; EventSpecificInformation of an event (whose EventType is `detail`); the code of NdisMOffloadEventIndicate.
    std::uint32_t argument = 0;
    std::uint16_t depth = 0;  // nesting of enters
    EventKind kind = EventKind::message;
    OperationKind operation_kind = OperationKind::none;
    LayerIndex layer = machine_layer;
    LayerIndex other_layer = machine_layer;
    std::uint8_t irql = 0;
    std::uint8_t has_status = 0;
    friend bool operator==(const Event&, const Event&) = default;
};
static_assert(sizeof(Event) == 80);

enum class RegionKind : std::uint8_t {
    block_list,       // one NDIS_xxx_OFFLOAD_BLOCK_LIST, without the state that follows
    following_state,  // the state structures behind a block
    offload_handle,   // one NDIS_OFFLOAD_HANDLE
    call_entry,       // an allocation recognised as IM call entry
    offload_entry,    // an allocation recognised as IM offload entry
    net_buffer_list,  // a NET_BUFFER_LIST on an offloaded connection, from its first crossing until it is back
    handler_table,    // a chimney characteristics structure, as handed to NdisSetOptionalHandlers
    net_buffer,       // one NET_BUFFER of it; parent = the list
    net_buffer_list_context,  // one NET_BUFFER_LIST_CONTEXT of it, with what the drivers keep there; parent = the list
    parameters,       // a structure that a call hands over: capabilities, what an OID request or a status carries
    frame,            // the bytes of an Ethernet frame, from the moment it is sent until it has arrived or is lost
};
inline constexpr RegionKind last_region_kind = RegionKind::frame;

struct Region {
    RegionKind kind = RegionKind::block_list;
    LayerIndex owner = machine_layer;
    std::uint16_t ordinal = 0;  // 1, 2, 3 … among the call (offload) entries of its layer: the number on the slot
    std::uint32_t size = 0;
    Address address = 0;
    StringId label;   // "T1", or "call entry #7"
    RegionId parent;  // following_state → its block; offload_handle → the offload entry that embeds it, if any
    EventId born;
    EventId died;                     // none while it lives
    std::uint32_t tag = 0;            // pool tag, 0 if not pool memory
    std::uint64_t initial_bytes = 0;  // position in the trace's byte heap, `size` bytes
};

// Bytes of one region that differ from what they were. before and after are `length` bytes each in the byte heap.
// A change belongs to the first event at which it could be seen; `writer` is who ran since the event before.
struct Change {
    RegionId region;
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
    LayerIndex writer = machine_layer;
    std::uint64_t before = 0;
    std::uint64_t after = 0;
};

enum class LayerRole : std::uint8_t { host_stack, intermediate_driver, offload_target };

struct Layer {
    LayerRole role = LayerRole::host_stack;
    StringId name;    // "IM 1"
    StringId driver;  // "reference", "student.so"
    friend bool operator==(const Layer&, const Layer&) = default;
};

}  // namespace chimneylab::trace
