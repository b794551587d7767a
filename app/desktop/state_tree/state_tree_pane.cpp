// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/state_tree/state_tree_pane.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QVBoxLayout>
#include <algorithm>

#include "app/desktop/state_tree/state_tree_delegate.h"
#include "app/desktop/models/growing_session.h"

namespace chimneylab::desktop {

namespace {
constexpr std::size_t at_once = 50'000;  // events that are read through without a worker
}

StateTreePane::StateTreePane(PlaybackModel& playback, const Theme& theme, QWidget* parent) : QWidget(parent), playback_(playback), theme_(theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 0, 4, 8);
    column->setSpacing(2);
    blocks_ = make_half(tr("Block list"));
    target_ = make_half(tr("Held by the offload target"));
    column->addWidget(blocks_.title);
    column->addWidget(blocks_.view, 1);
    column->addWidget(target_.title);
    column->addWidget(target_.view, 1);
    playback.tell_growth(this, [this] {
        if (waits()) return;
        // No other thread may read a session that grows.
        if (playback_.session() && (!is_growing(playback_) || playback_.session()->trace->size() <= at_once)) open_session();
    });
    playback.tell(this, &StateTreePane::refresh);
    connect(&playback, &PlaybackModel::focus_changed, this, &StateTreePane::refresh);
    connect(&theme, &Theme::changed, this, &StateTreePane::apply_theme);
    apply_theme();
    refresh();
}

StateTreePane::Half StateTreePane::make_half(const QString& name) {
    Half half;
    half.title = new QLabel(name, this);
    half.view = new QTreeView(this);
    half.model = new StateTreeModel(this);
    half.view->setModel(half.model);
    half.view->setItemDelegate(new StateTreeDelegate(theme_, half.view));
    half.view->setAccessibleName(name);
    half.view->setFrameShape(QFrame::NoFrame);
    half.view->setUniformRowHeights(true);
    half.view->setIndentation(16);
    half.view->setStyleSheet(QStringLiteral("QTreeView { show-decoration-selected: 0 }"));  // the delegate paints what is chosen
    half.view->setMouseTracking(true);
    half.view->setMinimumHeight(44);
    half.view->setSelectionBehavior(QAbstractItemView::SelectRows);
    half.view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    half.view->header()->setSectionResizeMode(QHeaderView::Fixed);
    half.view->header()->setStretchLastSection(true);
    half.view->header()->setMinimumSectionSize(30);
    half.view->installEventFilter(this);
    half.view->viewport()->installEventFilter(this);
    half.empty = new QLabel(half.view->viewport());
    half.empty->setWordWrap(true);
    half.empty->setAlignment(Qt::AlignCenter);
    half.empty->setAttribute(Qt::WA_TransparentForMouseEvents);
    connect(half.view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this, model = half.model](const QModelIndex& current) {
        const StateTreeRow* row = model->row(current);
        if (!refreshing_ && row != nullptr) playback_.choose_region(row->region);
    });
    connect(half.view, &QTreeView::activated, this, [this, model = half.model](const QModelIndex& index) {
        const StateTreeRow* row = model->row(index);
        if (row == nullptr || !row->event.valid()) return;
        playback_.pause();
        playback_.seek(row->event);
    });
    connect(half.model, &QAbstractItemModel::modelReset, half.view, &QTreeView::expandAll);
    return half;
}

bool StateTreePane::eventFilter(QObject* watched, QEvent* event) {
    for (Half* half : {&blocks_, &target_}) {
        if (half->view == nullptr) continue;
        // In a tree the arrow keys, Home and End belong to the tree.
        if (watched == half->view && event->type() == QEvent::ShortcutOverride) {
            const int key = static_cast<QKeyEvent*>(event)->key();
            if (key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_Home || key == Qt::Key_End) {
                event->accept();
                return true;
            }
        }
        if (watched == half->view->viewport() && event->type() == QEvent::Resize) size_columns(*half);
    }
    return QWidget::eventFilter(watched, event);
}

void StateTreePane::size_columns(Half& half) {
    const int width = half.view->viewport()->width();
    constexpr int shares[] = {34, 18, 20};
    for (int column = 0; column < 3 && column < half.model->columnCount(); ++column) half.view->header()->resizeSection(column, width * shares[column] / 100);
    half.empty->setGeometry(half.view->viewport()->rect().adjusted(8, 0, -8, 0));
}

// While a session streams nobody reads what is behind a tab.
bool StateTreePane::waits() {
    if (isVisible() || !playback_.follows_stream()) return false;
    stale_ = true;
    return true;
}

void StateTreePane::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (stale_) refresh();
}

void StateTreePane::open_session() {
    stale_ = false;
    worker_.forget();
    objects_.reset();
    session_ = playback_.session();
    if (!session_) return refresh();
    if (session_->trace->size() <= at_once) {
        objects_ = std::make_shared<const OffloadedObjects>(*session_->history);
    } else if (!is_growing(playback_)) {
        worker_.start([this, session = session_](Background::Control&) {
            return [this, made = std::make_shared<const OffloadedObjects>(*session->history)] {
                objects_ = made;
                refresh();
            };
        });
    }
    refresh();
}

void StateTreePane::refresh() {
    if (waits()) return;
    if (stale_ || playback_.late(session_)) return open_session();
    refreshing_ = true;
    StateTree blocks;
    StateTree target;
    if (session_ && playback_.cursor() != nullptr) {
        blocks = block_list_tree(*session_->history, *playback_.cursor(), playback_.operation());
        if (objects_) {
            target = target_tree(*session_->history, *objects_, playback_.position());
        } else {
            target.title = tr("Held by the offload target");
            target.empty = tr("Reading the run…");
        }
    } else {
        blocks.title = tr("Block list");
        blocks.empty = tr("Blocks, their roles and their statuses stand here.\nRun a scenario or open a session.");
        target.title = tr("Held by the offload target");
    }
    const auto block_count = blocks.rows.size();
    const auto held = target.rows.size();
    show(blocks_, std::move(blocks));
    show(target_, std::move(target));
    refreshing_ = false;
    Q_EMIT summary_changed(block_count + held == 0 ? QString() : tr("%1 blocks · target holds %2").arg(block_count).arg(held));
}

void StateTreePane::show(Half& half, StateTree tree) {
    half.title->setText(tree.title);
    half.view->setAccessibleName(tree.title);
    half.empty->setText(tree.empty);
    half.empty->setVisible(tree.rows.empty());
    half.view->header()->setVisible(!tree.rows.empty());
    half.model->set_tree(std::move(tree));
    size_columns(half);
    const QModelIndex chosen = half.model->index_of(playback_.region());
    if (chosen.isValid()) {
        half.view->selectionModel()->setCurrentIndex(chosen, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    } else {
        half.view->selectionModel()->clear();
    }
}

void StateTreePane::apply_theme() {
    const Tokens& t = theme_.tokens();
    for (Half* half : {&blocks_, &target_}) {
        half->title->setStyleSheet(QStringLiteral("color: %1; font-size: 11px; font-weight: 600; padding: 4px").arg(t.quiet_text.name()));
        half->empty->setStyleSheet(QStringLiteral("color: %1").arg(t.quiet_text.name()));
        half->view->viewport()->update();
    }
}

}  // namespace chimneylab::desktop

#include "moc_state_tree_pane.cpp"
