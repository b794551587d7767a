// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/server/token.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace chimneylab::bridge {

bool Token::matches(std::string_view offered) const {
    volatile unsigned char difference = offered.size() == secret_.size() ? 0 : 1;
    for (std::size_t i = 0; i < offered.size(); ++i) {
        const char own = secret_.empty() ? '\0' : secret_[i % secret_.size()];
        difference = static_cast<unsigned char>(difference | (static_cast<unsigned char>(own) ^
                                                              static_cast<unsigned char>(offered[i])));
    }
    return difference == 0;
}

std::variant<Token, Problem> read_token(const std::filesystem::path& file) {
    const std::string make = "Make one with: (umask 077; head -c 24 /dev/urandom | base64 > " + file.string() + ")";
    struct stat about{};
    if (stat(file.c_str(), &about) != 0)
        return Problem{"the token file " + file.string() + " cannot be read: " + std::strerror(errno), make};
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return Problem{"the token file " + file.string() + " can be read or written by others",
                       "Keep it to yourself with: chmod 600 " + file.string()};
    std::ifstream in(file);
    std::string secret, more;
    std::getline(in, secret);
    while (!secret.empty() && (secret.back() == '\r' || secret.back() == ' ')) secret.pop_back();
    if (secret.size() < shortest_token || secret.size() > longest_token || (std::getline(in, more) && !more.empty()))
        return Problem{"the token file " + file.string() + " does not hold one line of " +
                           std::to_string(shortest_token) + " to " + std::to_string(longest_token) + " characters",
                       make};
    return Token(std::move(secret));
}

}  // namespace chimneylab::bridge
