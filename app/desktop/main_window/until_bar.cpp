// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/main_window/until_bar.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <algorithm>

#include "engine/trace/filter.h"

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
    member_ = new QCheckBox(tr("or the chosen member changes"), this);
    member_->installEventFilter(this);
    row->addWidget(member_);
    auto* on = new QPushButton(tr("Run"), this);
    row->addWidget(on);
    auto* close = new QPushButton(tr("Close"), this);
    row->addWidget(close);
    word_ = new QLabel(this);
    word_->hide();
    row->addWidget(word_);
    connect(on, &QPushButton::clicked, this, [this] { run(1); });
    connect(close, &QPushButton::clicked, this, &QWidget::hide);
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

bool UntilBar::run(int direction) {
    const auto say = [this](const QString& words) {
        word_->setText(words);
        word_->show();
        return false;
    };
    const trace::History* history = playback_.history();
    if (history == nullptr) return say(tr("nothing is on stage"));
    if (!asked()) return say(tr("what for?"));
    EventId target;
    const auto nearer = [direction](EventId one, EventId other) {
        if (!one.valid() || !other.valid()) return one.valid() ? one : other;
        return direction > 0 ? std::min(one, other) : std::max(one, other);
    };
    if (const QString expression = field_->text().trimmed(); !expression.isEmpty()) {
        auto compiled = trace::Filter::compile(expression.toStdString());
        if (const auto* problem = std::get_if<trace::FilterProblem>(&compiled)) return say(QString::fromStdString(problem->to_text()));
        const auto& filter = std::get<trace::Filter>(compiled);
        const std::int64_t count = playback_.event_count();
        for (std::int64_t i = std::int64_t{playback_.position().value} + direction; i >= 0 && i < count; i += direction) {
            const EventId id(static_cast<std::uint32_t>(i));
            if (!filter.matches(history->trace(), id)) continue;
            target = id;
            break;
        }
    }
    if (member_->isChecked()) target = nearer(target, playback_.member_change(direction));
    if (!target.valid()) return say(direction > 0 ? tr("does not come any more") : tr("has not been before"));
    word_->hide();
    playback_.pause();
    playback_.seek(target);
    return true;
}

bool UntilBar::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride) {
        auto* key = static_cast<QKeyEvent*>(event);
        const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (enter || key->key() == Qt::Key_Escape) {
            if (event->type() == QEvent::ShortcutOverride) event->accept();
            else if (enter) run((key->modifiers() & Qt::ShiftModifier) != 0 ? -1 : 1);
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
    member_->setStyleSheet(QStringLiteral("color: %1").arg(theme_.tokens().text.name()));
    update();
}

}  // namespace chimneylab::desktop
