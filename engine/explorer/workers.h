// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Threads that each lead a walk of their own, made on that thread and never seen by another. They carry out lists of tasks; who
// takes which task is left to chance, so what a task says must not depend on it.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/explorer/walk.h"

namespace chimneylab::explorer {

class Workers {
public:
    using Factory = std::function<std::unique_ptr<Walk>()>;
    using Task = std::function<void(Walk&)>;

    Workers(std::size_t count, Factory factory);
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    // Returns when all are done; throws what one of them threw. `meanwhile` is called now and then, on the caller's thread.
    void carry_out(const std::vector<Task>& tasks, const std::function<void()>& meanwhile = {});

private:
    void work();

    Factory factory_;
    std::mutex mutex_;
    std::condition_variable changed_;
    const std::vector<Task>* tasks_ = nullptr;
    std::size_t next_ = 0, under_way_ = 0;
    bool closing_ = false;
    std::exception_ptr failed_;
    std::vector<std::thread> threads_;
};

}  // namespace chimneylab::explorer
