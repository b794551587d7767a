// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/findings/rule_book_view.h"

#include <QFontMetrics>
#include <QKeyEvent>
#include <QPainter>
#include <QSplitter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "app/desktop/findings/finding_delegate.h"
#include "app/desktop/findings/finding_page.h"

namespace chimneylab::desktop {

namespace {

class RuleDelegate : public QStyledItemDelegate {
public:
    RuleDelegate(const Theme& theme, QObject* parent) : QStyledItemDelegate(parent), theme_(theme) {}
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {120, 22}; }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Tokens& t = theme_.tokens();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRectF cell = QRectF(option.rect).adjusted(1, 1, -3, -1);
        if ((option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) != 0) {
            painter->setPen(Qt::NoPen);
            painter->setBrush((option.state & QStyle::State_Selected) != 0 ? t.selection : t.hover);
            painter->drawRoundedRect(cell, 4, 4);
        }
        const int broken = index.data(RuleModel::broken_role).toInt();
        if (broken > 0) draw_mark(*painter, Mark::cross, QRectF(cell.left() + 5, cell.center().y() - 3.5, 7, 7), t.changed);
        const QFont id_font = theme_.words(measure::quiet_text, QFont::DemiBold);
        const QString id = index.data(RuleModel::id_role).toString();
        painter->setFont(id_font);
        painter->setPen(broken > 0 ? t.changed : index.data(RuleModel::checked_role).toBool() ? t.text : t.quiet_text);
        painter->drawText(cell.adjusted(17, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, id);
        const double left = 17 + QFontMetricsF(id_font).horizontalAdvance(QStringLiteral("MEM-000")) + 8;
        const QFont words = theme_.words(measure::quiet_text);
        painter->setFont(words);
        painter->setPen(t.quiet_text);
        painter->drawText(cell.adjusted(left, 0, -4, 0), Qt::AlignLeft | Qt::AlignVCenter,
                          QFontMetricsF(words).elidedText(index.data().toString(), Qt::ElideRight, cell.width() - left - 6));
        painter->restore();
    }

private:
    const Theme& theme_;
};

}  // namespace

RuleBookView::RuleBookView(PlaybackModel& playback, RuleModel& rules, const Theme& theme, QWidget* parent)
    : QWidget(parent), rules_(rules), theme_(theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 0, 6, 8);
    column->setSpacing(4);
    filter_ = new QLineEdit(this);
    filter_->setPlaceholderText(tr("Find a rule: a number or words"));
    filter_->setAccessibleName(tr("Find a rule"));
    filter_->setClearButtonEnabled(true);
    column->addWidget(filter_);
    auto* halves = new QSplitter(Qt::Vertical, this);
    halves->setChildrenCollapsible(false);
    halves->setHandleWidth(6);
    list_ = new QListView(halves);
    list_->setModel(&rules);
    list_->setItemDelegate(new RuleDelegate(theme, list_));
    list_->setAccessibleName(tr("Rules"));
    list_->setFrameShape(QFrame::NoFrame);
    list_->setMouseTracking(true);
    list_->setUniformItemSizes(true);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list_->setMinimumHeight(60);
    list_->installEventFilter(this);
    halves->addWidget(list_);
    page_ = new QTextBrowser(halves);
    page_->setAccessibleName(tr("The chosen rule"));
    page_->setOpenLinks(false);
    page_->setFrameShape(QFrame::NoFrame);
    page_->document()->setDocumentMargin(2);
    page_->setMinimumHeight(60);
    page_->setStyleSheet(QStringLiteral("font-size: 11px"));
    halves->addWidget(page_);
    column->addWidget(halves, 1);
    connect(filter_, &QLineEdit::textChanged, this, [this](const QString& words) {
        rules_.set_filter(words);
        if (rules_.rowCount() > 0 && !list_->currentIndex().isValid()) list_->setCurrentIndex(rules_.index(0));
        Q_EMIT summary_changed(tr("%1 of %2").arg(rules_.rowCount()).arg(verifier::catalogue().size()));
    });
    connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& current) {
        if (!current.isValid()) return;
        shown_ = current.data(RuleModel::id_role).toString();
        show_page();
    });
    connect(page_, &QTextBrowser::anchorClicked, this, [this](const QUrl& url) {
        if (url.toString().startsWith(QLatin1String("scenario:"))) Q_EMIT scenario_wanted(url.toString().mid(9));
    });
    playback.tell_session(this, &RuleBookView::show_page);
    connect(&theme, &Theme::changed, this, [this] {
        show_page();
        list_->viewport()->update();
    });
    list_->setCurrentIndex(rules_.index(0));
}

void RuleBookView::show_rule(const QString& id) {
    if (rules_.row_of(id) < 0) filter_->clear();
    const int row = rules_.row_of(id);
    if (row < 0) return;
    list_->setCurrentIndex(rules_.index(row));
    list_->scrollTo(rules_.index(row), QAbstractItemView::PositionAtCenter);
}

void RuleBookView::show_page() {
    const verifier::Rule* rule = verifier::find(shown_.toStdString());
    if (rule != nullptr) page_->setHtml(rule_page(*rule, rules_.times_broken(shown_), theme_));
}

bool RuleBookView::eventFilter(QObject* watched, QEvent* event) {
    if (watched == list_ && event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down) {
            event->accept();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace chimneylab::desktop

#include "moc_rule_book_view.cpp"
