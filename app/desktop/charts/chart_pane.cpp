// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/charts/chart_pane.h"

#include <QFileDialog>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include "app/desktop/charts/chart_export.h"
#include "app/desktop/theme/keep_keys.h"

namespace chimneylab::desktop {

namespace {
constexpr QSize least_export(960, 420);
constexpr int narrow = 320;  // under this width buttons have signs in place of words, and keys and the wheel do the zooming
}

ChartPane::ChartPane(PlaybackModel& playback, TimingModel& timing, const Theme& theme, QString figure, QWidget* parent)
    : QWidget(parent), playback_(playback), timing_(timing), theme_(theme), figure_(std::move(figure)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 0, 6, 8);
    column->setSpacing(4);
    controls_ = new QHBoxLayout;
    controls_->setSpacing(4);
    clock_ = combo(tr("Clock"), tr("Whose time the figure shows; the two are never mixed"));
    as_table_ = tool(tr("Table"), tr("Show as a table"), tr("The same as a table: Enter in a row goes to its event"));
    as_table_->setCheckable(true);
    export_ = tool(tr("Export"), tr("Export the chart"), tr("Write the chart to a PNG, SVG or CSV file"));
    export_->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(export_);
    menu->addAction(tr("Picture (&PNG)…"), this, [this] { choose_file(QStringLiteral("png"), tr("PNG picture (*.png)")); });
    menu->addAction(tr("Drawing (&SVG)…"), this, [this] { choose_file(QStringLiteral("svg"), tr("SVG drawing (*.svg)")); });
    menu->addAction(tr("Table (&CSV)…"), this, [this] { choose_file(QStringLiteral("csv"), tr("Table (*.csv)")); });
    export_->setMenu(menu);
    corner_ = new QWidget(this);
    auto* corner = new QHBoxLayout(corner_);
    corner->setContentsMargins(0, 0, 0, 0);
    corner->setSpacing(4);
    corner->addWidget(as_table_);
    corner->addWidget(export_);
    controls_->addWidget(clock_);
    controls_->addStretch(1);
    controls_->addWidget(corner_);
    column->addLayout(controls_);

    stack_ = new QStackedWidget(this);
    column->addWidget(stack_, 1);
    table_ = new QTableView(stack_);
    table_->setModel(&table_model_);
    table_->setAccessibleName(tr("%1 as a table").arg(figure_));
    table_->setTabKeyNavigation(false);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setFrameShape(QFrame::NoFrame);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table_->verticalHeader()->setDefaultSectionSize(21);
    table_->horizontalHeader()->setHighlightSections(false);
    keep_arrow_keys(table_);
    stack_->addWidget(table_);
    message_page_ = new QWidget(stack_);
    auto* words = new QVBoxLayout(message_page_);
    words->setContentsMargins(8, 8, 8, 8);
    message_ = new QLabel(message_page_);
    message_->setWordWrap(true);
    message_->setAlignment(Qt::AlignCenter);
    progress_ = new QProgressBar(message_page_);
    progress_->setTextVisible(false);
    progress_->setAccessibleName(tr("Progress"));
    button_ = new QPushButton(message_page_);
    button_->setAccessibleName(tr("Cancel or compute"));
    words->addStretch(1);
    words->addWidget(message_);
    words->addWidget(progress_);
    words->addWidget(button_, 0, Qt::AlignHCenter);
    words->addStretch(1);
    stack_->addWidget(message_page_);

    connect(button_, &QPushButton::clicked, this, [this] {
        if (timing_.busy()) timing_.cancel();
        else timing_.again();
    });
    connect(clock_, &QComboBox::activated, this, [this](int index) { timing_.choose_clock(static_cast<ClockKind>(clock_->itemData(index).toInt())); });
    connect(as_table_, &QToolButton::toggled, this, [this] { refresh(); });
    connect(table_, &QTableView::clicked, this, &ChartPane::go_to_row);
    connect(table_, &QTableView::activated, this, &ChartPane::go_to_row);
    connect(&timing, &TimingModel::changed, this, [this] {
        if (isVisible()) timing_.require();
        refresh();
    });
    connect(&timing, &TimingModel::progressed, this, &ChartPane::refresh);
    connect(&theme, &Theme::changed, this, &ChartPane::apply_theme);
}

QComboBox* ChartPane::combo(const QString& name, const QString& tip) {
    auto* made = new QComboBox(this);
    made->setAccessibleName(name);
    made->setToolTip(tip);
    made->setProperty("compact", true);
    made->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    made->setMinimumContentsLength(4);
    made->setMinimumWidth(40);
    made->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    return made;
}

QToolButton* ChartPane::tool(const QString& text, const QString& name, const QString& tip) {
    auto* made = new QToolButton(this);
    made->setText(text);
    made->setAccessibleName(name);
    made->setToolTip(tip);
    made->setFocusPolicy(Qt::TabFocus);
    return made;
}

void ChartPane::add_control(QWidget* control, int stretch) {
    // Before the room that keeps the corner at the right.
    controls_->insertWidget(controls_->count() - 2, control, stretch);
}

void ChartPane::add_zoom_buttons() {
    auto* farther = tool(QStringLiteral("−"), tr("Zoom out"), tr("Zoom out (−, or Ctrl and the wheel)"));
    auto* nearer = tool(QStringLiteral("+"), tr("Zoom in"), tr("Zoom in (+, or Ctrl and the wheel)"));
    auto* whole = tool(tr("Whole"), tr("Show the whole run"), tr("The whole run (0)"));
    zoom_ = {farther, nearer, whole};
    for (QToolButton* each : zoom_) add_control(each);
    fit_controls();
    const auto centre = [this] {
        const TimeSpan span = timing_.visible();
        if (timing() && playback_.position().valid()) {
            const auto here = static_cast<double>(timing()->time_of(playback_.position()));
            if (here >= span.from && here <= span.to) return here;
        }
        return (span.from + span.to) / 2;
    };
    connect(farther, &QToolButton::clicked, this, [this, centre] { timing_.zoom(1.5, centre()); });
    connect(nearer, &QToolButton::clicked, this, [this, centre] { timing_.zoom(1 / 1.5, centre()); });
    connect(whole, &QToolButton::clicked, this, [this] { timing_.show_whole(); });
}

QSize ChartPane::minimumSizeHint() const { return {204, QWidget::minimumSizeHint().height()}; }

void ChartPane::fit_controls() {
    const bool words = width() >= narrow;
    as_table_->setText(words ? tr("Table") : QStringLiteral("▤"));
    export_->setText(words ? tr("Export") : QStringLiteral("⤓"));
    for (QToolButton* each : zoom_) each->setVisible(words);
}

void ChartPane::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fit_controls();
}

void ChartPane::set_chart(QWidget* chart) {
    chart_ = chart;
    stack_->insertWidget(0, chart);
    apply_theme();
}

void ChartPane::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    timing_.require();
    refresh();
}

QString ChartPane::message() const { return stack_->currentWidget() == message_page_ ? message_->text() : QString(); }

void ChartPane::show_clocks() {
    const QSignalBlocker quiet(clock_);
    clock_->clear();
    for (const ClockKind kind : timing_.clocks()) {
        clock_->addItem(clock_word(kind), static_cast<int>(kind));
        clock_->setItemData(clock_->count() - 1, clock_explanation(kind), Qt::ToolTipRole);
        if (kind == timing_.clock()) clock_->setCurrentIndex(clock_->count() - 1);
    }
    if (timing_.clocks().empty()) clock_->addItem(tr("no time"));
    clock_->setEnabled(clock_->count() > 1);
    clock_->setToolTip(timing_.clocks().empty() ? tr("Whose time the figure shows; the two are never mixed") : clock_explanation(timing_.clock()));
}

void ChartPane::refresh() {
    if (!isVisible()) return;  // the next showEvent does it
    show_clocks();
    QString words;
    bool working = false, stopped = false;
    if (!playback_.session()) {
        words = tr("%1 of the session on stage.\nRun a scenario or open a session.").arg(figure_);
    } else if (playback_.session()->growing) {
        words = tr("%1 of a live session is drawn when the view is paused or the session has ended.").arg(figure_);
    } else if (timing_.busy()) {
        working = true;
        words = tr("Working out the figures of %L1 events…").arg(playback_.event_count());
    } else if (timing_.cancelled()) {
        stopped = true;
        words = tr("The figures were not worked out: you stopped it.");
    } else if (timing()) {
        words = nothing_to_show();
    }
    const bool anything = timing() != nullptr && words.isEmpty();
    message_->setText(words);
    progress_->setVisible(working);
    progress_->setRange(0, 100);
    progress_->setValue(timing_.percent());
    button_->setVisible(working || stopped);
    button_->setText(working ? tr("Cancel") : tr("Work them out"));
    export_->setEnabled(anything);
    as_table_->setEnabled(anything);
    if (!anything) {
        hide_figure();
        stack_->setCurrentWidget(message_page_);
        table_model_.set_table({});
    } else {
        show_figure();
        stack_->setCurrentWidget(as_table_->isChecked() ? static_cast<QWidget*>(table_) : chart_);
        if (as_table_->isChecked()) show_table();
    }
    Q_EMIT summary_changed(anything ? figure_summary() : QString());
}

void ChartPane::show_table() {
    table_model_.set_table(figure_table());
    for (int column = 0; column < table_model_.columnCount(); ++column) {
        int wide = table_->horizontalHeader()->sectionSizeHint(column);
        // The first rows tell well enough how wide a column is.
        for (int row = 0; row < std::min(40, table_model_.rowCount()); ++row) {
            wide = std::max(wide, table_->fontMetrics().horizontalAdvance(table_model_.index(row, column).data().toString()) + 18);
        }
        table_->setColumnWidth(column, std::min(wide, 320));
    }
}

void ChartPane::go_to_row(const QModelIndex& index) {
    const trace::EventId event(index.data(FigureTableModel::event_role).toUInt());
    if (!event.valid()) return;
    playback_.pause();
    playback_.seek(event);
}

void ChartPane::choose_file(const QString& ending, const QString& filter) {
    auto* dialog = new QFileDialog(this, tr("Export: %1").arg(figure_), QString(), filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(ending);
    const QString id = playback_.session() ? playback_.session()->id : QString();
    dialog->selectFile((id.isEmpty() ? QStringLiteral("session") : id) + QLatin1Char('-') + figure_.toLower().replace(QLatin1Char(' '), QLatin1Char('-')) + QLatin1Char('.') + ending);
    connect(dialog, &QFileDialog::fileSelected, this, &ChartPane::export_to);
    dialog->open();
}

void ChartPane::export_to(const QString& path) {
    if (!timing()) return;
    QString file = path;
    bool known = false;
    for (const char* ending : {".png", ".svg", ".csv"}) known = known || file.endsWith(QLatin1String(ending), Qt::CaseInsensitive);
    if (!known) file += QStringLiteral(".png");
    ChartFigure figure;
    figure.title = timing()->title(figure_);
    figure.ground = theme_.tokens().panel;
    figure.table = figure_table();
    constexpr int margin = 12, title_height = 26;
    const QSize inside = chart_->size().expandedTo(least_export);
    figure.size = inside + QSize(2 * margin, 2 * margin + title_height);
    if (!file.endsWith(QLatin1String(".csv"), Qt::CaseInsensitive)) {
        QPainter painter(&figure.picture);
        painter.setFont(theme_.words(measure::title_text, QFont::DemiBold));
        painter.setPen(theme_.tokens().text);
        painter.drawText(QRectF(margin, margin, inside.width(), title_height), Qt::AlignLeft | Qt::AlignTop, figure.title + QStringLiteral("  ·  ") + figure_summary());
        painter.translate(margin, margin + title_height);
        paint_figure(painter, inside);
    }
    Q_EMIT export_wanted(tr("Exporting the chart"), export_chart(std::move(figure), file));
}

void ChartPane::apply_theme() {
    message_->setStyleSheet(QStringLiteral("color: %1").arg(theme_.tokens().quiet_text.name()));
    refresh();
}

}  // namespace chimneylab::desktop

#include "moc_chart_pane.cpp"
