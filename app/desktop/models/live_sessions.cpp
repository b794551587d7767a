// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/live_sessions.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>
#include <QThread>
#include <algorithm>
#include <utility>

#include "driver-bridge/server/endpoint.h"

namespace chimneylab::desktop {
namespace {

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
        live_index_.reset();
        Q_EMIT attached_changed();
    });
    connect(&playback, &PlaybackModel::position_changed, this, [this] {
        if (following_ && !moving_) follow(false);
    });
    connect(&playback, &PlaybackModel::playing_changed, this, [this](bool playing) {
        if (playing) follow(false);
    });
    since_measure_.start();
}

LiveSessions::~LiveSessions() {
    server_.reset();
    for (QThread* thread : threads_) {
        thread->wait();
        delete thread;
    }
    for (const auto& row : rows_)
        if (!row->closed) row->feed->finish(row->ended ? row->state.lacking() : "the desktop was closed while it came");
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
        found_more_ = untold_ = true;
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
    QThread* thread = QThread::create([feed = row->feed, trouble, lacking = row->ended ? row->state.lacking() : std::string()] {
        if (const auto failed = feed->finish(lacking)) *trouble = QString::fromStdString(*failed);
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
    picture_rate_ = seconds > 0 ? std::exchange(pictures_, 0) / seconds : 0;
    if (!rows_.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, column_count - 1));
}

}  // namespace chimneylab::desktop

#include "moc_live_sessions.cpp"
