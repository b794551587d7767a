// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A temporary folder for one test, and files in it.
#pragma once

#include <grp.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
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
    // What the work tells when it is done by somebody who owns nothing here and may only read: a process of its own, which
    // gives up root's rights if it has them. A right that is missing is not noticed by root.
    [[nodiscard]] std::string told_without_rights(const std::function<std::string()>& work) const {
        using std::filesystem::perms;
        const perms all_read = perms::owner_read | perms::group_read | perms::others_read;
        const perms all_enter = perms::owner_exec | perms::group_exec | perms::others_exec;
        for (const auto& each : std::filesystem::directory_iterator(folder_))
            if (each.is_regular_file()) std::filesystem::permissions(each.path(), all_read);
        std::filesystem::permissions(folder_, all_read | all_enter);
        int ends[2];
        if (::pipe(ends) != 0) return "no pipe";
        const pid_t child = ::fork();
        if (child == 0) {
            std::string told = "root's rights could not be given up";
            constexpr unsigned nobody = 65534;
            if (::geteuid() != 0 || (::setgroups(0, nullptr) == 0 && ::setgid(nobody) == 0 && ::setuid(nobody) == 0))
                told = work();
            const bool complete = ::write(ends[1], told.data(), told.size()) == static_cast<ssize_t>(told.size());
            ::_exit(complete ? 0 : 1);
        }
        ::close(ends[1]);
        std::string told(4096, '\0');
        const ssize_t size = ::read(ends[0], told.data(), told.size());
        ::close(ends[0]);
        int status = -1;
        ::waitpid(child, &status, 0);
        std::filesystem::permissions(folder_, perms::owner_all);
        told.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? told : "the process died; it had told: " + told;
    }
    std::filesystem::path folder_;
};

}  // namespace chimneylab::session
