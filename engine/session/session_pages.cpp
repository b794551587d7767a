// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/session_pages.h"

#include <algorithm>
#include <mutex>

#include "engine/session/read_ahead.h"

namespace chimneylab::session {
namespace {

using trace::ContentPage;
using trace::EventPage;

// Memory of pages that nobody looks at any more, for the next ones: fresh memory costs as much as what is unpacked into it.
// Pages may outlive their session, and take this with them.
template <typename Page>
class Spare : public std::enable_shared_from_this<Spare<Page>> {
public:
    [[nodiscard]] std::shared_ptr<Page> take() {
        std::unique_ptr<Page> page;
        {
            const std::lock_guard lock(mutex_);
            if (!pages_.empty()) {
                page = std::move(pages_.back());
                pages_.pop_back();
            }
        }
        if (!page) page = std::make_unique<Page>();
        return {page.release(), [own = this->shared_from_this()](Page* used) { own->give_back(std::unique_ptr<Page>(used)); }};
    }

private:
    static constexpr std::size_t most = 8;
    void give_back(std::unique_ptr<Page> page) {
        const std::lock_guard lock(mutex_);
        if (pages_.size() < most) pages_.push_back(std::move(page));
    }
    std::mutex mutex_;
    std::vector<std::unique_ptr<Page>> pages_;
};

enum Kind : std::size_t { event_pages, content_pages };

class SessionPages final : public trace::PageSource {
public:
    SessionPages(Connection connection, SessionIndex index)
        : connection_(std::move(connection)),
          index_(std::move(index)),
          reader_(*connection_.database),
          ahead_(index_.chunks.size(), [this](ReadAhead::Key key) { return make(key); }) {
        // The last chunk of a session that is being recorded will be replaced by a longer one.
        if (connection_.with_log && !index_.chunks.empty()) {
            last_ = index_.chunks.size() - 1;
            last_events_ = make_events(last_);
            last_contents_ = make_contents(last_);
        }
    }

    std::shared_ptr<const EventPage> events(std::size_t page) override {
        if (last_events_ && page == last_) return last_events_;
        return std::static_pointer_cast<const EventPage>(ahead_.get({event_pages, page}));
    }

    std::shared_ptr<const ContentPage> contents(std::size_t page) override {
        if (last_contents_ && page == last_) return last_contents_;
        return std::static_pointer_cast<const ContentPage>(ahead_.get({content_pages, page}));
    }

    [[nodiscard]] std::span<const trace::Region> regions() const override { return index_.regions; }

private:
    // From here on one thread at a time.
    ReadAhead::Page make(ReadAhead::Key key) {
        if (last_events_ && key.page == last_) return key.kind == event_pages ? ReadAhead::Page(last_events_) : last_contents_;
        return key.kind == event_pages ? ReadAhead::Page(make_events(key.page)) : make_contents(key.page);
    }

    std::shared_ptr<const EventPage> make_events(std::size_t page) {
        std::shared_ptr<EventPage> made = spare_events_->take();
        const Chunk& chunk = index_.chunks[page];
        latest_whole_ = guarded([&] { reader_.events(index_, page, made->events); });
        if (!latest_whole_) {
            trace::Event event;
            event.virtual_time = chunk.numbers[8];
            event.measured_time = chunk.numbers[10];
            made->events.assign(chunk.events(), event);
        }
        made->closed_by.assign(made->events.size(), {});
        for (std::size_t i = 0; i < made->events.size(); ++i) {
            trace::Event& each = made->events[i];
            if (each.change_count > 0) each.first_change += static_cast<std::uint32_t>(chunk.first_change());
            if (!each.partner.valid() || each.partner.value < chunk.first_event()) continue;
            trace::EventId& closed = made->closed_by[each.partner.value - chunk.first_event()];
            if (!closed.valid()) closed = trace::EventId(static_cast<std::uint32_t>(chunk.first_event() + i));
        }
        latest_events_ = made;
        latest_ = page;
        return made;
    }

    std::shared_ptr<const ContentPage> make_contents(std::size_t page) {
        // Its changes are checked against its events, which somebody has looked at most often a moment ago.
        const auto events = latest_events_ && latest_ == page ? latest_events_ : make_events(page);
        std::shared_ptr<ContentPage> made = spare_contents_->take();
        const Chunk& chunk = index_.chunks[page];
        Unpacker::Contents contents;
        contents.changes = std::move(made->changes);
        contents.bytes = std::move(made->bytes);
        contents.keyframes = std::move(made->keyframes);
        const bool whole = latest_whole_ && guarded([&] {
            reader_.contents(index_, page, events->events, static_cast<std::uint32_t>(chunk.first_change()), contents);
        });
        made->changes = std::move(contents.changes);
        made->bytes = std::move(contents.bytes);
        made->keyframes = std::move(contents.keyframes);
        if (!whole) stand_in(*made, chunk);
        std::ranges::sort(made->keyframes, {}, &ContentPage::Keyframe::region);
        for (trace::Change& each : made->changes) {
            each.before += chunk.first_byte();
            each.after += chunk.first_byte();
        }
        return made;
    }

    // False: it cannot be read any more.
    template <typename Work>
    static bool guarded(Work work) {
        try {
            work();
            return true;
        } catch (const Refused&) {
        } catch (const UnpackFailure&) {
        } catch (const SqlFailure&) {
        }
        return false;
    }

    // Of the right size, so that whatever points into it finds something.
    static void stand_in(ContentPage& page, const Chunk& chunk) {
        page.keyframes.clear();
        trace::Change nothing;
        nothing.region = trace::RegionId(0);
        page.changes.assign(static_cast<std::size_t>(chunk.changes()), nothing);
        page.bytes.assign(static_cast<std::size_t>(chunk.bytes()), std::byte{0});
    }

    Connection connection_;
    SessionIndex index_;
    ChunkReader reader_;
    std::shared_ptr<Spare<EventPage>> spare_events_ = std::make_shared<Spare<EventPage>>();
    std::shared_ptr<Spare<ContentPage>> spare_contents_ = std::make_shared<Spare<ContentPage>>();
    std::size_t latest_ = 0;  // the page of latest_events_
    bool latest_whole_ = false;
    std::shared_ptr<const EventPage> latest_events_;
    std::size_t last_ = 0;
    std::shared_ptr<const EventPage> last_events_;
    std::shared_ptr<const ContentPage> last_contents_;
    ReadAhead ahead_;  // its thread ends before all the others do
};

trace::PageTable table_of(SessionIndex& index) {
    trace::PageTable table;
    table.touched_from.resize(index.regions.size() + 2);
    for (const Chunk& each : index.chunks) {
        table.first_event.push_back(each.first_event());
        table.first_change.push_back(each.first_change());
        table.first_byte.push_back(each.first_byte());
        for (const Closing& closing : each.births.closings) table.closings.emplace_back(closing.opening, closing.closing);
        for (const trace::RegionId region : each.births.touched) ++table.touched_from[region.value + 2];
    }
    const Chunk& last = index.chunks.back();
    table.first_event.push_back(last.first_event() + last.events());
    table.first_change.push_back(last.first_change() + last.changes());
    table.first_byte.push_back(last.first_byte() + last.bytes());
    // The first that closes counts; they are in the order of the closing events.
    std::ranges::stable_sort(table.closings, {}, &std::pair<trace::EventId, trace::EventId>::first);
    // Each region's pages, one after the other: how many, then where, then which.
    for (std::size_t i = 2; i < table.touched_from.size(); ++i) table.touched_from[i] += table.touched_from[i - 1];
    table.touched.resize(table.touched_from.back());
    for (std::size_t page = 0; page < index.chunks.size(); ++page)
        for (const trace::RegionId region : index.chunks[page].births.touched)
            table.touched[table.touched_from[region.value + 1]++] = static_cast<std::uint32_t>(page);
    table.touched_from.pop_back();
    return table;
}

// A chunk's bytes end with those of the regions born in it.
void place_initial_bytes(SessionIndex& index) {
    for (const Chunk& chunk : index.chunks) {
        const auto born = std::span(index.regions).subspan(chunk.first_region(), chunk.regions());
        std::uint64_t sizes = 0;
        for (const trace::Region& each : born) sizes += each.size;
        std::uint64_t position = chunk.first_byte() + (chunk.bytes() - std::min(sizes, chunk.bytes()));
        for (trace::Region& each : born) {
            each.initial_bytes = position;
            position += each.size;
        }
    }
}

}  // namespace

trace::Trace paged_trace(Connection connection, SessionIndex index) {
    trace::Trace run;
    run.set_description(index.description);
    for (std::size_t i = 0; i < index.names.size(); ++i)
        if (run.intern(index.names[i]).value != i) refuse("a name stands in it twice");
    run.set_layers(index.layers);
    trace::PageTable table = table_of(index);
    place_initial_bytes(index);
    for (Chunk& each : index.chunks) each.births = {};
    run.set_pages(std::make_shared<trace::Pages>(
        std::move(table), std::make_unique<SessionPages>(std::move(connection), std::move(index))));
    return run;
}

}  // namespace chimneylab::session
