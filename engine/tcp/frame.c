/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 */
#include "engine/tcp/frame.h"

#include <stdio.h>
#include <string.h>

#include "engine/tcp/address_resolution.h"
#include "engine/tcp/bytes.h"

enum {
    EthernetHeader = 14,
    VlanTag = 4,
    Ipv4Header = 20,
    Ipv6Header = 40,
    Ipv4Options = 4,   /* built: three times no operation, and the end of the list */
    Ipv6Extension = 8, /* built: destination options, all padding */
    EtherTypeVlan = 0x8100,
    EtherTypeIpv4 = 0x0800,
    EtherTypeIpv6 = 0x86DD,
    ProtocolTcp = 6,
    DontFragment = 0x4000,
    FragmentBits = 0x3FFF /* more fragments, and the offset */
};

enum { HopByHop = 0, Routing = 43, Fragment = 44, DestinationOptions = 60 };

static uint32_t add_bytes(uint32_t sum, const uint8_t *bytes, size_t length)
{
    size_t i;

    for (i = 0; i + 1 < length; i += 2) {
        sum += get16(bytes + i);
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    if (length % 2 != 0) {
        sum += (uint32_t)bytes[length - 1] << 8;
    }
    return (sum & 0xFFFF) + (sum >> 16);
}

static uint16_t folded(uint32_t sum)
{
    sum = (sum & 0xFFFF) + (sum >> 16);
    sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint16_t)~sum;
}

static size_t address_bytes(uint8_t ip_version) { return ip_version == 6 ? 16 : 4; }

static uint16_t segment_sum(const struct chimney_frame_route *route, const uint8_t *segment, size_t length)
{
    uint32_t sum = add_bytes(0, route->source, address_bytes(route->ip_version));

    sum = add_bytes(sum, route->destination, address_bytes(route->ip_version));
    return folded(add_bytes(sum + ProtocolTcp + (uint32_t)length, segment, length));
}

static size_t ip_header_bytes(const struct chimney_frame_route *route)
{
    if (route->ip_version == 6) {
        return (size_t)Ipv6Header + (route->with_options ? Ipv6Extension : 0);
    }
    return (size_t)Ipv4Header + (route->with_options ? Ipv4Options : 0);
}

size_t chimney_frame_header_bytes(const struct chimney_frame_route *route)
{
    return (size_t)EthernetHeader + (route->tagged ? VlanTag : 0) + ip_header_bytes(route);
}

static void build_ip(const struct chimney_frame_route *route, uint8_t *ip, size_t segment_length)
{
    size_t header = ip_header_bytes(route);

    if (route->ip_version == 6) {
        static const uint8_t padding[Ipv6Extension] = { ProtocolTcp, 0, 1, Ipv6Extension - 4 };
        put32(ip, (uint32_t)6 << 28 | (uint32_t)route->traffic_class << 20 | (route->flow_label & 0xFFFFF));
        put16(ip + 4, (uint32_t)(header - Ipv6Header + segment_length));
        ip[6] = route->with_options ? DestinationOptions : ProtocolTcp;
        ip[7] = route->hop_limit;
        memcpy(ip + 8, route->source, 16);
        memcpy(ip + 24, route->destination, 16);
        memcpy(ip + Ipv6Header, padding, header - Ipv6Header);
        return;
    }
    ip[0] = (uint8_t)(0x40 | header / 4);
    ip[1] = route->traffic_class;
    put16(ip + 2, (uint32_t)(header + segment_length));
    put16(ip + 4, route->identification);
    put16(ip + 6, route->dont_fragment ? DontFragment : 0);
    ip[8] = route->hop_limit;
    ip[9] = ProtocolTcp;
    put16(ip + 10, 0);
    memcpy(ip + 12, route->source, 4);
    memcpy(ip + 16, route->destination, 4);
    if (route->with_options) {
        static const uint8_t no_operation[Ipv4Options] = { 1, 1, 1, 0 };
        memcpy(ip + Ipv4Header, no_operation, Ipv4Options);
    }
    put16(ip + 10, folded(add_bytes(0, ip, header)));
}

size_t chimney_frame_build(const struct chimney_frame_route *route, const struct chimney_tcp_segment *segment, uint8_t *bytes,
                           size_t capacity)
{
    size_t header = chimney_frame_header_bytes(route);
    size_t length;
    size_t at = 12;

    if (capacity < header) {
        return 0;
    }
    length = chimney_tcp_segment_build(segment, bytes + header, capacity - header);
    if (length == 0 || length > 0xFFFFu - Ipv4Header) {
        return 0;
    }
    memcpy(bytes, route->destination_hardware, 6);
    memcpy(bytes + 6, route->source_hardware, 6);
    if (route->tagged) {
        put16(bytes + at, EtherTypeVlan);
        put16(bytes + at + 2, (uint32_t)(route->priority & 7) << 13 | (route->vlan_id & 0xFFFu));
        at += VlanTag;
    }
    put16(bytes + at, route->ip_version == 6 ? EtherTypeIpv6 : EtherTypeIpv4);
    build_ip(route, bytes + at + 2, length);
    put16(bytes + header + 16, segment_sum(route, bytes + header, length));
    return header + length;
}

/* Finds the segment. OTHER, FRAGMENT and DAMAGED end the reading. */
static enum chimney_frame_kind parse_ipv4(const uint8_t *ip, size_t length, struct chimney_frame *frame)
{
    size_t header;
    size_t total;

    if (length < Ipv4Header || ip[0] >> 4 != 4) {
        return CHIMNEY_FRAME_DAMAGED;
    }
    header = (size_t)(ip[0] & 0xF) * 4;
    total = get16(ip + 2);
    if (header < Ipv4Header || total < header || total > length || folded(add_bytes(0, ip, header)) != 0) {
        return CHIMNEY_FRAME_DAMAGED;
    }
    frame->route.ip_version = 4;
    frame->route.traffic_class = ip[1];
    frame->route.identification = get16(ip + 4);
    frame->route.dont_fragment = (uint8_t)((get16(ip + 6) & DontFragment) != 0);
    frame->route.hop_limit = ip[8];
    memcpy(frame->route.source, ip + 12, 4);
    memcpy(frame->route.destination, ip + 16, 4);
    if (ip[9] != ProtocolTcp) {
        return CHIMNEY_FRAME_OTHER;
    }
    if ((get16(ip + 6) & FragmentBits) != 0) {
        return CHIMNEY_FRAME_FRAGMENT;
    }
    frame->segment_bytes = ip + header;
    frame->segment_length = total - header;
    return header > Ipv4Header ? CHIMNEY_FRAME_OPTIONS : CHIMNEY_FRAME_TCP;
}

static enum chimney_frame_kind parse_ipv6(const uint8_t *ip, size_t length, struct chimney_frame *frame)
{
    enum chimney_frame_kind kind = CHIMNEY_FRAME_TCP;
    size_t at = Ipv6Header;
    size_t end;
    uint8_t next;

    if (length < Ipv6Header || ip[0] >> 4 != 6) {
        return CHIMNEY_FRAME_DAMAGED;
    }
    end = (size_t)Ipv6Header + get16(ip + 4);
    if (end > length) {
        return CHIMNEY_FRAME_DAMAGED;
    }
    frame->route.ip_version = 6;
    frame->route.traffic_class = (uint8_t)(get32(ip) >> 20);
    frame->route.flow_label = get32(ip) & 0xFFFFF;
    frame->route.hop_limit = ip[7];
    memcpy(frame->route.source, ip + 8, 16);
    memcpy(frame->route.destination, ip + 24, 16);
    for (next = ip[6]; next == HopByHop || next == Routing || next == DestinationOptions; kind = CHIMNEY_FRAME_OPTIONS) {
        if (end - at < 8 || end - at < ((size_t)ip[at + 1] + 1) * 8) {
            return CHIMNEY_FRAME_DAMAGED;
        }
        next = ip[at];
        at += ((size_t)ip[at + 1] + 1) * 8;
    }
    if (next != ProtocolTcp) {
        return next == Fragment ? CHIMNEY_FRAME_FRAGMENT : CHIMNEY_FRAME_OTHER;
    }
    frame->segment_bytes = ip + at;
    frame->segment_length = end - at;
    return kind;
}

enum chimney_frame_kind chimney_frame_parse(const uint8_t *bytes, size_t length, struct chimney_frame *frame)
{
    enum chimney_frame_kind kind;
    size_t at = 12;
    uint16_t type;

    memset(frame, 0, sizeof(*frame));
    if (length < EthernetHeader) {
        return CHIMNEY_FRAME_DAMAGED;
    }
    memcpy(frame->route.destination_hardware, bytes, 6);
    memcpy(frame->route.source_hardware, bytes + 6, 6);
    type = get16(bytes + at);
    if (type == EtherTypeVlan) {
        if (length < EthernetHeader + VlanTag) {
            return CHIMNEY_FRAME_DAMAGED;
        }
        frame->route.tagged = 1;
        frame->route.priority = (uint8_t)(get16(bytes + at + 2) >> 13);
        frame->route.vlan_id = get16(bytes + at + 2) & 0xFFF;
        at += VlanTag;
        type = get16(bytes + at);
    }
    at += 2;
    if (type != EtherTypeIpv4 && type != EtherTypeIpv6) {
        return CHIMNEY_FRAME_OTHER;
    }
    kind = type == EtherTypeIpv4 ? parse_ipv4(bytes + at, length - at, frame) : parse_ipv6(bytes + at, length - at, frame);
    frame->route.with_options = (uint8_t)(kind == CHIMNEY_FRAME_OPTIONS);
    if (kind != CHIMNEY_FRAME_TCP && kind != CHIMNEY_FRAME_OPTIONS) {
        return kind;
    }
    if (segment_sum(&frame->route, frame->segment_bytes, frame->segment_length) != 0 ||
        !chimney_tcp_segment_parse(frame->segment_bytes, frame->segment_length, &frame->segment)) {
        return CHIMNEY_FRAME_DAMAGED;
    }
    return kind;
}

void chimney_frame_describe(const uint8_t *bytes, size_t length, char *text, size_t capacity)
{
    static const struct {
        uint8_t flag;
        const char *name;
    } names[] = { { CHIMNEY_TCP_SYN, " SYN" }, { CHIMNEY_TCP_ACK, " ACK" }, { CHIMNEY_TCP_PSH, " PSH" },
                  { CHIMNEY_TCP_URG, " URG" }, { CHIMNEY_TCP_FIN, " FIN" }, { CHIMNEY_TCP_RST, " RST" } };
    struct chimney_frame frame;
    const struct chimney_tcp_segment *segment = &frame.segment;
    struct chimney_arp arp;
    char flags[32] = "";
    size_t i;

    switch (chimney_frame_parse(bytes, length, &frame)) {
    case CHIMNEY_FRAME_OTHER:
        if (chimney_arp_parse(bytes, length, &arp)) {
            const uint8_t *asked = arp.operation == 1 ? arp.target : arp.sender;
            (void)snprintf(text, capacity, arp.operation == 1 ? "ARP: who has %u.%u.%u.%u?" : "ARP: %u.%u.%u.%u is here", asked[0], asked[1],
                           asked[2], asked[3]);
        } else {
            (void)snprintf(text, capacity, "no TCP, %zu bytes", length);
        }
        return;
    case CHIMNEY_FRAME_FRAGMENT: (void)snprintf(text, capacity, "IP fragment, %zu bytes", length); return;
    case CHIMNEY_FRAME_DAMAGED: (void)snprintf(text, capacity, "damaged, %zu bytes", length); return;
    default: break;
    }
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if ((segment->flags & names[i].flag) != 0) {
            (void)strcat(flags, names[i].name);
        }
    }
    (void)snprintf(text, capacity, "%u → %u%s seq %lu ack %lu win %u len %zu", segment->source_port,
                   segment->destination_port, flags, (unsigned long)segment->sequence, (unsigned long)segment->acknowledgement,
                   segment->window, segment->payload_bytes);
}
