// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/growing_index.h"

#include <algorithm>
#include <utility>

namespace chimneylab::desktop {

GrowingIndex::GrowingIndex(std::shared_ptr<Session> session)
    : session_(std::move(session)), shown_(std::make_shared<ShownEvents>()), timeline_(std::make_shared<TimelineIndex>()) {
    session_->usually_shown = shown_;
    session_->timeline = timeline_;
    session_->deepest = 0;
    extend();
    show_frames();
}

void GrowingIndex::extend() {
    const trace::Trace& trace = *session_->trace;
    for (; looked_at_ < trace.size(); ++looked_at_) {
        const trace::EventId id(looked_at_);
        const trace::Event& event = trace.event(id);
        timeline_->add(event, session_->is_finding(id));
        frames_.add(id, event);
        session_->deepest = std::max<int>(session_->deepest, event.depth);
    }
    extend_shown(*shown_, trace, {});
    timeline_->finish();
}

void GrowingIndex::mark_findings() { timeline_->mark(session_->findings.events); }

void GrowingIndex::show_frames() {
    if (session_->frames && frames_.told() == frames_shown_) return;
    auto ordered = std::make_shared<FrameFlights>(frames_);
    ordered->finish();
    frames_shown_ = frames_.told();
    session_->frames = std::move(ordered);
}

}  // namespace chimneylab::desktop
