// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the window looks at: one finished trace, the history derived from it, and where it came from. Built on a worker
// thread, then handed over whole; from then on only read, by the GUI thread.
#pragma once

#include <QString>
#include <QStringList>
#include <functional>
#include <memory>
#include <vector>

#include "app/desktop/models/findings.h"
#include "engine/session/notes.h"
#include "engine/trace/history.h"
#include "engine/trace/trace.h"

namespace chimneylab::desktop {

struct Expectation {
    QString text;
    QString detail;
    bool met = false;
};

// What a learner is asked before an event is shown. The texts are in the chosen language; what is kept of an answer is not, so
// that it is the same answer in every language.
struct Question {
    QString key;  // the scenario's own words for what is asked
    QString ask;
    QStringList choices;
    QStringList kept_choices;  // the scenario's own words for the choices, in the same order
    int right = 0;             // index into choices
    QString because;
    trace::EventId at;     // it is asked before this event; none: it does not occur in this run, or not yet
    trace::EventId proof;  // the event that shows the answer; none: it does not occur, or not yet
};

// Something that waits to be run at a point of a manual run (engine/scenario/choices.h).
struct PendingChoice {
    QString label;      // "timer of offload target"
    QString layer;      // for whom it runs
    QString operation;  // "1 query"; empty: of no operation
    trace::Nanoseconds due = 0;
    // The blocks of the operation that it completes, in NDIS's order: a status can be chosen for one of them. Empty: none can.
    QStringList blocks;
    QStringList statuses;  // that the offload target knows for this operation
};

struct ChoiceMoment {
    trace::EventId after;
    std::vector<PendingChoice> pending;
    QString taken;  // "1=FAILURE@2"; empty: the run waits here
};

class FrameFlights;
struct ShownEvents;
class TimelineIndex;

struct Session {
    std::shared_ptr<const trace::Trace> trace;
    std::unique_ptr<const trace::History> history;
    QString id;     // scenario id, empty for a file
    QString title;
    QString path;   // session file, empty for a run
    // A scenario's own words about an event; empty where it has none. May be null.
    std::function<QString(trace::EventId)> scenario_words;
    // The scenario's questions with their events, in the language that is chosen when it is called; may be null.
    std::function<std::vector<Question>()> questions;
    std::vector<Expectation> expectations;
    Findings findings;  // what the checker says about this trace
    // The checker has not looked yet: `findings` is what the file told, if anything, until SessionJudge puts in its own.
    bool unjudged = false;
    // How it was run: empty for what the scenario gives, and for a file what its description says.
    QString variant;
    QString schedule;
    QStringList drivers;  // files of the person's own, from the top
    // A driver or the machine ended the run before its time: what, where, what to do. Empty: it ran to its end.
    QString crash_report;
    // Where a newcomer should stand: the host stack's first call of an operation, else the first event.
    trace::EventId opening;
    // What the session's file held of a person's notes when it was read. What is added since: NoteBook.
    session::NoteContents notes;
    // A manual run: where a person could choose, and whether it waits for the next choice.
    bool manual = false;
    bool stopped_at_choice = false;
    std::vector<ChoiceMoment> choice_points;
    // Worked out beforehand, so that no view walks a long trace when it is opened.
    std::shared_ptr<const ShownEvents> usually_shown;  // what has a row when nobody filters
    std::shared_ptr<const TimelineIndex> timeline;
    std::shared_ptr<const FrameFlights> frames;  // on the modelled network
    int deepest = 0;  // nesting of calls
    // A live session that still gets events: only the GUI thread may read its trace, and what is worked out beforehand is
    // as far as the views were refreshed last.
    bool growing = false;

    // Something is broken at this event, or the machine found something there.
    [[nodiscard]] bool is_finding(trace::EventId event) const {
        return findings.any_at(event) || trace->event(event).kind == trace::EventKind::finding;
    }
};

using SessionPointer = std::shared_ptr<const Session>;

// How far long work is, in percent; false: it shall stop.
using GoesOn = std::function<bool(int percent)>;

// Takes the trace and derives the rest. Linear in the trace: not for the GUI thread when the trace may be long.
// The result is the caller's to complete until it hands it on as a SessionPointer. Null when it was told to stop.
// A trace that stays on the disk is not judged: that takes as long again, and is done while a person looks at it.
[[nodiscard]] std::shared_ptr<Session> make_session(std::shared_ptr<const trace::Trace> trace, QString id, QString path,
                                          std::function<QString(trace::EventId)> scenario_words,
                                          std::vector<Expectation> expectations, const GoesOn& goes_on = {});

// Works out beforehand what no view is to walk the trace for. One walk; again when the session has grown. False when it
// was told to stop.
bool index_for_views(Session& session, const GoesOn& goes_on = {});

[[nodiscard]] inline QString to_qstring(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

}  // namespace chimneylab::desktop
