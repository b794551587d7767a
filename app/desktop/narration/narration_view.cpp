// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/narration/narration_view.h"

#include <QRegularExpression>
#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>

#include "app/desktop/models/event_text.h"
#include "app/desktop/models/stage_words.h"

namespace chimneylab::desktop {
namespace {

// A label lays its text out anew and the page with it, even when it is the same text: so it is set when it is another.
void say(QLabel* label, const QString& text) {
    if (label->text() != text) label->setText(text);
}

}  // namespace

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
    // What happens comes first; what was before and what comes next, and the picture in words, follow it.
    for (QLabel* label : {heading_, main_, more_, before_, after_, picture_}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setTextFormat(Qt::PlainText);
        column->addWidget(label);
    }
    rules_ = new QLabel(page);
    rules_->setWordWrap(true);
    rules_->setTextFormat(Qt::RichText);
    rules_->setTextInteractionFlags(Qt::TextBrowserInteraction);
    rules_->setAccessibleName(tr("Rules judged here"));
    column->insertWidget(column->indexOf(main_) + 1, rules_);  // in sight without scrolling
    connect(rules_, &QLabel::linkActivated, this, &NarrationView::rule_wanted);
    notes_label_ = new QLabel(page);
    notes_label_->setWordWrap(true);
    notes_label_->setTextFormat(Qt::PlainText);
    notes_label_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    notes_label_->setAccessibleName(tr("Your notes"));
    notes_label_->hide();
    column->insertWidget(column->indexOf(rules_) + 1, notes_label_);
    column->addStretch(1);
    setWidget(page);
    page->setAutoFillBackground(false);
    connect(&playback, &PlaybackModel::session_changed, this, &NarrationView::open_session);
    playback.tell(this, &NarrationView::tell);
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
        rules_->hide();
        notes_label_->hide();
        copy_->setEnabled(false);
        say(main_, tr("What happens is told here, event by event. Choose a scenario and press Space."));
        Q_EMIT summary_changed({});
        return;
    }
    const QString own = session_->scenario_words ? session_->scenario_words(at) : QString();
    const QString sentence = QString::fromStdString(narrator_->sentence(at));
    say(heading_, QString::fromStdString(narrator_->heading(at)));
    heading_->setVisible(!heading_->text().isEmpty());
    say(main_, own.isEmpty() ? sentence : own);
    QStringList more;
    if (!own.isEmpty() && own != sentence) more << sentence;
    if (at.value + 1 == playback_.event_count()) {
        for (const Expectation& expectation : session_->expectations) {
            more << (expectation.met ? tr("Expected and found: %1").arg(expectation.text)
                                     : tr("Expected and not found: %1 %2").arg(expectation.text, expectation.detail));
        }
    }
    say(more_, more.join(QStringLiteral("\n\n")));
    more_->setVisible(!more.isEmpty());
    tell_rules();
    copy_->setEnabled(true);
    tell_around();
    tell_own_notes();
    tell_picture();
    verticalScrollBar()->setValue(0);
    Q_EMIT summary_changed(tr("event %1 of %2").arg(at.value).arg(playback_.event_count() - 1));
}

// "Rules IM-050, IM-051 … hold here", and before it which are broken here. Each name leads to its rule.
void NarrationView::tell_rules() {
    constexpr std::size_t most = 4;
    const Tokens& t = theme_.tokens();
    const auto link = [](const QString& rule, const QColor& colour) {
        return QStringLiteral("<a href=\"%1\" style=\"color: %2; text-decoration: none\">%1</a>").arg(rule, colour.name());
    };
    const auto [first, last] = session_->findings.at(playback_.position());
    QStringList broken, broken_links;
    for (std::size_t i = first; i < last; ++i) {
        const QString& rule = session_->findings.rows[i].rule;
        if (broken.contains(rule)) continue;
        broken << rule;
        broken_links << link(rule, t.changed);
    }
    QStringList lines;
    if (!broken.isEmpty()) {
        lines << QStringLiteral("<span style=\"color: %1\">✖ %2</span>").arg(t.changed.name(), tr("%1 broken here").arg(broken_links.join(QStringLiteral(", "))));
    }
    QStringList kept, links;
    for (const std::string_view rule : rules_judged_at(*session_->history, playback_.position())) {
        if (!broken.contains(to_qstring(rule))) kept << to_qstring(rule);
    }
    for (std::size_t i = 0; i < std::min<std::size_t>(most, static_cast<std::size_t>(kept.size())); ++i) links << link(kept[static_cast<qsizetype>(i)], t.fine);
    if (!kept.isEmpty()) {
        QString words = kept.size() == 1 ? tr("Rule %1 holds here").arg(links.front()) : tr("Rules %1 hold here").arg(links.join(QStringLiteral(", ")));
        if (static_cast<std::size_t>(kept.size()) > most) {
            words = tr("Rules %1 and %2 more hold here").arg(links.join(QStringLiteral(", "))).arg(kept.size() - static_cast<qsizetype>(most));
        }
        lines << QStringLiteral("<span style=\"color: %1\">%2</span>").arg(t.fine.name(), words);
    }
    say(rules_, lines.join(QStringLiteral("<br>")));
    rules_->setToolTip(kept.isEmpty() ? QString() : tr("Judged at this event and kept:\n%1\nClick one to read it.").arg(kept.join(QStringLiteral(", "))));
    rules_->setVisible(!lines.isEmpty());
}

QString NarrationView::rules_text() const {
    if (rules_->isHidden()) return {};
    static const QRegularExpression marks(QStringLiteral("<[^>]*>"));
    return rules_->text().replace(QStringLiteral("<br>"), QStringLiteral("\n")).remove(marks);
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
        say(label, there ? words.arg(event).arg(heading_of(trace::EventId(static_cast<std::uint32_t>(event)))) : QString());
        label->setVisible(there);
    };
    tell_one(before_, -1, tr("before (%1): %2"));
    tell_one(after_, 1, tr("next (%1): %2"));
}

void NarrationView::tell_picture() {
    const QString words = stage_ != nullptr && narrator_ ? stage_words(stage_->scene()) : QString();
    say(picture_, words.isEmpty() ? QString() : tr("The picture: ") + words);
    picture_->setVisible(!words.isEmpty());
    setAccessibleDescription(whole_text());
    QAccessibleEvent told(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&told);
}

void NarrationView::tell_notes(NoteBook& notes) {
    notes_ = &notes;
    connect(&notes, &NoteBook::changed, this, [this] {
        tell_own_notes();
        setAccessibleDescription(whole_text());
    });
    connect(&playback_, &PlaybackModel::focus_changed, this, &NarrationView::tell_own_notes);
    tell_own_notes();
}

void NarrationView::tell_own_notes() {
    QStringList lines;
    if (notes_ != nullptr && narrator_ && session_ == playback_.session()) {
        for (const session::Annotation* note : notes_->around(playback_.position())) {
            if (!note->text.empty()) lines << (note->last_event.valid() ? tr("Note on the operation: %1") : tr("Note: %1")).arg(to_qstring(note->text));
        }
    }
    say(notes_label_, lines.join(QLatin1Char('\n')));
    notes_label_->setVisible(!lines.isEmpty());
}

void NarrationView::tell_stage(const StageModel& stage) {
    stage_ = &stage;
    // The stage may be laid out after the narration has been told.
    connect(&stage, &StageModel::scene_changed, this, [this] {
        if (!playback_.follows_stream()) tell_picture();  // else it is told in its turn
    });
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
    if (const QString rules = rules_text(); !rules.isEmpty()) parts << rules;
    if (const QString notes = notes_text(); !notes.isEmpty()) parts << notes;
    return parts.join(QStringLiteral("\n\n"));
}

void NarrationView::apply_theme() {
    const Tokens& t = theme_.tokens();
    heading_->setStyleSheet(QStringLiteral("color: %1; font-size: 11px; font-weight: 600").arg(t.quiet_text.name()));
    main_->setStyleSheet(QStringLiteral("color: %1; font-size: 12px").arg(t.text.name()));
    picture_->setStyleSheet(QStringLiteral("color: %1; font-size: 11px").arg(t.quiet_text.name()));
    for (QLabel* label : {before_, after_}) label->setStyleSheet(QStringLiteral("color: %1; font-size: 10px").arg(t.quiet_text.name()));
    more_->setStyleSheet(QStringLiteral("color: %1; font-size: 11px").arg(t.quiet_text.name()));
    rules_->setStyleSheet(QStringLiteral("font-size: 11px; font-weight: 600"));
    notes_label_->setStyleSheet(QStringLiteral("color: %1; background: %2; border-left: 3px solid %3; padding: 3px 6px; font-size: 11px").arg(t.text.name(), t.raised.name(), t.accent.name()));
    if (session_ && session_ == playback_.session() && playback_.position().valid()) tell_rules();
}

}  // namespace chimneylab::desktop
