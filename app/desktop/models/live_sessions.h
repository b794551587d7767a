// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Live sessions as the window has them: where it listens, who is connected and how each is doing, which one the views show,
// and what can be asked of a producer. Every session is recorded to a file from its first event on, looked at or not. The
// one that is attached grows in the views at frame rate: what came since the last frame is appended to its trace and its
// history, the checker judges it beside the window, and what has to look at the whole does so now and then.
//
// Pausing the view holds the picture and not the recording. GUI thread only; the server's thread talks to it by queued calls.
#pragma once

#include <QAbstractTableModel>
#include <QElapsedTimer>
#include <QTimer>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "app/desktop/models/delay_figure.h"
#include "app/desktop/models/growing_index.h"
#include "app/desktop/models/live_checker.h"
#include "app/desktop/models/live_feed.h"
#include "app/desktop/models/live_window.h"
#include "app/desktop/models/playback_model.h"
#include "app/desktop/models/session_loader.h"
#include "driver-bridge/server/server.h"

class QThread;

namespace chimneylab::desktop {

class LiveSessions : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { producer, scenario, doing, events, rate, lost, latency, offset, file, column_count };
    enum Role { number_role = Qt::UserRole, attached_role, trouble_role };
    static constexpr std::uint32_t window_events = 200'000;  // kept in memory of each session

    explicit LiveSessions(PlaybackModel& playback, QObject* parent = nullptr);
    ~LiveSessions() override;

    // Where recordings go; made when it is needed. By default the person's folder for this program's data.
    void set_folder(const QString& folder) { folder_ = folder; }
    [[nodiscard]] QString folder() const { return folder_; }

    // What is wrong, with the remedy; empty: it listens.
    QString listen(const QString& endpoint, const QString& token_file = {});
    void stop_listening();  // ends the sessions too; does not wait
    [[nodiscard]] bool listening() const { return server_ != nullptr; }
    [[nodiscard]] QString endpoint() const;  // with the port that the system chose
    // Does this endpoint reach beyond this computer, so that a token is needed?
    [[nodiscard]] static bool needs_token(const QString& endpoint);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    // The session's own number, which rows are known by; 0: none.
    [[nodiscard]] std::uint32_t number_at(int row) const;
    [[nodiscard]] int row_of(std::uint32_t number) const;
    [[nodiscard]] const bridge::SessionState* state_of(std::uint32_t number) const;
    [[nodiscard]] QString file_of(std::uint32_t number) const;
    [[nodiscard]] bool ended(std::uint32_t number) const;

    [[nodiscard]] std::uint32_t attached() const { return attached_; }
    void attach(std::uint32_t number);  // the views show it and follow its end
    void detach();                      // the views keep what they have, it grows no more
    [[nodiscard]] bool view_paused() const { return paused_; }
    void pause_view(bool paused);
    // Following the newest event; whoever goes anywhere else does not follow any more.
    void follow(bool on);
    [[nodiscard]] bool following() const { return following_; }
    [[nodiscard]] bool growing() const { return live_ != nullptr && growing_; }  // the session that the views show
    void dismiss(std::uint32_t number);  // ends it, or forgets one that has ended
    // The next session that begins is attached when nothing is.
    void attach_next() { attach_next_ = true; }

    // Asks a producer for something (chimney_wire_command). The answer, if it is a refusal, is told by refused().
    void control(std::uint32_t number, std::uint8_t command, std::uint64_t value = 0, const QString& text = {});

    // Everything that was to be painted in the window has been. Whoever owns the window says so.
    void painted();
    // Of the attached session while the views follow it: from the moment at which an event's bytes had been read from the socket
    // to the moment at which the picture with it had been painted and handed to the display, milliseconds, and the pictures.
    // What a frame passes over, because a later event of the same frame takes its place, is in the lists all the same.
    struct Visible {
        double within = 0;        // 99 of 100 events, of the last 10 to 20 seconds; 0: nothing was shown yet
        double within_ever = 0;   // the same, since it was attached
        double worst_ever = 0;
        double pictures = 0;      // a second, lately
    };
    [[nodiscard]] Visible visible() const;
    // What the window shows of a long session; empty: all of it.
    [[nodiscard]] QString window_text() const;

Q_SIGNALS:
    void listening_changed();
    void rows_changed();      // numbers, states, alternatives
    void attached_changed();  // attached(), view_paused()
    void following_changed(bool following);
    void began(quint32 number);
    void session_ended(quint32 number, const QString& why);  // empty: properly
    void refused(const QString& why);  // a connection, or something that was asked for
    void attached_session(chimneylab::desktop::SessionPointer session);  // another session is on show

private:
    class Ears;
    struct Row {
        bridge::SessionState state;
        std::shared_ptr<LiveFeed> feed;
        LiveWindow window{window_events};
        std::unique_ptr<LiveChecker> checker;
        std::shared_ptr<const Findings> findings;
        std::deque<LiveNews> waiting;  // not in the window yet: the view is paused, or the frame's time was over
        std::size_t waiting_events = 0;
        bool described_anew = false;
        std::uint64_t events_then = 0;
        double rate = 0;
        bool ended = false;
        bool closed = false;  // its file too
        bool out_of_sight = false;
        QString trouble;
    };

    void session_began(const bridge::SessionState& state, std::shared_ptr<LiveFeed> feed);
    void session_changed(const bridge::SessionState& state);
    void session_over(const bridge::SessionState& state);
    void wake();
    void frame();
    void measure();
    [[nodiscard]] bool pull(Row& row);  // true: something new is in the window of the attached one
    void show(Row& row);
    enum class Adopt { attached, next_window, copy };
    void adopt_window(Row& row, Adopt why);
    void find_opening();
    void tell_growth();    // while it grows, now and then
    void refresh_views();  // when it rests
    void count_from_now();
    void set_growing(bool growing);
    void to_the_end();
    void open_in_views();
    void close_file(std::uint32_t number);
    [[nodiscard]] Row* find(std::uint32_t number);
    [[nodiscard]] const Row* find(std::uint32_t number) const;

    PlaybackModel& playback_;
    QString folder_;
    std::unique_ptr<Ears> ears_;
    std::unique_ptr<bridge::Server> server_;
    std::vector<std::unique_ptr<Row>> rows_;
    std::uint32_t numbers_before_ = 0;  // of sessions of servers that were stopped
    std::uint32_t attached_ = 0;
    bool paused_ = false, attach_next_ = false, following_ = false, growing_ = false, moving_ = false;
    std::shared_ptr<Session> live_;
    std::shared_ptr<trace::Trace> live_trace_;
    trace::History* live_history_ = nullptr;
    std::unique_ptr<GrowingIndex> live_index_;  // while it grows
    bool found_more_ = false;                   // the checker did, since the views were told
    std::uint32_t requests_ = 0;
    QTimer frame_, measure_;
    QElapsedTimer since_frame_, since_told_, since_measure_;
    qint64 told_cost_ = 0;
    bool untold_ = false;
    struct Arrival {
        std::uint64_t came = 0;  // nanoseconds, steady clock
        std::size_t events = 0;
    };
    std::vector<Arrival> arrivals_;   // taken in, in no picture yet
    std::uint64_t counts_from_ = 0;   // what came before waited for a person, not for the views
    DelayFigure delays_ever_, delays_now_, delays_before_;
    QElapsedTimer since_turn_;        // of the figures of now
    int pictures_ = 0;
    double picture_rate_ = 0;
    std::vector<QThread*> threads_;
};

}  // namespace chimneylab::desktop
