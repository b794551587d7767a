// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One session and one place in it, shared by every view, with what moves that place: stepping, playing, scrubbing. It
// also holds what the person looks at there: the operation in focus and the chosen block. GUI thread only.
// Playing runs on an animation clock of its own: a step stays on screen as long as a person needs for its kind
// (dwell(), milliseconds at speed 1), whatever virtual time it took.
#pragma once

#include <QObject>
#include <QPointer>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "app/desktop/models/animation_clock.h"
#include "app/desktop/models/event_filter.h"
#include "app/desktop/models/session.h"
#include "engine/trace/cursor.h"

namespace chimneylab::desktop {

class PlaybackModel : public QObject {
    Q_OBJECT
public:
    // How the place changed: a step may be shown as a movement, a jump and scrubbing must be immediate.
    enum class Move { step, jump };
    Q_ENUM(Move)

    static constexpr double slowest = 0.05;
    static constexpr double fastest = 50.0;

    explicit PlaybackModel(QObject* parent = nullptr);

    // Opens at the session's opening moment, not playing. A null session empties every view.
    void open(SessionPointer session);
    [[nodiscard]] const SessionPointer& session() const { return session_; }
    [[nodiscard]] const trace::Trace* trace() const { return session_ ? session_->trace.get() : nullptr; }
    [[nodiscard]] const trace::History* history() const { return session_ ? session_->history.get() : nullptr; }
    [[nodiscard]] const trace::Cursor* cursor() const { return cursor_.get(); }
    [[nodiscard]] trace::EventId position() const { return position_; }
    [[nodiscard]] std::uint32_t event_count() const;
    [[nodiscard]] bool playing() const { return playing_; }
    [[nodiscard]] double speed() const { return speed_; }

    void seek(trace::EventId event, Move how = Move::jump);  // clamps to the last event; stops nothing
    bool step(trace::Landmark kind, int direction);          // false if there is nothing further that way
    [[nodiscard]] bool can_step(trace::Landmark kind, int direction) const;
    // The nearest event that changed the chosen member of the region on show, after (before) the present one.
    [[nodiscard]] trace::EventId member_change(int direction) const;
    bool call_in();                                          // into the next call
    bool call_out();                                         // out of the innermost open one
    // Drivers change the IRQL at every spin lock. Those events are passed over by stepping and playing, and lists leave
    // them out, until somebody wants to see them. A jump to one of them by number works all the same.
    void show_irql_changes(bool shown);
    [[nodiscard]] bool irql_changes_shown() const { return irql_changes_shown_; }
    [[nodiscard]] bool shows(trace::EventId event) const;
    [[nodiscard]] trace::EventId nearest_shown(trace::EventId event) const;

    // What a person wants to see of the events; every view that shows many asks it.
    [[nodiscard]] EventFilter& filter() { return filter_; }
    [[nodiscard]] const EventFilter& filter() const { return filter_; }

    // For whoever tells of the place in words, tables and figures instead of painting it: called after position_changed, as
    // often as it, in the order in which they came, as long as the reader lives. While the place follows a stream, which moves
    // it with every frame, tell_some() tells a few, in turn: nobody reads faster, and a frame costs what is painted.
    void tell(QObject* reader, std::function<void()> told) { add_reader(reader, [told = std::move(told)](Move) { told(); }, Topic::place); }
    template <typename Who>
    void tell(Who* reader, void (Who::*told)()) { add_reader(reader, [reader, told](Move) { (reader->*told)(); }, Topic::place); }
    template <typename Who>
    void tell(Who* reader, void (Who::*told)(Move)) { add_reader(reader, [reader, told](Move how) { (reader->*told)(how); }, Topic::place); }
    // The same for shown_events_changed: what a session that grows has more is told in turn, too.
    void tell_growth(QObject* reader, std::function<void()> told) { add_reader(reader, [told = std::move(told)](Move) { told(); }, Topic::growth); }
    template <typename Who>
    void tell_growth(Who* reader, void (Who::*told)()) { add_reader(reader, [reader, told](Move) { (reader->*told)(); }, Topic::growth); }
    // The same for session_changed: told before those of the place when a session is opened. Where a stream goes on in another
    // session they are told in turn, and until then their views may be painted and clicked: a reader keeps the session that it
    // told of, reads nothing else with numbers of that one, and whatever else makes it look at the present one makes it take
    // that one first (late() says that it has to).
    template <typename Who>
    void tell_session(Who* reader, void (Who::*told)()) { add_reader(reader, [reader, told](Move) { (reader->*told)(); }, Topic::session); }
    [[nodiscard]] bool late(const SessionPointer& told_of) const { return told_of != session_; }
    static constexpr int told_at_once = 1;
    bool tell_some();  // once a frame; true: others are behind still
    // Moves as a stream does, frame after frame: to the newest event of the session that is open, or of the one that goes on
    // where that ends.
    void follow(SessionPointer next = nullptr);
    void grew();  // the session that is open: those that asked for it are told in turn
    void rest();  // no more of that: readers that are behind are told now
    [[nodiscard]] bool follows_stream() const { return streams_; }

    // Playing stops when it comes to one of these events, in order; it goes on from there when it is asked to once more.
    void set_halts(std::vector<trace::EventId> halts) { halts_ = std::move(halts); }

    void set_speed(double speed);  // clamped to slowest … fastest

    // The operation the views show: the one a person chose, else the one the present event belongs to; null if none.
    [[nodiscard]] const trace::Operation* operation() const;
    void choose_operation(trace::OperationId operation);  // none: follow the event again
    // The watched memory that the inspector shows: what a person chose, else the frame that the present event is about, else
    // the root block of operation().
    [[nodiscard]] trace::RegionId region() const;
    [[nodiscard]] bool region_chosen() const { return chosen_region_.valid(); }
    void choose_region(trace::RegionId region);
    // The member that every view marks and explains: an offset in region(), by default that of SourceHandle, the member
    // that routes a completion.
    [[nodiscard]] std::uint32_t member() const { return chosen_member_; }
    void choose_member(std::uint32_t offset);

    // One tick of the animation clock, in milliseconds of real time. Called by the clock while playing; tests call it.
    void advance(double milliseconds);
    [[nodiscard]] double dwell(trace::EventId event) const;

public Q_SLOTS:
    void first();
    void back();
    void play();
    void pause();
    void toggle();
    void forward();
    void last();

Q_SIGNALS:
    void session_changed();
    void position_changed(chimneylab::desktop::PlaybackModel::Move how);
    void playing_changed(bool playing);
    void speed_changed(double speed);
    void halted();  // at one of the halts
    void shown_events_changed();
    void focus_changed();  // operation() or region(), without a move
    void member_changed();

private:
    enum class Topic { place, growth, session };
    struct Reader {
        QPointer<QObject> who;
        std::function<void(Move)> told;
        Topic topic = Topic::place;
        bool behind = false;
    };
    void add_reader(QObject* reader, std::function<void(Move)> told, Topic topic);
    void tell_all(Move how, Topic topic);
    void now_behind(Topic topic);
    void catch_up(Topic topic);
    void set_playing(bool playing);
    void move_to(trace::EventId event);
    [[nodiscard]] trace::EventId neighbour(trace::Landmark kind, int direction) const;

    SessionPointer session_;
    EventFilter filter_;
    std::unique_ptr<trace::Cursor> cursor_;
    trace::EventId position_;
    trace::OperationId chosen_operation_;
    trace::RegionId chosen_region_;
    std::uint32_t chosen_member_ = 0x80;
    std::vector<trace::EventId> halts_;
    std::deque<Reader> readers_;  // that are told stay where they are when others come
    std::size_t next_reader_ = 0;
    bool streams_ = false;
    AnimationClock clock_;
    double credit_ = 0;
    double speed_ = 1;
    bool playing_ = false;
    bool irql_changes_shown_ = false;
};

}  // namespace chimneylab::desktop
