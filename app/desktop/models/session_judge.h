// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Judges a long session beside the window, while a person already looks at it: what its file told of an earlier judgement
// is shown until the checker's own findings take its place. Follows the session on show; GUI thread.
#pragma once

#include <QObject>

#include "app/desktop/models/background.h"
#include "app/desktop/models/playback_model.h"
#include "engine/session/violations.h"

namespace chimneylab::desktop {

class SessionJudge : public QObject {
    Q_OBJECT
public:
    explicit SessionJudge(PlaybackModel& playback, QObject* parent = nullptr);

    [[nodiscard]] bool judging() const { return background_.busy(); }
    [[nodiscard]] int percent() const { return background_.percent(); }
    // The session on show has not been judged: the checker is at it, or was told to stop.
    [[nodiscard]] bool outstanding() const { return playback_.session() && playback_.session()->unjudged; }

public Q_SLOTS:
    void start();  // unless there is nothing to be judged
    void stop();   // what has been found so far is given up, and its memory

Q_SIGNALS:
    void changed();  // judging(), percent(), outstanding()
    void judged();   // the session's findings are the checker's

private:
    PlaybackModel& playback_;
    Background background_;
};

// What a file keeps of an earlier judgement, as findings; what does not fit the trace is left out.
[[nodiscard]] Findings tell_stored(const trace::History& history, const std::vector<session::StoredViolation>& stored);
// Puts findings into a session, and their marks into its time line.
void adopt_findings(Session& session, Findings findings);

}  // namespace chimneylab::desktop
