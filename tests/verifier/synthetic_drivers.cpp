// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What the drivers of the synthetic stack do with a tree, and the mistakes they can make.
#include "tests/verifier/synthetic_inside.h"

namespace chimneylab::verifier::synthetic {

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
    saved_words[{number, layer}] = {get(root + at::source_handle), get(root + at::im_reserved_0), get(root + at::im_reserved_1)};
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
    const auto& saved = saved_words.at({number, layer});
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
    if (!plants(Plant::source_handle_lost, layer) && !plants(Plant::store_nothing, layer)) put(root + at::source_handle, saved[0]);
    if (!plants(Plant::im_reserved_lost, layer) && !plants(Plant::store_nothing, layer)) {
        put(root + at::im_reserved_0, saved[1]);
        if (!plants(Plant::one_word_saved, layer)) put(root + at::im_reserved_1, saved[2]);
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
        // An answer differs from what the host stack left there.
        if (operation.kind == OperationKind::query && !operation.plan[i].placeholder && get(each + at::type, 1) == 17)
            put(each + at::size + 0x6C, 0x8000 + number, 4);  // SndWnd
        const std::uint64_t list = get(each + at::net_buffer_list_chain);
        if (list != 0 && plants(Plant::data_status_changed)) put(list + nbl_status, 0x78, 4);
        if (list != 0 && plants(Plant::data_reordered) && operation.kind == OperationKind::initiate) put(each + at::net_buffer_list_chain, list);
        if (plants(Plant::data_at_query) && operation.kind == OperationKind::query)
            put(each + at::net_buffer_list_chain, allocate(target, net_buffer_list_size, host_tag));
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

}  // namespace chimneylab::verifier::synthetic
