// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Begins a driver of a person's own. It is the reference intermediate driver, complete and right, in a folder that builds
// by itself: whoever changes it sees at once which promise broke, and who wants to write a driver from nothing replaces one
// file after the other by their own and always has one that runs. No state; any thread.
#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace chimneylab::driver_host {

struct NewDriverProblem {
    std::string what;
    std::string remedy;
};

struct NewDriver {
    std::filesystem::path folder;
    std::filesystem::path module;  // where its build puts it: FOLDER/build/NAME.so
    std::vector<std::string> files;
};

// Makes PARENT/NAME. Nothing that is there is touched: the folder must not exist, or be empty.
[[nodiscard]] std::variant<NewDriver, NewDriverProblem> create_driver(const std::filesystem::path& parent, const std::string& name);

// The commands that build the driver in a folder (CMake; configured when it is not yet), one after the other.
[[nodiscard]] std::vector<std::vector<std::string>> build_commands(const std::filesystem::path& folder);
// The module that a folder's build makes; empty: the folder is none of ours (no CMakeLists.txt with a project).
[[nodiscard]] std::filesystem::path module_of(const std::filesystem::path& folder);

// Texts of the new folder; private to this library.
[[nodiscard]] std::string build_file(const std::string& name, const std::string& ddi, const std::vector<std::string>& sources);
[[nodiscard]] std::string page(const std::string& name);

}  // namespace chimneylab::driver_host
