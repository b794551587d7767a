// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The bytes of every living region while parts are written one after the other. From them each chunk gets its keyframes,
// so that a reader finds the bytes of a region at any event in two chunks, however long the session is.
// Not thread safe.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <queue>

#include "engine/session/packing.h"

namespace chimneylab::session {

class RegionImages {
public:
    struct Seen {
        std::vector<Keyframe> keyframes;
        std::vector<trace::RegionId> touched;  // as in Births
    };
    // What the part does to the regions; valid until the next call. A part that is still growing leaves no mark: it will
    // come again, longer.
    const Seen& look_at(const Part& part, bool closed);

private:
    using Bytes = std::vector<std::byte>;
    Bytes take_memory();

    boost::unordered_flat_map<std::uint32_t, Bytes> living_;
    // Deaths that are known beforehand, as when a finished trace is saved.
    using Death = std::pair<std::uint32_t, std::uint32_t>;  // event, region
    std::priority_queue<Death, std::vector<Death>, std::greater<>> deaths_;
    Seen seen_;

    // Of the part that is looked at; kept for their memory.
    struct Changed {
        std::uint32_t region;
        Bytes image;
    };
    std::vector<Changed> changed_;
    std::vector<std::uint32_t> own_place_;  // by region born in the part: its place in changed_
    boost::unordered_flat_map<std::uint32_t, std::uint32_t> earlier_place_;
    boost::unordered_flat_map<std::uint32_t, std::uint32_t> died_;  // region → event
    std::vector<Bytes> spare_;
};

}  // namespace chimneylab::session
