// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Two trees of state as rows with words: the block list of an operation as the host stack handed it down, and what the
// offload target holds, both as they stand at one event. Pure functions; thread rule that of the cursor.
#pragma once

#include <QString>
#include <QStringList>
#include <vector>

#include "app/desktop/models/offloaded_objects.h"
#include "engine/trace/cursor.h"

namespace chimneylab::desktop {

struct StateTreeRow {
    trace::RegionId region;  // what a click chooses
    trace::EventId event;    // where it came to be what it is; none: unknown
    QStringList cells;       // one for each heading
    int parent = -1;         // index, always lower than its own
    bool changed = false;    // the present event changed it
    bool failed = false;
    bool pending = false;    // its outcome is not known yet
};

struct StateTree {
    QString title;     // "Block list of operation 2 query"
    QString empty;     // what to say when there are no rows
    QStringList headings;
    std::vector<StateTreeRow> rows;
};

[[nodiscard]] StateTree block_list_tree(const trace::History& history, const trace::Cursor& cursor, const trace::Operation* operation);
[[nodiscard]] StateTree target_tree(const trace::History& history, const OffloadedObjects& objects, trace::EventId at);

}  // namespace chimneylab::desktop
