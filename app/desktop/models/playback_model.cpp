// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/playback_model.h"

#include <algorithm>
#include <utility>

namespace chimneylab::desktop {

using trace::EventId;
using trace::EventKind;

namespace {

// Models are seen by somebody.
bool is_seen(const QObject* who) { return who != nullptr && (!who->isWidgetType() || who->property("visible").toBool()); }

}  // namespace

PlaybackModel::PlaybackModel(QObject* parent) : QObject(parent), clock_(this) {
    connect(&clock_, &AnimationClock::tick, this, &PlaybackModel::advance);
    connect(this, &PlaybackModel::shown_events_changed, this, [this] { tell_all(Move::jump, Topic::growth); });
}

void PlaybackModel::open(SessionPointer session) {
    set_playing(false);
    streams_ = false;
    cursor_.reset();
    session_ = std::move(session);
    chosen_operation_ = {};
    chosen_region_ = {};
    position_ = {};
    credit_ = 0;
    if (session_ && !session_->trace->empty()) {
        cursor_ = std::make_unique<trace::Cursor>(*session_->trace, &session_->history->region_changes());
        position_ = session_->opening;
        cursor_->seek(position_);
    }
    filter_.open(session_);
    Q_EMIT session_changed();
    tell_all(Move::jump, Topic::session);
    Q_EMIT position_changed(Move::jump);
    tell_all(Move::jump, Topic::place);
}

std::uint32_t PlaybackModel::event_count() const {
    return session_ ? static_cast<std::uint32_t>(session_->trace->size()) : 0;
}

void PlaybackModel::seek(EventId event, Move how) {
    if (!cursor_ || !event.valid()) return;
    event.value = std::min(event.value, event_count() - 1);
    if (event == position_) return;
    move_to(event);
    if (streams_) catch_up(Topic::session);
    streams_ = false;
    Q_EMIT position_changed(how);
    tell_all(how, Topic::place);
}

void PlaybackModel::move_to(EventId event) {
    position_ = event;
    cursor_->seek(event);
    credit_ = 0;
    // A choice of operation or memory that does not exist here any more (or not yet) falls back to following.
    if (chosen_operation_.valid()) {
        const trace::Operation* chosen = session_->history->operation(chosen_operation_);
        if (chosen == nullptr || position_ < chosen->started) chosen_operation_ = {};
    }
    if (chosen_region_.valid() && !cursor_->alive(chosen_region_) && cursor_->bytes(chosen_region_).empty()) chosen_region_ = {};
}

void PlaybackModel::follow(SessionPointer next) {
    set_playing(false);
    streams_ = true;
    const bool goes_on = next != nullptr;
    if (goes_on) {
        // What was chosen is of the old one's numbers.
        chosen_operation_ = {};
        chosen_region_ = {};
        position_ = {};
        session_ = std::move(next);
        cursor_ = std::make_unique<trace::Cursor>(*session_->trace, &session_->history->region_changes());
    }
    if (!cursor_ || event_count() == 0) return;
    const EventId newest = nearest_shown(EventId(event_count() - 1));
    if (newest == position_) return;
    move_to(newest);
    if (goes_on) {
        filter_.open(session_);
        Q_EMIT session_changed();
    }
    Q_EMIT position_changed(Move::jump);
    if (goes_on) now_behind(Topic::session);
    now_behind(Topic::place);
}

void PlaybackModel::grew() { now_behind(Topic::growth); }

void PlaybackModel::now_behind(Topic topic) {
    for (Reader& each : readers_) each.behind = each.behind || each.topic == topic;
}

void PlaybackModel::rest() {
    catch_up(Topic::session);
    streams_ = false;
    catch_up(Topic::place);
    catch_up(Topic::growth);
}

void PlaybackModel::catch_up(Topic topic) {
    for (std::size_t i = 0; i < readers_.size(); ++i)
        if (readers_[i].topic == topic && std::exchange(readers_[i].behind, false) && readers_[i].who) readers_[i].told(Move::jump);
}

void PlaybackModel::add_reader(QObject* reader, std::function<void(Move)> told, Topic topic) {
    readers_.push_back({reader, std::move(told), topic, false});
}

void PlaybackModel::tell_all(Move how, Topic topic) {
    for (std::size_t i = 0; i < readers_.size(); ++i) {
        if (readers_[i].topic != topic) continue;
        readers_[i].behind = false;
        if (readers_[i].who) readers_[i].told(how);
    }
}

bool PlaybackModel::tell_some() {
    int told = 0;
    // Another session first: what is shown is seen before what is behind a tab.
    for (const bool seen : {true, false}) {
        for (std::size_t i = 0; i < readers_.size() && told < told_at_once; ++i) {
            Reader& next = readers_[i];
            if (next.topic != Topic::session || !next.behind || is_seen(next.who) != seen) continue;
            next.behind = false;
            if (!next.who) continue;
            next.told(Move::jump);
            ++told;
        }
    }
    for (std::size_t tried = 0; tried < readers_.size() && told < told_at_once; ++tried) {
        Reader& next = readers_[next_reader_++ % readers_.size()];
        if (!std::exchange(next.behind, false) || !next.who) continue;
        next.told(Move::jump);
        ++told;
    }
    return std::ranges::any_of(readers_, &Reader::behind);
}

EventId PlaybackModel::neighbour(trace::Landmark kind, int direction) const {
    if (!session_ || !position_.valid()) return {};
    if (kind == trace::Landmark::event) {
        for (std::int64_t i = std::int64_t{position_.value} + direction; i >= 0 && i < event_count(); i += direction) {
            if (shows(EventId(static_cast<std::uint32_t>(i)))) return EventId(static_cast<std::uint32_t>(i));
        }
        return {};
    }
    if (kind == trace::Landmark::finding) {
        // What the machine found and what the checker found, whichever is nearer.
        const EventId machine = direction > 0 ? session_->history->next(kind, position_) : session_->history->previous(kind, position_);
        const EventId checker = session_->findings.next(position_, direction);
        if (!machine.valid() || !checker.valid()) return machine.valid() ? machine : checker;
        return direction > 0 ? std::min(machine, checker) : std::max(machine, checker);
    }
    return direction > 0 ? session_->history->next(kind, position_) : session_->history->previous(kind, position_);
}

bool PlaybackModel::shows(EventId event) const {
    return irql_changes_shown_ || !session_ || session_->trace->event(event).kind != EventKind::irql_changed;
}

EventId PlaybackModel::nearest_shown(EventId event) const {
    if (!session_ || !event.valid() || event.value >= event_count()) return event;
    for (std::uint32_t away = 0; away < event_count(); ++away) {
        if (event.value >= away && shows(EventId(event.value - away))) return EventId(event.value - away);
        if (event.value + away < event_count() && shows(EventId(event.value + away))) return EventId(event.value + away);
    }
    return event;
}

void PlaybackModel::show_irql_changes(bool shown) {
    if (shown == irql_changes_shown_) return;
    irql_changes_shown_ = shown;
    filter_.show_irql_changes(shown);
    Q_EMIT shown_events_changed();
}

bool PlaybackModel::can_step(trace::Landmark kind, int direction) const { return neighbour(kind, direction).valid(); }

bool PlaybackModel::step(trace::Landmark kind, int direction) {
    const EventId target = neighbour(kind, direction);
    if (!target.valid()) return false;
    seek(target, Move::step);
    return true;
}

trace::EventId PlaybackModel::member_change(int direction) const {
    if (!session_ || !region().valid()) return {};
    const trace::Region& memory = session_->trace->region(region());
    if (member() >= memory.size) return {};
    // Members are told apart by where they begin; the words of a block are 8 bytes, what is shorter shares a word.
    const std::uint32_t size = std::min<std::uint32_t>(8, memory.size - member());
    return direction > 0 ? session_->history->next_change(region(), member(), size, position_) : session_->history->previous_change(region(), member(), size, position_);
}

bool PlaybackModel::call_in() {
    if (!session_) return false;
    const EventId target = session_->history->call_in(position_);
    if (!target.valid()) return false;
    seek(target, Move::step);
    return true;
}

bool PlaybackModel::call_out() {
    if (!session_) return false;
    const EventId target = session_->history->call_out(position_);
    if (!target.valid() || target == position_) return false;
    seek(target, Move::step);
    return true;
}

void PlaybackModel::set_speed(double speed) {
    speed = std::clamp(speed, slowest, fastest);
    if (speed == speed_) return;
    speed_ = speed;
    Q_EMIT speed_changed(speed);
}

const trace::Operation* PlaybackModel::operation() const {
    if (!session_) return nullptr;
    if (chosen_operation_.valid()) return session_->history->operation(chosen_operation_);
    return session_->history->current_operation(position_);
}

void PlaybackModel::choose_operation(trace::OperationId operation) {
    if (operation == chosen_operation_) return;
    chosen_operation_ = operation;
    chosen_region_ = {};
    Q_EMIT focus_changed();
}

trace::RegionId PlaybackModel::region() const {
    if (chosen_region_.valid()) return chosen_region_;
    if (session_ && position_.valid()) {
        const trace::Event& here = session_->trace->event(position_);
        const bool frame = here.kind == EventKind::frame_sent || here.kind == EventKind::frame_received || here.kind == EventKind::frame_dropped;
        if (frame && here.region.valid()) return here.region;
    }
    const trace::Operation* shown = operation();
    return shown != nullptr ? shown->root : trace::RegionId();
}

void PlaybackModel::choose_region(trace::RegionId region) {
    // A view that shows the window of a stream before this one may be clicked.
    if (region.valid() && (!session_ || region.value >= session_->trace->region_count())) return;
    if (region == chosen_region_) return;
    chosen_region_ = region;
    Q_EMIT focus_changed();
}

void PlaybackModel::choose_member(std::uint32_t offset) {
    if (offset == chosen_member_) return;
    chosen_member_ = offset;
    Q_EMIT member_changed();
}

void PlaybackModel::advance(double milliseconds) {
    if (!playing_) return;
    credit_ += milliseconds * speed_;
    EventId target = position_;
    int steps = 0;
    bool halt = false;
    while (true) {
        const double wait = dwell(target);
        if (credit_ < wait) break;
        if (target.value + 1 >= event_count()) break;
        credit_ -= wait;
        target = EventId(target.value + 1);
        ++steps;
        halt = std::ranges::binary_search(halts_, target);
        if (halt) break;
    }
    const double rest = credit_;
    if (target != position_) seek(target, steps == 1 || speed_ <= 4 ? Move::step : Move::jump);
    credit_ = rest;
    if (halt) {
        set_playing(false);
        Q_EMIT halted();
    }
    if (!can_step(trace::Landmark::event, 1)) set_playing(false);
}

double PlaybackModel::dwell(EventId event) const {
    if (!session_ || !event.valid()) return 0;
    if (!shows(event)) return 0;
    if (event < session_->opening) return 12;
    switch (session_->trace->event(event).kind) {
        case EventKind::conversion: return 1100;
        case EventKind::call_entry_recognised:
        case EventKind::call_entry_released: return 700;
        case EventKind::finding: return 1500;
        case EventKind::enter: return session_->trace->event(event).operation.valid() ? 560 : 120;
        case EventKind::offload_entry_recognised:
        case EventKind::offload_entry_released:
        case EventKind::context_published: return 500;
        case EventKind::operation_started:
        case EventKind::operation_finished:
        case EventKind::step_started: return 500;
        case EventKind::leave: return 90;
        default: return 60;
    }
}

void PlaybackModel::first() {
    pause();
    seek(EventId(0));
}

void PlaybackModel::back() {
    pause();
    step(trace::Landmark::event, -1);
}

void PlaybackModel::play() {
    if (!cursor_) return;
    // Play at the very end starts over, as every player does.
    if (!can_step(trace::Landmark::event, 1)) seek(session_->opening);
    set_playing(true);
}

void PlaybackModel::pause() { set_playing(false); }

void PlaybackModel::toggle() {
    if (playing_) {
        pause();
    } else {
        play();
    }
}

void PlaybackModel::forward() {
    pause();
    step(trace::Landmark::event, 1);
}

void PlaybackModel::last() {
    pause();
    if (event_count() > 0) seek(EventId(event_count() - 1));
}

void PlaybackModel::set_playing(bool playing) {
    if (playing == playing_) return;
    playing_ = playing;
    credit_ = 0;
    if (playing) {
        clock_.start();
    } else {
        clock_.stop();
    }
    Q_EMIT playing_changed(playing);
}

}  // namespace chimneylab::desktop

#include "moc_playback_model.cpp"
