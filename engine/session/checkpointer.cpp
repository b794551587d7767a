// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/checkpointer.h"

#include <new>
#include <system_error>

#include "engine/session/database.h"

namespace chimneylab::session {
namespace {

constexpr std::size_t worth_a_checkpoint = std::size_t{8} << 20;

}  // namespace

Checkpointer::~Checkpointer() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
        wake_.notify_one();
    }
    thread_.join();
}

void Checkpointer::committed(std::size_t bytes) {
    waiting_ += bytes;
    if (waiting_ < worth_a_checkpoint) return;
    waiting_ = 0;
    if (!thread_.joinable()) {
        try {
            thread_ = std::thread([this] { work(); });
        } catch (const std::system_error&) {
            return;
        }
    }
    const std::lock_guard lock(mutex_);
    wanted_ = true;
    wake_.notify_one();
}

void Checkpointer::work() {
    try {
        Database database(file_, Database::Use::write);
        database.run("PRAGMA synchronous = FULL");
        for (;;) {
            {
                std::unique_lock lock(mutex_);
                wake_.wait(lock, [this] { return wanted_ || stop_; });
                if (stop_) return;
                wanted_ = false;
            }
            database.run("PRAGMA wal_checkpoint(PASSIVE)");  // goes as far as readers and the writer let it
        }
    } catch (const SqlFailure&) {
    } catch (const std::bad_alloc&) {
    }
}

}  // namespace chimneylab::session
