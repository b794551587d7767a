// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The attached session in the views: what came since the last frame is appended, within the time that a frame has.
#include <QThreadPool>
#include <algorithm>
#include <utility>

#include "app/desktop/models/count_text.h"
#include "app/desktop/models/growing_session.h"
#include "app/desktop/models/live_sessions.h"

namespace chimneylab::desktop {
namespace {

constexpr int frame_time = 16;              // ms
constexpr qint64 time_in_frame = 8;         // ms for taking in what came
constexpr std::size_t too_far_behind = 60'000;  // events; then the view goes on at the present
constexpr qint64 time_between_tellings = 100;   // ms, at least, until the readers hear of growth again
constexpr qint64 time_of_figures = 10'000;      // ms
constexpr std::size_t operations_looked_at = 16;
constexpr std::size_t most_arrivals = 50'000;

std::uint64_t now_nanoseconds() {
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1));
}

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
    live_index_.reset();
    delays_ever_ = delays_now_ = delays_before_ = {};
    since_turn_.restart();
    if (!row->window.trace()->empty()) adopt_window(*row, Adopt::attached);
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
    live_index_.reset();
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
        adopt_window(*row, Adopt::copy);
        follow(true);
    }
    Q_EMIT attached_changed();
    wake();
}

void LiveSessions::adopt_window(Row& row, Adopt why) {
    if (why == Adopt::copy) row.window.go_on_with_copy();
    live_trace_ = row.window.trace();
    auto history = std::make_unique<trace::History>(*live_trace_);
    live_history_ = history.get();
    // Whoever lets go of a long one last is not kept waiting while its memory is given back.
    std::shared_ptr<Session> session(new Session, [](Session* gone) { QThreadPool::globalInstance()->start([gone] { delete gone; }); });
    session->history = std::move(history);
    session->trace = live_trace_;
    session->title = QString::fromStdString(row.state.title);
    if (session->title.isEmpty()) session->title = QString::fromStdString(row.state.producer);
    const trace::RunDescription& description = live_trace_->description();
    session->variant = to_qstring(description.variant);
    session->schedule = to_qstring(description.schedule);
    session->opening = trace::EventId(0);
    if (row.findings && row.window.first_event() == 0) session->findings = *row.findings;
    live_index_ = std::make_unique<GrowingIndex>(session);
    live_ = session;
    find_opening();
    set_growing(true);  // until the last part has come
    if (why == Adopt::next_window && following_) {
        moving_ = true;
        playback_.follow(live_);
        moving_ = false;
    } else if (why != Adopt::copy) {
        moving_ = true;
        playback_.open(live_);
        moving_ = false;
        Q_EMIT attached_session(live_);
        follow(true);
    } else {
        open_in_views();
    }
}

// Where a newcomer should stand: the first call of an operation.
void LiveSessions::find_opening() {
    if (live_->opening.value != 0) return;
    const auto operations = live_history_->operations();
    for (std::size_t i = 0; i < std::min<std::size_t>(operations.size(), operations_looked_at); ++i)
        if (!operations[i].crossings.empty()) {
            live_->opening = operations[i].crossings.front();
            return;
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
    playback_.follow();
    moving_ = false;
}

void LiveSessions::follow(bool on) {
    if (!live_ || !growing_) on = false;
    if (on == following_) return;
    following_ = on;
    if (on) {
        playback_.pause();
        count_from_now();
        to_the_end();
    } else {
        playback_.rest();
    }
    Q_EMIT following_changed(on);
}

// What is told in figures and lists now and then, a reader at a time.
void LiveSessions::tell_growth() {
    QElapsedTimer cost;
    cost.start();
    live_index_->show_frames();
    if (std::exchange(found_more_, false)) {
        live_index_->mark_findings();
        if (playback_.filter().only_findings()) playback_.filter().look_again();
    }
    playback_.grew();
    told_cost_ = cost.elapsed();
    untold_ = false;
    since_told_.restart();
}

void LiveSessions::refresh_views() {
    if (live_ && playback_.session() == live_) {
        if (live_index_) {
            live_index_->extend();
            live_index_->mark_findings();
            live_index_->show_frames();
        } else {
            index_for_views(*live_);  // it rested already, and more was found
        }
        playback_.filter().look_again();
        Q_EMIT playback_.shown_events_changed();
    }
    found_more_ = untold_ = false;
    live_index_.reset();  // nothing grows any more, and other threads may read
}

void LiveSessions::wake() {
    if (frame_.isActive()) return;
    const qint64 since = since_frame_.isValid() ? since_frame_.elapsed() : frame_time;
    frame_.start(static_cast<int>(std::clamp<qint64>(frame_time - since, 0, frame_time)));
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
        if (arrivals_.size() > most_arrivals) count_from_now();  // a window that nobody sees is not painted
        if (shown && following_ && news.came >= counts_from_) arrivals_.push_back({news.came, news.part->events.size()});
        if (spent.elapsed() > time_in_frame) break;
    }
    return grew;
}

void LiveSessions::show(Row& row) {
    if (row.window.trace()->empty()) return;
    if (!live_ || live_trace_ != row.window.trace()) {
        const bool followed = !live_ || following_;
        if (live_) set_growing(false);
        adopt_window(row, live_ ? Adopt::next_window : Adopt::attached);
        if (!followed) follow(false);
        row.described_anew = false;
        return;
    }
    live_history_->extend();
    find_opening();
    if (std::exchange(row.described_anew, false)) {
        live_->title = to_qstring(live_trace_->description().title);
        live_->variant = to_qstring(live_trace_->description().variant);
        live_->schedule = to_qstring(live_trace_->description().schedule);
        open_in_views();
        Q_EMIT attached_session(live_);
    }
    live_index_->extend();
    playback_.filter().session_grew();
    if (following_) to_the_end();
    untold_ = true;
}

void LiveSessions::frame() {
    since_frame_.restart();
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
            refresh_views();
        }
    }
    if (live_ && growing_) {
        if (untold_ && (!since_told_.isValid() || since_told_.elapsed() > std::max(time_between_tellings, 15 * told_cost_))) tell_growth();
        more = playback_.tell_some() || untold_ || more;
    } else if (live_ && untold_) {
        refresh_views();
    }
    if (more) wake();
}

void LiveSessions::count_from_now() {
    counts_from_ = now_nanoseconds();
    arrivals_.clear();
}

void LiveSessions::painted() {
    if (arrivals_.empty()) return;
    if (since_turn_.elapsed() > time_of_figures) {
        delays_before_ = std::exchange(delays_now_, {});
        since_turn_.restart();
    }
    const std::uint64_t now = now_nanoseconds();
    for (const Arrival& each : arrivals_) {
        const double delay = static_cast<double>(now - each.came) / 1e6;
        delays_now_.add(delay, each.events);
        delays_ever_.add(delay, each.events);
    }
    arrivals_.clear();
    ++pictures_;
}

LiveSessions::Visible LiveSessions::visible() const {
    DelayFigure lately = delays_before_;
    lately.add(delays_now_);
    return {lately.within(0.99), delays_ever_.within(0.99), delays_ever_.worst(), picture_rate_};
}

QString LiveSessions::window_text() const {
    const Row* row = find(attached_);
    if (row == nullptr) return {};
    if (row->out_of_sight) return tr("The window could not keep up and shows no more; the file has everything.");
    const std::uint64_t first = row->window.first_event();
    if (first == 0) return {};
    return tr("Event 0 here is event %1 of the session: the views keep the last %2, the file has all. Findings are told of the first %2.")
        .arg(count_text(first), count_text(window_events));
}

}  // namespace chimneylab::desktop
