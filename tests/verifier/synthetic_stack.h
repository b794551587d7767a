// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A whole stack made by hand, down to its bytes, whose drivers make one chosen mistake: the traces that the checker is
// tested with. Host stack, NDIS, 0 to 8 intermediate drivers and an offload target carry trees of any shape through the
// five operations, synchronously or later, in any order. Nothing of the engine is involved but the recorder.
// Deterministic. Not thread safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "engine/verifier/verifier.h"
#include "tests/trace/synthetic_machine.h"

namespace chimneylab::verifier::synthetic {

using trace::Address;
using trace::EventId;
using trace::LayerIndex;
using trace::OperationKind;
using trace::RegionId;

enum class Plant : std::uint8_t {
    nothing,
    // host stack
    sibling_of_other_layer, path_under_connection, cycle, linker_without_dependents, stale_context, other_binding,
    stale_reserved, free_tree_early, change_tree_while_below, query_while_offloading, second_update, update_invalidated,
    terminate_while_querying, data_in_path_block, reference_not_offloaded, state_behind_invalidate, relink_to_invalid, move_connection,
    wrong_length,
    // intermediate driver, down
    other_operation_down, other_binding_down, pass_down_twice, swallow, complete_and_pass_down, pass_foreign_tree,
    convert_into_copy, store_nothing, no_call_entry, source_handle_written, upper_handle_not_stored, upper_handle_passed_down,
    handle_not_zero, new_handle_for_linker, handle_for_placeholder, sibling_skipped, links_cut, status_touched, port_changed,
    state_touched, vlan_set, tree_touched_after_call, call_entry_touched_after_call, call_entry_freed_during_call,
    static_call_entry, half_undone, refusal_says_success, refusal, query_failed_locally, waits_in_handler, delays_second,
    chain_source_not_saved,
    // intermediate driver, up
    never_completes, completes_twice, source_handle_lost, im_reserved_lost, one_word_saved, slot_b_of_sibling_lost,
    slot_a_left, context_not_written, failed_object_published, context_in_own_handle, status_changed, partial_as_failure,
    entry_of_failed_leaks, entry_of_linker_freed, entry_of_terminated_leaks, entry_freed_at_query, entry_freed_at_failed_terminate,
    call_entry_leaks, tree_touched_after_completion, wrong_completion, chain_source_lost_at_failure, chain_touched_at_success,
    deferred_with_indication, send_after_terminate,
    // offload target
    status_of_no_operation, status_forgotten, placeholder_failed, data_status_changed, data_reordered, data_at_query,
    indication_after_terminate, terminate_overtakes_query, target_completes_twice, target_never_completes,
    // NDIS
    ndis_writes_all_source_handles, ndis_overwrites_reserved, ndis_wrong_context_slot, ndis_routes_wrongly,
    ndis_writes_on_the_way_up, ndis_touches_unsupported,
};

struct Object {
    Address handle = 0;      // the host stack's NDIS_OFFLOAD_HANDLE
    std::uint8_t type = 17;  // Header.Type of its blocks
};

// One block of a tree to pass down; parents before their dependents.
struct BlockPlan {
    std::size_t object = 0;
    bool placeholder = false;
    std::optional<std::size_t> parent = {};  // index in the plan
    unsigned net_buffer_lists = 0;
    std::int32_t status = 0;  // what the target answers
};

struct Settings {
    unsigned intermediate_drivers = 1;
    Plant plant = Plant::nothing;
    LayerIndex planted_in = 1;
    bool synchronous = false;      // the target completes inside the call
    bool without_handlers = false;  // the lowest driver has no chimney handlers
    bool second_word = false;      // intermediate drivers use both words of ImReserved
};

// The trees of this stack are what a test needs: some hang from nothing.
inline VerifierOptions without_values() { return {.without = {"HS-018"}}; }

class Stack {
public:
    explicit Stack(const Settings& settings);
    ~Stack();
    Stack(const Stack&) = delete;
    Stack& operator=(const Stack&) = delete;

    std::size_t neighbor();  // new objects of the host stack
    std::size_t path();
    std::size_t connection();
    // Begins the operation; the number is for complete(). Blocks in the order of the plan.
    std::size_t begin(OperationKind kind, const std::vector<BlockPlan>& plan);
    void complete(std::size_t operation);   // the target completes it, if it still has it
    void run(OperationKind kind, const std::vector<BlockPlan>& plan);  // begin and complete
    void send_complete(std::size_t object);  // the target completes the send data of an offloaded connection
    void indicate(std::size_t object, bool data = false);  // the target indicates on an object
    void send(std::size_t object, LayerIndex from);        // the layer passes a send down
    trace::Trace finish();  // run_finished, and the trace

private:
    class Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace chimneylab::verifier::synthetic
