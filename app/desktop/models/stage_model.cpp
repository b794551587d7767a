// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/stage_model.h"

namespace chimneylab::desktop {

StageModel::StageModel(PlaybackModel& playback, QObject* parent) : QObject(parent), playback_(playback) {
    connect(&playback, &PlaybackModel::position_changed, this, &StageModel::rebuild);
    connect(&playback, &PlaybackModel::focus_changed, this, [this] { rebuild(PlaybackModel::Move::jump); });
}

void StageModel::set_room(QSizeF room, StageMetrics metrics) {
    if (room == room_ && metrics.mono_advance == metrics_.mono_advance && metrics.small_advance == metrics_.small_advance) return;
    room_ = room;
    metrics_ = metrics;
    rebuild(PlaybackModel::Move::jump);
}

void StageModel::rebuild(PlaybackModel::Move how) {
    StageRequest request;
    request.history = playback_.history();
    request.cursor = playback_.cursor();
    request.findings = playback_.session() ? &playback_.session()->findings : nullptr;
    request.frames = playback_.session() ? playback_.session()->frames.get() : nullptr;
    request.at = playback_.position();
    request.operation = playback_.operation();
    request.chosen = playback_.region();
    request.title = playback_.session() ? playback_.session()->title : QString();
    request.room = room_;
    request.metrics = metrics_;
    scene_ = build_stage(request);
    Q_EMIT scene_changed(how);
}

}  // namespace chimneylab::desktop

#include "moc_stage_model.cpp"
