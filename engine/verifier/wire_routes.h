// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What lies under the connections of the offload target: neighbors and paths as initiates and updates have told them, by the
// handles under which the target knows them. While an update is under way the old and the new value are both right.
// Rules read it; only the WireLedger moves it. Not thread safe.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "engine/verifier/tree_image.h"

namespace chimneylab::verifier {

struct OperationRecord;
struct Passage;

template <typename Value>
struct Changing {
    Value now{};
    std::optional<Value> other;   // while an update is under way: the value that it replaces
    std::optional<Value> former;  // what the last update replaced
    [[nodiscard]] bool is(const Value& value) const { return value == now || (other && value == *other); }
    void begin(const Value& value) {
        if (!other) other = now;
        now = value;
    }
    void end(bool done) {
        if (!other) return;
        if (!done) now = *other;
        else if (!(*other == now)) former = other;
        other.reset();
    }
};

using HardwareAddress = std::array<std::uint8_t, 6>;

struct WireNeighbor {
    RegionId block;  // of its initiate, for its name
    HardwareAddress source{};  // all zero: that of the adapter
    std::uint16_t vlan = 0;
    Changing<HardwareAddress> destination;
    bool invalid = false;
};

struct WirePath {
    RegionId block;
    Changing<Address> neighbor;
    Changing<std::uint32_t> mtu;
    std::uint8_t ip_version = 4;
    bool invalid = false;
};

class WireRoutes {
public:
    [[nodiscard]] const WireNeighbor* neighbor(Address handle) const;
    [[nodiscard]] const WirePath* path(Address handle) const;
    [[nodiscard]] const std::map<Address, WireNeighbor>& neighbors() const { return neighbors_; }
    // Whether a path, or the neighbor that it leads over, has been invalidated.
    [[nodiscard]] bool invalid(Address path) const;

    void operation_arrives(const OperationRecord& operation, const Passage& passage);
    void operation_completed(const OperationRecord& operation, const Passage& passage);
    // The handle of the block that this one depends on; 0: none, or a placeholder.
    [[nodiscard]] static Address parent(const OperationRecord& operation, const Passage& passage, std::size_t block);

private:
    void taken_over(const OperationRecord& operation, const Passage& passage, std::size_t block);
    void changes(const OperationRecord& operation, const Passage& passage, std::size_t block);

    std::map<Address, WireNeighbor> neighbors_;
    std::map<Address, WirePath> paths_;
};

}  // namespace chimneylab::verifier
