// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The bytes of every living region while parts are written one after the other. From them each chunk gets its keyframes,
// so that a reader finds the bytes of a region at any event in two chunks, however long the session is.
// Not thread safe.
#pragma once

#include <queue>
#include <unordered_map>

#include "engine/session/packing.h"

namespace chimneylab::session {

class RegionImages {
public:
    struct Seen {
        std::vector<Keyframe> keyframes;
        std::vector<trace::RegionId> touched;  // as in Births
    };
    // What the part does to the regions. A part that is still growing leaves no mark: it will come again, longer.
    Seen look_at(const Part& part, bool closed);

private:
    using Bytes = std::vector<std::byte>;
    std::unordered_map<std::uint32_t, Bytes> living_;
    // Deaths that are known beforehand, as when a finished trace is saved.
    using Death = std::pair<std::uint32_t, std::uint32_t>;  // event, region
    std::priority_queue<Death, std::vector<Death>, std::greater<>> deaths_;
};

}  // namespace chimneylab::session
