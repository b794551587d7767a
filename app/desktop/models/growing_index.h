// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What index_for_views() works out beforehand, for a session that grows: its parts lie in the session and grow in place, so that a
// frame costs what has come and not what is there. Frames on the network are put in order by show_frames(), which costs as
// much as there are of them. GUI thread, as everything about a session that grows.
#pragma once

#include <cstdint>
#include <memory>

#include "app/desktop/models/frame_flights.h"
#include "app/desktop/models/session.h"
#include "app/desktop/models/shown_events.h"
#include "app/desktop/models/timeline_index.h"

namespace chimneylab::desktop {

class GrowingIndex {
public:
    explicit GrowingIndex(std::shared_ptr<Session> session);  // as far as its trace is

    void extend();          // what the trace has more
    void mark_findings();   // of the session, wherever they are
    void show_frames();
    [[nodiscard]] std::uint32_t looked_at() const { return looked_at_; }  // events, since it was made: each once

private:
    std::shared_ptr<Session> session_;
    std::shared_ptr<ShownEvents> shown_;
    std::shared_ptr<TimelineIndex> timeline_;
    FrameFlights frames_;  // not in order yet
    std::size_t frames_shown_ = 0;
    std::uint32_t looked_at_ = 0;
};

}  // namespace chimneylab::desktop
