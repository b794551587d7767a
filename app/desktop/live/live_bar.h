// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The strip over the transport while the views show a live session: follow it or hold the picture, and what can be asked of
// its producer: hold, step, go on, choose what comes next, inject a fault, stop. It is not there otherwise.
#pragma once

#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>
#include <QWidget>

#include "app/desktop/models/live_sessions.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class LiveBar : public QWidget {
    Q_OBJECT
public:
    LiveBar(LiveSessions& live, const Theme& theme, QWidget* parent = nullptr);

    [[nodiscard]] QPushButton* follow_button() const { return follow_; }
    [[nodiscard]] QPushButton* pause_button() const { return pause_; }
    [[nodiscard]] QPushButton* hold_button() const { return hold_; }
    [[nodiscard]] QPushButton* step_button() const { return step_; }
    [[nodiscard]] QPushButton* stop_button() const { return stop_; }
    [[nodiscard]] QComboBox* alternatives() const { return alternatives_; }
    [[nodiscard]] QPushButton* choose_button() const { return choose_; }
    [[nodiscard]] QToolButton* inject_button() const { return inject_; }
    [[nodiscard]] QLabel* state_label() const { return state_; }

private:
    void refresh();
    void apply_theme();
    void ask(std::uint8_t command, std::uint64_t value = 0, const QString& text = {});

    LiveSessions& live_;
    const Theme& theme_;
    QLabel* state_ = nullptr;
    QPushButton *follow_ = nullptr, *pause_ = nullptr, *hold_ = nullptr, *step_ = nullptr, *choose_ = nullptr, *stop_ = nullptr;
    QSpinBox* steps_ = nullptr;
    QComboBox *alternatives_ = nullptr, *with_ = nullptr;
    QToolButton* inject_ = nullptr;
    QWidget *host_ = nullptr, *choice_ = nullptr;
    std::vector<std::string> shown_;
};

}  // namespace chimneylab::desktop
