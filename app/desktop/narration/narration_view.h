// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Says in words what the picture shows at the present event: the scenario's own sentence where it has one, with the
// trace's sentence below it; else the trace's alone. Below that all that the stage shows, in words, and the events before
// and after in a line each. The whole can be copied with its heading, and is what a screen reader is told. It is one
// document, so that a step lays the words out once, at the width that is there.
#pragma once

#include <QAction>
#include <QTextBrowser>
#include <memory>

#include "app/desktop/models/note_book.h"
#include "app/desktop/models/playback_model.h"
#include "app/desktop/models/stage_model.h"
#include "app/desktop/theme/theme.h"
#include "engine/trace/narration.h"

namespace chimneylab::desktop {

class NarrationView : public QTextBrowser {
    Q_OBJECT
public:
    NarrationView(PlaybackModel& playback, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QString text() const;
    // What is said about the checker's rules at this event, without marks; empty when none is looked at here.
    [[nodiscard]] QString rules_text() const { return rules_.words.join(QLatin1Char('\n')); }
    // Where one is, the heading and everything told, as it is copied.
    [[nodiscard]] QString whole_text() const;
    // Told again where the playback stands: the scenario has other words now.
    void tell_again() { tell(); }
    // From now on what this stage shows is told as well.
    void tell_stage(const StageModel& stage);
    // From now on a person's notes are told where they belong.
    void tell_notes(NoteBook& notes);
    [[nodiscard]] QString notes_text() const { return own_notes_; }
    [[nodiscard]] QAction* copy_action() const { return copy_; }

Q_SIGNALS:
    void summary_changed(const QString& summary);  // "event 38 of 212"
    void rule_wanted(const QString& rule);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void take_session();
    void tell();
    void tell_rules();
    void tell_around();
    void tell_own_notes();
    void tell_picture();
    void write();
    [[nodiscard]] QString page() const;
    [[nodiscard]] QString heading_of(trace::EventId event) const;

    PlaybackModel& playback_;
    const Theme& theme_;
    SessionPointer session_;  // keeps alive what the narrator reads
    std::unique_ptr<trace::Narrator> narrator_;
    // What is told, part by part.
    QString heading_, main_, more_, own_notes_, before_, after_, picture_;
    struct Rules {
        QStringList words, lines;  // plain, and with links and colours
    };
    Rules rules_;
    QString written_;  // what the document holds
    QAction* copy_ = nullptr;
    const StageModel* stage_ = nullptr;
    const NoteBook* notes_ = nullptr;
};

}  // namespace chimneylab::desktop
