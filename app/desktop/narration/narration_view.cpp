// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/narration/narration_view.h"

#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QVBoxLayout>

#include "app/desktop/models/event_text.h"
#include "app/desktop/models/stage_words.h"

namespace chimneylab::desktop {

NarrationView::NarrationView(PlaybackModel& playback, const Theme& theme, QWidget* parent)
    : QScrollArea(parent), playback_(playback), theme_(theme) {
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);  // so that a screen reader can go there
    setContextMenuPolicy(Qt::ActionsContextMenu);
    copy_ = new QAction(tr("Copy the narration"), this);
    copy_->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C));
    connect(copy_, &QAction::triggered, this, [this] {
        if (const QString words = whole_text(); !words.isEmpty()) QGuiApplication::clipboard()->setText(words);
    });
    addAction(copy_);
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
    picture_ = new QLabel(page);
    before_ = new QLabel(page);
    after_ = new QLabel(page);
    before_->setAccessibleName(tr("The event before"));
    after_->setAccessibleName(tr("The event after"));
    column->addWidget(before_);
    for (QLabel* label : {heading_, main_, more_, picture_, after_, before_}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setTextFormat(Qt::PlainText);
        if (label != before_) column->addWidget(label);
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
        for (QLabel* label : {heading_, more_, picture_, before_, after_}) {
            label->clear();
            label->hide();
        }
        copy_->setEnabled(false);
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
    copy_->setEnabled(true);
    tell_around();
    tell_picture();
    Q_EMIT summary_changed(tr("event %1 of %2").arg(at.value).arg(playback_.event_count() - 1));
}

QString NarrationView::heading_of(trace::EventId event) const {
    const QString heading = QString::fromStdString(narrator_->heading(event));
    return heading.isEmpty() ? event_text(*session_->history, event).what : heading;
}

// What came before and what comes next, one line each: the nearest events that are shown.
void NarrationView::tell_around() {
    const trace::EventId at = playback_.position();
    const auto tell_one = [&](QLabel* label, int direction, const QString& words) {
        std::int64_t event = std::int64_t{at.value} + direction;
        while (event >= 0 && event < playback_.event_count() && !playback_.shows(trace::EventId(static_cast<std::uint32_t>(event)))) event += direction;
        const bool there = event >= 0 && event < playback_.event_count();
        label->setText(there ? words.arg(event).arg(heading_of(trace::EventId(static_cast<std::uint32_t>(event)))) : QString());
        label->setVisible(there);
    };
    tell_one(before_, -1, tr("before (%1): %2"));
    tell_one(after_, 1, tr("next (%1): %2"));
}

void NarrationView::tell_picture() {
    const QString words = stage_ != nullptr && narrator_ ? stage_words(stage_->scene()) : QString();
    picture_->setText(words.isEmpty() ? QString() : tr("The picture: ") + words);
    picture_->setVisible(!words.isEmpty());
    setAccessibleDescription(whole_text());
    QAccessibleEvent told(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&told);
}

void NarrationView::tell_stage(const StageModel& stage) {
    stage_ = &stage;
    // The stage may be laid out after the narration has been told.
    connect(&stage, &StageModel::scene_changed, this, &NarrationView::tell_picture);
    tell_picture();
}

QString NarrationView::whole_text() const {
    const trace::EventId at = playback_.position();
    if (!narrator_ || !at.valid() || session_ != playback_.session()) return {};
    QStringList parts;
    parts << tr("%1, event %2 of %3, %4").arg(session_->title).arg(at.value).arg(playback_.event_count() - 1).arg(time_text(session_->trace->event(at).virtual_time));
    for (const QLabel* label : {heading_, main_, more_, picture_}) {
        if (!label->text().isEmpty()) parts << label->text();
    }
    return parts.join(QStringLiteral("\n\n"));
}

void NarrationView::apply_theme() {
    const Tokens& t = theme_.tokens();
    heading_->setStyleSheet(QStringLiteral("color: %1; font-size: 11px; font-weight: 600").arg(t.quiet_text.name()));
    main_->setStyleSheet(QStringLiteral("color: %1; font-size: 12px").arg(t.text.name()));
    picture_->setStyleSheet(QStringLiteral("color: %1; font-size: 11px").arg(t.quiet_text.name()));
    for (QLabel* label : {before_, after_}) label->setStyleSheet(QStringLiteral("color: %1; font-size: 10px").arg(t.quiet_text.name()));
    more_->setStyleSheet(QStringLiteral("color: %1; font-size: 11px").arg(t.quiet_text.name()));
}

}  // namespace chimneylab::desktop
