// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// libFuzzer over what a person writes: a scenario, a schedule, choices. A good corpus to begin with is the folder `scenarios`.
// Whatever comes, there is a scenario or a problem that says where. Built by the preset `fuzz`.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/machine/schedule.h"
#include "engine/scenario/choices.h"
#include "engine/scenario/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace chimneylab;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const scenario::Loaded loaded = scenario::load_text("input.yaml", text);
    if (!loaded.scenario && loaded.problems.empty()) std::abort();
    (void)machine::Schedule::parse(text);
    (void)scenario::parse_choices(text);
    return 0;
}
