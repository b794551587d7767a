// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// chimneylab-cli new-driver: a folder with a driver that builds, runs and may be changed.
#include <filesystem>

#include "app/command_line/json_text.h"
#include "app/command_line/verbs.h"
#include "driver-bridge/new_driver/new_driver.h"

namespace chimneylab::command_line {

int new_driver(const NewDriverOptions& options, Console& console) {
    const std::filesystem::path path(options.name);
    const auto made = driver_host::create_driver(path.parent_path(), path.filename().string());
    if (const auto* problem = std::get_if<driver_host::NewDriverProblem>(&made))
        return refuse(problem->what, problem->remedy, console);
    const auto& driver = std::get<driver_host::NewDriver>(made);
    const std::string folder = driver.folder.string(), module = driver.module.string();
    if (options.json) {
        console.out << json_text(Json{{"folder", folder}, {"module", module}, {"files", driver.files}});
        return exit_done;
    }
    console.out << "A driver that keeps every promise is in " << folder << ". Build it, run it, then change it:\n"
                << "    cmake -S " << folder << " -B " << folder << "/build && cmake --build " << folder << "/build\n"
                << "    " << console.terminal.as_typed("chimneylab-cli run m5 --driver ") << module << "\n"
                << folder << "/README.md says where to read and what to try.\n";
    return exit_done;
}

}  // namespace chimneylab::command_line
