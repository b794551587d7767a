// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/frame_fields.h"

#include <QStringList>
#include <algorithm>

namespace chimneylab::desktop {

namespace {

class Reader {
public:
    explicit Reader(const QByteArray& frame) : frame_(frame) {}

    std::vector<FrameField> fields() {
        ethernet();
        return std::move(fields_);
    }

private:
    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(frame_.size()); }
    [[nodiscard]] bool has(std::uint32_t offset, std::uint32_t bytes) const { return offset <= size() && size() - offset >= bytes; }
    [[nodiscard]] std::uint32_t number(std::uint32_t offset, std::uint32_t bytes) const {
        std::uint32_t value = 0;
        for (std::uint32_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<std::uint8_t>(frame_[static_cast<qsizetype>(offset + i)]);
        return value;
    }
    void field(const char* name, const char* type, std::uint32_t offset, std::uint32_t bytes, const QString& meaning, const char* purpose) {
        fields_.push_back({QString::fromLatin1(name), QString::fromLatin1(type), QString::fromLatin1(purpose), offset, bytes, meaning});
    }
    void rest(std::uint32_t offset, const QString& meaning) {
        if (offset < size()) field("bytes", "not decoded", offset, size() - offset, meaning, "what stands here is not known to this view");
    }
    [[nodiscard]] QString hardware(std::uint32_t offset) const { return QString::fromLatin1(frame_.mid(offset, 6).toHex('-')).toUpper(); }
    [[nodiscard]] QString address4(std::uint32_t offset) const {
        QStringList parts;
        for (std::uint32_t i = 0; i < 4; ++i) parts << QString::number(number(offset + i, 1));
        return parts.join(QLatin1Char('.'));
    }
    // RFC 5952: the longest run of two zero groups or more becomes "::".
    [[nodiscard]] QString address6(std::uint32_t offset) const {
        std::uint32_t best = 8, best_length = 1;
        for (std::uint32_t i = 0; i < 8; ++i) {
            std::uint32_t length = 0;
            while (i + length < 8 && number(offset + 2 * (i + length), 2) == 0) ++length;
            if (length > best_length) best = i, best_length = length;
        }
        QString text;
        for (std::uint32_t i = 0; i < 8; ++i) {
            if (i == best) {
                text += QStringLiteral("::");
                i += best_length - 1;
                continue;
            }
            if (!text.isEmpty() && !text.endsWith(QLatin1Char(':'))) text += QLatin1Char(':');
            text += QString::number(number(offset + 2 * i, 2), 16);
        }
        return text;
    }

    void ethernet() {
        constexpr const char* layer = "Ethernet II";
        if (!has(0, 14)) return rest(0, QStringLiteral("too short for an Ethernet frame"));
        field("destination", layer, 0, 6, hardware(0), "hardware address of the next hop: NEIGH_OFFLOAD_STATE_CACHED.DlDestinationAddress of who sends");
        field("source", layer, 6, 6, hardware(6), "hardware address of who sends");
        std::uint32_t at = 12;
        if (number(at, 2) == 0x8100 && has(at, 6)) {
            field("tag", "802.1Q", at, 2, QStringLiteral("0x8100"), "an 802.1Q tag follows");
            const std::uint32_t control = number(at + 2, 2);
            field("tag control", "802.1Q", at + 2, 2, QStringLiteral("priority %1, VLAN %2").arg(control >> 13).arg(control & 0xFFF), "user priority and VLAN");
            at += 4;
        }
        const std::uint32_t type = number(at, 2);
        field("EtherType", layer, at, 2, type == 0x0800 ? QStringLiteral("IPv4") : type == 0x86DD ? QStringLiteral("IPv6") : QStringLiteral("0x%1").arg(type, 4, 16, QLatin1Char('0')),
              "what the frame carries");
        at += 2;
        if (type == 0x0800) return internet4(at);
        if (type == 0x86DD) return internet6(at);
        rest(at, QStringLiteral("no IP"));
    }

    void internet4(std::uint32_t at) {
        constexpr const char* layer = "IPv4, RFC 791";
        if (!has(at, 20) || number(at, 1) >> 4 != 4) return rest(at, QStringLiteral("no IPv4 header"));
        const std::uint32_t header = (number(at, 1) & 0xF) * 4;
        field("IP version, length", layer, at, 1, QStringLiteral("4, header of %1 bytes").arg(header), "more than 20: there are options");
        field("type of service", layer, at + 1, 1, QString::number(number(at + 1, 1)), "from the path's state");
        field("total length", layer, at + 2, 2, QStringLiteral("%1 bytes").arg(number(at + 2, 2)), "of header and segment");
        field("identification", layer, at + 4, 2, QString::number(number(at + 4, 2)), "host stack and offload target number from different halves");
        const std::uint32_t fragment = number(at + 6, 2);
        field("fragment", layer, at + 6, 2,
              (fragment & 0x4000) != 0 ? QStringLiteral("don't fragment") : (fragment & 0x3FFF) != 0 ? QStringLiteral("a fragment, at %1").arg((fragment & 0x1FFF) * 8) : QStringLiteral("whole"),
              "flags and offset");
        field("time to live", layer, at + 8, 1, QString::number(number(at + 8, 1)), "hops that are left");
        const std::uint32_t protocol = number(at + 9, 1);
        field("protocol", layer, at + 9, 1, protocol == 6 ? QStringLiteral("TCP") : QString::number(protocol), "what the datagram carries");
        field("header checksum", layer, at + 10, 2, QStringLiteral("0x%1").arg(number(at + 10, 2), 4, 16, QLatin1Char('0')), "over the IP header");
        field("source address", layer, at + 12, 4, address4(at + 12), "");
        field("destination address", layer, at + 16, 4, address4(at + 16), "");
        if (header < 20 || !has(at, header)) return rest(at + 20, QStringLiteral("no such header length"));
        if (header > 20) field("IP options", layer, at + 20, header - 20, QStringLiteral("%1 bytes").arg(header - 20), "such a datagram goes to the host stack");
        if (protocol != 6 || (fragment & 0x3FFF) != 0) return rest(at + header, QStringLiteral("no whole TCP segment"));
        // Short frames are padded: the datagram says where the segment ends.
        segment(at + header, std::min(size(), at + std::max(number(at + 2, 2), header)));
    }

    void internet6(std::uint32_t at) {
        constexpr const char* layer = "IPv6, RFC 2460";
        if (!has(at, 40)) return rest(at, QStringLiteral("no IPv6 header"));
        const std::uint32_t first = number(at, 4);
        field("version, class, flow", layer, at, 4, QStringLiteral("%1, class %2, flow %3").arg(first >> 28).arg(first >> 20 & 0xFF).arg(first & 0xFFFFF), "traffic class and flow label from the path's and connection's state");
        field("payload length", layer, at + 4, 2, QStringLiteral("%1 bytes").arg(number(at + 4, 2)), "after this header");
        const std::uint32_t next = number(at + 6, 1);
        field("next header", layer, at + 6, 1, next == 6 ? QStringLiteral("TCP") : QString::number(next), "what follows");
        field("hop limit", layer, at + 7, 1, QString::number(number(at + 7, 1)), "hops that are left");
        field("source address", layer, at + 8, 16, address6(at + 8), "");
        field("destination address", layer, at + 24, 16, address6(at + 24), "");
        if (next != 6) return rest(at + 40, QStringLiteral("no TCP segment directly behind the header"));
        segment(at + 40, std::min(size(), at + 40 + number(at + 4, 2)));
    }

    void segment(std::uint32_t at, std::uint32_t end) {
        constexpr const char* layer = "TCP, RFC 793";
        if (end < at + 20) return rest(at, QStringLiteral("no TCP header"));
        const std::uint32_t header = (number(at + 12, 1) >> 4) * 4;
        field("source port", layer, at, 2, QString::number(number(at, 2)), "");
        field("destination port", layer, at + 2, 2, QString::number(number(at + 2, 2)), "");
        const std::uint32_t data = end - at > header ? end - at - header : 0;
        const std::uint32_t seq = number(at + 4, 4), flags = number(at + 13, 1);
        field("sequence number", layer, at + 4, 4, data > 0 ? QStringLiteral("%1 … %2").arg(seq).arg(seq + data - 1) : QString::number(seq), "of the first byte of data: SndNxt of who sends, or less when it is sent again");
        field("acknowledgment", layer, at + 8, 4, (flags & 0x10) != 0 ? QString::number(number(at + 8, 4)) : QStringLiteral("means nothing without ACK"), "the next byte that is expected: RcvNxt of who sends");
        field("data offset", layer, at + 12, 1, QStringLiteral("header of %1 bytes").arg(header), "more than 20: there are options");
        static constexpr std::pair<std::uint32_t, const char*> names[] = {{0x02, "SYN"}, {0x10, "ACK"}, {0x08, "PSH"}, {0x20, "URG"}, {0x01, "FIN"}, {0x04, "RST"}};
        QStringList set;
        for (const auto& [bit, name] : names) {
            if ((flags & bit) != 0) set << QLatin1String(name);
        }
        field("flags", layer, at + 13, 1, set.isEmpty() ? QStringLiteral("none") : set.join(QLatin1Char(' ')), "what the segment is for");
        field("window", layer, at + 14, 2, QStringLiteral("%1, not scaled").arg(number(at + 14, 2)), "room of who sends; shift it by the scale that was agreed on: SndWindScale of the other side");
        field("checksum", layer, at + 16, 2, QStringLiteral("0x%1").arg(number(at + 16, 2), 4, 16, QLatin1Char('0')), "over header, data and the addresses");
        field("urgent pointer", layer, at + 18, 2, (flags & 0x20) != 0 ? QString::number(number(at + 18, 2)) : QStringLiteral("means nothing without URG"), "where the urgent data ends");
        if (header < 20 || end - at < header) return rest(at + 20, QStringLiteral("no such header length"));
        options(at + 20, at + header);
        if (data > 0) field("data", layer, at + header, data, QStringLiteral("%1 bytes").arg(data), "bytes of the stream");
        if (end < size()) field("padding", "Ethernet II", end, size() - end, QStringLiteral("%1 bytes").arg(size() - end), "up to the shortest frame there may be");
    }

    void options(std::uint32_t at, std::uint32_t end) {
        while (at < end) {
            const std::uint32_t kind = number(at, 1);
            if (kind <= 1) {
                // No-operations stand together, to align what follows.
                std::uint32_t until = at + 1;
                while (until < end && (kind == 0 || number(until, 1) == 1)) ++until;
                field(kind == 0 ? "end of options" : "no operation", "TCP option", at, until - at, QStringLiteral("%1 ×").arg(until - at), "so that what follows is aligned");
                if (kind == 0) return;
                at = until;
                continue;
            }
            const std::uint32_t length = at + 1 < end ? number(at + 1, 1) : 0;
            if (length < 2 || at + length > end) return field("option", "TCP option", at, end - at, QStringLiteral("damaged"), "");
            if (kind == 8 && length == 10) {
                field("timestamps", "TCP option, RFC 1323", at, length, QStringLiteral("value %1, echo %2").arg(number(at + 2, 4)).arg(number(at + 6, 4)), "TsTime of who sends, and TsRecent");
            } else if (kind == 2 && length == 4) {
                field("maximum segment size", "TCP option", at, length, QStringLiteral("%1 bytes").arg(number(at + 2, 2)), "");
            } else if (kind == 3 && length == 3) {
                field("window scale", "TCP option, RFC 1323", at, length, QString::number(number(at + 2, 1)), "");
            } else {
                field("option", "TCP option", at, length, QStringLiteral("kind %1").arg(kind), "");
            }
            at += length;
        }
    }

    const QByteArray& frame_;
    std::vector<FrameField> fields_;
};

}  // namespace

std::vector<FrameField> frame_fields(const QByteArray& frame) { return Reader(frame).fields(); }

}  // namespace chimneylab::desktop
