// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The process in which drivers run: takes the request from the shared area, sets the limits, loads the drivers, runs the
// scenario and leaves the recording and the result in the area. Whoever started it finds out the rest.
#pragma once

namespace chimneylab::driver_host {

// Does not return in the regular case; 2 when there is no area to work with.
int run_worker();

}  // namespace chimneylab::driver_host
