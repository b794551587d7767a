// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/choices/comparison_view.h"

#include <QFontMetrics>
#include <QHeaderView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

#include "app/desktop/theme/keep_keys.h"
#include "app/desktop/theme/marks.h"

namespace chimneylab::desktop {

namespace {

class ComparisonDelegate : public QStyledItemDelegate {
public:
    ComparisonDelegate(const Theme& theme, QObject* parent) : QStyledItemDelegate(parent), theme_(theme) {}
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Tokens& t = theme_.tokens();
        painter->save();
        const bool differs = index.data(ComparisonModel::differs_role).toBool();
        const bool there = index.data(ComparisonModel::event_role).isValid();
        const bool chosen = (option.state & QStyle::State_Selected) != 0;
        if (chosen) painter->fillRect(option.rect, t.selection);
        else if (differs && there) painter->fillRect(option.rect, t.changed_fill);
        QRect inside = option.rect.adjusted(5, 0, -5, 0);
        const bool number = index.column() == ComparisonModel::left_number || index.column() == ComparisonModel::right_number;
        if (!number && differs && there) {
            draw_mark(*painter, Mark::diamond, QRectF(inside.left(), inside.center().y() - 3, 7, 7), t.changed);
            inside.setLeft(inside.left() + 12);
        }
        const QFont font = number ? theme_.mono(measure::small_text) : theme_.words(measure::quiet_text, differs ? QFont::DemiBold : QFont::Normal);
        painter->setFont(font);
        painter->setPen(number ? t.quiet_text : t.text);
        painter->drawText(inside, index.data(Qt::TextAlignmentRole).toInt(), QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, inside.width()));
        if (index.column() == ComparisonModel::right_number) {
            painter->setPen(t.line);
            painter->drawLine(option.rect.topLeft(), option.rect.bottomLeft());
        }
        painter->restore();
    }

private:
    const Theme& theme_;
};

}  // namespace

ComparisonView::ComparisonView(ComparisonModel& comparison, const Theme& theme, QWidget* parent)
    : QWidget(parent), comparison_(comparison), theme_(theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 0, 6, 8);
    table_ = new QTableView(this);
    table_->setTabKeyNavigation(false);  // Tab leads on to the next control
    table_->setModel(&comparison);
    table_->setItemDelegate(new ComparisonDelegate(theme, table_));
    table_->setAccessibleName(tr("Two branches side by side"));
    table_->setShowGrid(false);
    table_->setFrameShape(QFrame::NoFrame);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setWordWrap(false);
    table_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table_->verticalHeader()->setDefaultSectionSize(20);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->horizontalHeader()->setMinimumSectionSize(20);
    keep_arrow_keys(table_);
    column->addWidget(table_);
    empty_ = new QLabel(tr("Two branches of a manual run stand here side by side, from the point where they part.\nRun a scenario by hand (Ctrl+M), choose something else at an earlier point, then “Side by side”."), this);
    empty_->setWordWrap(true);
    empty_->setAlignment(Qt::AlignCenter);
    column->addWidget(empty_);
    const auto go = [this](const QModelIndex& index) {
        const bool right = index.column() >= ComparisonModel::right_number;
        const trace::EventId event = comparison_.event_at(index.row(), right);
        if (event.valid()) Q_EMIT event_wanted(comparison_.side(right), event.value);
    };
    connect(table_, &QTableView::clicked, this, go);
    connect(table_, &QTableView::activated, this, go);
    connect(&comparison, &QAbstractItemModel::modelReset, this, &ComparisonView::refresh);
    connect(&theme, &Theme::changed, this, [this] {
        empty_->setStyleSheet(QStringLiteral("color: %1").arg(theme_.tokens().quiet_text.name()));
        table_->viewport()->update();
    });
    empty_->setStyleSheet(QStringLiteral("color: %1").arg(theme_.tokens().quiet_text.name()));
    refresh();
}

void ComparisonView::refresh() {
    const bool any = comparison_.rowCount() > 0;
    table_->setVisible(any);
    empty_->setVisible(!any);
    size_columns();
    Q_EMIT summary_changed(any ? tr("%1 of %2 rows differ").arg(comparison_.differing_rows()).arg(comparison_.rowCount()) : QString());
}

void ComparisonView::size_columns() {
    const int number = QFontMetrics(theme_.mono(measure::small_text)).horizontalAdvance(QStringLiteral("0000000")) + 10;
    const int what = std::max(60, (table_->viewport()->width() - 2 * number) / 2);
    table_->setColumnWidth(ComparisonModel::left_number, number);
    table_->setColumnWidth(ComparisonModel::left_what, what);
    table_->setColumnWidth(ComparisonModel::right_number, number);
    table_->setColumnWidth(ComparisonModel::right_what, what);
}

void ComparisonView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layout()->activate();
    size_columns();
}

}  // namespace chimneylab::desktop

#include "moc_comparison_view.cpp"
