// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/inspector/member_card.h"

#include <QHBoxLayout>
#include <QScrollBar>
#include <QVBoxLayout>
#include <utility>

#include "app/desktop/models/short_value.h"
#include "engine/verifier/rules.h"

namespace chimneylab::desktop {

MemberCard::MemberCard(PlaybackModel& playback, const LensModel& lens, const Theme& theme, QWidget* parent)
    : QWidget(parent), playback_(playback), lens_(lens), theme_(theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(measure::inside_panel, 0, 8, 8);
    column->setSpacing(measure::step);
    words_ = new QTextBrowser(this);
    words_->setOpenLinks(false);
    words_->setFrameShape(QFrame::NoFrame);
    words_->document()->setDocumentMargin(0);
    words_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    words_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    words_->setAccessibleName(tr("Member explained"));
    column->addWidget(words_, 1);
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    const auto button = [&](const QString& text, const QString& tip) {
        auto* made = new QPushButton(text, this);
        made->setToolTip(tip);
        made->setProperty("compact", true);
        made->setAccessibleName(tip);
        row->addWidget(made, 1);
        return made;
    };
    previous_ = button(tr("◂ change"), tr("Go to the event before this one that changed the member"));
    next_ = button(tr("change ▸"), tr("Go to the next event that changes the member"));
    writer_ = button(tr("who wrote this"), tr("Go to the event at which the present value was written"));
    column->addLayout(row);
    connect(previous_, &QPushButton::clicked, this, [this] { go(shown_.previous); });
    connect(next_, &QPushButton::clicked, this, [this] { go(shown_.next); });
    connect(writer_, &QPushButton::clicked, this, [this] { go(shown_.last_written); });
    connect(&lens, &LensModel::picture_changed, this, &MemberCard::refresh);  // after every move and change of focus
    connect(&playback, &PlaybackModel::member_changed, this, &MemberCard::refresh);
    connect(&theme, &Theme::changed, this, &MemberCard::refresh);
    refresh();
}

void MemberCard::go(trace::EventId event) {
    if (!event.valid()) return;
    playback_.pause();
    playback_.seek(event, PlaybackModel::Move::step);
}

// Nothing is laid out that stands there already. Another value of the same member is read where one was reading.
void MemberCard::say(const QString& html, bool same_member) {
    if (html == written_) return;
    written_ = html;
    const int place = same_member ? words_->verticalScrollBar()->value() : 0;
    words_->setHtml(html);
    words_->verticalScrollBar()->setValue(place);
}

void MemberCard::refresh() {
    const MemberExplanation before = std::exchange(shown_, explain_member(playback_, lens_));
    const MemberExplanation& e = shown_;
    previous_->setEnabled(e.previous.valid());
    next_->setEnabled(e.next.valid());
    writer_->setEnabled(e.last_written.valid() && e.last_written != playback_.position());
    const Tokens& t = theme_.tokens();
    if (!e.known) {
        say(QStringLiteral("<span style='color:%1'>%2</span>")
                .arg(t.quiet_text.name(), playback_.session()
                                              ? tr("Click a member in the lens, the table or the bytes: who writes it, "
                                                   "who reads it and which rules protect it stand here.")
                                              : tr("A member is explained here. Run a scenario or open a session, then "
                                                   "click one in the lens.")), false);
        Q_EMIT summary_changed(QString());
        return;
    }
    const QString mono = QStringLiteral("font-family:\"%1\"; font-size:10px").arg(theme_.mono(10).family());
    QString html;
    const auto escaped = [](const QString& words) { return words.toHtmlEscaped(); };
    QString name = QStringLiteral("<span style='font-family:\"%1\"; font-size:13px'><b>%2</b></span>")
                       .arg(theme_.mono(12).family(), escaped(e.name));
    if (!e.other_name.isEmpty())
        name += QStringLiteral(" <span style='color:%1; font-size:11px'>%2</span>")
                    .arg(t.quiet_text.name(), escaped(tr("called %1 at the other edge").arg(e.other_name)));
    html += QStringLiteral("<div>%1</div>").arg(name);
    html += QStringLiteral("<table cellspacing='0' cellpadding='1' style='font-size:11px'>");
    const auto line = [&](const QString& what, const QString& words, const QString& colour = {}) {
        if (words.isEmpty()) return;
        html += QStringLiteral(
                    "<tr><td style='color:%1; padding-right:8px; white-space:nowrap'>%2</td><td "
                    "style='color:%3'>%4</td></tr>")
                    .arg(t.quiet_text.name(), what, colour.isEmpty() ? t.text.name() : colour, words);
    };
    const auto value = [&](const QString& bytes, const QString& meaning, bool strong) {
        const QString both =
            QStringLiteral("<span style='%1'>%2</span> &nbsp;%3").arg(mono, escaped(bytes), escaped(meaning));
        return strong ? QStringLiteral("<b>%1</b>").arg(both) : both;
    };
    if (e.changed) line(tr("before"), value(e.bytes_before, e.meaning_before, false));
    line(e.changed ? tr("◆ after") : tr("holds"), value(e.bytes_after, e.meaning_after, e.changed),
         e.changed ? t.changed.name() : QString());
    if (!e.flaw.isEmpty())
        line(tr("✖ wrong"), escaped(e.flaw) + QStringLiteral(" <b>(%1)</b>").arg(e.rule), t.changed.name());
    line(tr("comes from"), escaped(e.origin));
    line(tr("last written"), escaped(e.last_writer));
    line(tr("written by"), escaped(e.writer));
    line(tr("read by"), escaped(e.reader));
    line(tr("lifetime"), escaped(e.lifetime));
    for (const QString& id : e.rules) {
        const verifier::Rule* rule = verifier::find(id.toStdString());
        if (rule != nullptr) line(id, escaped(to_qstring(rule->statement)));
    }
    line(tr("source"), escaped(e.source));
    html += QStringLiteral("</table>");
    say(html, e.offset == before.offset);
    Q_EMIT summary_changed(QStringLiteral("%1 · %2 · %3 bytes").arg(e.owner, offset_text(e.offset)).arg(e.size));
}

}  // namespace chimneylab::desktop

#include "moc_member_card.cpp"
