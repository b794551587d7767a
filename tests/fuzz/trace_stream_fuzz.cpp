// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Any bytes as the recording of a driver host. Check sums are put right first: nobody guesses one, and what is behind
// them is what has to stand firm.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "engine/trace/integrity.h"
#include "engine/trace/stream.h"
#include "engine/trace/stream_bytes.h"

using namespace chimneylab::trace;

namespace {

// The input is frames without head and check sums: kind, two bytes of length, payload.
std::vector<std::byte> as_stream(std::span<const std::byte> input) {
    std::vector<std::byte> bytes;
    const auto number = [&](std::uint32_t value) {
        for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<std::byte>(value >> (8 * i)));
    };
    for (const char c : stream::magic) bytes.push_back(static_cast<std::byte>(c));
    number(stream_version);
    while (input.size() >= 3) {
        const auto kind = std::to_integer<std::uint8_t>(input[0]);
        const std::size_t wanted = std::to_integer<std::size_t>(input[1]) | std::to_integer<std::size_t>(input[2]) << 8;
        const auto payload = input.subspan(3, std::min(wanted, input.size() - 3));
        number(static_cast<std::uint32_t>(payload.size()));
        bytes.push_back(static_cast<std::byte>(kind));
        bytes.insert(bytes.end(), payload.begin(), payload.end());
        number(stream::check_sum(kind, payload));
        input = input.subspan(3 + payload.size());
    }
    return bytes;
}

void read(std::span<const std::byte> bytes) {
    StreamReader reader;
    reader.feed(bytes);
    if (integrity_problem(reader.trace())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span input(reinterpret_cast<const std::byte*>(data), size);
    read(input);
    read(as_stream(input));
    return 0;
}
