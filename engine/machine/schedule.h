// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Which of the pending items a machine takes next, and whether NDIS checks what it is handed.
//   fifo    earliest due first, then in the order of queueing: the textbook run
//   lifo    latest queued first: every completion overtakes the ones before it
//   seed:N  uniform among everything pending, from a splitmix64 generator started with N; the same N gives the same run
// Plain values, no ownership, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chimneylab::machine {

enum class Mode : std::uint8_t {
    faithful,  // does what the shipping NDIS does, checks included or left out
    strict,    // also validates what the pages demand
};

[[nodiscard]] std::string_view to_text(Mode mode);
[[nodiscard]] std::optional<Mode> parse_mode(std::string_view text);

struct ParsedSchedule;

struct Schedule {
    enum class Order : std::uint8_t { fifo, lifo, seed };
    Order order = Order::fifo;
    std::uint64_t seed = 0;

    [[nodiscard]] static ParsedSchedule parse(std::string_view text);
    [[nodiscard]] std::string to_text() const;
    friend bool operator==(const Schedule&, const Schedule&) = default;
};

struct ParsedSchedule {
    std::optional<Schedule> schedule;
    std::string error;  // what was wrong and what is possible; empty when schedule has a value
    explicit operator bool() const { return schedule.has_value(); }
};

// splitmix64: the one generator of the machine. Deterministic on every platform.
class RandomSequence {
public:
    explicit RandomSequence(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next();
    std::uint64_t below(std::uint64_t bound);  // uniform in [0, bound); bound > 0
    double unit();                             // uniform in [0, 1)

private:
    std::uint64_t state_;
};

}  // namespace chimneylab::machine
