// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Parts in, finished chunks out: columns, compression, checksum and rows, which is most of what recording costs. A
// PackingThread does it beside the thread that writes the database, so that both cores of a small machine are used.
// Parts must come in order; one that is not closed may come again, longer.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include "engine/session/checksum.h"
#include "engine/session/region_images.h"
#include "engine/session/summary.h"

namespace chimneylab::session {

struct PackedChunk {
    ChunkNumbers numbers{};
    Checksum checksum{};
    std::vector<std::byte> births, events, contents;
    SummaryRows rows;  // of the summary tables, those that are to be written now
};

// Not thread safe.
class ChunkPacker {
public:
    void pack(const Part& part, bool closed, PackedChunk& to);
    void hurry(bool on) { packer_.hurry(on); }  // as Packer
    void flush(SummaryRows& to) { summary_.flush(to); }  // rows that were kept back, when no part comes any more

private:
    void summarise(const Part& part, bool closed, PackedChunk& to);

    Packer packer_;
    RegionImages images_;
    Summary summary_;
    std::vector<Closing> closings_;
    std::size_t closed_ = 0;
    // How much of a growing part has been counted already.
    std::size_t counted_events_ = 0, counted_regions_ = 0, counted_amendments_ = 0, counted_names_ = 0;
};

// Thread rule: submit() and take() on one thread. A part must stay as it is until its chunk has been taken, or until the
// thread is destroyed.
class PackingThread {
public:
    PackingThread() = default;
    ~PackingThread();
    PackingThread(const PackingThread&) = delete;
    PackingThread& operator=(const PackingThread&) = delete;

    void submit(const Part& part, bool closed, bool hurry = false);
    // The chunk of the oldest part that was submitted and not taken; waits for it. Throws what packing it threw.
    [[nodiscard]] PackedChunk take();
    void give_back(PackedChunk chunk);  // its memory is used again
    void flush(SummaryRows& to);        // as ChunkPacker; every chunk must have been taken

private:
    struct Wanted {
        const Part* part;
        bool closed, hurry;
    };
    void work();

    ChunkPacker packer_;
    std::mutex mutex_;
    std::condition_variable wake_packer_, wake_taker_;
    std::deque<Wanted> wanted_;
    std::deque<PackedChunk> ready_;
    std::vector<PackedChunk> spare_;
    std::exception_ptr failed_;
    bool stop_ = false;
    std::thread thread_;  // from the first part on
};

}  // namespace chimneylab::session
