// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The header fields of a frame as members: Ethernet II, 802.1Q, IPv4 or IPv6, TCP with its options, and the data. Offsets and
// sizes in bytes from the start of the frame; values are read in network order. A frame of another kind, or a damaged one, has
// the fields up to where it can be understood, and the rest as bytes. Sources: RFC 791, 2460, 793, 1323; IEEE 802.3, 802.1Q.
// Pure functions; any thread.
#pragma once

#include <QByteArray>
#include <QString>
#include <vector>

namespace chimneylab::desktop {

struct FrameField {
    QString name;     // "TCP flags"
    QString type;     // "TCP, RFC 793"
    QString purpose;  // what it is for, in a line
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
    QString meaning;  // "ACK PSH"
};

[[nodiscard]] std::vector<FrameField> frame_fields(const QByteArray& frame);

}  // namespace chimneylab::desktop
