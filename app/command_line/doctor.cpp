// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What is installed, what is missing, what to do about it. Looks only; changes nothing.
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>

#include "app/command_line/ddi_directory.h"
#include "app/command_line/json_text.h"
#include "app/command_line/verbs.h"
#include "driver-bridge/host_client/protections.h"
#include "app/command_line/version.h"
#include "engine/scenario/library.h"

namespace chimneylab::command_line {

namespace {

struct Check {
    std::string name;
    bool needed = true;
    bool found = false;
    std::string what;    // version, place, number
    std::string remedy;  // when it is not found
};

std::optional<std::filesystem::path> in_path(std::string_view program) {
    const char* path = std::getenv("PATH");
    std::string_view rest = path ? path : "";
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(':'), rest.size());
        const std::filesystem::path candidate = std::filesystem::path(rest.substr(0, end)) / program;
        rest.remove_prefix(std::min(end + 1, rest.size()));
        std::error_code error;
        if (access(candidate.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(candidate, error))
            return candidate;
    }
    return std::nullopt;
}

// First line that a program prints; the commands are constants of this file.
std::string first_line(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen((command + " 2>/dev/null").c_str(), "r"), pclose);
    if (!pipe) return {};
    std::array<char, 200> buffer{};
    if (!std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe.get())) return {};
    std::string line = buffer.data();
    while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) line.pop_back();
    return line;
}

Check program(std::string_view program_name, const std::string& version_command, bool needed, std::string purpose,
              std::string package) {
    Check check;
    check.name = std::string(program_name);
    check.needed = needed;
    if (const auto place = in_path(program_name)) {
        check.found = true;
        check.what = place->string();
        if (const std::string version = first_line(version_command); !version.empty())
            check.what += ", version " + version;
    } else {
        check.what = "not found; " + std::move(purpose);
        check.remedy = "apt-get install " + std::move(package);
    }
    return check;
}

Check c_compiler() {
    for (const char* name : {"gcc", "clang", "cc"}) {
        if (in_path(name)) {
            Check check = program(name, std::string(name) + " -dumpversion", true, "", "");
            check.name = "C compiler";
            return check;
        }
    }
    return {"C compiler", true, false, "not found; a driver of your own is compiled with it", "apt-get install gcc"};
}

Check scenario_library() {
    Check check{"scenario library", true, false, "", ""};
    const std::vector<std::filesystem::path> directories = scenario::library_directories();
    const scenario::Library library = scenario::load_library();
    check.found = !library.scenarios.empty() && library.problems.empty();
    check.what = std::to_string(library.scenarios.size()) + " scenarios";
    for (const auto& directory : directories)
        check.what += (&directory == &directories.front() ? " in " : ", ") + directory.string();
    if (directories.empty())
        check.remedy = "Set CHIMNEYLAB_SCENARIOS to the directory that holds the .yaml files.";
    else if (!library.problems.empty())
        check.remedy = library.problems.front().to_text();
    else if (library.scenarios.empty())
        check.remedy = "There is no .yaml file in it; set CHIMNEYLAB_SCENARIOS to the right directory.";
    return check;
}

Check ddi_headers() {
    Check check{"DDI headers", true, false, "", ""};
    if (const auto directory = ddi_directory()) {
        check.found = true;
        check.what = directory->string();
    } else {
        check.what = "ndis.h not found";
        check.remedy = "Install the program again, or run it from its build tree.";
    }
    return check;
}

Check protections() {
    Check check{"driver protections", false, false, "", ""};
    const driver_host::Protections reached = driver_host::available_protections();
    check.found = reached.all();
    check.what = reached.to_text() + (reached.means.empty() ? "" : " (by " + reached.means + ")");
    if (!check.found) check.remedy = "Drivers run with what there is; the rest needs a kernel with Landlock and seccomp, and a container that allows them.";
    return check;
}

Check desktop() {
    Check check{"desktop", false, false, "", ""};
    std::error_code error;
    const std::filesystem::path beside =
        std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "chimneylab";
    if (!error && access(beside.c_str(), X_OK) == 0) {
        check.found = true;
        check.what = beside.string();
    } else if (const auto place = in_path("chimneylab")) {
        check.found = true;
        check.what = place->string();
    } else {
        check.what = "the program chimneylab is not built";
        check.remedy = "./lab builds and starts it (it needs Qt 6: apt-get install qt6-base-dev).";
    }
    return check;
}

Check display() {
    Check check{"display", false, false, "", ""};
    const auto value = [](const char* name) {
        const char* text = std::getenv(name);
        return std::string(text ? text : "");
    };
    if (const std::string platform = value("QT_QPA_PLATFORM"); !platform.empty()) {
        check.found = true;
        check.what = "QT_QPA_PLATFORM is " + platform;
    } else if (const std::string wayland = value("WAYLAND_DISPLAY"); !wayland.empty()) {
        check.found = true;
        check.what = "Wayland, " + wayland;
    } else if (const std::string x11 = value("DISPLAY"); !x11.empty()) {
        check.found = true;
        check.what = "X11, " + x11;
    } else {
        check.what = "none: neither DISPLAY nor WAYLAND_DISPLAY nor QT_QPA_PLATFORM is set";
        check.remedy = "'chimneylab-cli run m1' needs no display; for a picture use chimneylab --screenshot.";
    }
    return check;
}

}  // namespace

int doctor(bool json, Console& console) {
    std::vector<Check> checks;
    utsname system{};
    uname(&system);
    checks.push_back({"program", true, true, std::string("chimneylab-cli ") + version_text(), ""});
    checks.push_back(
        {"system", true, true, std::string(system.sysname) + " " + system.release + " " + system.machine, ""});
    checks.push_back(scenario_library());
    checks.push_back(ddi_headers());
    checks.push_back(c_compiler());
    checks.push_back(protections());
    checks.push_back(program("x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-gcc -dumpversion", false,
                             "it checks the DDI headers as a Windows compiler", "gcc-mingw-w64-x86-64"));
    checks.push_back(program("sqlite3", "sqlite3 -version | cut -d' ' -f1", false,
                             "the shell reads session files by hand", "sqlite3"));
    checks.push_back(desktop());
    checks.push_back(display());

    bool complete = true;
    for (const Check& check : checks) complete = complete && (check.found || !check.needed);
    if (json) {
        Json list = Json::array();
        for (const Check& check : checks) {
            list.push_back({{"name", check.name},
                            {"needed", check.needed},
                            {"found", check.found},
                            {"what", check.what},
                            {"remedy", check.remedy}});
        }
        console.out << json_text({{"complete", complete}, {"checks", std::move(list)}});
    } else {
        for (const Check& check : checks) {
            const std::string sign = check.found    ? console.terminal.in(Tone::good, "ok      ")
                                     : check.needed ? console.terminal.in(Tone::bad, "MISSING ")
                                                    : console.terminal.in(Tone::dim, "absent  ");
            console.out << sign << console.terminal.in(Tone::strong, padded(check.name, 24)) << printable(check.what)
                        << "\n";
            if (!check.found) console.out << std::string(32, ' ') << "→ " << printable(console.terminal.as_typed(check.remedy)) << "\n";
        }
        console.out << "\n"
                    << (complete ? "Everything that is needed is here."
                                 : "Something that is needed is missing; see above.")
                    << "\n";
    }
    return complete ? exit_done : exit_report;
}

}  // namespace chimneylab::command_line
