// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/verifier/synthetic_stack.h"

#include "engine/trace/function_catalogue.h"
#include "engine/trace/member_layout.h"

namespace chimneylab::verifier::synthetic {

namespace at = trace::block_offset;
namespace in_handle = trace::handle_offset;
using trace::Event;
using trace::EventKind;
using trace::RegionKind;
using trace::Rung;
using trace::synthetic::Bench;

namespace {

constexpr std::uint32_t call_entry_tag = trace::synthetic::tag_of("ImCe"), entry_tag = trace::synthetic::tag_of("ImOe");
constexpr std::uint32_t host_tag = trace::synthetic::tag_of("HsTr");
constexpr std::uint32_t call_entry_size = 0x40, entry_size = 0x40, state_size = 0xC0, net_buffer_list_size = 0x130;
constexpr std::uint32_t nbl_next = 0x00, nbl_source = 0x78, nbl_status = 0x8C;
constexpr std::int32_t failure = static_cast<std::int32_t>(0xC0000001), resources = static_cast<std::int32_t>(0xC000009A);
constexpr std::int32_t not_supported = static_cast<std::int32_t>(0xC00000BB), partial = 0x40020004;
constexpr std::uint64_t static_entry = 0xFFFFF88001001000;

std::uint64_t binding_of(LayerIndex layer) { return 0xFFFFFA9000000000 + 16u * (layer + 1u); }

}  // namespace

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
                  Address root, LayerIndex writer) {
        bench.look(writer);
        Event event;
        event.name = bench.recorder.intern(name);
        event.layer = callee;
        event.other_layer = caller;
        event.subject = subject;
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
        for (const Bench::Watched& each : std::vector<Bench::Watched>(bench.watched))
            if (each.address >= address && each.address < address + 0x40) bench.forget(each.region);
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

    Address block(const BlockPlan& plan) {
        const Object& of = objects[plan.object];
        const Address address = allocate(0, at::size + state_size, host_tag);
        put(address + at::type, plan.placeholder && plants(Plant::sibling_of_other_layer) ? 0 : of.type, 1);
        put(address + 2, at::size, 2);
        put(address + at::status, 0xC0DEC0DE, 4);
        put(address + at::slot_b, plan.placeholder ? 0 : of.handle);
        put(address + at::protocol_reserved_0, 0x1111);
        for (std::uint32_t word = 0; word < state_size; word += 8) put(address + at::size + word, 0x0101010101010101 * (word / 8 + 1));
        Address last = 0;
        for (unsigned i = 0; i < plan.net_buffer_lists; ++i) {
            const Address list = allocate(0, net_buffer_list_size, host_tag);
            bench.watch(RegionKind::net_buffer_list, 0, list, net_buffer_list_size, "NBL");
            if (last != 0) put(last + nbl_next, list);
            else put(address + at::net_buffer_list_chain, list);
            last = list;
        }
        blocks[address] = bench.watch(RegionKind::block_list, 0, address, at::size, labels[plan.object]);
        bench.watch(RegionKind::following_state, 0, address + at::size, state_size, labels[plan.object], blocks[address]);
        return address;
    }

    std::size_t begin(OperationKind kind, const std::vector<BlockPlan>& plan) {
        Operation operation;
        operation.kind = kind;
        operation.id = bench.recorder.next_operation();
        operation.plan = plan;
        for (const BlockPlan& each : plan) operation.blocks.push_back(block(each));
        for (std::size_t i = 0; i < plan.size(); ++i) {  // links: first dependent, then siblings in order
            Address* none = nullptr;
            (void)none;
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
        if (plants(Plant::path_under_connection)) put(operation.root + at::type, 17, 1);
        if (plants(Plant::stale_context) && kind == OperationKind::initiate && initiates_begun > 0)
            put(objects[plan.back().object].handle + in_handle::miniport_offload_context, 0xFFFFFA8000001000);
        if (plants(Plant::stale_reserved)) put(objects[plan.back().object].handle, binding_of(target));
        if (plants(Plant::other_binding) && kind == OperationKind::query)
            put(objects[plan.back().object].handle, binding_of(static_cast<LayerIndex>(target - 1)));
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
    std::map<LayerIndex, std::array<std::uint64_t, 3>> static_words;
    bool done_once = false;
};

void Stack::Inside::refuse(std::size_t number, LayerIndex layer, Address root, OperationKind kind) {
    walk(root, [&](Address each) {
        const bool placeholder = get(each + at::slot_b) == 0;
        put(each + at::status, static_cast<std::uint32_t>(placeholder ? 0 : resources), 4);
    });
    if (plants(Plant::refusal_says_success, layer)) put(root + at::status, 0, 4);
    if (plants(Plant::half_undone, layer)) put(root + at::slot_b, 0x1234);
    up(number, layer, root, kind);
}

void Stack::Inside::driver_takes(std::size_t number, LayerIndex layer, Address root, OperationKind kind) {
    if (plants(Plant::swallow, layer)) return;
    if (plants(Plant::refusal, layer) || plants(Plant::half_undone, layer) || plants(Plant::refusal_says_success, layer))
        return refuse(number, layer, root, kind);
    if (plants(Plant::query_failed_locally, layer) && kind == OperationKind::query) {
        walk(root, [&](Address each) { put(each + at::status, static_cast<std::uint32_t>(failure), 4); });
        return up(number, layer, root, kind);
    }
    if (plants(Plant::delays_second, layer) && number == 1 && !delayed) {
        delayed = {number, root};
        return;
    }
    const bool is_static = plants(Plant::static_call_entry, layer);
    Address call_entry = 0;
    if (plants(Plant::static_call_entry, layer) && done_once) call_entry = call_entries.begin()->second;
    if (call_entry == 0) {
        call_entry = allocate(layer, call_entry_size, call_entry_tag);
        bench.watch(RegionKind::call_entry, layer, call_entry, call_entry_size, "call entry");
    }
    done_once = done_once || is_static;
    call_entries[{number, layer}] = call_entry;
    if (!plants(Plant::store_nothing, layer)) {
        put(call_entry, get(root + at::source_handle));
        put(call_entry + 8, get(root + at::im_reserved_0));
        put(call_entry + 16, get(root + at::im_reserved_1));
    }
    put(call_entry + 24, 0x5000u + layer);
    if (!plants(Plant::no_call_entry, layer)) put(root + at::im_reserved_0, call_entry);
    if (settings.second_word) put(root + at::im_reserved_1, 0x2222);
    bool first = true;
    std::vector<Address> tree;
    walk(root, [&](Address each) { tree.push_back(each); });
    for (const Address each : tree) {
        const std::uint64_t upper = get(each + at::slot_b);
        const bool skip = (plants(Plant::sibling_skipped, layer) && !first) || plants(Plant::upper_handle_passed_down, layer);
        first = false;
        for (std::uint64_t list = get(each + at::net_buffer_list_chain); list != 0; list = get(list + nbl_next))
            chain_sources[{layer, list}] = get(list + nbl_source);
        if (upper == 0) {
            if (plants(Plant::handle_for_placeholder, layer)) put(each + at::slot_b, entries.begin()->first);
            continue;
        }
        if (skip) continue;
        const std::uint64_t context = get(upper + in_handle::miniport_offload_context);
        Address own = context;
        if (kind == OperationKind::initiate && context == 0) {
            own = allocate(layer, entry_size, entry_tag);
            Entry entry;
            entry.self = own;
            entry.upper = upper;
            if (!plants(Plant::upper_handle_not_stored, layer)) put(own + 0x10, upper);
            if (plants(Plant::handle_not_zero, layer)) put(own + in_handle::miniport_offload_context, 0xBAD);
            const std::string label = std::string(bench.recorder.trace().text(bench.recorder.trace().region(blocks.at(each)).label));
            entry.region = bench.watch(RegionKind::offload_entry, layer, own, entry_size, label);
            entry.handle = bench.watch(RegionKind::offload_handle, layer, own, in_handle::size, "handle " + label, entry.region);
            entries[own] = entry;
        } else if (plants(Plant::new_handle_for_linker, layer)) {
            const Address other = allocate(layer, entry_size, entry_tag);
            put(other, get(own));
            put(other + 8, get(own + 8));
            put(other + 0x10, upper);
            Entry entry{upper, other, {}, {}};
            entry.region = bench.watch(RegionKind::offload_entry, layer, other, entry_size, "copy");
            entry.handle = bench.watch(RegionKind::offload_handle, layer, other, in_handle::size, "handle copy", entry.region);
            entries[other] = entry;
            own = other;
        }
        put(each + at::slot_b, own);
    }
    if (plants(Plant::source_handle_written, layer)) put(root + at::source_handle, 0x33);
    if (plants(Plant::links_cut, layer)) put(tree.front() + at::dependent_block_list, 0);
    if (plants(Plant::status_touched, layer)) put(tree.back() + at::status, 0x44, 4);
    if (plants(Plant::port_changed, layer)) put(tree.back() + at::port_number, 7, 4);
    if (plants(Plant::state_touched, layer)) put(tree.back() + at::size + 16, 0x55);
    if (plants(Plant::vlan_set, layer))
        for (const Address each : tree)
            if (get(each + at::type, 1) == 4) put(each + at::size + 40, (get(each + at::size + 40, 2) & 0xF000) | 0x64, 2);
    if (plants(Plant::complete_and_pass_down, layer)) {
        up(number, layer, root, kind);
    }
    Address passed = root;
    if (plants(Plant::convert_into_copy, layer) || plants(Plant::pass_foreign_tree, layer)) {
        std::map<Address, Address> twin;
        for (const Address each : tree) {
            const Address copy = allocate(layer, at::size + state_size, host_tag);
            for (std::uint32_t word = 0; word < at::size + state_size; word += 8) put(copy + word, get(each + word));
            if (plants(Plant::pass_foreign_tree, layer)) put(copy + at::type, 9, 1);
            twin[each] = copy;
        }
        for (const auto& [from, to] : twin)
            for (const std::uint32_t link : {at::next_block, at::dependent_block_list})
                if (const std::uint64_t target_block = get(from + link); target_block != 0) put(to + link, twin.at(target_block));
        for (const Address each : tree) {
            const Address to = twin.at(each);
            blocks[to] = bench.watch(RegionKind::block_list, layer, to, at::size, "copy");
            bench.watch(RegionKind::following_state, layer, to + at::size, state_size, "copy", blocks[to]);
        }
        copies[twin.at(root)] = root;
        passed = twin.at(root);
    }
    conversion(operations[number], trace::ConversionKind::miniport_to_protocol_by_driver, layer);
    const OperationKind as = plants(Plant::other_operation_down, layer) ? OperationKind::update : kind;
    down(number, layer, passed, as,
         plants(Plant::other_binding_down, layer) ? std::optional<std::uint64_t>(binding_of(0)) : std::nullopt);
    if (plants(Plant::pass_down_twice, layer) && operations[number].at_target) {
        const EventId again = enter(name(kind, Rung::call_ndis), trace::ndis_layer, layer, binding_of(layer), &operations[number], root, layer);
        leave(again, trace::ndis_layer);
    }
    if (plants(Plant::tree_touched_after_call, layer)) put(root + at::scratch_0, 0x66);
    if (plants(Plant::call_entry_touched_after_call, layer)) put(call_entry + 32, 0x67);
    if (plants(Plant::call_entry_freed_during_call, layer)) release(layer, call_entry);
    if (plants(Plant::waits_in_handler, layer)) {
        bench.look(layer);
        const EventId work = plain(EventKind::work_started, target);
        target_completes(number);
        Event finished;
        finished.kind = EventKind::work_finished;
        finished.partner = work;
        bench.recorder.append(finished);
    }
}

void Stack::Inside::driver_gets_back(std::size_t number, LayerIndex layer, Address root, OperationKind kind) {
    if (copies.count(root)) {
        const Address original = copies.at(root);
        std::vector<Address> from, to;
        walk(root, [&](Address each) { from.push_back(each); });
        walk(original, [&](Address each) { to.push_back(each); });
        for (std::size_t i = 0; i < from.size(); ++i) put(to[i] + at::status, get(from[i] + at::status, 4), 4);
        root = original;
    }
    if (plants(Plant::never_completes, layer)) return;
    const Address call_entry = call_entries.at({number, layer});
    const OperationKind real = operations[number].kind;
    std::vector<Address> ended;
    std::size_t index = 0;
    const std::size_t count = operations[number].blocks.size();
    std::vector<Address> tree;
    walk(root, [&](Address each) { tree.push_back(each); });
    for (const Address each : tree) {
        const std::size_t i = index++;
        const Address own = get(each + at::slot_b);
        Entry* entry = entry_at(own);
        if (!entry) continue;
        const auto status = static_cast<std::int32_t>(get(each + at::status, 4));
        const Address upper = plants(Plant::upper_handle_not_stored, layer) ? get(own + 0x10) : entry->upper;
        const bool fresh = real == OperationKind::initiate && get(entry->upper + in_handle::miniport_offload_context) == 0;
        if (plants(Plant::context_in_own_handle, layer) && fresh) put(own + in_handle::miniport_offload_context, own);
        if (!(plants(Plant::slot_b_of_sibling_lost, layer) && i == count - 1)) put(each + at::slot_b, upper);
        if (!plants(Plant::slot_a_left, layer) && !(plants(Plant::slot_b_of_sibling_lost, layer) && i == count - 1))
            put(each + at::slot_a, upper + in_handle::miniport_offload_context);
        const bool took_for_failed = status < 0 || (status == partial && plants(Plant::partial_as_failure, layer));
        if (fresh && plants(Plant::failed_object_published, layer))
            put(entry->upper + in_handle::miniport_offload_context, own);
        else if (fresh && !took_for_failed && !plants(Plant::context_not_written, layer) &&
                 !plants(Plant::context_in_own_handle, layer))
            put(entry->upper + in_handle::miniport_offload_context, own);
        if (fresh && took_for_failed && !plants(Plant::entry_of_failed_leaks, layer) &&
            !plants(Plant::failed_object_published, layer))
            ended.push_back(own);
        if (!fresh && real == OperationKind::initiate && status < 0 && plants(Plant::entry_of_linker_freed, layer)) ended.push_back(own);
        if (real == OperationKind::terminate && !plants(Plant::entry_of_terminated_leaks, layer) &&
            (status >= 0 || plants(Plant::entry_freed_at_failed_terminate, layer)))
            ended.push_back(own);
        if (real == OperationKind::query && plants(Plant::entry_freed_at_query, layer)) ended.push_back(own);
        const bool returns_data = real == OperationKind::terminate || (real == OperationKind::initiate && status < 0);
        for (std::uint64_t list = get(each + at::net_buffer_list_chain); list != 0; list = get(list + nbl_next))
            if ((returns_data && !plants(Plant::chain_source_lost_at_failure, layer)) ||
                (!returns_data && plants(Plant::chain_touched_at_success, layer)))
                put(list + nbl_source, chain_sources[{layer, list}]);
    }
    if (plants(Plant::status_changed, layer)) put(tree.back() + at::status, static_cast<std::uint32_t>(failure), 4);
    if (!plants(Plant::source_handle_lost, layer) && !plants(Plant::store_nothing, layer)) put(root + at::source_handle, get(call_entry));
    if (!plants(Plant::im_reserved_lost, layer) && !plants(Plant::store_nothing, layer)) {
        put(root + at::im_reserved_0, get(call_entry + 8));
        if (!plants(Plant::one_word_saved, layer)) put(root + at::im_reserved_1, get(call_entry + 16));
    }
    conversion(operations[number], trace::ConversionKind::protocol_to_miniport_by_driver, layer);
    if (plants(Plant::deferred_with_indication, layer)) {
        const Entry& entry = entries.begin()->second;
        const EventId call = enter("NdisTcpOffloadReceiveHandler", trace::ndis_layer, layer, entry.upper, nullptr, 0, layer);
        leave(call, trace::ndis_layer);
    }
    const OperationKind as = plants(Plant::wrong_completion, layer) ? OperationKind::update : real;
    (void)kind;
    up(number, layer, root, as);
    if (plants(Plant::completes_twice, layer)) {
        const EventId call = enter(name(real, Rung::complete_ndis), trace::ndis_layer, layer, 0x7000u + layer, &operations[number], root, layer);
        leave(call, trace::ndis_layer);
    }
    if (plants(Plant::tree_touched_after_completion, layer)) put(root + at::status, 0x77, 4);
    for (const Address each : ended) release_entry(layer, each);
    const bool keeps = plants(Plant::call_entry_leaks, layer) || plants(Plant::static_call_entry, layer) ||
                       plants(Plant::call_entry_freed_during_call, layer);
    if (!keeps) release(layer, call_entry);
    if (plants(Plant::delays_second, layer) && delayed) {
        const auto [waiting, waiting_root] = *delayed;
        driver_takes(waiting, layer, waiting_root, operations[waiting].kind);
        delayed.reset();
    }
}

void Stack::Inside::target_takes(std::size_t number, Address root, OperationKind) {
    operations[number].at_target = true;
    if (settings.synchronous) target_completes(number);
    (void)root;
}

void Stack::Inside::target_completes(std::size_t number) {
    Operation& operation = operations[number];
    if (!operation.at_target || plants(Plant::target_never_completes)) return;
    operation.at_target = false;
    Address root = operation.root;
    for (const auto& [copy, original] : copies)
        if (original == root) root = copy;
    std::vector<Address> tree;
    walk(root, [&](Address each) { tree.push_back(each); });
    for (std::size_t i = 0; i < tree.size(); ++i) {
        const Address each = tree[i];
        std::int32_t status = operation.plan[i].placeholder ? 0 : operation.plan[i].status;
        if (plants(Plant::placeholder_failed) && operation.plan[i].placeholder) status = failure;
        if (plants(Plant::status_of_no_operation) && i == 0) status = resources;
        if (!(plants(Plant::status_forgotten) && i + 1 == tree.size())) put(each + at::status, static_cast<std::uint32_t>(status), 4);
        const std::uint64_t handle = get(each + at::slot_b);
        if (handle != 0 && operation.kind == OperationKind::initiate && status >= 0 &&
            get(handle + in_handle::miniport_offload_context) == 0) {
            const Address context = allocate(target, 0x20, trace::synthetic::tag_of("OtCx"));
            put(handle + in_handle::miniport_offload_context, context);
        }
        const std::uint64_t list = get(each + at::net_buffer_list_chain);
        if (list != 0 && plants(Plant::data_status_changed)) put(list + nbl_status, 0x78, 4);
        if (list != 0 && plants(Plant::data_reordered) && operation.kind == OperationKind::initiate) put(each + at::net_buffer_list_chain, list);
        if (plants(Plant::data_at_query) && operation.kind == OperationKind::query)
            put(each + at::net_buffer_list_chain, objects[0].handle);
        if (operation.kind == OperationKind::terminate && operation.plan[i].net_buffer_lists == 0 &&
            plants(Plant::data_reordered) && i + 1 == tree.size()) {
            std::vector<Address> lists;
            for (const auto& watched : bench.watched)
                if (watched.size == net_buffer_list_size) lists.push_back(watched.address);
            for (std::size_t k = lists.size(); k-- > 0;) put(lists[k] + nbl_next, k > 0 ? lists[k - 1] : 0);
            if (!lists.empty()) put(each + at::net_buffer_list_chain, lists.back());
        }
    }
    up(number, target, root, operation.kind);
    if (plants(Plant::target_completes_twice)) {
        const EventId call = enter(name(operation.kind, Rung::complete_ndis), trace::ndis_layer, target, 0x7000u + target, &operation,
                                   root, target);
        leave(call, trace::ndis_layer);
    }
}

void Stack::Inside::host_gets_back(std::size_t number, OperationKind) {
    Operation& operation = operations[number];
    for (std::size_t i = 0; i < operation.plan.size(); ++i) {
        const Address handle = objects[operation.plan[i].object].handle;
        const auto status = static_cast<std::int32_t>(get(operation.blocks[i] + at::status, 4));
        if (operation.kind == OperationKind::terminate && status >= 0 && !operation.plan[i].placeholder &&
            !plants(Plant::reference_not_offloaded)) {
            put(handle + in_handle::miniport_offload_context, 0);
            put(handle + in_handle::ndis_reserved, 0);
        }
    }
}

Stack::Stack(const Settings& settings) : inside_(std::make_unique<Inside>(settings)) {}
Stack::~Stack() = default;

std::size_t Stack::neighbor() { return inside_->object(4, "N"); }
std::size_t Stack::path() { return inside_->object(8, "P"); }
std::size_t Stack::connection() { return inside_->object(17, "T"); }
std::size_t Stack::begin(OperationKind kind, const std::vector<BlockPlan>& plan) { return inside_->begin(kind, plan); }

void Stack::complete(std::size_t operation) {
    Inside& self = *inside_;
    self.bench.look(trace::machine_layer);
    if (self.plants(Plant::free_tree_early)) self.release(0, self.operations[operation].blocks.back());
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
            const EventId call = self.enter("NdisTcpOffloadSendComplete", trace::ndis_layer, layer, 0x7000u + layer, nullptr, 0, layer);
            self.leave(call, trace::ndis_layer);
        }
    }
}

void Stack::indicate(std::size_t object, bool data) {
    Inside& self = *inside_;
    Address handle = self.objects[object].handle;
    for (const auto& [address, entry] : self.entries)
        if (entry.upper == handle) handle = address;
    const EventId call = self.enter(data ? "NdisTcpOffloadReceiveHandler" : "NdisTcpOffloadEventHandler", trace::ndis_layer,
                                    self.target, handle, nullptr, 0, self.target);
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
