// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/server/endpoint.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include <charconv>

namespace chimneylab::bridge {
namespace {

constexpr std::string_view examples = "Write tcp:127.0.0.1:4710, tcp:[::1]:4710 or unix:/run/user/1000/chimneylab.";

bool is_version_6(const std::string& address) { return address.find(':') != std::string::npos; }

bool is_numeric(const std::string& address) {
    in6_addr parsed{};
    return inet_pton(is_version_6(address) ? AF_INET6 : AF_INET, address.c_str(), &parsed) == 1;
}

}  // namespace

bool Endpoint::local() const {
    if (kind == Kind::unix_socket) return true;
    in6_addr parsed{};
    if (is_version_6(address)) return inet_pton(AF_INET6, address.c_str(), &parsed) == 1 && IN6_IS_ADDR_LOOPBACK(&parsed);
    in_addr four{};
    return inet_pton(AF_INET, address.c_str(), &four) == 1 && ntohl(four.s_addr) >> 24 == 127;
}

std::string Endpoint::to_text() const {
    if (kind == Kind::unix_socket) return "unix:" + address;
    return "tcp:" + (is_version_6(address) ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

std::variant<Endpoint, Problem> parse_endpoint(std::string_view text) {
    const auto wrong = [&](const std::string& what) {
        return Problem{"the endpoint '" + std::string(text) + "' " + what, std::string(examples)};
    };
    Endpoint endpoint;
    if (text.starts_with("unix:")) {
        endpoint.kind = Endpoint::Kind::unix_socket;
        endpoint.address = text.substr(5);
        if (endpoint.address.empty()) return wrong("names no path");
        if (endpoint.address.find('\0') != std::string::npos) return wrong("has a path that cannot be");
        if (endpoint.address.size() >= sizeof sockaddr_un::sun_path)
            return wrong("has a path longer than the " + std::to_string(sizeof sockaddr_un::sun_path - 1) +
                         " bytes that a socket's may have");
        return endpoint;
    }
    if (!text.starts_with("tcp:")) return wrong("begins with neither tcp: nor unix:");
    const std::string_view rest = text.substr(4);
    const std::size_t colon = rest.rfind(':');
    if (colon == std::string_view::npos) return wrong("has no port");
    const std::string_view port = rest.substr(colon + 1);
    const auto read = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
    if (port.empty() || read.ec != std::errc{} || read.ptr != port.data() + port.size())
        return wrong("has a port that is no number from 0 to 65535");
    endpoint.address = rest.substr(0, colon);
    if (endpoint.address == "localhost") endpoint.address = "127.0.0.1";
    const bool brackets = endpoint.address.size() > 2 && endpoint.address.front() == '[' && endpoint.address.back() == ']';
    if (brackets) endpoint.address = endpoint.address.substr(1, endpoint.address.size() - 2);
    if (!is_numeric(endpoint.address)) return wrong("has an address that is neither numeric nor localhost");
    if (is_version_6(endpoint.address) != brackets) return wrong("has an IPv6 address without its brackets");
    return endpoint;
}

}  // namespace chimneylab::bridge
