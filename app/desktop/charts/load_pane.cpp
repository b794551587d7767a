// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/charts/load_pane.h"

#include <QSignalBlocker>
#include <QVBoxLayout>

#include "app/desktop/models/event_text.h"
#include "app/desktop/models/time_axis.h"

namespace chimneylab::desktop {

LoadPane::LoadPane(LoadView::Figure figure, PlaybackModel& playback, TimingModel& timing, const Theme& theme, QWidget* parent)
    : ChartPane(playback, timing, theme, figure == LoadView::Figure::occupancy ? tr("Occupancy") : tr("Throughput"), parent), its_(figure) {
    if (figure == LoadView::Figure::occupancy) {
        curve_ = combo(tr("Occupancy of what"), tr("How many of what there were at once"));
        curve_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
        curve_->addItem(QStringLiteral("–"));
        curve_->setEnabled(false);
        add_control(curve_, 1000);
        connect(curve_, &QComboBox::activated, this, [this](int index) {
            wanted_ = curve_->itemText(index);
            refresh();
        });
    }
    add_zoom_buttons();
    view_ = new LoadView(figure, playback, timing, theme, this);
    set_chart(view_);
    words_ = new QLabel(this);
    words_->setTextFormat(Qt::PlainText);
    words_->setWordWrap(true);
    words_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    words_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Minimum);
    layout()->addWidget(words_);
    const auto restyle = [this] { words_->setStyleSheet(QStringLiteral("color: %1; font-size: 11px").arg(theme_.tokens().quiet_text.name())); };
    connect(&theme, &Theme::changed, this, restyle);
    restyle();
}

QString LoadPane::nothing_to_show() const {
    if (its_ == LoadView::Figure::throughput) {
        if (timing()->load.finishes.empty()) return tr("No operation came to its end in this session.\nRun a scenario with an initiate, or let the run go on.");
        return {};
    }
    return timing()->load.occupancy.empty() ? tr("Nothing was held in this session: no operation, no call entry, no memory.\nRun a scenario with an initiate.") : QString();
}

void LoadPane::fill_box() {
    if (curve_ == nullptr || filled_ == timing()) return;
    filled_ = timing();
    const QSignalBlocker quiet(curve_);
    curve_->clear();
    for (const report::LoadCurve& each : timing()->load.occupancy) {
        curve_->addItem(to_qstring(each.name));
        const bool entries = each.what == report::Occupancy::What::call_entries;
        // At first the call entries: that is what the lab is about.
        if (wanted_.isEmpty() ? entries && timing()->load.occupancy[static_cast<std::size_t>(curve_->currentIndex())].what != each.what : curve_->itemText(curve_->count() - 1) == wanted_) {
            curve_->setCurrentIndex(curve_->count() - 1);
        }
    }
    curve_->setEnabled(curve_->count() > 1);
}

void LoadPane::show_figure() {
    fill_box();
    view_->show_timing(timing(), curve_ == nullptr ? 0 : curve_->currentIndex());
    QString words;
    if (its_ == LoadView::Figure::occupancy) {
        curve_->setToolTip(curve_->currentText());
        const report::LoadCurve* curve = view_->curve();
        for (const report::Occupancy& each : timing()->statistics.occupancy) {
            if (curve == nullptr || each.what != curve->what || each.layer != curve->layer) continue;
            words = tr("most %L1 at event %2 · mean %3 · %L4 at the end").arg(each.high_water).arg(each.high_water_at.value).arg(each.mean, 0, 'f', 2).arg(each.at_end);
        }
        view_->setAccessibleName(tr("Occupancy: %1 over %2 time").arg(curve_->currentText(), clock_word(timing()->kind)));
    } else {
        const report::Throughput& through = timing()->statistics.throughput;
        words = tr("%L1 operations with %L2 blocks in %3").arg(through.operations).arg(through.blocks).arg(time_text(through.time));
        if (through.operations_per_second) words += tr(" · %L1 operations a second of %2 time").arg(*through.operations_per_second, 0, 'f', 0).arg(clock_word(timing()->kind));
        view_->setAccessibleName(tr("Throughput: operations a second of %1 time").arg(clock_word(timing()->kind)));
    }
    if (timing()->cost) words += tr("\nrecorder: %1 an event, part of this time").arg(short_time(timing()->cost->per_event));
    words_->setText(words);
    view_->setAccessibleDescription(words + QLatin1Char('\n') + clock_explanation(timing()->kind));
}

QString LoadPane::figure_summary() const {
    if (its_ == LoadView::Figure::throughput) return tr("%1 · operations a second").arg(clock_word(timing()->kind));
    return clock_word(timing()->kind);
}

}  // namespace chimneylab::desktop

#include "moc_load_pane.cpp"
