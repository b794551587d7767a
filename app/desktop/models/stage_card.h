// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The card: one block list, named by what it is now, with its tree of blocks and the two slots whose names differ
// between NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST and NDIS_MINIPORT_OFFLOAD_BLOCK_LIST ("Comparison of Offload Block List
// Types"). Part of stage_scene, in a file of its own. Pure.
#pragma once

#include "app/desktop/models/stage_scene.h"

namespace chimneylab::desktop {

struct CardPlace {
    double left = 0;
    double width = 0;
    double centre_y = 0;
    bool upward = false;
    bool in_ndis = false;
    int lane = 0;
};

[[nodiscard]] StageCard build_card(const StageRequest& request, const CardPlace& place, double scene_height);

}  // namespace chimneylab::desktop
