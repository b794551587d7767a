// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/narration/narration_view.h"

#include <QVBoxLayout>

namespace chimneylab::desktop {

NarrationView::NarrationView(PlaybackModel& playback, const Theme& theme, QWidget* parent)
    : QScrollArea(parent), playback_(playback), theme_(theme) {
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    viewport()->setAutoFillBackground(false);
    setAccessibleName(tr("Narration"));
    auto* page = new QWidget(this);
    page->setAutoFillBackground(false);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(measure::inside_panel, 0, measure::inside_panel, 8);
    column->setSpacing(6);
    heading_ = new QLabel(page);
    main_ = new QLabel(page);
    more_ = new QLabel(page);
    for (QLabel* label : {heading_, main_, more_}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setTextFormat(Qt::PlainText);
        column->addWidget(label);
    }
    column->addStretch(1);
    setWidget(page);
    page->setAutoFillBackground(false);
    connect(&playback, &PlaybackModel::session_changed, this, &NarrationView::open_session);
    connect(&playback, &PlaybackModel::position_changed, this, &NarrationView::tell);
    connect(&theme, &Theme::changed, this, &NarrationView::apply_theme);
    apply_theme();
    tell();
}

QString NarrationView::text() const { return more_->isHidden() ? main_->text() : main_->text() + QLatin1Char('\n') + more_->text(); }

void NarrationView::open_session() {
    narrator_.reset();
    session_ = playback_.session();
    if (session_) narrator_ = std::make_unique<trace::Narrator>(*session_->history);
    tell();
}

void NarrationView::tell() {
    const trace::EventId at = playback_.position();
    if (!narrator_ || !at.valid() || session_ != playback_.session()) {
        heading_->hide();
        more_->hide();
        main_->setText(tr("What happens is told here, event by event. Choose a scenario and press Space."));
        Q_EMIT summary_changed({});
        return;
    }
    const QString own = session_->scenario_words ? session_->scenario_words(at) : QString();
    const QString sentence = QString::fromStdString(narrator_->sentence(at));
    heading_->setText(QString::fromStdString(narrator_->heading(at)));
    heading_->setVisible(!heading_->text().isEmpty());
    main_->setText(own.isEmpty() ? sentence : own);
    QStringList more;
    if (!own.isEmpty() && own != sentence) more << sentence;
    if (at.value + 1 == playback_.event_count()) {
        for (const Expectation& expectation : session_->expectations) {
            more << (expectation.met ? tr("Expected and found: %1").arg(expectation.text)
                                     : tr("Expected and not found: %1 %2").arg(expectation.text, expectation.detail));
        }
    }
    more_->setText(more.join(QStringLiteral("\n\n")));
    more_->setVisible(!more.isEmpty());
    Q_EMIT summary_changed(tr("event %1 of %2").arg(at.value).arg(playback_.event_count() - 1));
}

void NarrationView::apply_theme() {
    const Tokens& t = theme_.tokens();
    heading_->setStyleSheet(QStringLiteral("color: %1; font-size: 11px; font-weight: 600").arg(t.quiet_text.name()));
    main_->setStyleSheet(QStringLiteral("color: %1; font-size: 12px").arg(t.text.name()));
    more_->setStyleSheet(QStringLiteral("color: %1; font-size: 11px").arg(t.quiet_text.name()));
}

}  // namespace chimneylab::desktop
