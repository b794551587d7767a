// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where a person's notes are kept, as the window needs it. The program gives the engine's (program/engine_notes); tests give
// a hand-made one.
#pragma once

#include <QString>
#include <functional>
#include <memory>
#include <variant>

#include "engine/session/notes.h"

namespace chimneylab::desktop {

struct NoteRemoval {
    std::int64_t id = 0;
};
struct BookmarkRemoval {
    trace::EventId event;
};
// One thing that a person did. An annotation whose id is below 0 is new.
using NoteChange = std::variant<session::Annotation, NoteRemoval, session::Bookmark, BookmarkRemoval, session::Answer, session::LayoutValue>;

// The notes of one session file. Used by one thread at a time, never by the GUI thread.
class NoteStore {
public:
    virtual ~NoteStore() = default;
    // What is wrong, in a sentence that names the file and what to do; empty when the change is on the disk. A new
    // annotation has its id then.
    virtual QString apply(NoteChange& change) = 0;
};

using OpenNoteStore = std::function<std::unique_ptr<NoteStore>(const QString& path)>;

}  // namespace chimneylab::desktop
