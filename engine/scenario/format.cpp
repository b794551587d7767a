// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/format.h"

#include <algorithm>
#include <stdexcept>

namespace chimneylab::scenario {

namespace {

constexpr KeyFormat scenario_keys[] = {
    {"id", true},      {"title", true},   {"part"},     {"teaches", true}, {"rules"},
    {"machine", true}, {"objects", true}, {"schedule"}, {"steps", true},   {"narration"},
    {"questions"},     {"expectations"},  {"variants"},
};
constexpr KeyFormat machine_keys[] = {{"mode"}, {"intermediate_drivers", true}, {"capacities"},
                                       {"target"}, {"chimney_handlers"}, {"faults"}, {"network"}};
constexpr KeyFormat network_keys[] = {{"delay"}, {"loss"}, {"duplication"}, {"reordering"}, {"reordering_delay"}, {"seed"},
                                       {"peer_retransmissions"}};
constexpr KeyFormat intermediate_driver_keys[] = {{"name"}, {"driver", true}, {"virtual_miniports"}};
constexpr KeyFormat capacities_keys[] = {
    {"neighbors"},
    {"paths"},
    {"connections"},
    {"source_hardware_addresses"},
    {"source_ip_addresses"},
    {"vlan_entries"},
    {"maximum_receive_window"},
    {"transmit_buffer_bytes"},
    {"receive_buffer_bytes"},
    {"host_memory_objects"},
    {"interface_vlan_id"},
};
constexpr KeyFormat target_keys[] = {
    {"completion"}, {"per_operation"}, {"per_block"},        {"send_acknowledged"},
    {"indication"}, {"hold_sends"},    {"return_send_data"}, {"failures"},
};
constexpr KeyFormat failure_keys[] = {{"operation", true}, {"object"}, {"occurrence"}, {"status", true}};
constexpr KeyFormat fault_keys[] = {
    {"fault", true}, {"layer"}, {"tag"},    {"nth"},    {"from"}, {"percent"},
    {"seed"},        {"operation"}, {"occurrence"}, {"object"}, {"status"}, {"by"},
};
constexpr KeyFormat objects_keys[] = {{"neighbors"}, {"paths"}, {"connections"}};
constexpr KeyFormat neighbor_keys[] = {
    {"DlDestinationAddress", true}, {"DlSourceAddress"}, {"VlanId"}, {"HostReachabilityDelta"}};
constexpr KeyFormat path_keys[] = {
    {"neighbor", true}, {"SourceAddress", true}, {"DestinationAddress", true}, {"PathMtu"}};
constexpr KeyFormat connection_keys[] = {
    {"path", true},
    {"const_flags"},
    {"RemotePort"},
    {"LocalPort"},
    {"SndWindScale"},
    {"RcvWindScale"},
    {"RemoteMss"},
    {"HashValue"},
    {"cached_flags"},
    {"InitialRcvWnd"},
    {"RcvIndicationSize"},
    {"KaProbeCount"},
    {"KaTimeout"},
    {"KaInterval"},
    {"MaxRT"},
    {"FlowLabel"},
    {"TtlOrHopLimit"},
    {"TosOrTrafficClass"},
    {"UserPriority"},
    {"State"},
    {"RcvNxt"},
    {"RcvWnd"},
    {"SndUna"},
    {"SndNxt"},
    {"SndMax"},
    {"SndWnd"},
    {"MaxSndWnd"},
    {"SendWL1"},
    {"CWnd"},
    {"SsThresh"},
    {"SRtt"},
    {"RttVar"},
    {"TsRecent"},
    {"TsRecentAge"},
    {"TsTime"},
    {"TotalRT"},
    {"DupAckCount"},
    {"SndWndProbeCount"},
    {"KeepAliveProbeCount"},
    {"KeepAliveTimeoutDelta"},
    {"RetransmitCount"},
    {"RetransmitTimeoutDelta"},
    {"BufferedData"},
};
constexpr KeyFormat step_keys[] = {
    {"name", true},      {"text"},        {"initiate"},  {"query"},
    {"update"},          {"invalidate"},  {"terminate"}, {"send"},
    {"receive"},         {"disconnect"},  {"forward"},   {"answer"},
    {"return_received"}, {"indicate"},    {"arrive"},    {"status"},
    {"target"},          {"inject"},      {"request"},   {"value"},
    {"pause"},           {"restart"},     {"unbind"},    {"bind"},
    {"halt"},            {"unload"},      {"load"},        {"sleep"},
    {"wake"},            {"link"},        {"capabilities"}, {"TcpConnectionIPv4"},
    {"TcpConnectionIPv6"},
    {"release"},         {"wait"},        {"virtual_miniport"},
    {"state"},           {"set"},         {"send_data"}, {"buffers"},
    {"bytes"},           {"abortive"},    {"push"},      {"again"}, {"connection"},
    {"event"},           {"information"}, {"settle"},    {"context_room"},
    {"network"},         {"lose"},        {"direction"}, {"peer_sends"},
    {"peer_closes"},     {"peer_resets"}, {"peer_segment"}, {"tcp_flags"},
    {"offset"},          {"ip_options"},  {"peer_reads"},  {"reading"},
    {"refused"},
};
constexpr KeyFormat change_keys[] = {
    {"DlDestinationAddress"}, {"PathMtu"},           {"cached_flags"}, {"InitialRcvWnd"}, {"RcvIndicationSize"},
    {"KaProbeCount"},         {"KaTimeout"},         {"KaInterval"},   {"MaxRT"},         {"FlowLabel"},
    {"TtlOrHopLimit"},        {"TosOrTrafficClass"}, {"UserPriority"},
};
constexpr KeyFormat send_data_keys[] = {{"buffers"}, {"bytes", true}};
constexpr KeyFormat pattern_keys[] = {
    {"kind"},      {"function"}, {"layer"}, {"caller"}, {"conversion"},
    {"operation"}, {"step"},     {"block"}, {"status"}, {"occurrence"},
};
constexpr KeyFormat narration_keys[] = {{"at", true}, {"say", true}};
constexpr KeyFormat question_keys[] = {
    {"at", true}, {"ask", true}, {"choices", true}, {"answer", true}, {"because", true}, {"proof"}};
constexpr KeyFormat expectation_keys[] = {
    {"text"},   {"step"},  {"statuses"}, {"call_entries"}, {"offload_entries"},
    {"events"}, {"count"}, {"order"},    {"findings"},     {"received"},
};
constexpr KeyFormat received_keys[] = {{"connection", true}, {"by_application"}, {"by_peer"}};
constexpr KeyFormat entries_keys[] = {{"layer"}, {"live"}, {"released"}};
constexpr KeyFormat variant_keys[] = {
    {"name", true},  {"title", true}, {"teaches"}, {"breaks"},  {"drivers"},
    {"mode"},        {"completion"},  {"schedule"}, {"faults"}, {"intermediate_drivers"},
    {"expectations"}, {"until"},      {"strict"},
};

constexpr MappingFormat formats[] = {
    {"scenario", "a scenario", scenario_keys},
    {"machine", "the machine", machine_keys},
    {"intermediate_driver", "an intermediate driver", intermediate_driver_keys},
    {"capacities", "the capacities of the target", capacities_keys},
    {"target", "the settings of the target", target_keys},
    {"failure", "a failure of the target", failure_keys},
    {"fault", "a fault", fault_keys},
    {"objects", "the objects", objects_keys},
    {"neighbor", "a neighbor", neighbor_keys},
    {"path", "a path", path_keys},
    {"connection", "a connection", connection_keys},
    {"step", "a step", step_keys},
    {"change", "the new values of an update", change_keys},
    {"send_data", "send data", send_data_keys},
    {"pattern", "an event pattern", pattern_keys},
    {"narration", "a narration", narration_keys},
    {"question", "a question", question_keys},
    {"expectation", "an expectation", expectation_keys},
    {"entries", "an expectation about entries", entries_keys},
    {"received", "an expectation about received bytes", received_keys},
    {"network", "the network", network_keys},
    {"variant", "a variant", variant_keys},
};

}  // namespace

std::span<const MappingFormat> mapping_formats() { return formats; }

const MappingFormat& mapping_format(std::string_view name) {
    const auto found =
        std::find_if(std::begin(formats), std::end(formats), [&](const MappingFormat& f) { return f.name == name; });
    if (found == std::end(formats)) throw std::logic_error("no mapping format of this name");
    return *found;
}

}  // namespace chimneylab::scenario
