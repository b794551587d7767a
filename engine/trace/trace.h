// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// One run as data: ordered events, watched memory regions with every byte that changed in them, names, and what was
// run. A Trace owns everything it returns views of. Views stay valid while the trace lives and is not appended to.
// Thread rule: one writer; readers only after the writer has finished, or on the writer's thread.
#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/trace/event.h"

namespace chimneylab::trace {

// What was run: enough to run it again and get the same events.
struct RunDescription {
    std::string scenario;  // "m1", or the path of a file
    std::string title;
    std::string variant;            // empty: the correct run
    std::string schedule = "fifo";  // "fifo", "lifo", "seed:7"
    std::string mode = "faithful";  // or "strict"
    std::string producer;           // program and version that recorded
    std::uint64_t clock_start = 0;
    friend bool operator==(const RunDescription&, const RunDescription&) = default;
};

class Trace {
public:
    Trace() = default;
    Trace(const Trace& other);
    Trace& operator=(const Trace& other);
    Trace(Trace&&) noexcept = default;
    Trace& operator=(Trace&&) noexcept = default;
    ~Trace() = default;

    [[nodiscard]] std::size_t size() const { return events_.size(); }
    [[nodiscard]] bool empty() const { return events_.empty(); }
    [[nodiscard]] const Event& event(EventId id) const { return events_[id.value]; }
    [[nodiscard]] std::span<const Event> events() const { return events_; }
    [[nodiscard]] std::span<const Change> changes(const Event& event) const;
    [[nodiscard]] std::span<const Change> all_changes() const { return changes_; }
    [[nodiscard]] std::span<const std::byte> before(const Change& change) const {
        return bytes(change.before, change.length);
    }
    [[nodiscard]] std::span<const std::byte> after(const Change& change) const {
        return bytes(change.after, change.length);
    }

    [[nodiscard]] std::size_t region_count() const { return regions_.size(); }
    [[nodiscard]] const Region& region(RegionId id) const { return regions_[id.value]; }
    [[nodiscard]] std::span<const Region> regions() const { return regions_; }
    [[nodiscard]] std::span<const std::byte> initial_bytes(const Region& region) const {
        return bytes(region.initial_bytes, region.size);
    }

    [[nodiscard]] std::string_view text(StringId id) const;  // empty for none
    [[nodiscard]] std::size_t string_count() const { return strings_.size(); }
    [[nodiscard]] std::span<const Layer> layers() const { return layers_; }
    [[nodiscard]] const RunDescription& description() const { return description_; }
    [[nodiscard]] std::span<const std::byte> byte_heap() const { return heap_; }

    // The leave that belongs to an enter; none while the call is still open at the end of the trace.
    [[nodiscard]] EventId leave_of(EventId enter) const { return closed_by(enter); }
    // The same for every pair: allocated → freed, opened → closed, recognised → released, work started → finished.
    [[nodiscard]] EventId closed_by(EventId opening) const;

    // Equal in everything a reader can see, measured times included. Where bytes lie in the heap is not part of it.
    friend bool operator==(const Trace& a, const Trace& b);

    // --- for producers and readers of files ---
    StringId intern(std::string_view text);
    EventId append(const Event& event, std::span<const Change> changes);
    RegionId add_region(Region region, std::span<const std::byte> initial);
    Region& mutable_region(RegionId id) { return regions_[id.value]; }
    std::uint64_t store_bytes(std::span<const std::byte> data);
    void set_layers(std::vector<Layer> layers) { layers_ = std::move(layers); }
    void set_description(RunDescription description) { description_ = std::move(description); }

private:
    [[nodiscard]] std::span<const std::byte> bytes(std::uint64_t position, std::size_t length) const;

    std::vector<Event> events_;
    std::vector<Change> changes_;
    std::vector<Region> regions_;
    std::vector<std::byte> heap_;
    std::deque<std::string> strings_;
    std::unordered_map<std::string_view, StringId> string_index_;
    std::vector<EventId> closed_by_;  // as long as the last partner named needs
    std::vector<Layer> layers_;
    RunDescription description_;
};

}  // namespace chimneylab::trace
