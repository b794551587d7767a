// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Names of state objects and of everything in the trace that belongs to one: "T1", its block, "T1 at IM 1". An object is
// known by the address of the host stack's NDIS_OFFLOAD_HANDLE. Objects nobody named are numbered by layer: N1, P1, T1.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/machine/machine.h"

namespace chimneylab::ndis::observation {

class Labels {
public:
    explicit Labels(trace::Recorder& recorder) : recorder_(recorder) {}

    // block_type: Header.Type of the block through which the object was first seen.
    [[nodiscard]] std::string name_of(const void* handle, unsigned char block_type);
    // Renames what was labelled before, too.
    void name(const void* handle, std::string_view name);
    // The label of a region that shows the object; suffix e.g. " at IM 1".
    void attach(const void* handle, trace::RegionId region, std::string_view prefix, std::string_view suffix);

private:
    struct Shown {
        trace::RegionId region;
        std::string prefix, suffix;
    };
    struct Object {
        std::string name;
        std::vector<Shown> shown;
    };
    trace::Recorder& recorder_;
    std::map<const void*, Object> objects_;
    std::set<std::string, std::less<>> used_;
    std::map<char, unsigned> last_;
};

[[nodiscard]] char layer_letter(unsigned char block_type);  // 'N', 'P', 'T'; 'X' for a type that is none

}  // namespace chimneylab::ndis::observation
