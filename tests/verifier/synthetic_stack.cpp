// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/verifier/synthetic_inside.h"

namespace chimneylab::verifier::synthetic {

Stack::Stack(const Settings& settings) : inside_(std::make_unique<Inside>(settings)) {}
Stack::~Stack() = default;

std::size_t Stack::neighbor() { return inside_->object(4, "N"); }
std::size_t Stack::path() { return inside_->object(8, "P"); }
std::size_t Stack::connection() { return inside_->object(17, "T"); }
std::size_t Stack::begin(OperationKind kind, const std::vector<BlockPlan>& plan) { return inside_->begin(kind, plan); }

void Stack::complete(std::size_t operation) {
    Inside& self = *inside_;
    self.bench.look(trace::machine_layer);
    if (self.plants(Plant::free_tree_early)) return self.release(0, self.operations[operation].blocks.back());
    if (self.plants(Plant::change_tree_while_below)) {
        self.put(self.operations[operation].blocks.back() + at::next_block, 0x99);
        const EventId call = self.enter("NdisAllocateMemoryWithTagPriority", trace::ndis_layer, 0, 0, nullptr, 0, 0);
        self.leave(call, trace::ndis_layer);
        self.put(self.operations[operation].blocks.back() + at::next_block, 0);
        self.bench.look(0);
        self.plain(EventKind::message, 0);
    }
    const EventId work = self.plain(EventKind::work_started, self.target);
    self.target_completes(operation);
    self.bench.look(self.target);
    Event finished;
    finished.kind = EventKind::work_finished;
    finished.partner = work;
    self.bench.recorder.append(finished);
}

void Stack::run(OperationKind kind, const std::vector<BlockPlan>& plan) {
    const std::size_t number = begin(kind, plan);
    if (!inside_->settings.synchronous) complete(number);
}

void Stack::send_complete(std::size_t) {
    Inside& self = *inside_;
    for (const auto& watched : std::vector<trace::synthetic::Bench::Watched>(self.bench.watched)) {
        if (watched.size != net_buffer_list_size) continue;
        for (LayerIndex layer = self.target; layer >= 1; --layer) {
            const auto saved = self.chain_sources.find({layer, watched.address});
            if (saved != self.chain_sources.end() && !self.plants(Plant::chain_source_not_saved, layer))
                self.put(watched.address + nbl_source, saved->second);
            const EventId call = self.enter("NdisTcpOffloadSendComplete", trace::ndis_layer, layer, 0x7000u + layer, nullptr, 0, layer,
                                            watched.address);
            for (LayerIndex to = 0; to < self.target; ++to)
                if (binding_of(to) == self.get(watched.address + nbl_source)) {
                    const EventId handler = self.enter("ProtocolTcpOffloadSendComplete", to, trace::ndis_layer, 0x6000u + to, nullptr,
                                                       0, trace::ndis_layer, watched.address);
                    self.leave(handler, to);
                }
            self.leave(call, trace::ndis_layer);
        }
    }
}

void Stack::indicate(std::size_t object, bool data) {
    Inside& self = *inside_;
    Address handle = self.objects[object].handle;
    for (const auto& [address, entry] : self.entries)
        if (entry.upper == handle) handle = address;
    constexpr std::uint64_t abort = 4;  // TcpIndicateAbort
    const EventId call = self.enter(data ? "NdisTcpOffloadReceiveHandler" : "NdisTcpOffloadEventHandler", trace::ndis_layer,
                                    self.target, handle, nullptr, 0, self.target, data ? 0 : abort);
    self.leave(call, trace::ndis_layer);
}

void Stack::send(std::size_t object, LayerIndex from) {
    Inside& self = *inside_;
    Address handle = self.objects[object].handle;
    for (LayerIndex layer = 0; layer < from; ++layer)
        for (const auto& [address, entry] : self.entries)
            if (entry.upper == handle) {
                handle = address;
                break;
            }
    const EventId call = self.enter("NdisOffloadTcpSend", trace::ndis_layer, from, handle, nullptr, 0, from);
    self.leave(call, trace::ndis_layer);
}

trace::Trace Stack::finish() {
    inside_->bench.look(trace::machine_layer);
    inside_->plain(EventKind::run_finished, trace::machine_layer);
    return inside_->bench.recorder.take();
}

}  // namespace chimneylab::verifier::synthetic
