// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/network/endpoint.h"

#include <new>

#include "engine/tcp/stream_byte.h"

namespace chimneylab::network {

Endpoint::Endpoint(const chimney_tcp_settings& settings, const chimney_tcp_state& state, std::uint32_t queued,
                   std::uint32_t send_position, std::uint32_t receive_position, std::uint32_t now, Transmit transmit)
    : transmit_(std::move(transmit)), send_position_(send_position), receive_position_(receive_position) {
    chimney_tcp_callbacks callbacks{};
    callbacks.context = this;
    callbacks.allocate = [](void*, std::size_t bytes) { return ::operator new(bytes, std::nothrow); };
    callbacks.release = [](void*, void* memory) { ::operator delete(memory); };
    callbacks.read = [](void* context, std::uint32_t offset, std::uint8_t* into, std::size_t bytes) {
        const auto& self = *static_cast<Endpoint*>(context);
        // While acknowledged bytes are not yet accounted for, SndUna is ahead of send_position_ by them.
        const std::uint32_t first = self.send_position_ + self.tcp_.outcome.acknowledged + offset;
        for (std::size_t i = 0; i < bytes; ++i) into[i] = chimney_stream_byte(first + static_cast<std::uint32_t>(i));
    };
    callbacks.transmit = [](void* context, const chimney_tcp_segment* segment) {
        static_cast<Endpoint*>(context)->transmit_(*segment);
    };
    callbacks.receive = [](void* context, const std::uint8_t* data, std::size_t bytes, int) {
        auto& self = *static_cast<Endpoint*>(context);
        for (std::size_t i = 0; i < bytes; ++i) {
            if (data[i] != chimney_stream_byte(self.receive_position_++)) ++self.damaged_;
        }
        self.received_ += static_cast<std::uint32_t>(bytes);
        self.unread_ += static_cast<std::uint32_t>(bytes);
        return 1;
    };
    chimney_tcp_import(&tcp_, &settings, &callbacks, &state, queued, now);
}

Endpoint::~Endpoint() { chimney_tcp_release(&tcp_); }

void Endpoint::take_outcome(std::uint32_t now) {
    if (reading_ && unread_ > 0) {
        const std::uint32_t bytes = unread_;
        unread_ = 0;
        chimney_tcp_consumed(&tcp_, bytes, now);
    }
    const chimney_tcp_outcome outcome = chimney_tcp_take_outcome(&tcp_);
    send_position_ += outcome.acknowledged;
    acknowledged_ += outcome.acknowledged;
    events_ |= outcome.events;
}

chimney_tcp_disposition Endpoint::input(const chimney_tcp_segment& segment, std::uint32_t now) {
    const chimney_tcp_disposition disposition = chimney_tcp_input(&tcp_, &segment, now);
    take_outcome(now);
    return disposition;
}

void Endpoint::send(std::uint32_t bytes, std::uint32_t now) {
    chimney_tcp_send(&tcp_, bytes, now);
    take_outcome(now);
}

void Endpoint::sent_by_hand(std::uint32_t bytes, std::uint32_t now) {
    tcp_.queued += bytes;
    tcp_.snd_nxt += bytes;
    if (chimney_tcp_before(tcp_.snd_max, tcp_.snd_nxt)) tcp_.snd_max = tcp_.snd_nxt;
    chimney_tcp_start(&tcp_, now);  // starts its retransmission timer
    take_outcome(now);
}

void Endpoint::close(std::uint32_t now) { chimney_tcp_close(&tcp_, now); }
void Endpoint::abort(std::uint32_t now) { chimney_tcp_abort(&tcp_, now); }

void Endpoint::timer(std::uint32_t now) {
    chimney_tcp_timer(&tcp_, now);
    take_outcome(now);
}

void Endpoint::set_reading(bool reading, std::uint32_t now) {
    reading_ = reading;
    take_outcome(now);
}

std::uint32_t Endpoint::next_timer(bool patient, std::uint32_t now) const {
    return chimney_tcp_next_timer(&tcp_, patient ? 1 : 0, now);
}

}  // namespace chimneylab::network
