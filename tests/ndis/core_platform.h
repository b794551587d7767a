// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The smallest system the chimney dispatch can run in: a handful of bindings, a log of crossings, a list of findings, and
// memory it was told about. Handlers of the bindings call back into the Stack that is installed while a test runs.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/ndis/core/chimney_dispatch.h"

namespace chimneylab::ndis::test {

// The contexts of the binding above and of the adapter below.
inline constexpr std::uintptr_t upper = 0x1000, lower = 0x2000;

struct HandlerCall {
    std::string name;
    NDIS_HANDLE context = nullptr;  // first argument
    void* block = nullptr;
    PVOID offload_context = nullptr;
    PNET_BUFFER_LIST chain = nullptr;
    std::vector<PNET_BUFFER_LIST> members;  // of the chain, as delivered
    ULONG flags = 0;
    ULONG information = 0;
};

struct CoreFinding {
    CHIMNEY_FINDING kind;
    std::string explanation;
    const void* subject;
};

class Stack {
public:
    Stack();
    ~Stack();
    Stack(const Stack&) = delete;
    Stack& operator=(const Stack&) = delete;

    // A binding whose four tables are filled; handle is any value.
    CHIMNEY_BINDING* add_binding(std::uintptr_t handle);
    NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS& provider(std::uintptr_t handle);
    NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS& client(std::uintptr_t handle);
    NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS& provider_tcp(std::uintptr_t handle);
    NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS& client_tcp(std::uintptr_t handle);
    static NDIS_HANDLE value(std::uintptr_t handle) { return reinterpret_cast<NDIS_HANDLE>(handle); }

    CHIMNEY_PLATFORM platform{};
    std::vector<HandlerCall> handlers;       // handler calls in order
    std::vector<std::string> boundaries;     // "> NdisInitiateOffload", "< NdisInitiateOffload", "converted", …
    std::vector<CoreFinding> findings;
    std::vector<const void*> unreadable;     // addresses where there is no memory
    std::function<void(const HandlerCall&)> on_handler;
    NDIS_STATUS status_to_return = NDIS_STATUS_PENDING;
    ULONG bytes_consumed = 0;
    bool admit = true;
    std::vector<CHIMNEY_BINDING*> on_miniport;

    static Stack* current;
    void called(HandlerCall call);

private:
    struct Entry {
        CHIMNEY_BINDING binding{};
        NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS provider{};
        NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS provider_tcp{};
        NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS client{};
        NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS client_tcp{};
    };
    std::map<std::uintptr_t, std::unique_ptr<Entry>> entries_;
};

// A block in memory that starts filled with a pattern, so that every byte NDIS writes is seen.
struct Block {
    explicit Block(UCHAR type, PNDIS_OFFLOAD_HANDLE handle = nullptr);
    NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST& operator*() { return list; }
    NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST* operator->() { return &list; }
    operator PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST() { return &list; }
    [[nodiscard]] PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST miniport() { return reinterpret_cast<PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST>(&list); }

    NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST list;
    unsigned char state[64];  // what follows
};

// The names of the members whose bytes differ.
std::vector<std::string> changed_members(const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST& before, const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST& after);

}  // namespace chimneylab::ndis::test
