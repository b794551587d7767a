// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The drivers that scenarios name and that are not linked: the reference driver, the host stack or the offload target with one
// mistake (engine/faulty_drivers).
// Each call loads an image of its own, so two layers of one machine may make different mistakes. The images live as long
// as this object, which has to outlive the run.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "driver-bridge/host/driver_image.h"
#include "engine/scenario/run.h"

namespace chimneylab::driver_host {

// The file with the mistakes of a layer's role: beside the one that CHIMNEYLAB_FAULTY_DRIVERS names, else beside this program,
// else where it is installed; empty when it is nowhere.
[[nodiscard]] std::filesystem::path faulty_drivers_file(trace::LayerRole role = trace::LayerRole::intermediate_driver);

class FaultyDrivers {
public:
    // For scenario::RunOptions::load_driver.
    [[nodiscard]] scenario::LoadedDriver load(std::string_view name);

private:
    std::vector<std::unique_ptr<DriverImage>> images_;
};

}  // namespace chimneylab::driver_host
