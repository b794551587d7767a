// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A session that stays on the disk shows the same as one in memory: every event, every byte at every event, whatever way
// one comes there, and everything that is derived from them.
#include <gmock/gmock.h>

#include <optional>
#include <random>
#include <thread>

#include "engine/session/writer.h"
#include "engine/trace/cursor.h"
#include "engine/trace/filter.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/history.h"
#include "engine/trace/integrity.h"
#include "tests/session/session_folder.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::session {
namespace {

using trace::Cursor;
using trace::EventId;
using trace::RegionId;
using trace::Trace;
namespace synthetic = trace::synthetic;

class Paged : public SessionFolder {
protected:
    Trace on_disk(const Trace& run) {
        EXPECT_FALSE(save(run, file()));
        auto made = open(file(), {.most_in_memory = 0});
        EXPECT_TRUE(std::holds_alternative<Opened>(made)) << std::get<Problem>(made).to_text();
        Trace trace = std::move(std::get<Opened>(made).trace);
        EXPECT_NE(trace.paged(), nullptr);
        return trace;
    }
    static Trace several_chunks() {
        synthetic::Options options;
        options.intermediate_drivers = 2;
        options.operations = {trace::OperationKind::initiate, trace::OperationKind::query, trace::OperationKind::terminate};
        options.repeat = 90;
        return synthetic::make_trace(options);
    }
};

void expect_same_bytes(const Cursor& a, const Cursor& b, std::size_t regions) {
    for (std::uint32_t i = 0; i < regions; ++i) {
        ASSERT_EQ(a.alive(RegionId(i)), b.alive(RegionId(i))) << "region " << i << " at " << a.position().value;
        ASSERT_TRUE(std::ranges::equal(a.bytes(RegionId(i)), b.bytes(RegionId(i))))
            << "region " << i << " at " << a.position().value;
    }
}

TEST_F(Paged, equals_the_trace_in_memory) {
    const Trace run = several_chunks();
    ASSERT_GT(run.size(), 3 * 4096u);
    const Trace paged = on_disk(run);
    EXPECT_TRUE(paged == run);
    EXPECT_TRUE(run == paged);
    EXPECT_EQ(trace::fingerprint(paged), trace::fingerprint(run));
    EXPECT_EQ(trace::content_hash(paged), trace::content_hash(run));
    EXPECT_EQ(trace::integrity_problem(paged), std::nullopt);
    EXPECT_EQ(paged.events().back(), run.events().back());
    for (std::uint32_t i = 0; i < run.size(); ++i)
        ASSERT_EQ(paged.closed_by(EventId(i)), run.closed_by(EventId(i))) << i;
    const Trace copy = paged;
    EXPECT_TRUE(copy == run);
}

TEST_F(Paged, every_byte_at_every_event_from_anywhere) {
    const Trace run = several_chunks();
    {
        const Trace paged = on_disk(run);
        Cursor expected(run), walking(paged), jumping(paged);
        std::mt19937 random(7);
        const auto regions = static_cast<std::uint32_t>(run.region_count());
        // A walk that follows a few regions, with looks at the others.
        while (expected.step_forward()) {
            ASSERT_TRUE(walking.step_forward());
            const RegionId one(static_cast<std::uint32_t>(random() % regions));
            ASSERT_TRUE(std::ranges::equal(walking.bytes(one), expected.bytes(one)))
                << "region " << one.value << " at " << expected.position().value;
        }
        EXPECT_FALSE(walking.step_forward());
        expect_same_bytes(walking, expected, regions);
        for (int i = 0; i < 3000; ++i) {
            ASSERT_EQ(walking.step_back(), expected.step_back());
            const RegionId one(static_cast<std::uint32_t>(random() % regions));
            ASSERT_TRUE(std::ranges::equal(walking.bytes(one), expected.bytes(one)));
        }
        for (int i = 0; i < 40; ++i) {
            const EventId target(static_cast<std::uint32_t>(random() % run.size()));
            expected.seek(target);
            jumping.seek(target);
            expect_same_bytes(jumping, expected, regions);
            EXPECT_EQ(jumping.open_calls(), expected.open_calls());
        }
        jumping.seek(EventId{});
        EXPECT_FALSE(jumping.position().valid());
        EXPECT_TRUE(jumping.bytes(RegionId(0)).empty());
    }
}

TEST_F(Paged, the_same_history_and_filters) {
    const Trace run = several_chunks(), paged = on_disk(run);
    const trace::History expected(run), history(paged);
    ASSERT_EQ(history.operations().size(), expected.operations().size());
    for (std::size_t i = 0; i < expected.operations().size(); ++i) {
        const trace::Operation &a = history.operations()[i], &b = expected.operations()[i];
        EXPECT_EQ(a.started, b.started);
        EXPECT_EQ(a.finished, b.finished);
        EXPECT_EQ(a.crossings, b.crossings);
        EXPECT_EQ(a.blocks.size(), b.blocks.size());
    }
    ASSERT_EQ(history.call_entries().size(), expected.call_entries().size());
    for (std::size_t i = 0; i < expected.call_entries().size(); ++i) {
        ASSERT_EQ(history.call_entries()[i].saved.size(), expected.call_entries()[i].saved.size());
        for (std::size_t k = 0; k < expected.call_entries()[i].saved.size(); ++k) {
            EXPECT_EQ(history.call_entries()[i].saved[k].value, expected.call_entries()[i].saved[k].value);
            EXPECT_EQ(history.call_entries()[i].saved[k].offset, expected.call_entries()[i].saved[k].offset);
        }
    }
    for (std::uint32_t i = 0; i < run.size(); i += 7) {
        const trace::Operation *a = history.current_operation(EventId(i)), *b = expected.current_operation(EventId(i));
        ASSERT_EQ(a == nullptr, b == nullptr) << i;
        if (a != nullptr) {
            ASSERT_EQ(a->id, b->id) << i;
        }
    }
    const auto filter = std::get<trace::Filter>(trace::Filter::compile("layer:im1 and (changed or kind:enter)"));
    for (std::uint32_t i = 0; i < run.size(); ++i)
        ASSERT_EQ(filter.matches(paged, EventId(i)), filter.matches(run, EventId(i)));
}

TEST_F(Paged, tells_who_wrote_where_as_a_trace_in_memory_does) {
    const Trace run = several_chunks(), paged = on_disk(run);
    const trace::History expected(run), history(paged);
    std::mt19937 random(5);
    const auto events = static_cast<std::uint32_t>(run.size()), regions = static_cast<std::uint32_t>(run.region_count());
    std::size_t found = 0;
    for (int i = 0; i < 3000; ++i) {
        const RegionId region(static_cast<std::uint32_t>(random() % regions));
        const std::uint32_t size = run.region(region).size, offset = static_cast<std::uint32_t>(random() % (size + 4));
        const std::uint32_t wanted = i % 3 == 0 ? 0xFFFFFFFF : static_cast<std::uint32_t>(random() % 9);
        const EventId from = i % 50 == 0 ? EventId{} : EventId(static_cast<std::uint32_t>(random() % events));
        ASSERT_EQ(history.next_change(region, offset, wanted, from), expected.next_change(region, offset, wanted, from))
            << region.value << " at " << offset << " of " << size << ", " << wanted << " bytes, from " << from.value;
        ASSERT_EQ(history.previous_change(region, offset, wanted, from), expected.previous_change(region, offset, wanted, from))
            << region.value << " at " << offset << " of " << size << ", " << wanted << " bytes, from " << from.value;
        found += history.next_change(region, offset, wanted, from).valid() ? 1u : 0u;
    }
    EXPECT_GT(found, 100u);
    EXPECT_FALSE(history.next_change(RegionId(regions), EventId{}).valid());
    EXPECT_FALSE(history.next_change(RegionId{}, EventId{}).valid());
}

TEST_F(Paged, a_history_may_be_worked_out_piece_by_piece) {
    const Trace run = several_chunks(), paged = on_disk(run);
    const trace::History whole(run);
    for (const Trace* each : {&run, &paged}) {
        trace::History pieces(*each, trace::History::Later{});
        EXPECT_TRUE(pieces.operations().empty());
        std::size_t calls = 0;
        while (pieces.extend(1000)) ++calls;
        EXPECT_EQ(calls, (run.size() - 1) / 1000);
        EXPECT_FALSE(pieces.extend(1000));
        EXPECT_EQ(pieces.operations().size(), whole.operations().size());
        EXPECT_EQ(pieces.call_entries().size(), whole.call_entries().size());
        for (std::uint32_t region = 0; region < run.region_count(); ++region) {
            ASSERT_EQ(pieces.next_change(RegionId(region), EventId{}), whole.next_change(RegionId(region), EventId{}));
            ASSERT_EQ(pieces.previous_change(RegionId(region), EventId(20'000)), whole.previous_change(RegionId(region), EventId(20'000)));
        }
    }
}

TEST_F(Paged, many_threads_may_read_it) {
    const Trace run = several_chunks(), paged = on_disk(run);
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (unsigned t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            std::mt19937 random(t);
            Cursor cursor(paged);
            for (int i = 0; i < 2000; ++i) {
                const EventId at(static_cast<std::uint32_t>(random() % run.size()));
                if (paged.event(at) != run.event(at)) ++wrong;
                const auto changes = paged.changes(paged.event(at));
                const auto expected = run.changes(run.event(at));
                if (changes.size() != expected.size()) ++wrong;
                for (std::size_t k = 0; k < changes.size(); ++k)
                    if (!std::ranges::equal(paged.after(changes[k]), run.after(expected[k]))) ++wrong;
                if (i % 100 == 0) cursor.seek(at);
                if (i % 100 == 0) (void)cursor.bytes(RegionId(static_cast<std::uint32_t>(random() % run.region_count())));
            }
        });
    for (std::thread& each : threads) each.join();
    EXPECT_EQ(wrong, 0);
}

// Pages are made ahead of whoever walks; the memory of those that nobody looks at any more is used for the next ones.
TEST_F(Paged, several_may_walk_while_others_jump) {
    const Trace run = several_chunks();
    const auto count = static_cast<std::uint32_t>(run.size());
    std::atomic<int> wrong{0};
    std::optional<Trace> paged = on_disk(run);
    std::vector<std::thread> threads;
    for (std::uint32_t t = 0; t < 3; ++t)
        threads.emplace_back([&, t] {
            for (std::uint32_t i = t * count / 3; i < count; ++i) {
                if (paged->event(EventId(i)) != run.event(EventId(i))) ++wrong;
                const auto changes = paged->changes(paged->event(EventId(i)));
                const auto expected = run.changes(run.event(EventId(i)));
                for (std::size_t k = 0; k < changes.size(); ++k)
                    if (!std::ranges::equal(paged->after(changes[k]), run.after(expected[k]))) ++wrong;
            }
        });
    threads.emplace_back([&] {
        std::mt19937 random(3);
        for (int i = 0; i < 3000; ++i) {
            const EventId at(static_cast<std::uint32_t>(random() % count));
            if (paged->event(at) != run.event(at)) ++wrong;
        }
    });
    for (std::thread& each : threads) each.join();
    EXPECT_EQ(wrong, 0);
    // Whoever stops on the way leaves pages behind that were made ahead.
    for (std::uint32_t i = 0; i < count / 2; ++i) (void)paged->event(EventId(i));
    paged.reset();
}

TEST_F(Paged, a_damaged_chunk_ends_it_with_a_word) {
    const Trace run = several_chunks();
    ASSERT_FALSE(save(run, file()));
    std::string bytes = read(file());
    std::mt19937 random(5);
    std::size_t shorter = 0;
    for (int i = 0; i < 60; ++i) {
        std::string broken = bytes;
        broken[random() % broken.size()] ^= static_cast<char>(1 + random() % 255);
        write(file("broken"), broken);
        const auto made = open(file("broken"), {.most_in_memory = 0});
        if (!std::holds_alternative<Opened>(made)) continue;
        const Opened& session = std::get<Opened>(made);
        if (session.condition == Condition::damaged && session.trace.size() < run.size()) ++shorter;
        if (session.condition == Condition::complete) {
            EXPECT_TRUE(session.trace == run) << session.notice;
        }
        for (std::uint32_t k = 0; k < session.trace.size(); ++k)
            ASSERT_EQ(session.trace.event(EventId(k)), run.event(EventId(k)));
        EXPECT_EQ(trace::integrity_problem(session.trace), std::nullopt);
    }
    EXPECT_GT(shorter, 10u);
}

}  // namespace
}  // namespace chimneylab::session
