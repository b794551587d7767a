// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/library.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>

namespace chimneylab::scenario {

namespace {

// "m2" before "m10": runs of digits compare as numbers.
bool natural_less(std::string_view a, std::string_view b) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    while (!a.empty() && !b.empty()) {
        if (digit(a[0]) && digit(b[0])) {
            const auto take = [&](std::string_view& text) {
                std::size_t n = 0;
                while (n < text.size() && digit(text[n])) ++n;
                std::string_view number = text.substr(0, n);
                text.remove_prefix(n);
                number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
                return number;
            };
            const std::string_view x = take(a), y = take(b);
            if (x.size() != y.size()) return x.size() < y.size();
            if (x != y) return x < y;
            continue;
        }
        if (a[0] != b[0]) return a[0] < b[0];
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    return a.size() < b.size();
}

std::vector<std::filesystem::path> scenario_files(const std::filesystem::path& directory) {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error)) {
        if (entry->path().extension() == ".yaml" && entry->is_regular_file(error)) files.push_back(entry->path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

// "m1.yaml" and "m1-one-completion-travels-up.yaml" are named after m1.
bool is_named_after(const std::filesystem::path& file, std::string_view id) {
    const std::string stem = file.stem().string();
    return stem.starts_with(id) && (stem.size() == id.size() || stem[id.size()] == '-');
}

// Reading the whole library takes a while, and a file says by its name whose it is, so those that say so are read first. Files with other names are read only in a
// folder that comes before the one that has it: they may have the scenario too, and then it is theirs.
std::optional<Scenario> find_in_library(std::string_view id) {
    for (const std::filesystem::path& directory : library_directories()) {
        std::vector<std::filesystem::path> files = scenario_files(directory);
        std::stable_partition(files.begin(), files.end(), [&](const std::filesystem::path& file) { return is_named_after(file, id); });
        for (const std::filesystem::path& file : files) {
            Loaded loaded = load_file(file);
            if (loaded.scenario && loaded.scenario->id == id) return std::move(loaded.scenario);
        }
    }
    return std::nullopt;
}

}  // namespace

std::vector<std::filesystem::path> library_directories() {
    std::vector<std::filesystem::path> candidates;
    if (const char* set = std::getenv("CHIMNEYLAB_SCENARIOS")) {
        std::string_view list = set;
        while (!list.empty()) {
            const std::size_t colon = std::min(list.find(':'), list.size());
            if (colon > 0) candidates.emplace_back(list.substr(0, colon));
            list.remove_prefix(std::min(colon + 1, list.size()));
        }
    }
    candidates.emplace_back(CHIMNEYLAB_SCENARIO_SOURCE_DIRECTORY);
    candidates.emplace_back(CHIMNEYLAB_SCENARIO_INSTALL_DIRECTORY);
    std::vector<std::filesystem::path> found;
    std::error_code error;
    for (const std::filesystem::path& candidate : candidates) {
        if (std::filesystem::is_directory(candidate, error)) found.push_back(candidate);
    }
    return found;
}

Library load_library() {
    Library library;
    for (const std::filesystem::path& directory : library_directories()) {
        for (const std::filesystem::path& file : scenario_files(directory)) {
            Loaded loaded = load_file(file);
            library.problems.insert(library.problems.end(), loaded.problems.begin(), loaded.problems.end());
            if (!loaded.scenario) continue;
            const auto same = [&](const Scenario& other) { return other.id == loaded.scenario->id; };
            if (std::none_of(library.scenarios.begin(), library.scenarios.end(), same)) {
                library.scenarios.push_back(std::move(*loaded.scenario));
            }
        }
    }
    std::sort(library.scenarios.begin(), library.scenarios.end(),
              [](const Scenario& a, const Scenario& b) { return natural_less(a.id, b.id); });
    return library;
}

Loaded find_scenario(std::string_view which) {
    const bool is_path =
        which.find('/') != std::string_view::npos || which.ends_with(".yaml") || which.ends_with(".yml");
    if (is_path) return load_file(std::filesystem::path(which));

    if (std::optional<Scenario> found = find_in_library(which)) return {.scenario = std::move(found), .problems = {}};

    // A broken file elsewhere in the library must not keep this one from running, but if it is the one that was meant
    // (m1-….yaml for m1) its problems are the answer.
    const Library library = load_library();
    Loaded loaded;
    for (const Problem& problem : library.problems)
        if (is_named_after(problem.file, which)) loaded.problems.push_back(problem);
    if (!loaded.problems.empty()) return loaded;

    std::vector<std::string_view> ids;
    for (const Scenario& scenario : library.scenarios) ids.push_back(scenario.id);
    std::string remedy = library_directories().empty()
                             ? "No scenario library was found; set CHIMNEYLAB_SCENARIOS to the directory that holds it."
                             : suggest(which, ids);
    loaded.problems.push_back(
        {"scenario library", 0, 0, "there is no scenario " + in_quotes(which), std::move(remedy)});
    return loaded;
}

}  // namespace chimneylab::scenario
