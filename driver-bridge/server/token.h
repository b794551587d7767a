// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The shared secret of a recorder and its producers. It is never printed, never part of a message or a session. On the
// wire it is not encrypted: whoever can read the connection can read it (PROTOCOL.md says what to do about that).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

#include "driver-bridge/server/endpoint.h"

namespace chimneylab::bridge {

inline constexpr std::size_t shortest_token = 16;
inline constexpr std::size_t longest_token = 1024;

class Token {
public:
    Token() = default;  // none
    explicit Token(std::string secret) : secret_(std::move(secret)) {}
    [[nodiscard]] bool empty() const { return secret_.empty(); }
    // Takes as long for a near miss as for nonsense of the same length.
    [[nodiscard]] bool matches(std::string_view offered) const;
    [[nodiscard]] std::string_view secret() const { return secret_; }

private:
    std::string secret_;
};

// The file's only line. A file that others may read is refused.
[[nodiscard]] std::variant<Token, Problem> read_token(const std::filesystem::path& file);

}  // namespace chimneylab::bridge
