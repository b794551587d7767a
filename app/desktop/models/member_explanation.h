// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Everything there is to say about the chosen member at the present event: what it holds, what it held, where the value
// came from, who writes and reads it, how long it means something, which rules protect it, and the events that changed it.
// Pure functions of models and a finished trace.
#pragma once

#include <QString>
#include <vector>

#include "app/desktop/models/lens_model.h"
#include "app/desktop/models/playback_model.h"

namespace chimneylab::desktop {

struct MemberExplanation {
    bool known = false;  // false: no memory, or no such member in it
    trace::RegionId region;
    std::uint32_t offset = 0, size = 0;
    QString name, other_name;  // slot B: "OffloadHandle" now, "NdisOffloadHandle" at the other edge
    QString type, owner;       // "PVOID", "block T1"
    QString bytes_before, bytes_after, meaning_before, meaning_after;
    bool changed = false;
    QString origin, flaw, rule;  // of the conversion at this event, if it is one
    QString writer, reader, lifetime, source;
    QStringList rules;
    QString last_writer;  // who wrote it last, in words with the event; empty: not since it is watched
    trace::EventId last_written, previous, next;
};

// `lens` may show another conversion than the present event; its words are used only when it is this one.
[[nodiscard]] MemberExplanation explain_member(const PlaybackModel& playback, const LensModel& lens);

}  // namespace chimneylab::desktop
