// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/explorer/workers.h"

#include <chrono>
#include <utility>

namespace chimneylab::explorer {
namespace {

constexpr std::chrono::milliseconds now_and_then{100};

}  // namespace

Workers::Workers(std::size_t count, Factory factory) : factory_(std::move(factory)) {
    for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
}

Workers::~Workers() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void Workers::carry_out(const std::vector<Task>& tasks, const std::function<void()>& meanwhile) {
    std::unique_lock lock(mutex_);
    tasks_ = &tasks;
    next_ = 0;
    changed_.notify_all();
    const auto over = [&] { return under_way_ == 0 && (next_ == tasks.size() || failed_); };
    while (!changed_.wait_for(lock, now_and_then, over)) {
        if (!meanwhile) continue;
        lock.unlock();
        meanwhile();
        lock.lock();
    }
    tasks_ = nullptr;
    if (failed_) std::rethrow_exception(std::exchange(failed_, nullptr));
}

// Each makes its walk at once, beside the others: a boot takes as long as many schedules do.
void Workers::work() {
    std::unique_ptr<Walk> walk;
    std::exception_ptr failed;
    const auto attempt = [&failed](const auto& what) {
        try {
            what();
        } catch (...) {
            failed = std::current_exception();
        }
    };
    attempt([&] { walk = factory_(); });
    std::unique_lock lock(mutex_);
    for (;;) {
        if (failed) failed_ = std::exchange(failed, nullptr);
        changed_.notify_all();
        changed_.wait(lock, [&] { return closing_ || (walk && tasks_ != nullptr && next_ < tasks_->size() && !failed_); });
        if (closing_) return;
        const Task& task = (*tasks_)[next_++];
        ++under_way_;
        lock.unlock();
        attempt([&] { task(*walk); });
        lock.lock();
        --under_way_;
    }
}

}  // namespace chimneylab::explorer
