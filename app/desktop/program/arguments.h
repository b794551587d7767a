// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The command line of `chimneylab`. Read before there is an application, so that bad usage needs no display. Pure.
#pragma once

#include <QSize>
#include <QString>
#include <QStringList>
#include <optional>

#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

struct Arguments {
    QString scenario;
    QString variant;       // of the scenario
    QString schedule;
    QString choices;       // of a run that is made again, as explore tells them; then the schedule goes on
    QStringList drivers;
    QString session;
    QString screenshot;
    QString tour;  // folder for the gallery
    QString pane;  // gets the whole window
    std::optional<std::uint32_t> event;
    std::optional<QSize> size;
    std::optional<Theme::Choice> theme;
    double scale = 0;  // 0: the display's own
    bool help = false;
    bool version = false;
    bool reduced_motion = false;
};

struct ParsedArguments {
    Arguments arguments;
    QString problem;  // one line; empty: none
};

// `words` without the program's name.
[[nodiscard]] ParsedArguments parse_arguments(const QStringList& words);
[[nodiscard]] QString usage();

}  // namespace chimneylab::desktop
