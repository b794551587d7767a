// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The chimney half of the test drivers: a host that notes completions, an intermediate driver with call entries and offload
// entries, a target that stores a context per object. Faults by Habits.
#include <cstring>

#include "tests/ndis/rig.h"

namespace chimneylab::ndis::test {

namespace {


PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST as_protocol(void* block) { return static_cast<PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>(block); }

// --- target ---

void serve(AdapterState_& adapter, CHIMNEY_OPERATION operation, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root) {
    DriverState& driver = *adapter.driver;
    walk(as_protocol(root), [&](NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST& block) {
        auto& mine = reinterpret_cast<NDIS_MINIPORT_OFFLOAD_BLOCK_LIST&>(block);
        mine.Status = driver.habits.status_of ? driver.habits.status_of(mine) : NDIS_STATUS_SUCCESS;
        if (mine.MiniportOffloadContext == nullptr || mine.Status < 0) return;
        if (operation == ChimneyInitiate && *mine.MiniportOffloadContext == nullptr)
            *mine.MiniportOffloadContext = ExAllocatePoolWithTag(NonPagedPool, 32, 'T');
        if (operation == ChimneyTerminate) {
            ExFreePoolWithTag(*mine.MiniportOffloadContext, 'T');
            *mine.MiniportOffloadContext = nullptr;
        }
    });
    complete_upward(driver, operation, adapter.handle, root);
}

void target_down(AdapterState_& adapter, CHIMNEY_OPERATION operation, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root) {
    DriverState& driver = *adapter.driver;
    switch (driver.habits.complete) {
        case Habits::Complete::inside: serve(adapter, operation, root); break;
        case Habits::Complete::later: later(driver, "serve", [&adapter, operation, root] { serve(adapter, operation, root); }); break;
        case Habits::Complete::on_request: driver.rig->held.emplace_back(operation, root); break;
    }
}

// --- intermediate driver ---

CallEntry* take_call_entry(DriverState& driver) {
    static CallEntry shared;
    if (driver.habits.static_call_entry) return &shared;
    if (driver.habits.lookaside_call_entry) return static_cast<CallEntry*>(NdisAllocateFromNPagedLookasideList(&driver.lookaside));
    return static_cast<CallEntry*>(ExAllocatePoolWithTag(NonPagedPool, sizeof(CallEntry), call_entry_tag));
}

void give_back(DriverState& driver, CallEntry* entry) {
    if (driver.habits.static_call_entry || driver.habits.keep_call_entry) return;
    if (driver.habits.lookaside_call_entry) {
        NdisFreeToNPagedLookasideList(&driver.lookaside, entry);
    } else {
        ExFreePoolWithTag(entry, call_entry_tag);
    }
}

void im_down(AdapterState_& adapter, CHIMNEY_OPERATION operation, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root) {
    DriverState& driver = *adapter.driver;
    CallEntry* entry = take_call_entry(driver);
    std::memcpy(entry->im_reserved, root->ImReserved, sizeof(entry->im_reserved));
    entry->source_handle = root->SourceHandle;
    entry->upper_edge = adapter.handle;
    entry->operation = operation;
    root->ImReserved[driver.habits.second_reserved_word ? 1 : 0] = entry;
    walk(as_protocol(root), [&](NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST& block) {
        auto& mine = reinterpret_cast<NDIS_MINIPORT_OFFLOAD_BLOCK_LIST&>(block);
        if (mine.MiniportOffloadContext == nullptr) return;
        auto* object = static_cast<OffloadEntry*>(*mine.MiniportOffloadContext);
        if (object == nullptr) {
            object = static_cast<OffloadEntry*>(ExAllocatePoolWithTag(NonPagedPool, sizeof(OffloadEntry), offload_entry_tag));
            *object = {};
            object->upper = static_cast<PNDIS_OFFLOAD_HANDLE>(mine.NdisOffloadHandle);
        }
        block.OffloadHandle = &object->handle;
        for (PNET_BUFFER_LIST list = block.NetBufferListChain; list; list = list->Next) driver.source_of_list[list] = list->SourceHandle;
    });
    go_down(operation, adapter.lower, as_protocol(root));
}

void im_up(BindingState_& binding, CHIMNEY_OPERATION operation, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root) {
    DriverState& driver = *binding.driver;
    ++driver.rig->completions_seen_by_im;
    const auto back = [&driver, operation, root] {
        auto* entry = static_cast<CallEntry*>(root->ImReserved[driver.habits.second_reserved_word ? 1 : 0]);
        if (entry == nullptr || entry->operation != operation) {  // a completion that nobody waits for
            driver.rig->note(driver.layer, "completion without a call entry");
            return;
        }
        walk(root, [&](NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST& block) {
            if (block.OffloadHandle == nullptr) return;
            auto* object = CONTAINING_RECORD(block.OffloadHandle, OffloadEntry, handle);
            if (operation == ChimneyInitiate && block.Status >= 0 && object->upper->MiniportOffloadContext == nullptr)
                object->upper->MiniportOffloadContext = object;
            if (!driver.habits.forget_slot_b) block.OffloadHandle = object->upper;
            block.NdisReserved[2] = &object->upper->MiniportOffloadContext;
            const bool gone = (operation == ChimneyTerminate && block.Status >= 0) ||
                              (operation == ChimneyInitiate && block.Status < 0 && object->upper->MiniportOffloadContext != object);
            if (operation == ChimneyTerminate && gone) object->upper->MiniportOffloadContext = nullptr;
            if (gone) ExFreePoolWithTag(object, offload_entry_tag);
            if (block.Status < 0 || operation == ChimneyTerminate) {
                for (PNET_BUFFER_LIST list = block.NetBufferListChain; list; list = list->Next) list->SourceHandle = driver.source_of_list[list];
            }
        });
        if (!driver.habits.forget_im_reserved && !driver.habits.forget_source_handle)
            std::memcpy(root->ImReserved, entry->im_reserved, sizeof(entry->im_reserved));
        if (!driver.habits.forget_source_handle) root->SourceHandle = entry->source_handle;
        NDIS_HANDLE const edge = driver.habits.wrong_miniport_handle ? driver.rig->target_adapter : entry->upper_edge;
        // A driver that forgot SourceHandle is to survive being called again, so its entry and its handles stay.
        if (!driver.habits.forget_source_handle) give_back(driver, entry);
        complete_upward(driver, operation, edge, reinterpret_cast<PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST>(root));
    };
    if (driver.habits.complete_later) {
        later(driver, "complete later", back);
    } else {
        back();
    }
}

template <CHIMNEY_OPERATION Operation>
VOID miniport_handler(NDIS_HANDLE context, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root) {
    AdapterState_& adapter = adapter_of(context);
    if (adapter.driver->layer == adapter.driver->rig->target_layer()) {
        target_down(adapter, Operation, root);
    } else {
        im_down(adapter, Operation, root);
    }
}

template <CHIMNEY_OPERATION Operation>
VOID protocol_handler(NDIS_HANDLE context, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root) {
    auto& binding = *static_cast<BindingState_*>(context);
    if (binding.driver->layer != 0) {
        im_up(binding, Operation, root);
        return;
    }
    Rig& rig = *binding.driver->rig;
    rig.completed.push_back({Operation, root, root->Status, rig.inside_host_call});
    if (Operation == ChimneyTerminate) {
        walk(root, [](NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST& block) {
            if (block.OffloadHandle && block.Status >= 0) *block.OffloadHandle = {};
        });
    }
}

// --- data path: save SourceHandle, pass on, put back ---

template <auto Down>
NDIS_STATUS transfer_down(NDIS_HANDLE context, PVOID offload_context, PNET_BUFFER_LIST chain) {
    AdapterState_& adapter = adapter_of(context);
    DriverState& driver = *adapter.driver;
    driver.contexts_seen.push_back(offload_context);
    if (driver.layer == driver.rig->target_layer()) {
        later(driver, "transmit", [&driver, &adapter, chain] { driver.ndis.NdisTcpOffloadSendComplete(adapter.handle, chain); });
        return NDIS_STATUS_PENDING;
    }
    for (PNET_BUFFER_LIST list = chain; list; list = list->Next) driver.source_of_list[list] = list->SourceHandle;
    return Down(&static_cast<OffloadEntry*>(offload_context)->handle, chain);
}

NDIS_STATUS disconnect_down(NDIS_HANDLE context, PVOID offload_context, PNET_BUFFER_LIST chain, ULONG) {
    return transfer_down<NdisOffloadTcpSend>(context, offload_context, chain);
}

NDIS_STATUS return_down(NDIS_HANDLE context, PNET_BUFFER_LIST chain) {
    AdapterState_& adapter = adapter_of(context);
    adapter.driver->lists_completed.push_back(chain);
    if (adapter.lower) NdisOffloadTcpReceiveReturn(adapter.lower, chain);
    return NDIS_STATUS_SUCCESS;
}

VOID transfer_up(NDIS_HANDLE context, PNET_BUFFER_LIST chain) {
    auto& binding = *static_cast<BindingState_*>(context);
    DriverState& driver = *binding.driver;
    for (PNET_BUFFER_LIST list = chain; list; list = list->Next) {
        driver.lists_completed.push_back(list);
        if (driver.layer != 0 && !driver.habits.keep_source_handle_of_lists) list->SourceHandle = driver.source_of_list[list];
    }
    if (driver.layer != 0) driver.ndis.NdisTcpOffloadSendComplete(driver.adapters.front()->handle, chain);
}

VOID event_up(PVOID context, ULONG type, ULONG information) {
    Rig& rig = Rig::current();
    DriverState& driver = rig.driver(rig.machine.current_layer());
    driver.events.emplace_back(context, type);
    if (driver.layer == 0) return;
    auto* entry = CONTAINING_RECORD(context, OffloadEntry, handle);
    driver.ndis.NdisTcpOffloadEventHandler(driver.habits.indicate_own_handle ? &entry->handle : entry->upper, type, information);
}

NDIS_STATUS receive_up(PVOID context, PNET_BUFFER_LIST list, NDIS_STATUS status, PULONG consumed) {
    Rig& rig = Rig::current();
    DriverState& driver = rig.driver(rig.machine.current_layer());
    if (driver.layer == 0) {
        *consumed = 5;
        return NDIS_STATUS_OFFLOAD_DATA_PARTIALLY_ACCEPTED;
    }
    return driver.ndis.NdisTcpOffloadReceiveHandler(CONTAINING_RECORD(context, OffloadEntry, handle)->upper, list, status, consumed);
}

VOID neighbor_up(NDIS_HANDLE context, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST block, ULONG code) {
    auto& binding = *static_cast<BindingState_*>(context);
    binding.driver->events.emplace_back(block, code);
    if (binding.driver->layer != 0)
        NdisMOffloadEventIndicate(binding.driver->adapters.front()->handle, reinterpret_cast<PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST>(block), code);
}

}  // namespace

void go_down(CHIMNEY_OPERATION operation, NDIS_HANDLE binding, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root) {
    switch (operation) {
        case ChimneyInitiate: NdisInitiateOffload(binding, root); break;
        case ChimneyQuery: NdisQueryOffloadState(binding, root); break;
        case ChimneyUpdate: NdisUpdateOffload(binding, root); break;
        case ChimneyInvalidate: NdisInvalidateOffload(binding, root); break;
        default: NdisTerminateOffload(binding, root); break;
    }
}

void complete_upward(DriverState&, CHIMNEY_OPERATION operation, NDIS_HANDLE miniport, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root) {
    switch (operation) {
        case ChimneyInitiate: NdisMInitiateOffloadComplete(miniport, root); break;
        case ChimneyQuery: NdisMQueryOffloadStateComplete(miniport, root); break;
        case ChimneyUpdate: NdisMUpdateOffloadComplete(miniport, root); break;
        case ChimneyInvalidate: NdisMInvalidateOffloadComplete(miniport, root); break;
        default: NdisMTerminateOffloadComplete(miniport, root); break;
    }
}

VOID register_chimney_miniport(DriverState&, NDIS_HANDLE handle) {
    NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS generic{};
    generic.Header = {NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, 1, sizeof(generic)};
    generic.InitiateOffloadHandler = miniport_handler<ChimneyInitiate>;
    generic.QueryOffloadHandler = miniport_handler<ChimneyQuery>;
    generic.UpdateOffloadHandler = miniport_handler<ChimneyUpdate>;
    generic.InvalidateOffloadHandler = miniport_handler<ChimneyInvalidate>;
    generic.TerminateOffloadHandler = miniport_handler<ChimneyTerminate>;
    NdisSetOptionalHandlers(handle, reinterpret_cast<PNDIS_DRIVER_OPTIONAL_HANDLERS>(&generic));
    NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS tcp{};
    tcp.Header = {NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_CHARACTERISTICS, 1, sizeof(tcp)};
    tcp.OffloadType = NdisTcpChimneyOffload;
    tcp.TcpOffloadSendHandler = transfer_down<NdisOffloadTcpSend>;
    tcp.TcpOffloadReceiveHandler = transfer_down<NdisOffloadTcpReceive>;
    tcp.TcpOffloadForwardHandler = transfer_down<NdisOffloadTcpForward>;
    tcp.TcpOffloadDisconnectHandler = disconnect_down;
    tcp.TcpOffloadReceiveReturnHandler = return_down;
    NdisSetOptionalHandlers(handle, reinterpret_cast<PNDIS_DRIVER_OPTIONAL_HANDLERS>(&tcp));
}

VOID register_chimney_protocol(DriverState&, NDIS_HANDLE handle) {
    NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS generic{};
    generic.Header = {NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, 1, sizeof(generic)};
    generic.InitiateOffloadCompleteHandler = protocol_handler<ChimneyInitiate>;
    generic.QueryOffloadCompleteHandler = protocol_handler<ChimneyQuery>;
    generic.UpdateOffloadCompleteHandler = protocol_handler<ChimneyUpdate>;
    generic.InvalidateOffloadCompleteHandler = protocol_handler<ChimneyInvalidate>;
    generic.TerminateOffloadCompleteHandler = protocol_handler<ChimneyTerminate>;
    generic.IndicateOffloadEventHandler = neighbor_up;
    NdisSetOptionalHandlers(handle, reinterpret_cast<PNDIS_DRIVER_OPTIONAL_HANDLERS>(&generic));
    NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS tcp{};
    tcp.Header = {NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_CHARACTERISTICS, 1, sizeof(tcp)};
    tcp.OffloadType = NdisTcpChimneyOffload;
    tcp.TcpOffloadSendCompleteHandler = transfer_up;
    tcp.TcpOffloadReceiveCompleteHandler = transfer_up;
    tcp.TcpOffloadDisconnectCompleteHandler = transfer_up;
    tcp.TcpOffloadForwardCompleteHandler = transfer_up;
    tcp.TcpOffloadEventHandler = event_up;
    tcp.TcpOffloadReceiveIndicateHandler = receive_up;
    NdisSetOptionalHandlers(handle, reinterpret_cast<PNDIS_DRIVER_OPTIONAL_HANDLERS>(&tcp));
}

}  // namespace chimneylab::ndis::test
