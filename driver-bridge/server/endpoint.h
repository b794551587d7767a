// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Where a recorder listens and a producer connects: tcp:127.0.0.1:4710, tcp:[::1]:4710, tcp:localhost:4710 or
// unix:/path/of/a/socket. Port 0 lets the system choose. Names other than localhost are not looked up. Values only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace chimneylab::bridge {

// One thing that went wrong, for people: what, and what to do.
struct Problem {
    std::string what;
    std::string remedy;
    [[nodiscard]] std::string to_text() const { return what + ". " + remedy; }
};

struct Endpoint {
    enum class Kind : std::uint8_t { tcp, unix_socket };
    Kind kind = Kind::tcp;
    std::string address;     // numeric IPv4 or IPv6 address, or a path
    std::uint16_t port = 0;  // tcp

    // Reachable from this machine alone.
    [[nodiscard]] bool local() const;
    [[nodiscard]] std::string to_text() const;
    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

[[nodiscard]] std::variant<Endpoint, Problem> parse_endpoint(std::string_view text);

}  // namespace chimneylab::bridge
