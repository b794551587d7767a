// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Judges a live session while it grows, on a thread of its own with a trace of its own, made of the same parts. It judges the
// first window alone: a later one begins in the middle of things, and whoever sees only the end of a story accuses the
// innocent. found() arrives on the thread that made the checker.
#pragma once

#include <QObject>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "app/desktop/models/findings.h"
#include "app/desktop/models/live_feed.h"

namespace chimneylab::desktop {

class LiveChecker : public QObject {
    Q_OBJECT
public:
    explicit LiveChecker(std::uint32_t most_events, QObject* parent = nullptr);
    ~LiveChecker() override;
    void give(LiveNews news);

Q_SIGNALS:
    void found(std::shared_ptr<const chimneylab::desktop::Findings> findings);

private:
    void work();

    const std::uint32_t most_events_;
    std::mutex mutex_;
    std::condition_variable news_;
    std::deque<LiveNews> waiting_;
    bool stop_ = false;
    std::atomic<bool> over_{false};  // the first window: nothing more is wanted
    std::thread thread_;
};

}  // namespace chimneylab::desktop
