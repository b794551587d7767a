// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Says in words what the picture shows at the present event: the scenario's own sentence where it has one, with the
// trace's sentence below it; else the trace's alone.
#pragma once

#include <QScrollArea>
#include <QLabel>
#include <memory>

#include "app/desktop/models/playback_model.h"
#include "app/desktop/theme/theme.h"
#include "engine/trace/narration.h"

namespace chimneylab::desktop {

class NarrationView : public QScrollArea {
    Q_OBJECT
public:
    NarrationView(PlaybackModel& playback, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QString text() const;
    // What is said about the checker's rules at this event, without marks; empty when none is looked at here.
    [[nodiscard]] QString rules_text() const;

Q_SIGNALS:
    void summary_changed(const QString& summary);  // "event 38 of 212"
    void rule_wanted(const QString& rule);

private:
    void open_session();
    void tell();
    void tell_rules();
    void apply_theme();

    PlaybackModel& playback_;
    const Theme& theme_;
    SessionPointer session_;  // keeps alive what the narrator reads
    std::unique_ptr<trace::Narrator> narrator_;
    QLabel* heading_ = nullptr;
    QLabel* main_ = nullptr;
    QLabel* more_ = nullptr;
    QLabel* rules_ = nullptr;
};

}  // namespace chimneylab::desktop
