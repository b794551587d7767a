// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <exception>
#include <iostream>

#include "app/command_line/verbs.h"

int main(int count, char** values) {
    using namespace chimneylab::command_line;
    try {
        const std::vector<std::string> arguments(values + 1, values + count);
        int code = run_command_line(arguments, std::cout, std::cerr, isatty(STDOUT_FILENO) == 1);
        std::cout.flush();
        if (!std::cout) {
            std::cerr << "chimneylab-cli: the output could not be written. Check the disk or the pipe it goes to.\n";
            code = exit_bad_input;
        }
        return code;
    } catch (const std::exception& error) {
        std::cerr << "chimneylab-cli: internal fault: " << error.what()
                  << ". Please report it with the command that led to it.\n";
    } catch (...) {
        std::cerr << "chimneylab-cli: internal fault. Please report it with the command that led to it.\n";
    }
    return exit_fault;
}
