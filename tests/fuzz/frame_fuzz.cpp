// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Any bytes as a frame, as a segment, and as what a connection receives: the input is taken apart into segments with lengths
// in front of them, which arrive one after the other.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

#include "engine/tcp/frame.h"
#include "engine/tcp/tcp.h"

namespace {

void parse(const std::uint8_t* data, std::size_t size) {
    chimney_frame frame;
    const chimney_frame_kind kind = chimney_frame_parse(data, size, &frame);
    if (kind == CHIMNEY_FRAME_TCP && (frame.segment.payload < data || frame.segment.payload + frame.segment.payload_bytes > data + size)) std::abort();
    char text[200];
    chimney_frame_describe(data, size, text, sizeof(text));
}

void receive(const std::uint8_t* data, std::size_t size) {
    chimney_tcp_settings settings{};
    settings.maximum_segment = 536;
    settings.receive_window = 4096;
    settings.ticks_per_second = 1000;
    settings.ack_frequency = 2;
    settings.delayed_ack_ticks = 200;
    settings.maximum_retransmissions = 5;
    settings.duplicate_ack_threshold = 3;
    settings.timestamps = size > 0 ? data[0] & 1 : 0;
    settings.offload_target = size > 0 ? data[0] >> 1 & 1 : 0;
    chimney_tcp_state state{};
    state.state = CHIMNEY_TCP_ESTABLISHED;
    state.rcv_wnd = 4096;
    state.snd_wnd = 4096;
    state.cwnd = 1072;
    state.ss_thresh = 65535;
    state.keep_alive_timeout_delta = state.retransmit_timeout_delta = CHIMNEY_TCP_NOT_RUNNING;
    chimney_tcp_callbacks callbacks{};
    callbacks.allocate = [](void*, std::size_t bytes) { return ::operator new(bytes, std::nothrow); };
    callbacks.release = [](void*, void* memory) { ::operator delete(memory); };
    callbacks.read = [](void*, std::uint32_t, std::uint8_t* into, std::size_t bytes) {
        for (std::size_t i = 0; i < bytes; ++i) into[i] = 0;
    };
    callbacks.transmit = [](void*, const chimney_tcp_segment*) {};
    callbacks.receive = [](void*, const std::uint8_t*, std::size_t bytes, int) { return bytes % 7 == 3 ? 0 : 1; };
    chimney_tcp tcp;
    chimney_tcp_import(&tcp, &settings, &callbacks, &state, 3000, 1);
    chimney_tcp_start(&tcp, 1);
    std::uint32_t now = 1;
    while (size >= 2) {
        const std::size_t length = std::min<std::size_t>(data[0], size - 1);
        chimney_tcp_segment segment;
        if (chimney_tcp_segment_parse(data + 1, length, &segment)) chimney_tcp_input(&tcp, &segment, now);
        if (tcp.queued > 3000 || tcp.rcv_wnd > 0x10000) std::abort();
        now += data[0] * 16u;
        chimney_tcp_timer(&tcp, now);
        data += 1 + length;
        size -= 1 + length;
    }
    chimney_tcp_release(&tcp);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    parse(data, size);
    receive(data, size);
    return 0;
}
