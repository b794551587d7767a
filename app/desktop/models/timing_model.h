// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the charts show: the statistics, the load, the waterfall and the call-entry map of the session on stage, by one
// clock at a time. Worked out on a thread of its own when a chart is in sight, with progress and a way to stop; a short
// run at once. Also the span of time that all charts of time show together. GUI thread only, except the data.
#pragma once

#include <QObject>
#include <memory>
#include <vector>

#include "app/desktop/models/background.h"
#include "app/desktop/models/entry_map_index.h"
#include "app/desktop/models/playback_model.h"
#include "app/desktop/models/waterfall_index.h"
#include "engine/report/load.h"
#include "engine/report/statistics.h"

namespace chimneylab::desktop {

// What a figure's times are. Never two of them in one figure.
enum class ClockKind {
    virtual_time,  // the model's clock
    measured,      // nanoseconds of this machine, run just now, recording included
    recorded,      // nanoseconds of the machine that recorded the session, then
};
[[nodiscard]] QString clock_word(ClockKind kind);         // "virtual"
[[nodiscard]] QString clock_explanation(ClockKind kind);  // a sentence
[[nodiscard]] report::Clock clock_of(ClockKind kind);
// The clocks a session has times of: a live driver has no virtual clock, a hand-made trace no other.
[[nodiscard]] std::vector<ClockKind> clocks_of(const Session& session);

struct Timing {
    SessionPointer session;  // keeps alive what the rest reads
    ClockKind kind = ClockKind::virtual_time;
    report::Statistics statistics;
    // Of each subject that has several series: all of them together.
    std::vector<std::pair<report::Subject, report::Distribution>> together;
    report::Load load;
    std::optional<report::RecorderCost> cost;  // not for virtual times
    WaterfallIndex waterfall;
    EntryMapIndex entries;
    [[nodiscard]] const report::Distribution* all_of(report::Subject subject) const;
    [[nodiscard]] std::vector<const report::Series*> series_of(report::Subject subject) const;
    [[nodiscard]] TimeSpan whole() const { return waterfall.whole(); }
    [[nodiscard]] trace::Nanoseconds time_of(trace::EventId event) const { return waterfall.time_of(event); }
    // "M2 · Query through two drivers, virtual time": the heading of figures and files.
    [[nodiscard]] QString title(const QString& figure) const;
};
using TimingPointer = std::shared_ptr<const Timing>;

// Null when it was cancelled. Any thread.
[[nodiscard]] TimingPointer make_timing(SessionPointer session, ClockKind kind, const report::Control& control = {});

class TimingModel : public QObject {
    Q_OBJECT
public:
    static constexpr std::uint32_t at_once = 6'000;  // events that are worked out without a worker

    explicit TimingModel(PlaybackModel& playback, QObject* parent = nullptr);

    // A chart that is in sight asks; once is enough until changed().
    void require();
    [[nodiscard]] const TimingPointer& timing() const { return timing_; }  // null: none, or not yet
    [[nodiscard]] bool busy() const { return worker_.busy(); }
    [[nodiscard]] int percent() const { return worker_.percent(); }
    [[nodiscard]] bool cancelled() const { return cancelled_; }
    void cancel();
    void again();  // after it was cancelled

    [[nodiscard]] const std::vector<ClockKind>& clocks() const { return clocks_; }
    [[nodiscard]] ClockKind clock() const { return kind_; }
    void choose_clock(ClockKind kind);  // ignored when the session has no such times

    [[nodiscard]] TimeSpan visible() const { return visible_; }
    void show_span(TimeSpan span);  // clamped to the whole run
    void show_whole();
    void zoom(double factor, double centre);
    // Scrolls until the present event is in sight.
    void follow();

Q_SIGNALS:
    void changed();           // timing(), clocks() or clock()
    void progressed();        // busy() or percent()
    void span_changed();

private:
    void open_session();
    void start();

    PlaybackModel& playback_;
    TimingPointer timing_;
    std::vector<ClockKind> clocks_;
    ClockKind kind_ = ClockKind::virtual_time;
    bool wants_measured_ = false;  // what a person chose stays chosen with the next session
    Background worker_;
    bool cancelled_ = false;
    TimeSpan visible_;
};

}  // namespace chimneylab::desktop
