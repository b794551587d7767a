// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What History finds things by: flat tables from a number to an index, some ten bytes an entry, for a long trace has
// hundreds of thousands of them. Only History includes this. No thread rule: plain data.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include "engine/trace/history.h"

namespace chimneylab::trace {

struct History::Lookups {
    template <typename Key, typename Value>
    using Table = boost::unordered_flat_map<Key, Value>;

    Table<std::uint32_t, std::uint32_t> call_entry_of_region, offload_entry_of_region;
    Table<std::uint32_t, std::uint32_t> call_entry_of_allocation, offload_entry_of_allocation;  // by the allocating event
    Table<std::uint32_t, std::vector<std::uint32_t>> operations_of_root;
    // What came in with MiniportXxxOffload, by operation << 8 | layer, until the operation is over: call entries hold it.
    Table<std::uint64_t, std::array<std::uint64_t, 3>> incoming;

    [[nodiscard]] static std::uint64_t passage(OperationId operation, LayerIndex layer) {
        return std::uint64_t{operation.value} << 8 | layer;
    }
    // The index found by a number; nullptr when there is none.
    template <typename Key, typename Value>
    [[nodiscard]] static const Value* find(const Table<Key, Value>& table, Key key) {
        const auto found = table.find(key);
        return found == table.end() ? nullptr : &found->second;
    }
};

}  // namespace chimneylab::trace
