// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The bar across the bottom: round buttons, steppers, speed and the scrubber. It owns no behaviour: buttons trigger the
// window's actions, the rest talks to the PlaybackModel.
#pragma once

#include <QAction>
#include <QComboBox>
#include <QFrame>
#include <QLabel>

#include "app/desktop/models/playback_model.h"
#include "app/desktop/theme/theme.h"
#include "app/desktop/transport/scrubber.h"
#include "app/desktop/transport/transport_button.h"

namespace chimneylab::desktop {

// The window's actions that the bar has buttons for. All must outlive the bar.
struct TransportActions {
    QAction* first = nullptr;
    QAction* back = nullptr;
    QAction* play = nullptr;
    QAction* forward = nullptr;
    QAction* last = nullptr;
    QAction* previous_conversion = nullptr;
    QAction* next_conversion = nullptr;
    QAction* previous_call_entry = nullptr;
    QAction* next_call_entry = nullptr;
};

class TransportBar : public QWidget {
    Q_OBJECT
public:
    TransportBar(PlaybackModel& playback, const Theme& theme, const TransportActions& actions, QWidget* parent = nullptr);
    [[nodiscard]] Scrubber* scrubber() const { return scrubber_; }
    [[nodiscard]] QComboBox* speed() const { return speed_; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void show_speed(double speed);
    void apply_theme();

    PlaybackModel& playback_;
    const Theme& theme_;
    TransportButton* play_ = nullptr;
    QComboBox* speed_ = nullptr;
    QLabel* conversion_label_ = nullptr;
    QLabel* call_entry_label_ = nullptr;
    Scrubber* scrubber_ = nullptr;
};

}  // namespace chimneylab::desktop
