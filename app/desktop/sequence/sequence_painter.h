// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Draws a SequenceScene. A SequenceLook is a copy of what is needed of the theme, so that an export may draw on a thread
// of its own. Pure painting; the caller owns the painter.
#pragma once

#include <QFont>
#include <QPainter>

#include "app/desktop/models/sequence_scene.h"
#include "app/desktop/theme/marks.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

struct SequenceLook {
    explicit SequenceLook(const Theme& theme);
    Tokens tokens;
    QFont title, words, bold_words, quiet, mono, bold_mono, badge;
    [[nodiscard]] SequenceMetrics metrics() const;
};

// Height of the line of lifeline titles, drawn above the scene by paint_sequence_header().
inline constexpr double sequence_header_height = 30;

void paint_sequence(QPainter& painter, const SequenceScene& scene, const SequenceLook& look, trace::EventId hovered);
void paint_sequence_header(QPainter& painter, const SequenceScene& scene, const SequenceLook& look);

}  // namespace chimneylab::desktop
