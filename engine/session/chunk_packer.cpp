// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/chunk_packer.h"

#include <new>
#include <system_error>

namespace chimneylab::session {

void ChunkPacker::pack(const Part& part, bool closed, PackedChunk& to) {
    const RegionImages::Seen& seen = images_.look_at(part, closed);
    closings_.clear();
    for (std::size_t i = 0; i < part.events.size(); ++i)
        if (part.events[i].partner.valid() && part.events[i].partner.value < part.first_event)
            closings_.push_back(
                {part.events[i].partner, trace::EventId(static_cast<std::uint32_t>(part.first_event + i))});
    const auto births = packer_.births(part, closings_, seen.touched);
    const auto events = packer_.events(part);
    const auto contents = packer_.contents(part, seen.keyframes);
    const bool any = !part.events.empty();
    to.numbers = {part.first_event,
                  part.events.size(),
                  part.first_region,
                  part.regions.size(),
                  part.first_change,
                  part.changes.size(),
                  part.first_byte,
                  part.bytes.size(),
                  any ? part.events.front().virtual_time : 0,
                  any ? part.events.back().virtual_time : 0,
                  any ? part.events.front().measured_time : 0,
                  any ? part.events.back().measured_time : 0};
    to.checksum = chunk_checksum(to.numbers, births, events, contents);
    to.births.assign(births.begin(), births.end());
    to.events.assign(events.begin(), events.end());
    to.contents.assign(contents.begin(), contents.end());
    summarise(part, closed, to);
}

void ChunkPacker::summarise(const Part& part, bool closed, PackedChunk& to) {
    summary_.take_in(part, counted_events_, counted_regions_, counted_amendments_, counted_names_);
    counted_events_ = closed ? 0 : part.events.size();
    counted_regions_ = closed ? 0 : part.regions.size();
    counted_amendments_ = closed ? 0 : part.amendments.size();
    counted_names_ = closed ? 0 : part.names.size();
    if (closed) ++closed_;
    // Most rows begin and end within a few chunks and are written once. A growing part comes a few times a second: what
    // people query shall be up to date with it.
    to.rows.clear();
    if (!closed || closed_ % 16 == 0) summary_.flush(to.rows);
}

PackingThread::~PackingThread() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
        wanted_.clear();
        wake_packer_.notify_one();
    }
    thread_.join();
}

void PackingThread::submit(const Part& part, bool closed, bool hurry) {
    const std::lock_guard lock(mutex_);
    if (!thread_.joinable()) {
        try {
            thread_ = std::thread([this] { work(); });
        } catch (const std::system_error&) {
            throw std::bad_alloc();  // what a machine lacks that can start no thread
        }
    }
    wanted_.push_back({&part, closed, hurry});
    wake_packer_.notify_one();
}

PackedChunk PackingThread::take() {
    std::unique_lock lock(mutex_);
    wake_taker_.wait(lock, [this] { return !ready_.empty() || failed_; });
    if (ready_.empty()) std::rethrow_exception(failed_);
    PackedChunk chunk = std::move(ready_.front());
    ready_.pop_front();
    return chunk;
}

void PackingThread::give_back(PackedChunk chunk) {
    const std::lock_guard lock(mutex_);
    if (spare_.size() < 16) spare_.push_back(std::move(chunk));
}

void PackingThread::flush(SummaryRows& to) {
    const std::lock_guard lock(mutex_);
    packer_.flush(to);
}

void PackingThread::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_packer_.wait(lock, [this] { return stop_ || !wanted_.empty(); });
        if (stop_) return;
        const Wanted next = wanted_.front();
        wanted_.pop_front();
        PackedChunk chunk;
        if (!spare_.empty()) {
            chunk = std::move(spare_.back());
            spare_.pop_back();
        }
        lock.unlock();
        try {
            packer_.hurry(next.hurry);
            packer_.pack(*next.part, next.closed, chunk);
        } catch (...) {
            lock.lock();
            failed_ = std::current_exception();
            wake_taker_.notify_one();
            return;
        }
        lock.lock();
        ready_.push_back(std::move(chunk));
        wake_taker_.notify_one();
    }
}

}  // namespace chimneylab::session
