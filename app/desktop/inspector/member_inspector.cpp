// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/inspector/member_inspector.h"

#include <QGridLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QVBoxLayout>
#include <algorithm>

#include "app/desktop/inspector/member_row_delegate.h"

namespace chimneylab::desktop {

MemberInspector::MemberInspector(PlaybackModel& playback, MemberModel& members, const Theme& theme, QWidget* parent)
    : QWidget(parent), playback_(playback), members_(members), theme_(theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 0, 4, 6);
    column->setSpacing(4);
    table_ = new QTableView(this);
    table_->setTabKeyNavigation(false);  // Tab leads on to the next control
    table_->setModel(&members);
    table_->setItemDelegate(new MemberRowDelegate(theme, table_));
    table_->setAccessibleName(tr("Members"));
    table_->setShowGrid(false);
    table_->setFrameShape(QFrame::NoFrame);
    table_->setMouseTracking(true);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setWordWrap(false);
    table_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table_->verticalHeader()->setDefaultSectionSize(19);
    table_->verticalHeader()->setMinimumSectionSize(18);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->horizontalHeader()->setMinimumSectionSize(20);
    table_->installEventFilter(this);
    table_->viewport()->installEventFilter(this);
    column->addWidget(table_, 1);

    details_ = new QWidget(this);
    auto* grid = new QGridLayout(details_);
    grid->setContentsMargins(4, 2, 8, 2);
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(1);
    name_ = new QLabel(details_);
    place_ = new QLabel(details_);
    purpose_ = new QLabel(details_);
    purpose_->setWordWrap(true);
    purpose_->setMinimumWidth(80);
    for (QLabel* label : {name_, place_, purpose_}) label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    previous_ = new QPushButton(tr("◂ previous change"), details_);
    next_ = new QPushButton(tr("next change ▸"), details_);
    previous_->setToolTip(tr("Go to the event that wrote this member last"));
    for (QPushButton* button : {previous_, next_}) button->setStyleSheet(QStringLiteral("padding: 1px 10px; font-size: 11px"));
    next_->setToolTip(tr("Go to the next event that changes this member"));
    grid->addWidget(name_, 0, 0);
    grid->addWidget(place_, 0, 1);
    grid->addWidget(previous_, 0, 3);
    grid->addWidget(next_, 0, 4);
    grid->addWidget(purpose_, 1, 0, 1, 5);
    // Two lines always, so that the table above keeps its size from step to step.
    purpose_->setMinimumHeight(2 * QFontMetrics(theme.words(measure::quiet_text)).lineSpacing() + 2);
    purpose_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    grid->setColumnStretch(2, 1);
    column->addWidget(details_);

    empty_ = new QLabel(table_);
    empty_->setWordWrap(true);
    empty_->setAlignment(Qt::AlignCenter);
    connect(&members, &MemberModel::refreshed, this, &MemberInspector::refresh);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& current) {
        if (!current.isValid() || current.row() >= members_.rowCount()) return;
        playback_.choose_member(members_.rows()[static_cast<std::size_t>(current.row())].offset);
    });
    connect(&playback, &PlaybackModel::member_changed, this, &MemberInspector::refresh);
    connect(previous_, &QPushButton::clicked, this, [this] { go_to_change(-1); });
    connect(next_, &QPushButton::clicked, this, [this] { go_to_change(1); });
    connect(&theme, &Theme::changed, this, &MemberInspector::apply_theme);
    apply_theme();
    refresh();
}

bool MemberInspector::eventFilter(QObject* watched, QEvent* event) {
    if (watched == table_ && event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down) {
            event->accept();
            return true;
        }
    }
    if (watched == table_->viewport() && event->type() == QEvent::Resize) {
        size_columns();
        keep_in_sight();
    }
    return QWidget::eventFilter(watched, event);
}

void MemberInspector::show_member(quint32 offset) {
    playback_.choose_member(offset);
    if (table_->currentIndex().isValid()) table_->scrollTo(table_->currentIndex());
}

void MemberInspector::refresh() {
    const auto& rows = members_.rows();
    const auto found = std::find_if(rows.begin(), rows.end(), [this](const MemberRow& row) { return row.offset == playback_.member(); });
    {
        const QSignalBlocker quiet(table_->selectionModel());
        const int row = found == rows.end() ? -1 : static_cast<int>(found - rows.begin());
        if (row >= 0) table_->selectionModel()->setCurrentIndex(members_.index(row, 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    }
    keep_in_sight();
    empty_->setVisible(rows.empty());
    details_->setVisible(!rows.empty());
    empty_->setText(playback_.session() ? tr("No block list exists at this event yet.\nStep on with →, or choose a block on the stage.")
                                        : tr("The members of a block stand here, with their bytes before and after.\nRun a scenario or open a session."));
    Q_EMIT summary_changed(rows.empty() ? QString() : members_.structure_name() + QStringLiteral(" · ") + members_.region_name());
    show_details();
    size_columns();
}

// What has just changed comes into sight, last row first so that the first wins; else the table stays where it is.
void MemberInspector::keep_in_sight() {
    const auto& rows = members_.rows();
    for (int row = static_cast<int>(rows.size()) - 1; row >= 0; --row) {
        if (rows[static_cast<std::size_t>(row)].changed) table_->scrollTo(members_.index(row, 0));
    }
}

void MemberInspector::show_details() {
    const auto& rows = members_.rows();
    const auto found = std::find_if(rows.begin(), rows.end(), [this](const MemberRow& row) { return row.offset == playback_.member(); });
    if (found == rows.end()) {
        name_->clear();
        place_->setText(tr("Click a member to read what it is for."));
        purpose_->clear();
        previous_->setEnabled(false);
        next_->setEnabled(false);
        return;
    }
    const int row = static_cast<int>(found - rows.begin());
    name_->setText(found->name);
    place_->setText(tr("offset 0x%1 · %2 bytes · %3").arg(found->offset, 2, 16, QLatin1Char('0')).arg(found->size).arg(found->type.isEmpty() ? tr("driver's own") : found->type));
    QString purpose = found->changed ? tr("Was %1, is now %2. ").arg(found->meaning_before, found->meaning) : tr("Now %1. ").arg(found->meaning);
    if (!found->purpose.isEmpty()) purpose += found->purpose.left(1).toUpper() + found->purpose.mid(1) + QLatin1Char('.');
    purpose_->setText(purpose);
    purpose_->setToolTip(purpose);
    previous_->setEnabled(members_.change_of(row, -1).valid());
    next_->setEnabled(members_.change_of(row, 1).valid());
}

void MemberInspector::go_to_change(int direction) {
    const trace::EventId event = members_.change_of(table_->currentIndex().row(), direction);
    if (!event.valid()) return;
    playback_.pause();
    playback_.seek(event, PlaybackModel::Move::step);
}

void MemberInspector::apply_theme() {
    const Tokens& t = theme_.tokens();
    name_->setFont(theme_.mono(measure::body_text, QFont::Bold));
    const QString quiet = QStringLiteral("color: %1; font-size: 11px").arg(t.quiet_text.name());
    place_->setStyleSheet(quiet);
    empty_->setStyleSheet(QStringLiteral("color: %1").arg(t.quiet_text.name()));
    purpose_->setStyleSheet(QStringLiteral("color: %1; font-size: 11px").arg(t.text.name()));
    name_->setStyleSheet(QStringLiteral("font-family: \"%1\"; font-size: 12px; font-weight: bold").arg(theme_.mono(12).family()));
    table_->viewport()->update();
}

void MemberInspector::size_columns() {
    const QFontMetrics mono(theme_.mono(measure::small_text, QFont::Bold));
    auto* header = table_->horizontalHeader();
    const int offset = mono.horizontalAdvance(QStringLiteral("0x000")) + 14;
    const int size = mono.horizontalAdvance(QStringLiteral("size")) + 14;
    const int member = mono.horizontalAdvance(QStringLiteral("MiniportOffloadContext")) + 26;
    const int bytes = mono.horizontalAdvance(QStringLiteral("00 00 00 00 00 00 00 00")) + 14;
    const int rest = table_->viewport()->width() - offset - size - member - 2 * bytes;
    header->setSectionResizeMode(QHeaderView::Fixed);
    header->resizeSection(MemberModel::offset, offset);
    header->resizeSection(MemberModel::size, size);
    header->resizeSection(MemberModel::member, member);
    header->resizeSection(MemberModel::before, bytes);
    header->resizeSection(MemberModel::after, bytes);
    header->resizeSection(MemberModel::meaning, std::max(140, rest));
}

void MemberInspector::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layout()->activate();
    empty_->setGeometry(table_->rect().adjusted(12, 24, -12, -8));
}

}  // namespace chimneylab::desktop

#include "moc_member_inspector.cpp"
