// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The inside of the synthetic stack: memory, events, NDIS. What each driver does is in synthetic_drivers.cpp.
#pragma once

#include <array>
#include <map>
#include <string>

#include "engine/trace/function_catalogue.h"
#include "engine/trace/member_layout.h"
#include "tests/verifier/synthetic_stack.h"


namespace chimneylab::verifier::synthetic {

namespace at = trace::block_offset;
namespace in_handle = trace::handle_offset;
using trace::Event;
using trace::EventKind;
using trace::RegionKind;
using trace::Rung;
using trace::synthetic::Bench;

inline constexpr std::uint32_t call_entry_tag = trace::synthetic::tag_of("ImCe"), entry_tag = trace::synthetic::tag_of("ImOe");
inline constexpr std::uint32_t host_tag = trace::synthetic::tag_of("HsTr");
inline constexpr std::uint32_t call_entry_size = 0x40, entry_size = 0x40, state_size = 0xC0, net_buffer_list_size = 0x130;
inline constexpr std::uint32_t nbl_next = 0x00, nbl_source = 0x78, nbl_status = 0x8C;
inline constexpr std::int32_t failure = static_cast<std::int32_t>(0xC0000001), resources = static_cast<std::int32_t>(0xC000009A);
inline constexpr std::int32_t not_supported = static_cast<std::int32_t>(0xC00000BB), partial = 0x40020004;

inline std::uint64_t binding_of(LayerIndex layer) { return 0xFFFFFA9000000000 + 16u * (layer + 1u); }


class Stack::Inside {
public:
    explicit Inside(const Settings& chosen) : settings(chosen), target(static_cast<LayerIndex>(chosen.intermediate_drivers + 1)) {
        std::vector<trace::Layer> layers(target + 1u);
        for (std::size_t i = 0; i < layers.size(); ++i) {
            layers[i].role = i == 0 ? trace::LayerRole::host_stack
                                    : i == target ? trace::LayerRole::offload_target : trace::LayerRole::intermediate_driver;
            layers[i].name = bench.recorder.intern(i == 0 ? "HS" : i == target ? "OT" : "IM " + std::to_string(i));
        }
        bench.recorder.trace().set_layers(layers);
        plain(EventKind::run_started, trace::machine_layer);
        for (LayerIndex layer = 0; layer < target; ++layer) {
            Event event;
            event.kind = EventKind::handle_opened;
            event.name = bench.recorder.intern("binding handle");
            event.subject = binding_of(layer);
            event.layer = layer;
            bench.recorder.append(event);
        }
    }

    struct Operation {
        OperationKind kind = OperationKind::none;
        trace::OperationId id;
        Address root = 0;
        std::vector<Address> blocks;
        std::vector<BlockPlan> plan;
        bool at_target = false;
        std::vector<Address> held;  // roots that an intermediate driver delays
    };

    bool plants(Plant plant, LayerIndex layer) const { return settings.plant == plant && settings.planted_in == layer; }
    bool plants(Plant plant) const { return settings.plant == plant; }

    std::uint64_t get(Address address, std::uint32_t size = 8) const { return bench.memory.read(address, size); }
    void put(Address address, std::uint64_t value, std::uint32_t size = 8) { bench.memory.write(address, value, size); }

    EventId plain(EventKind kind, LayerIndex layer) {
        Event event;
        event.kind = kind;
        event.layer = layer;
        return bench.recorder.append(event);
    }
    EventId enter(std::string_view name, LayerIndex callee, LayerIndex caller, std::uint64_t subject, const Operation* operation,
                  Address root, LayerIndex writer,
                  std::uint64_t detail = 0) {
        bench.look(writer);
        Event event;
        event.name = bench.recorder.intern(name);
        event.layer = callee;
        event.other_layer = caller;
        event.subject = subject;
        event.detail = detail != 0 ? detail : root;
        event.irql = 2;
        if (operation) event.operation = operation->id;
        if (root != 0) event.region = blocks.count(root) ? blocks.at(root) : RegionId{};
        return bench.recorder.enter(event);
    }
    void leave(EventId call, LayerIndex writer) {
        bench.look(writer);
        bench.recorder.leave(call, 0, false);
    }
    void conversion(const Operation& operation, trace::ConversionKind kind, LayerIndex layer) {
        bench.look(layer);
        Event event;
        event.kind = EventKind::conversion;
        event.layer = layer;
        event.operation = operation.id;
        event.region = blocks.at(operation.root);
        event.detail = static_cast<std::uint64_t>(kind);
        bench.recorder.append(event);
    }
    std::string_view name(OperationKind kind, Rung rung) const { return trace::rung_name(kind, rung); }

    Address allocate(LayerIndex owner, std::uint32_t size, std::uint32_t tag) {
        const Address address = bench.memory.allocate(size);
        bench.allocate_event(owner, address, size, tag);
        return address;
    }
    void release(LayerIndex owner, Address address) {
        bench.look(owner);
        const auto size = static_cast<std::uint32_t>(bench.recorder.trace().event(bench.allocations.at(address)).detail);
        for (const Bench::Watched& each : std::vector<Bench::Watched>(bench.watched))
            if (each.address >= address && each.address < address + size) bench.forget(each.region);
        bench.free_event(owner, address);
    }

    // --- objects and trees of the host stack ---
    std::size_t object(std::uint8_t type, const char* letter) {
        Object made;
        made.type = type;
        made.handle = allocate(0, 0x20, host_tag);
        objects.push_back(made);
        labels.push_back(letter + std::to_string(objects.size()));
        handles[made.handle] = bench.watch(RegionKind::offload_handle, 0, made.handle, in_handle::size, "handle " + labels.back());
        return objects.size() - 1;
    }

    // Header.Type of a block: the whole state of the object's layer, or what an update carries.
    static std::uint8_t type_in(OperationKind kind, std::uint8_t whole) {
        if (kind != OperationKind::update) return whole;
        return whole == 17 ? 14 : static_cast<std::uint8_t>(whole - 2);
    }

    Address block(const BlockPlan& plan, OperationKind kind) {
        const Object& of = objects[plan.object];
        const bool state = kind != OperationKind::invalidate || plants(Plant::state_behind_invalidate);
        const Address address = allocate(0, at::size + (state ? state_size : 0), host_tag);
        put(address + at::type, plan.placeholder && plants(Plant::sibling_of_other_layer) ? 0 : type_in(kind, of.type), 1);
        put(address + 2, at::size, 2);
        put(address + at::status, 0xC0DEC0DE, 4);
        put(address + at::slot_b, plan.placeholder ? 0 : of.handle);
        put(address + at::protocol_reserved_0, 0x1111);
        for (std::uint32_t word = 0; state && word < state_size; word += 8) put(address + at::size + word, 0x0101010101010101 * (word / 8 + 1));
        Address last = 0;
        for (unsigned i = 0; i < plan.net_buffer_lists; ++i) {
            const Address list = allocate(0, net_buffer_list_size, host_tag);
            bench.watch(RegionKind::net_buffer_list, 0, list, net_buffer_list_size, "NBL");
            if (last != 0) put(last + nbl_next, list);
            else put(address + at::net_buffer_list_chain, list);
            last = list;
        }
        // What a rule compares has values that go together; the rest is a pattern.
        if (state) lengths(address + at::size, of.type, kind);
        if (of.type == 17 && state && kind != OperationKind::update) {
            put(address + at::size + 0x50, 4, 4);                                                      // State
            for (const std::uint32_t sequence : {0x60u, 0x64u, 0x68u}) put(address + at::size + sequence, 1, 4);  // SndUna, SndNxt, SndMax
            put(address + at::size + 0xA4, 0xFFFFFFFF, 4);                                             // Retransmit.TimeoutDelta: not running
            put(address + at::size + 0xA8, get(address + at::net_buffer_list_chain));                  // SendDataHead
            put(address + at::size + 0xB0, last);                                                      // SendDataTail
        }
        if (of.type == 4 && state && kind != OperationKind::update) put(address + at::size + 0x60, get(address + at::size + 0x54, 4), 4);  // NicReachabilityDelta as the host's
        blocks[address] = bench.watch(RegionKind::block_list, 0, address, at::size, labels[plan.object]);
        if (state) bench.watch(RegionKind::following_state, 0, address + at::size, state_size, labels[plan.object], blocks[address]);
        return address;
    }

    // Length of each structure, one behind the other.
    void lengths(Address state, std::uint8_t whole, OperationKind kind) {
        const std::array<std::uint32_t, 3> sizes = whole == 4    ? std::array<std::uint32_t, 3>{44, 44, 12}
                                                   : whole == 17 ? std::array<std::uint32_t, 3>{24, 44, 120}
                                                                 : std::array<std::uint32_t, 3>{24, 12, 8};
        if (kind == OperationKind::update) return put(state, sizes[1], 4);
        put(state, sizes[0], 4);
        put(state + sizes[0], sizes[1] + (plants(Plant::wrong_length) && whole == 17 ? 4 : 0), 4);
        put(state + (whole == 17 ? 0x48 : sizes[0] + sizes[1]), sizes[2], 4);  // the connection's has pointers in it
    }

    std::size_t begin(OperationKind kind, const std::vector<BlockPlan>& plan) {
        Operation operation;
        operation.kind = kind;
        operation.id = bench.recorder.next_operation();
        operation.plan = plan;
        for (const BlockPlan& each : plan) operation.blocks.push_back(block(each, kind));
        for (std::size_t i = 0; i < plan.size(); ++i) {  // links: first dependent, then siblings in order
            for (std::size_t j = 0; j < plan.size(); ++j) {
                if (j == i) continue;
                if (plan[j].parent == i && get(operation.blocks[i] + at::dependent_block_list) == 0)
                    put(operation.blocks[i] + at::dependent_block_list, operation.blocks[j]);
                if (j > i && plan[j].parent == plan[i].parent && get(operation.blocks[i] + at::next_block) == 0)
                    put(operation.blocks[i] + at::next_block, operation.blocks[j]);
            }
        }
        operation.root = operation.blocks.front();
        if (plants(Plant::cycle)) put(operation.blocks.back() + at::next_block, operation.root);
        if (plants(Plant::path_under_connection)) {
            put(operation.root + at::type, 17, 1);
            lengths(operation.root + at::size, 17, kind);
        }
        if (plants(Plant::stale_context) && kind == OperationKind::initiate && initiates_begun > 0)
            put(objects[plan.back().object].handle + in_handle::miniport_offload_context, 0xFFFFFA8000001000);
        if (plants(Plant::stale_reserved)) put(objects[plan.back().object].handle, binding_of(target));
        if (plants(Plant::other_binding) && kind == OperationKind::query) {
            put(objects[plan.back().object].handle, binding_of(static_cast<LayerIndex>(target - 1)));
            bench.look(trace::ndis_layer);  // as if it had been offloaded there
        }
        if (plants(Plant::data_in_path_block) && plan.size() > 1)
            put(operation.blocks[1] + at::net_buffer_list_chain, objects[0].handle);
        if (kind == OperationKind::initiate) ++initiates_begun;
        operations.push_back(operation);
        const std::size_t number = operations.size() - 1;
        down(number, 0, operation.root, kind);
        return number;
    }

    // --- NDIS ---
    void walk(Address block, const std::function<void(Address)>& visit, std::size_t limit = 64) const {
        for (; block != 0 && limit > 0; block = get(block + at::next_block), --limit) {
            visit(block);
            walk(get(block + at::dependent_block_list), visit, limit - 1);
        }
    }

    void down(std::size_t number, LayerIndex caller, Address root, OperationKind kind,
              std::optional<std::uint64_t> on_binding = {}) {
        const std::uint64_t binding = on_binding.value_or(binding_of(caller));
        const EventId call = enter(name(kind, Rung::call_ndis), trace::ndis_layer, caller, binding, &operations[number], root, caller);
        const auto below = static_cast<LayerIndex>(caller + 1);
        if (plants(Plant::cycle)) return leave(call, trace::ndis_layer);  // NDIS would walk for ever
        if (below == target && settings.without_handlers) {
            put(root + at::source_handle, binding);
            walk(root, [&](Address each) { put(each + at::status, static_cast<std::uint32_t>(not_supported), 4); });
            if (plants(Plant::ndis_touches_unsupported)) put(root + at::slot_a, 0x77);
            deliver(number, caller, root, kind);
            leave(call, trace::ndis_layer);
            return;
        }
        put(root + at::source_handle, binding);
        walk(root, [&](Address each) {
            const std::uint64_t handle = get(each + at::slot_b);
            if (plants(Plant::ndis_writes_all_source_handles)) put(each + at::source_handle, binding);
            if (handle != 0) {
                if (get(handle) == 0 || plants(Plant::ndis_overwrites_reserved))
                    put(handle, plants(Plant::ndis_overwrites_reserved) && get(handle) != 0 ? 0x99 : binding);
                put(each + at::slot_a, handle + (plants(Plant::ndis_wrong_context_slot) ? 0 : in_handle::miniport_offload_context));
            } else {
                put(each + at::slot_a, 0);
            }
            std::uint64_t list = get(each + at::net_buffer_list_chain);
            if (plants(Plant::data_in_path_block) && list == objects[0].handle) list = 0;
            for (; list != 0; list = get(list + nbl_next)) put(list + nbl_source, binding);
        });
        conversion(operations[number], trace::ConversionKind::protocol_to_miniport_by_ndis, trace::ndis_layer);
        const EventId handler =
            enter(name(kind, Rung::miniport_handler), below, trace::ndis_layer, 0x5000u + below, &operations[number], root, trace::ndis_layer);
        if (below == target) target_takes(number, root, kind);
        else driver_takes(number, below, root, kind);
        leave(handler, below);
        leave(call, trace::ndis_layer);
    }

    void deliver(std::size_t number, LayerIndex to, Address root, OperationKind kind) {
        const EventId handler =
            enter(name(kind, Rung::protocol_handler), to, trace::ndis_layer, 0x6000u + to, &operations[number], root, trace::ndis_layer);
        if (to == 0) host_gets_back(number, kind);
        else driver_gets_back(number, to, root, kind);
        leave(handler, to);
    }

    void up(std::size_t number, LayerIndex caller, Address root, OperationKind kind) {
        const EventId call =
            enter(name(kind, Rung::complete_ndis), trace::ndis_layer, caller, 0x7000u + caller, &operations[number], root, caller);
        if (plants(Plant::ndis_writes_on_the_way_up)) put(root + at::slot_a, 0);
        const std::uint64_t source = get(root + at::source_handle);
        LayerIndex to = trace::machine_layer;
        for (LayerIndex layer = 0; layer < target; ++layer)
            if (binding_of(layer) == source) to = layer;
        if (plants(Plant::ndis_routes_wrongly) && to == 1) to = 0;
        if (to == caller) {  // comes back to itself for ever: the machine stops it
            const EventId handler = enter(name(kind, Rung::protocol_handler), to, trace::ndis_layer, 0x6000u + to,
                                          &operations[number], root, trace::ndis_layer);
            found(trace::FindingKind::endless_completion, to, "the completion comes back to the driver that made it");
            leave(handler, to);
        } else if (to < target) {
            deliver(number, to, root, kind);
        }
        leave(call, trace::ndis_layer);
    }

    void found(trace::FindingKind kind, LayerIndex layer, std::string_view text) {
        Event event;
        event.kind = EventKind::finding;
        event.layer = layer;
        event.detail = static_cast<std::uint64_t>(kind);
        event.name = bench.recorder.intern(text);
        bench.recorder.append(event);
    }

    void driver_takes(std::size_t number, LayerIndex layer, Address root, OperationKind kind);
    void driver_gets_back(std::size_t number, LayerIndex layer, Address root, OperationKind kind);
    void refuse(std::size_t number, LayerIndex layer, Address root, OperationKind kind);
    void target_takes(std::size_t number, Address root, OperationKind kind);
    void target_completes(std::size_t number);
    void host_gets_back(std::size_t number, OperationKind kind);

    struct Entry {
        Address upper = 0;
        Address self = 0;  // the handle is its first member
        RegionId region, handle;
    };
    Entry* entry_at(Address address) {
        const auto found_entry = entries.find(address);
        return found_entry == entries.end() ? nullptr : &found_entry->second;
    }
    void release_entry(LayerIndex layer, Address address) {
        if (!entries.count(address)) return;
        release(layer, address);
        entries.erase(address);
    }

    Settings settings;
    LayerIndex target;
    Bench bench;
    std::vector<Object> objects;
    std::vector<std::string> labels;
    std::vector<Operation> operations;
    std::map<Address, RegionId> blocks, handles;
    std::map<Address, Entry> entries;
    std::map<std::pair<std::size_t, LayerIndex>, Address> call_entries;  // by operation and driver
    std::map<std::pair<LayerIndex, Address>, std::uint64_t> chain_sources;
    std::map<Address, Address> copies;
    std::map<Address, std::uint64_t> target_contexts;
    std::optional<std::pair<std::size_t, Address>> delayed;
    unsigned initiates_begun = 0;
    std::map<std::pair<std::size_t, LayerIndex>, std::array<std::uint64_t, 3>> saved_words;  // what each call entry holds
    bool done_once = false;
};

}  // namespace chimneylab::verifier::synthetic
