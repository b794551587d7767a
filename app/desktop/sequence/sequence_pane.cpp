// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/sequence/sequence_pane.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QMenu>
#include <QVBoxLayout>

#include "app/desktop/sequence/sequence_export.h"

namespace chimneylab::desktop {

QPushButton* SequencePane::button(const QString& text, const QString& name, const QString& tip) {
    auto* made = new QPushButton(text, this);
    made->setAccessibleName(name);
    made->setToolTip(tip);
    made->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    // Before the style is known a button asks for far more room than it will need.
    made->setMinimumWidth(24);
    made->setStyleSheet(QStringLiteral("padding: 2px 8px"));
    return made;
}

SequencePane::SequencePane(PlaybackModel& playback, SequenceModel& sequence, const Theme& theme, QWidget* parent)
    : QWidget(parent), playback_(playback), sequence_(sequence), theme_(theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 0, 4, 8);
    column->setSpacing(4);
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    by_order_ = button(tr("Order"), tr("Rows by order"), tr("Every event has a row of its own, in order"));
    by_time_ = button(tr("Time"), tr("Rows by virtual time"), tr("Every event stands at its virtual time"));
    for (QPushButton* each : {by_order_, by_time_}) {
        each->setCheckable(true);
        each->setAutoExclusive(true);
        row->addWidget(each);
    }
    by_order_->setChecked(true);
    row->addSpacing(6);
    auto* nearer = button(QStringLiteral("+"), tr("Zoom in"), tr("Zoom in (+, or Ctrl and the wheel)"));
    auto* farther = button(QStringLiteral("−"), tr("Zoom out"), tr("Zoom out (−, or Ctrl and the wheel)"));
    auto* whole = button(tr("Whole"), tr("Show the whole run"), tr("Zoom out until the whole run is in sight"));
    row->addWidget(farther);
    row->addWidget(nearer);
    row->addWidget(whole);
    row->addStretch(1);
    export_ = button(tr("Export"), tr("Export the diagram"), tr("Write the diagram to SVG or PNG files"));
    auto* menu = new QMenu(export_);
    menu->addAction(tr("The &whole diagram, in pages…"), this, [this] { choose_file(Part::whole); });
    menu->addAction(tr("The &visible part…"), this, [this] { choose_file(Part::visible); });
    menu->addAction(tr("The present &operation…"), this, [this] { choose_file(Part::operation); });
    export_->setMenu(menu);
    row->addWidget(export_);
    column->addLayout(row);
    view_ = new SequenceView(playback, sequence, theme, this);
    column->addWidget(view_, 1);
    connect(by_order_, &QPushButton::clicked, view_, [this] { view_->set_by_time(false); });
    connect(by_time_, &QPushButton::clicked, view_, [this] { view_->set_by_time(true); });
    connect(nearer, &QPushButton::clicked, view_, [this] { view_->zoom(1.4); });
    connect(farther, &QPushButton::clicked, view_, [this] { view_->zoom(1 / 1.4); });
    connect(whole, &QPushButton::clicked, view_, &SequenceView::show_whole);
    connect(view_, &SequenceView::axis_changed, this, [this] { (view_->axis().by_time ? by_time_ : by_order_)->setChecked(true); });
    connect(view_, &SequenceView::summary_changed, this, &SequencePane::summary_changed);
    connect(&sequence, &SequenceModel::index_changed, this, [this] { export_->setEnabled(sequence_.index() != nullptr); });
    export_->setEnabled(false);
}

// Where there is little width the words stay whole and the buttons give up their margins.
void SequencePane::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const bool narrow = width() < 310;
    if (narrow == narrow_) return;
    narrow_ = narrow;
    for (QPushButton* each : findChildren<QPushButton*>(QString(), Qt::FindDirectChildrenOnly)) {
        each->setMinimumWidth(narrow ? 20 : 24);
        each->setStyleSheet(narrow ? QStringLiteral("padding: 2px 3px") : QStringLiteral("padding: 2px 8px"));
    }
}

void SequencePane::choose_file(Part part) {
    if (!sequence_.index()) return;
    auto* dialog = new QFileDialog(this, tr("Export the sequence diagram"), QString(), tr("SVG drawing (*.svg);;PNG picture (*.png)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("svg"));
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
        dialog->setDefaultSuffix(filter.contains(QLatin1String("*.png")) ? QStringLiteral("png") : QStringLiteral("svg"));
    });
    const QString id = playback_.session() ? playback_.session()->id : QString();
    dialog->selectFile((id.isEmpty() ? QStringLiteral("session") : id) + QStringLiteral("-sequence"));
    connect(dialog, &QFileDialog::fileSelected, this, [this, part](const QString& path) { export_to(part, path); });
    dialog->open();
}

void SequencePane::export_to(Part part, const QString& path) {
    const SessionPointer session = playback_.session();
    if (!session || !sequence_.index()) return;
    QString file = path;
    if (!file.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive) && !file.endsWith(QLatin1String(".png"), Qt::CaseInsensitive)) {
        file += QStringLiteral(".svg");
    }
    SequenceExport what{SequenceLook(theme_)};
    what.session = session;
    what.index = sequence_.index();
    what.title = session->title;
    what.by_time = view_->axis().by_time;
    what.findings = sequence_.findings();
    if (what.by_time) what.scale = view_->axis().scale;
    switch (part) {
        case Part::whole: break;
        case Part::visible:
            what.scale = view_->axis().scale;
            what.top = view_->top();
            what.height = view_->room();
            what.width = view_->viewport()->width();
            what.at = playback_.position();
            break;
        case Part::operation: {
            const trace::Operation* operation = playback_.operation();
            if (operation == nullptr) return;
            what.title += QStringLiteral(" · ") + tr("operation %1").arg(operation_text(*session->history, operation->id));
            // Found on the worker: an operation may span a long run.
            Q_EMIT export_wanted(tr("Exporting the diagram"), [what, file, session, id = operation->id](LoadControl& control) mutable {
                what.index = SequenceModel::index_of_operation(session, id);
                return export_sequence(std::move(what), file)(control);
            });
            return;
        }
    }
    Q_EMIT export_wanted(tr("Exporting the diagram"), export_sequence(std::move(what), file));
}

}  // namespace chimneylab::desktop

#include "moc_sequence_pane.cpp"
