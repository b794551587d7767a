// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The bookmarks of the session: a click or Enter goes there, F2 changes the note, Del takes one away.
#pragma once

#include <QLabel>
#include <QListView>
#include <QWidget>

#include "app/desktop/models/bookmark_model.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class BookmarksView : public QWidget {
    Q_OBJECT
public:
    BookmarksView(PlaybackModel& playback, BookmarkModel& bookmarks, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QListView* list() const { return list_; }

Q_SIGNALS:
    void summary_changed(const QString& summary);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();
    void apply_theme();

    PlaybackModel& playback_;
    BookmarkModel& bookmarks_;
    const Theme& theme_;
    QListView* list_ = nullptr;
    QLabel* empty_ = nullptr;
};

}  // namespace chimneylab::desktop
