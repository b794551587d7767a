// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/findings/findings_view.h"

#include <QFontMetrics>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPushButton>
#include <QSplitter>
#include <algorithm>

#include "app/desktop/findings/finding_delegate.h"
#include "app/desktop/findings/finding_page.h"
#include "app/desktop/theme/keep_keys.h"

namespace chimneylab::desktop {

FindingsView::FindingsView(PlaybackModel& playback, FindingModel& findings, const LibraryModel& library, const Theme& theme, QWidget* parent)
    : QWidget(parent), playback_(playback), findings_(findings), library_(library), theme_(theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 0, 6, 8);
    column->setSpacing(4);
    filters_ = new QWidget(this);
    auto* filter_column = new QVBoxLayout(filters_);
    filter_column->setContentsMargins(0, 0, 0, 0);
    filter_column->setSpacing(4);
    words_ = new QLineEdit(filters_);
    words_->setPlaceholderText(tr("Filter findings"));
    words_->setAccessibleName(tr("Filter findings"));
    words_->setClearButtonEnabled(true);
    filter_column->addWidget(words_);
    auto* choices = new QHBoxLayout;
    choices->setSpacing(4);
    severity_ = new QComboBox(filters_);
    severity_->setAccessibleName(tr("Severity"));
    layer_ = new QComboBox(filters_);
    layer_->setAccessibleName(tr("Layer"));
    rule_ = new QComboBox(filters_);
    rule_->setAccessibleName(tr("Rule"));
    for (QComboBox* box : {severity_, rule_, layer_}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(6);
        box->setToolTip(tr("Show only findings of this %1").arg(box->accessibleName().toLower()));
        connect(box, &QComboBox::activated, this, &FindingsView::apply_filter);
        keep_arrow_keys(box);
        choices->addWidget(box, 1);
    }
    filter_column->addLayout(choices);
    column->addWidget(filters_);

    auto* halves = new QSplitter(Qt::Vertical, this);
    halves->setChildrenCollapsible(false);
    halves->setHandleWidth(6);
    tree_ = new QTreeView(halves);
    tree_->setModel(&findings);
    tree_->setItemDelegate(new FindingDelegate(theme, tree_));
    tree_->setAccessibleName(tr("Findings"));
    tree_->setHeaderHidden(true);
    tree_->setFrameShape(QFrame::NoFrame);
    tree_->setMouseTracking(true);
    tree_->setUniformRowHeights(true);
    tree_->setIndentation(14);
    tree_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    tree_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    tree_->setExpandsOnDoubleClick(false);
    tree_->setMinimumHeight(72);
    tree_->installEventFilter(this);
    tree_->viewport()->installEventFilter(this);
    halves->addWidget(tree_);
    page_ = new QTextBrowser(halves);
    page_->setAccessibleName(tr("The chosen finding"));
    page_->setOpenLinks(false);
    page_->setFrameShape(QFrame::NoFrame);
    page_->document()->setDocumentMargin(2);
    page_->setMinimumHeight(60);
    halves->addWidget(page_);
    halves->setStretchFactor(0, 3);
    halves->setStretchFactor(1, 2);
    column->addWidget(halves, 1);

    // What is said when nothing is broken may be long; the pane is as small as anybody makes it.
    quiet_ = new QScrollArea(this);
    quiet_->setWidgetResizable(true);
    quiet_->setFrameShape(QFrame::NoFrame);
    quiet_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    quiet_->setFocusPolicy(Qt::NoFocus);
    auto* quiet_page = new QWidget(quiet_);
    auto* quiet_column = new QVBoxLayout(quiet_page);
    quiet_column->setContentsMargins(0, 0, 0, 0);
    quiet_column->setSpacing(4);
    none_ = new QLabel(quiet_page);
    none_->setWordWrap(true);
    none_->setTextFormat(Qt::RichText);
    none_->setMargin(4);
    quiet_column->addWidget(none_);
    variants_ = new QWidget(quiet_page);
    variant_column_ = new QVBoxLayout(variants_);
    variant_column_->setContentsMargins(4, 0, 4, 0);
    variant_column_->setSpacing(4);
    quiet_column->addWidget(variants_);
    quiet_column->addStretch(1);
    quiet_->setWidget(quiet_page);
    column->addWidget(quiet_, 1);

    connect(words_, &QLineEdit::textChanged, this, &FindingsView::apply_filter);
    const auto go = [this](const QModelIndex& index) {
        if (const int number = findings_.finding_number(index); number >= 0) Q_EMIT finding_wanted(number);
    };
    connect(tree_, &QTreeView::clicked, this, go);
    connect(tree_, &QTreeView::activated, this, go);
    connect(tree_->selectionModel(), &QItemSelectionModel::currentChanged, this, &FindingsView::show_page);
    connect(page_, &QTextBrowser::anchorClicked, this, [this](const QUrl& url) {
        const QString target = url.toString();
        if (target.startsWith(QLatin1String("rule:"))) Q_EMIT rule_wanted(target.mid(5));
        if (target.startsWith(QLatin1String("event:"))) Q_EMIT event_wanted(target.mid(6).toUInt());
    });
    connect(&findings, &QAbstractItemModel::modelReset, this, &FindingsView::refresh);
    connect(&findings.judge(), &SessionJudge::changed, this, &FindingsView::tell_state);
    connect(&findings.judge(), &SessionJudge::judged, this, &FindingsView::open_session);  // other severities, rules, layers
    connect(none_, &QLabel::linkActivated, this, [this](const QString& target) {
        if (target == QLatin1String("judge:start")) findings_.judge().start();
        if (target == QLatin1String("judge:stop")) findings_.judge().stop();
        tell_state();
    });
    connect(&findings, &QAbstractItemModel::dataChanged, tree_->viewport(), [this] { tree_->viewport()->update(); });
    playback.tell_session(this, &FindingsView::open_session);
    // Whoever comes to an event where something is broken reads it without a click.
    playback.tell(this, [this] {
        if (!playback_.session()) return;
        const auto [first, last] = playback_.session()->findings.at(playback_.position());
        const int shown = chosen();
        if (first == last || (shown >= static_cast<int>(first) && shown < static_cast<int>(last))) return;
        const QModelIndex index = findings_.index_of(static_cast<int>(first));
        if (!index.isValid()) return;
        tree_->setCurrentIndex(index);
        tree_->scrollTo(index);
    });
    connect(&library, &QAbstractItemModel::modelReset, this, &FindingsView::offer_variants);
    connect(&theme, &Theme::changed, this, &FindingsView::apply_theme);
    apply_theme();
    open_session();
}

int FindingsView::chosen() const { return findings_.finding_number(tree_->currentIndex()); }

void FindingsView::choose(int finding) {
    QModelIndex index = findings_.index_of(finding);
    if (!index.isValid() && finding >= 0 && finding < findings_.all()) {
        // The filter hides it: what a person goes to must be seen.
        words_->clear();
        for (QComboBox* box : {severity_, rule_, layer_}) box->setCurrentIndex(0);
        apply_filter();
        index = findings_.index_of(finding);
    }
    if (!index.isValid()) return;
    if (index.parent().isValid()) tree_->expand(index.parent());
    tree_->setCurrentIndex(index);
    tree_->scrollTo(index);
}

bool FindingsView::eventFilter(QObject* watched, QEvent* event) {
    // In the list the arrow keys and Enter belong to the list.
    if (watched == tree_ && event->type() == QEvent::ShortcutOverride) {
        switch (static_cast<QKeyEvent*>(event)->key()) {
            case Qt::Key_Up:
            case Qt::Key_Down:
            case Qt::Key_Left:
            case Qt::Key_Right:
            case Qt::Key_Return:
            case Qt::Key_Enter: event->accept(); return true;
            default: break;
        }
    }
    if (watched == tree_->viewport() && event->type() == QEvent::Resize) fit_columns();
    return QWidget::eventFilter(watched, event);
}

void FindingsView::fit_columns() { tree_->setColumnWidth(0, tree_->viewport()->width()); }

void FindingsView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    // Where there is little height the words go before the filters.
    filters_->setVisible(findings_.all() > 0 && height() > 250);
    page_->setVisible(findings_.all() > 0 && height() > 165);
    fit_columns();
}

void FindingsView::open_session() {
    filling_ = true;
    words_->clear();
    const auto fill = [](QComboBox* box, const QString& all) {
        box->clear();
        box->addItem(all);
    };
    fill(severity_, tr("Severity ▾"));
    for (const verifier::Severity each : findings_.severities()) severity_->addItem(to_qstring(verifier::to_text(each)), static_cast<int>(each));
    fill(rule_, tr("Rule ▾"));
    for (const QString& each : findings_.rules()) rule_->addItem(each, each);
    fill(layer_, tr("Layer ▾"));
    for (const auto& [layer, name] : findings_.layers()) layer_->addItem(name, layer);
    filling_ = false;
    apply_filter();
    refresh();
}

void FindingsView::apply_filter() {
    if (filling_) return;
    FindingFilter filter;
    filter.words = words_->text();
    if (severity_->currentIndex() > 0) filter.severity = static_cast<verifier::Severity>(severity_->currentData().toInt());
    if (rule_->currentIndex() > 0) filter.rule = rule_->currentData().toString();
    if (layer_->currentIndex() > 0) filter.layer = static_cast<trace::LayerIndex>(layer_->currentData().toUInt());
    findings_.set_filter(filter);
}

void FindingsView::refresh() {
    const int all = findings_.all();
    const int shown = findings_.shown();
    filters_->setVisible(all > 0 && height() > 250);
    tree_->setVisible(shown > 0);
    page_->setVisible(all > 0 && height() > 165);
    tree_->parentWidget()->setVisible(all > 0);
    none_->setVisible(shown == 0);
    quiet_->setVisible(shown == 0);
    // A few groups are shown with what follows from them; many are shown closed.
    if (all <= 12) tree_->expandAll();
    fit_columns();
    show_page();
    offer_variants();
    tell_state();
}

// What stands where no finding does, and how many there are, in a few words.
void FindingsView::tell_state() {
    const int all = findings_.all();
    const int shown = findings_.shown();
    const Tokens& t = theme_.tokens();
    const bool session = playback_.session() != nullptr;
    const SessionJudge& judge = findings_.judge();
    const auto said = [&](const QColor& color, const QString& headline, const QString& rest) {
        return QStringLiteral("<span style=\"color: %1; font-weight: 600\">%2</span><br><span style=\"color: %3\">%4</span>").arg(color.name(), headline, t.quiet_text.name(), rest);
    };
    const auto linked = [&](const char* target, const QString& word) {
        return QStringLiteral(" <a href=\"%1\" style=\"color: %2\">%3</a>").arg(QLatin1String(target), t.text.name(), word);
    };
    QString text;
    if (!session) {
        text = tr("Broken promises are listed here, each with the event, the block and the member where it broke. Run a scenario or open a session.");
    } else if (all == 0 && judge.judging()) {
        text = said(t.text, tr("the checker is looking: %1 %").arg(judge.percent()), tr("It judges all %1 events of this long session beside the window.").arg(playback_.event_count()) + linked("judge:stop", tr("Stop")));
    } else if (all == 0 && judge.outstanding()) {
        text = said(t.text, tr("not judged"), tr("The checker was stopped before it had seen all %1 events.").arg(playback_.event_count()) + linked("judge:start", tr("Judge it now")));
    } else if (all == 0) {
        text = said(t.fine, tr("none in this run"), tr("%1 rules were held against %2 events.").arg(playback_.session()->findings.rules_judged).arg(playback_.event_count()));
    } else {
        text = tr("No finding passes this filter. Clear it to see all %1.").arg(all);
    }
    if (none_->text() != text) none_->setText(text);
    QString summary;
    if (session && all > 0) {
        const auto causes = static_cast<int>(playback_.session()->findings.groups.size());
        summary = causes == all ? tr("%1 broken").arg(all) : causes == 1 ? tr("%1 from one first cause").arg(all) : tr("%1 from %2 first causes").arg(all).arg(causes);
        if (shown < all) summary = tr("%1 of %2").arg(shown).arg(summary);
    }
    if (judge.outstanding()) {
        const QString how = judge.judging() ? tr("checking, %1 %").arg(judge.percent()) : all > 0 ? tr("as the file tells") : tr("not judged");
        summary = summary.isEmpty() ? how : summary + QStringLiteral(" · ") + how;
    }
    Q_EMIT summary_changed(summary);
}

void FindingsView::show_page() {
    const Finding* finding = findings_.finding(tree_->currentIndex());
    if (finding == nullptr && playback_.session() && !playback_.session()->crash_report.isEmpty()) {
        page_->setHtml(QStringLiteral("<p style=\"margin: 0 0 4px 0; color: %1; font-weight: 600\">✖ %2</p><pre style=\"white-space: pre-wrap; font-family: '%3'\">%4</pre>")
                           .arg(theme_.tokens().changed.name(), tr("The run ended before its time"), theme_.mono(11).family(), playback_.session()->crash_report.toHtmlEscaped()));
        return;
    }
    if (finding == nullptr) {
        page_->setHtml(QStringLiteral("<span style=\"color: %1\">%2</span>").arg(theme_.tokens().quiet_text.name(), tr("Click a finding or press F to go to it. What was expected and what was seen stands here.")));
        return;
    }
    page_->setHtml(finding_page(*finding, theme_));
}

void FindingsView::offer_variants() {
    while (QLayoutItem* item = variant_column_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const LibraryEntry* entry = playback_.session() && findings_.all() == 0 ? library_.entry(playback_.session()->id) : nullptr;
    if (entry != nullptr) {
        for (const LibraryVariant& variant : entry->variants) {
            if (variant.breaks.isEmpty()) continue;
            auto* button = new QPushButton(tr("✖ %1  %2").arg(variant.breaks.join(QStringLiteral(", ")), variant.title), variants_);
            button->setToolTip(tr("Run the variant “%1”: it breaks %2 on purpose.\n%3").arg(variant.title, variant.breaks.join(QStringLiteral(", ")), variant.teaches));
            button->setStyleSheet(QStringLiteral("text-align: left; padding: 3px 8px"));
            button->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
            connect(button, &QPushButton::clicked, this, [this, id = entry->id, name = variant.name] { Q_EMIT variant_wanted(id, name); });
            variant_column_->addWidget(button);
        }
        if (variant_column_->count() > 0) {
            auto* words = new QLabel(tr("Variants that break something on purpose:"), variants_);
            words->setWordWrap(true);
            words->setStyleSheet(QStringLiteral("color: %1; font-size: 11px").arg(theme_.tokens().quiet_text.name()));
            variant_column_->insertWidget(0, words);
        }
    }
    variants_->setVisible(variant_column_->count() > 0);
}

void FindingsView::apply_theme() {
    none_->setStyleSheet(QStringLiteral("color: %1; font-size: 11px").arg(theme_.tokens().quiet_text.name()));
    page_->setStyleSheet(QStringLiteral("font-size: 11px"));
    tree_->setPalette(theme_.palette());  // what the tree draws beside its rows
    refresh();
    tree_->viewport()->update();
}

}  // namespace chimneylab::desktop

#include "moc_findings_view.cpp"
