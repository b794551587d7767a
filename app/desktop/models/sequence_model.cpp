// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/sequence_model.h"

#include <algorithm>

#include "app/desktop/models/growing_session.h"

namespace chimneylab::desktop {

using trace::EventId;
using trace::EventKind;

namespace {

// The session is released together with the index that reads it.
std::shared_ptr<const SequenceIndex> make_index(SessionPointer session, std::vector<EventId> shown, bool all) {
    const trace::History& history = *session->history;
    return {new SequenceIndex(history, std::move(shown), all), [session = std::move(session)](const SequenceIndex* index) { delete index; }};
}

}  // namespace

SequenceModel::SequenceModel(PlaybackModel& playback, EventListModel& events, QObject* parent)
    : QObject(parent), playback_(playback), events_(events) {
    connect(&events, &QAbstractItemModel::modelReset, this, &SequenceModel::rebuild);
    playback.tell_growth(this, [this] {
        if (is_growing(playback_)) rebuild();
    });
}

const std::vector<EventId>& SequenceModel::findings() const {
    static const std::vector<EventId> none;
    return indexed_session_ ? indexed_session_->findings.events : none;
}

void SequenceModel::rebuild() {
    worker_.forget();
    const SessionPointer session = playback_.session();
    if (session != indexed_session_) {
        index_.reset();
        indexed_session_ = session;
    }
    if (session) {
        const bool all = !events_.filtered();
        const std::shared_ptr<const ShownEvents> shown = events_.shown();
        if (is_growing(playback_) && session->trace->size() > at_once) {
            // Too much to lay out at once, and no other thread may read it: when it rests or has ended it is laid out whole.
            index_.reset();
        } else if (session->trace->size() <= at_once) {
            index_ = make_index(session, shown->shown, all);
        } else {
            worker_.start([this, session, all, shown](Background::Control&) {
                return [this, made = make_index(session, shown->shown, all)] {
                    index_ = made;
                    Q_EMIT index_changed();
                };
            });
        }
    }
    Q_EMIT index_changed();
}

std::shared_ptr<const SequenceIndex> SequenceModel::index_of_operation(SessionPointer session, trace::OperationId id) {
    const trace::Trace& trace = *session->trace;
    const trace::Operation* operation = session->history->operation(id);
    if (operation == nullptr) return nullptr;
    std::vector<EventId> shown;
    EventId last = operation->finished.valid() ? operation->finished : EventId(static_cast<std::uint32_t>(trace.size() - 1));
    // The returns of the calls through which the completion came belong to it as well.
    for (EventId here = last; here.valid(); here = trace.event(here).parent) {
        if (trace.event(here).kind == EventKind::enter && trace.event(here).operation == id && trace.leave_of(here).valid()) {
            last = std::max(last, trace.leave_of(here));
        }
    }
    const auto belongs = [&](EventId event) {
        for (EventId here = event; here.valid(); here = trace.event(here).parent) {
            const trace::Event& each = trace.event(here);
            if (each.operation.valid()) return each.operation == id;
        }
        return false;
    };
    for (std::uint32_t i = operation->started.value; i <= last.value; ++i) {
        if (trace.event(EventId(i)).kind != EventKind::irql_changed && belongs(EventId(i))) shown.push_back(EventId(i));
    }
    return make_index(std::move(session), std::move(shown), false);
}

}  // namespace chimneylab::desktop

#include "moc_sequence_model.cpp"
