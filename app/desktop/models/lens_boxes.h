// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The memory between the two structures of a conversion (call entry, offload entry, handle, binding), and how each member
// is joined to it. Part of lens_picture, in a file of its own. Pure.
#pragma once

#include "app/desktop/models/lens_picture.h"

namespace chimneylab::desktop {

struct LensMoments {
    trace::EventId in;                    // the crossing with which the block reached the converter
    trace::EventId out;                   // the conversion itself
    const trace::Cursor* near = nullptr;  // stands somewhere near, if there is one
};

// Fills boxes, and the ends, origins, stories and flaws of rows that have their values already.
void join_lens(LensPicture& picture, const trace::History& history, const trace::Conversion& conversion,
               const LensMoments& moments);

}  // namespace chimneylab::desktop
