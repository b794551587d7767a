// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/choices/choices_view.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QRegularExpression>
#include <QStandardItemModel>
#include <QVBoxLayout>
#include <algorithm>

#include "app/desktop/models/event_text.h"
#include "app/desktop/theme/keep_keys.h"

namespace chimneylab::desktop {

ChoicesView::ChoicesView(PlaybackModel& playback, BranchModel& branches, const Theme& theme, QWidget* parent)
    : QWidget(parent), playback_(playback), branches_(branches), theme_(theme) {
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(measure::inside_panel, 0, 10, 8);
    pages_ = new QStackedWidget(this);
    whole->addWidget(pages_);

    auto* nothing = new QWidget(pages_);
    auto* nothing_column = new QVBoxLayout(nothing);
    empty_ = new QLabel(nothing);
    empty_->setWordWrap(true);
    empty_->setAlignment(Qt::AlignCenter);
    begin_ = new QPushButton(tr("Run it by hand"), nothing);
    begin_->setToolTip(tr("Run the scenario on stage again and decide at every point what comes next (Ctrl+M)"));
    nothing_column->addStretch(1);
    nothing_column->addWidget(empty_);
    nothing_column->addWidget(begin_, 0, Qt::AlignCenter);
    nothing_column->addStretch(1);
    pages_->addWidget(nothing);

    auto* page = new QWidget(pages_);
    auto* columns = new QHBoxLayout(page);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(12);
    auto* left = new QVBoxLayout;
    left->setSpacing(4);
    question_ = new QLabel(page);
    question_->setWordWrap(true);
    left->addWidget(question_);
    pending_ = new QTreeWidget(page);
    pending_->setAccessibleName(tr("Pending"));
    pending_->setHeaderLabels({tr("pending"), tr("for"), tr("operation"), tr("due, µs")});
    pending_->setRootIsDecorated(false);
    pending_->setUniformRowHeights(true);
    pending_->setFrameShape(QFrame::NoFrame);
    pending_->setSelectionMode(QAbstractItemView::SingleSelection);
    pending_->header()->setStretchLastSection(false);
    pending_->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    pending_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    keep_arrow_keys(pending_);
    left->addWidget(pending_, 1);
    why_ = new QLabel(page);
    why_->setWordWrap(true);
    left->addWidget(why_);
    auto* options = new QGridLayout;
    options->setHorizontalSpacing(6);
    options->setVerticalSpacing(4);
    status_ = new QComboBox(page);
    status_->setAccessibleName(tr("Status"));
    status_->setToolTip(tr("The status with which the offload target completes one block of the operation"));
    block_ = new QComboBox(page);
    block_->setAccessibleName(tr("Block"));
    block_->setToolTip(tr("The block that gets this status"));
    fault_ = new QComboBox(page);
    fault_->setAccessibleName(tr("Fault"));
    fault_->setToolTip(tr("A fault to inject together with it"));
    fault_->addItem(tr("no fault"), QString());
    fault_->addItem(tr("next allocation fails"), QStringLiteral("!allocation"));
    fault_->addItem(tr("completion is lost"), QStringLiteral("!drop"));
    fault_->addItem(tr("completion comes twice"), QStringLiteral("!double"));
    for (QComboBox* box : {status_, block_, fault_}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(6);
        keep_arrow_keys(box);
    }
    take_ = new QPushButton(tr("Take it"), page);
    take_->setToolTip(tr("This comes next (Enter). At an earlier point it makes a branch of its own."));
    go_on_ = new QPushButton(tr("Schedule goes on"), page);
    go_on_->setToolTip(tr("Let the schedule decide from here to the end"));
    options->addWidget(status_, 0, 0);
    options->addWidget(block_, 0, 1);
    options->addWidget(fault_, 0, 2);
    options->addWidget(take_, 1, 0, 1, 2);
    options->addWidget(go_on_, 1, 2);
    options->setColumnStretch(0, 3);
    options->setColumnStretch(1, 2);
    options->setColumnStretch(2, 3);
    left->addLayout(options);
    columns->addLayout(left, 3);

    auto* right = new QVBoxLayout;
    right->setSpacing(4);
    auto* history_label = new QLabel(tr("Choices so far"), page);
    right->addWidget(history_label);
    history_ = new QListWidget(page);
    history_->setAccessibleName(tr("Choices so far"));
    history_->setToolTip(tr("Click one to go there. Taking something else there makes a branch of its own."));
    history_->setFrameShape(QFrame::NoFrame);
    history_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    history_->setTextElideMode(Qt::ElideRight);
    keep_arrow_keys(history_);
    history_label->setBuddy(history_);
    right->addWidget(history_, 3);
    auto* branches_label = new QLabel(tr("Branches"), page);
    right->addWidget(branches_label);
    branch_list_ = new QListView(page);
    branch_list_->setModel(&branches);
    branch_list_->setAccessibleName(tr("Branches"));
    branch_list_->setFrameShape(QFrame::NoFrame);
    branch_list_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    branch_list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    branch_list_->setTextElideMode(Qt::ElideRight);
    keep_arrow_keys(branch_list_);
    branches_label->setBuddy(branch_list_);
    right->addWidget(branch_list_, 2);
    auto* buttons = new QHBoxLayout;
    compare_ = new QPushButton(tr("Side by side"), page);
    compare_->setToolTip(tr("Show this branch beside the one it parts from, from the point where they part"));
    remove_ = new QPushButton(tr("Forget branch"), page);
    remove_->setToolTip(tr("Forget the branch that is shown"));
    buttons->addWidget(compare_, 1);
    buttons->addWidget(remove_, 1);
    right->addLayout(buttons);
    columns->addLayout(right, 2);
    pages_->addWidget(page);

    connect(begin_, &QPushButton::clicked, this, &ChoicesView::begin_wanted);
    connect(take_, &QPushButton::clicked, this, &ChoicesView::take_chosen);
    connect(pending_, &QTreeWidget::itemActivated, this, &ChoicesView::take_chosen);
    connect(pending_, &QTreeWidget::currentItemChanged, this, &ChoicesView::show_options);
    connect(status_, &QComboBox::currentIndexChanged, this, [this] { block_->setEnabled(status_->currentIndex() > 0); });
    connect(go_on_, &QPushButton::clicked, &branches, &BranchModel::let_schedule_go_on);
    const auto go_back = [this](int row) {
        if (filling_ || row < 0) return;
        const Branch* branch = branches_.current_branch();
        if (branch == nullptr || !branch->session || static_cast<std::size_t>(row) >= branch->session->choice_points.size()) return;
        show_point(row);
        playback_.pause();
        playback_.seek(branch->session->choice_points[static_cast<std::size_t>(row)].after);
    };
    connect(history_, &QListWidget::currentRowChanged, this, go_back);
    connect(history_, &QListWidget::itemClicked, this, [this, go_back](QListWidgetItem* item) { go_back(history_->row(item)); });
    connect(branch_list_, &QListView::clicked, this, [this](const QModelIndex& index) { branches_.show(index.row()); });
    connect(branch_list_, &QListView::activated, this, [this](const QModelIndex& index) { branches_.show(index.row()); });
    connect(compare_, &QPushButton::clicked, this, [this] {
        const Branch* branch = branches_.current_branch();
        if (branch == nullptr) return;
        const QModelIndex other = branch_list_->currentIndex();
        int with = other.isValid() && other.row() != branches_.current() ? other.row() : branch->parent;
        if (with < 0) with = branches_.current() == 0 ? branches_.rowCount() - 1 : 0;
        if (with != branches_.current()) Q_EMIT comparison_wanted(std::min(with, branches_.current()), std::max(with, branches_.current()));
    });
    connect(remove_, &QPushButton::clicked, this, [this] { branches_.remove(branches_.current()); });
    connect(&branches, &BranchModel::changed, this, &ChoicesView::refresh);
    connect(&playback, &PlaybackModel::session_changed, this, &ChoicesView::refresh);
    connect(&theme, &Theme::changed, this, &ChoicesView::apply_theme);
    apply_theme();
    refresh();
}

void ChoicesView::refresh() {
    const bool session = playback_.session() != nullptr;
    const bool active = branches_.active();
    pages_->setCurrentIndex(active ? 1 : 0);
    begin_->setEnabled(session && !playback_.session()->id.isEmpty());
    begin_->setVisible(session);
    empty_->setText(session ? tr("In a manual run you decide which pending completion comes next, with which status, or what goes wrong.")
                            : tr("Choose a scenario first; then you can run it by hand and decide what comes next."));
    const Branch* branch = branches_.current_branch();
    const int points = branch != nullptr && branch->session ? static_cast<int>(branch->session->choice_points.size()) : 0;
    filling_ = true;
    history_->clear();
    for (int i = 0; i < points; ++i) {
        const ChoiceMoment& moment = branch->session->choice_points[static_cast<std::size_t>(i)];
        if (moment.taken.isEmpty()) {
            history_->addItem(tr("%1  ?").arg(i + 1));
            continue;
        }
        const auto item = static_cast<std::size_t>(moment.taken.section(QRegularExpression(QStringLiteral("[=!]")), 0, 0).toUInt());
        const QString extra = moment.taken.mid(QString::number(item).size());
        const QString label = item < moment.pending.size() ? moment.pending[item].label + (moment.pending[item].operation.isEmpty() ? QString() : QStringLiteral(" · ") + moment.pending[item].operation) : QString();
        history_->addItem(tr("%1  %2%3").arg(i + 1).arg(label, extra.isEmpty() ? QString() : QStringLiteral("  ") + extra));
    }
    history_->setCurrentRow(points - 1);
    filling_ = false;
    if (active) branch_list_->setCurrentIndex(branches_.index(branches_.current()));
    compare_->setEnabled(branches_.rowCount() > 1);
    remove_->setEnabled(branches_.rowCount() > 1);
    go_on_->setEnabled(branch != nullptr && branch->stopped());
    show_point(points - 1);
    Q_EMIT summary_changed(!active ? QString() : branch->stopped() ? tr("branch %1 waits for choice %2").arg(branch->name).arg(branch->choices.size() + 1) : branch->session ? tr("branch %1 has ended").arg(branch->name) : tr("branch %1 is run").arg(branch->name));
}

void ChoicesView::show_point(int point) {
    const Branch* branch = branches_.current_branch();
    point_ = branch == nullptr || !branch->session || static_cast<std::size_t>(point) >= branch->session->choice_points.size() ? -1 : point;
    pending_->clear();
    if (point_ < 0) {
        question_->setText(branch != nullptr && branch->session ? branch->session->crash_report.isEmpty() ? tr("Nothing was ever pending: there was nothing to choose.") : tr("The run ended before its time: see Findings.") : tr("Running …"));
        show_options();
        return;
    }
    const ChoiceMoment& moment = branch->session->choice_points[static_cast<std::size_t>(point_)];
    for (const PendingChoice& each : moment.pending) {
        auto* item = new QTreeWidgetItem(pending_, {each.label, each.layer, each.operation, microseconds_text(each.due)});
        item->setTextAlignment(3, Qt::AlignRight | Qt::AlignVCenter);
        for (int column = 0; column < 4; ++column) item->setToolTip(column, tr("%1, for %2, due at %3").arg(each.label, each.layer, time_text(each.due)));
    }
    const int taken = moment.taken.isEmpty() ? 0 : moment.taken.section(QRegularExpression(QStringLiteral("[=!]")), 0, 0).toInt();
    pending_->setCurrentItem(pending_->topLevelItem(taken));
    question_->setText(moment.taken.isEmpty() ? tr("Choice %1: what comes next?").arg(point_ + 1) : tr("At choice %1 this was taken: %2. Something else makes a branch.").arg(point_ + 1).arg(moment.taken));
    show_options();
}

void ChoicesView::show_options() {
    const Branch* branch = branches_.current_branch();
    const int row = pending_->indexOfTopLevelItem(pending_->currentItem());
    const bool any = branch != nullptr && branch->session && point_ >= 0 && row >= 0;
    const PendingChoice* chosen = any ? &branch->session->choice_points[static_cast<std::size_t>(point_)].pending[static_cast<std::size_t>(row)] : nullptr;
    const bool completes = chosen != nullptr && !chosen->blocks.isEmpty();
    status_->clear();
    block_->clear();
    status_->addItem(chosen == nullptr || completes ? tr("target's own status") : tr("no status"), QString());
    if (completes) {
        for (const QString& status : chosen->statuses) status_->addItem(status, status);
        for (qsizetype i = 0; i < chosen->blocks.size(); ++i) block_->addItem(chosen->blocks[i], i);
        block_->setCurrentIndex(block_->count() - 1);
        status_->setToolTip(tr("The status with which the offload target completes one block of the operation"));
    } else {
        status_->setToolTip(tr("A status can be chosen where the offload target completes one of the five operations; this work completes none."));
    }
    why_->setText(chosen != nullptr && !completes ? tr("It completes none of the five operations, so there is no status to choose and no completion to lose.") : QString());
    why_->setVisible(!why_->text().isEmpty());
    status_->setEnabled(status_->count() > 1);
    block_->setEnabled(false);
    fault_->setEnabled(any);
    // Only a completion can be lost or doubled.
    if (auto* faults = qobject_cast<QStandardItemModel*>(fault_->model())) {
        for (int i = 0; i < faults->rowCount(); ++i) {
            const bool needs_completion = i == fault_->findData(QStringLiteral("!drop")) || i == fault_->findData(QStringLiteral("!double"));
            faults->item(i)->setEnabled(completes || !needs_completion);
        }
        if (!faults->item(fault_->currentIndex())->isEnabled()) fault_->setCurrentIndex(0);
    }
    take_->setEnabled(any);
    take_->setText(any && point_ < branch->choices.size() ? tr("Take it in a new branch") : tr("Take it"));
}

QString ChoicesView::chosen_text() const {
    QString text = QString::number(pending_->indexOfTopLevelItem(pending_->currentItem()));
    if (status_->currentIndex() > 0) {
        text += QLatin1Char('=') + status_->currentData().toString();
        if (block_->currentData().toInt() > 0) text += QLatin1Char('@') + QString::number(block_->currentData().toInt());
    }
    return text + fault_->currentData().toString();
}

void ChoicesView::take_chosen() {
    if (point_ < 0 || pending_->currentItem() == nullptr) return;
    const QString choice = chosen_text();
    fault_->setCurrentIndex(0);
    branches_.choose(point_, choice);
}

void ChoicesView::apply_theme() {
    const Tokens& t = theme_.tokens();
    why_->setStyleSheet(QStringLiteral("color: %1; font-size: 11px").arg(t.quiet_text.name()));
    empty_->setStyleSheet(QStringLiteral("color: %1").arg(t.quiet_text.name()));
    question_->setStyleSheet(QStringLiteral("color: %1; font-weight: 600").arg(t.text.name()));
    const QString list = QStringLiteral("QAbstractItemView::item { padding: 2px 4px; border-radius: 4px; color: %1 } QAbstractItemView::item:selected { background: %2; color: %1 } QAbstractItemView::item:hover { background: %3 }")
                             .arg(t.text.name(), t.selection.name(), t.hover.name());
    for (QAbstractItemView* view : {static_cast<QAbstractItemView*>(pending_), static_cast<QAbstractItemView*>(history_), static_cast<QAbstractItemView*>(branch_list_)}) view->setStyleSheet(list);
}

}  // namespace chimneylab::desktop

#include "moc_choices_view.cpp"
