// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/charts/latency_pane.h"

#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "app/desktop/models/event_text.h"
#include "app/desktop/models/time_axis.h"

namespace chimneylab::desktop {

namespace {

// In two words, for a narrow pane; the whole title is in the tool tip.
QString short_title(report::Subject subject) {
    using report::Subject;
    switch (subject) {
        case Subject::operation: return LatencyPane::tr("Operations");
        case Subject::layer_total: return LatencyPane::tr("Layers");
        case Subject::layer_own: return LatencyPane::tr("In layers");
        case Subject::layer_below: return LatencyPane::tr("Below layers");
        case Subject::driver_own: return LatencyPane::tr("In drivers");
        case Subject::driver_below: return LatencyPane::tr("Below drivers");
        case Subject::conversion: return LatencyPane::tr("Conversions");
        case Subject::call_entry: return LatencyPane::tr("Call entries");
        case Subject::work_waiting: return LatencyPane::tr("Waiting work");
    }
    return to_qstring(report::subject_title(subject));
}

}  // namespace

LatencyPane::LatencyPane(PlaybackModel& playback, TimingModel& timing, const Theme& theme, QWidget* parent)
    : ChartPane(playback, timing, theme, tr("Latency"), parent) {
    figure_box_ = combo(tr("Figure"), tr("A histogram, or the curves of the percentiles"));
    figure_box_->addItem(tr("Histogram"));
    figure_box_->addItem(tr("Percentiles"));
    figure_box_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    add_control(figure_box_, 1000);
    auto* second = new QHBoxLayout;
    second->setSpacing(4);
    subject_ = combo(tr("What the times are of"), tr("What the times are of"));
    series_ = combo(tr("Which of them"), tr("All of them together, or one"));
    // They share the width there is; what does not fit is elided and told by the tool tip.
    for (QComboBox* each : {subject_, series_}) {
        each->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
        second->addWidget(each, 1);
    }
    auto* column = static_cast<QVBoxLayout*>(layout());
    column->insertLayout(1, second);
    view_ = new LatencyView(playback, theme, this);
    set_chart(view_);
    words_ = new QLabel(this);
    words_->setTextFormat(Qt::PlainText);
    words_->setWordWrap(true);
    words_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    words_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Minimum);
    column->addWidget(words_);
    connect(figure_box_, &QComboBox::activated, this, [this] { refresh(); });
    connect(subject_, &QComboBox::activated, this, [this](int index) {
        wanted_subject_ = subject_->itemData(index).toInt();
        filled_.reset();
        refresh();
    });
    connect(series_, &QComboBox::activated, this, [this] { refresh(); });
    const auto restyle = [this] { words_->setStyleSheet(QStringLiteral("color: %1; font-size: 11px").arg(theme_.tokens().quiet_text.name())); };
    connect(&theme, &Theme::changed, this, restyle);
    restyle();
    fill_boxes();
}

void LatencyPane::show_subject(report::Subject subject) {
    wanted_subject_ = static_cast<int>(subject);
    filled_.reset();
    refresh();
}

void LatencyPane::show_percentiles(bool percentiles) {
    figure_box_->setCurrentIndex(percentiles ? 1 : 0);
    refresh();
}

QString LatencyPane::nothing_to_show() const {
    return timing()->statistics.series.empty() ? tr("No operation came to its end in this session, so there is no time to show.\nRun a scenario with an initiate, or let the run go on.") : QString();
}

void LatencyPane::fill_boxes() {
    const bool there = timing() != nullptr;
    if (there && filled_ == timing()) return;
    filled_ = timing();
    const QSignalBlocker quiet_subject(subject_), quiet_series(series_);
    subject_->clear();
    series_->clear();
    if (there) {
        for (const report::Series& each : timing()->statistics.series) {
            const int subject = static_cast<int>(each.subject);
            if (subject_->count() == 0 || subject_->itemData(subject_->count() - 1).toInt() != subject) {
                subject_->addItem(short_title(each.subject), subject);
                subject_->setItemData(subject_->count() - 1, to_qstring(report::subject_title(each.subject)), Qt::ToolTipRole);
                if (subject == wanted_subject_) subject_->setCurrentIndex(subject_->count() - 1);
            }
        }
        const auto series = timing()->series_of(static_cast<report::Subject>(subject_->currentData().toInt()));
        series_->addItem(series.size() == 1 ? to_qstring(series.front()->name) : tr("all %1").arg(series.size()), series.size() == 1 ? 0 : -1);
        for (std::size_t i = 0; series.size() > 1 && i < series.size(); ++i) series_->addItem(to_qstring(series[i]->name), static_cast<int>(i));
    }
    for (QComboBox* each : {subject_, series_}) {
        if (each->count() == 0) each->addItem(QStringLiteral("–"));
        each->setEnabled(each->count() > 1);
    }
}

void LatencyPane::show_figure() {
    fill_boxes();
    subject_->setToolTip(subject_->currentData(Qt::ToolTipRole).toString());
    series_->setToolTip(series_->currentText());
    view_->show_series(timing(), static_cast<report::Subject>(subject_->currentData().toInt()), series_->currentData().toInt(), figure_box_->currentIndex() == 1);
    view_->setAccessibleName(tr("%1 of %2, %3 time").arg(figure_box_->currentText(), subject_->currentText(), clock_word(timing()->kind)));
    tell();
}

void LatencyPane::tell() {
    const auto times = view_->samples();
    if (times.empty()) {
        words_->clear();
        return;
    }
    const auto at_share = [&](double percent) {
        const double rank = std::ceil(percent / 100 * static_cast<double>(times.size()) - 1e-9);
        return short_time(static_cast<double>(times[std::min(times.size() - 1, static_cast<std::size_t>(std::max(rank, 1.0)) - 1)].value));
    };
    QString words = tr("p50 %1   p99 %2   max %3").arg(at_share(50), at_share(99), at_share(100));
    if (timing()->cost) {
        double events = 0, count = 0;
        for (const report::Series* each : view_->shown_series()) {
            events += static_cast<double>(each->events_within);
            count += static_cast<double>(each->times.count());
        }
        const double per_event = timing()->cost->per_event;
        words += tr("\nrecorder: %1 an event, about %2 of each").arg(short_time(per_event), short_time(count > 0 ? events / count * per_event : 0));
    }
    words_->setText(words);
    view_->setAccessibleDescription(words + QLatin1Char('\n') + clock_explanation(timing()->kind));
}

FigureTable LatencyPane::figure_table() const {
    if (figure_box_->currentIndex() == 0) return view_->bars_as_table();
    return series_table(timing()->title(tr("latency")), timing(), view_->shown_series(), timing()->cost ? std::optional(timing()->cost->per_event) : std::nullopt);
}

QString LatencyPane::figure_summary() const {
    return tr("%1 · %L2").arg(clock_word(timing()->kind)).arg(view_->samples().size());
}

}  // namespace chimneylab::desktop

#include "moc_latency_pane.cpp"
