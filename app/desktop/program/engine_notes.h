// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A person's notes in a session file, by the engine's store. Thread rule: that of NoteStore.
#pragma once

#include "app/desktop/models/note_store.h"

namespace chimneylab::desktop {

// Opens the file with the first change, so that looking at a session never touches it.
[[nodiscard]] std::unique_ptr<NoteStore> open_engine_notes(const QString& path);

}  // namespace chimneylab::desktop
