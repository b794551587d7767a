// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/host_client/live_control.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstring>
#include <stdexcept>

namespace chimneylab::driver_host {

void LiveControl::ring() {
    live_.bell.fetch_add(1);
    syscall(SYS_futex, &live_.bell, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

void LiveControl::hold() {
    holding_ = true;
    live_.let_go.store(0);
    live_.hold.store(1);
    ring();
}

void LiveControl::go_on() {
    holding_ = false;
    live_.hold.store(0);
    ring();
}

void LiveControl::step(std::uint64_t events) {
    holding_ = true;
    live_.let_go.store(events_.load() + std::clamp<std::uint64_t>(events, 1, UINT32_MAX));
    live_.steps.fetch_add(1);
    live_.hold.store(1);
    ring();
}

std::string LiveControl::choose(const std::string& choice) {
    const auto parsed = scenario::parse_choices(choice);
    if (const auto* wrong = std::get_if<std::string>(&parsed)) return *wrong;
    const auto& choices = std::get<std::vector<scenario::Choice>>(parsed);
    if (choices.size() != 1 || choice.size() > sizeof live_.choice) return "one choice at a time";
    if (state() != LiveState::at_choice || told_ == 0) return "the run does not wait for a choice now";
    if (choices.front().item >= pending_)
        return "it names item " + std::to_string(choices.front().item) + ", but " + std::to_string(pending_) + " wait";
    std::memcpy(live_.choice, choice.data(), choice.size());
    live_.choice_size = static_cast<std::uint32_t>(choice.size());
    live_.let_go.store(0);
    live_.choice_for.store(told_);
    ring();
    return {};
}

void LiveControl::inject(scenario::Choice::Fault fault) { live_.fault.store(static_cast<std::uint32_t>(fault)); }

LiveState LiveControl::state() const { return holding_ ? live_.state.load() : LiveState::running; }

std::optional<LivePoint> LiveControl::take_point() {
    const std::uint32_t number = live_.point.load(std::memory_order_acquire);
    if (state() != LiveState::at_choice || number == told_) return {};
    told_ = number;
    const std::size_t size = std::min<std::size_t>(live_.point_size, sizeof live_.point_text);
    try {
        LivePoint point = point_from_json(std::string(live_.point_text, size));
        pending_ = point.point.pending.size();
        return point;
    } catch (const std::runtime_error&) {
        pending_ = 0;
        return {};  // a driver wrote over it
    }
}

}  // namespace chimneylab::driver_host
