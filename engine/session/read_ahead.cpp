// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/read_ahead.h"

#include <algorithm>
#include <system_error>

namespace chimneylab::session {

ReadAhead::~ReadAhead() {
    if (!worker_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
        wake_worker_.notify_one();
    }
    worker_.join();
}

std::optional<ReadAhead::Page> ReadAhead::take_ready(Key key) {
    const auto found = std::ranges::find(ready_, key, &std::pair<Key, Page>::first);
    if (found == ready_.end()) return std::nullopt;
    Page page = std::move(found->second);
    ready_.erase(found);
    return page;
}

ReadAhead::Page ReadAhead::get(Key key) {
    std::unique_lock lock(mutex_);
    made_.wait(lock, [&] { return ahead_ != key; });
    std::optional<Page> page = take_ready(key);
    if (!page) std::erase(wanted_, key);
    look_ahead(key);
    if (page) return *page;
    ++waiting_;
    made_.wait(lock, [this] { return !making_; });
    --waiting_;
    making_ = true;
    lock.unlock();
    page = make_(key);
    lock.lock();
    making_ = false;
    made_.notify_all();
    wake_worker_.notify_one();
    return *page;
}

// With the lock held.
void ReadAhead::look_ahead(Key key) {
    Walk& walk = walks_[key.kind];
    walk.row = key.page == walk.last + 1 ? walk.row + 1 : 0;
    walk.last = key.page;
    if (walk.row < row_to_see || alone_) return;
    for (std::size_t page = key.page + 1; page <= key.page + distance && page < pages_; ++page) {
        const Key next{key.kind, page};
        if (std::ranges::find(wanted_, next) != wanted_.end() || ahead_ == next ||
            std::ranges::find(ready_, next, &std::pair<Key, Page>::first) != ready_.end())
            continue;
        wanted_.push_back(next);
    }
    // What is near the walker comes first, of either kind.
    std::ranges::stable_sort(wanted_, {}, &Key::page);
    if (!worker_.joinable()) {
        try {
            worker_ = std::thread([this] { work(); });
        } catch (const std::system_error&) {
            alone_ = true;
            wanted_.clear();
        }
    }
    if (!making_) wake_worker_.notify_one();
}

void ReadAhead::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_worker_.wait(lock, [this] { return stop_ || (!wanted_.empty() && !making_ && waiting_ == 0); });
        if (stop_) return;
        const Key key = wanted_.front();
        wanted_.pop_front();
        ahead_ = key;
        making_ = true;
        lock.unlock();
        Page page = make_(key);
        lock.lock();
        making_ = false;
        ahead_.reset();
        ready_.emplace_back(key, std::move(page));
        if (ready_.size() > most_ready) ready_.pop_front();
        made_.notify_all();
    }
}

}  // namespace chimneylab::session
