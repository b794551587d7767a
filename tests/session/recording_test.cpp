// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Recording while it goes on: what is written equals what was appended, others may read meanwhile, and whatever ends the
// recording leaves a session that opens.
#include "engine/session/writer.h"

#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <csignal>
#include <thread>

#include "engine/session/notes.h"
#include "engine/trace/fingerprint.h"
#include "tests/session/session_folder.h"
#include "tests/trace/random_trace.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::session {
namespace {

using testing::HasSubstr;
using trace::Trace;
namespace synthetic = trace::synthetic;

using Recording = SessionFolder;

std::unique_ptr<Writer> begin(const std::filesystem::path& file, WriterOptions options = {}) {
    auto created = Writer::create(file, options);
    EXPECT_TRUE(std::holds_alternative<std::unique_ptr<Writer>>(created)) << std::get<Problem>(created).to_text();
    return std::move(std::get<std::unique_ptr<Writer>>(created));
}

Opened opened(const std::filesystem::path& file) {
    auto made = open(file);
    EXPECT_TRUE(std::holds_alternative<Opened>(made)) << std::get<Problem>(made).to_text();
    return std::holds_alternative<Opened>(made) ? std::move(std::get<Opened>(made)) : Opened{};
}

Trace long_trace(unsigned repeat) {
    synthetic::Options options;
    options.intermediate_drivers = 2;
    options.operations = {trace::OperationKind::initiate, trace::OperationKind::query, trace::OperationKind::terminate};
    options.repeat = repeat;
    return synthetic::make_trace(options);
}

// Plays a finished trace into a recorder's sink, event by event, as a machine would.
void play(const Trace& trace, Writer& writer, std::uint32_t from, std::uint32_t to) {
    for (std::uint32_t i = from; i < to; ++i) writer.appended(trace, trace::EventId(i));
}

TEST_F(Recording, gives_the_trace_that_was_recorded) {
    const Trace run = long_trace(80);
    ASSERT_GT(run.size(), 3 * events_in_part) << "several chunks";
    auto writer = begin(file());
    play(run, *writer, 0, static_cast<std::uint32_t>(run.size()));
    EXPECT_FALSE(writer->finish(&run, trace::fingerprint(run)));
    EXPECT_EQ(writer->progress().on_disk, run.size());
    EXPECT_EQ(files_in_folder(), 1u) << "one file without companions";
    const Opened session = opened(file());
    EXPECT_EQ(session.notice, "");
    EXPECT_EQ(session.condition, Condition::complete);
    EXPECT_EQ(session.fingerprint, trace::fingerprint(run));
    EXPECT_TRUE(session.trace == run);
    trace::Overview expected;
    for (const trace::Event& each : run.events()) expected.add(each);
    ASSERT_EQ(session.overview.levels(), expected.levels());
    for (std::size_t level = 0; level < expected.levels(); ++level)
        EXPECT_TRUE(std::ranges::equal(session.overview.level(level), expected.level(level))) << level;
}

// A recorder whose regions die and get their names while it is followed, slowly enough that parts are written half full.
TEST_F(Recording, follows_a_recorder_that_changes_its_mind) {
    WriterOptions often;
    often.commit_every = std::chrono::milliseconds(1);
    auto writer = begin(file(), often);
    trace::Recorder recorder;
    recorder.set_sink(writer.get());
    std::vector<std::byte> bytes(64);
    std::vector<trace::RegionId> regions;
    for (int i = 0; i < 9000; ++i) {
        if (i % 7 == 0) regions.push_back(recorder.begin_region({}, bytes));
        for (int k = 0; k < 2 && !regions.empty(); ++k) {
            bytes[static_cast<std::size_t>(i * 31 + k) % bytes.size()] = static_cast<std::byte>(i + k);
            recorder.observe(regions[static_cast<std::size_t>(i * 13 + k * 5) % regions.size()], bytes, 1);
        }
        trace::Event event;
        event.kind = i % 3 == 0 ? trace::EventKind::memory_allocated : trace::EventKind::memory_freed;
        if (i % 3 == 1 && i > 5000) event.partner = trace::EventId(static_cast<std::uint32_t>(i - 4999));
        event.name = recorder.intern("name " + std::to_string(i % 500));
        recorder.append(event);
        if (i % 11 == 0) recorder.set_label(regions[static_cast<std::size_t>(i) % regions.size()], "label " + std::to_string(i));
        if (i % 29 == 0) recorder.end_region(regions[static_cast<std::size_t>(i / 2) % regions.size()]);
        if (i % 1000 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    recorder.begin_region({}, bytes);  // announced, and no event comes any more
    recorder.set_sink(nullptr);
    const Trace run = recorder.take();
    EXPECT_FALSE(writer->finish(&run));
    EXPECT_TRUE(opened(file()).trace == run);
    ASSERT_FALSE(save(run, file("saved.chimney")));
    EXPECT_TRUE(opened(file("saved.chimney")).trace == run);
    const Trace saved = opened(file("saved.chimney")).trace;
    for (std::uint32_t i = 0; i < run.size(); i += 17)
        EXPECT_EQ(saved.closed_by(trace::EventId(i)), run.closed_by(trace::EventId(i))) << i;
}

TEST_F(Recording, can_be_read_at_any_moment_and_says_that_it_goes_on) {
    const Trace run = long_trace(40);
    WriterOptions often;
    often.commit_every = std::chrono::milliseconds(2);
    auto writer = begin(file(), often);
    EXPECT_EQ(opened(file()).trace.size(), 0u);
    std::uint32_t seen = 0;
    const auto all = static_cast<std::uint32_t>(run.size());
    for (std::uint32_t at = 0; at < all;) {
        const std::uint32_t next = std::min(all, at + 1500);
        play(run, *writer, at, next);
        at = next;
        while (writer->progress().on_disk < at) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        const Opened session = opened(file());
        EXPECT_EQ(session.condition, Condition::recording) << session.notice;
        EXPECT_THAT(session.notice, HasSubstr("being recorded"));
        EXPECT_GE(session.trace.size(), seen);
        EXPECT_EQ(session.trace.size(), at);
        seen = static_cast<std::uint32_t>(session.trace.size());
        for (std::uint32_t i = 0; i < seen; ++i)
            ASSERT_EQ(session.trace.event(trace::EventId(i)), run.event(trace::EventId(i)));
        EXPECT_EQ(session.overview.events(), seen);
    }
    // Nobody takes its place meanwhile.
    EXPECT_THAT(save(run, file())->to_text(), HasSubstr("is being recorded"));
    EXPECT_THAT(std::get<Problem>(Writer::create(file())).to_text(), HasSubstr("is being recorded"));
    EXPECT_FALSE(writer->finish(&run));
    EXPECT_EQ(opened(file()).condition, Condition::complete);
}

TEST_F(Recording, takes_the_place_of_an_old_session_and_of_nothing_else) {
    const Trace run = synthetic::one_completion_travels_up();
    ASSERT_FALSE(save(synthetic::five_operations(3), file()));
    auto writer = begin(file());
    play(run, *writer, 0, static_cast<std::uint32_t>(run.size()));
    EXPECT_FALSE(writer->finish(&run));
    EXPECT_TRUE(opened(file()).trace == run);
    write(file("notes.txt"), "my notes");
    EXPECT_THAT(std::get<Problem>(Writer::create(file("notes.txt"))).to_text(), HasSubstr("left alone"));
    EXPECT_THAT(std::get<Problem>(Writer::create(folder_ / "no" / "a.chimney")).to_text(), HasSubstr("does not exist"));
    EXPECT_THAT(std::get<Problem>(Writer::create("")).to_text(), HasSubstr("not a file name"));
}

TEST_F(Recording, that_is_given_up_is_an_unfinished_session) {
    const Trace run = synthetic::five_operations(1);
    {
        auto writer = begin(file());
        play(run, *writer, 0, 100);
    }
    const Opened session = opened(file());
    EXPECT_EQ(session.trace.size(), 100u);
    // This process still runs, so it may seem to go on; another program would see the same until this one ends.
    EXPECT_NE(session.condition, Condition::complete);
    EXPECT_NE(session.condition, Condition::damaged);
}

TEST_F(Recording, on_a_disk_that_fills_up_ends_and_keeps_what_it_has) {
    const Trace run = long_trace(400);
    WriterOptions often;
    often.commit_every = std::chrono::milliseconds(1);
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit tight = before;
    tight.rlim_cur = 600'000;
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
    auto writer = begin(file(), often);
    for (std::uint32_t i = 0; i < run.size(); ++i) {
        writer->appended(run, trace::EventId(i));
        if (i % 2000 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(4));
    }
    const auto problem = writer->finish(&run);
    writer.reset();
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    ASSERT_TRUE(problem);
    EXPECT_THAT(problem->to_text(), HasSubstr("no room"));
    EXPECT_THAT(problem->to_text(), HasSubstr("recording ended after event"));
    const Opened session = opened(file());
    EXPECT_GT(session.trace.size(), 0u);
    EXPECT_LT(session.trace.size(), run.size());
    EXPECT_NE(session.condition, Condition::damaged) << session.notice;
    for (std::uint32_t i = 0; i < session.trace.size(); ++i)
        ASSERT_EQ(session.trace.event(trace::EventId(i)), run.event(trace::EventId(i)));
}

TEST_F(Recording, on_a_small_file_system_that_is_full) {
    if (::geteuid() != 0 || ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=1m") != 0)
        GTEST_SKIP() << "mounting needs root; the limit on the size of files stands in for it above";
    const Trace run = long_trace(1200);
    WriterOptions often;
    often.commit_every = std::chrono::milliseconds(1);
    auto writer = begin(file(), often);
    for (std::uint32_t i = 0; i < run.size() && !writer->problem(); ++i) {
        writer->appended(run, trace::EventId(i));
        if (i % 2000 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(4));
    }
    const auto problem = writer->finish(&run);
    writer.reset();
    ASSERT_TRUE(problem);
    EXPECT_THAT(problem->to_text(), HasSubstr("no room"));
    const Opened session = opened(file());  // on the disk that is still full
    EXPECT_GT(session.trace.size(), 0u);
    EXPECT_NE(session.condition, Condition::damaged) << session.notice;
    const auto saved = save(run, file("b.chimney"));
    ASSERT_TRUE(saved);
    EXPECT_THAT(saved->to_text(), HasSubstr("no room"));
    ::umount2(folder_.c_str(), MNT_DETACH);
}

}  // namespace
}  // namespace chimneylab::session
