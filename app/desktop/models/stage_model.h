// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Keeps the stage's scene in step with the playback: where it is, what is chosen, how much room there is. The scene is
// rebuilt whole at every change, which costs what is on the stage and not what is in the trace. GUI thread only.
#pragma once

#include <QObject>

#include "app/desktop/models/playback_model.h"
#include "app/desktop/models/stage_scene.h"

namespace chimneylab::desktop {

class StageModel : public QObject {
    Q_OBJECT
public:
    explicit StageModel(PlaybackModel& playback, QObject* parent = nullptr);

    void set_room(QSizeF room, StageMetrics metrics);
    [[nodiscard]] const StageScene& scene() const { return scene_; }

Q_SIGNALS:
    void scene_changed(chimneylab::desktop::PlaybackModel::Move how);

private:
    void rebuild(PlaybackModel::Move how);

    PlaybackModel& playback_;
    StageScene scene_;
    QSizeF room_{800, 320};
    StageMetrics metrics_;
};

}  // namespace chimneylab::desktop
