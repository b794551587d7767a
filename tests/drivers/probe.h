// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A second observer, independent of NDIS and of the trace: it stands at the functions themselves. The linker routes every
// NdisXxxOffload and NdisMXxxOffloadComplete call of the drivers through the probe (--wrap), which reads the raw memory of
// the tree there. What a driver hands up must be what was handed to it, bit for bit: both words of ImReserved, SourceHandle
// and slot B of every block. To make that hard, the probe overwrites the second word of ImReserved as the tree leaves the target.
// One probe at a time; install it for the time of a test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <ndis.h>
#include <ndischimney.h>

#include "engine/machine/machine.h"

namespace chimneylab::test {

class Probe {
public:
    explicit Probe(machine::Machine& machine);
    ~Probe();
    Probe(const Probe&) = delete;
    Probe& operator=(const Probe&) = delete;

    static Probe* installed;
    void handed_down(NDIS_HANDLE binding, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root, const char* function);
    void handed_up(PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root, const char* function);

    [[nodiscard]] const std::string& complaints() const { return complaints_; }
    [[nodiscard]] std::size_t comparisons() const { return comparisons_; }  // blocks compared so far
    [[nodiscard]] std::size_t under_way() const;                           // trees handed down and not yet handed up

private:
    struct Snapshot {
        const void* block = nullptr;
        PVOID im_reserved[2] = {};
        PVOID source_handle = nullptr;
        PVOID slot_b = nullptr;
        std::vector<std::pair<PNET_BUFFER_LIST, NDIS_HANDLE>> lists;  // of a chain that goes down with an initiate
    };
    struct Call {
        NDIS_HANDLE binding = nullptr;
        machine::LayerIndex layer = 0;
        std::string function;
        std::vector<Snapshot> blocks;
    };
    void complain(const std::string& what);

    machine::Machine& machine_;
    std::map<const void*, std::vector<Call>> calls_;  // by root: one for each floor it has gone down
    std::string complaints_;
    std::size_t comparisons_ = 0;
};

}  // namespace chimneylab::test
