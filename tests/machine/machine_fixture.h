// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A machine with a host stack, one intermediate driver and an offload target, and the way a test calls as a driver would:
// through the DDI, inside a DriverCall.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "engine/machine/machine.h"

// Last: its macros must not meet the standard library.
#include <ndis.h>

namespace chimneylab::machine::test {

inline constexpr LayerIndex host = 0;
inline constexpr LayerIndex intermediate = 1;
inline constexpr LayerIndex target = 2;
inline constexpr ULONG test_tag = 0x74736554;  // 'Test'

inline MachineOptions without_measured_time(MachineOptions options) {
    options.measured_clock = [] { return trace::Nanoseconds{0}; };
    return options;
}

struct Bench {
    Machine machine;
    Handle adapter = nullptr;

    explicit Bench(MachineOptions options = {}) : machine(without_measured_time(std::move(options))) {
        machine.add_layer(trace::LayerRole::host_stack, "host stack", "reference");
        machine.add_layer(trace::LayerRole::intermediate_driver, "IM 1", "reference");
        machine.add_layer(trace::LayerRole::offload_target, "offload target", "reference");
        adapter = machine.handles().open(HandleKind::miniport_adapter, intermediate, this);
        machine.set_order_in_force(true);
    }

    // Runs code as a handler of the layer.
    void as(LayerIndex layer, const std::function<void()>& code, std::string_view function = "TestHandler", CallDetails details = {}) {
        DriverCall call(machine, layer, function, details);
        code();
    }
    void as_driver(const std::function<void()>& code) { as(intermediate, code); }

    [[nodiscard]] std::size_t count(FindingKind kind) const {
        return static_cast<std::size_t>(std::ranges::count(machine.findings(), kind, &Finding::kind));
    }
    [[nodiscard]] std::vector<trace::Event> events(trace::EventKind kind) {
        std::vector<trace::Event> found;
        for (const trace::Event& event : machine.recorder().trace().events())
            if (event.kind == kind) found.push_back(event);
        return found;
    }
    [[nodiscard]] std::string text(trace::StringId id) { return std::string(machine.recorder().trace().text(id)); }
};

inline MachineOptions with_schedule(std::string_view text) {
    MachineOptions options;
    options.schedule = *Schedule::parse(text).schedule;
    return options;
}

class MachineTest : public ::testing::Test {
protected:
    Bench bench;
    Machine& machine = bench.machine;
};

inline PVOID allocate(Bench& bench, UINT size, ULONG tag = test_tag) {
    return NdisAllocateMemoryWithTagPriority(bench.adapter, size, tag, NormalPoolPriority);
}

}  // namespace chimneylab::machine::test
