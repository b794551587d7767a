// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// chimneylab-symbols FILE OFFSET [FILE OFFSET …]: prints a JSON list with function, file and line of each address. A
// program of its own: it reads files that nobody has checked, and whoever wants names goes on without them.
#include <cxxabi.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

namespace {

// Where a file is put while its names are looked up; any address that is no file's own.
constexpr GElf_Addr base = 0x100000000;

struct File {
    Dwfl* session = nullptr;
    Dwfl_Module* module = nullptr;
};

File open_file(const std::string& path) {
    static char* debug_path = nullptr;
    static const Dwfl_Callbacks callbacks = {dwfl_build_id_find_elf, dwfl_standard_find_debuginfo,
                                             dwfl_offline_section_address, &debug_path};
    File file;
    file.session = dwfl_begin(&callbacks);
    if (!file.session) return file;
    dwfl_report_begin(file.session);
    file.module = dwfl_report_elf(file.session, path.c_str(), path.c_str(), -1, base, false);
    dwfl_report_end(file.session, nullptr, nullptr);
    return file;
}

// The compilation unit that the address belongs to. gcc writes a table of addresses; clang writes none, and then each unit
// has to be asked.
Dwarf_Die* unit_of(Dwfl_Module* module, GElf_Addr address, Dwarf_Addr& bias) {
    if (Dwarf_Die* unit = dwfl_module_addrdie(module, address, &bias)) return unit;
    Dwarf_Die* unit = nullptr;
    while ((unit = dwfl_module_nextcu(module, unit, &bias)) != nullptr)
        if (dwarf_haspc(unit, address - bias) == 1) return unit;
    return nullptr;
}

// The innermost function of the source: one that was inlined is the one that a person looks for. `address` is the unit's.
const char* function_of_source(Dwarf_Die* unit, Dwarf_Addr address) {
    Dwarf_Die* found = nullptr;
    const int count = dwarf_getscopes(unit, address, &found);
    const std::unique_ptr<Dwarf_Die, decltype(&std::free)> scopes(found, &std::free);
    for (int i = 0; i < count; ++i) {
        Dwarf_Die* scope = scopes.get() + i;
        const int tag = dwarf_tag(scope);
        if (tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine) return dwarf_diename(scope);
    }
    return nullptr;
}

nlohmann::json describe(const File& file, GElf_Addr offset) {
    nlohmann::json answer = nlohmann::json::object();
    if (!file.module) return answer;
    const GElf_Addr address = base + offset;
    Dwarf_Addr bias = 0;
    Dwarf_Die* const unit = unit_of(file.module, address, bias);
    const char* function = unit ? function_of_source(unit, address - bias) : nullptr;
    if (!function) function = dwfl_module_addrname(file.module, address);
    if (function) {
        const std::unique_ptr<char, decltype(&std::free)> readable(abi::__cxa_demangle(function, nullptr, nullptr, nullptr),
                                                                  &std::free);
        answer["function"] = readable ? readable.get() : function;
    }
    if (Dwarf_Line* at = unit ? dwarf_getsrc_die(unit, address - bias) : nullptr) {
        int line = 0;
        const char* name = dwarf_linesrc(at, nullptr, nullptr);
        if (name && dwarf_lineno(at, &line) == 0 && line > 0) {
            answer["file"] = name;
            answer["line"] = static_cast<unsigned>(line);
        }
    }
    return answer;
}

}  // namespace

int main(int count, char** arguments) {
    alarm(5);
    if (count < 3 || count % 2 == 0) {
        std::cerr << "usage: chimneylab-symbols FILE OFFSET [FILE OFFSET …]\n";
        return 2;
    }
    std::map<std::string, File> files;
    nlohmann::json answers = nlohmann::json::array();
    for (int i = 1; i + 1 < count; i += 2) {
        const auto [at, added] = files.try_emplace(arguments[i]);
        if (added) at->second = open_file(arguments[i]);
        answers.push_back(describe(at->second, std::strtoull(arguments[i + 1], nullptr, 0)));
    }
    std::cout << answers.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl;
    _exit(0);  // the files are given back by the system, faster than by us
}
