// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A recording process is killed at 200 random moments; every file must open, hold what the writer called safe, and say
// what happened. Four more are killed after two seconds at the ordinary pace: no more than the last second is lost. Two
// programs read one file while a third records it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <random>
#include <thread>

#include "engine/trace/integrity.h"
#include "tests/session/session_folder.h"

namespace chimneylab::session {
namespace {

using testing::HasSubstr;
using Clock = std::chrono::steady_clock;

struct Told {
    std::uint64_t appended = 0, safe = 0;
    Clock::time_point when;
};

// The process that records, and what it tells.
class Victim {
public:
    Victim(const std::filesystem::path& file, int commit_ms, int pace) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) return;
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        std::string program = CHIMNEYLAB_RECORDING_VICTIM, name = file.string(), commit = std::to_string(commit_ms),
                    events = std::to_string(pace);
        char* words[] = {program.data(), name.data(), commit.data(), events.data(), nullptr};
        if (::posix_spawn(&process_, program.c_str(), &actions, nullptr, words, environ) != 0) process_ = -1;
        posix_spawn_file_actions_destroy(&actions);
        ::close(ends[1]);
        pipe_ = ends[0];
    }
    ~Victim() {
        kill();
        ::close(pipe_);
    }
    Victim(const Victim&) = delete;
    Victim& operator=(const Victim&) = delete;

    void listen(std::chrono::milliseconds time) {
        const auto end = Clock::now() + time;
        for (;;) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
            pollfd waiting{pipe_, POLLIN, 0};
            if (left <= 0 || ::poll(&waiting, 1, static_cast<int>(left)) <= 0) return;
            if (!take()) return;
        }
    }
    // Until the writer has said that some events are safe, or ten seconds.
    void wait_for_safe_events() {
        const auto end = Clock::now() + std::chrono::seconds(10);
        while (Clock::now() < end && (told.empty() || told.back().safe == 0)) {
            pollfd waiting{pipe_, POLLIN, 0};
            if (::poll(&waiting, 1, 100) > 0 && !take()) return;
        }
    }
    void kill() {
        if (process_ < 0) return;
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        process_ = -1;
        while (take()) {
        }
    }
    std::vector<Told> told;

private:
    bool take() {
        std::array<std::uint64_t, 2> numbers{};
        if (::read(pipe_, numbers.data(), sizeof numbers) != sizeof numbers) return false;
        told.push_back({numbers[0], numbers[1], Clock::now()});
        return true;
    }
    pid_t process_ = -1;
    int pipe_ = -1;
};

class Killed : public SessionFolder {
protected:
    // What the file holds is a beginning of what was recorded, and sound.
    void expect_sound(const std::filesystem::path& where, std::uint64_t at_least) {
        auto made = open(where);
        ASSERT_TRUE(std::holds_alternative<Opened>(made)) << std::get<Problem>(made).to_text();
        const Opened& session = std::get<Opened>(made);
        EXPECT_EQ(session.condition, Condition::recovered) << session.notice;
        EXPECT_GE(session.trace.size(), at_least);
        EXPECT_EQ(trace::integrity_problem(session.trace), std::nullopt);
        for (std::uint32_t i = 0; i < session.trace.size(); ++i)
            ASSERT_EQ(session.trace.event(trace::EventId(i)).subject, i);
        if (!session.trace.empty()) {
            EXPECT_THAT(session.notice, HasSubstr("Everything up to event " + std::to_string(session.trace.size() - 1) + " "));
        }
    }
};

TEST_F(Killed, at_200_random_moments_every_file_opens) {
    std::mt19937 random(4711);
    int had_events = 0;
    for (int i = 0; i < 200; ++i) {
        const auto where = file(std::to_string(i) + ".chimney");
        Victim victim(where, 1 + static_cast<int>(random() % 4), 50 + static_cast<int>(random() % 2000));
        // Some die while the file is being made, most while it grows.
        if (i % 8 != 0) victim.wait_for_safe_events();
        victim.listen(std::chrono::milliseconds(random() % 40));
        victim.kill();
        if (!std::filesystem::exists(where)) {
            EXPECT_TRUE(victim.told.empty());
            continue;
        }
        const std::uint64_t safe = victim.told.empty() ? 0 : victim.told.back().safe;
        had_events += safe > 0;
        expect_sound(where, safe);
        // The first opening has healed it: nothing is left beside it, and it opens again.
        expect_sound(where, safe);
        std::error_code error;
        const auto log = std::filesystem::file_size(where.string() + "-wal", error);
        EXPECT_TRUE(error || log == 0) << log;
        std::filesystem::remove(where);
    }
    EXPECT_GE(had_events, 170) << "they were killed before they had begun";
}

TEST_F(Killed, loses_at_most_the_last_second) {
    std::vector<std::unique_ptr<Victim>> victims;
    for (int i = 0; i < 4; ++i)
        victims.push_back(std::make_unique<Victim>(file(std::to_string(i) + ".chimney"), 250, 20));
    for (int round = 0; round < 200; ++round)
        for (auto& each : victims) each->listen(std::chrono::milliseconds(3));
    for (int i = 0; i < 4; ++i) {
        const auto died = Clock::now();
        victims[static_cast<std::size_t>(i)]->kill();
        std::uint64_t a_second_before = 0;
        for (const Told& each : victims[static_cast<std::size_t>(i)]->told)
            if (each.when < died - std::chrono::seconds(1)) a_second_before = each.appended;
        EXPECT_GT(a_second_before, 0u);
        expect_sound(file(std::to_string(i) + ".chimney"), a_second_before);
    }
}

TEST_F(Killed, in_a_folder_that_became_read_only_opens_all_the_same) {
    {
        Victim victim(file(), 2, 100);
        victim.wait_for_safe_events();
        victim.listen(std::chrono::milliseconds(60));
    }
    ASSERT_TRUE(std::filesystem::exists(file().string() + "-wal"));
    const std::string before = read(file());
    EXPECT_EQ(told_without_rights([&]() -> std::string {
                  const auto made = open(file());
                  if (const auto* problem = std::get_if<Problem>(&made)) return problem->to_text();
                  const Opened& session = std::get<Opened>(made);
                  if (session.condition != Condition::recovered) return "another condition: " + session.notice;
                  if (session.trace.empty()) return "no event";
                  return trace::integrity_problem(session.trace).value_or("sound");
              }),
              "sound");
    EXPECT_EQ(read(file()), before);
    EXPECT_TRUE(std::filesystem::exists(file().string() + "-wal"));
}

TEST_F(Killed, two_programs_read_what_a_third_records) {
    Victim victim(file(), 10, 200);
    while (!std::filesystem::exists(file())) victim.listen(std::chrono::milliseconds(1));
    victim.listen(std::chrono::milliseconds(100));
    std::vector<pid_t> readers;
    for (int i = 0; i < 2; ++i) {
        const pid_t reader = ::fork();
        if (reader == 0) {
            // Grows, never shrinks, is always sound.
            std::size_t last = 0;
            for (int round = 0; round < 20; ++round) {
                auto made = open(file());
                if (!std::holds_alternative<Opened>(made)) ::_exit(1);
                const Opened& session = std::get<Opened>(made);
                if (session.condition != Condition::recording) ::_exit(2);
                if (session.trace.size() < last || trace::integrity_problem(session.trace)) ::_exit(3);
                last = session.trace.size();
                ::usleep(10'000);
            }
            ::_exit(last == 0 ? 4 : 0);
        }
        readers.push_back(reader);
    }
    for (const pid_t reader : readers) {
        int status = -1;
        while (::waitpid(reader, &status, WNOHANG) == 0) victim.listen(std::chrono::milliseconds(5));
        EXPECT_TRUE(WIFEXITED(status));
        EXPECT_EQ(WEXITSTATUS(status), 0);
    }
    victim.kill();
    expect_sound(file(), victim.told.back().safe);
}

}  // namespace
}  // namespace chimneylab::session
