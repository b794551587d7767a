// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The attached session in the views: what came since the last frame is appended, within the time that a frame has.
#include <QLocale>
#include <algorithm>
#include <utility>

#include "app/desktop/models/growing_session.h"
#include "app/desktop/models/live_sessions.h"

namespace chimneylab::desktop {
namespace {

constexpr int frame_time = 16;              // ms
constexpr qint64 time_in_frame = 8;         // ms for taking in what came
constexpr std::size_t too_far_behind = 60'000;  // events; then the view goes on at the present
constexpr std::size_t most_delays = 20'000;

std::uint64_t now_nanoseconds() {
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1));
}

QString number_text(std::uint64_t count) { return QLocale(QLocale::English).toString(static_cast<qulonglong>(count)); }

}  // namespace

void LiveSessions::attach(std::uint32_t number) {
    Row* row = find(number);
    if (row == nullptr || attached_ == number) return;
    set_growing(false);
    attached_ = number;
    paused_ = false;
    live_.reset();
    live_trace_.reset();
    live_history_ = nullptr;
    delays_.clear();
    if (!row->window.trace()->empty()) adopt_window(*row, true);
    Q_EMIT attached_changed();
    wake();
}

void LiveSessions::detach() {
    if (attached_ == 0) return;
    attached_ = 0;
    paused_ = false;
    if (live_) {
        set_growing(false);
        follow(false);
        refresh_views();
    }
    live_.reset();
    live_trace_.reset();
    live_history_ = nullptr;
    Q_EMIT attached_changed();
}

void LiveSessions::pause_view(bool paused) {
    Row* row = find(attached_);
    if (row == nullptr || paused == paused_) return;
    paused_ = paused;
    if (live_ && paused) {
        follow(false);
        set_growing(false);
        refresh_views();
    } else if (live_) {
        // Other threads may still be reading the old one: a copy goes on. The window has grown on the old trace's memory
        // no further than the views had seen.
        adopt_window(*row, false);
        follow(true);
    }
    Q_EMIT attached_changed();
    wake();
}

void LiveSessions::adopt_window(Row& row, bool from_start) {
    if (!from_start) row.window.go_on_with_copy();
    live_trace_ = row.window.trace();
    auto history = std::make_unique<trace::History>(*live_trace_);
    live_history_ = history.get();
    auto session = std::make_shared<Session>();
    session->history = std::move(history);
    session->trace = live_trace_;
    session->title = QString::fromStdString(row.state.title);
    if (session->title.isEmpty()) session->title = QString::fromStdString(row.state.producer);
    const trace::RunDescription& description = live_trace_->description();
    session->variant = to_qstring(description.variant);
    session->schedule = to_qstring(description.schedule);
    session->opening = trace::EventId(0);
    if (row.findings && row.window.first_event() == 0) session->findings = *row.findings;
    index_for_views(*session);
    live_ = session;
    set_growing(true);  // until the last part has come
    if (from_start) {
        moving_ = true;
        playback_.open(live_);
        moving_ = false;
        Q_EMIT attached_session(live_);
        follow(true);
    } else {
        open_in_views();
    }
}

// The same session, or a copy that goes on: the place in it stays.
void LiveSessions::open_in_views() {
    const trace::EventId was = playback_.position();
    moving_ = true;
    playback_.open(live_);
    if (was.valid()) playback_.seek(was);
    moving_ = false;
}

void LiveSessions::set_growing(bool growing) {
    growing_ = growing;
    if (live_) live_->growing = growing;
}

void LiveSessions::to_the_end() {
    moving_ = true;
    if (playback_.event_count() > 0) playback_.seek(playback_.nearest_shown(trace::EventId(playback_.event_count() - 1)));
    moving_ = false;
}

void LiveSessions::follow(bool on) {
    if (!live_ || !growing_) on = false;
    if (on == following_) return;
    following_ = on;
    if (on) {
        playback_.pause();
        to_the_end();
    }
    Q_EMIT following_changed(on);
}

void LiveSessions::refresh_views() {
    QElapsedTimer cost;
    cost.start();
    if (live_ && playback_.session() == live_) {
        index_for_views(*live_);
        playback_.filter().session_grew();
        Q_EMIT playback_.shown_events_changed();
    }
    refresh_cost_ = cost.elapsed();
    unrefreshed_ = false;
    since_refresh_.restart();
}

void LiveSessions::wake() {
    if (!frame_.isActive()) frame_.start(frame_time);
}

bool LiveSessions::pull(Row& row) {
    const bool shown = attached_ == row.state.number;
    for (LiveNews& news : row.feed->take()) {
        row.checker->give(news);
        if (news.part) row.waiting_events += news.part->events.size();
        row.waiting.push_back(std::move(news));
    }
    if (row.feed->overflowed()) row.out_of_sight = true;
    if (shown && paused_ && row.waiting_events <= window_events) return false;  // they are there when the view goes on
    // Whoever follows the end wants the end: what is too far behind is passed over.
    const bool hurry = row.waiting_events > too_far_behind && (!shown || !live_ || following_);
    QElapsedTimer spent;
    spent.start();
    bool grew = false;
    while (!row.waiting.empty()) {
        const LiveNews news = std::move(row.waiting.front());
        row.waiting.pop_front();
        if (news.description) {
            row.window.describe(news.description->first, news.description->second);
            row.described_anew = true;
        }
        if (!news.part) continue;
        row.waiting_events -= news.part->events.size();
        const bool skip = (shown && paused_) || (hurry && row.waiting_events > too_far_behind / 4);
        // Somebody looks at something in the present window: it stays, and what comes is only taken note of.
        const bool keeps_place = shown && live_ && !following_ && row.window.would_begin_anew(*news.part);
        row.window.take(*news.part, !skip && !keeps_place);
        grew = grew || (!skip && !keeps_place);
        if (shown) row.arrivals.push_back(news.came);
        if (spent.elapsed() > time_in_frame) break;
    }
    return grew;
}

void LiveSessions::show(Row& row) {
    if (row.window.trace()->empty()) return;
    if (!live_ || live_trace_ != row.window.trace()) {
        const bool followed = !live_ || following_;
        if (live_) set_growing(false);
        adopt_window(row, true);
        if (!followed) follow(false);
        row.described_anew = false;
    } else {
        live_history_->extend();
        if (live_->opening.value == 0)
            for (const trace::Operation& operation : live_history_->operations())
                if (!operation.crossings.empty()) {
                    live_->opening = operation.crossings.front();
                    break;
                }
        if (std::exchange(row.described_anew, false)) {
            live_->title = to_qstring(live_trace_->description().title);
            live_->variant = to_qstring(live_trace_->description().variant);
            live_->schedule = to_qstring(live_trace_->description().schedule);
            open_in_views();
            Q_EMIT attached_session(live_);
        }
        if (following_) to_the_end();
        unrefreshed_ = true;
    }
    // What the views have asked to be painted is painted before this is called.
    QTimer::singleShot(0, this, [this, arrivals = std::exchange(row.arrivals, {})] {
        const std::uint64_t now = now_nanoseconds();
        for (const std::uint64_t came : arrivals) {
            const float delay = static_cast<float>(now - came) / 1e6f;
            if (delays_.size() < most_delays)
                delays_.push_back(delay);
            else
                delays_[next_delay_++ % most_delays] = delay;
        }
    });
}

void LiveSessions::frame() {
    bool more = false;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        Row& row = *rows_[i];
        const bool grew = pull(row);
        const bool shown = attached_ == row.state.number && !paused_;
        if (shown && (grew || row.described_anew)) show(row);
        const bool waits = !row.waiting.empty() && !(attached_ == row.state.number && paused_);
        more = more || waits;
        if (shown && row.ended && !waits && live_ && growing_) {
            set_growing(false);
            follow(false);
            unrefreshed_ = true;
            since_refresh_.invalidate();
        }
    }
    if (unrefreshed_ && (!since_refresh_.isValid() || since_refresh_.elapsed() > std::max<qint64>(100, 15 * refresh_cost_))) {
        refresh_views();
    } else if (unrefreshed_) {
        more = true;
    }
    if (more) wake();
}

double LiveSessions::visible_within() const {
    if (delays_.empty()) return 0;
    std::vector<float> sorted = delays_;
    const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(sorted.size() - 1) * 0.99);
    std::nth_element(sorted.begin(), at, sorted.end());
    return *at;
}

QString LiveSessions::window_text() const {
    const Row* row = find(attached_);
    if (row == nullptr) return {};
    if (row->out_of_sight) return tr("The window could not keep up and shows no more; the file has everything.");
    const std::uint64_t first = row->window.first_event();
    if (first == 0) return {};
    return tr("Event 0 here is event %1 of the session: the views keep the last %2, the file has all. Findings are told of the first %2.")
        .arg(number_text(first), number_text(window_events));
}

}  // namespace chimneylab::desktop
