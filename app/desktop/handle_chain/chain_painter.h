// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where the nodes of a handle chain lie (side by side in a wide pane, one below the other in a high one) and how they are
// drawn: solid arrows down for MiniportOffloadContext and up for the stored handle, dashed while NULL, dotted into memory
// that was given back, with ✖ where they lead astray. Pure.
#pragma once

#include <QPainter>
#include <vector>

#include "app/desktop/models/handle_chain.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

struct ChainGeometry {
    struct Line {
        enum class What { binding, context, upper } what = What::binding;
        QRectF box;
    };
    struct Node {
        QRectF box, title, memory, address;
        std::vector<Line> lines;
    };
    bool side_by_side = true;
    QSizeF size;
    std::vector<Node> nodes;
};

[[nodiscard]] ChainGeometry place_chain(const HandleChain& chain, QSizeF room);
void paint_chain(QPainter& painter, const HandleChain& chain, const ChainGeometry& geometry, int hover, int current,
                 const Theme& theme);

}  // namespace chimneylab::desktop
