// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Looks at memory whose address a driver supplied, without trusting it: pool memory by the pool's own records, everything
// else by asking the operating system to copy it, which fails instead of faulting. Released pool memory counts as not
// there. Sizes in bytes. Any garbage is a legal argument.
#pragma once

#include <cstddef>
#include <optional>

#include "engine/machine/machine.h"

namespace chimneylab::ndis::observation {

class MemoryProbe {
public:
    explicit MemoryProbe(machine::Machine& machine) : machine_(machine) {}

    // A copy of the bytes, or false.
    [[nodiscard]] bool read(const void* address, void* destination, std::size_t size) const;
    [[nodiscard]] bool readable(const void* address, std::size_t size) const;
    // Also lets the byte be written: the mapping is checked on the first use of a page.
    [[nodiscard]] bool writable(const void* address, std::size_t size) const;
    template <typename Structure>
    [[nodiscard]] std::optional<Structure> copy(const void* address) const {
        Structure structure;
        if (!read(address, &structure, sizeof(structure))) return std::nullopt;
        return structure;
    }
    // Whether the bytes are live pool memory; no value when the address is not the pool's.
    [[nodiscard]] std::optional<bool> live_in_pool(const void* address, std::size_t size) const;

private:
    machine::Machine& machine_;
};

}  // namespace chimneylab::ndis::observation
