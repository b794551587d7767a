// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// All that the stage shows, in words: for those who cannot see it, and to be copied. Says what the picture says and no
// more, in the order in which an eye would find it. Pure.
#pragma once

#include "app/desktop/models/stage_scene.h"

namespace chimneylab::desktop {

// Sentences without a line break; empty for an empty stage.
[[nodiscard]] QString stage_words(const StageScene& scene);

}  // namespace chimneylab::desktop
