// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Starts the real chimneylab-cli and takes what it writes.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace chimneylab::command_line {

struct Ended {
    int code = -1;  // exit code; 128 + n after signal n
    std::string out;
    std::string err;
    [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(out); }
    [[nodiscard]] std::size_t error_lines() const;
};

// `environment`: NAME=value to set, NAME to remove.
Ended run_program(const std::vector<std::string>& arguments, const std::vector<std::string>& environment = {});

// A directory of this test, gone with it.
class ScratchDirectory {
public:
    ScratchDirectory();
    ~ScratchDirectory();
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
    std::string write(const std::string& name, const std::string& text) const;

private:
    std::filesystem::path path_;
};

}  // namespace chimneylab::command_line
