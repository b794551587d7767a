// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The texts that a new driver's folder begins with.
#include "driver-bridge/new_driver/new_driver.h"

namespace chimneylab::driver_host {
namespace {

std::string with_name(std::string text, const std::string& name) {
    static const std::string mark = "@NAME@";
    for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += name.size()) text.replace(at, mark.size(), name);
    return text;
}

}  // namespace

std::string build_file(const std::string& name, const std::string& ddi, const std::vector<std::string>& sources) {
    std::string files;
    for (const std::string& each : sources) files += "  " + each + "\n";
    return with_name(R"(# Builds the driver as the module that ChimneyLab's host loads:
#     cmake -S . -B build && cmake --build build
cmake_minimum_required(VERSION 3.16)
project(@NAME@ C)

# Where ndis.h is: `chimneylab-cli --ddi-include` tells it.
set(CHIMNEYLAB_DDI ")" + ddi + R"(" CACHE PATH "The DDI headers")

add_library(@NAME@ MODULE
)" + files + R"()
set_target_properties(@NAME@ PROPERTIES PREFIX "" C_STANDARD 99 C_EXTENSIONS ON)
target_include_directories(@NAME@ SYSTEM PRIVATE "${CHIMNEYLAB_DDI}")
# WCHAR has 16 bits and structures may have members without a name, as with the WDK's compiler. A block is read and written
# under two type names, so the compiler must not take them for different memory. -g: crashes are told with file and line.
target_compile_options(@NAME@ PRIVATE -g -Wall -fshort-wchar -fms-extensions -fno-strict-aliasing)
)", name);
}

std::string page(const std::string& name) {
    return with_name(R"(# @NAME@, an NDIS 6.0 intermediate driver with TCP chimney offload

This is a complete driver that keeps every promise. Change it, and ChimneyLab shows which promise broke, where and why.

## Build and run

    cmake -S . -B build && cmake --build build
    chimneylab-cli run m5 --driver build/@NAME@.so            # the run as a story; exit 0: nothing to report
    chimneylab-cli run m5 --driver build/@NAME@.so --record @NAME@.chimney && chimneylab @NAME@.chimney

Where ChimneyLab is not installed, the script `lab` of its folder stands for its programs: `lab cli` for `chimneylab-cli`, `lab host` for
`chimneylab-host`, `lab` alone for `chimneylab`.

In the desktop, *Build and run* (Ctrl+B) does all of it and shows the run while it happens.

## Where to read

| file | what it does |
|---|---|
| `driver_entry.c` | registers both edges and the four chimney handler tables |
| `binding.c`, `virtual_miniport.c` | binds to the adapter below, brings up the virtual miniport above |
| `propagate_down.c` | an operation on its way down: call entry, saved words, conversion, handles |
| `propagate_up.c` | its completion on the way up: restores what was saved, frees the entry |
| `call_entry.c`, `offload_entry.c` | what an operation and an offloaded object need to be remembered |
| `offload_data.c`, `indications.c` | send, receive, disconnect, forward; what the target tells |
| `oid_request.c`, `packet_path.c` | requests and ordinary packets, passed through |
| `list_record.c`, `block_tree.c` | reserves of memory, and the walk through a tree of blocks |

## Try this

1. In `call_entry.c`, find where `SourceHandle` of the root is restored, and leave it out. Build, run m2: rule IM-050, with
   the event and the member.
2. In `propagate_up.c`, do not give the call entry back. Run m3: the ledger does not return to zero.
3. In `propagate_down.c`, convert the root alone and not the blocks that hang on it. Run m5.
4. Write through a NULL pointer anywhere: the run ends, you get function and line, and everything up to there.
5. Empty a file of yours and write it anew. `chimneylab-cli rules` has the promises; a comment names each where it is kept.

## Debugger

    chimneylab-host --driver build/@NAME@.so --scenario m5 --debug

starts gdb on the process that runs the driver, with a breakpoint in `DriverEntry`. To look into one that runs already, for
example one that is held in the desktop: `gdb -p` with the process number that the host tells. As long as a debugger is
attached no time limit counts.
)", name);
}

}  // namespace chimneylab::driver_host
