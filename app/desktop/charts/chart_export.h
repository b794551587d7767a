// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A chart as a file: PNG at twice the size, SVG with its words as words, CSV of its table. The picture is recorded on the
// GUI thread, where charts live; turning it into a file is for a worker.
#pragma once

#include <QColor>
#include <QPicture>
#include <QSize>

#include "app/desktop/models/figure_table.h"
#include "app/desktop/models/session_loader.h"

namespace chimneylab::desktop {

struct ChartFigure {
    QString title;
    QPicture picture;
    QSize size;
    QColor ground;
    FigureTable table;
};

// By the name's ending: .png, .svg or .csv. All or nothing: an older file of that name stays when it cannot be written.
[[nodiscard]] LoadWork export_chart(ChartFigure figure, const QString& path);

}  // namespace chimneylab::desktop
