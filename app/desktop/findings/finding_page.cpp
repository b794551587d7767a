// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/findings/finding_page.h"

#include <QCoreApplication>
#include <QStringList>

#include "app/desktop/findings/finding_delegate.h"
#include "app/desktop/models/session.h"

namespace chimneylab::desktop {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("FindingPage", text); }

QString sign_of(verifier::Severity severity) {
    switch (severity) {
        case verifier::Severity::fatal:
        case verifier::Severity::error: return QStringLiteral("✖");
        case verifier::Severity::warning: return QStringLiteral("○");
        case verifier::Severity::note: return QStringLiteral("•");
    }
    return {};
}

QString link(const QString& target, const QString& words, const Tokens& t) {
    return QStringLiteral("<a href=\"%1\" style=\"color: %3\">%2</a>").arg(target, words.toHtmlEscaped(), t.accent.name());
}

struct Table {
    const Theme& theme;
    QString rows;
    void add(const QString& name, const QString& html) {
        if (html.isEmpty()) return;
        rows += QStringLiteral("<tr><td style=\"color: %1; padding-right: 10px\">%2</td><td>%3</td></tr>").arg(theme.tokens().quiet_text.name(), name, html);
    }
    [[nodiscard]] QString html() const { return QStringLiteral("<table cellspacing=\"0\" cellpadding=\"1\">%1</table>").arg(rows); }
};

QString value(const QString& bytes, const QString& meaning, const Theme& theme, const QColor& colour) {
    if (bytes.isEmpty() && meaning.isEmpty()) return {};
    QString html;
    if (!bytes.isEmpty()) {
        html = QStringLiteral("<span style=\"font-family: '%1'; color: %2\">%3</span>").arg(theme.mono(11).family(), colour.name(), bytes.toHtmlEscaped());
    }
    if (!meaning.isEmpty()) html += (html.isEmpty() ? QString() : QStringLiteral("<br>")) + meaning.toHtmlEscaped();
    return html;
}

}  // namespace

QString finding_page(const Finding& finding, const Theme& theme) {
    const Tokens& t = theme.tokens();
    QString page = QStringLiteral("<p style=\"margin: 0 0 4px 0\"><span style=\"color: %1; font-weight: 600\">%2 %3</span> <span style=\"color: %4\">%5 · %6</span></p>")
                       .arg(colour_of(finding.severity, t).name(), sign_of(finding.severity), link(QStringLiteral("rule:") + finding.rule, finding.rule, t), t.quiet_text.name(),
                            finding.severity_text().toHtmlEscaped(), finding.first_cause ? tr("first cause") : tr("consequence"));
    page += QStringLiteral("<p style=\"margin: 0 0 6px 0\">%1</p>").arg(finding.explanation.toHtmlEscaped());
    Table table{theme, {}};
    table.add(tr("where"), (finding.place().isEmpty() ? QString() : QStringLiteral("<span style=\"font-family: '%1'\">%2</span> · ").arg(theme.mono(11).family(), finding.place().toHtmlEscaped())) +
                               finding.layer_name.toHtmlEscaped() + QStringLiteral(" · ") + link(QStringLiteral("event:%1").arg(finding.event.value), tr("event %1").arg(finding.event.value), t));
    if (finding.noticed.valid() && finding.noticed != finding.event) {
        table.add(tr("certain"), link(QStringLiteral("event:%1").arg(finding.noticed.value), tr("at event %1").arg(finding.noticed.value), t));
    }
    table.add(tr("expected"), value(finding.expected, finding.expected_text, theme, t.fine));
    table.add(tr("seen"), value(finding.seen, finding.seen_text, theme, t.changed));
    if (!finding.ladder.isEmpty()) {
        table.add(tr("ladder"), QStringLiteral("<span style=\"font-family: '%1'\">%2</span><br>%3").arg(theme.mono(11).family(), finding.ladder.toHtmlEscaped(), finding.ladder_text.toHtmlEscaped()));
    }
    table.add(tr("source"), finding.source.toHtmlEscaped());
    return page + table.html();
}

QString rule_page(const verifier::Rule& rule, int times_broken, const Theme& theme) {
    const Tokens& t = theme.tokens();
    QString page = QStringLiteral("<p style=\"margin: 0 0 4px 0\"><b style=\"font-size: 13px\">%1</b> <span style=\"color: %2\">%3 %4</span></p>")
                       .arg(to_qstring(rule.id), colour_of(rule.severity, t).name(), sign_of(rule.severity), to_qstring(verifier::to_text(rule.severity)));
    page += QStringLiteral("<p style=\"margin: 0 0 6px 0\">%1</p>").arg(to_qstring(rule.statement).toHtmlEscaped());
    Table table{theme, {}};
    table.add(tr("in this run"), times_broken > 0 ? QStringLiteral("<span style=\"color: %1\">✖ %2</span>").arg(t.changed.name(), tr("broken, times: %1").arg(times_broken))
                                                  : rule.checked ? QStringLiteral("<span style=\"color: %1\">%2</span>").arg(t.fine.name(), tr("holds")) : tr("not judged"));
    table.add(tr("evidence"), to_qstring(verifier::evidence_text(rule)).toHtmlEscaped());
    table.add(rule.checked ? tr("looked at") : tr("not checked"), to_qstring(rule.how).toHtmlEscaped());
    if (rule.strict_only) table.add(tr("seen"), tr("only on a machine in strict mode"));
    table.add(tr("source"), to_qstring(rule.source).toHtmlEscaped());
    QStringList scenarios;
    for (const std::string_view each : verifier::scenarios_of(rule)) scenarios << link(QStringLiteral("scenario:") + to_qstring(each), to_qstring(each).toUpper(), t);
    table.add(tr("scenarios"), scenarios.join(QStringLiteral(", ")));
    return page + table.html();
}

}  // namespace chimneylab::desktop
