// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/differences/differences_view.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QVBoxLayout>

#include "app/desktop/theme/keep_keys.h"

namespace chimneylab::desktop {

QTableView* DifferencesView::make_table(QAbstractItemModel& model, const QString& name) {
    auto* table = new QTableView(stack_);
    table->setModel(&model);
    table->setAccessibleName(name);
    table->setTabKeyNavigation(false);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setFrameShape(QFrame::NoFrame);
    table->verticalHeader()->hide();
    table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table->verticalHeader()->setDefaultSectionSize(22);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setStretchLastSection(true);
    keep_arrow_keys(table);
    stack_->addWidget(table);
    return table;
}

DifferencesView::DifferencesView(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 0, 6, 8);
    column->setSpacing(4);
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    verdict_ = new QLabel(this);
    verdict_->setWordWrap(true);
    verdict_->setAccessibleName(tr("What the comparison found"));
    row->addWidget(verdict_, 1);
    show_times_ = new QToolButton(this);
    show_times_->setText(tr("Times"));
    show_times_->setAccessibleName(tr("Show the times"));
    show_times_->setToolTip(tr("The times that differ, with how certain that is, in place of the events"));
    show_times_->setCheckable(true);
    show_times_->setFocusPolicy(Qt::TabFocus);
    row->addWidget(show_times_);
    compare_ = new QPushButton(tr("Compare with…"), this);
    compare_->setAccessibleName(tr("Compare the session on stage with a file"));
    compare_->setToolTip(tr("Another session file: another driver, another version, a live recording"));
    compare_->setProperty("compact", true);
    row->addWidget(compare_);
    column->addLayout(row);
    stack_ = new QStackedWidget(this);
    column->addWidget(stack_, 1);
    divergences_ = make_table(divergence_model_, tr("Where the two sessions part"));
    times_ = make_table(timing_model_, tr("Times that differ"));
    times_->setSelectionBehavior(QAbstractItemView::SelectRows);
    empty_ = new QLabel(stack_);
    empty_->setWordWrap(true);
    empty_->setAlignment(Qt::AlignCenter);
    stack_->addWidget(empty_);
    connect(show_times_, &QToolButton::toggled, this, &DifferencesView::refresh);
    connect(compare_, &QPushButton::clicked, this, &DifferencesView::comparison_wanted);
    connect(divergences_, &QTableView::clicked, this, &DifferencesView::go);
    connect(divergences_, &QTableView::activated, this, &DifferencesView::go);
    connect(&theme, &Theme::changed, this, &DifferencesView::apply_theme);
    apply_theme();
    refresh();
}

void DifferencesView::show_differences(DifferencesPointer differences) {
    differences_ = std::move(differences);
    divergence_model_.set(differences_);
    timing_model_.set(differences_);
    show_times_->setChecked(false);
    share_width();
    refresh();
}

void DifferencesView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    share_width();
}

// The two sides get the same; a person may drag them until the pane is given another size.
void DifferencesView::share_width() {
    const int wide = std::max(400, width());
    for (const auto& [section, share] : {std::pair{0, 0.17}, std::pair{1, 0.15}, std::pair{2, 0.34}}) divergences_->setColumnWidth(section, static_cast<int>(wide * share));
    for (int section = 0; section < TimingDifferenceModel::verdict; ++section) times_->setColumnWidth(section, static_cast<int>(wide * (section == 0 ? 0.3 : section == 4 ? 0.16 : 0.12)));
}

void DifferencesView::go(const QModelIndex& index) {
    if (!differences_ || !index.isValid()) return;
    const trace::EventId a(index.data(DivergenceModel::a_event_role).toUInt()), b(index.data(DivergenceModel::b_event_role).toUInt());
    const bool other = index.column() == DivergenceModel::side_b ? b.valid() : !a.valid() && b.valid();
    if (other) Q_EMIT event_wanted(differences_->b, b.value);
    else if (a.valid()) Q_EMIT event_wanted(differences_->a, a.value);
}

void DifferencesView::refresh() {
    const bool times = show_times_->isChecked();
    QString words;
    if (!differences_) {
        words = tr("Two sessions side by side by what they did, not by the clock: two drivers, two versions, the engine against a live driver.\n"
                   "Put one on stage and compare it with the file of the other.");
    } else if (times && timing_model_.rowCount() == 0) {
        words = differences_->clock ? tr("No series of times that both sessions have.") : tr("The two sessions have no clock in common, so no times are compared.");
    } else if (!times && divergence_model_.rowCount() == 0) {
        words = differences_->comparison.stack.empty() ? tr("Not one event differs: the same calls, conversions, entries and bytes, in the same causal order.") : tr("What both have agrees; the stacks differ.");
    }
    empty_->setText(words);
    stack_->setCurrentWidget(!words.isEmpty() ? static_cast<QWidget*>(empty_) : times ? times_ : divergences_);
    show_times_->setEnabled(differences_ != nullptr);
    show_times_->setText(differences_ && differences_->clock ? tr("Times (%1)").arg(clock_word(*differences_->clock)) : tr("Times"));
    verdict_->setText(differences_ ? tr("A: %1   B: %2\n%3").arg(differences_->a_name, differences_->b_name, differences_->verdict()) : QString());
    Q_EMIT summary_changed(!differences_ ? QString() : differences_->comparison.same_history() ? tr("same history") : tr("%L1 differ").arg(differences_->comparison.differing_chains));
}

void DifferencesView::apply_theme() {
    const Tokens& t = theme_.tokens();
    empty_->setStyleSheet(QStringLiteral("color: %1").arg(t.quiet_text.name()));
    verdict_->setStyleSheet(QStringLiteral("color: %1; font-size: 11px").arg(t.text.name()));
}

}  // namespace chimneylab::desktop

#include "moc_differences_view.cpp"
