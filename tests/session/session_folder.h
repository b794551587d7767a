// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A temporary folder for one test, and files in it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "engine/session/session.h"

namespace chimneylab::session {

class SessionFolder : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "chimneylab-session-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    [[nodiscard]] std::filesystem::path file(std::string_view name = "a.chimney") const { return folder_ / name; }

    static void write(const std::filesystem::path& where, std::string_view content) {
        std::ofstream(where, std::ios::binary) << content;
    }
    static std::string read(const std::filesystem::path& where) {
        std::ostringstream content;
        content << std::ifstream(where, std::ios::binary).rdbuf();
        return content.str();
    }
    static std::string problem_of(const std::filesystem::path& where) {
        const auto loaded = load(where);
        return std::holds_alternative<Problem>(loaded) ? std::get<Problem>(loaded).to_text() : "no problem";
    }
    [[nodiscard]] std::size_t files_in_folder() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
    }
    std::filesystem::path folder_;
};

}  // namespace chimneylab::session
