// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/live_checker.h"

#include <utility>

#include "app/desktop/models/growing_session.h"
#include "app/desktop/models/live_window.h"
#include "engine/verifier/verifier.h"

namespace chimneylab::desktop {

LiveChecker::LiveChecker(std::uint32_t most_events, QObject* parent) : QObject(parent), most_events_(most_events) {
    thread_ = std::thread([this] { work(); });
}

LiveChecker::~LiveChecker() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
        news_.notify_one();
    }
    thread_.join();
}

void LiveChecker::give(LiveNews news) {
    if (over_) return;
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(news));
    news_.notify_one();
}

void LiveChecker::work() {
    LiveWindow window(most_events_);
    std::unique_ptr<trace::History> history;
    std::unique_ptr<verifier::Verifier> verifier;
    for (;;) {
        std::deque<LiveNews> batch;
        {
            std::unique_lock lock(mutex_);
            news_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
            if (stop_) return;
            batch = std::exchange(waiting_, {});
        }
        for (const LiveNews& news : batch) {
            if (over_) break;
            if (news.description) window.describe(news.description->first, news.description->second);
            if (!news.part) continue;
            over_ = window.would_begin_anew(*news.part);
            if (!over_) window.take(*news.part);
        }
        if (over_) {
            // Nothing more is judged; the memory is given back.
            verifier.reset();
            history.reset();
            window = LiveWindow(most_events_);
            continue;
        }
        if (window.trace()->empty()) continue;
        if (!history) {
            history = std::make_unique<trace::History>(*window.trace());
            verifier = std::make_unique<verifier::Verifier>(*window.trace());
        }
        history->extend();
        if (!verifier->extend()) continue;
        const auto violations = verifier->violations();
        Q_EMIT found(std::make_shared<const Findings>(tell_findings(*history, {violations.begin(), violations.end()})));
    }
}

}  // namespace chimneylab::desktop

#include "moc_live_checker.cpp"
