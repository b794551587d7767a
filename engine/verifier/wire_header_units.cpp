// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What stands in the headers of frames against what neighbor, path and cached variables of the connection say: addresses,
// tag, priority, hop limit, and what an update has changed.
#include <cstring>

#include "engine/verifier/units.h"
#include "engine/verifier/wire_scene.h"

namespace chimneylab::verifier {
namespace {

using ConnectionState = WireConnection::State;

struct Under {
    const WirePath* path = nullptr;
    const WireNeighbor* neighbor = nullptr;
};

// What a connection of the present own frame is linked to; nothing while that changes.
Under under(const Scene& scene, const WireConnection& connection) {
    const WireRoutes& routes = scene.model.wire().routes();
    Under found;
    found.path = routes.path(connection.path);
    if (found.path && !found.path->neighbor.other) found.neighbor = routes.neighbor(found.path->neighbor.now);
    return found;
}

HardwareAddress hardware(const std::uint8_t (&bytes)[6]) {
    HardwareAddress address;
    std::memcpy(address.data(), bytes, address.size());
    return address;
}

std::string text(const HardwareAddress& address) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string made;
    for (const std::uint8_t byte : address) made += (made.empty() ? std::string() : "-") + digits[byte >> 4] + digits[byte & 15];
    return made;
}

// ---- where it goes ----

// Which promise a wrong destination breaks: that of the relink, of the update, or of the links as such.
void goes_to_its_neighbor(const Scene& scene, const Report& report) {
    const WireFrame* sent = own_frame(scene);
    if (!sent || sent->connection->state == ConnectionState::taken_over) return;
    const Under below = under(scene, *sent->connection);
    const HardwareAddress to = hardware(sent->frame.route.destination_hardware);
    if (!below.neighbor || below.neighbor->destination.is(to)) return;
    const WireRoutes& routes = scene.model.wire().routes();
    std::string_view rule = "OT-020";
    const WireNeighbor* former = below.path->neighbor.former ? routes.neighbor(*below.path->neighbor.former) : nullptr;
    if (below.path->neighbor.former && (!former || former->destination.is(to))) rule = "OT-043";
    else if (below.neighbor->destination.former == to) rule = "OT-041";
    if (rule != report.rule().id) return;
    report.add(about(scene, report, *sent->connection).member("DlDestinationAddress", 0).meanings(text(below.neighbor->destination.now), text(to)),
               scene.who() + " sends a segment of " + connection_name(scene, *sent->connection) + " to " + text(to) + "; its path leads over " +
                   scene.replay().region_name(below.neighbor->block) + ", which is " + text(below.neighbor->destination.now) + ".");
}

// The addresses are told by what the peer sends: the bytes behind the pointers of the path's block are the host stack's.
void addresses_as_given(const Scene& scene, const Report& report) {
    const WireFrame* sent = own_frame(scene);
    if (!sent || !sent->connection->peer_route) return;
    const chimney_frame_route& own = sent->frame.route;
    const chimney_frame_route& peer = *sent->connection->peer_route;
    const std::size_t bytes = own.ip_version == 6 ? 16 : 4;
    if (own.ip_version == peer.ip_version && std::memcmp(own.source, peer.destination, bytes) == 0 && std::memcmp(own.destination, peer.source, bytes) == 0) return;
    report.add(about(scene, report, *sent->connection),
               scene.who() + " sends a segment of " + connection_name(scene, *sent->connection) +
                   " with other IP addresses than those of its path: they were read where the host stack's tree had them, after the initiate was complete.");
}

// ---- tag and cached variables ----

void tagged_by_the_table(const Scene& scene, const Report& report) {
    const WireFrame* sent = own_frame(scene);
    if (!sent || sent->connection->state == ConnectionState::taken_over) return;
    const WireConnection& connection = *sent->connection;
    const Under below = under(scene, connection);
    if (!below.neighbor) return;
    const chimney_frame_route& route = sent->frame.route;
    const std::string who = scene.who() + " sends a segment of " + connection_name(scene, connection);
    if (below.neighbor->vlan != 0 && (!route.tagged || route.vlan_id != below.neighbor->vlan)) {
        report.add(about(scene, report, connection).member("VlanId", 0).values(below.neighbor->vlan, route.tagged ? route.vlan_id : 0, 2),
                   who + (route.tagged ? " with the tag of VLAN " + std::to_string(route.vlan_id) : " without a tag") + "; its neighbor is of VLAN " +
                       std::to_string(below.neighbor->vlan) + ".");
    } else if (below.neighbor->vlan == 0 && route.tagged && route.vlan_id != 0) {
        report.add(about(scene, report, connection).member("VlanId", 0).values(0, route.vlan_id, 2),
                   who + " with the tag of VLAN " + std::to_string(route.vlan_id) + "; its neighbor is of none.");
    } else if (const auto& cached = connection.cached; route.tagged && route.priority != 0 && route.priority != cached.now.priority &&
                                                        !(cached.other && route.priority == cached.other->priority)) {
        report.add(about(scene, report, connection).member("UserPriority", 0).values(cached.now.priority, route.priority, 1),
                   who + " with priority " + std::to_string(route.priority) + " instead of " + std::to_string(cached.now.priority) + ".");
    }
    if (below.neighbor->source != HardwareAddress{} && hardware(route.source_hardware) != below.neighbor->source)
        report.add(about(scene, report, connection).member("DlSourceAddress", 0).meanings(text(below.neighbor->source), text(hardware(route.source_hardware))),
                   who + " from another hardware address than the one that its neighbor has been given.");
}

// A cached variable in the IP header. With the value that an update has replaced the update is not applied (OT-041).
void cached_in_the_header(const Scene& scene, const Report& report) {
    const WireFrame* sent = own_frame(scene);
    if (!sent || sent->connection->state == ConnectionState::taken_over) return;
    const chimney_frame_route& route = sent->frame.route;
    const Changing<WireCached>& cached = sent->connection->cached;
    const auto look = [&](std::string_view member, std::uint32_t seen, std::uint32_t WireCached::*value) {
        const std::uint32_t expected = cached.now.*value;
        if (seen == expected || (cached.other && seen == (*cached.other).*value)) return;
        const bool former = cached.former && seen == (*cached.former).*value;
        if (report.rule().id != (former ? "OT-041" : "OT-073")) return;
        report.add(about(scene, report, *sent->connection).member(member, 0).values(expected, seen, 4),
                   scene.who() + " sends a segment of " + connection_name(scene, *sent->connection) + " with " + std::string(member) + " " + std::to_string(seen) +
                       (former ? "; an update has changed it to " : " instead of ") + std::to_string(expected) + ".");
    };
    look("TtlOrHopLimit", route.hop_limit, &WireCached::hop_limit);
    look("TosOrTrafficClass", route.traffic_class, &WireCached::traffic_class);
    if (route.ip_version == 6) look("FlowLabel", route.flow_label, &WireCached::flow_label);
}

void segments_fit_the_path(const Scene& scene, const Report& report) {
    const WireFrame* sent = own_frame(scene);
    if (!sent || sent->connection->state == ConnectionState::taken_over || sent->frame.segment.payload_bytes == 0) return;
    const WirePath* path = scene.model.wire().routes().path(sent->connection->path);
    if (!path || path->mtu.other || !path->mtu.former) return;
    const std::size_t bytes = sent->frame.segment_length + (sent->frame.route.ip_version == 6 ? 40u : 20u);
    if (bytes <= path->mtu.now) return;
    report.add(about(scene, report, *sent->connection).member("PathMtu", 0).values(path->mtu.now, bytes, 4),
               scene.who() + " sends a datagram of " + std::to_string(bytes) + " bytes on a path that takes " + std::to_string(path->mtu.now) + ".");
}

// ---- what comes in ----

void foreign_vlans_stay_out(const Scene& scene, const Report& report) {
    const WireFrame* sent = own_frame(scene);
    if (!sent || !sent->connection->course.foreign || (sent->frame.segment.flags & CHIMNEY_TCP_ACK) == 0) return;
    const std::uint32_t acknowledged = sent->frame.segment.acknowledgement;
    if (!before(sent->connection->rcv_nxt, acknowledged) || before(acknowledged, *sent->connection->course.foreign)) return;
    report.add(about(scene, report, *sent->connection).values(sent->connection->rcv_nxt, acknowledged, 4),
               scene.who() + " acknowledges what came for " + connection_name(scene, *sent->connection) + " without the tag of its VLAN.");
}

}  // namespace

std::span<const Unit> wire_header_units() {
    static constexpr Unit all[] = {
        {"OT-015", Moment::frame, addresses_as_given},
        {"OT-020", Moment::frame, goes_to_its_neighbor},
        {"OT-041", Moment::frame, goes_to_its_neighbor},
        {"OT-041", Moment::frame, cached_in_the_header},
        {"OT-041", Moment::frame, segments_fit_the_path},
        {"OT-043", Moment::frame, goes_to_its_neighbor},
        {"OT-073", Moment::frame, tagged_by_the_table},
        {"OT-073", Moment::frame, cached_in_the_header},
        {"OT-113", Moment::frame, foreign_vlans_stay_out},
    };
    return all;
}

}  // namespace chimneylab::verifier
