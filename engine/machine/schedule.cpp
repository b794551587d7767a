// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/schedule.h"

#include <charconv>

namespace chimneylab::machine {

std::string_view to_text(Mode mode) { return mode == Mode::strict ? "strict" : "faithful"; }

std::optional<Mode> parse_mode(std::string_view text) {
    if (text == "faithful") return Mode::faithful;
    if (text == "strict") return Mode::strict;
    return std::nullopt;
}

ParsedSchedule Schedule::parse(std::string_view text) {
    if (text == "fifo") return {Schedule{Order::fifo, 0}, {}};
    if (text == "lifo") return {Schedule{Order::lifo, 0}, {}};
    constexpr std::string_view prefix = "seed:";
    if (text.starts_with(prefix)) {
        const std::string_view number = text.substr(prefix.size());
        std::uint64_t seed = 0;
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), seed);
        if (error == std::errc{} && !number.empty() && end == number.data() + number.size())
            return {Schedule{Order::seed, seed}, {}};
        return {std::nullopt, "schedule '" + std::string(text) +
                                  "': the seed must be a whole number from 0 to 18446744073709551615, as in seed:7"};
    }
    return {std::nullopt, "schedule '" + std::string(text) + "' is not known: use fifo, lifo or seed:N"};
}

std::string Schedule::to_text() const {
    switch (order) {
    case Order::fifo: return "fifo";
    case Order::lifo: return "lifo";
    case Order::seed: break;
    }
    return "seed:" + std::to_string(seed);
}

std::uint64_t RandomSequence::next() {
    std::uint64_t mixed = (state_ += 0x9E3779B97F4A7C15);
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
}

std::uint64_t RandomSequence::below(std::uint64_t bound) {
    // Values of the incomplete last stretch are drawn again, so that every result is equally likely.
    const std::uint64_t incomplete = (0 - bound) % bound;
    std::uint64_t value = next();
    while (value < incomplete) value = next();
    return value % bound;
}

double RandomSequence::unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

}  // namespace chimneylab::machine
