// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/event_list/event_list_view.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QStyle>
#include <QKeyEvent>
#include <QVBoxLayout>
#include <algorithm>

#include "app/desktop/event_list/event_row_delegate.h"
#include "app/desktop/models/event_text.h"

namespace chimneylab::desktop {

EventListView::EventListView(PlaybackModel& playback, EventListModel& events, const Theme& theme, QWidget* parent)
    : QWidget(parent), playback_(playback), events_(events), theme_(theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 0, 4, 8);
    column->setSpacing(4);
    filter_ = new QLineEdit(this);
    filter_->setPlaceholderText(tr("Filter, e.g.  conversion layer:im1"));
    filter_->setAccessibleName(tr("Filter events"));
    filter_->setClearButtonEnabled(true);
    filter_->setToolTip(tr("kind:conversion  layer:im1  op:query  name:*Complete*  region:T1  status:FAILURE\n"
                           "time>=5us  depth<=2  #3  changed  finding\n"
                           "side by side means and; or, not and parentheses work too"));
    auto* top = new QHBoxLayout;
    top->setSpacing(4);
    top->addWidget(filter_, 1);
    completions_ = new QPushButton(tr("⇡"), this);
    completions_->setAccessibleName(tr("Only completions"));
    completions_->setToolTip(tr("Show only the calls that complete something, in every view"));
    findings_ = new QPushButton(tr("✖"), this);
    findings_->setAccessibleName(tr("Only findings"));
    findings_->setToolTip(tr("Show only events at which something is broken, in every view"));
    for (QPushButton* button : {completions_, findings_}) {
        button->setCheckable(true);
        button->setFixedWidth(28);
        button->setFocusPolicy(Qt::TabFocus);
        button->setStyleSheet(QStringLiteral("padding: 3px 0"));
        top->addWidget(button);
    }
    connect(completions_, &QPushButton::toggled, &playback.filter(), &EventFilter::show_only_completions);
    connect(findings_, &QPushButton::toggled, &playback.filter(), &EventFilter::show_only_findings);
    connect(&playback.filter(), &EventFilter::settings_changed, this, [this] {
        completions_->setChecked(playback_.filter().only_completions());
        findings_->setChecked(playback_.filter().only_findings());
        // Another view set the filter: the field follows, but not while somebody types in it.
        if (!filter_->hasFocus() && filter_->text().trimmed() != playback_.filter().expression()) filter_->setText(playback_.filter().expression());
    });
    column->addLayout(top);
    problem_ = new QLabel(this);
    problem_->setWordWrap(true);
    problem_->hide();
    column->addWidget(problem_);
    table_ = new QTableView(this);
    table_->setTabKeyNavigation(false);  // Tab leads on to the next control
    table_->setModel(&events);
    table_->setItemDelegate(new EventRowDelegate(theme, table_));
    table_->setAccessibleName(tr("Events"));
    table_->setShowGrid(false);
    table_->setFrameShape(QFrame::NoFrame);
    table_->setMouseTracking(true);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setWordWrap(false);
    table_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table_->verticalHeader()->setDefaultSectionSize(21);
    table_->verticalHeader()->setMinimumSectionSize(18);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table_->horizontalHeader()->setMinimumSectionSize(20);
    table_->installEventFilter(this);
    table_->viewport()->installEventFilter(this);
    column->addWidget(table_, 1);
    work_ = new QFrame(table_);
    work_->setAutoFillBackground(true);
    work_->setFrameShape(QFrame::StyledPanel);
    auto* work_row = new QHBoxLayout(work_);
    work_row->setContentsMargins(10, 3, 4, 3);
    work_words_ = new QLabel(work_);
    work_row->addWidget(work_words_, 1);
    auto* stop = new QPushButton(tr("Cancel"), work_);
    stop->setToolTip(tr("Go back to the filter that is in force (Esc)"));
    work_row->addWidget(stop);
    work_->hide();
    slow_.setSingleShot(true);
    slow_.setInterval(150);
    connect(stop, &QPushButton::clicked, &playback.filter(), &EventFilter::cancel);
    connect(&slow_, &QTimer::timeout, this, &EventListView::show_work);
    connect(&playback.filter(), &EventFilter::working_changed, this, [this] {
        if (playback_.filter().working() && !work_->isVisible()) {
            if (!slow_.isActive()) slow_.start();
        } else {
            show_work();
        }
    });
    empty_ = new QLabel(table_);
    empty_->setWordWrap(true);
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setAttribute(Qt::WA_TransparentForMouseEvents);
    typing_.setSingleShot(true);
    typing_.setInterval(150);
    connect(&typing_, &QTimer::timeout, this, &EventListView::apply_filter);
    connect(filter_, &QLineEdit::textChanged, this, [this] { typing_.start(); });
    connect(filter_, &QLineEdit::returnPressed, this, &EventListView::apply_filter);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& current) {
        const trace::EventId event = events_.event_at(current.row());
        if (!event.valid() || event == playback_.position()) return;
        // Only a person's choice moves the playback; follow_playback() blocks this signal.
        playback_.pause();
        playback_.seek(event, PlaybackModel::Move::step);
    });
    connect(&playback, &PlaybackModel::position_changed, this, &EventListView::follow_playback);
    connect(&events, &QAbstractItemModel::modelReset, this, [this] {
        follow_playback();
        show_summary();
        size_columns();
    });
    playback.tell_growth(this, [this] {
        show_summary();
        size_columns();
    });
    connect(&theme, &Theme::changed, this, &EventListView::apply_theme);
    apply_theme();
    show_summary();
}

bool EventListView::eventFilter(QObject* watched, QEvent* event) {
    // In the list the arrow keys belong to the list.
    if (watched == table_ && event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down) {
            event->accept();
            return true;
        }
    }
    if (watched == table_->viewport() && event->type() == QEvent::Resize) {
        size_columns();
        follow_playback();
    }
    return QWidget::eventFilter(watched, event);
}

void EventListView::follow_playback() {
    const int row = events_.row_of(playback_.position());
    const QSignalBlocker quiet(table_->selectionModel());
    if (row < 0) {
        table_->selectionModel()->clear();
    } else {
        const QModelIndex index = events_.index(row, 0);
        // With a filter the cursor may stand between two shown events: then nothing is selected, but the place is kept.
        if (events_.event_at(row) == playback_.position()) {
            table_->selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        } else {
            table_->selectionModel()->setCurrentIndex(index, QItemSelectionModel::Clear);
        }
        // With what comes next and what came before in sight.
        table_->scrollTo(events_.index(std::min(row + 3, events_.rowCount() - 1), 0));
        table_->scrollTo(events_.index(std::max(row - 2, 0), 0));
    }
    table_->viewport()->update();
}

void EventListView::show_work() {
    const EventFilter& filter = playback_.filter();
    if (!filter.working()) slow_.stop();
    work_words_->setText(tr("Filtering … %1 %").arg(filter.percent()));
    const int high = work_->sizeHint().height();
    work_->setGeometry(0, table_->height() - high, table_->width(), high);
    work_->setVisible(filter.working());
}

void EventListView::apply_filter() {
    typing_.stop();
    const QString problem = playback_.filter().set_expression(filter_->text());
    problem_->setText(problem);
    problem_->setVisible(!problem.isEmpty());
    filter_->setProperty("problem", !problem.isEmpty());
    apply_theme();
}

void EventListView::apply_theme() {
    problem_->setFont(theme_.words(measure::quiet_text));
    problem_->setStyleSheet(QStringLiteral("color: %1").arg(theme_.tokens().changed.name()));
    empty_->setStyleSheet(QStringLiteral("color: %1").arg(theme_.tokens().quiet_text.name()));
    filter_->style()->unpolish(filter_);
    filter_->style()->polish(filter_);
    table_->viewport()->update();
}

void EventListView::show_summary() {
    const int shown = events_.rowCount();
    const auto all = static_cast<int>(playback_.event_count());
    if (all == 0) {
        empty_->setText(tr("Every event of a run stands here.\nRun a scenario or open a session."));
    } else if (shown == 0) {
        empty_->setText(tr("No event passes this filter.\nClear it to see all %1.").arg(all));
    }
    empty_->setVisible(shown == 0);
    empty_->setGeometry(table_->rect().adjusted(12, 30, -12, -12));
    Q_EMIT summary_changed(all == 0 ? QString() : events_.filtered() ? tr("%1 of %2").arg(shown).arg(all) : tr("%1 events").arg(all));
}

void EventListView::size_columns() {
    const QFontMetrics mono(theme_.mono(measure::small_text, QFont::Bold));
    // A stream has room for the numbers that it comes to before the columns are sized again.
    const int digits = std::max(playback_.follows_stream() ? 6 : 3, static_cast<int>(QString::number(playback_.event_count()).size()));
    const int number = mono.horizontalAdvance(QString(digits, QLatin1Char('0'))) + 10;
    const int time = mono.horizontalAdvance(playback_.event_count() == 0 ? QStringLiteral("000.000") : microseconds_text(playback_.trace()->events().back().virtual_time)) + 10;
    const int layer = QFontMetrics(theme_.words(measure::quiet_text, QFont::DemiBold)).horizontalAdvance(QStringLiteral("Machine")) + 24;
    const int width = table_->viewport()->width();
    const int operation = width > 470 ? 82 : 0;
    auto* header = table_->horizontalHeader();
    table_->setColumnHidden(EventListModel::operation, operation == 0);
    header->resizeSection(EventListModel::number, number);
    header->resizeSection(EventListModel::virtual_time, time);
    header->resizeSection(EventListModel::layer, layer);
    header->resizeSection(EventListModel::what, std::max(80, width - number - time - layer - operation));
    if (operation > 0) header->resizeSection(EventListModel::operation, operation);
}

void EventListView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layout()->activate();
    empty_->setGeometry(table_->rect().adjusted(12, 30, -12, -12));
}

}  // namespace chimneylab::desktop

#include "moc_event_list_view.cpp"
