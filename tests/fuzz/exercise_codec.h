// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Gives bytes of any origin to every reader of the wire's codec, the producer's side included, and looks at everything that
// they give back: a sanitizer tells when one of them looked beyond its payload.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "driver-bridge/protocol/wire.h"

namespace chimneylab::bridge {

// A sum over what was read, so that nothing is left out.
inline std::uint64_t exercise_codec(const std::uint8_t* data, std::size_t size) {
    std::uint64_t sum = 0;
    const auto text = [&](const chimney_wire_text& read) {
        for (std::uint32_t i = 0; i < read.size; ++i) sum += static_cast<std::uint8_t>(read.data[i]);
    };
    for (const std::uint32_t limit : {std::uint32_t{chimney_wire_hello_limit}, std::uint32_t{chimney_wire_payload_limit}}) {
        chimney_wire_frame frame;
        if (chimney_wire_find(data, size, limit, &frame) != chimney_wire_found_frame) continue;
        for (std::uint32_t i = 0; i < frame.size; ++i) sum += frame.payload[i];
    }
    if (chimney_wire_hello hello; chimney_wire_get_hello(data, size, &hello)) text(hello.token), text(hello.producer), text(hello.build);
    if (chimney_wire_welcome welcome; chimney_wire_get_welcome(data, size, &welcome)) sum += welcome.next_sequence;
    if (chimney_wire_run run; chimney_wire_get_run(data, size, &run))
        for (const auto& each : {run.scenario, run.title, run.variant, run.schedule, run.mode}) text(each);
    std::array<chimney_wire_layer, chimney_wire_layer_limit> layers;
    if (std::uint32_t count = 0; chimney_wire_get_layers(data, size, layers.data(), &count))
        for (std::uint32_t i = 0; i < count; ++i) sum += layers[i].name;
    if (chimney_wire_drops drops; chimney_wire_get_drops(data, size, &drops)) sum += drops.dropped;
    if (chimney_wire_goodbye goodbye; chimney_wire_get_goodbye(data, size, &goodbye)) text(goodbye.text);
    if (chimney_wire_keepalive keepalive; chimney_wire_get_keepalive(data, size, &keepalive)) sum += keepalive.sent;
    if (std::uint64_t next = 0; chimney_wire_get_acknowledge(data, size, &next)) sum += next;
    if (chimney_wire_control control; chimney_wire_get_control(data, size, &control)) text(control.text);
    if (chimney_wire_answer answer; chimney_wire_get_answer(data, size, &answer)) text(answer.text);
    if (chimney_wire_state state; chimney_wire_get_state(data, size, &state))
        for (std::uint32_t i = 0; i < state.alternatives; ++i) sum += chimney_wire_state_name(&state, i);
    std::size_t position = 0;
    std::uint32_t number = 0;
    for (chimney_wire_text name; chimney_wire_next_name(data, size, &position, &number, &name);) text(name);
    position = 0;
    for (chimney_wire_record record; chimney_wire_next_record(data, size, &position, &record);) {
        std::uint32_t at = 0;
        for (chimney_wire_piece piece; chimney_wire_next_piece(&record, &at, &piece);)
            for (std::uint32_t i = 0; i < piece.length; ++i) sum += piece.bytes[i];
    }
    return sum;
}

}  // namespace chimneylab::bridge
