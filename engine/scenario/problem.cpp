// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/problem.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <tuple>

namespace chimneylab::scenario {

namespace {

// Edit distance (Levenshtein), letter case ignored; words are short.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const bool same =
                std::tolower(static_cast<unsigned char>(a[i])) == std::tolower(static_cast<unsigned char>(b[j]));
            const std::size_t change = diagonal + (same ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({change, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row[b.size()];
}

}  // namespace

std::string Problem::to_text() const {
    std::string text = file;
    if (line > 0) text += ":" + std::to_string(line) + ":" + std::to_string(column);
    text += ": " + what;
    if (!what.empty() && what.back() != '.') text += '.';
    if (!remedy.empty()) text += " " + remedy;
    return text;
}

void Problems::add(Location where, std::string what, std::string remedy) {
    if (found_.size() >= most) return;
    found_.push_back({file_, where.line, where.column, std::move(what), std::move(remedy)});
}

std::vector<Problem> Problems::take() {
    std::stable_sort(found_.begin(), found_.end(), [](const Problem& a, const Problem& b) {
        return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
    return std::move(found_);
}

std::string suggest(std::string_view written, std::span<const std::string_view> allowed) {
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(2, written.size() / 3) + 1;
    if (written.size() <= 64) {
        for (std::string_view word : allowed) {
            const std::size_t d = distance(written, word);
            const bool contained = written.size() >= 4 && word.find(written) != std::string_view::npos;
            const std::size_t score = contained ? std::min<std::size_t>(d, 1) : d;
            if (score < best_distance) {
                best = word;
                best_distance = score;
            }
        }
    }
    if (!best.empty()) return "Did you mean '" + std::string(best) + "'?";
    if (allowed.empty()) return "There is none yet; define it first.";
    std::string text = "Use one of: ";
    constexpr std::size_t readable = 40;
    const std::size_t shown = allowed.size() > readable ? 12 : allowed.size();
    for (std::size_t i = 0; i < shown; ++i) {
        if (i > 0) text += ", ";
        text += allowed[i];
    }
    if (shown < allowed.size())
        return text + ", … (" + std::to_string(allowed.size()) + " in all; scenarios/schema.json lists them).";
    return text + ".";
}

std::string in_quotes(std::string_view text) {
    constexpr std::size_t longest = 60;
    std::string result = "'";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        // Cut only before a character, never inside a UTF-8 sequence.
        if (result.size() > longest && (c & 0xC0) != 0x80) return result + "…'";
        result += c < 0x20 || c == 0x7F ? '?' : static_cast<char>(c);
    }
    return result + "'";
}

}  // namespace chimneylab::scenario
