// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Names for addresses of files: function, source file and line, from debug information where there is some, else from
// the symbol table. Found by a program of its own (chimneylab-symbols), for a driver's file may be broken in every way;
// when that program is missing or does not answer, names stay empty.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace chimneylab::driver_host {

struct Place {
    std::filesystem::path module;
    std::uint64_t offset = 0;  // an address of the file, as in its symbol table
};

struct Symbol {
    std::string function;
    std::string file;
    unsigned line = 0;
};

// As many as there are places.
[[nodiscard]] std::vector<Symbol> find_symbols(std::span<const Place> places);

}  // namespace chimneylab::driver_host
