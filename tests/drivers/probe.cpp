// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/drivers/probe.h"

namespace chimneylab::test {

Probe* Probe::installed = nullptr;

namespace {

template <typename Block, typename Visit>
void visit(Block* block, const Visit& what) {
    for (; block != nullptr; block = block->NextBlock) {
        what(*block);
        visit(block->DependentBlockList, what);
    }
}

}  // namespace

Probe::Probe(machine::Machine& machine) : machine_(machine) { installed = this; }
Probe::~Probe() { installed = nullptr; }

void Probe::complain(const std::string& what) {
    if (complaints_.size() < 2000) complaints_ += machine_.layer_name(machine_.current_layer()) + ": " + what + "\n";
}

std::size_t Probe::under_way() const {
    std::size_t count = 0;
    for (const auto& [root, calls] : calls_) count += calls.size();
    return count;
}

// As the driver below will find it: NDIS writes the binding into the root's SourceHandle, and nothing else of these.
void Probe::handed_down(NDIS_HANDLE binding, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root, const char* function) {
    Call call;
    call.binding = binding;
    call.layer = machine_.current_layer();
    call.function = function;
    visit(root, [&call](NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST& block) {
        Snapshot snapshot;
        snapshot.block = &block;
        snapshot.im_reserved[0] = block.ImReserved[0];
        snapshot.im_reserved[1] = block.ImReserved[1];
        snapshot.source_handle = block.SourceHandle;
        snapshot.slot_b = block.OffloadHandle;
        for (PNET_BUFFER_LIST list = block.NetBufferListChain; list != nullptr; list = list->Next)
            snapshot.lists.emplace_back(list, call.binding);  // NDIS is about to write the binding
        call.blocks.push_back(std::move(snapshot));
    });
    call.blocks.front().source_handle = binding;
    calls_[root].push_back(std::move(call));
}

void Probe::handed_up(PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root, const char* function) {
    const auto found = calls_.find(root);
    if (found == calls_.end() || found->second.empty()) {
        complain(std::string(function) + " with a root that was not handed down");
        return;
    }
    const Call call = std::move(found->second.back());
    found->second.pop_back();
    if (found->second.empty()) calls_.erase(found);
    if (call.layer + 1 != machine_.current_layer()) complain(std::string(function) + " by a layer the tree is not with");
    std::size_t index = 0;
    visit(root, [&](NDIS_MINIPORT_OFFLOAD_BLOCK_LIST& block) {
        const std::string name = std::string(function) + ", block " + std::to_string(index);
        if (index >= call.blocks.size() || call.blocks[index].block != &block) {
            complain(name + " is another one");
            ++index;
            return;
        }
        const Snapshot& before = call.blocks[index++];
        ++comparisons_;
        if (block.ImReserved[0] != before.im_reserved[0]) complain(name + ": ImReserved[0]");
        if (block.ImReserved[1] != before.im_reserved[1]) complain(name + ": ImReserved[1]");
        if (block.SourceHandle != before.source_handle) complain(name + ": SourceHandle");
        if (block.NdisOffloadHandle != before.slot_b) complain(name + ": slot B");
        PVOID* slot_a = before.slot_b != nullptr ? &static_cast<PNDIS_OFFLOAD_HANDLE>(before.slot_b)->MiniportOffloadContext : nullptr;
        if (block.MiniportOffloadContext != slot_a) complain(name + ": slot A");
        if (block.Status >= 0) return;
        for (const auto& [list, handle] : before.lists)  // a failed initiate takes its send data back up
            if (list->SourceHandle != handle) complain(name + ": SourceHandle of a NET_BUFFER_LIST");
    });
    if (index != call.blocks.size()) complain(std::string(function) + ": blocks are missing");
    // Between the target and the lowest intermediate driver somebody forgets what stood in the second word. That is no
    // excuse: whoever saved both words puts both back.
    if (machine_.layer_count() > 2 && machine_.current_layer() + 1 == machine_.layer_count()) root->ImReserved[1] = this;
}

}  // namespace chimneylab::test

#define WRAP_DOWN(name)                                                                            \
    void __real_##name(NDIS_HANDLE, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST);                            \
    void __wrap_##name(NDIS_HANDLE binding, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root) {              \
        if (chimneylab::test::Probe::installed != nullptr)                                         \
            chimneylab::test::Probe::installed->handed_down(binding, root, #name);                 \
        __real_##name(binding, root);                                                              \
    }
#define WRAP_UP(name)                                                                              \
    void __real_##name(NDIS_HANDLE, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST);                            \
    void __wrap_##name(NDIS_HANDLE miniport, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root) {             \
        if (chimneylab::test::Probe::installed != nullptr)                                         \
            chimneylab::test::Probe::installed->handed_up(root, #name);                            \
        __real_##name(miniport, root);                                                             \
    }

extern "C" {
WRAP_DOWN(NdisInitiateOffload)
WRAP_DOWN(NdisQueryOffloadState)
WRAP_DOWN(NdisUpdateOffload)
WRAP_DOWN(NdisInvalidateOffload)
WRAP_DOWN(NdisTerminateOffload)
WRAP_UP(NdisMInitiateOffloadComplete)
WRAP_UP(NdisMQueryOffloadStateComplete)
WRAP_UP(NdisMUpdateOffloadComplete)
WRAP_UP(NdisMInvalidateOffloadComplete)
WRAP_UP(NdisMTerminateOffloadComplete)
}
