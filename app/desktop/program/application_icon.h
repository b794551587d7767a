// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The program's icon, drawn: a chimney of three lanes with work going down and a completion coming up. The same drawing
// as resources/icons/chimneylab.svg, which is for the desktop entry; drawing it here needs no image plugin.
#pragma once

#include <QIcon>

namespace chimneylab::desktop {

[[nodiscard]] QIcon application_icon();

}  // namespace chimneylab::desktop
