// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/command_line/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace chimneylab::command_line {

std::size_t Ended::error_lines() const { return static_cast<std::size_t>(std::count(err.begin(), err.end(), '\n')); }

Ended run_program(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
    int out[2], err[2];
    if (pipe(out) != 0 || pipe(err) != 0) throw std::runtime_error("pipe");
    const pid_t child = fork();
    if (child == 0) {
        dup2(out[1], STDOUT_FILENO);
        dup2(err[1], STDERR_FILENO);
        for (const int descriptor : {out[0], out[1], err[0], err[1]}) close(descriptor);
        setenv("LC_ALL", "C.UTF-8", 1);  // scenarios are told in English, whoever runs the tests
        for (const std::string& entry : environment) {
            const std::size_t equals = entry.find('=');
            if (equals == std::string::npos)
                unsetenv(entry.c_str());
            else
                setenv(entry.substr(0, equals).c_str(), entry.c_str() + equals + 1, 1);
        }
        std::vector<char*> values{const_cast<char*>(CHIMNEYLAB_CLI)};
        for (const std::string& argument : arguments) values.push_back(const_cast<char*>(argument.c_str()));
        values.push_back(nullptr);
        execv(CHIMNEYLAB_CLI, values.data());
        _exit(127);
    }
    close(out[1]);
    close(err[1]);
    Ended ended;
    std::array<pollfd, 2> descriptors{{{out[0], POLLIN, 0}, {err[0], POLLIN, 0}}};
    int open = 2;
    while (open > 0 && poll(descriptors.data(), descriptors.size(), -1) > 0) {
        for (std::size_t i = 0; i < descriptors.size(); ++i) {
            if (descriptors[i].fd < 0 || descriptors[i].revents == 0) continue;
            std::array<char, 65536> buffer;
            const ssize_t count = read(descriptors[i].fd, buffer.data(), buffer.size());
            if (count <= 0) {
                close(descriptors[i].fd);
                descriptors[i].fd = -1;
                --open;
            } else {
                (i == 0 ? ended.out : ended.err).append(buffer.data(), static_cast<std::size_t>(count));
            }
        }
    }
    int status = 0;
    waitpid(child, &status, 0);
    ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return ended;
}

ScratchDirectory::ScratchDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "chimneylab-cli-test-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("mkdtemp");
    path_ = name;
}

ScratchDirectory::~ScratchDirectory() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
}

std::string ScratchDirectory::write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return file(name);
}

}  // namespace chimneylab::command_line
