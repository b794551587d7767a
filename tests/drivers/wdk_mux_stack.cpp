// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/drivers/wdk_mux_stack.h"

#include <algorithm>
#include <cstring>

#include <chimneylab/following_state.h>
#include <ndischimney.h>

#include "engine/verifier/verifier.h"

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath);  // LinkMux, as it stands

namespace chimneylab::test {

namespace {

MuxStack* stack = nullptr;

template <typename Function>
void for_each_list(PNET_BUFFER_LIST chain, Function function) {
    while (chain != nullptr) {
        PNET_BUFFER_LIST const next = chain->Next;
        function(chain);
        chain = next;
    }
}

Bytes data_of(PNET_BUFFER buffer) {
    Bytes bytes(buffer->DataLength);
    if (bytes.empty()) return bytes;
    const void* data = NdisGetDataBuffer(buffer, buffer->DataLength, bytes.data(), 1, 0);
    if (data != nullptr && data != bytes.data()) std::memcpy(bytes.data(), data, bytes.size());
    return bytes;
}

// --- the card ---

NDIS_STATUS card_initialize(NDIS_HANDLE handle, NDIS_HANDLE, PNDIS_MINIPORT_INIT_PARAMETERS) {
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES attributes{};
    attributes.RegistrationAttributes.Header = {NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES, 1,
                                                NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1};
    attributes.RegistrationAttributes.MiniportAdapterContext = stack;
    attributes.RegistrationAttributes.InterfaceType = NdisInterfacePci;
    NdisMSetMiniportAttributes(handle, &attributes);
    attributes = {};
    auto& general = attributes.GeneralAttributes;
    general.Header = {NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, 1,
                      NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1};
    general.MediaType = NdisMedium802_3;
    general.MtuSize = general.LookaheadSize = 1500;
    general.MaxXmitLinkSpeed = general.XmitLinkSpeed = general.MaxRcvLinkSpeed = general.RcvLinkSpeed = 1'000'000'000;
    general.MediaConnectState = MediaConnectStateConnected;
    general.MediaDuplexState = MediaDuplexStateFull;
    general.MacAddressLength = 6;
    std::copy(card_address.begin(), card_address.end(), general.PermanentMacAddress);
    std::copy(card_address.begin(), card_address.end(), general.CurrentMacAddress);
    general.MaxMulticastListSize = 8;
    NDIS_PNP_CAPABILITIES power{};
    power.WakeUpCapabilities.MinMagicPacketWakeUp = NdisDeviceStateD3;
    general.PowerManagementCapabilities = &power;
    general.SupportedPacketFilters = NDIS_PACKET_TYPE_DIRECTED | NDIS_PACKET_TYPE_MULTICAST | NDIS_PACKET_TYPE_ALL_MULTICAST |
                                     NDIS_PACKET_TYPE_BROADCAST | NDIS_PACKET_TYPE_PROMISCUOUS;
    general.IfType = 6;
    general.AccessType = NET_IF_ACCESS_BROADCAST;
    general.DirectionType = NET_IF_DIRECTION_SENDRECEIVE;
    general.ConnectionType = NET_IF_CONNECTION_DEDICATED;
    static NDIS_OID oids[] = {OID_GEN_CURRENT_PACKET_FILTER, OID_802_3_MULTICAST_LIST, OID_GEN_RCV_CRC_ERROR};
    general.SupportedOidList = oids;
    general.SupportedOidListLength = sizeof oids;
    stack->card_adapter = handle;
    return NdisMSetMiniportAttributes(handle, &attributes);
}
VOID card_halt(NDIS_HANDLE, NDIS_HALT_ACTION) {}
NDIS_STATUS card_pause(NDIS_HANDLE, PNDIS_MINIPORT_PAUSE_PARAMETERS) { return NDIS_STATUS_SUCCESS; }
NDIS_STATUS card_restart(NDIS_HANDLE, PNDIS_MINIPORT_RESTART_PARAMETERS) { return NDIS_STATUS_SUCCESS; }

NDIS_STATUS card_request(NDIS_HANDLE, PNDIS_OID_REQUEST request) {
    SeenRequest seen{request->RequestType, request->DATA.QUERY_INFORMATION.Oid, {}};
    NDIS_STATUS status = NDIS_STATUS_SUCCESS;
    if (request->RequestType == NdisRequestSetInformation) {
        auto& set = request->DATA.SET_INFORMATION;
        seen.data.resize(set.InformationBufferLength);
        if (!seen.data.empty()) std::memcpy(seen.data.data(), set.InformationBuffer, seen.data.size());
        set.BytesRead = set.InformationBufferLength;
    } else if (seen.oid == OID_GEN_RCV_CRC_ERROR) {
        auto& query = request->DATA.QUERY_INFORMATION;
        query.BytesNeeded = sizeof(ULONG);
        status = query.InformationBufferLength < sizeof(ULONG) ? NDIS_STATUS_BUFFER_TOO_SHORT : NDIS_STATUS_SUCCESS;
        if (status == NDIS_STATUS_SUCCESS) {
            NdisStoreUlong(query.InformationBuffer, 4711);
            query.BytesWritten = sizeof(ULONG);
        }
    } else {
        status = NDIS_STATUS_NOT_SUPPORTED;
    }
    stack->requests.push_back(std::move(seen));
    if (!stack->pend_requests) return status;
    stack->pended_request = request;
    return NDIS_STATUS_PENDING;
}
VOID card_cancel_request(NDIS_HANDLE, PVOID id) {
    stack->cancelled_requests.push_back(id);
    if (stack->pended_request) stack->complete_request(NDIS_STATUS_REQUEST_ABORTED);
}
VOID card_send(NDIS_HANDLE, PNET_BUFFER_LIST lists, NDIS_PORT_NUMBER, ULONG) {
    for_each_list(lists, [](PNET_BUFFER_LIST list) { stack->on_the_wire.push_back(list); });
    if (stack->complete_at_once) stack->complete();
}
VOID card_return(NDIS_HANDLE, PNET_BUFFER_LIST lists, ULONG) {
    for_each_list(lists, [](PNET_BUFFER_LIST list) { stack->returned.push_back(list); });
}
VOID card_cancel_send(NDIS_HANDLE, PVOID) {}
VOID card_event(NDIS_HANDLE, PNET_DEVICE_PNP_EVENT) {}
VOID card_shutdown(NDIS_HANDLE, NDIS_SHUTDOWN_ACTION) {}
VOID card_unload(PDRIVER_OBJECT) { NdisMDeregisterMiniportDriver(stack->card_driver); }

NTSTATUS card_entry(PDRIVER_OBJECT driver, PUNICODE_STRING path) {
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS card{};
    card.Header = {NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS, 1, NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1};
    card.MajorNdisVersion = 6;
    card.InitializeHandlerEx = card_initialize;
    card.HaltHandlerEx = card_halt;
    card.UnloadHandler = card_unload;
    card.PauseHandler = card_pause;
    card.RestartHandler = card_restart;
    card.OidRequestHandler = card_request;
    card.SendNetBufferListsHandler = card_send;
    card.ReturnNetBufferListsHandler = card_return;
    card.CancelSendHandler = card_cancel_send;
    card.DevicePnPEventNotifyHandler = card_event;
    card.ShutdownHandlerEx = card_shutdown;
    card.CancelOidRequestHandler = card_cancel_request;
    return NdisMRegisterMiniportDriver(driver, path, nullptr, &card, &stack->card_driver);
}

}  // namespace

// --- the protocol ---

struct MuxEnds {
    using Binding = MuxStack::Binding;

    static NDIS_STATUS bind(NDIS_HANDLE, NDIS_HANDLE bind_context, PNDIS_BIND_PARAMETERS parameters) {
        NDIS_MEDIUM media[] = {NdisMedium802_3};
        NDIS_OPEN_PARAMETERS open{};
        open.Header = {NDIS_OBJECT_TYPE_OPEN_PARAMETERS, 1, NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1};
        open.AdapterName = parameters->AdapterName;
        open.MediumArray = media;
        open.MediumArraySize = 1;
        auto binding = std::make_unique<Binding>();
        open.SelectedMediumIndex = &binding->selected_medium;
        for (USHORT i = 0; i < parameters->AdapterName->Length / sizeof(WCHAR); ++i)
            binding->adapter.push_back(static_cast<char>(parameters->AdapterName->Buffer[i]));
        std::copy_n(parameters->CurrentMacAddress, 6, binding->address.begin());
        const NDIS_STATUS status = NdisOpenAdapterEx(stack->talker_protocol, binding.get(), &open, bind_context, &binding->handle);
        binding->bind_context = bind_context;
        if (status == NDIS_STATUS_SUCCESS || status == NDIS_STATUS_PENDING) stack->bindings.push_back(std::move(binding));
        return status;
    }
    static NDIS_STATUS unbind(NDIS_HANDLE unbind_context, NDIS_HANDLE context) {
        auto* binding = static_cast<Binding*>(context);
        binding->unbind_context = unbind_context;
        return NdisCloseAdapterEx(binding->handle);
    }
    static VOID open_complete(NDIS_HANDLE context, NDIS_STATUS status) {
        NdisCompleteBindAdapterEx(static_cast<Binding*>(context)->bind_context, status);
    }
    static VOID close_complete(NDIS_HANDLE context) { NdisCompleteUnbindAdapterEx(static_cast<Binding*>(context)->unbind_context); }
    static NDIS_STATUS event(NDIS_HANDLE, PNET_PNP_EVENT_NOTIFICATION) { return NDIS_STATUS_SUCCESS; }
    static VOID request_complete(NDIS_HANDLE context, PNDIS_OID_REQUEST, NDIS_STATUS status) {
        static_cast<Binding*>(context)->requests_completed.push_back(status);
    }
    static VOID status(NDIS_HANDLE context, PNDIS_STATUS_INDICATION indication) {
        auto* binding = static_cast<Binding*>(context);
        binding->statuses.push_back(indication->StatusCode);
        if (indication->StatusCode == NDIS_STATUS_LINK_STATE && indication->StatusBufferSize >= sizeof(NDIS_LINK_STATE))
            binding->link = *static_cast<PNDIS_LINK_STATE>(indication->StatusBuffer);
    }
    static VOID receive(NDIS_HANDLE context, PNET_BUFFER_LIST lists, NDIS_PORT_NUMBER, ULONG, ULONG flags) {
        auto* binding = static_cast<Binding*>(context);
        const bool may_keep = NDIS_TEST_RECEIVE_CAN_PEND(flags);
        for (PNET_BUFFER_LIST list = lists; list != nullptr; list = list->Next)
            binding->received.push_back({may_keep && stack->keep_received ? list : nullptr, data_of(list->FirstNetBuffer), may_keep});
        if (may_keep && !stack->keep_received) NdisReturnNetBufferLists(binding->handle, lists, 0);
    }
    static VOID sent(NDIS_HANDLE context, PNET_BUFFER_LIST lists, ULONG) {
        auto* binding = static_cast<Binding*>(context);
        for_each_list(lists, [&](PNET_BUFFER_LIST list) {
            for (MuxStack::Sent& sent : stack->sent_) {
                if (sent.list != list || sent.back) continue;
                sent.back = true;
                sent.status = list->SourceHandle == binding->handle ? list->Status : NDIS_STATUS_INVALID_DATA;
            }
        });
    }
    static VOID unload(PDRIVER_OBJECT) { NdisDeregisterProtocolDriver(stack->talker_protocol); }

    static VOID offload_complete(NDIS_HANDLE, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST block) { stack->offload_status = block->Status; }
    static VOID offload_event(NDIS_HANDLE, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, ULONG) {}
    static NDIS_STATUS set_options(NDIS_HANDLE handle, NDIS_HANDLE) {
        NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS generic{};
        generic.Header = {NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, 1, sizeof generic};
        generic.InitiateOffloadCompleteHandler = offload_complete;
        generic.TerminateOffloadCompleteHandler = offload_complete;
        generic.UpdateOffloadCompleteHandler = offload_complete;
        generic.InvalidateOffloadCompleteHandler = offload_complete;
        generic.QueryOffloadCompleteHandler = offload_complete;
        generic.IndicateOffloadEventHandler = offload_event;
        return NdisSetOptionalHandlers(handle, reinterpret_cast<PNDIS_DRIVER_OPTIONAL_HANDLERS>(&generic));
    }

    static NTSTATUS entry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
        NDIS_PROTOCOL_DRIVER_CHARACTERISTICS talker{};
        talker.Header = {NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS, 1, NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1};
        talker.MajorNdisVersion = 6;
        talker.Name = NDIS_STRING_CONST("Talker");
        talker.SetOptionsHandler = set_options;
        talker.BindAdapterHandlerEx = bind;
        talker.UnbindAdapterHandlerEx = unbind;
        talker.OpenAdapterCompleteHandlerEx = open_complete;
        talker.CloseAdapterCompleteHandlerEx = close_complete;
        talker.NetPnPEventHandler = event;
        talker.OidRequestCompleteHandler = request_complete;
        talker.StatusHandlerEx = status;
        talker.ReceiveNetBufferListsHandler = receive;
        talker.SendNetBufferListsCompleteHandler = sent;
        driver->DriverUnload = unload;
        return NdisRegisterProtocolDriver(nullptr, &talker, &stack->talker_protocol);
    }
};

Bytes frame(const Address& destination, const Address& source, std::size_t payload) {
    Bytes bytes(destination.begin(), destination.end());
    bytes.insert(bytes.end(), source.begin(), source.end());
    bytes.insert(bytes.end(), {0x08, 0x00});
    for (std::size_t i = 0; i < payload; ++i) bytes.push_back(static_cast<std::uint8_t>(i * 7 + payload));
    return bytes;
}

MuxStack::MuxStack(Options options) {
    stack = this;
    machine::MachineOptions machine_options;
    machine_options.mode = machine::Mode::strict;
    machine_options.schedule = options.schedule;
    machine_ = std::make_unique<machine::Machine>(machine_options);
    machine_->add_layer(trace::LayerRole::host_stack, "talker", "test");
    machine_->add_layer(trace::LayerRole::intermediate_driver, "IM 1", "linkmux");
    machine_->add_layer(trace::LayerRole::offload_target, "card", "test");
    ndis_ = std::make_unique<ndis::Ndis>(*machine_, options.ndis);
    up_ = boot(options);
}

bool MuxStack::boot(const Options& options) {
    const auto load = [this](machine::LayerIndex layer, const char* name, PDRIVER_INITIALIZE entry) {
        ndis::DriverDescription driver;
        driver.layer = layer;
        driver.name = name;
        driver.entry = entry;
        return ndis_->load_driver(driver) == STATUS_SUCCESS;
    };
    auto& configuration = machine_->configuration();
    configuration.set_multi_text("protocol\\LinkMux\\adapter\\card0", "UpperBindings", options.names);
    configuration.set_integer("driver\\linkmux\\Parameters", "SendMode", options.send_mode);
    configuration.set_integer("protocol\\LinkMux\\adapter\\card0", "CopyLentReceives", options.copy_lent);
    if (!load(card, "card", card_entry) || ndis_->add_physical_adapter(card, "card0") != NDIS_STATUS_SUCCESS) return false;
    if (options.failing_allocation) machine_->pool().faults().fail_nth(*options.failing_allocation, {std::nullopt, mux});
    if (!load(mux, "linkmux", DriverEntry)) return false;
    if (!ndis_->bind(mux, "card0")) return false;
    if (!load(talker, "talker", MuxEnds::entry)) return false;
    for (const std::string& name : ndis_->virtual_adapters(mux)) ndis_->bind(talker, name);
    ndis_->restart_stack();

    const auto lists = [this](machine::LayerIndex layer, NDIS_HANDLE owner, NDIS_HANDLE& list_pool, NDIS_HANDLE& buffer_pool) {
        const machine::MachineScope scope(*machine_, layer);
        NET_BUFFER_LIST_POOL_PARAMETERS parameters{};
        parameters.Header = {NDIS_OBJECT_TYPE_DEFAULT, 1, NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1};
        parameters.PoolTag = 1;
        list_pool = NdisAllocateNetBufferListPool(owner, &parameters);
        NET_BUFFER_POOL_PARAMETERS buffers{};
        buffers.Header = {NDIS_OBJECT_TYPE_DEFAULT, 1, NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1};
        buffers.PoolTag = 1;
        buffer_pool = NdisAllocateNetBufferPool(owner, &buffers);
    };
    lists(talker, talker_protocol, talker_lists_, talker_buffers_);
    lists(card, card_adapter, card_lists_, card_buffers_);
    return true;
}

MuxStack::~MuxStack() {
    ndis_.reset();
    stack = nullptr;
}

PNET_BUFFER_LIST MuxStack::make_list(NDIS_HANDLE owner, NDIS_HANDLE list_pool, NDIS_HANDLE buffer_pool, const std::vector<Bytes>& frames,
                                     Sent& keep) {
    std::size_t size = 0;
    for (const Bytes& bytes : frames) size += bytes.size();
    keep.memory = ExAllocatePoolWithTag(NonPagedPool, std::max<std::size_t>(size, 1), 1);
    auto* at = static_cast<std::uint8_t*>(keep.memory);
    keep.list = NdisAllocateNetBufferList(list_pool, 0, 0);
    PNET_BUFFER* tail = &keep.list->FirstNetBuffer;
    for (const Bytes& bytes : frames) {
        std::copy(bytes.begin(), bytes.end(), at);
        // The header ends in the middle of an MDL when there is more than one.
        constexpr std::size_t first_part = 10;
        const std::size_t first = bytes.size() > 40 ? first_part : bytes.size();
        PMDL mdl = NdisAllocateMdl(owner, at, static_cast<UINT>(first));
        keep.mdls.push_back(mdl);
        if (first < bytes.size()) {
            mdl->Next = NdisAllocateMdl(owner, at + first, static_cast<UINT>(bytes.size() - first));
            keep.mdls.push_back(mdl->Next);
        }
        *tail = NdisAllocateNetBuffer(buffer_pool, mdl, 0, bytes.size());
        tail = &(*tail)->Next;
        at += bytes.size();
    }
    return keep.list;
}

void MuxStack::free_list(Sent& sent) {
    for (PNET_BUFFER buffer = sent.list->FirstNetBuffer; buffer != nullptr;) {
        PNET_BUFFER const next = buffer->Next;
        NdisFreeNetBuffer(buffer);
        buffer = next;
    }
    sent.list->FirstNetBuffer = nullptr;
    NdisFreeNetBufferList(sent.list);
    for (PMDL mdl : sent.mdls) NdisFreeMdl(mdl);
    ExFreePoolWithTag(sent.memory, 1);
}

MuxStack::Sent& MuxStack::send(std::size_t edge, const std::vector<Bytes>& frames, ULONG flags) {
    return *send_chain(edge, {frames}, flags).front();
}

std::vector<MuxStack::Sent*> MuxStack::send_chain(std::size_t edge, const std::vector<std::vector<Bytes>>& lists, ULONG flags) {
    const machine::MachineScope scope(*machine_, talker);
    std::vector<Sent*> made;
    for (const auto& frames : lists) {
        Sent& sent = sent_.emplace_back();
        make_list(talker_protocol, talker_lists_, talker_buffers_, frames, sent);
        sent.list->SourceHandle = bindings[edge]->handle;
        if (!made.empty()) made.back()->list->Next = sent.list;
        made.push_back(&sent);
    }
    NdisSendNetBufferLists(bindings[edge]->handle, made.front()->list, 0, flags);
    return made;
}

void MuxStack::give_back(std::size_t edge) {
    const machine::MachineScope scope(*machine_, talker);
    PNET_BUFFER_LIST chain = nullptr;
    for (Received& received : bindings[edge]->received) {
        if (received.list == nullptr) continue;
        received.list->Next = chain;
        chain = std::exchange(received.list, nullptr);
    }
    if (chain) NdisReturnNetBufferLists(bindings[edge]->handle, chain, 0);
}

std::optional<NDIS_STATUS> MuxStack::offload_neighbor(std::size_t edge) {
    const machine::MachineScope scope(*machine_, talker);
    offload_status.reset();
    auto* handle = static_cast<PNDIS_OFFLOAD_HANDLE>(ExAllocatePoolWithTag(NonPagedPool, sizeof(NDIS_OFFLOAD_HANDLE), 1));
    std::memset(static_cast<void*>(handle), 0, sizeof *handle);
    auto* block = static_cast<PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>(
        ExAllocatePoolWithTag(NonPagedPool, ChimneylabBlockAndStateSize(NeighborOffloadState), 1));
    std::memset(static_cast<void*>(block), 0, sizeof *block);
    block->Header = {NeighborOffloadState, 1, sizeof *block};
    block->OffloadHandle = handle;
    ChimneylabInitializeFollowingState(block);
    NdisInitiateOffload(bindings[edge]->handle, block);
    machine_->run_until_idle();
    ExFreePoolWithTag(block, 1);
    ExFreePoolWithTag(handle, 1);
    return offload_status;
}

NDIS_STATUS MuxStack::request(std::size_t edge, NDIS_REQUEST_TYPE type, NDIS_OID oid, void* buffer, UINT length, PVOID id) {
    const machine::MachineScope scope(*machine_, talker);
    NDIS_OID_REQUEST& request = own_requests_.emplace_back();
    request.Header = {NDIS_OBJECT_TYPE_OID_REQUEST, 1, NDIS_SIZEOF_OID_REQUEST_REVISION_1};
    request.RequestType = type;
    request.RequestId = id;
    request.DATA.QUERY_INFORMATION.Oid = oid;
    request.DATA.QUERY_INFORMATION.InformationBuffer = buffer;
    request.DATA.QUERY_INFORMATION.InformationBufferLength = length;
    auto& completed = bindings[edge]->requests_completed;
    const std::size_t before = completed.size();
    const NDIS_STATUS status = NdisOidRequest(bindings[edge]->handle, &request);
    // Completed inside the call: that is its answer.
    return status == NDIS_STATUS_PENDING && completed.size() > before ? completed.back() : status;
}

void MuxStack::listen() {
    for (std::size_t edge = 0; edge < edges(); ++edge)
        set_filter(edge, NDIS_PACKET_TYPE_DIRECTED | NDIS_PACKET_TYPE_MULTICAST | NDIS_PACKET_TYPE_BROADCAST);
}

std::vector<Bytes> MuxStack::wire_frames() const {
    const machine::MachineScope scope(*machine_, card);
    std::vector<Bytes> frames;
    for (PNET_BUFFER_LIST list : on_the_wire)
        for (PNET_BUFFER buffer = list->FirstNetBuffer; buffer; buffer = buffer->Next) frames.push_back(data_of(buffer));
    return frames;
}

void MuxStack::complete(NDIS_STATUS status) {
    const machine::MachineScope scope(*machine_, card);
    PNET_BUFFER_LIST chain = nullptr;
    for (PNET_BUFFER_LIST list : on_the_wire) {
        list->Status = status;
        list->Next = chain;
        chain = list;
    }
    on_the_wire.clear();
    if (chain) NdisMSendNetBufferListsComplete(card_adapter, chain, 0);
}

void MuxStack::arrive(const std::vector<Bytes>& frames, bool lent) {
    const machine::MachineScope scope(*machine_, card);
    PNET_BUFFER_LIST first = nullptr;
    PNET_BUFFER_LIST* tail = &first;
    const std::size_t before = arrived_.size();
    for (const Bytes& bytes : frames) {
        Sent& made = arrived_.emplace_back();
        *tail = make_list(card_adapter, card_lists_, card_buffers_, {bytes}, made);
        (*tail)->SourceHandle = card_adapter;
        tail = &(*tail)->Next;
    }
    NdisMIndicateReceiveNetBufferLists(card_adapter, first, 0, static_cast<ULONG>(frames.size()),
                                       lent ? NDIS_RECEIVE_FLAGS_RESOURCES : 0);
    if (!lent) return;
    std::size_t intact = before;  // the chain has to be as it was
    for (PNET_BUFFER_LIST list = first; list != nullptr && intact < arrived_.size() && list == arrived_[intact].list; list = list->Next) ++intact;
    if (intact != arrived_.size()) machine_->finding(machine::FindingKind::foreign_handle, "a lent chain came back changed");
}

void MuxStack::link(NDIS_MEDIA_CONNECT_STATE state) {
    const machine::MachineScope scope(*machine_, card);
    NDIS_LINK_STATE link{};
    link.Header = {NDIS_OBJECT_TYPE_DEFAULT, 1, NDIS_SIZEOF_LINK_STATE_REVISION_1};
    link.MediaConnectState = state;
    link.MediaDuplexState = MediaDuplexStateFull;
    link.XmitLinkSpeed = link.RcvLinkSpeed = 100'000'000;
    NDIS_STATUS_INDICATION indication{};
    indication.Header = {NDIS_OBJECT_TYPE_STATUS_INDICATION, 1, NDIS_SIZEOF_STATUS_INDICATION_REVISION_1};
    indication.SourceHandle = card_adapter;
    indication.StatusCode = NDIS_STATUS_LINK_STATE;
    indication.StatusBuffer = &link;
    indication.StatusBufferSize = sizeof link;
    NdisMIndicateStatusEx(card_adapter, &indication);
}

void MuxStack::complete_request(NDIS_STATUS status) {
    const machine::MachineScope scope(*machine_, card);
    NdisMOidRequestComplete(card_adapter, std::exchange(pended_request, nullptr), status);
}

machine::DeviceResult MuxStack::control(ULONG code, const void* input, std::size_t input_bytes, std::size_t output_bytes) {
    return machine_->devices().control_once("\\DosDevices\\LinkMux", code,
                                            {static_cast<const std::byte*>(input), input_bytes}, output_bytes);
}

std::string MuxStack::shut_down() {
    for (std::size_t edge = 0; edge < edges(); ++edge) give_back(edge);
    complete();
    const auto release = [this](machine::LayerIndex layer, std::deque<Sent>& lists, NDIS_HANDLE list_pool, NDIS_HANDLE buffer_pool) {
        const machine::MachineScope scope(*machine_, layer);
        for (Sent& sent : lists) free_list(sent);
        lists.clear();
        if (list_pool) NdisFreeNetBufferListPool(list_pool);
        if (buffer_pool) NdisFreeNetBufferPool(buffer_pool);
    };
    std::string text;
    for (const Sent& sent : sent_)
        if (!sent.back) text += "a send never came back\n";
    release(talker, sent_, talker_lists_, talker_buffers_);
    release(card, arrived_, card_lists_, card_buffers_);
    ndis_->unload_everything();
    machine_->finish();
    for (const machine::Finding& finding : machine_->findings())
        text += std::string(machine::to_text(finding.kind)) + ": " + finding.explanation + "\n";
    for (const verifier::Violation& violation : verifier::verify(machine_->recorder().trace()))
        if (violation.layer == mux) text += std::string(violation.rule) + ": " + violation.explanation + "\n";
    return text;
}

}  // namespace chimneylab::test
