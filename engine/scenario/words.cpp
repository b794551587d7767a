// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/words.h"

#include <algorithm>

#include "engine/faulty_drivers/faults.h"
#include "engine/faulty_drivers/host_stack_faults.h"
#include "engine/faulty_drivers/offload_target_faults.h"
#include "engine/scenario/scenario.h"

namespace chimneylab::scenario {

namespace {

template <typename Enum>
constexpr std::int64_t number(Enum value) {
    return static_cast<std::int64_t>(value);
}
constexpr std::int64_t status(std::uint32_t value) { return static_cast<std::int32_t>(value); }

constexpr Word statuses[] = {
    {"NDIS_STATUS_SUCCESS", 0},
    {"NDIS_STATUS_PENDING", 0x103},
    {"NDIS_STATUS_FAILURE", status(0xC0000001)},
    {"NDIS_STATUS_RESOURCES", status(0xC000009A)},
    {"NDIS_STATUS_NOT_SUPPORTED", status(0xC00000BB)},
    {"NDIS_STATUS_INVALID_STATE", status(0xC0000184)},
    {"NDIS_STATUS_REQUEST_ABORTED", status(0xC001000C)},
    {"NDIS_STATUS_OFFLOAD_PAUSE", status(0x40020001)},
    {"NDIS_STATUS_UPLOAD_ALL", status(0x40020002)},
    {"NDIS_STATUS_OFFLOAD_RESUME", status(0x40020003)},
    {"NDIS_STATUS_OFFLOAD_PARTIAL_SUCCESS", status(0x40020004)},
    {"NDIS_STATUS_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES", status(0x4002000B)},
    {"NDIS_STATUS_UPLOAD_IN_PROGRESS", status(0xC0231001)},
    {"NDIS_STATUS_REQUEST_UPLOAD", status(0xC0231002)},
    {"NDIS_STATUS_UPLOAD_REQUESTED", status(0xC0231003)},
    {"NDIS_STATUS_OFFLOAD_TCP_ENTRIES", status(0xC0231004)},
    {"NDIS_STATUS_OFFLOAD_PATH_ENTRIES", status(0xC0231005)},
    {"NDIS_STATUS_OFFLOAD_NEIGHBOR_ENTRIES", status(0xC0231006)},
    {"NDIS_STATUS_OFFLOAD_IP_ADDRESS_ENTRIES", status(0xC0231007)},
    {"NDIS_STATUS_OFFLOAD_HW_ADDRESS_ENTRIES", status(0xC0231008)},
    {"NDIS_STATUS_OFFLOAD_VLAN_ENTRIES", status(0xC0231009)},
    {"NDIS_STATUS_OFFLOAD_TCP_XMIT_BUFFER", status(0xC023100A)},
    {"NDIS_STATUS_OFFLOAD_TCP_RCV_BUFFER", status(0xC023100B)},
    {"NDIS_STATUS_OFFLOAD_TCP_RCV_WINDOW", status(0xC023100C)},
    {"NDIS_STATUS_OFFLOAD_VLAN_MISMATCH", status(0xC023100D)},
    {"NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED", status(0xC023100E)},
    {"NDIS_STATUS_OFFLOAD_DATA_PARTIALLY_ACCEPTED", status(0xC0231010)},
    {"NDIS_STATUS_OFFLOAD_CONNECTION_REJECTED", status(0xC0231012)},
};
constexpr Word operations[] = {
    {"initiate", number(OperationKind::initiate)},   {"query", number(OperationKind::query)},
    {"update", number(OperationKind::update)},       {"invalidate", number(OperationKind::invalidate)},
    {"terminate", number(OperationKind::terminate)},
};
constexpr Word modes[] = {{"faithful", number(MachineMode::faithful)}, {"strict", number(MachineMode::strict)}};
constexpr Word faults[] = {
    {"allocation-fails", number(FaultKind::allocation_fails)},
    {"status-chosen", number(FaultKind::status_chosen)},
    {"completion-delayed", number(FaultKind::completion_delayed)},
    {"completion-reordered", number(FaultKind::completion_reordered)},
    {"completion-early", number(FaultKind::completion_early)},
    {"completion-dropped", number(FaultKind::completion_dropped)},
    {"completion-doubled", number(FaultKind::completion_doubled)},
};
// Values of <ndis/oid.h>.
constexpr Word oids[] = {
    {"OID_GEN_CURRENT_PACKET_FILTER", 0x0001010E},
    {"OID_GEN_LINK_STATE", 0x00010207},
    {"OID_GEN_STATISTICS", 0x00020106},
    {"OID_TCP_TASK_OFFLOAD", 0xFC010201},
    {"OID_TCP_OFFLOAD_PARAMETERS", 0xFC01020C},
    {"OID_TCP4_OFFLOAD_STATS", 0xFC010207},
    {"OID_TCP_CONNECTION_OFFLOAD_CURRENT_CONFIG", 0xFC01020E},
    {"OID_TCP_CONNECTION_OFFLOAD_PARAMETERS", 0xFC030201},
};
constexpr Word completions[] = {
    {"delayed", number(CompletionMode::delayed)},
    {"synchronous", number(CompletionMode::synchronous)},
    {"reordered", number(CompletionMode::reordered)},
    {"held", number(CompletionMode::held)},
};
constexpr Word state_classes[] = {
    {"natural", number(StateClass::natural)},     {"none", number(StateClass::absent)},
    {"const", number(StateClass::constant)},      {"cached", number(StateClass::cached)},
    {"delegated", number(StateClass::delegated)}, {"all", number(StateClass::all)},
};
constexpr Word answers[] = {
    {"accept and return", number(ReceiveAnswer::accept_and_return)},
    {"accept and hold", number(ReceiveAnswer::accept_and_hold)},
    {"refuse", number(ReceiveAnswer::refuse)},
    {"accept part", number(ReceiveAnswer::accept_part)},
    {"return inside", number(ReceiveAnswer::return_inside)},
};
constexpr Word tcp_states[] = {
    {"TcpConnectionClosed", 0},   {"TcpConnectionListen", 1},      {"TcpConnectionSynSent", 2},
    {"TcpConnectionSynRcvd", 3},  {"TcpConnectionEstablished", 4}, {"TcpConnectionFinWait1", 5},
    {"TcpConnectionFinWait2", 6}, {"TcpConnectionCloseWait", 7},   {"TcpConnectionClosing", 8},
    {"TcpConnectionLastAck", 9},  {"TcpConnectionTimeWait", 10},
};
constexpr Word const_flags[] = {
    {"TCP_FLAG_TIMESTAMP_ENABLED", 1}, {"TCP_FLAG_SACK_ENABLED", 2}, {"TCP_FLAG_WINDOW_SCALING_ENABLED", 4}};
constexpr Word cached_flags[] = {
    {"TCP_FLAG_KEEP_ALIVE_ENABLED", 1}, {"TCP_FLAG_NAGLING_ENABLED", 2},   {"TCP_FLAG_KEEP_ALIVE_RESTART", 4},
    {"TCP_FLAG_MAX_RT_RESTART", 8},     {"TCP_FLAG_UPDATE_RCV_WND", 0x10},
};
constexpr Word event_types[] = {
    {"TcpIndicateSendBacklogChange", 1},
    {"TcpIndicateDisconnect", 2},
    {"TcpIndicateRetrieve", 3},
    {"TcpIndicateAbort", 4},
    {"NeighborReachabilityQuery", 0x100 + 2},
};
constexpr Word upload_reasons[] = {
    {"LowActivity", 1},           {"HighDropRate", 2},       {"SmallIO", 3},
    {"NoBufferPreposting", 4},    {"ReceivedUrgentData", 5}, {"HighFragmentation", 6},
    {"HighOutOfOrderPackets", 7}, {"TimeoutExpiration", 8},  {"InvalidState", 9},
    {"UploadRequested", 10},      {"HardwareFailure", 11},
};
using trace::EventKind;
constexpr Word event_kinds[] = {
    {"run_started", number(EventKind::run_started)},
    {"run_finished", number(EventKind::run_finished)},
    {"step_started", number(EventKind::step_started)},
    {"step_finished", number(EventKind::step_finished)},
    {"choice", number(EventKind::choice)},
    {"work_queued", number(EventKind::work_queued)},
    {"work_started", number(EventKind::work_started)},
    {"work_finished", number(EventKind::work_finished)},
    {"enter", number(EventKind::enter)},
    {"leave", number(EventKind::leave)},
    {"conversion", number(EventKind::conversion)},
    {"operation_started", number(EventKind::operation_started)},
    {"operation_finished", number(EventKind::operation_finished)},
    {"memory_allocated", number(EventKind::memory_allocated)},
    {"memory_freed", number(EventKind::memory_freed)},
    {"call_entry_recognised", number(EventKind::call_entry_recognised)},
    {"call_entry_released", number(EventKind::call_entry_released)},
    {"offload_entry_recognised", number(EventKind::offload_entry_recognised)},
    {"offload_entry_released", number(EventKind::offload_entry_released)},
    {"context_published", number(EventKind::context_published)},
    {"handle_opened", number(EventKind::handle_opened)},
    {"handle_closed", number(EventKind::handle_closed)},
    {"state_changed", number(EventKind::state_changed)},
    {"irql_changed", number(EventKind::irql_changed)},
    {"message", number(EventKind::message)},
    {"finding", number(EventKind::finding)},
    {"fault_injected", number(EventKind::fault_injected)},
    {"frame_sent", number(EventKind::frame_sent)},
    {"frame_received", number(EventKind::frame_received)},
    {"frame_dropped", number(EventKind::frame_dropped)},
};
using trace::ConversionKind;
constexpr Word conversions[] = {
    {"protocol_to_miniport_by_ndis", number(ConversionKind::protocol_to_miniport_by_ndis)},
    {"miniport_to_protocol_by_driver", number(ConversionKind::miniport_to_protocol_by_driver)},
    {"miniport_to_protocol_by_ndis", number(ConversionKind::miniport_to_protocol_by_ndis)},
    {"protocol_to_miniport_by_driver", number(ConversionKind::protocol_to_miniport_by_driver)},
};

#define CHIMNEYLAB_FAULT_ROW(name, word, does) {word, name},
// Numbered on through the three lists, as in known_drivers().
#define CHIMNEYLAB_HOST_ROW(name, word, does) {word, int{NumberOfFaults} - 1 + int{name}},
#define CHIMNEYLAB_TARGET_ROW(name, word, does) {word, int{NumberOfFaults} - 1 + int{NumberOfHostStackFaults} - 1 + int{name}},
constexpr Word driver_names[] = {{"reference", NoFault},
                                 CHIMNEYLAB_FAULTS(CHIMNEYLAB_FAULT_ROW)
                                 CHIMNEYLAB_HOST_STACK_FAULTS(CHIMNEYLAB_HOST_ROW)
                                 CHIMNEYLAB_OFFLOAD_TARGET_FAULTS(CHIMNEYLAB_TARGET_ROW)};
#undef CHIMNEYLAB_HOST_ROW
#undef CHIMNEYLAB_TARGET_ROW
#undef CHIMNEYLAB_FAULT_ROW

constexpr Words status_table{"status_name", "a status", statuses};
constexpr Words operation_table{"operation_name", "an operation", operations};
constexpr Words mode_table{"machine_mode", "a machine mode", modes};
constexpr Words completion_table{"completion_mode", "a completion mode", completions};
constexpr Words state_class_table{"state_class", "a class of state", state_classes};
constexpr Words answer_table{"receive_answer", "an answer to receive indications", answers};
constexpr Words tcp_state_table{"tcp_state", "a TCP connection state", tcp_states};
constexpr Words const_flag_table{"const_flag", "a const flag", const_flags};
constexpr Words cached_flag_table{"cached_flag", "a cached flag", cached_flags};
constexpr Words event_type_table{"event_type", "an event type", event_types};
constexpr Words upload_reason_table{"upload_reason", "an upload reason", upload_reasons};
constexpr Words event_kind_table{"event_kind", "a kind of event", event_kinds};
constexpr Words conversion_table{"conversion_name", "a conversion", conversions};
constexpr Words driver_table{"driver_name", "a driver", driver_names};
constexpr Words fault_table{"fault_name", "a fault", faults};
constexpr Words oid_table{"oid_name", "an OID", oids};
constexpr Word tcp_flags[] = {{"FIN", 0x01}, {"SYN", 0x02}, {"RST", 0x04}, {"PSH", 0x08}, {"ACK", 0x10}, {"URG", 0x20}};
constexpr Words tcp_flag_table{"tcp_flag", "a flag of the TCP header", tcp_flags};

}  // namespace

std::optional<std::int64_t> Words::value(std::string_view text) const {
    const auto found = std::find_if(words.begin(), words.end(), [&](const Word& word) { return word.text == text; });
    if (found == words.end()) return std::nullopt;
    return found->value;
}

std::string_view Words::text(std::int64_t value) const {
    const auto found = std::find_if(words.begin(), words.end(), [&](const Word& word) { return word.value == value; });
    return found == words.end() ? std::string_view{} : found->text;
}

std::vector<std::string_view> Words::texts() const {
    std::vector<std::string_view> result;
    for (const Word& word : words) result.push_back(word.text);
    return result;
}

const Words& status_words() { return status_table; }
const Words& operation_words() { return operation_table; }
const Words& machine_mode_words() { return mode_table; }
const Words& completion_words() { return completion_table; }
const Words& state_class_words() { return state_class_table; }
const Words& receive_answer_words() { return answer_table; }
const Words& tcp_state_words() { return tcp_state_table; }
const Words& const_flag_words() { return const_flag_table; }
const Words& cached_flag_words() { return cached_flag_table; }
const Words& event_type_words() { return event_type_table; }
const Words& upload_reason_words() { return upload_reason_table; }
const Words& event_kind_words() { return event_kind_table; }
const Words& conversion_words() { return conversion_table; }
const Words& driver_words() { return driver_table; }
const Words& fault_words() { return fault_table; }
const Words& oid_words() { return oid_table; }
const Words& tcp_flag_words() { return tcp_flag_table; }

std::span<const Words* const> all_words() {
    static constexpr const Words* tables[] = {
        &status_table,        &operation_table,  &mode_table,       &completion_table,  &state_class_table,
        &answer_table,        &tcp_state_table,  &const_flag_table, &cached_flag_table, &event_type_table,
        &upload_reason_table, &event_kind_table, &conversion_table,  &fault_table,
        &oid_table,           &driver_table,     &tcp_flag_table,
    };
    return tables;
}

}  // namespace chimneylab::scenario
