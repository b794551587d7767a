// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The modelled interrupt request level of the one processor. Raising and lowering never blocks anything, it is recorded
// and checked: a call at a level its page forbids is a wrong_irql finding, in every mode, and goes on.
// Levels as in wdm.h: PASSIVE_LEVEL 0, APC_LEVEL 1, DISPATCH_LEVEL 2, HIGH_LEVEL 15. Owned by Machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace chimneylab::machine {

class Machine;

inline constexpr std::uint8_t passive_level = 0;
inline constexpr std::uint8_t apc_level = 1;
inline constexpr std::uint8_t dispatch_level = 2;
inline constexpr std::uint8_t high_level = 15;

[[nodiscard]] std::string irql_name(std::uint8_t level);

class Irql {
public:
    explicit Irql(Machine& machine) : machine_(machine) {}

    [[nodiscard]] std::uint8_t current() const { return current_; }
    // Returns the old level. A raise to a lower level, or a lower to a higher one, is a finding and done all the same.
    std::uint8_t raise(std::uint8_t level, std::string_view function);
    void lower(std::uint8_t level, std::string_view function);
    // The scheduler's own switches between contexts: recorded, never a finding.
    void set(std::uint8_t level);

    // The IRQL column of a DDI page. Returns whether the level was right.
    bool require_at_most(std::uint8_t level, std::string_view function);
    bool require_exactly(std::uint8_t level, std::string_view function);
    bool require_passive(std::string_view function) { return require_at_most(passive_level, function); }
    bool require_dispatch_or_below(std::string_view function) { return require_at_most(dispatch_level, function); }

private:
    Machine& machine_;
    std::uint8_t current_ = passive_level;
};

// Raises for one block of code and restores.
class RaisedIrql {
public:
    RaisedIrql(Machine& machine, std::uint8_t level);
    ~RaisedIrql();
    RaisedIrql(const RaisedIrql&) = delete;
    RaisedIrql& operator=(const RaisedIrql&) = delete;

private:
    Machine& machine_;
    std::uint8_t old_;
};

}  // namespace chimneylab::machine
