// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/ledger/ledger_view.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

#include "app/desktop/ledger/ledger_row_delegate.h"

namespace chimneylab::desktop {

LedgerView::LedgerView(PlaybackModel& playback, CallEntryModel& entries, const Theme& theme, QWidget* parent)
    : QWidget(parent), playback_(playback), entries_(entries), theme_(theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 0, 6, 6);
    column->setSpacing(measure::step);
    auto* top = new QHBoxLayout;
    top->setSpacing(6);
    drivers_ = new QComboBox(this);
    drivers_->setAccessibleName(tr("Whose call entries"));
    drivers_->setProperty("compact", true);
    filter_ = new QLineEdit(this);
    filter_->setPlaceholderText(tr("Filter, e.g.  query IM 1  or  leaked"));
    filter_->setAccessibleName(tr("Filter the call entries"));
    filter_->setClearButtonEnabled(true);
    held_ = new QToolButton(this);
    held_->setText(tr("held now"));
    held_->setToolTip(tr("Only the entries that are held at this event"));
    held_->setCheckable(true);
    top->addWidget(drivers_);
    top->addWidget(filter_, 1);
    top->addWidget(held_);
    column->addLayout(top);
    slots_ = new LedgerSlots(playback, entries, theme, this);
    slots_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    column->addWidget(slots_);
    table_ = new QTableView(this);
    table_->setTabKeyNavigation(false);  // Tab leads on to the next control
    table_->setModel(&entries);
    table_->setItemDelegate(new LedgerRowDelegate(theme, table_));
    table_->setAccessibleName(tr("Call entries"));
    table_->setShowGrid(false);
    table_->setFrameShape(QFrame::NoFrame);
    table_->setMouseTracking(true);
    table_->setWordWrap(false);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table_->verticalHeader()->setDefaultSectionSize(20);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->horizontalHeader()->setMinimumSectionSize(24);
    table_->horizontalHeader()->setSortIndicatorShown(true);
    table_->horizontalHeader()->setSectionsClickable(true);
    table_->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    table_->installEventFilter(this);
    table_->viewport()->installEventFilter(this);
    column->addWidget(table_, 1);
    empty_ = new QLabel(table_);
    empty_->setWordWrap(true);
    empty_->setAlignment(Qt::AlignCenter);

    connect(table_->horizontalHeader(), &QHeaderView::sortIndicatorChanged, &entries, &CallEntryModel::sort);
    connect(table_, &QTableView::clicked, this, &LedgerView::go);
    connect(table_, &QTableView::activated, this, &LedgerView::go);
    connect(drivers_, &QComboBox::activated, this,
            [this](int index) { entries_.show_layer(drivers_->itemData(index).toInt()); });
    connect(filter_, &QLineEdit::textChanged, &entries, &CallEntryModel::show_words);
    connect(held_, &QToolButton::toggled, &entries, &CallEntryModel::show_held_only);
    playback.tell_session(this, &LedgerView::show_drivers);
    connect(&entries, &CallEntryModel::refreshed, this, &LedgerView::refresh);
    connect(&theme, &Theme::changed, this, &LedgerView::refresh);
    show_drivers();
    refresh();
}

void LedgerView::show_drivers() {
    const QSignalBlocker quiet(drivers_);
    // What was chosen of a stream holds in its next window.
    const QString chosen = playback_.follows_stream() && drivers_->currentIndex() > 0 ? drivers_->currentText() : QString();
    drivers_->clear();
    drivers_->addItem(tr("All drivers"), -1);
    if (const trace::History* history = playback_.history()) {
        const auto layers = history->trace().layers();
        for (std::size_t layer = 0; layer < layers.size(); ++layer)
            if (layers[layer].role == trace::LayerRole::intermediate_driver)
                drivers_->addItem(to_qstring(history->layer_name(static_cast<trace::LayerIndex>(layer))),
                                  static_cast<int>(layer));
    }
    drivers_->setCurrentIndex(chosen.isEmpty() ? 0 : std::max(0, drivers_->findText(chosen)));
    entries_.show_layer(drivers_->currentData().toInt());
}

void LedgerView::refresh() {
    const bool any = entries_.rowCount() > 0;
    empty_->setVisible(!any);
    empty_->setStyleSheet(QStringLiteral("color: %1").arg(theme_.tokens().quiet_text.name()));
    if (!any) {
        const bool filtered = held_->isChecked() || !filter_->text().isEmpty() || drivers_->currentIndex() > 0;
        empty_->setText(!playback_.session()
                            ? tr("Every call entry of a run stands here.\nRun a scenario or open a session.")
                        : filtered ? tr("No call entry answers to this filter at this event.")
                                   : tr("No intermediate driver has needed a call entry in this run.\nOne is taken "
                                        "when an operation passes down through it."));
    }
    const int row = entries_.row_of(playback_.region());
    if (row >= 0 && playback_.region_chosen() && table_->currentIndex().row() != row) {
        const QSignalBlocker quiet(table_->selectionModel());
        table_->selectionModel()->setCurrentIndex(entries_.index(row, 0),
                                                  QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        table_->scrollTo(entries_.index(row, 0));
    }
    table_->viewport()->update();
    size_columns();
    Q_EMIT summary_changed(entries_.summary());
}

void LedgerView::go(const QModelIndex& index) {
    const trace::CallEntry* entry = entries_.entry(index.row());
    if (entry == nullptr || entries_.late()) return;
    const trace::RegionId region = entry->region;
    const trace::EventId event = entries_.event_of(index.row(), index.column());
    playback_.pause();
    if (event.valid()) playback_.seek(event, PlaybackModel::Move::step);
    playback_.choose_region(region);
}

void LedgerView::size_columns() {
    const QFontMetrics words(theme_.words(measure::quiet_text, QFont::DemiBold));
    auto* header = table_->horizontalHeader();
    const auto width = [&](const char* sample) { return words.horizontalAdvance(QString::fromUtf8(sample)) + 18; };
    const std::array<int, CallEntryModel::column_count> widths{
        width("IM 88"),           width("#8888"), width("88 terminate"), width("released      "), width("age µs  ▾"), 0,
        width("IM 1, event 8888")};
    int used = 0;
    for (int column = 0; column < CallEntryModel::column_count; ++column) {
        header->setSectionResizeMode(column, QHeaderView::Fixed);
        if (column == CallEntryModel::remembers) continue;
        header->resizeSection(column, widths[static_cast<std::size_t>(column)]);
        used += widths[static_cast<std::size_t>(column)];
    }
    header->resizeSection(CallEntryModel::remembers, std::max(200, table_->viewport()->width() - used));
}

bool LedgerView::eventFilter(QObject* watched, QEvent* event) {
    if (watched == table_ && event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_Return) {
            event->accept();
            return true;
        }
    }
    if (watched == table_->viewport() && event->type() == QEvent::Resize) {
        size_columns();
        empty_->setGeometry(table_->rect().adjusted(12, 24, -12, -8));
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace chimneylab::desktop

#include "moc_ledger_view.cpp"
