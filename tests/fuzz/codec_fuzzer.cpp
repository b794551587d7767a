// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// libFuzzer over every reader of the wire's codec. Built by the preset `fuzz`.
#include "tests/fuzz/exercise_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static volatile std::uint64_t sum;
    sum = chimneylab::bridge::exercise_codec(data, size);
    return 0;
}
