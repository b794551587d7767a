// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Renders one moment of one session into a PNG file and ends the program: exit 0 when the file was written, 2 when it
// was asked for something that cannot be shown, with one line on stderr.
#pragma once

#include "app/desktop/main_window/main_window.h"
#include "app/desktop/program/arguments.h"

namespace chimneylab::desktop {

// Connects to the window; the caller has begun to open the session and then runs the event loop.
void take_screenshot(MainWindow& window, const Arguments& arguments);

}  // namespace chimneylab::desktop
