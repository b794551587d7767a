// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A trace that stays on the disk: its events and bytes come in pages of a few thousand events, fetched when somebody looks
// and forgotten when nobody does. Ten million events are open in the memory of a few hundred pages.
// What pages give out (references, spans) stays valid for a thread until that thread has looked at `kept_by_thread` other
// pages; whoever walks the whole trace copies what it wants to keep.
// Thread rule: any number of threads may read. A source is never called by two at once.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/trace/event.h"

namespace chimneylab::trace {

struct EventPage {
    std::vector<Event> events;       // first_change is the trace's
    std::vector<EventId> closed_by;  // by an event of the same page; see Trace::closed_by()
};

struct ContentPage {
    std::vector<Change> changes;  // positions are the trace's
    std::vector<std::byte> bytes;
    struct Keyframe {
        RegionId region;
        std::vector<std::byte> bytes;
    };
    std::vector<Keyframe> keyframes;  // by region: bytes at the end of the page of what was born or changed in it and lives on
};

class PageSource {
public:
    virtual ~PageSource() = default;
    // Never null and always safe to read: what cannot be had is stood in for.
    virtual std::shared_ptr<const EventPage> events(std::size_t page) = 0;
    virtual std::shared_ptr<const ContentPage> contents(std::size_t page) = 0;
    [[nodiscard]] virtual std::span<const Region> regions() const = 0;
};

// Where things lie. The first three have one element more than there are pages.
struct PageTable {
    std::vector<std::uint32_t> first_event;
    std::vector<std::uint64_t> first_change, first_byte;
    std::vector<std::pair<EventId, EventId>> closings;  // opening, closing in a later page; by opening
    std::vector<std::uint32_t> touched_from;            // by region, one more than there are: where its pages stand in
    std::vector<std::uint32_t> touched;                 // the pages, after that of its birth, in which its bytes change
};

class Pages {
public:
    Pages(PageTable table, std::unique_ptr<PageSource> source);
    ~Pages();
    Pages(const Pages&) = delete;
    Pages& operator=(const Pages&) = delete;

    static constexpr std::size_t kept_by_thread = 32;

    [[nodiscard]] std::size_t size() const { return table_.first_event.back(); }
    [[nodiscard]] std::uint64_t change_count() const { return table_.first_change.back(); }
    [[nodiscard]] std::uint64_t byte_count() const { return table_.first_byte.back(); }
    [[nodiscard]] std::span<const Region> regions() const { return regions_; }
    [[nodiscard]] const Event& event(EventId id) const;
    [[nodiscard]] EventId closed_by(EventId opening) const;
    [[nodiscard]] const Change& change(std::uint64_t index) const;
    [[nodiscard]] std::span<const Change> changes(const Event& event) const;
    [[nodiscard]] std::span<const std::byte> bytes(std::uint64_t position, std::size_t length) const;
    // The bytes of a region after an event at or after its birth: from two pages, however long the trace is.
    [[nodiscard]] std::vector<std::byte> region_bytes(RegionId region, EventId at) const;

private:
    struct Kept;
    struct Ring;
    static Ring& ring();
    [[nodiscard]] const Kept& keep(std::size_t page, bool contents) const;
    [[nodiscard]] const EventPage& event_page(std::size_t page) const;
    [[nodiscard]] const ContentPage& content_page(std::size_t page) const;
    [[nodiscard]] std::size_t page_of(EventId id) const;
    [[nodiscard]] const std::vector<std::byte>* keyframe(std::size_t page, RegionId region) const;
    void replay(std::vector<std::byte>& image, std::size_t page, RegionId region, std::uint64_t changes_end) const;

    PageTable table_;
    std::unique_ptr<PageSource> source_;
    std::span<const Region> regions_;
    std::uint64_t number_;  // tells the pages of one trace from those of another, also at the same address

    // Pages that any thread used last; kept beside what each thread keeps for itself.
    static constexpr std::size_t kept_by_all = 64;
    using Key = std::uint64_t;  // page << 1 | contents
    mutable std::mutex mutex_;
    mutable std::list<std::pair<Key, std::shared_ptr<const void>>> recent_;  // youngest first
    mutable std::unordered_map<Key, decltype(recent_)::iterator> found_;
};

}  // namespace chimneylab::trace
