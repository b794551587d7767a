// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Renders every view at its best moment, light and dark, into a folder: PNG files and an index.html that shows them.
// Needs no display. Runs an event loop of its own until done.
#pragma once

#include "app/desktop/main_window/main_window.h"

namespace chimneylab::desktop {

// What went wrong, in one line; empty when the gallery is complete.
[[nodiscard]] QString run_tour(MainWindow& window, const QString& folder);

}  // namespace chimneylab::desktop
