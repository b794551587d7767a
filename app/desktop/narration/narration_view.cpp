// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/narration/narration_view.h"

#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QScrollBar>
#include <algorithm>

#include "app/desktop/models/event_text.h"
#include "app/desktop/models/stage_words.h"

namespace chimneylab::desktop {

NarrationView::NarrationView(PlaybackModel& playback, const Theme& theme, QWidget* parent)
    : QTextBrowser(parent), playback_(playback), theme_(theme) {
    setOpenLinks(false);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);  // so that a screen reader can go there
    // The keys that step and play belong to the window.
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    document()->setDocumentMargin(0);
    setViewportMargins(measure::inside_panel, 0, 2, 6);
    copy_ = new QAction(tr("Copy the narration"), this);
    copy_->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C));
    connect(copy_, &QAction::triggered, this, [this] {
        if (const QString words = whole_text(); !words.isEmpty()) QGuiApplication::clipboard()->setText(words);
    });
    addAction(copy_);
    setAccessibleName(tr("Narration"));
    connect(this, &QTextBrowser::anchorClicked, this, [this](const QUrl& rule) { Q_EMIT rule_wanted(rule.toString()); });
    playback.tell(this, &NarrationView::tell);
    connect(&theme, &Theme::changed, this, [this] {
        if (narrator_ && session_ == playback_.session() && playback_.position().valid()) tell_rules();
        write();
    });
    tell();
}

QString NarrationView::text() const { return more_.isEmpty() ? main_ : main_ + QLatin1Char('\n') + more_; }

void NarrationView::take_session() {
    narrator_.reset();
    session_ = playback_.session();
    if (session_) narrator_ = std::make_unique<trace::Narrator>(*session_->history);
}

void NarrationView::tell() {
    if (playback_.late(session_)) take_session();
    const trace::EventId at = playback_.position();
    if (!narrator_ || !at.valid()) {
        for (QString* part : {&heading_, &more_, &own_notes_, &picture_, &before_, &after_}) part->clear();
        rules_ = {};
        copy_->setEnabled(false);
        main_ = tr("What happens is told here, event by event. Choose a scenario and press Space.");
        write();
        Q_EMIT summary_changed({});
        return;
    }
    const QString own = session_->scenario_words ? session_->scenario_words(at) : QString();
    const QString sentence = QString::fromStdString(narrator_->sentence(at));
    heading_ = QString::fromStdString(narrator_->heading(at));
    main_ = own.isEmpty() ? sentence : own;
    QStringList more;
    if (!own.isEmpty() && own != sentence) more << sentence;
    if (at.value + 1 == playback_.event_count()) {
        for (const Expectation& expectation : session_->expectations) {
            more << (expectation.met ? tr("Expected and found: %1").arg(expectation.text)
                                     : tr("Expected and not found: %1 %2").arg(expectation.text, expectation.detail));
        }
    }
    more_ = more.join(QStringLiteral("\n\n"));
    tell_rules();
    copy_->setEnabled(true);
    tell_around();
    tell_own_notes();
    tell_picture();
    write();
    verticalScrollBar()->setValue(0);
    Q_EMIT summary_changed(tr("event %1 of %2").arg(at.value).arg(playback_.event_count() - 1));
}

// "Rules IM-050, IM-051 … hold here", and before it which are broken here. Each name leads to its rule.
void NarrationView::tell_rules() {
    constexpr qsizetype most = 4;
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
    rules_ = {};
    if (!broken.isEmpty()) {
        rules_.words << QStringLiteral("✖ ") + tr("%1 broken here").arg(broken.join(QStringLiteral(", ")));
        rules_.lines << QStringLiteral("<span style=\"color: %1\">✖ %2</span>").arg(t.changed.name(), tr("%1 broken here").arg(broken_links.join(QStringLiteral(", "))));
    }
    QStringList kept, links;
    for (const std::string_view rule : rules_judged_at(*session_->history, playback_.position())) {
        if (!broken.contains(to_qstring(rule))) kept << to_qstring(rule);
    }
    for (const QString& rule : kept.first(std::min(most, kept.size()))) links << link(rule, t.fine);
    const auto told = [&](const QStringList& names) {
        if (kept.size() == 1) return tr("Rule %1 holds here").arg(names.front());
        const QString all = names.join(QStringLiteral(", "));
        return kept.size() > most ? tr("Rules %1 and %2 more hold here").arg(all).arg(kept.size() - most) : tr("Rules %1 hold here").arg(all);
    };
    if (!kept.isEmpty()) {
        rules_.words << told(kept.first(links.size()));
        const QString tip = tr("Judged at this event and kept:\n%1\nClick one to read it.").arg(kept.join(QStringLiteral(", ")));
        rules_.lines << QStringLiteral("<span style=\"color: %1\" title=\"%2\">%3</span>").arg(t.fine.name(), tip, told(links));
    }
}

QString NarrationView::heading_of(trace::EventId event) const {
    const QString heading = QString::fromStdString(narrator_->heading(event));
    return heading.isEmpty() ? event_text(*session_->history, event).what : heading;
}

// What came before and what comes next, one line each: the nearest events that are shown.
void NarrationView::tell_around() {
    const trace::EventId at = playback_.position();
    const auto tell_one = [&](QString& told, int direction, const QString& words) {
        std::int64_t event = std::int64_t{at.value} + direction;
        while (event >= 0 && event < playback_.event_count() && !playback_.shows(trace::EventId(static_cast<std::uint32_t>(event)))) event += direction;
        const bool there = event >= 0 && event < playback_.event_count();
        told = there ? words.arg(event).arg(heading_of(trace::EventId(static_cast<std::uint32_t>(event)))) : QString();
    };
    tell_one(before_, -1, tr("before (%1): %2"));
    tell_one(after_, 1, tr("next (%1): %2"));
}

void NarrationView::tell_picture() {
    const QString words = stage_ != nullptr && narrator_ ? stage_words(stage_->scene()) : QString();
    picture_ = words.isEmpty() ? QString() : tr("The picture: ") + words;
    setAccessibleDescription(whole_text());
    QAccessibleEvent told(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&told);
}

void NarrationView::tell_notes(NoteBook& notes) {
    notes_ = &notes;
    connect(&notes, &NoteBook::changed, this, [this] {
        tell_own_notes();
        write();
        setAccessibleDescription(whole_text());
    });
    connect(&playback_, &PlaybackModel::focus_changed, this, [this] {
        tell_own_notes();
        write();
    });
    tell_own_notes();
    write();
}

void NarrationView::tell_own_notes() {
    QStringList lines;
    if (notes_ != nullptr && narrator_ && session_ == playback_.session()) {
        for (const session::Annotation* note : notes_->around(playback_.position())) {
            if (!note->text.empty()) lines << (note->last_event.valid() ? tr("Note on the operation: %1") : tr("Note: %1")).arg(to_qstring(note->text));
        }
    }
    own_notes_ = lines.join(QLatin1Char('\n'));
}

void NarrationView::tell_stage(const StageModel& stage) {
    stage_ = &stage;
    // The stage may be laid out after the narration has been told.
    connect(&stage, &StageModel::scene_changed, this, [this] {
        if (playback_.follows_stream()) return;  // it is told in its turn
        tell_picture();
        write();
    });
    tell_picture();
    write();
}

QString NarrationView::whole_text() const {
    const trace::EventId at = playback_.position();
    if (!narrator_ || !at.valid() || session_ != playback_.session()) return {};
    QStringList parts;
    parts << tr("%1, event %2 of %3, %4").arg(session_->title).arg(at.value).arg(playback_.event_count() - 1).arg(time_text(session_->trace->event(at).virtual_time));
    for (const QString& part : {heading_, main_, more_, picture_}) {
        if (!part.isEmpty()) parts << part;
    }
    if (const QString rules = rules_text(); !rules.isEmpty()) parts << rules;
    if (const QString notes = notes_text(); !notes.isEmpty()) parts << notes;
    return parts.join(QStringLiteral("\n\n"));
}

// What happens comes first; what was before and what comes next, and the picture in words, follow it.
QString NarrationView::page() const {
    const Tokens& t = theme_.tokens();
    QString html;
    const auto paragraph = [&](const QString& inside, const QColor& colour, const QString& style) {
        if (inside.isEmpty()) return;
        html += QStringLiteral("<p style=\"margin-top: 0; margin-bottom: 6px; color: %1; %2\">%3</p>").arg(colour.name(), style, inside);
    };
    const auto plain = [](const QString& words) { return words.toHtmlEscaped().replace(QLatin1Char('\n'), QLatin1String("<br>")); };
    const QString small = QStringLiteral("font-size: 11px"), smallest = QStringLiteral("font-size: 10px");
    const QString strong = QStringLiteral("font-size: 11px; font-weight: 600");
    paragraph(plain(heading_), t.quiet_text, strong);
    paragraph(plain(main_), t.text, QStringLiteral("font-size: 12px"));
    paragraph(rules_.lines.join(QStringLiteral("<br>")), t.fine, strong);  // in sight without scrolling
    if (!own_notes_.isEmpty())
        html += QStringLiteral("<table width=\"100%\" cellspacing=\"0\" cellpadding=\"4\" style=\"margin-bottom: 6px; background-color: %1\"><tr>"
                               "<td style=\"border-left: 3px solid %2; color: %3; font-size: 11px\">%4</td></tr></table>")
                    .arg(t.raised.name(), t.accent.name(), t.text.name(), plain(own_notes_));
    paragraph(plain(more_), t.quiet_text, small);
    paragraph(plain(before_), t.quiet_text, smallest);
    paragraph(plain(after_), t.quiet_text, smallest);
    paragraph(plain(picture_), t.quiet_text, small);
    return html;
}

// Nothing is laid out that nobody sees, or that stands there already.
void NarrationView::write() {
    if (!isVisible()) return;
    QString html = page();
    if (html == written_) return;
    written_ = std::move(html);
    setHtml(written_);
}

void NarrationView::showEvent(QShowEvent* event) {
    QTextBrowser::showEvent(event);
    write();
}

}  // namespace chimneylab::desktop

#include "moc_narration_view.cpp"
