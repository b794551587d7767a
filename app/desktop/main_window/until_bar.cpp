// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/main_window/until_bar.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <algorithm>

#include "app/desktop/theme/check_box.h"

namespace chimneylab::desktop {

using trace::EventId;

UntilBar::UntilBar(PlaybackModel& playback, const Theme& theme, QWidget* parent) : QFrame(parent), playback_(playback), theme_(theme) {
    setAccessibleName(tr("Run until"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 7, 8, 7);
    row->setSpacing(8);
    row->addWidget(new QLabel(tr("Run until"), this));
    field_ = new QLineEdit(this);
    field_->setPlaceholderText(tr("e.g.  conversion layer:im2   or   status:FAILURE   or   name:*Complete*"));
    field_->setAccessibleName(tr("Condition"));
    field_->setToolTip(tr("A filter expression, as in the list of events. Enter runs on, Shift+Enter runs back."));
    field_->installEventFilter(this);
    row->addWidget(field_, 1);
    member_ = new CheckBox(tr("or the chosen member changes"), theme, this);
    member_->installEventFilter(this);
    row->addWidget(member_);
    go_ = new QPushButton(tr("Run"), this);
    row->addWidget(go_);
    auto* close = new QPushButton(tr("Close"), this);
    row->addWidget(close);
    word_ = new QLabel(this);
    word_->hide();
    row->addWidget(word_);
    connect(go_, &QPushButton::clicked, this, [this] {
        if (searching()) cancel();
        else run(1);
    });
    connect(close, &QPushButton::clicked, this, [this] {
        search_.cancel();
        hide();
    });
    connect(&search_, &EventSearch::found, this, &UntilBar::arrive);
    connect(&search_, &EventSearch::working_changed, this, [this] {
        go_->setText(search_.working() ? tr("Cancel") : tr("Run"));
        if (isVisible() && search_.working()) say(tr("looking … %1 %").arg(search_.percent()));
        if (!isVisible()) Q_EMIT progressed(search_.working() ? search_.percent() : -1);
    });
    connect(&playback, &PlaybackModel::session_changed, this, [this] { search_.cancel(); });
    connect(field_, &QLineEdit::textChanged, word_, &QWidget::hide);
    connect(&theme, &Theme::changed, this, &UntilBar::apply_theme);
    apply_theme();
    hide();
}

void UntilBar::open_over(QWidget* window) {
    const int wide = std::min(900, window->width() - 24);
    setGeometry((window->width() - wide) / 2, 40, wide, sizeHint().height());
    show();
    raise();
    field_->setFocus();
    field_->selectAll();
}

void UntilBar::say(const QString& words) {
    word_->setText(words);
    word_->show();
    if (!isVisible()) Q_EMIT said(words);
}

void UntilBar::run(int direction) {
    search_.cancel();
    const SessionPointer& session = playback_.session();
    if (!session || !playback_.position().valid()) return say(tr("nothing is on stage"));
    if (!asked()) return say(tr("what for?"));
    direction_ = direction;
    searched_ = session;
    change_ = member_->isChecked() ? playback_.member_change(direction) : EventId();
    const QString expression = field_->text().trimmed();
    if (expression.isEmpty()) return arrive({});
    auto compiled = trace::Filter::compile(expression.toStdString());
    if (const auto* problem = std::get_if<trace::FilterProblem>(&compiled)) return say(QString::fromStdString(problem->to_text()));
    playback_.pause();
    search_.start(session, std::move(std::get<trace::Filter>(compiled)), playback_.position(), direction, change_);
}

void UntilBar::arrive(EventId event) {
    if (searched_ != playback_.session()) return;  // another session was opened meanwhile
    const EventId target = event.valid() ? event : change_;
    if (!target.valid()) return say(direction_ > 0 ? tr("does not come any more") : tr("has not been before"));
    word_->hide();
    playback_.pause();
    playback_.seek(target);
}

void UntilBar::cancel() {
    if (!search_.working()) return;
    search_.cancel();
    say(tr("cancelled"));
}

bool UntilBar::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride) {
        auto* key = static_cast<QKeyEvent*>(event);
        const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (enter || key->key() == Qt::Key_Escape) {
            if (event->type() == QEvent::ShortcutOverride) event->accept();
            else if (enter) run((key->modifiers() & Qt::ShiftModifier) != 0 ? -1 : 1);
            else if (searching()) cancel();
            else hide();
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void UntilBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens& t = theme_.tokens();
    painter.setPen(QPen(t.accent, 1));
    painter.setBrush(t.panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), measure::panel_radius, measure::panel_radius);
}

void UntilBar::apply_theme() {
    word_->setStyleSheet(QStringLiteral("color: %1; font-weight: 600").arg(theme_.tokens().changed.name()));
    update();
}

}  // namespace chimneylab::desktop

#include "moc_until_bar.cpp"
