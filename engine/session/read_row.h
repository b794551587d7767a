// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Reading rows that nobody vouches for: numbers in range, references, the facts of the run table. What does not fit is
// Refused.
#pragma once

#include <charconv>
#include <limits>
#include <map>
#include <string>

#include "engine/session/database.h"
#include "engine/trace/types.h"

namespace chimneylab::session {

// What is wrong with the content; the file's name is added outside.
struct Refused {
    std::string what;
};

[[noreturn]] inline void refuse(std::string what) { throw Refused{std::move(what)}; }

template <typename Number>
Number read(const Statement& row, int column) {
    if (!row.is_number(column)) refuse("a number is missing in it");
    const std::int64_t value = row.number(column);
    if constexpr (sizeof(Number) < sizeof(std::int64_t)) {
        if (value < std::int64_t{std::numeric_limits<Number>::min()} ||
            value > std::int64_t{std::numeric_limits<Number>::max()})
            refuse("a number in it is out of range");
    }
    return static_cast<Number>(value);
}

template <typename Enumeration>
Enumeration read_enumeration(const Statement& row, int column) {
    return static_cast<Enumeration>(read<std::uint8_t>(row, column));
}

template <typename Id>
Id read_id(const Statement& row, int column) {
    return row.is_null(column) ? Id{} : Id(read<std::uint32_t>(row, column));
}

// Rows carry the numbers 0, 1, 2 …: nothing twice, nothing missing, and a damaged index cannot send us in circles.
inline void expect_row(const Statement& row, std::uint64_t index) {
    if (!row.is_number(0) || static_cast<std::uint64_t>(row.number(0)) != index || index >= trace::EventId::none_value)
        refuse("its rows are not in order");
}

using Facts = std::map<std::string, std::string, std::less<>>;

inline std::uint64_t fact_number(const Facts& facts, std::string_view key) {
    const auto fact = facts.find(key);
    std::uint64_t value = 0;
    if (fact == facts.end()) refuse("its description is incomplete");
    const auto [end, problem] = std::from_chars(fact->second.data(), fact->second.data() + fact->second.size(), value);
    if (problem != std::errc{} || end != fact->second.data() + fact->second.size())
        refuse("its description is damaged");
    return value;
}

inline const std::string& fact_text(const Facts& facts, std::string_view key) {
    const auto fact = facts.find(key);
    if (fact == facts.end()) refuse("its description is incomplete");
    return fact->second;
}

inline Facts read_facts(Database& database) {
    Facts facts;
    Statement rows(database, "SELECT key, value FROM run");
    while (rows.next()) {
        facts.emplace(std::string(rows.text(0)), std::string(rows.text(1)));
        if (facts.size() > 1000) refuse("its description is damaged");
    }
    return facts;
}

}  // namespace chimneylab::session
