// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/text.h"

#include <array>
#include <cctype>
#include <charconv>
#include <cstdio>

namespace chimneylab::trace {
namespace {

constexpr std::array event_kind_words = std::to_array<std::string_view>({"run_started",
                                                                         "run_finished",
                                                                         "step_started",
                                                                         "step_finished",
                                                                         "choice",
                                                                         "work_queued",
                                                                         "work_started",
                                                                         "work_finished",
                                                                         "enter",
                                                                         "leave",
                                                                         "conversion",
                                                                         "operation_started",
                                                                         "operation_finished",
                                                                         "memory_allocated",
                                                                         "memory_freed",
                                                                         "call_entry_recognised",
                                                                         "call_entry_released",
                                                                         "offload_entry_recognised",
                                                                         "offload_entry_released",
                                                                         "context_published",
                                                                         "handle_opened",
                                                                         "handle_closed",
                                                                         "state_changed",
                                                                         "irql_changed",
                                                                         "message",
                                                                         "finding",
                                                                         "fault_injected",
                                                                         "frame_sent",
                                                                         "frame_received",
                                                                         "frame_dropped"});
static_assert(event_kind_words.size() == static_cast<std::size_t>(last_event_kind) + 1);

constexpr std::array operation_words =
    std::to_array<std::string_view>({"none", "initiate", "query", "update", "invalidate", "terminate"});

constexpr std::array conversion_words =
    std::to_array<std::string_view>({"none", "protocol_to_miniport_by_ndis", "miniport_to_protocol_by_driver",
                                     "miniport_to_protocol_by_ndis", "protocol_to_miniport_by_driver"});

constexpr std::array finding_words = std::to_array<std::string_view>(
    {"none", "use_after_free", "double_free", "invalid_free", "buffer_overrun", "leak", "foreign_handle",
     "endless_completion", "wrong_irql", "lock_misuse", "strict_validation", "driver_refused", "deadlock",
     "driver_crashed", "driver_hung"});
static_assert(finding_words.size() == static_cast<std::size_t>(FindingKind::driver_hung) + 1);

constexpr std::array region_words =
    std::to_array<std::string_view>({"block_list", "following_state", "offload_handle", "call_entry", "offload_entry",
                                     "net_buffer_list", "handler_table", "net_buffer", "net_buffer_list_context", "parameters",
                                     "frame"});
static_assert(region_words.size() == static_cast<std::size_t>(last_region_kind) + 1);

constexpr std::array role_words =
    std::to_array<std::string_view>({"host_stack", "intermediate_driver", "offload_target"});

template <typename Enumeration, std::size_t Count>
std::string_view word(const std::array<std::string_view, Count>& words, Enumeration value) {
    const auto index = static_cast<std::size_t>(value);
    return index < Count ? words[index] : std::string_view("unknown");
}

template <typename Enumeration, std::size_t Count>
std::optional<Enumeration> parse_word(const std::array<std::string_view, Count>& words, std::string_view text) {
    for (std::size_t i = 0; i < Count; ++i)
        if (words[i] == text) return static_cast<Enumeration>(i);
    return std::nullopt;
}

struct StatusName {
    std::uint32_t value;
    std::string_view name;  // without NDIS_STATUS_
};

// ndis.h, without the wide-area and wireless ones.
constexpr std::array status_names = std::to_array<StatusName>({
    {0x00000000, "SUCCESS"},
    {0x00000103, "PENDING"},
    {0x00010001, "NOT_RECOGNIZED"},
    {0x00010002, "NOT_COPIED"},
    {0x00010003, "NOT_ACCEPTED"},
    {0x00010007, "CALL_ACTIVE"},
    {0x40010003, "ONLINE"},
    {0x40010004, "RESET_START"},
    {0x40010005, "RESET_END"},
    {0x40010007, "CLOSED"},
    {0x4001000B, "MEDIA_CONNECT"},
    {0x4001000C, "MEDIA_DISCONNECT"},
    {0x4001000D, "HARDWARE_LINE_UP"},
    {0x4001000E, "HARDWARE_LINE_DOWN"},
    {0x40010011, "MEDIA_BUSY"},
    {0x40010012, "MEDIA_SPECIFIC_INDICATION"},
    {0x40010013, "LINK_SPEED_CHANGE"},
    {0x40010017, "LINK_STATE"},
    {0x40010018, "NETWORK_CHANGE"},
    {0x40010019, "MEDIA_SPECIFIC_INDICATION_EX"},
    {0x40010022, "PORT_STATE"},
    {0x40010023, "OPER_STATUS"},
    {0x40010024, "PACKET_FILTER"},
    {0x40010026, "IP_OPER_STATUS"},
    {0x40020001, "OFFLOAD_PAUSE"},
    {0x40020002, "UPLOAD_ALL"},
    {0x40020003, "OFFLOAD_RESUME"},
    {0x40020004, "OFFLOAD_PARTIAL_SUCCESS"},
    {0x40020005, "OFFLOAD_STATE_INVALID"},
    {0x40020006, "TASK_OFFLOAD_CURRENT_CONFIG"},
    {0x40020007, "TASK_OFFLOAD_HARDWARE_CAPABILITIES"},
    {0x40020008, "OFFLOAD_ENCASPULATION_CHANGE"},
    {0x4002000B, "TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES"},
    {0x4002000C, "HD_SPLIT_CURRENT_CONFIG"},
    {0x4002000D, "RECEIVE_QUEUE_STATE"},
    {0x40020100, "OFFLOAD_IM_RESERVED1"},
    {0x40020101, "OFFLOAD_IM_RESERVED2"},
    {0x40020102, "OFFLOAD_IM_RESERVED3"},
    {0x40030051, "PM_WOL_PATTERN_REJECTED"},
    {0x40030052, "PM_OFFLOAD_REJECTED"},
    {0x40030053, "PM_CAPABILITIES_CHANGE"},
    {0x40230001, "INDICATION_REQUIRED"},
    {0x80000005, "BUFFER_OVERFLOW"},
    {0x80010001, "NOT_RESETTABLE"},
    {0x80010003, "SOFT_ERRORS"},
    {0x80010004, "HARD_ERRORS"},
    {0xC0000001, "FAILURE"},
    {0xC000000D, "INVALID_PARAMETER"},
    {0xC0000010, "INVALID_DEVICE_REQUEST"},
    {0xC000009A, "RESOURCES"},
    {0xC00000BB, "NOT_SUPPORTED"},
    {0xC0000184, "INVALID_STATE"},
    {0xC000023C, "NETWORK_UNREACHABLE"},
    {0xC0010002, "CLOSING"},
    {0xC0010004, "BAD_VERSION"},
    {0xC0010005, "BAD_CHARACTERISTICS"},
    {0xC0010006, "ADAPTER_NOT_FOUND"},
    {0xC0010007, "OPEN_FAILED"},
    {0xC0010008, "DEVICE_FAILED"},
    {0xC0010009, "MULTICAST_FULL"},
    {0xC001000A, "MULTICAST_EXISTS"},
    {0xC001000B, "MULTICAST_NOT_FOUND"},
    {0xC001000C, "REQUEST_ABORTED"},
    {0xC001000D, "RESET_IN_PROGRESS"},
    {0xC001000E, "CLOSING_INDICATING"},
    {0xC001000F, "INVALID_PACKET"},
    {0xC0010010, "OPEN_LIST_FULL"},
    {0xC0010011, "ADAPTER_NOT_READY"},
    {0xC0010012, "ADAPTER_NOT_OPEN"},
    {0xC0010013, "NOT_INDICATING"},
    {0xC0010014, "INVALID_LENGTH"},
    {0xC0010015, "INVALID_DATA"},
    {0xC0010016, "BUFFER_TOO_SHORT"},
    {0xC0010017, "INVALID_OID"},
    {0xC0010018, "ADAPTER_REMOVED"},
    {0xC0010019, "UNSUPPORTED_MEDIA"},
    {0xC001001A, "GROUP_ADDRESS_IN_USE"},
    {0xC001001B, "FILE_NOT_FOUND"},
    {0xC001001C, "ERROR_READING_FILE"},
    {0xC001001D, "ALREADY_MAPPED"},
    {0xC001001E, "RESOURCE_CONFLICT"},
    {0xC001001F, "NO_CABLE"},
    {0xC0010022, "INVALID_ADDRESS"},
    {0xC0010023, "VC_NOT_ACTIVATED"},
    {0xC0010024, "DEST_OUT_OF_ORDER"},
    {0xC0010025, "VC_NOT_AVAILABLE"},
    {0xC0010029, "NO_ROUTE_TO_DESTINATION"},
    {0xC023000C, "SEND_ABORTED"},
    {0xC023001F, "MEDIA_DISCONNECTED"},
    {0xC023002A, "PAUSED"},
    {0xC023002B, "INTERFACE_NOT_FOUND"},
    {0xC023002D, "INVALID_PORT"},
    {0xC023002E, "INVALID_PORT_STATE"},
    {0xC023002F, "LOW_POWER_STATE"},
    {0xC0231001, "UPLOAD_IN_PROGRESS"},
    {0xC0231002, "REQUEST_UPLOAD"},
    {0xC0231003, "UPLOAD_REQUESTED"},
    {0xC0231004, "OFFLOAD_TCP_ENTRIES"},
    {0xC0231005, "OFFLOAD_PATH_ENTRIES"},
    {0xC0231006, "OFFLOAD_NEIGHBOR_ENTRIES"},
    {0xC0231007, "OFFLOAD_IP_ADDRESS_ENTRIES"},
    {0xC0231008, "OFFLOAD_HW_ADDRESS_ENTRIES"},
    {0xC0231009, "OFFLOAD_VLAN_ENTRIES"},
    {0xC023100A, "OFFLOAD_TCP_XMIT_BUFFER"},
    {0xC023100B, "OFFLOAD_TCP_RCV_BUFFER"},
    {0xC023100C, "OFFLOAD_TCP_RCV_WINDOW"},
    {0xC023100D, "OFFLOAD_VLAN_MISMATCH"},
    {0xC023100E, "OFFLOAD_DATA_NOT_ACCEPTED"},
    {0xC023100F, "OFFLOAD_POLICY"},
    {0xC0231010, "OFFLOAD_DATA_PARTIALLY_ACCEPTED"},
    {0xC0231011, "OFFLOAD_REQUEST_RESET"},
    {0xC0231012, "OFFLOAD_CONNECTION_REJECTED"},
    {0xC0232003, "PM_WOL_PATTERN_LIST_FULL"},
    {0xC0232004, "PM_PROTOCOL_OFFLOAD_LIST_FULL"},
});
constexpr std::string_view status_prefix = "NDIS_STATUS_";

const StatusName* find_status(std::int32_t status) {
    for (const StatusName& known : status_names)
        if (known.value == static_cast<std::uint32_t>(status)) return &known;
    return nullptr;
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (std::toupper(static_cast<unsigned char>(a[i])) != std::toupper(static_cast<unsigned char>(b[i])))
            return false;
    return true;
}

std::string capitalised(std::string_view word_) {
    std::string text;
    for (char c : word_) text += c == '_' ? ' ' : c;
    if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    return text;
}

}  // namespace

std::string hex_digits(std::uint64_t value, int digits) {
    std::array<char, 17> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%0*llx", digits < 1 ? 1 : (digits > 16 ? 16 : digits),
                  static_cast<unsigned long long>(value));
    return buffer.data();
}

std::string hex(std::uint64_t value) { return "0x" + hex_digits(value, 1); }

std::string hex_bytes(std::span<const std::byte> bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 3);
    for (std::byte byte : bytes) {
        if (!text.empty()) text += ' ';
        text += digits[std::to_integer<std::size_t>(byte) >> 4];
        text += digits[std::to_integer<std::size_t>(byte) & 15];
    }
    return text;
}

std::string pool_tag_text(std::uint32_t tag) {
    std::string text;
    for (int i = 0; i < 4; ++i) {
        const auto c = static_cast<unsigned char>(tag >> (8 * i));
        text += c >= 0x20 && c < 0x7F ? static_cast<char>(c) : '.';
    }
    return text;
}

std::string duration_text(Nanoseconds time) {
    std::array<char, 40> buffer{};
    const auto scaled = [&](std::uint64_t unit, const char* name) {
        std::snprintf(buffer.data(), buffer.size(), "%llu.%03llu %s", static_cast<unsigned long long>(time / unit),
                      static_cast<unsigned long long>(time % unit / (unit / 1000)), name);
    };
    if (time < 1'000)
        std::snprintf(buffer.data(), buffer.size(), "%llu ns", static_cast<unsigned long long>(time));
    else if (time < 1'000'000)
        scaled(1'000, "µs");
    else if (time < 1'000'000'000)
        scaled(1'000'000, "ms");
    else
        scaled(1'000'000'000, "s");
    return buffer.data();
}

std::string status_text(std::int32_t status) {
    const StatusName* known = find_status(status);
    return known ? std::string(status_prefix).append(known->name)
                 : "0x" + hex_digits(static_cast<std::uint32_t>(status), 8);
}

std::string short_status_text(std::int32_t status) {
    const StatusName* known = find_status(status);
    return known ? std::string(known->name) : "0x" + hex_digits(static_cast<std::uint32_t>(status), 8);
}

std::optional<std::int32_t> parse_status(std::string_view text) {
    std::string_view name = text;
    if (name.size() > status_prefix.size() && same_ignoring_case(name.substr(0, status_prefix.size()), status_prefix))
        name.remove_prefix(status_prefix.size());
    for (const StatusName& known : status_names)
        if (same_ignoring_case(name, known.name)) return static_cast<std::int32_t>(known.value);
    const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    const std::string_view digits = hexadecimal ? text.substr(2) : text;
    std::uint32_t value = 0;
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 10);
    if (problem != std::errc{} || end != digits.data() + digits.size() || digits.empty()) return std::nullopt;
    return static_cast<std::int32_t>(value);
}

std::string_view to_text(EventKind kind) { return word(event_kind_words, kind); }
std::string_view to_text(OperationKind kind) { return word(operation_words, kind); }
std::string_view to_text(ConversionKind kind) { return word(conversion_words, kind); }
std::string_view to_text(FindingKind kind) { return word(finding_words, kind); }
std::string_view to_text(RegionKind kind) { return word(region_words, kind); }
std::string_view to_text(LayerRole role) { return word(role_words, role); }
std::optional<EventKind> parse_event_kind(std::string_view text) {
    return parse_word<EventKind>(event_kind_words, text);
}
std::optional<OperationKind> parse_operation_kind(std::string_view text) {
    return parse_word<OperationKind>(operation_words, text);
}

std::string operation_title(OperationKind kind) { return capitalised(to_text(kind)); }
std::string finding_title(FindingKind kind) { return capitalised(to_text(kind)); }

std::string conversion_title(ConversionKind kind) {
    switch (kind) {
        case ConversionKind::none:
            break;
        case ConversionKind::protocol_to_miniport_by_ndis:
            return "protocol → miniport, by NDIS, on the way down";
        case ConversionKind::miniport_to_protocol_by_driver:
            return "miniport → protocol, by the driver, on the way down";
        case ConversionKind::miniport_to_protocol_by_ndis:
            return "miniport → protocol, by NDIS, on the way up";
        case ConversionKind::protocol_to_miniport_by_driver:
            return "protocol → miniport, by the driver, on the way up";
    }
    return "no conversion";
}

std::string state_type_text(std::uint8_t type) {
    static constexpr std::array names = std::to_array<std::string_view>(
        {"", "NeighborOffloadConstState", "NeighborOffloadCachedState", "NeighborOffloadDelegatedState",
         "NeighborOffloadState", "Ip4OffloadConstState", "Ip4OffloadCachedState", "Ip4OffloadDelegatedState",
         "Ip4OffloadState", "Ip6OffloadConstState", "Ip6OffloadCachedState", "Ip6OffloadDelegatedState",
         "Ip6OffloadState", "TcpOffloadConstState", "TcpOffloadCachedState", "TcpOffloadDelegatedState",
         "TcpOffloadResourceState", "TcpOffloadState"});
    if (type > 0 && type < names.size()) return std::string(names[type]);
    if (type == 0xFE) return "FilterReservedOffloadState";
    return "type " + std::to_string(type);
}

}  // namespace chimneylab::trace
