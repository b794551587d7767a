// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/pages.h"

#include <algorithm>
#include <array>
#include <atomic>

namespace chimneylab::trace {

struct Pages::Kept {
    std::uint64_t trace = 0;  // 0: none
    std::uint64_t key = 0;
    std::uint64_t used = 0;
    // For the shortcuts: whoever walks along a trace asks for the same page again and again.
    std::uint32_t first = 0, end = 0;
    const Event* events = nullptr;
    std::uint64_t first_change = 0, end_change = 0, first_byte = 0, end_byte = 0;
    const ContentPage* contents = nullptr;
    std::shared_ptr<const void> page;
};

// What a thread has looked at lately. It keeps pages alive, not their trace.
struct Pages::Ring {
    std::array<Kept, kept_by_thread> kept;
    Kept* last_events = nullptr;
    Kept* last_contents = nullptr;
    std::uint64_t clock = 0;
};

Pages::Ring& Pages::ring() {
    thread_local Ring own;
    return own;
}

namespace {

std::uint64_t next_number() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

template <typename Number>
std::size_t place(const std::vector<Number>& starts, std::uint64_t value) {
    return static_cast<std::size_t>(std::upper_bound(starts.begin(), starts.end(), value) - starts.begin()) - 1;
}

}  // namespace

Pages::Pages(PageTable table, std::unique_ptr<PageSource> source)
    : table_(std::move(table)), source_(std::move(source)), regions_(source_->regions()), number_(next_number()) {}

Pages::~Pages() = default;

const Pages::Kept& Pages::keep(std::size_t page, bool contents) const {
    Ring& own = ring();
    const Key key = std::uint64_t{page} << 1 | (contents ? 1 : 0);
    Kept*& last = contents ? own.last_contents : own.last_events;
    if (last != nullptr && last->key == key && last->trace == number_) {
        last->used = ++own.clock;
        return *last;
    }
    Kept* oldest = own.kept.data();
    for (Kept& each : own.kept) {
        if (each.key == key && each.trace == number_) {
            each.used = ++own.clock;
            last = &each;
            return each;
        }
        if (each.used < oldest->used) oldest = &each;
    }
    std::shared_ptr<const void> fetched;
    {
        const std::lock_guard lock(mutex_);
        if (const auto known = found_.find(key); known != found_.end()) {
            recent_.splice(recent_.begin(), recent_, known->second);
            fetched = recent_.front().second;
        } else {
            if (contents)
                fetched = source_->contents(page);
            else
                fetched = source_->events(page);
            recent_.emplace_front(key, fetched);
            found_.emplace(key, recent_.begin());
            if (recent_.size() > kept_by_all) {
                found_.erase(recent_.back().first);
                recent_.pop_back();
            }
        }
    }
    oldest->trace = number_;
    oldest->key = key;
    oldest->used = ++own.clock;
    oldest->page = std::move(fetched);
    if (!contents) {
        oldest->first = table_.first_event[page];
        oldest->end = table_.first_event[page + 1];
        oldest->events = static_cast<const EventPage*>(oldest->page.get())->events.data();
    } else {
        oldest->first_change = table_.first_change[page];
        oldest->end_change = table_.first_change[page + 1];
        oldest->first_byte = table_.first_byte[page];
        oldest->end_byte = table_.first_byte[page + 1];
        oldest->contents = static_cast<const ContentPage*>(oldest->page.get());
    }
    if (own.last_events == oldest) own.last_events = nullptr;
    if (own.last_contents == oldest) own.last_contents = nullptr;
    last = oldest;
    return *oldest;
}

const EventPage& Pages::event_page(std::size_t page) const {
    return *static_cast<const EventPage*>(keep(page, false).page.get());
}

const ContentPage& Pages::content_page(std::size_t page) const {
    return *static_cast<const ContentPage*>(keep(page, true).page.get());
}

std::size_t Pages::page_of(EventId id) const { return place(table_.first_event, id.value); }

const Event& Pages::event(EventId id) const {
    Ring& own = ring();
    if (Kept* const last = own.last_events;
        last != nullptr && last->trace == number_ && id.value >= last->first && id.value < last->end) {
        last->used = ++own.clock;
        return last->events[id.value - last->first];
    }
    const Kept& found = keep(page_of(id), false);
    return found.events[id.value - found.first];
}

EventId Pages::closed_by(EventId opening) const {
    if (opening.value >= size()) return {};
    const std::size_t page = page_of(opening);
    if (const EventId near = event_page(page).closed_by[opening.value - table_.first_event[page]]; near.valid())
        return near;
    const auto far = std::ranges::lower_bound(table_.closings, opening, {}, &std::pair<EventId, EventId>::first);
    return far != table_.closings.end() && far->first == opening ? far->second : EventId{};
}

const Change& Pages::change(std::uint64_t index) const {
    const std::size_t page = place(table_.first_change, index);
    return content_page(page).changes[index - table_.first_change[page]];
}

std::span<const Change> Pages::changes(const Event& event) const {
    if (event.change_count == 0) return {};
    Ring& own = ring();
    if (Kept* const last = own.last_contents; last != nullptr && last->trace == number_ &&
                                              event.first_change >= last->first_change && event.first_change < last->end_change) {
        last->used = ++own.clock;
        return std::span(last->contents->changes).subspan(event.first_change - last->first_change, event.change_count);
    }
    const std::size_t page = place(table_.first_change, event.first_change);
    return std::span(content_page(page).changes)
        .subspan(event.first_change - table_.first_change[page], event.change_count);
}

std::span<const std::byte> Pages::bytes(std::uint64_t position, std::size_t length) const {
    if (length == 0) return {};
    Ring& own = ring();
    if (Kept* const last = own.last_contents;
        last != nullptr && last->trace == number_ && position >= last->first_byte && position < last->end_byte) {
        last->used = ++own.clock;
        return std::span(last->contents->bytes).subspan(position - last->first_byte, length);
    }
    const std::size_t page = place(table_.first_byte, position);
    return std::span(content_page(page).bytes).subspan(position - table_.first_byte[page], length);
}

const std::vector<std::byte>* Pages::keyframe(std::size_t page, RegionId region) const {
    const auto& frames = content_page(page).keyframes;
    const auto found = std::ranges::lower_bound(frames, region, {}, &ContentPage::Keyframe::region);
    return found != frames.end() && found->region == region ? &found->bytes : nullptr;
}

void Pages::replay(std::vector<std::byte>& image, std::size_t page, RegionId region, std::uint64_t changes_end) const {
    const ContentPage& contents = content_page(page);
    auto changes = std::span(contents.changes).first(static_cast<std::size_t>(changes_end - table_.first_change[page]));
    // Nothing changes it before its birth, and most regions live for a moment.
    if (const EventId born = regions_[region.value].born; born.value > table_.first_event[page]) {
        const EventPage& events = event_page(page);
        for (std::size_t i = born.value - table_.first_event[page]; i < events.events.size(); ++i) {
            if (events.events[i].change_count == 0) continue;
            const std::uint64_t before = events.events[i].first_change - table_.first_change[page];
            changes = changes.subspan(static_cast<std::size_t>(std::min<std::uint64_t>(before, changes.size())));
            break;
        }
    }
    for (const Change& each : changes) {
        if (each.region != region) continue;
        const auto after = std::span(contents.bytes).subspan(each.after - table_.first_byte[page], each.length);
        std::ranges::copy(after, image.begin() + static_cast<std::ptrdiff_t>(each.offset));
    }
}

std::vector<std::byte> Pages::region_bytes(RegionId id, EventId at) const {
    const Region& region = regions_[id.value];
    const std::size_t here = page_of(at), born = page_of(region.born);
    const auto touched = std::span(table_.touched)
                             .subspan(table_.touched_from[id.value],
                                      table_.touched_from[id.value + 1] - table_.touched_from[id.value]);
    // The last page up to here in which something was written, and the one before it.
    const auto after = std::ranges::upper_bound(touched, here);
    const auto written = static_cast<std::size_t>(after - touched.begin());
    const std::size_t last = written == 0 ? born : touched[written - 1];
    if (last < here) {
        if (const auto* frame = keyframe(last, id)) return *frame;
    }
    std::vector<std::byte> image;
    if (last == born) {
        const auto initial = bytes(region.initial_bytes, region.size);
        image.assign(initial.begin(), initial.end());
    } else if (const auto* frame = keyframe(written == 1 ? born : touched[written - 2], id)) {
        image = *frame;
    }
    image.resize(region.size);  // a frame that is missing in a damaged file
    std::uint64_t changes_end = table_.first_change[last + 1];
    if (last == here) {
        changes_end = table_.first_change[here];
        const EventPage& events = event_page(here);
        for (std::size_t i = at.value - table_.first_event[here] + 1; i-- > 0;)
            if (events.events[i].change_count > 0) {
                changes_end = std::uint64_t{events.events[i].first_change} + events.events[i].change_count;
                break;
            }
    }
    replay(image, last, id, changes_end);
    return image;
}

}  // namespace chimneylab::trace
