// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Lookaside lists. The list structure lies in driver memory; what is known of it is kept here by its address. Entries are
// taken from the pool each time and given back to it, so that use after free is found as for any allocation; the counters
// of the structure count as the kernel's would. Found: use of a list that was never initialised or is deleted, an entry
// returned to a list it does not come from, deletion with entries outstanding. Owned by Machine.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <unordered_map>

#include "engine/trace/event.h"

struct _NPAGED_LOOKASIDE_LIST;

namespace chimneylab::machine {

class Machine;
struct Allocation;

class LookasideLists {
public:
    using AllocateFunction = void* (*)(int pool_type, std::uint64_t size, std::uint32_t tag);
    using FreeFunction = void (*)(void* buffer);

    explicit LookasideLists(Machine& machine) : machine_(machine) {}

    void initialize(_NPAGED_LOOKASIDE_LIST* list, void* allocate, void* free, std::uint32_t size, std::uint32_t tag,
                    std::uint16_t depth, std::string_view function);
    [[nodiscard]] void* allocate(_NPAGED_LOOKASIDE_LIST* list, std::string_view function);
    void free(_NPAGED_LOOKASIDE_LIST* list, void* entry, std::string_view function);
    void remove(_NPAGED_LOOKASIDE_LIST* list, std::string_view function);
    void memory_freed(const Allocation& allocation);
    std::size_t report_leaks(trace::LayerIndex owner);
    [[nodiscard]] std::size_t count() const { return lists_.size(); }

private:
    struct List {
        trace::LayerIndex owner = trace::machine_layer;
        void* allocate = nullptr;
        void* free = nullptr;
        std::uint32_t size = 0;
        std::uint32_t tag = 0;
        std::uint64_t outstanding = 0;
    };
    Machine& machine_;
    std::map<const void*, List> lists_;
    std::unordered_map<const void*, const void*> entry_list_;  // entry → list
};

}  // namespace chimneylab::machine
