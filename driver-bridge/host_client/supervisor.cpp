// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/host_client/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <optional>
#include <system_error>
#include <vector>

extern char** environ;

namespace chimneylab::driver_host {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

struct Descriptor {
    int number = -1;
    ~Descriptor() { reset(); }
    void reset() {
        if (number >= 0) close(number);
        number = -1;
    }
};

std::filesystem::path find_program(const char* variable, const char* name, const char* installed) {
    if (const char* set = std::getenv(variable); set && *set) return set;
    std::error_code error;
    const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
    std::vector<std::filesystem::path> candidates{self.parent_path() / name, std::filesystem::path(installed) / name};
    for (const char* rest = std::getenv("PATH"); rest && *rest;) {
        const std::size_t length = std::strcspn(rest, ":");
        if (length > 0) candidates.push_back(std::filesystem::path(std::string(rest, length)) / name);
        rest += length + (rest[length] == ':' ? 1 : 0);
    }
    for (const std::filesystem::path& candidate : candidates)
        if (access(candidate.c_str(), X_OK) == 0) return candidate;
    return {};
}

[[noreturn]] void fail(int reason, const std::string& what) {
    throw std::system_error(reason, std::generic_category(), what);
}

class Process {
public:
    Process(const std::filesystem::path& program, int area) {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0) fail(errno, "cannot make a pipe for the driver host");
        output_.number = ends[0];
        Descriptor write_end{ends[1]};
        fcntl(output_.number, F_SETFL, O_NONBLOCK);

        posix_spawn_file_actions_t files;
        posix_spawn_file_actions_init(&files);
        posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&files, write_end.number, 1);
        posix_spawn_file_actions_adddup2(&files, 1, 2);
        posix_spawn_file_actions_adddup2(&files, area, area_descriptor);  // its number is none of these, see create()
        posix_spawn_file_actions_addclosefrom_np(&files, area_descriptor + 1);
        posix_spawnattr_t attributes;
        posix_spawnattr_init(&attributes);
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        const std::string name = program.string();
        std::string worker = "--worker";
        std::array<char*, 3> arguments{const_cast<char*>(name.c_str()), worker.data(), nullptr};
        const int problem = posix_spawn(&id_, name.c_str(), &files, &attributes, arguments.data(), environ);
        posix_spawn_file_actions_destroy(&files);
        posix_spawnattr_destroy(&attributes);
        if (problem != 0) fail(problem, "cannot start " + name);
        watched_.number = static_cast<int>(syscall(SYS_pidfd_open, id_, 0));
    }
    ~Process() {
        if (id_ > 0) {
            end();
            waitpid(id_, nullptr, 0);
        }
    }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    // Waits until it prints, ends, or the time is over; takes what it printed. Returns whether it has ended.
    bool wait(milliseconds time, Ended& ended, std::size_t most_output) {
        std::array<pollfd, 2> wanted{{{output_.number, POLLIN, 0}, {watched_.number, POLLIN, 0}}};
        poll(wanted.data(), 2, static_cast<int>(watched_.number >= 0 ? time.count() : std::min<long>(time.count(), 10)));
        take_output(ended, most_output);
        siginfo_t info{};
        return waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == id_;
    }

    void take_output(Ended& ended, std::size_t most) {
        std::array<char, 65536> buffer;
        // Bounded: a driver that prints without end must not keep us here.
        for (int pieces = 0; pieces < 64 && output_.number >= 0; ++pieces) {
            const ssize_t got = read(output_.number, buffer.data(), buffer.size());
            if (got <= 0) {
                if (got == 0) output_.reset();
                return;
            }
            const std::size_t kept = std::min(static_cast<std::size_t>(got), most - std::min(most, ended.output.size()));
            ended.output.append(buffer.data(), kept);
            ended.output_dropped += static_cast<std::uint64_t>(got) - kept;
        }
    }

    void ask() { kill(id_, ask_signal); }
    // It, and what it has forked.
    void end() {
        kill(-id_, SIGKILL);
        kill(id_, SIGKILL);
    }

    // Processor time used so far.
    [[nodiscard]] milliseconds processor_time() const {
        clockid_t clock{};
        timespec time{};
        if (clock_getcpuclockid(id_, &clock) != 0 || clock_gettime(clock, &time) != 0) return milliseconds(0);
        return milliseconds(time.tv_sec * 1000 + time.tv_nsec / 1'000'000);
    }
    [[nodiscard]] std::uint64_t resident_memory() const {
        std::uint64_t all = 0, resident = 0;
        std::ifstream("/proc/" + std::to_string(id_) + "/statm") >> all >> resident;
        return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    }
    // Somebody looks into it with a debugger.
    [[nodiscard]] bool traced() const {
        std::ifstream file("/proc/" + std::to_string(id_) + "/status");
        for (std::string line; std::getline(file, line);)
            if (line.starts_with("TracerPid:")) return line.find_first_of("123456789") != std::string::npos;
        return false;
    }
    // It would go on if the computer had a processor for it.
    [[nodiscard]] bool runnable() const {
        std::ifstream file("/proc/" + std::to_string(id_) + "/stat");
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        const std::size_t name = text.rfind(") ");
        return name != std::string::npos && name + 2 < text.size() && (text[name + 2] == 'R' || text[name + 2] == 'D');
    }

    void reap(Ended& ended) {
        int status = 0;
        rusage usage{};
        if (wait4(id_, &status, 0, &usage) == id_) {
            ended.exited = WIFEXITED(status);
            ended.code = ended.exited ? WEXITSTATUS(status) : WTERMSIG(status);
            ended.peak_memory = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
        }
        kill(-id_, SIGKILL);  // what it forked and left behind
        id_ = 0;
    }

private:
    pid_t id_ = 0;
    Descriptor output_;
    Descriptor watched_;
};

}  // namespace

void Limits::set_total(double seconds) {
    total = milliseconds(static_cast<long>(seconds * 1000));
    processor_seconds = std::max(1u, static_cast<std::uint32_t>(seconds * 0.75));
}

std::filesystem::path host_program() {
    return find_program("CHIMNEYLAB_HOST", "chimneylab-host", CHIMNEYLAB_PROGRAMS_INSTALLED);
}

std::filesystem::path symbols_program() {
    return find_program("CHIMNEYLAB_SYMBOLS", "chimneylab-symbols", CHIMNEYLAB_PROGRAMS_INSTALLED);
}

Ended supervise(const std::filesystem::path& program, SharedArea& area, const Limits& limits,
                const std::atomic<bool>* cancel, const std::function<bool()>& still_running) {
    Ended ended;
    Process process(program, area.descriptor());
    const milliseconds tick = limits.look_every;
    constexpr milliseconds time_to_answer(700);
    constexpr std::uint64_t memory_of_host = std::uint64_t{1} << 29;
    constexpr std::chrono::seconds time_to_start(30);
    const auto begun = Clock::now();
    auto started = begun;
    auto last_progress = started, last_look = started;
    milliseconds processor_then(0);
    std::uint64_t committed = 0;
    Phase phase = Phase::starting;
    std::optional<Clock::time_point> cancelled;

    while (!process.wait(tick, ended, limits.output)) {
        const auto now = Clock::now();
        bool held = still_running && still_running();
        if (!held && now - last_progress > std::chrono::milliseconds(300)) held = process.traced();
        // Until it loads a driver nobody but the host itself, or a crowded computer, can be slow: no driver is to blame.
        if (phase == Phase::starting && now - begun < time_to_start) held = true;
        if (held) {
            started += now - last_look;
            last_progress = now;
        }
        last_look = now;
        if (!cancelled && cancel && cancel->load(std::memory_order_relaxed)) {
            area.head().cancel.store(true);  // the regular way first
            cancelled = now;
        }
        if (cancelled && now - *cancelled > std::chrono::seconds(1)) {
            ended.stop = Stop::cancelled;
            process.end();
            break;
        }
        const std::uint64_t there = area.head().committed.load(std::memory_order_relaxed);
        const Phase present = area.head().phase.load(std::memory_order_relaxed);
        if (there != committed || present != phase) {
            committed = there;
            phase = present;
            last_progress = now;
            processor_then = process.processor_time();
        }
        // On a crowded computer it may just be waiting for its turn: then it gets more of it, not endlessly.
        const auto waited = now - last_progress;
        const bool starved = waited < 2 * limits.no_progress && process.runnable() &&
                             process.processor_time() - processor_then < limits.no_progress / 4;
        if (waited > limits.no_progress && !starved) ended.stop = Stop::no_progress;
        if (now - started > limits.total) ended.stop = Stop::total;
        // The host's own limit comes first; this is for one that has none. The machine's pool may hold as much again.
        if (process.resident_memory() > 2 * limits.memory + memory_of_host) ended.stop = Stop::memory;
        if (ended.stop != Stop::itself) {
            process.ask();
            for (const auto asked = Clock::now(); Clock::now() - asked < time_to_answer;)
                if (process.wait(tick, ended, limits.output)) break;
            process.end();
            break;
        }
    }
    process.reap(ended);
    process.take_output(ended, limits.output);
    return ended;
}

}  // namespace chimneylab::driver_host
