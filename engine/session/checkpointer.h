// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Brings what a recording has committed from its write-ahead log into the file, on a thread and a connection of its own, while
// the writer goes on: that waits for the disk twice, as long as half a million events take to come. It is help, not duty:
// when it fails (a full disk, no memory for a thread) the log grows until the writer's own checkpoint does the work and tells
// what is wrong.
// Thread rule: constructed, used and destroyed by the writer's thread. Must be gone before the file leaves its log.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <mutex>
#include <thread>

namespace chimneylab::session {

class Checkpointer {
public:
    explicit Checkpointer(std::filesystem::path file) : file_(std::move(file)) {}
    ~Checkpointer();  // waits for a checkpoint that has begun
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    // After a commit: so many bytes more are in the log. Enough of them start a checkpoint; the first starts the thread.
    void committed(std::size_t bytes);

private:
    void work();

    std::filesystem::path file_;
    std::size_t waiting_ = 0;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool wanted_ = false, stop_ = false;
    std::thread thread_;
};

}  // namespace chimneylab::session
