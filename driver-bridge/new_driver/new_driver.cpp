// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/new_driver/new_driver.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <optional>
#include <regex>
#include <sstream>

namespace chimneylab::driver_host {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> directory_with(const char* file, std::initializer_list<const char*> candidates) {
    std::error_code error;
    for (const char* candidate : candidates)
        if (fs::is_regular_file(fs::path(candidate) / file, error)) return fs::path(candidate);
    return {};
}

bool write(const fs::path& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary);
    out << text;
    out.close();
    return static_cast<bool>(out);
}

std::optional<std::string> read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return {};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

bool good_name(const std::string& name) {
    return !name.empty() && name.size() <= 64 && (std::isalpha(static_cast<unsigned char>(name[0])) != 0) &&
           std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
}

}  // namespace

std::variant<NewDriver, NewDriverProblem> create_driver(const fs::path& parent, const std::string& name) {
    if (!good_name(name))
        return NewDriverProblem{"'" + name + "' cannot be a driver's name", "Use letters, digits, _ and -, a letter first."};
    const auto ddi = directory_with("ndis.h", {CHIMNEYLAB_DDI_SOURCE_DIRECTORY, CHIMNEYLAB_DDI_INSTALL_DIRECTORY});
    const auto sources = directory_with("driver_entry.c", {CHIMNEYLAB_DRIVER_SOURCE_DIRECTORY, CHIMNEYLAB_DRIVER_INSTALL_DIRECTORY});
    if (!ddi || !sources)
        return NewDriverProblem{"the DDI headers or the reference driver's sources were not found",
                                "Install the program again, or run it from its build tree."};
    NewDriver made;
    made.folder = parent / name;
    made.module = made.folder / "build" / (name + ".so");
    std::error_code error;
    if (fs::exists(made.folder, error) && !fs::is_empty(made.folder, error))
        return NewDriverProblem{made.folder.string() + " exists and is not empty", "Choose another name or folder."};
    fs::create_directories(made.folder, error);
    if (error) return NewDriverProblem{made.folder.string() + " cannot be made: " + error.message(), "Choose a folder that you may write to."};
    std::vector<std::string> c_files;
    for (const fs::directory_entry& each : fs::directory_iterator(*sources)) {
        const std::string file = each.path().filename().string();
        if (each.path().extension() == ".c") c_files.push_back(file);
        if (each.path().extension() == ".c" || file == "intermediate.h") made.files.push_back(file);
    }
    std::ranges::sort(c_files);
    std::ranges::sort(made.files);
    bool good = true;
    for (const std::string& file : made.files) {
        const auto text = read(*sources / file);
        good = good && text && write(made.folder / file, *text);
    }
    good = good && write(made.folder / "CMakeLists.txt", build_file(name, ddi->string(), c_files)) &&
           write(made.folder / "README.md", page(name));
    if (!good) return NewDriverProblem{"the files in " + made.folder.string() + " cannot be written", "Make room on the disk, or choose another folder."};
    made.files.insert(made.files.end(), {"CMakeLists.txt", "README.md"});
    return made;
}

std::vector<std::vector<std::string>> build_commands(const fs::path& folder) {
    std::vector<std::vector<std::string>> commands;
    const std::string source = folder.string(), build = (folder / "build").string();
    std::error_code error;
    if (!fs::exists(folder / "build" / "CMakeCache.txt", error)) commands.push_back({"cmake", "-S", source, "-B", build});
    commands.push_back({"cmake", "--build", build, "--parallel"});
    return commands;
}

fs::path module_of(const fs::path& folder) {
    const auto text = read(folder / "CMakeLists.txt");
    static const std::regex project(R"(project\(\s*([A-Za-z][A-Za-z0-9_-]*))");
    std::smatch found;
    if (!text || !std::regex_search(*text, found, project)) return {};
    return folder / "build" / (found[1].str() + ".so");
}

}  // namespace chimneylab::driver_host
