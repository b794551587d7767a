// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/main_window/bookmarks_view.h"

#include <QKeyEvent>
#include <QVBoxLayout>

#include "app/desktop/theme/keep_keys.h"

namespace chimneylab::desktop {

BookmarksView::BookmarksView(PlaybackModel& playback, BookmarkModel& bookmarks, const Theme& theme, QWidget* parent)
    : QWidget(parent), playback_(playback), bookmarks_(bookmarks), theme_(theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 0, 6, 8);
    list_ = new QListView(this);
    list_->setModel(&bookmarks);
    list_->setAccessibleName(tr("Bookmarks"));
    list_->setFrameShape(QFrame::NoFrame);
    list_->setEditTriggers(QAbstractItemView::EditKeyPressed);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setTextElideMode(Qt::ElideRight);
    keep_arrow_keys(list_);
    list_->installEventFilter(this);
    column->addWidget(list_);
    empty_ = new QLabel(tr("B sets a bookmark at the present event, Shift+B goes to the next one."), this);
    empty_->setWordWrap(true);
    empty_->setAlignment(Qt::AlignCenter);
    column->addWidget(empty_, 1);
    const auto go = [this](const QModelIndex& index) {
        playback_.pause();
        playback_.seek(bookmarks_.event_at(index.row()));
    };
    connect(list_, &QListView::clicked, this, go);
    connect(list_, &QListView::activated, this, go);
    connect(&bookmarks, &QAbstractItemModel::modelReset, this, &BookmarksView::refresh);
    connect(&bookmarks, &QAbstractItemModel::rowsInserted, this, &BookmarksView::refresh);
    connect(&bookmarks, &QAbstractItemModel::rowsRemoved, this, &BookmarksView::refresh);
    connect(&theme, &Theme::changed, this, &BookmarksView::apply_theme);
    apply_theme();
    refresh();
}

bool BookmarksView::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Delete) {
        bookmarks_.remove(list_->currentIndex().row());
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void BookmarksView::refresh() {
    const int count = bookmarks_.rowCount();
    list_->setVisible(count > 0);
    empty_->setVisible(count == 0);
    Q_EMIT summary_changed(count == 0 ? QString() : QString::number(count));
}

void BookmarksView::apply_theme() {
    const Tokens& t = theme_.tokens();
    empty_->setStyleSheet(QStringLiteral("color: %1").arg(t.quiet_text.name()));
    list_->setStyleSheet(QStringLiteral("QListView::item { padding: 3px 4px; border-radius: 4px; color: %1 } QListView::item:selected { background: %2; color: %1 } QListView::item:hover { background: %3 }")
                             .arg(t.text.name(), t.selection.name(), t.hover.name()));
}

}  // namespace chimneylab::desktop

#include "moc_bookmarks_view.cpp"
