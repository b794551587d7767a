// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where sessions come from and go to, as the window needs it. The program gives the engine's (program/engine_source);
// tests give a hand-made one. Every function may be called on a worker thread.
#pragma once

#include <QString>
#include <QStringList>
#include <functional>
#include <memory>
#include <vector>

#include "app/desktop/models/library_model.h"
#include "app/desktop/models/note_store.h"
#include "app/desktop/models/session_loader.h"

namespace chimneylab::desktop {

// What a person asks to be run.
struct RunRequest {
    QString scenario;     // an id of the library, or the path of a scenario file
    QString variant;      // empty: the correct run
    QString schedule;     // "fifo", "lifo", "seed:7"; empty: what the scenario or the variant gives
    QStringList drivers;  // compiled drivers of the person's own in place of the topmost intermediate drivers
    // A manual run (engine/scenario/choices.h): these choices, as text, then it stops or the schedule goes on.
    bool manual = false;
    bool schedule_goes_on = false;
    QStringList choices = {};
    friend bool operator==(const RunRequest&, const RunRequest&) = default;
};

// A language that scenarios can be told in.
struct TextLanguage {
    QString code;  // "ja"
    QString name;  // in the language itself
};

// Finds the questions of a scenario in a session that grows while one looks. Reads no file; GUI thread, between two events,
// as the trace that it looks at.
class QuestionSpotter {
public:
    virtual ~QuestionSpotter() = default;
    // Looks at so many further events at most; true: there are more.
    virtual bool look_on(std::uint32_t most) = 0;
    // Those that were found have their event; in the language that is chosen now.
    [[nodiscard]] virtual std::vector<Question> questions() const = 0;
};

struct SessionSource {
    std::function<std::vector<LibraryEntry>()> library;
    // What to do on the worker to run this.
    std::function<LoadWork(const RunRequest& request)> scenario;
    // … to read this session file.
    std::function<LoadWork(const QString& path)> file;
    // Writes a session with a person's notes; returns what is wrong, empty when done.
    std::function<QString(const Session& session, const QString& path, const session::NoteContents& notes)> save;
    // … opens the notes of a session file for writing.
    OpenNoteStore note_store;
    // Of the scenario that a growing session names; null when it names none that the library had when it was read last.
    std::function<std::unique_ptr<QuestionSpotter>(const SessionPointer& growing)> spot_questions;
    // The languages of the scenarios' texts; empty: there is no choice.
    std::vector<TextLanguage> languages;
    // From now on the library is read, and sessions that were made before or come later are told, in this language; empty:
    // that of the system. Returns at once.
    std::function<void(const QString& code)> tell_in;
};

}  // namespace chimneylab::desktop
