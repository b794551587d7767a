// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The session reader under libFuzzer (preset `fuzz`):
//     cmake --preset fuzz && cmake --build --preset fuzz
//     build/fuzz/bin/session_fuzzer -max_total_time=60 corpus tests/session/data
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/exercise_session.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // A file that is only in memory.
    const int file = ::memfd_create("session", MFD_CLOEXEC);
    if (file < 0 || ::write(file, data, size) != static_cast<ssize_t>(size)) std::abort();
    const std::string wrong = chimneylab::fuzz::exercise_session("/proc/self/fd/" + std::to_string(file));
    ::close(file);
    if (!wrong.empty()) {
        std::fprintf(stderr, "%s\n", wrong.c_str());
        std::abort();
    }
    return 0;
}
