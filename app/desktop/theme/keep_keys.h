// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Keys that belong to a widget while it has the focus, although the window uses them as shortcuts: the arrow keys of a
// list, Enter in a tree. GUI thread only.
#pragma once

#include <QKeyEvent>
#include <QObject>
#include <algorithm>
#include <vector>

namespace chimneylab::desktop {

class KeepKeys : public QObject {
public:
    // Owned by the widget. Other event filters of the widget go on working.
    KeepKeys(QObject* widget, std::vector<int> keys) : QObject(widget), keys_(std::move(keys)) { widget->installEventFilter(this); }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::ShortcutOverride && std::find(keys_.begin(), keys_.end(), static_cast<QKeyEvent*>(event)->key()) != keys_.end()) {
            event->accept();
            return true;
        }
        return QObject::eventFilter(watched, event);
    }

private:
    std::vector<int> keys_;
};

inline void keep_arrow_keys(QObject* widget) { new KeepKeys(widget, {Qt::Key_Up, Qt::Key_Down, Qt::Key_Return, Qt::Key_Enter, Qt::Key_Home, Qt::Key_End, Qt::Key_PageUp, Qt::Key_PageDown}); }

}  // namespace chimneylab::desktop
