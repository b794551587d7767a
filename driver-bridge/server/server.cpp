// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/server/server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <future>
#include <list>
#include <mutex>
#include <set>
#include <thread>

#include "driver-bridge/server/conversation.h"

namespace chimneylab::bridge {
namespace {

namespace asio = boost::asio;
using asio::generic::stream_protocol;
using boost::system::error_code;
using SessionNumber = std::array<std::uint8_t, 16>;
using Clock = std::chrono::steady_clock;

constexpr std::size_t most_unread_output = 256 * 1024;  // that a producer leaves lying
constexpr auto time_for_last_words = std::chrono::milliseconds(500);

std::uint64_t now_nanoseconds() {
    return static_cast<std::uint64_t>(Clock::now().time_since_epoch() / std::chrono::nanoseconds(1));
}

std::string seconds(std::chrono::milliseconds time) {
    return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s" : std::to_string(time.count()) + " ms";
}

struct Connection;

struct Session {
    SessionState state;
    SessionNumber id{};
    bool can_resume = false;
    std::shared_ptr<Recipient> recipient;  // may be null
    SessionBuilder builder;
    std::weak_ptr<Connection> connection;
    asio::steady_timer return_timer;

    Session(asio::io_context& context, const chimney_wire_hello& hello, const BuilderLimits& limits, SessionState begun,
            std::shared_ptr<Recipient> taker)
        : state(std::move(begun)), recipient(std::move(taker)), builder(hello, limits, recipient), return_timer(context) {}
};

struct Connection {
    stream_protocol::socket socket;
    Conversation conversation;
    std::shared_ptr<Session> session;
    asio::steady_timer timer;
    Clock::time_point last_heard = Clock::now();
    std::vector<std::uint8_t> writing;
    std::vector<std::uint8_t> waiting;  // to be written after that
    std::uint64_t states_told = 0;
    bool busy_writing = false;
    bool ended = false;     // the conversation is over and its session knows
    bool leaving = false;   // what still comes is read away
    bool closed = false;

    Connection(stream_protocol::socket taken, asio::io_context& context, const ConversationOptions& options,
               Conversation::Admit admit)
        : socket(std::move(taken)), conversation(options, std::move(admit)), timer(context) {}
};

}  // namespace

struct Server::Inside {
    ServerOptions options;
    Observer& observer;
    Endpoint endpoint;
    asio::io_context context{1};
    std::optional<asio::ip::tcp::acceptor> tcp;
    std::optional<asio::local::stream_protocol::acceptor> local;
    asio::steady_timer accept_pause{context};
    std::set<std::shared_ptr<Connection>> connections;
    std::list<std::shared_ptr<Session>> sessions;
    std::uint32_t last_number = 0;
    bool stopping = false;
    std::pair<dev_t, ino_t> socket_file{};
    std::thread thread;
    mutable std::mutex states_mutex;
    std::vector<SessionState> states;  // guarded by states_mutex

    Inside(const ServerOptions& chosen, Observer& watching) : options(chosen), observer(watching) {}

    // --- listening ---

    std::optional<Problem> open() {
        endpoint = options.endpoint;
        if (!endpoint.local() && options.token.empty())
            return Problem{"the endpoint " + endpoint.to_text() + " can be reached from other machines, and no token is set",
                           "Give a token file, or listen on 127.0.0.1, [::1] or a Unix socket."};
        error_code error;
        if (endpoint.kind == Endpoint::Kind::tcp) {
            tcp.emplace(context);
            const asio::ip::tcp::endpoint at(asio::ip::make_address(endpoint.address, error), endpoint.port);
            if (!error) tcp->open(at.protocol(), error);
            if (!error) tcp->set_option(asio::socket_base::reuse_address(true), error);
            if (!error) tcp->bind(at, error);
            if (!error) tcp->listen(asio::socket_base::max_listen_connections, error);
            if (!error) endpoint.port = tcp->local_endpoint(error).port();
        } else {
            local.emplace(context);
            const asio::local::stream_protocol::endpoint at(endpoint.address);
            remove_abandoned_socket(at);
            local->open(at.protocol(), error);
            // Who may connect is decided before anybody can.
            const mode_t before = umask(0177);
            if (!error) local->bind(at, error);
            umask(before);
            if (!error) local->listen(asio::socket_base::max_listen_connections, error);
            struct stat about{};
            if (!error && ::stat(endpoint.address.c_str(), &about) == 0) socket_file = {about.st_dev, about.st_ino};
        }
        if (!error) return {};
        return Problem{"cannot listen on " + endpoint.to_text() + ": " + error.message(),
                       error == asio::error::address_in_use ? "Another program listens there; choose another endpoint."
                                                            : "Choose another endpoint."};
    }

    // A socket's file stays behind when its program dies. If nobody answers there, it is removed.
    void remove_abandoned_socket(const asio::local::stream_protocol::endpoint& at) {
        struct stat about{};
        if (::lstat(endpoint.address.c_str(), &about) != 0 || !S_ISSOCK(about.st_mode)) return;
        asio::local::stream_protocol::socket probe(context);
        error_code error;
        probe.connect(at, error);
        if (error == asio::error::connection_refused) ::unlink(endpoint.address.c_str());
    }

    void accept_next() {
        const auto taken = [this](const error_code& error, auto socket) {
            if (stopping) return;
            if (!error) {
                came(stream_protocol::socket(std::move(socket)));
                accept_next();
            } else if (error != asio::error::operation_aborted) {
                // Most likely out of descriptors: those that are connected go on, and in a moment there may be room.
                accept_pause.expires_after(std::chrono::milliseconds(50));
                accept_pause.async_wait([this](const error_code& stopped) {
                    if (!stopped && !stopping) accept_next();
                });
            }
        };
        if (tcp)
            tcp->async_accept([taken](const error_code& error, asio::ip::tcp::socket socket) {
                if (!error) {
                    error_code ignored;
                    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
                }
                taken(error, std::move(socket));
            });
        else
            local->async_accept([taken](const error_code& error, asio::local::stream_protocol::socket socket) {
                taken(error, std::move(socket));
            });
    }

    // --- connections ---

    void came(stream_protocol::socket socket) {
        if (connections.size() >= options.most_connections) {
            observer.refused("there are already " + std::to_string(connections.size()) + " connections");
            return;  // closes it
        }
        auto slot = std::make_shared<std::weak_ptr<Connection>>();
        auto connection = std::make_shared<Connection>(
            std::move(socket), context, ConversationOptions{options.token, options.keepalive, options.silence},
            [this, slot](const chimney_wire_hello& hello) { return admit(slot->lock(), hello); });
        *slot = connection;
        connections.insert(connection);
        read_more(connection);
        connection->timer.expires_after(options.introduction);
        connection->timer.async_wait([this, weak = *slot](const error_code& error) {
            const auto alive = weak.lock();
            if (error || !alive || alive->closed) return;
            if (alive->conversation.open())
                tick(alive);
            else
                end(alive, {chimney_wire_silent, false,
                            "no HELLO came within " + seconds(options.introduction), {}});
        });
    }

    void read_more(const std::shared_ptr<Connection>& connection) {
        const auto space = connection->conversation.receive_space();
        connection->socket.async_read_some(asio::buffer(space.data(), space.size()),
                                           [this, connection](const error_code& error, std::size_t count) {
                                               if (connection->closed) return;
                                               if (error)
                                                   lost(connection, error);
                                               else
                                                   heard(connection, count);
                                           });
    }

    void heard(const std::shared_ptr<Connection>& connection, std::size_t count) {
        if (connection->ended) return;  // what still comes is read away
        connection->last_heard = Clock::now();
        if (connection->session && connection->session->recipient) connection->session->recipient->heard(connection->last_heard);
        const bool was_open = connection->conversation.open();
        const bool goes_on = connection->conversation.received(count);
        if (const std::shared_ptr<Session> session = connection->session) {
            SessionState& state = session->state;
            state.bytes += count;
            const std::uint64_t events = session->builder.events_recorded();
            const bool grew = events != state.events;
            const bool changed = connection->states_told != connection->conversation.states_told();
            if (changed) {
                connection->states_told = connection->conversation.states_told();
                state.alternatives = connection->conversation.alternatives();
            }
            if (const trace::RunDescription& run = session->builder.description();
                state.scenario != run.scenario || state.title != run.title) {
                state.scenario = run.scenario;
                state.title = run.title;
            }
            state.events = events;
            state.losses = session->builder.losses();
            state.producer_state = connection->conversation.producer_state();
            if (const auto echo = connection->conversation.take_echo()) {
                const std::uint64_t now = now_nanoseconds();
                state.round_trip = std::chrono::nanoseconds(now - *echo);
                state.clock_offset = std::chrono::nanoseconds(
                    static_cast<std::int64_t>(connection->conversation.producer_clock() - (now - (now - *echo) / 2)));
            }
            publish(state);
            if (changed) observer.session_changed(state);
            if (grew) observer.session_grew(state);
            for (const auto& answer : connection->conversation.take_answers())
                observer.control_answered(state.number, answer.request, answer.done, answer.text);
        }
        if (!was_open && connection->conversation.open()) schedule_tick(connection);
        flush(connection);
        if (!goes_on)
            over(connection);
        else if (!connection->closed && !connection->ended)
            read_more(connection);
    }

    void schedule_tick(const std::shared_ptr<Connection>& connection) {
        connection->timer.expires_after(options.keepalive);
        connection->timer.async_wait([this, weak = std::weak_ptr(connection)](const error_code& error) {
            if (const auto alive = weak.lock(); alive && !error && !alive->closed) tick(alive);
        });
    }

    void tick(const std::shared_ptr<Connection>& connection) {
        if (Clock::now() - connection->last_heard > options.silence) {
            end(connection, {chimney_wire_silent, false, "the producer said nothing for " + seconds(options.silence), {}});
            return;
        }
        connection->conversation.keep_alive(now_nanoseconds());
        flush(connection);
        if (!connection->closed && !connection->ended) schedule_tick(connection);
    }

    void flush(const std::shared_ptr<Connection>& connection) {
        const auto output = connection->conversation.take_output();
        connection->waiting.insert(connection->waiting.end(), output.begin(), output.end());
        if (connection->waiting.size() > most_unread_output && !connection->conversation.over()) {
            connection->waiting.clear();
            end(connection, {chimney_wire_silent, false, "the producer does not read what it is sent", {}});
            return;
        }
        write_more(connection);
    }

    void write_more(const std::shared_ptr<Connection>& connection) {
        if (connection->busy_writing || connection->closed || connection->waiting.empty()) return;
        connection->writing.swap(connection->waiting);
        connection->waiting.clear();
        connection->busy_writing = true;
        asio::async_write(connection->socket, asio::buffer(connection->writing),
                          [this, connection](const error_code& error, std::size_t) {
                              connection->busy_writing = false;
                              if (connection->closed) return;
                              if (!error && !connection->waiting.empty())
                                  write_more(connection);
                              else if (connection->ended)
                                  close_gently(connection);
                              // A connection that cannot be written to is noticed by the read.
                          });
    }

    void end(const std::shared_ptr<Connection>& connection, Ending ending) {
        connection->conversation.end(std::move(ending));
        flush(connection);
        over(connection);
    }

    // The conversation has ended, by either side.
    void over(const std::shared_ptr<Connection>& connection) {
        if (std::exchange(connection->ended, true)) return;
        const Ending& ending = connection->conversation.ending();
        if (const auto session = std::exchange(connection->session, nullptr)) {
            // Silence may be a broken line. Everything else is an end.
            if (ending.reason == chimney_wire_silent && !ending.by_producer && session->can_resume && !stopping)
                wait_for_return(session, ending.text);
            else
                finish(session, ending);
        } else if (!ending.by_producer && ending.reason != chimney_wire_going_down) {
            observer.refused(ending.text);
        }
        leave(connection);
    }

    // Last words are written if the peer takes them in time.
    void leave(const std::shared_ptr<Connection>& connection) {
        connection->timer.expires_after(time_for_last_words);
        connection->timer.async_wait([this, connection](const error_code& error) {
            if (!error) close(connection);
        });
        if (!connection->busy_writing) close_gently(connection);
    }

    // Everything was written: no more is sent, and what still comes is read away, because closing with unread bytes would
    // destroy our last words on their way. The timer ends a peer that does not stop.
    void close_gently(const std::shared_ptr<Connection>& connection) {
        if (connection->closed || std::exchange(connection->leaving, true)) return;
        error_code ignored;
        connection->socket.shutdown(asio::socket_base::shutdown_send, ignored);
        auto rest = std::make_shared<std::array<std::uint8_t, 16384>>();
        read_away(connection, rest);
    }

    void read_away(const std::shared_ptr<Connection>& connection,
                   const std::shared_ptr<std::array<std::uint8_t, 16384>>& rest) {
        connection->socket.async_read_some(asio::buffer(*rest),
                                           [this, connection, rest](const error_code& error, std::size_t) {
                                               if (error)
                                                   close(connection);
                                               else if (!connection->closed)
                                                   read_away(connection, rest);
                                           });
    }

    void close(const std::shared_ptr<Connection>& connection) {
        if (connection->closed) return;
        connection->closed = true;
        connection->timer.cancel();
        error_code ignored;
        connection->socket.close(ignored);
        connections.erase(connection);
        if (stopping && connections.empty()) context.stop();
    }

    // The connection broke, or the producer closed it.
    void lost(const std::shared_ptr<Connection>& connection, const error_code& error) {
        // A program that ends with something unread of ours resets its connections instead of closing them.
        const bool ended = error == asio::error::eof || error == asio::error::connection_reset;
        std::string text = ended ? "the producer closed the connection without taking leave"
                                 : "the connection to the producer broke (" + error.message() + ")";
        if (connection->conversation.inside_frame()) text += ", in the middle of a frame";
        if (const auto session = std::exchange(connection->session, nullptr)) {
            if (session->can_resume && !stopping)
                wait_for_return(session, text);
            else
                finish(session, {chimney_wire_silent, false, text, {}});
        }
        close(connection);
    }

    // --- sessions ---

    Conversation::Admission admit(const std::shared_ptr<Connection>& connection, const chimney_wire_hello& hello) {
        const auto refuse = [](chimney_wire_goodbye_reason reason, std::string text) {
            return Conversation::Admission{nullptr, {reason, false, std::move(text), {}}};
        };
        SessionNumber id;
        std::copy(std::begin(hello.session), std::end(hello.session), id.begin());
        const bool has_id = std::ranges::any_of(id, [](std::uint8_t each) { return each != 0; });
        const auto known = std::ranges::find_if(sessions, [&](const auto& each) { return has_id && each->id == id; });
        if (known != sessions.end()) {
            if (hello.resumes == 0)
                return refuse(chimney_wire_malformed, "a session of this number is there already. Use a new random number "
                                                      "for every session, or say that it is resumed");
            return {resume(*known, connection), {}};
        }
        if (hello.resumes != 0)
            return refuse(chimney_wire_unknown_session,
                          "there is no session of this number to go on with; it has ended. Begin a new one");
        if (sessions.size() >= options.most_sessions)
            return refuse(chimney_wire_busy, "this recorder already records " + std::to_string(sessions.size()) +
                                                 " sessions. Try again when one has ended");
        SessionState state;
        state.number = ++last_number;
        state.producer = producer_name(hello);
        state.pointer_size = hello.pointer_size;
        state.capabilities = hello.capabilities;
        state.clock_frequency = hello.clock_frequency;
        state.wall_clock = hello.wall_clock;
        state.event_cost_picoseconds = hello.event_cost_picoseconds;
        const auto session = std::make_shared<Session>(context, hello, options.limits, state, observer.recipient(state));
        session->id = id;
        session->can_resume = has_id && (hello.capabilities & chimney_wire_can_resume) != 0;
        session->connection = connection;
        sessions.push_back(session);
        connection->session = session;
        publish(state);
        observer.session_started(state);
        return {&session->builder, {}};
    }

    SessionBuilder* resume(const std::shared_ptr<Session>& session, const std::shared_ptr<Connection>& connection) {
        if (const auto old = session->connection.lock(); old && !old->closed && old->session) {
            old->session = nullptr;
            old->ended = true;
            old->conversation.end({chimney_wire_replaced, false, "the producer has come back on another connection", {}});
            flush(old);
            leave(old);
        }
        session->return_timer.cancel();
        session->connection = connection;
        connection->session = session;
        session->state.stage = SessionStage::connected;
        session->state.end.clear();
        ++session->state.connections;
        publish(session->state);
        observer.session_changed(session->state);
        return &session->builder;
    }

    void wait_for_return(const std::shared_ptr<Session>& session, const std::string& why) {
        session->connection.reset();
        session->state.stage = SessionStage::waiting_for_return;
        session->state.end = why;
        publish(session->state);
        observer.session_changed(session->state);
        session->return_timer.expires_after(options.return_within);
        session->return_timer.async_wait([this, session](const error_code& error) {
            if (error || session->state.stage != SessionStage::waiting_for_return) return;
            finish(session, {chimney_wire_silent, false,
                             session->state.end + " and did not come back within " + seconds(options.return_within), {}});
        });
    }

    void finish(const std::shared_ptr<Session>& session, const Ending& ending) {
        if (session->state.stage == SessionStage::ended) return;
        session->return_timer.cancel();
        SessionState& state = session->state;
        state.stage = SessionStage::ended;
        state.reason = ending.reason;
        state.end = ending.text;
        trace::Trace trace = session->builder.finish(
            ending.text.empty() ? std::string() : "The recording ended: " + ending.text + ".", ending.expected_next);
        state.losses = session->builder.losses();
        state.events = session->builder.events_recorded();
        sessions.remove(session);
        {
            const std::lock_guard lock(states_mutex);
            std::erase_if(states, [&](const SessionState& each) { return each.number == state.number; });
        }
        observer.session_ended(state, std::move(trace));
    }

    void publish(const SessionState& state) {
        const std::lock_guard lock(states_mutex);
        const auto known = std::ranges::find(states, state.number, &SessionState::number);
        if (known == states.end())
            states.push_back(state);
        else
            *known = state;
    }

    bool control(std::uint32_t number, const chimney_wire_control& wanted) {
        const auto session = std::ranges::find_if(sessions, [&](const auto& each) { return each->state.number == number; });
        if (session == sessions.end()) return false;
        const auto connection = (*session)->connection.lock();
        if (!connection || connection->closed || !connection->conversation.control(wanted)) return false;
        flush(connection);
        return true;
    }

    void stop_on_thread() {
        stopping = true;
        error_code ignored;
        accept_pause.cancel();
        if (tcp) tcp->close(ignored);
        if (local) local->close(ignored);
        const Ending ending{chimney_wire_going_down, false, "the recorder was stopped", {}};
        const auto all = connections;
        for (const auto& connection : all)
            if (!connection->closed && !connection->conversation.over()) end(connection, ending);
        const auto left = sessions;
        for (const auto& session : left) {
            Ending its = ending;
            if (session->state.stage == SessionStage::waiting_for_return)
                its.text = session->state.end + " and had not come back when the recorder was stopped";
            finish(session, its);
        }
        if (connections.empty()) context.stop();
    }
};

Server::Server(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

std::variant<std::unique_ptr<Server>, Problem> Server::listen(const ServerOptions& options, Observer& observer) {
    auto inside = std::make_unique<Inside>(options, observer);
    if (auto problem = inside->open()) return std::move(*problem);
    inside->accept_next();
    Inside* const running = inside.get();
    inside->thread = std::thread([running] { running->context.run(); });
    return std::unique_ptr<Server>(new Server(std::move(inside)));
}

Server::~Server() { stop(); }

const Endpoint& Server::endpoint() const { return inside_->endpoint; }

std::vector<SessionState> Server::sessions() const {
    const std::lock_guard lock(inside_->states_mutex);
    return inside_->states;
}

bool Server::control(std::uint32_t session, const chimney_wire_control& control) {
    const auto done = std::make_shared<std::promise<bool>>();
    auto result = done->get_future();
    const std::string text(control.text.data ? control.text.data : "", control.text.size);
    asio::post(inside_->context, [inside = inside_.get(), done, session, wanted = control, text]() mutable {
        wanted.text = {text.data(), static_cast<std::uint32_t>(text.size())};
        done->set_value(inside->control(session, wanted));
    });
    // A server that is being stopped answers no more.
    while (result.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready)
        if (inside_->context.stopped()) return false;
    return result.get();
}

void Server::request(std::uint32_t session, std::uint32_t number, std::uint8_t command, std::uint64_t value, std::string text) {
    asio::post(inside_->context, [inside = inside_.get(), session, number, command, value, text = std::move(text)] {
        chimney_wire_control wanted{};
        wanted.request = number;
        wanted.command = command;
        wanted.number = value;
        wanted.text = {text.data(), static_cast<std::uint32_t>(text.size())};
        if (!inside->control(session, wanted))
            inside->observer.control_answered(session, number, false, "the producer is not connected, or cannot do that");
    });
}

void Server::dismiss(std::uint32_t session) {
    asio::post(inside_->context, [inside = inside_.get(), session] {
        const auto found = std::ranges::find_if(inside->sessions, [&](const auto& each) { return each->state.number == session; });
        if (found == inside->sessions.end()) return;
        const std::shared_ptr<Session> wanted = *found;
        const Ending ending{chimney_wire_stopped, false, "the recorder ended the session", {}};
        if (const auto connection = wanted->connection.lock(); connection && !connection->closed)
            inside->end(connection, ending);
        else
            inside->finish(wanted, ending);
    });
}

void Server::stop() {
    if (!inside_->thread.joinable()) return;
    asio::post(inside_->context, [this] { inside_->stop_on_thread(); });
    inside_->thread.join();
    if (inside_->endpoint.kind == Endpoint::Kind::unix_socket) {
        struct stat about{};
        if (::stat(inside_->endpoint.address.c_str(), &about) == 0 &&
            std::pair(about.st_dev, about.st_ino) == inside_->socket_file)
            ::unlink(inside_->endpoint.address.c_str());
    }
}

}  // namespace chimneylab::bridge
