// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// One run as data: ordered events, watched memory regions with every byte that changed in them, names, and what was
// run. A Trace owns everything it returns views of. Views stay valid while the trace lives and is not appended to; those
// of a trace that stays on the disk (paged()) as long as pages.h says.
// Thread rule: one writer; readers only after the writer has finished, or on the writer's thread.
#pragma once

#include <cstddef>
#include <deque>
#include <iterator>
#include <memory>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/trace/byte_heap.h"
#include "engine/trace/event.h"
#include "engine/trace/pages.h"

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

class Trace;

// All events of a trace, in order: a random-access range, whether they are in memory or on the disk.
class EventRange {
public:
    class iterator {
    public:
        using iterator_category = std::random_access_iterator_tag;
        using value_type = Event;
        using difference_type = std::ptrdiff_t;
        using pointer = const Event*;
        using reference = const Event&;
        iterator() = default;
        iterator(const Trace* trace, std::ptrdiff_t at) : trace_(trace), at_(at) {}
        reference operator*() const;
        pointer operator->() const { return &**this; }
        reference operator[](difference_type by) const { return *(*this + by); }
        iterator& operator++() { return ++at_, *this; }
        iterator operator++(int) { return {trace_, at_++}; }
        iterator& operator--() { return --at_, *this; }
        iterator operator--(int) { return {trace_, at_--}; }
        iterator& operator+=(difference_type by) { return at_ += by, *this; }
        iterator& operator-=(difference_type by) { return at_ -= by, *this; }
        friend iterator operator+(iterator it, difference_type by) { return it += by; }
        friend iterator operator+(difference_type by, iterator it) { return it += by; }
        friend iterator operator-(iterator it, difference_type by) { return it -= by; }
        friend difference_type operator-(const iterator& a, const iterator& b) { return a.at_ - b.at_; }
        friend bool operator==(const iterator& a, const iterator& b) { return a.at_ == b.at_; }
        friend auto operator<=>(const iterator& a, const iterator& b) { return a.at_ <=> b.at_; }

    private:
        const Trace* trace_ = nullptr;
        std::ptrdiff_t at_ = 0;
    };
    using value_type = Event;

    explicit EventRange(const Trace& trace) : trace_(&trace) {}
    [[nodiscard]] iterator begin() const { return {trace_, 0}; }
    [[nodiscard]] iterator end() const { return {trace_, static_cast<std::ptrdiff_t>(size())}; }
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] bool empty() const { return size() == 0; }
    [[nodiscard]] const Event& operator[](std::size_t index) const { return begin()[static_cast<std::ptrdiff_t>(index)]; }
    [[nodiscard]] const Event& front() const { return *begin(); }
    [[nodiscard]] const Event& back() const { return *(end() - 1); }

private:
    const Trace* trace_;
};

class Trace {
public:
    Trace() = default;
    Trace(const Trace& other);
    Trace& operator=(const Trace& other);
    Trace(Trace&&) noexcept = default;
    Trace& operator=(Trace&&) noexcept = default;
    ~Trace() = default;

    [[nodiscard]] std::size_t size() const { return pages_ ? pages_->size() : events_.size(); }
    [[nodiscard]] bool empty() const { return size() == 0; }
    [[nodiscard]] const Event& event(EventId id) const { return pages_ ? pages_->event(id) : events_[id.value]; }
    [[nodiscard]] EventRange events() const { return EventRange(*this); }
    [[nodiscard]] std::span<const Change> changes(const Event& event) const;
    [[nodiscard]] std::span<const Change> all_changes() const { return std::span(changes_).first(changes_.size() - unclaimed_); }  // of a trace in memory
    [[nodiscard]] std::uint64_t change_count() const { return pages_ ? pages_->change_count() : changes_.size() - unclaimed_; }
    [[nodiscard]] std::span<const std::byte> before(const Change& change) const {
        return bytes(change.before, change.length);
    }
    [[nodiscard]] std::span<const std::byte> after(const Change& change) const {
        return bytes(change.after, change.length);
    }

    [[nodiscard]] std::size_t region_count() const { return regions().size(); }
    [[nodiscard]] const Region& region(RegionId id) const { return regions()[id.value]; }
    [[nodiscard]] std::span<const Region> regions() const { return pages_ ? pages_->regions() : regions_; }
    [[nodiscard]] std::span<const std::byte> initial_bytes(const Region& region) const {
        return bytes(region.initial_bytes, region.size);
    }

    [[nodiscard]] std::string_view text(StringId id) const;  // empty for none
    [[nodiscard]] std::size_t string_count() const { return strings_.size(); }
    [[nodiscard]] std::span<const Layer> layers() const { return layers_; }
    [[nodiscard]] const RunDescription& description() const { return description_; }
    [[nodiscard]] std::span<const std::byte> byte_heap() const { return heap_.all(); }  // of a trace in memory
    [[nodiscard]] std::uint64_t byte_count() const { return pages_ ? pages_->byte_count() : heap_.size(); }
    // Events and bytes are fetched from the disk; nullptr for a trace in memory, which alone may be appended to.
    [[nodiscard]] const Pages* paged() const { return pages_.get(); }

    // The leave that belongs to an enter; none while the call is still open at the end of the trace.
    [[nodiscard]] EventId leave_of(EventId enter) const { return closed_by(enter); }
    // The same for every pair: allocated → freed, opened → closed, recognised → released, work started → finished.
    [[nodiscard]] EventId closed_by(EventId opening) const;

    // Equal in everything a reader can see, measured times included. Where bytes lie in the heap is not part of it.
    friend bool operator==(const Trace& a, const Trace& b);

    // --- for producers and readers of files ---
    StringId intern(std::string_view text);
    EventId append(const Event& event, std::span<const Change> changes);
    // The same in two steps and in place. Changes that no event has claimed yet are seen by no reader; append_in_place claims
    // them. What it returns may be completed until the next event.
    void add_change(const Change& change) {
        if (changes_.size() == changes_.capacity()) [[unlikely]] make_room_for_changes();
        changes_.push_back(change);
        ++unclaimed_;
    }
    Event& append_in_place(const Event& event);
    [[nodiscard]] std::size_t unclaimed_changes() const { return unclaimed_; }
    void drop_unclaimed_changes() {
        changes_.resize(changes_.size() - unclaimed_);
        unclaimed_ = 0;
    }
    RegionId add_region(Region region, std::span<const std::byte> initial);
    Region& mutable_region(RegionId id) { return regions_[id.value]; }
    std::uint64_t store_bytes(std::span<const std::byte> data);
    // The same for the first `length` (at most 8) bytes of a word as it lies in memory.
    void store_word(std::uint64_t word, std::size_t length) { heap_.append_word(word, length); }
    // Room for so much; what is kept there is only ever added to.
    void reserve(std::size_t events, std::size_t changes, std::size_t bytes);
    void set_pages(std::shared_ptr<const Pages> pages) { pages_ = std::move(pages); }  // in place of all of the above
    void set_layers(std::vector<Layer> layers) { layers_ = std::move(layers); }
    void set_description(RunDescription description) { description_ = std::move(description); }

private:
    void close(EventId opening, EventId id);
    Event& append_with_more_room(Event event);
    void make_room_for_changes();
    [[nodiscard]] std::span<const std::byte> bytes(std::uint64_t position, std::size_t length) const;

    std::shared_ptr<const Pages> pages_;
    std::vector<Event> events_;
    std::vector<Change> changes_;
    std::size_t unclaimed_ = 0;  // of changes_, at the end: those that belong to no event yet
    std::vector<Region> regions_;
    ByteHeap heap_;
    std::deque<std::string> strings_;
    std::unordered_map<std::string_view, StringId> string_index_;
    std::vector<EventId> closed_by_;  // as long as the last partner named needs
    std::vector<Layer> layers_;
    RunDescription description_;
};

inline Event& Trace::append_in_place(const Event& event) {
    if (events_.size() == events_.capacity()) [[unlikely]] return append_with_more_room(event);
    Event& stored = events_.emplace_back(event);
    stored.change_count = static_cast<std::uint32_t>(unclaimed_);
    stored.first_change = unclaimed_ == 0 ? 0 : static_cast<std::uint32_t>(changes_.size() - unclaimed_);
    unclaimed_ = 0;
    if (stored.partner.valid()) close(stored.partner, EventId(static_cast<std::uint32_t>(events_.size() - 1)));
    return stored;
}

inline const Event& EventRange::iterator::operator*() const {
    return trace_->event(EventId(static_cast<std::uint32_t>(at_)));
}
inline std::size_t EventRange::size() const { return trace_->size(); }

}  // namespace chimneylab::trace

// Its iterators outlive it.
template <>
inline constexpr bool std::ranges::enable_borrowed_range<chimneylab::trace::EventRange> = true;
