// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What the fuzzer does without end, for a few seconds: session files with a few things wrong, of both formats.
#include <gmock/gmock.h>

#include <random>

#include "tests/fuzz/exercise_session.h"
#include "tests/session/session_folder.h"
#include "tests/trace/random_trace.h"

namespace chimneylab::session {
namespace {

using Mutation = SessionFolder;

std::string mutated(std::string bytes, std::mt19937& random) {
    const auto somewhere = [&] { return static_cast<std::size_t>(random() % bytes.size()); };
    for (unsigned i = 0, count = 1 + random() % 4; i < count; ++i) {
        const std::size_t at = somewhere();
        const std::size_t length = std::min<std::size_t>(1 + random() % 300, bytes.size() - at);
        switch (random() % 6) {
            case 0:
                bytes[at] = static_cast<char>(random());
                break;
            case 1:
                bytes.replace(at, length, length, random() % 2 ? '\0' : '\xFF');
                break;
            case 2: {  // one piece over another
                const std::string piece = bytes.substr(somewhere(), length);
                bytes.replace(at, piece.size(), piece);
                break;
            }
            case 3:  // a page over another
                if (bytes.size() >= 8192)
                    bytes.replace(at / 4096 * 4096, 4096, bytes.substr(somewhere() / 4096 * 4096, 4096));
                break;
            case 4:
                bytes.resize(std::max<std::size_t>(1, random() % 8 == 0 ? at : bytes.size()));
                break;
            default:
                bytes[somewhere() % std::min<std::size_t>(bytes.size(), 8192)] ^= static_cast<char>(1u << random() % 8);
                break;
        }
    }
    return bytes;
}

TEST_F(Mutation, of_sessions_is_survived) {
    ASSERT_FALSE(save(trace::synthetic::random_trace(11, 700).trace, file()));
    const std::string seeds[] = {read(file()), read(CHIMNEYLAB_FORMAT_1_SESSION)};
    EXPECT_EQ(fuzz::exercise_session(file()), "");
    std::mt19937 random(20060);
    for (int i = 0; i < 400; ++i) {
        write(file("mutated"), mutated(seeds[i % 2], random));
        ASSERT_EQ(fuzz::exercise_session(file("mutated")), "") << "mutation " << i;
    }
}

}  // namespace
}  // namespace chimneylab::session
