// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/timing_model.h"

#include <algorithm>

namespace chimneylab::desktop {

using report::Clock;

QString clock_word(ClockKind kind) {
    switch (kind) {
        case ClockKind::virtual_time: return TimingModel::tr("virtual");
        case ClockKind::measured: return TimingModel::tr("measured");
        case ClockKind::recorded: break;
    }
    return TimingModel::tr("recorded");
}

QString clock_explanation(ClockKind kind) {
    switch (kind) {
        case ClockKind::virtual_time: return TimingModel::tr("Virtual time: the model's clock. Good for order and proportion, the same on every run of this schedule; no performance figures.");
        case ClockKind::measured: return TimingModel::tr("Measured time: nanoseconds of this machine during this run. Recording is part of it.");
        case ClockKind::recorded: break;
    }
    return TimingModel::tr("Recorded time: nanoseconds of the machine that recorded the session, when it did. Recording is part of it.");
}

Clock clock_of(ClockKind kind) { return kind == ClockKind::virtual_time ? Clock::virtual_time : Clock::measured_time; }

std::vector<ClockKind> clocks_of(const Session& session) {
    const trace::Trace& trace = *session.trace;
    if (trace.empty()) return {};
    const trace::Event& last = trace.events().back();
    const bool measured = last.measured_time > trace.events().front().measured_time;
    // Who has no virtual clock tells the one it has twice.
    bool apart = last.virtual_time != last.measured_time;
    for (std::uint32_t i = 0; !apart && i < std::min<std::size_t>(trace.size(), 1000); ++i) {
        const trace::Event& event = trace.event(trace::EventId(i));
        apart = event.virtual_time != event.measured_time;
    }
    std::vector<ClockKind> kinds;
    if (apart || !measured) kinds.push_back(ClockKind::virtual_time);
    if (measured) {
        const std::string& producer = trace.description().producer;
        const bool here = session.path.isEmpty() && apart && (producer.empty() || producer.starts_with("chimneylab"));
        kinds.push_back(here ? ClockKind::measured : ClockKind::recorded);
    }
    return kinds;
}

const report::Distribution* Timing::all_of(report::Subject subject) const {
    for (const auto& [its, times] : together) {
        if (its == subject) return &times;
    }
    const auto series = series_of(subject);
    return series.size() == 1 ? &series.front()->times : nullptr;
}

std::vector<const report::Series*> Timing::series_of(report::Subject subject) const {
    std::vector<const report::Series*> found;
    for (const report::Series& each : statistics.series) {
        if (each.subject == subject) found.push_back(&each);
    }
    return found;
}

QString Timing::title(const QString& figure) const {
    const QString time = TimingModel::tr("%1 time").arg(clock_word(kind));
    return session->title.isEmpty() ? figure + QStringLiteral(", ") + time : session->title + QStringLiteral(": ") + figure + QStringLiteral(", ") + time;
}

TimingPointer make_timing(SessionPointer session, ClockKind kind, const report::Control& control) {
    auto timing = std::make_shared<Timing>();
    timing->session = std::move(session);
    timing->kind = kind;
    const trace::History& history = *timing->session->history;
    const Clock clock = clock_of(kind);
    // A share of the progress for each part.
    const auto part = [&control](int from, int to) {
        report::Control its;
        its.cancel = control.cancel;
        its.progress = [&control, from, to](int percent) { control.tell(from + (to - from) * percent / 100); };
        return its;
    };
    timing->statistics = report::statistics(history, clock, part(0, 45));
    if (control.cancelled()) return nullptr;
    for (std::size_t i = 0; i < timing->statistics.series.size();) {
        const report::Subject subject = timing->statistics.series[i].subject;
        std::size_t end = i;
        while (end < timing->statistics.series.size() && timing->statistics.series[end].subject == subject) ++end;
        if (end - i > 1) {
            report::Distribution all;
            for (std::size_t k = i; k < end; ++k) {
                for (const report::Sample& sample : timing->statistics.series[k].times.samples()) all.add(sample.value, sample.event);
            }
            all.settle();
            timing->together.emplace_back(subject, std::move(all));
        }
        i = end;
    }
    if (control.cancelled()) return nullptr;
    timing->load = report::load_over_time(history, clock, part(50, 70));
    if (control.cancelled()) return nullptr;
    timing->waterfall = WaterfallIndex(history, clock, part(70, 85));
    if (control.cancelled()) return nullptr;
    timing->entries = EntryMapIndex(history, clock, part(85, 90));
    if (control.cancelled()) return nullptr;
    control.tell(90);
    if (kind != ClockKind::virtual_time) timing->cost = report::measure_recorder_cost(*timing->session->trace);
    if (control.cancelled()) return nullptr;
    return timing;
}

TimingModel::TimingModel(PlaybackModel& playback, QObject* parent) : QObject(parent), playback_(playback) {
    connect(&playback, &PlaybackModel::session_changed, this, &TimingModel::open_session);
    connect(&worker_, &Background::changed, this, &TimingModel::progressed);
    // A live session has grown, or it rests and can be worked out.
    playback.tell_growth(this, [this] {
        if (!timing_ && !worker_.busy() && !cancelled_) open_session();
    });
    open_session();
}

void TimingModel::open_session() {
    worker_.forget();
    timing_.reset();
    cancelled_ = false;
    clocks_ = playback_.session() ? clocks_of(*playback_.session()) : std::vector<ClockKind>();
    kind_ = ClockKind::virtual_time;
    if (!clocks_.empty()) kind_ = wants_measured_ ? clocks_.back() : clocks_.front();
    Q_EMIT changed();
}

void TimingModel::require() {
    if (timing_ || worker_.busy() || cancelled_ || clocks_.empty() || playback_.session()->growing) return;
    start();
}

void TimingModel::start() {
    const SessionPointer session = playback_.session();
    const ClockKind kind = kind_;
    const auto take = [this](TimingPointer made) {
        const bool other = !timing_ || made == nullptr || timing_->whole() != made->whole();
        timing_ = std::move(made);
        if (other && timing_) {
            // What comes before the first operation is no more than an eighth of what one sees first.
            const TimeSpan whole = timing_->whole();
            const double opening = playback_.session()->opening.valid() ? static_cast<double>(timing_->time_of(playback_.session()->opening)) : whole.from;
            const double before = std::min(opening - whole.from, (whole.to - opening) / 7);
            visible_ = {opening - before, whole.to};
            if (visible_.length() < 1) visible_ = {whole.from, std::max(whole.to, whole.from + 1)};
        }
        Q_EMIT changed();
        Q_EMIT span_changed();
    };
    // What recording costs is measured, which takes its time whatever the length.
    if (session->trace->size() <= at_once && kind == ClockKind::virtual_time) {
        take(make_timing(session, kind));
        return;
    }
    worker_.start([session, kind, take](Background::Control& control) -> std::function<void()> {
        report::Control its;
        its.cancel = &control.cancel;
        its.progress = [&control](int percent) { control.percent = percent; };
        TimingPointer made = make_timing(session, kind, its);
        if (!made) return {};
        return [take, made = std::move(made)] { take(made); };
    });
}

void TimingModel::cancel() {
    if (!worker_.busy()) return;
    cancelled_ = true;
    worker_.forget();
    Q_EMIT changed();
}

void TimingModel::again() {
    cancelled_ = false;
    require();
    Q_EMIT progressed();
}

void TimingModel::choose_clock(ClockKind kind) {
    if (kind == kind_ || std::ranges::find(clocks_, kind) == clocks_.end()) return;
    kind_ = kind;
    wants_measured_ = kind != ClockKind::virtual_time;
    worker_.forget();
    timing_.reset();
    cancelled_ = false;
    Q_EMIT changed();
}

void TimingModel::show_span(TimeSpan span) {
    if (!timing_) return;
    const TimeSpan clamped = moved({span.from, std::max(span.to, span.from + 1)}, 0, timing_->whole());
    if (clamped == visible_) return;
    visible_ = clamped;
    Q_EMIT span_changed();
}

void TimingModel::show_whole() {
    if (timing_) show_span({timing_->whole().from, timing_->whole().to});
}

void TimingModel::zoom(double factor, double centre) {
    if (timing_) show_span(zoomed(visible_, factor, centre, timing_->whole()));
}

void TimingModel::follow() {
    if (!timing_ || !playback_.position().valid()) return;
    const auto at = static_cast<double>(timing_->time_of(playback_.position()));
    if (at >= visible_.from && at <= visible_.to) return;
    show_span({at - visible_.length() * 0.4, at + visible_.length() * 0.6});
}

}  // namespace chimneylab::desktop

#include "moc_timing_model.cpp"
