// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "app/command_line/ddi_directory.h"

#include "app/command_line/verbs.h"

namespace chimneylab::command_line {

std::optional<std::filesystem::path> ddi_directory() {
    std::error_code error;
    for (const char* candidate : {CHIMNEYLAB_DDI_SOURCE_DIRECTORY, CHIMNEYLAB_DDI_INSTALL_DIRECTORY}) {
        const std::filesystem::path directory = candidate;
        if (std::filesystem::is_regular_file(directory / "ndis.h", error)) return directory;
    }
    return std::nullopt;
}

int ddi_include(Console& console) {
    if (const auto directory = ddi_directory()) {
        console.out << directory->string() << "\n";
        return exit_done;
    }
    return refuse("the DDI headers were not found", "Install the program again, or run it from its build tree.",
                  console);
}

}  // namespace chimneylab::command_line
