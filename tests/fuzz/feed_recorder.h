// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Feeds bytes of any origin to a recorder's side of a connection, as a socket would, and checks what comes out.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "driver-bridge/server/conversation.h"
#include "engine/trace/integrity.h"

namespace chimneylab::bridge {

// What is wrong with the recording; empty: nothing.
inline std::string feed_recorder(const std::uint8_t* data, std::size_t size) {
    BuilderLimits limits;
    limits.trace_bytes = 4u << 20;
    limits.waiting_records = 64;
    std::optional<SessionBuilder> builder;
    Conversation conversation({}, [&](const chimney_wire_hello& hello) {
        builder.emplace(hello, limits);
        return Conversation::Admission{&*builder, {}};
    });
    bool goes_on = true;
    for (std::size_t at = 0; at < size && goes_on;) {
        const auto space = conversation.receive_space();
        if (space.empty()) return "there is no room for the next byte";
        // Pieces of odd sizes, so that frames are cut at any place.
        const std::size_t count = std::min({space.size(), size - at, std::size_t{1} + at % 257});
        std::copy_n(data + at, count, space.begin());
        at += count;
        goes_on = conversation.received(count);
    }
    conversation.keep_alive(1);
    conversation.end({chimney_wire_going_down, false, "the recorder was stopped", {}});
    if (!builder) return {};
    if (const auto problem = trace::integrity_problem(builder->trace())) return *problem;
    const trace::Trace trace = builder->finish(conversation.ending().text, conversation.ending().expected_next);
    return trace::integrity_problem(trace).value_or("");
}

}  // namespace chimneylab::bridge
