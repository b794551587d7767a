// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The two trees of state, one above the other: the block list of the operation in focus, and what the offload target
// holds. A click chooses the memory behind a row for every view; Return or a double-click goes to the event where the
// row came to be.
#pragma once

#include <QLabel>
#include <QTreeView>
#include <QWidget>
#include <memory>

#include "app/desktop/models/background.h"
#include "app/desktop/models/playback_model.h"
#include "app/desktop/models/state_tree_model.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class StateTreePane : public QWidget {
    Q_OBJECT
public:
    StateTreePane(PlaybackModel& playback, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QTreeView* blocks() const { return blocks_.view; }
    [[nodiscard]] QTreeView* target() const { return target_.view; }
    [[nodiscard]] const StateTreeModel& block_model() const { return *blocks_.model; }
    [[nodiscard]] const StateTreeModel& target_model() const { return *target_.model; }

Q_SIGNALS:
    void summary_changed(const QString& summary);  // "3 blocks · target holds 4"

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    struct Half {
        QLabel* title = nullptr;
        QTreeView* view = nullptr;
        QLabel* empty = nullptr;
        StateTreeModel* model = nullptr;
    };
    Half make_half(const QString& name);
    void open_session();
    void refresh();
    [[nodiscard]] bool waits();
    void show(Half& half, StateTree tree);
    void apply_theme();
    static void size_columns(Half& half);

    PlaybackModel& playback_;
    const Theme& theme_;
    Half blocks_, target_;
    SessionPointer session_;
    std::shared_ptr<const OffloadedObjects> objects_;
    Background worker_;
    bool refreshing_ = false;
    bool stale_ = false;  // told nothing of what has come since
};

}  // namespace chimneylab::desktop
