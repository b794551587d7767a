// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The sequence diagram as files: SVG, or PNG at twice the size. A drawing higher than a page becomes numbered pages of
// A4's shape, each with the lifelines' titles. Everything needed is copied in, so that the work may run on any thread
// while the window goes on.
#pragma once

#include "app/desktop/models/session_loader.h"
#include "app/desktop/sequence/sequence_painter.h"

namespace chimneylab::desktop {

struct SequenceExport {
    static constexpr int most_pages = 200;

    explicit SequenceExport(SequenceLook its_look) : look(std::move(its_look)) {}
    SessionPointer session;
    std::shared_ptr<const SequenceIndex> index;
    SequenceLook look;
    QString title;                     // stands over every page
    bool by_time = false;
    double scale = SequenceAxis::row_at_rest;
    double top = 0;                    // of the part, in the axis's pixels
    double height = -1;                // of the part; < 0: all of it, in pages
    double width = 0;                  // 0: a page's
    trace::EventId at;                 // none: no present line
    std::vector<trace::EventId> findings;
};

// `path` ends in .svg or .png. The work's word says what was written; its problem what went wrong, with nothing half
// written left behind.
[[nodiscard]] LoadWork export_sequence(SequenceExport what, const QString& path);

}  // namespace chimneylab::desktop
