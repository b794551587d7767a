// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What is wrong with a file that somebody wrote, in a form that a person can act on: where, what, and what to do.
// Lines and columns start at 1; 0 means that the problem has no place inside the file (it cannot be opened, say).
// Values only; safe to copy between threads.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chimneylab::scenario {

struct Location {
    int line = 0;
    int column = 0;
    friend bool operator==(const Location&, const Location&) = default;
};

struct Problem {
    std::string file;
    int line = 0;
    int column = 0;
    std::string what;
    std::string remedy;

    // One line: "m1.yaml:12:5: unknown key 'mod'. Did you mean 'mode'?"
    [[nodiscard]] std::string to_text() const;
    friend bool operator==(const Problem&, const Problem&) = default;
};

// Gathers problems of one file. Stops taking them at a bound, so that a hostile file cannot make a hostile report.
class Problems {
public:
    static constexpr std::size_t most = 50;

    explicit Problems(std::string file) : file_(std::move(file)) {}
    void add(Location where, std::string what, std::string remedy);
    [[nodiscard]] bool empty() const { return found_.empty(); }
    [[nodiscard]] std::size_t size() const { return found_.size(); }
    // In the order of the file.
    [[nodiscard]] std::vector<Problem> take();

private:
    std::string file_;
    std::vector<Problem> found_;
};

// "Did you mean 'x'?" when one of the allowed words is close to what was written, else "Use one of: a, b, c."
[[nodiscard]] std::string suggest(std::string_view written, std::span<const std::string_view> allowed);

// What may be shown of text from outside: control characters replaced, cut to a readable length.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace chimneylab::scenario
