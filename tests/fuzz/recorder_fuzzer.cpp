// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// libFuzzer over the recorder's side of a connection: codec, frame reader, session builder. Built by the preset `fuzz`;
// bin/recorder_fuzzer FOLDER keeps what it learns in that folder.
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/feed_recorder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (const std::string wrong = chimneylab::bridge::feed_recorder(data, size); !wrong.empty()) {
        std::fprintf(stderr, "the recording does not hold together: %s\n", wrong.c_str());
        std::abort();
    }
    return 0;
}
