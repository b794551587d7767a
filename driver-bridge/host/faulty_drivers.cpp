// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/host/faulty_drivers.h"

#include <cstdlib>
#include <string>

namespace chimneylab::driver_host {

namespace {

const char* file_name(trace::LayerRole role) {
    switch (role) {
        case trace::LayerRole::host_stack: return "chimneylab-faulty-host-stack.so";
        case trace::LayerRole::offload_target: return "chimneylab-faulty-offload-target.so";
        case trace::LayerRole::intermediate_driver: break;
    }
    return "chimneylab-faulty-drivers.so";
}

}  // namespace

std::filesystem::path faulty_drivers_file(trace::LayerRole role) {
    if (const char* set = std::getenv("CHIMNEYLAB_FAULTY_DRIVERS"); set && *set) {
        const std::filesystem::path named = set;
        return role == trace::LayerRole::intermediate_driver ? named : named.parent_path() / file_name(role);
    }
    std::error_code error;
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
    for (const std::filesystem::path& candidate :
         {program.parent_path() / file_name(role), std::filesystem::path(CHIMNEYLAB_FAULTY_DRIVERS_INSTALLED).parent_path() / file_name(role)}) {
        if (std::filesystem::exists(candidate, error)) return candidate;
    }
    return {};
}

scenario::LoadedDriver FaultyDrivers::load(std::string_view name) {
    const scenario::KnownDriver* known = scenario::known_driver(name);
    const trace::LayerRole role = known ? known->role : trace::LayerRole::intermediate_driver;
    const std::filesystem::path file = faulty_drivers_file(role);
    if (file.empty())
        return {nullptr, std::string(file_name(role)) + " is neither beside this program nor installed; build the target " +
                             std::filesystem::path(file_name(role)).stem().string()};
    auto image = DriverImage::load(file);
    if (const auto* problem = std::get_if<DriverImage::Problem>(&image)) return {nullptr, file.string() + ": " + problem->what};
    images_.push_back(std::move(std::get<std::unique_ptr<DriverImage>>(image)));
    const auto choose = reinterpret_cast<int (*)(const char*)>(images_.back()->symbol("ChimneylabChooseFaultByName"));
    if (!choose || !choose(std::string(name).c_str()))
        return {nullptr, file.string() + " has no driver of this name; it belongs to another version of the lab"};
    return {images_.back()->entry(), std::string(name)};
}

}  // namespace chimneylab::driver_host
