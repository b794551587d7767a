// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/live_sessions.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QLocale>
#include <QStandardPaths>
#include <QThread>
#include <algorithm>
#include <cmath>
#include <utility>

#include "app/desktop/models/growing_session.h"
#include "driver-bridge/server/endpoint.h"

namespace chimneylab::desktop {
namespace {

using bridge::SessionStage;

constexpr int frame_time = 16;              // ms
constexpr qint64 time_in_frame = 8;         // ms for taking in what came
constexpr std::size_t too_far_behind = 60'000;  // events; then the view goes on at the present
constexpr std::size_t most_delays = 20'000;

std::uint64_t now_nanoseconds() {
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1));
}

QString count_text(std::uint64_t count) { return QLocale(QLocale::English).toString(static_cast<qulonglong>(count)); }

QString duration_text(std::chrono::nanoseconds time) {
    const double us = static_cast<double>(time.count()) / 1000;
    if (std::abs(us) < 1000) return QStringLiteral("%1 µs").arg(us, 0, 'f', 0);
    if (std::abs(us) < 1e6) return QStringLiteral("%1 ms").arg(us / 1000, 0, 'f', 1);
    return QStringLiteral("%1 s").arg(us / 1e6, 0, 'f', 1);
}

// A free name in the folder, made of the moment and of who sends.
std::filesystem::path free_file(const QString& folder, const QString& producer) {
    QString who;
    for (const QChar c : producer.left(40)) who += c.isLetterOrNumber() || c == QLatin1Char('.') || c == QLatin1Char('-') ? c : QLatin1Char('_');
    const QString stem = QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd hh.mm.ss ")) + who;
    QString name = stem;
    for (int i = 2; QFileInfo::exists(QDir(folder).filePath(name + QStringLiteral(".chimney"))); ++i) name = stem + QStringLiteral(" (%1)").arg(i);
    return QDir(folder).filePath(name + QStringLiteral(".chimney")).toStdString();
}

}  // namespace

// Hears the server on its thread. It may outlive a stop by the moment that the last words take.
class LiveSessions::Ears : public bridge::Observer {
public:
    Ears(LiveSessions& owner, QString folder, std::uint32_t base) : owner_(owner), folder_(std::move(folder)), base_(base) {}

    std::shared_ptr<bridge::Recipient> recipient(const bridge::SessionState& state) override {
        feed_ = std::make_shared<LiveFeed>(free_file(folder_, QString::fromStdString(state.producer)), [owner = &owner_] {
            QMetaObject::invokeMethod(owner, [owner] { owner->wake(); }, Qt::QueuedConnection);
        });
        return feed_;
    }
    void session_started(const bridge::SessionState& state) override {
        tell([state = mine(state), feed = std::move(feed_)](LiveSessions& owner) { owner.session_began(state, feed); });
    }
    void session_changed(const bridge::SessionState& state) override {
        tell([state = mine(state)](LiveSessions& owner) { owner.session_changed(state); });
    }
    void session_ended(const bridge::SessionState& state, trace::Trace) override {
        tell([state = mine(state)](LiveSessions& owner) { owner.session_over(state); });
    }
    void control_answered(std::uint32_t, std::uint32_t, bool done, const std::string& text) override {
        if (!done) refused("not done: " + text);
    }
    void refused(const std::string& why) override {
        tell([text = QString::fromStdString(why)](LiveSessions& owner) { Q_EMIT owner.refused(text); });
    }
    [[nodiscard]] std::uint32_t base() const { return base_; }

private:
    bridge::SessionState mine(bridge::SessionState state) const {
        state.number += base_;
        return state;
    }
    template <typename What>
    void tell(What what) {
        QMetaObject::invokeMethod(&owner_, [owner = &owner_, what = std::move(what)] { what(*owner); }, Qt::QueuedConnection);
    }
    LiveSessions& owner_;
    QString folder_;
    std::uint32_t base_;
    std::shared_ptr<LiveFeed> feed_;
};

LiveSessions::LiveSessions(PlaybackModel& playback, QObject* parent) : QAbstractTableModel(parent), playback_(playback) {
    folder_ = QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) + QStringLiteral("/live");
    frame_.setSingleShot(true);
    frame_.setTimerType(Qt::PreciseTimer);
    connect(&frame_, &QTimer::timeout, this, &LiveSessions::frame);
    measure_.setInterval(500);
    connect(&measure_, &QTimer::timeout, this, &LiveSessions::measure);
    // Something else was opened: the live session goes on, but not in the views.
    connect(&playback, &PlaybackModel::session_changed, this, [this] {
        if (attached_ == 0 || !live_ || playback_.session() == live_) return;
        attached_ = 0;
        paused_ = false;
        follow(false);
        set_growing(false);
        live_.reset();
        live_trace_.reset();
        live_history_ = nullptr;
        Q_EMIT attached_changed();
    });
    connect(&playback, &PlaybackModel::position_changed, this, [this] {
        if (following_ && !moving_) follow(false);
    });
    connect(&playback, &PlaybackModel::playing_changed, this, [this](bool playing) {
        if (playing) follow(false);
    });
    since_refresh_.start();
    since_measure_.start();
}

LiveSessions::~LiveSessions() {
    server_.reset();
    for (QThread* thread : threads_) {
        thread->wait();
        delete thread;
    }
    for (const auto& row : rows_)
        if (!row->closed) row->feed->finish();
}

// --- listening ---

bool LiveSessions::needs_token(const QString& endpoint) {
    const auto parsed = bridge::parse_endpoint(endpoint.trimmed().toStdString());
    const auto* known = std::get_if<bridge::Endpoint>(&parsed);
    return known != nullptr && !known->local();
}

QString LiveSessions::listen(const QString& endpoint, const QString& token_file) {
    if (server_) stop_listening();
    const auto parsed = bridge::parse_endpoint(endpoint.trimmed().toStdString());
    if (const auto* problem = std::get_if<bridge::Problem>(&parsed)) return QString::fromStdString(problem->to_text());
    bridge::ServerOptions options;
    options.endpoint = std::get<bridge::Endpoint>(parsed);
    options.keepalive = std::chrono::milliseconds(500);
    options.limits.trace_bytes = ~std::uint64_t{0};
    if (!token_file.isEmpty()) {
        auto token = bridge::read_token(token_file.toStdString());
        if (const auto* problem = std::get_if<bridge::Problem>(&token)) return QString::fromStdString(problem->to_text());
        options.token = std::get<bridge::Token>(std::move(token));
    }
    if (!QDir().mkpath(folder_)) return tr("The folder for recordings cannot be made: %1").arg(folder_);
    ears_ = std::make_unique<Ears>(*this, folder_, numbers_before_);
    auto begun = bridge::Server::listen(options, *ears_);
    if (const auto* problem = std::get_if<bridge::Problem>(&begun)) {
        ears_.reset();
        return QString::fromStdString(problem->to_text());
    }
    server_ = std::move(std::get<std::unique_ptr<bridge::Server>>(begun));
    measure_.start();
    Q_EMIT listening_changed();
    return {};
}

void LiveSessions::stop_listening() {
    if (!server_) return;
    numbers_before_ += 1'000'000;
    // Its last words to the producers take a moment.
    QThread* thread = QThread::create([server = std::shared_ptr<bridge::Server>(std::move(server_)), ears = std::shared_ptr<Ears>(std::move(ears_))]() mutable {
        server->stop();
        server.reset();
        ears.reset();
    });
    server_.reset();
    ears_.reset();
    threads_.push_back(thread);
    thread->start();
    Q_EMIT listening_changed();
}

QString LiveSessions::endpoint() const { return server_ ? QString::fromStdString(server_->endpoint().to_text()) : QString(); }

// --- sessions ---

LiveSessions::Row* LiveSessions::find(std::uint32_t number) {
    const auto found = std::ranges::find_if(rows_, [&](const auto& row) { return row->state.number == number; });
    return found == rows_.end() ? nullptr : found->get();
}
const LiveSessions::Row* LiveSessions::find(std::uint32_t number) const { return const_cast<LiveSessions*>(this)->find(number); }

std::uint32_t LiveSessions::number_at(int row) const {
    return row < 0 || row >= rowCount() ? 0 : rows_[static_cast<std::size_t>(row)]->state.number;
}
int LiveSessions::row_of(std::uint32_t number) const {
    for (std::size_t i = 0; i < rows_.size(); ++i)
        if (rows_[i]->state.number == number) return static_cast<int>(i);
    return -1;
}
const bridge::SessionState* LiveSessions::state_of(std::uint32_t number) const {
    const Row* row = find(number);
    return row ? &row->state : nullptr;
}
QString LiveSessions::file_of(std::uint32_t number) const {
    const Row* row = find(number);
    return row ? QString::fromStdString(row->feed->file().string()) : QString();
}
bool LiveSessions::ended(std::uint32_t number) const {
    const Row* row = find(number);
    return row == nullptr || row->ended;
}

void LiveSessions::session_began(const bridge::SessionState& state, std::shared_ptr<LiveFeed> feed) {
    beginInsertRows({}, rowCount(), rowCount());
    auto row = std::make_unique<Row>();
    row->state = state;
    row->feed = std::move(feed);
    row->checker = std::make_unique<LiveChecker>(window_events);
    connect(row->checker.get(), &LiveChecker::found, this, [this, number = state.number](const std::shared_ptr<const Findings>& findings) {
        Row* its = find(number);
        if (its == nullptr) return;
        its->findings = findings;
        if (attached_ != number || !live_ || live_trace_ != its->window.trace() || its->window.first_event() != 0) return;
        live_->findings = *findings;
        unrefreshed_ = true;
        wake();
    });
    rows_.push_back(std::move(row));
    endInsertRows();
    Q_EMIT rows_changed();
    Q_EMIT began(state.number);
    if (attach_next_ && (attached_ == 0 || ended(attached_))) {
        attach_next_ = false;
        attach(state.number);
    }
}

void LiveSessions::session_changed(const bridge::SessionState& state) {
    Row* row = find(state.number);
    if (row == nullptr || row->ended) return;
    row->state = state;
    const int at = row_of(state.number);
    Q_EMIT dataChanged(index(at, 0), index(at, column_count - 1));
    Q_EMIT rows_changed();
}

void LiveSessions::session_over(const bridge::SessionState& state) {
    Row* row = find(state.number);
    if (row == nullptr) return;
    row->state = state;
    row->ended = true;
    row->rate = 0;
    wake();
    close_file(state.number);
    const int at = row_of(state.number);
    Q_EMIT dataChanged(index(at, 0), index(at, column_count - 1));
    Q_EMIT rows_changed();
    Q_EMIT session_ended(state.number, QString::fromStdString(state.end));
}

void LiveSessions::close_file(std::uint32_t number) {
    Row* row = find(number);
    if (row == nullptr || row->closed) return;
    row->closed = true;
    auto trouble = std::make_shared<QString>();
    QThread* thread = QThread::create([feed = row->feed, trouble] {
        if (const auto failed = feed->finish()) *trouble = QString::fromStdString(*failed);
    });
    threads_.push_back(thread);
    connect(thread, &QThread::finished, this, [this, number, trouble] {
        if (Row* its = find(number); its != nullptr && !trouble->isEmpty()) its->trouble = *trouble;
        if (!trouble->isEmpty()) Q_EMIT refused(*trouble);
    });
    thread->start();
}

void LiveSessions::dismiss(std::uint32_t number) {
    Row* row = find(number);
    if (row == nullptr) return;
    if (!row->ended) {
        if (server_ && number > numbers_before_) server_->dismiss(number - numbers_before_);
        return;
    }
    if (attached_ == number) detach();
    const int at = row_of(number);
    beginRemoveRows({}, at, at);
    rows_.erase(rows_.begin() + at);
    endRemoveRows();
    Q_EMIT rows_changed();
}

void LiveSessions::control(std::uint32_t number, std::uint8_t command, std::uint64_t value, const QString& text) {
    const Row* row = find(number);
    if (row == nullptr || row->ended || !server_ || number <= numbers_before_) return;
    server_->request(number - numbers_before_, ++requests_, command, value, text.toStdString());
}

// --- the views ---

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

void LiveSessions::measure() {
    const double seconds = static_cast<double>(since_measure_.restart()) / 1000;
    if (server_) {
        for (bridge::SessionState state : server_->sessions()) {
            state.number += numbers_before_;
            Row* row = find(state.number);
            if (row == nullptr || row->ended) continue;
            row->rate = seconds > 0 ? static_cast<double>(state.events - std::min(row->events_then, state.events)) / seconds : 0;
            row->events_then = state.events;
            row->state = state;
        }
    }
    if (!rows_.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, column_count - 1));
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
        .arg(count_text(first), count_text(window_events));
}

// --- the table ---

int LiveSessions::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }
int LiveSessions::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : column_count; }

QVariant LiveSessions::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    const bool right = section >= events && section <= offset;
    if (role == Qt::TextAlignmentRole) return QVariant((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole) {
        switch (section) {
            case lost: return tr("Events that the producer dropped because its buffer was full, or that never arrived");
            case latency: return tr("Round trip between recorder and producer, from the last keepalive");
            case offset: return tr("What the producer's clock is ahead of this computer's");
            default: return {};
        }
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case producer: return tr("producer");
        case scenario: return tr("runs");
        case doing: return tr("state");
        case events: return tr("events");
        case rate: return tr("a second");
        case lost: return tr("lost");
        case latency: return tr("latency");
        case offset: return tr("clock");
        case file: return tr("recorded to");
        default: return {};
    }
}

QVariant LiveSessions::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const Row& row = *rows_[static_cast<std::size_t>(index.row())];
    const bridge::SessionState& its = row.state;
    const std::uint64_t missing = its.losses.dropped + its.losses.missing;
    const auto state_text = [&]() -> QString {
        if (row.ended) return its.end.empty() ? tr("finished") : tr("ended");
        if (its.stage == SessionStage::waiting_for_return) return tr("connection lost");
        switch (its.producer_state) {
            case chimney_wire_paused: return tr("held");
            case chimney_wire_waits_for_choice: return tr("waits for a choice");
            case chimney_wire_idle: return tr("idle");
            default: return tr("running");
        }
    };
    switch (role) {
        case number_role: return its.number;
        case attached_role: return attached_ == its.number;
        case trouble_role: return (row.ended && !its.end.empty()) || missing > 0 || !row.trouble.isEmpty();
        case Qt::TextAlignmentRole: {
            const bool right = index.column() >= events && index.column() <= offset;
            return QVariant((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        }
        case Qt::ToolTipRole: {
            QString tip = QString::fromStdString(its.producer);
            if (!its.end.empty()) tip += QLatin1Char('\n') + QString::fromStdString(its.end);
            if (its.losses.any()) tip += QLatin1Char('\n') + QString::fromStdString(its.losses.to_text());
            if (!row.trouble.isEmpty()) tip += QLatin1Char('\n') + row.trouble;
            return tip + QLatin1Char('\n') + QString::fromStdString(row.feed->file().string());
        }
        case Qt::AccessibleTextRole:
            if (index.column() == producer)
                return tr("%1, %2, %3 events%4").arg(QString::fromStdString(its.producer), state_text(), count_text(its.events), attached_ == its.number ? tr(", in the views") : QString());
            [[fallthrough]];
        case Qt::DisplayRole: break;
        default: return {};
    }
    switch (index.column()) {
        case producer: return (attached_ == its.number ? QStringLiteral("● ") : QStringLiteral("○ ")) + QString::fromStdString(its.producer);
        case scenario: return its.scenario.empty() ? QString::fromStdString(its.title) : QString::fromStdString(its.scenario).toUpper();
        case doing: return state_text();
        case events: return count_text(its.events);
        case rate: return row.ended ? QString() : count_text(static_cast<std::uint64_t>(row.rate));
        case lost: return count_text(missing);
        case latency: return its.round_trip.count() == 0 ? QString() : duration_text(its.round_trip);
        case offset: return its.clock_offset.count() == 0 ? QString() : duration_text(its.clock_offset);
        case file: return QFileInfo(QString::fromStdString(row.feed->file().string())).fileName();
        default: return {};
    }
}

}  // namespace chimneylab::desktop
