// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/ndis/core_platform.h"

#include <algorithm>
#include <cstring>

namespace chimneylab::ndis::test {

Stack* Stack::current = nullptr;

namespace {

Stack& self(void* pointer) { return *static_cast<Stack*>(pointer); }

void block_handler(const char* name, NDIS_HANDLE context, void* block) {
    HandlerCall call;
    call.name = name;
    call.context = context;
    call.block = block;
    Stack::current->called(call);
}

std::vector<PNET_BUFFER_LIST> members(PNET_BUFFER_LIST chain) {
    std::vector<PNET_BUFFER_LIST> result;
    for (; chain; chain = chain->Next) result.push_back(chain);
    return result;
}

NDIS_STATUS transfer(const char* name, NDIS_HANDLE context, PVOID offload_context, PNET_BUFFER_LIST chain, ULONG flags = 0) {
    HandlerCall call;
    call.name = name;
    call.context = context;
    call.offload_context = offload_context;
    call.chain = chain;
    call.members = members(chain);
    call.flags = flags;
    Stack::current->called(call);
    return Stack::current->status_to_return;
}

void completed(const char* name, NDIS_HANDLE context, PNET_BUFFER_LIST chain) { transfer(name, context, nullptr, chain); }


#define MINIPORT(name) [](NDIS_HANDLE context, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST block) { block_handler(name, context, block); }
#define PROTOCOL(name) [](NDIS_HANDLE context, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST block) { block_handler(name, context, block); }
#define TRANSFER(name) \
    [](NDIS_HANDLE context, PVOID offload_context, PNET_BUFFER_LIST chain) { return transfer(name, context, offload_context, chain); }
#define COMPLETED(name) [](NDIS_HANDLE context, PNET_BUFFER_LIST chain) { completed(name, context, chain); }

}  // namespace

Stack::Stack() {
    current = this;
    platform.Self = this;
    platform.Strict = FALSE;
    platform.ResolveBinding = [](void* pointer, const CHIMNEY_CALL* call, const void* value) -> const CHIMNEY_BINDING* {
        Stack& stack = self(pointer);
        const auto found = stack.entries_.find(reinterpret_cast<std::uintptr_t>(value));
        if (found != stack.entries_.end()) return &found->second->binding;
        stack.platform.Report(pointer, call, ChimneyBadHandle, value, "no such binding");
        return nullptr;
    };
    platform.BindingOnMiniport = [](void* pointer, const CHIMNEY_CALL*, NDIS_HANDLE, ULONG index) -> const CHIMNEY_BINDING* {
        Stack& stack = self(pointer);
        return index < stack.on_miniport.size() ? stack.on_miniport[index] : nullptr;
    };
    platform.Accessible = [](void* pointer, const void* address, SIZE_T) -> BOOLEAN {
        return std::ranges::find(self(pointer).unreadable, address) == self(pointer).unreadable.end();
    };
    platform.Admit = [](void* pointer, const CHIMNEY_CALL*, const CHIMNEY_BINDING*) -> BOOLEAN { return self(pointer).admit; };
    platform.Report = [](void* pointer, const CHIMNEY_CALL*, CHIMNEY_FINDING kind, const void* subject, const char* text) {
        self(pointer).findings.push_back({kind, text, subject});
    };
    platform.NdisCallBegins = [](void* pointer, CHIMNEY_CALL* call) { self(pointer).boundaries.push_back(std::string("> ") + call->Name); };
    platform.NdisCallEnds = [](void* pointer, CHIMNEY_CALL* call) { self(pointer).boundaries.push_back(std::string("< ") + call->Name); };
    platform.HandlerBegins = platform.NdisCallBegins;
    platform.HandlerEnds = platform.NdisCallEnds;
    platform.Converted = [](void* pointer, const CHIMNEY_CALL*) { self(pointer).boundaries.push_back("converted"); };
    platform.NetBufferListGoesDown = [](void*, const CHIMNEY_CALL*, PNET_BUFFER_LIST) {};
}

Stack::~Stack() { current = nullptr; }

void Stack::called(HandlerCall call) {
    handlers.push_back(call);
    if (on_handler) on_handler(call);
}

CHIMNEY_BINDING* Stack::add_binding(std::uintptr_t handle) {
    auto entry = std::make_unique<Entry>();
    entry->provider.InitiateOffloadHandler = MINIPORT("MiniportInitiateOffload");
    entry->provider.QueryOffloadHandler = MINIPORT("MiniportQueryOffload");
    entry->provider.UpdateOffloadHandler = MINIPORT("MiniportUpdateOffload");
    entry->provider.InvalidateOffloadHandler = MINIPORT("MiniportInvalidateOffload");
    entry->provider.TerminateOffloadHandler = MINIPORT("MiniportTerminateOffload");
    entry->client.InitiateOffloadCompleteHandler = PROTOCOL("ProtocolInitiateOffloadComplete");
    entry->client.QueryOffloadCompleteHandler = PROTOCOL("ProtocolQueryOffloadComplete");
    entry->client.UpdateOffloadCompleteHandler = PROTOCOL("ProtocolUpdateOffloadComplete");
    entry->client.InvalidateOffloadCompleteHandler = PROTOCOL("ProtocolInvalidateOffloadComplete");
    entry->client.TerminateOffloadCompleteHandler = PROTOCOL("ProtocolTerminateOffloadComplete");
    entry->client.IndicateOffloadEventHandler = [](NDIS_HANDLE context, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST block, ULONG code) {
        HandlerCall call;
        call.name = "ProtocolIndicateOffloadEvent";
        call.context = context;
        call.block = block;
        call.flags = code;
        current->called(call);
    };
    entry->provider_tcp.TcpOffloadSendHandler = TRANSFER("MiniportTcpOffloadSend");
    entry->provider_tcp.TcpOffloadReceiveHandler = TRANSFER("MiniportTcpOffloadReceive");
    entry->provider_tcp.TcpOffloadForwardHandler = TRANSFER("MiniportTcpOffloadForward");
    entry->provider_tcp.TcpOffloadDisconnectHandler = [](NDIS_HANDLE context, PVOID offload_context, PNET_BUFFER_LIST chain, ULONG flags) {
        return transfer("MiniportTcpOffloadDisconnect", context, offload_context, chain, flags);
    };
    entry->provider_tcp.TcpOffloadReceiveReturnHandler = [](NDIS_HANDLE context, PNET_BUFFER_LIST chain) {
        return transfer("MiniportTcpOffloadReceiveReturn", context, nullptr, chain);
    };
    entry->client_tcp.TcpOffloadSendCompleteHandler = COMPLETED("ProtocolTcpOffloadSendComplete");
    entry->client_tcp.TcpOffloadReceiveCompleteHandler = COMPLETED("ProtocolTcpOffloadReceiveComplete");
    entry->client_tcp.TcpOffloadDisconnectCompleteHandler = COMPLETED("ProtocolTcpOffloadDisconnectComplete");
    entry->client_tcp.TcpOffloadForwardCompleteHandler = COMPLETED("ProtocolTcpOffloadForwardComplete");
    entry->client_tcp.TcpOffloadEventHandler = [](PVOID context, ULONG type, ULONG information) {
        HandlerCall call;
        call.name = "ProtocolTcpOffloadEvent";
        call.context = context;
        call.flags = type;
        call.information = information;
        current->called(call);
    };
    entry->client_tcp.TcpOffloadReceiveIndicateHandler = [](PVOID context, PNET_BUFFER_LIST list, NDIS_STATUS status, PULONG consumed) {
        HandlerCall call;
        call.name = "ProtocolTcpOffloadReceiveIndicate";
        call.context = context;
        call.chain = list;
        call.flags = static_cast<ULONG>(status);
        *consumed = current->bytes_consumed;
        current->called(call);
        return current->status_to_return;
    };
    entry->binding.Handle = value(handle);
    entry->binding.ProtocolBindingContext = value(handle + 1);
    entry->binding.MiniportAdapterContext = value(handle + 2);
    entry->binding.ProviderGeneric = &entry->provider;
    entry->binding.ProviderTcp = &entry->provider_tcp;
    entry->binding.ClientGeneric = &entry->client;
    entry->binding.ClientTcp = &entry->client_tcp;
    return &(entries_[handle] = std::move(entry))->binding;
}

NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS& Stack::provider(std::uintptr_t handle) { return entries_.at(handle)->provider; }
NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS& Stack::client(std::uintptr_t handle) { return entries_.at(handle)->client; }
NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS& Stack::provider_tcp(std::uintptr_t handle) { return entries_.at(handle)->provider_tcp; }
NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS& Stack::client_tcp(std::uintptr_t handle) { return entries_.at(handle)->client_tcp; }

Block::Block(UCHAR type, PNDIS_OFFLOAD_HANDLE handle) {
    std::memset(&list, 0x5A, sizeof(list));
    std::memset(state, 0x3C, sizeof(state));
    list.Header = {type, 1, sizeof(list)};
    list.NextBlock = nullptr;
    list.DependentBlockList = nullptr;
    list.OffloadHandle = handle;
    list.NetBufferListChain = nullptr;
}

std::vector<std::string> changed_members(const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST& before, const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST& after) {
    std::vector<std::string> result;
#define COMPARE(member) \
    if (std::memcmp(&before.member, &after.member, sizeof(before.member)) != 0) result.emplace_back(#member);
    COMPARE(Header)
    COMPARE(NextBlock)
    COMPARE(DependentBlockList)
    COMPARE(Status)
    COMPARE(NdisReserved[0])
    COMPARE(NdisReserved[1])
    COMPARE(NdisReserved[2])
    COMPARE(OffloadHandle)
    COMPARE(ProtocolReserved)
    COMPARE(MiniportReserved)
    COMPARE(ImReserved)
    COMPARE(Scratch)
    COMPARE(SourceHandle)
    COMPARE(PortNumber)
    COMPARE(NetBufferListChain)
    return result;
}

}  // namespace chimneylab::ndis::test

// Calls through the exported names go to the stack of the running test.
const CHIMNEY_PLATFORM* ChimneyCurrentPlatform(void) {
    auto* stack = chimneylab::ndis::test::Stack::current;
    return stack ? &stack->platform : nullptr;
}
