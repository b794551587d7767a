// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/host_client/symbols.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "driver-bridge/host_client/supervisor.h"

extern char** environ;

namespace chimneylab::driver_host {

namespace {

// What a program prints until it ends, or all that it printed in the time it was given.
std::string output_of(std::vector<std::string> arguments, std::chrono::milliseconds time) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return {};
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, ends[1], 1);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    pid_t id = 0;
    const int problem = posix_spawn(&id, pointers[0], &files, nullptr, pointers.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    close(ends[1]);
    std::string text;
    if (problem == 0) {
        const auto end = std::chrono::steady_clock::now() + time;
        std::array<char, 4096> buffer;
        for (;;) {
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
            pollfd wanted{ends[0], POLLIN, 0};
            if (left.count() <= 0 || poll(&wanted, 1, static_cast<int>(left.count())) <= 0) break;
            const ssize_t got = read(ends[0], buffer.data(), buffer.size());
            if (got <= 0 || text.size() > (1u << 20)) break;
            text.append(buffer.data(), static_cast<std::size_t>(got));
        }
        kill(id, SIGKILL);
        waitpid(id, nullptr, 0);
    }
    close(ends[0]);
    return text;
}

}  // namespace

std::vector<Symbol> find_symbols(std::span<const Place> places) {
    std::vector<Symbol> symbols(places.size());
    const std::filesystem::path program = symbols_program();
    if (places.empty() || program.empty()) return symbols;
    std::vector<std::string> arguments{program.string()};
    for (const Place& place : places) {
        arguments.push_back(place.module.string());
        arguments.push_back(std::to_string(place.offset));
    }
    const nlohmann::json answer = nlohmann::json::parse(output_of(std::move(arguments), std::chrono::seconds(2)), nullptr, false);
    if (!answer.is_array() || answer.size() != places.size()) return symbols;
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        const nlohmann::json& one = answer[i];
        if (!one.is_object()) continue;
        if (const auto at = one.find("function"); at != one.end() && at->is_string()) symbols[i].function = *at;
        if (const auto at = one.find("file"); at != one.end() && at->is_string()) symbols[i].file = *at;
        if (const auto at = one.find("line"); at != one.end() && at->is_number_unsigned()) symbols[i].line = *at;
    }
    return symbols;
}

}  // namespace chimneylab::driver_host
