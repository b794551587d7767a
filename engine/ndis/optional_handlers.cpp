// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// NdisSetOptionalHandlers recognises a table by Header.Type and by the kind of handle it is given with (observed; the
// pages say the type is not significant). Revision and size of the chimney tables are not looked at.
#include <array>
#include <cstring>
#include <span>

#include "engine/ndis/driver_call.h"
#include "engine/ndis/observation/observer.h"
#include "engine/ndis/system.h"

namespace chimneylab::ndis {

using machine::HandleKind;

namespace {

// Every handler of a table, as words: only whether one is missing matters.
template <typename Table>
bool has_null_handler(const Table& table, std::size_t first_handler) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&table);
    for (std::size_t at = first_handler; at < sizeof(Table); at += sizeof(void*)) {
        void* handler;
        std::memcpy(&handler, bytes + at, sizeof(handler));
        if (handler == nullptr) return true;
    }
    return false;
}

// The structure behind a table's Header.Type; 0 for a type that is no chimney table.
std::size_t chimney_table_size(UCHAR type) {
    switch (type) {
        case NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS: return sizeof(NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS);
        case NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_CHARACTERISTICS: return sizeof(NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS);
        case NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS: return sizeof(NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS);
        case NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_CHARACTERISTICS: return sizeof(NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS);
        default: return 0;
    }
}

}  // namespace

// The table as the driver filled it, for the trace. A type that is no chimney table is shown by its header.
trace::RegionId System::show_optional_handlers(const NDIS_DRIVER_OPTIONAL_HANDLERS* handlers) {
    NDIS_OBJECT_HEADER header;
    if (!observer().memory().read(handlers, &header, sizeof(header))) return {};
    std::size_t size = chimney_table_size(header.Type);
    std::array<std::uint64_t, 8> words{};
    static_assert(sizeof(words) >= sizeof(NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS));
    if (size == 0 || !observer().memory().read(handlers, words.data(), size)) {
        size = sizeof(header);
        std::memcpy(words.data(), &header, size);
    }
    trace::Region region;
    region.kind = trace::RegionKind::handler_table;
    region.owner = caller();
    // Tables stand on the stack as a rule. Where on it, and whether two share a place, is the compiler's affair and must not
    // show in the trace: each gets an address by its number, beyond those of the process's own words.
    region.address = machine::AddressSpace::process_base + (std::uint64_t{1} << 32) + 64 * machine_.recorder().trace().region_count();
    region.label = machine_.recorder().intern("handler table");
    return machine_.recorder().begin_region(region, machine_.address_space().translate_words(std::as_bytes(std::span(words)).first(size)));
}

trace::RegionId System::show_parameters(const void* structure, std::size_t size, std::string_view label) {
    std::array<std::uint64_t, 32> words{};
    if (structure == nullptr || size == 0 || size > sizeof(words) || !observer().memory().read(structure, words.data(), size)) return {};
    trace::Region region;
    region.kind = trace::RegionKind::parameters;
    region.owner = caller();
    region.address = machine::AddressSpace::process_base + (std::uint64_t{1} << 32) + 64 * machine_.recorder().trace().region_count();
    region.label = machine_.recorder().intern(label);
    return machine_.recorder().begin_region(region, machine_.address_space().translate_words(std::as_bytes(std::span(words)).first(size)));
}

NDIS_STATUS System::set_optional_handlers(NDIS_HANDLE handle, const NDIS_DRIVER_OPTIONAL_HANDLERS* handlers) {
    const machine::HandleEntry* entry = machine_.handles().find(handle);
    if (entry == nullptr || handlers == nullptr) {
        machine_.handles().require_any(handle, "NdisSetOptionalHandlers");
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    const auto take = [&](const auto& given, auto& table, std::size_t first_handler) {
        table = given;
        if (has_null_handler(table, first_handler))
            machine_.strict_finding(who(entry->owner) + " registers a chimney table with a NULL handler; NDIS checks none but the initiate handler");
        return NDIS_STATUS_SUCCESS;
    };
    const UCHAR type = handlers->Header.Type;
    if (entry->kind == HandleKind::miniport_driver) {
        auto& driver = *static_cast<MiniportDriver*>(entry->object);
        if (type == NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS)
            return take(*reinterpret_cast<const NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS*>(handlers), driver.chimney,
                        offsetof(NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, InitiateOffloadHandler));
        if (type == NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_CHARACTERISTICS) {
            const auto& given = *reinterpret_cast<const NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS*>(handlers);
            if (given.OffloadType != NdisTcpChimneyOffload) return NDIS_STATUS_NOT_SUPPORTED;
            return take(given, driver.chimney_tcp, offsetof(NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS, TcpOffloadSendHandler));
        }
        // MiniportAddDevice and its kin: accepted, there is no device tree to call them for.
        return type == NDIS_OBJECT_TYPE_MINIPORT_PNP_CHARACTERISTICS ? NDIS_STATUS_SUCCESS : NDIS_STATUS_NOT_SUPPORTED;
    }
    if (entry->kind != HandleKind::protocol_driver && entry->kind != HandleKind::binding) return NDIS_STATUS_NOT_SUPPORTED;
    const bool on_binding = entry->kind == HandleKind::binding;
    if (type == NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS) {
        const auto& given = *reinterpret_cast<const NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS*>(handlers);
        constexpr std::size_t first = offsetof(NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, InitiateOffloadCompleteHandler);
        if (!on_binding) return take(given, static_cast<ProtocolDriver*>(entry->object)->chimney, first);
        // Legal by its page, and never consulted: completions are dispatched from the protocol driver's table.
        NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS unused{};
        return take(given, unused, first);
    }
    if (type == NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_CHARACTERISTICS) {
        const auto& given = *reinterpret_cast<const NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS*>(handlers);
        if (given.OffloadType != NdisTcpChimneyOffload) return NDIS_STATUS_NOT_SUPPORTED;
        constexpr std::size_t first = offsetof(NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS, TcpOffloadSendCompleteHandler);
        if (!on_binding) return take(given, static_cast<ProtocolDriver*>(entry->object)->chimney_tcp, first);
        auto& binding = *static_cast<Binding*>(entry->object);
        binding.own_chimney_tcp.emplace();
        take(given, *binding.own_chimney_tcp, first);
        binding.chimney.ClientTcp = &*binding.own_chimney_tcp;
        return NDIS_STATUS_SUCCESS;
    }
    return NDIS_STATUS_NOT_SUPPORTED;
}

}  // namespace chimneylab::ndis

using chimneylab::ndis::System;

extern "C" NDIS_STATUS NdisSetOptionalHandlers(NDIS_HANDLE NdisHandle, PNDIS_DRIVER_OPTIONAL_HANDLERS OptionalHandlers) {
    System& system = System::of_call("NdisSetOptionalHandlers");
    auto details = chimneylab::ndis::about(NdisHandle);
    details.region = system.show_optional_handlers(OptionalHandlers);
    chimneylab::machine::NdisCall call(system.machine(), "NdisSetOptionalHandlers", details);
    system.machine().irql().require_passive("NdisSetOptionalHandlers");
    const NDIS_STATUS status = call.returns(system.set_optional_handlers(NdisHandle, OptionalHandlers));
    system.machine().recorder().end_region(details.region);
    return status;
}
