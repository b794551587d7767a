// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <arpa/inet.h>

#include "engine/scenario/scenario_reader.h"

namespace chimneylab::scenario {

namespace {

struct ConnectionKey {
    std::string_view key;
    std::uint32_t Connection::*member;
    std::uint32_t most;
};
constexpr ConnectionKey connection_keys[] = {
    {"RemotePort", &Connection::RemotePort, 0xFFFF},
    {"LocalPort", &Connection::LocalPort, 0xFFFF},
    {"SndWindScale", &Connection::SndWindScale, 14},
    {"RcvWindScale", &Connection::RcvWindScale, 14},
    {"RemoteMss", &Connection::RemoteMss, 0xFFFF},
    {"HashValue", &Connection::HashValue, 0xFFFFFFFF},
    {"InitialRcvWnd", &Connection::InitialRcvWnd, 0x40000000},
    {"RcvIndicationSize", &Connection::RcvIndicationSize, 0xFFFFFFFF},
    {"KaProbeCount", &Connection::KaProbeCount, 0xFF},
    {"KaTimeout", &Connection::KaTimeout, 0xFFFFFFFF},
    {"KaInterval", &Connection::KaInterval, 0xFFFFFFFF},
    {"MaxRT", &Connection::MaxRT, 0xFFFFFFFF},
    {"FlowLabel", &Connection::FlowLabel, 0xFFFFF},
    {"TtlOrHopLimit", &Connection::TtlOrHopLimit, 0xFF},
    {"TosOrTrafficClass", &Connection::TosOrTrafficClass, 0xFF},
    {"UserPriority", &Connection::UserPriority, 7},
    {"RcvNxt", &Connection::RcvNxt, 0xFFFFFFFF},
    {"RcvWnd", &Connection::RcvWnd, 0x40000000},
    {"SndUna", &Connection::SndUna, 0xFFFFFFFF},
    {"SndNxt", &Connection::SndNxt, 0xFFFFFFFF},
    {"SndMax", &Connection::SndMax, 0xFFFFFFFF},
    {"SndWnd", &Connection::SndWnd, 0x40000000},
    {"MaxSndWnd", &Connection::MaxSndWnd, 0x40000000},
    {"SendWL1", &Connection::SendWL1, 0xFFFFFFFF},
    {"CWnd", &Connection::CWnd, 0xFFFFFFFF},
    {"SsThresh", &Connection::SsThresh, 0xFFFFFFFF},
    {"SRtt", &Connection::SRtt, 0xFFFF},
    {"RttVar", &Connection::RttVar, 0xFFFF},
    {"TsRecent", &Connection::TsRecent, 0xFFFFFFFF},
    {"TsRecentAge", &Connection::TsRecentAge, 0xFFFFFFFF},
    {"TsTime", &Connection::TsTime, 0xFFFFFFFF},
    {"TotalRT", &Connection::TotalRT, 0xFFFFFFFF},
    {"DupAckCount", &Connection::DupAckCount, 0xFF},
    {"SndWndProbeCount", &Connection::SndWndProbeCount, 0xFF},
    {"KeepAliveProbeCount", &Connection::KeepAliveProbeCount, 0xFF},
    {"KeepAliveTimeoutDelta", &Connection::KeepAliveTimeoutDelta, 0xFFFFFFFF},
    {"RetransmitCount", &Connection::RetransmitCount, 0xFF},
    {"RetransmitTimeoutDelta", &Connection::RetransmitTimeoutDelta, 0xFFFFFFFF},
    {"BufferedData", &Connection::BufferedData, 65536},
};

}  // namespace

template <typename Read>
void ScenarioReader::read_named(const Node* node, std::string_view what, Read read) {
    if (!node) return;
    if (node->kind != Node::Kind::mapping) {
        fields_.problem(*node,
                        std::string(what).append("s should be a mapping of names to values, but this is ").append(node->kind_name()),
                        "Write 'N1: { … }' lines.");
        return;
    }
    for (const Node::Entry& entry : node->entries) {
        const std::optional<std::string> name = fields_.name(&entry.key, "the name of a " + std::string(what));
        if (!name) continue;
        if (name->find_first_of(" -") != std::string::npos) {
            fields_.problem(entry.key, "the name of a " + std::string(what) + " cannot be " + in_quotes(*name),
                            "Trees name objects: use letters, digits and '_' only.");
            continue;
        }
        if (scenario_.objects.layer_of(*name)) {
            fields_.problem(entry.key, "there are two objects with the name " + in_quotes(*name),
                            "Give every object its own name.");
            continue;
        }
        if (scenario_.objects.count() >= Bounds::objects) {
            fields_.problem(entry.key, "more than " + std::to_string(Bounds::objects) + " objects", "Use fewer.");
            return;
        }
        read(*name, entry.value);
    }
}

void ScenarioReader::read_objects(const Node& node) {
    const MappingFields fields(node, mapping_format("objects"), problems_);
    read_named(fields.find("neighbors"), "neighbor",
               [this](const std::string& n, const Node& v) { read_neighbor(n, v); });
    read_named(fields.find("paths"), "path", [this](const std::string& n, const Node& v) { read_path(n, v); });
    read_named(fields.find("connections"), "connection",
               [this](const std::string& n, const Node& v) { read_connection(n, v); });
}

void ScenarioReader::read_neighbor(const std::string& name, const Node& node) {
    const MappingFields fields(node, mapping_format("neighbor"), problems_);
    Neighbor neighbor;
    neighbor.name = name;
    if (const auto address = fields_.hardware_address(fields.find("DlDestinationAddress"), "DlDestinationAddress")) {
        neighbor.DlDestinationAddress = *address;
    }
    if (const auto address = fields_.hardware_address(fields.find("DlSourceAddress"), "DlSourceAddress")) {
        neighbor.DlSourceAddress = *address;
    }
    if (const auto id = fields_.number(fields.find("VlanId"), "VlanId", 0, 4095))
        neighbor.VlanId = static_cast<std::uint32_t>(*id);
    if (const auto ticks =
            fields_.number(fields.find("HostReachabilityDelta"), "HostReachabilityDelta", 0, 0xFFFFFFFF)) {
        neighbor.HostReachabilityDelta = static_cast<std::uint32_t>(*ticks);
    }
    scenario_.objects.neighbors.push_back(std::move(neighbor));
}

bool ScenarioReader::read_address(const Node* node, std::string_view what, bool& ipv6,
                                  std::array<std::uint8_t, 16>& address) {
    const std::optional<std::string> text = fields_.text(node, what, 64);
    if (!text) return false;
    if (inet_pton(AF_INET, text->c_str(), address.data()) == 1) {
        ipv6 = false;
        return true;
    }
    if (inet_pton(AF_INET6, text->c_str(), address.data()) == 1) {
        ipv6 = true;
        return true;
    }
    fields_.problem(*node, std::string(what) + " cannot be " + in_quotes(*text), "Write an IPv4 or IPv6 address.");
    return false;
}

void ScenarioReader::read_path(const std::string& name, const Node& node) {
    const MappingFields fields(node, mapping_format("path"), problems_);
    Path path;
    path.name = name;
    if (auto neighbor = fields_.name(fields.find("neighbor"), "the neighbor of a path")) {
        path.neighbor = std::move(*neighbor);
        if (!scenario_.objects.neighbor(path.neighbor)) {
            std::vector<std::string_view> names;
            for (const Neighbor& other : scenario_.objects.neighbors) names.push_back(other.name);
            fields_.problem(*fields.find("neighbor"), "there is no neighbor " + in_quotes(path.neighbor),
                            suggest(path.neighbor, names));
        }
    }
    bool source_is_ipv6 = false;
    const bool source = read_address(fields.find("SourceAddress"), "SourceAddress", source_is_ipv6, path.SourceAddress);
    const bool destination =
        read_address(fields.find("DestinationAddress"), "DestinationAddress", path.ipv6, path.DestinationAddress);
    if (source && destination && source_is_ipv6 != path.ipv6) {
        fields_.problem(*fields.find("DestinationAddress"),
                        "SourceAddress and DestinationAddress are of different families", "A path is IPv4 or IPv6.");
    }
    if (const auto mtu = fields_.number(fields.find("PathMtu"), "PathMtu", 68, 65535))
        path.PathMtu = static_cast<std::uint32_t>(*mtu);
    scenario_.objects.paths.push_back(std::move(path));
}

void ScenarioReader::read_connection(const std::string& name, const Node& node) {
    const MappingFields fields(node, mapping_format("connection"), problems_);
    Connection connection;
    connection.name = name;
    // Ports and sequence numbers differ from connection to connection unless the file says otherwise.
    const auto ordinal = static_cast<std::uint32_t>(scenario_.objects.connections.size());
    connection.LocalPort = 49152 + ordinal;
    connection.SndUna = connection.SndNxt = connection.SndMax = 0x10000001 + ordinal * 0x10000;
    connection.RcvNxt = connection.SendWL1 = 0x20000001 + ordinal * 0x10000;
    if (auto path = fields_.name(fields.find("path"), "the path of a connection")) {
        connection.path = std::move(*path);
        if (!scenario_.objects.path(connection.path)) {
            std::vector<std::string_view> names;
            for (const Path& other : scenario_.objects.paths) names.push_back(other.name);
            fields_.problem(*fields.find("path"), "there is no path " + in_quotes(connection.path),
                            suggest(connection.path, names));
        }
    }
    for (const ConnectionKey& key : connection_keys) {
        if (const auto value = fields_.number(fields.find(key.key), key.key, 0, key.most)) {
            connection.*key.member = static_cast<std::uint32_t>(*value);
        }
    }
    // Where only SndUna is given nothing is outstanding; where SndNxt is given it is also the highest sent.
    if (fields.find("SndUna") && !fields.find("SndNxt")) connection.SndNxt = connection.SndUna;
    if (!fields.find("SndMax")) connection.SndMax = connection.SndNxt;
    if (const auto flags = fields_.flags(fields.find("const_flags"), const_flag_words()))
        connection.const_flags = *flags;
    if (const auto flags = fields_.flags(fields.find("cached_flags"), cached_flag_words()))
        connection.cached_flags = *flags;
    if (const auto state = fields_.word(fields.find("State"), tcp_state_words()))
        connection.State = static_cast<std::uint32_t>(*state);
    scenario_.objects.connections.push_back(std::move(connection));
}

}  // namespace chimneylab::scenario
