// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/main_window/notice_bar.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <algorithm>

#include "app/desktop/theme/marks.h"

namespace chimneylab::desktop {

NoticeBar::NoticeBar(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(34, 5, 8, 5);
    row->setSpacing(10);
    words_ = new QLabel(this);
    words_->setWordWrap(true);
    words_->setTextFormat(Qt::PlainText);
    words_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    progress_ = new QProgressBar(this);
    progress_->setTextVisible(false);
    progress_->setFixedWidth(180);
    button_ = new QPushButton(this);
    row->addWidget(words_, 1);
    row->addWidget(progress_);
    row->addWidget(button_);
    setAccessibleName(tr("Notice"));
    hide();
    if (parent != nullptr) parent->installEventFilter(this);
    // Work that is done in a moment is not worth a strip that flashes up.
    appear_.setSingleShot(true);
    appear_.setInterval(250);
    vanish_.setSingleShot(true);
    vanish_.setInterval(4000);
    connect(&appear_, &QTimer::timeout, this, &QWidget::show);
    connect(&vanish_, &QTimer::timeout, this, &NoticeBar::clear);
    connect(button_, &QPushButton::clicked, this, [this] {
        if (working_) {
            Q_EMIT cancel_wanted();
        } else {
            clear();
        }
    });
    connect(&theme, &Theme::changed, this, &NoticeBar::apply_theme);
    apply_theme();
}

void NoticeBar::place() {
    if (parentWidget() == nullptr) return;
    const int wide = std::min(760, parentWidget()->width() - 4 * measure::between_panels);
    const int high = std::max(layout()->heightForWidth(wide), sizeHint().height());
    setGeometry((parentWidget()->width() - wide) / 2, measure::between_panels, wide, std::min(high, parentWidget()->height() / 2));
    raise();
}

void NoticeBar::showEvent(QShowEvent*) { place(); }

bool NoticeBar::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize && isVisible()) place();
    return QWidget::eventFilter(watched, event);
}

void NoticeBar::show_progress(const QString& what) {
    working_ = true;
    problem_ = false;
    vanish_.stop();
    words_->setText(what);
    progress_->setRange(0, 0);
    progress_->show();
    button_->setText(tr("Cancel"));
    button_->show();
    apply_theme();
    if (!isVisible()) appear_.start();
}

void NoticeBar::set_percent(int percent) {
    progress_->setRange(0, percent < 0 ? 0 : 100);
    if (percent >= 0) progress_->setValue(percent);
}

void NoticeBar::show_problem(const QString& problem) {
    working_ = false;
    problem_ = true;
    appear_.stop();
    vanish_.stop();
    words_->setText(problem);
    progress_->hide();
    button_->setText(tr("Close"));
    button_->show();
    apply_theme();
    show();
}

void NoticeBar::show_word(const QString& words) {
    working_ = false;
    problem_ = false;
    appear_.stop();
    words_->setText(words);
    progress_->hide();
    button_->hide();
    apply_theme();
    show();
    vanish_.start();
}

void NoticeBar::clear() {
    working_ = false;
    problem_ = false;
    appear_.stop();
    vanish_.stop();
    words_->clear();
    hide();
}

void NoticeBar::apply_theme() {
    const Tokens& t = theme_.tokens();
    words_->setStyleSheet(QStringLiteral("color: %1").arg((problem_ ? t.changed : t.text).name()));
    if (isVisible()) place();
    update();
}

void NoticeBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens& t = theme_.tokens();
    painter.setPen(QPen(problem_ ? t.changed : t.accent, 1));
    painter.setBrush(problem_ ? t.changed_fill : t.panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), measure::panel_radius, measure::panel_radius);
    draw_mark(painter, problem_ ? Mark::cross : Mark::ring, QRectF(13, height() / 2.0 - 5, 10, 10), problem_ ? t.changed : t.accent);
}

}  // namespace chimneylab::desktop

#include "moc_notice_bar.cpp"
