// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The host stack's own promises: what it sets before it offloads, what it writes into its trees, when it may begin what, and
// what it does with data. Promises that it shares with every driver are in the other files (twins.h).
#include <algorithm>
#include <array>
#include <string>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"

namespace chimneylab::verifier {
namespace {

using State = ObjectRecord::State;


// Traces from elsewhere may begin after the machine was set up: then nothing is known of that.
bool knows_setup(const Scene& scene) {
    return std::ranges::any_of(scene.model.drivers(), [](const auto& each) { return !each.second.adapters.empty(); });
}

template <typename Look>
void each_new(const Scene& scene, Layer layer, Look look) {
    if (!host_begins(scene, OperationKind::initiate)) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const BlockRef& block = scene.shape().blocks[i];
        const BlockImage& image = scene.now->blocks[i];
        if (block.role == Role::new_offload && block.layer == layer && !image.following.empty()) look(i, image, parts_of(image.type()));
    }
}


// ---- configuration ----

void enabled_first(const Scene& scene, const Report& report) {
    if (!host_begins(scene, OperationKind::initiate) || !knows_setup(scene)) return;
    const DriverRecord* driver = record_of_driver(scene);
    if (driver && driver->configured.contains(scene.event.subject)) return;
    report.add(report.draft(scene).block(scene.shape().blocks.front().region),
               scene.who() + " offloads on a binding on which it has not set OID_TCP_CONNECTION_OFFLOAD_PARAMETERS: the target has not been "
                             "told to offload anything.");
}

void known_tick_rates(const Scene& scene, const Report& report) {
    constexpr std::uint64_t parameters = 0xFC030201;
    constexpr std::uint32_t ticks_per_second = 0x20;
    if (!scene.by_host_stack() || scene.function_name() != "NdisOidRequest" || scene.event.detail != parameters || !scene.event.region.valid()) return;
    const std::uint64_t ticks = scene.replay().word(scene.event.region, ticks_per_second, 4);
    if (scene.event.argument != 1 || ticks == 10 || ticks == 100 || ticks == 1000) return;
    report.add(report.draft(scene).block(scene.event.region).member("TicksPerSecond", ticks_per_second).seen_only(ticks, 4),
               scene.who() + " sets " + std::to_string(ticks) + " TicksPerSecond; 10, 100 and 1000 are possible.");
}

void nothing_new_while_paused(const Scene& scene, const Report& report) {
    if (!host_begins(scene, OperationKind::initiate)) return;
    const DriverRecord* driver = record_of_driver(scene);
    if (!driver || driver->paused.empty() || driver->paused.size() < scene.replay().open_bindings(scene.driver)) return;
    const trace::Trace& trace = scene.replay().trace();
    for (EventId at = scene.event.parent; at.valid(); at = trace.event(at).parent)  // has it returned yet?
        if (trace.event(at).kind == trace::EventKind::enter && trace.text(trace.event(at).name) == "ProtocolStatusEx") return;
    report.add(report.draft(scene).block(scene.shape().blocks.front().region),
               scene.who() + " begins to offload although the adapter has asked for a pause and not yet resumed.");
}

// ---- trees ----

void types_fit(const Scene& scene, const Report& report) {
    if (!host_begins(scene)) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const std::uint8_t type = scene.now->blocks[i].type();
        const bool known = (type >= 1 && type <= 15) || type == 17;
        if (scene.shape().blocks[i].role == Role::placeholder || known) continue;
        report.add(at_block(scene, report, i).member("Header.Type", 0).seen_only(type, 1),
                   "Header.Type of " + scene.block_name(i) + " is no OFFLOAD_STATE_TYPE.");
    }
}

void whole_state_behind_new_objects(const Scene& scene, const Report& report) {
    if (!host_begins(scene, OperationKind::initiate)) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const BlockRef& block = scene.shape().blocks[i];
        const BlockImage& image = scene.now->blocks[i];
        if (block.role != Role::new_offload || block.layer == Layer::unknown) continue;
        const std::uint8_t type = image.type();
        const bool whole = type == 4 || type == 8 || type == 12 || type == 17;
        if (whole && image.following_region.valid()) continue;
        report.add(at_block(scene, report, i).member("Header.Type", 0).seen_only(type, 1),
                   scene.block_name(i) + " is newly offloaded, but the whole state of its layer does not follow it.");
    }
}

void hangs_from_something(const Scene& scene, const Report& report) {
    if (!host_begins(scene, OperationKind::initiate)) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const BlockRef& block = scene.shape().blocks[i];
        if (block.role != Role::new_offload || (block.layer != Layer::path && block.layer != Layer::connection)) continue;
        const bool hangs = block.parent != BlockRef::none && scene.shape().blocks[block.parent].role != Role::placeholder;
        if (hangs) continue;
        report.add(at_block(scene, report, i),
                   scene.block_name(i) + " is a new " + std::string(to_text(block.layer)) + " that hangs from nothing that is or gets offloaded.");
    }
}

void one_handle_for_one_object(const Scene& scene, const Report& report) {
    if (!host_begins(scene)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i)
        for (std::size_t k = 0; k < i; ++k) {
            const std::uint64_t handle = scene.now->blocks[i].slot_b();
            if (handle == 0 || handle != scene.now->blocks[k].slot_b()) continue;
            report.add(at_block(scene, report, i).member("OffloadHandle", block_offset::slot_b).seen_only(handle),
                       scene.block_name(i) + " and " + scene.block_name(k) + " are given by one NDIS_OFFLOAD_HANDLE.");
        }
}

// ---- values ----

void offloadable_states(const Scene& scene, const Report& report) {
    each_new(scene, Layer::connection, [&](std::size_t i, const BlockImage& image, const StateParts& parts) {
        const std::uint64_t state = state_word(image, parts.delegated + tcp_state::connection_state, 4);
        if (parts.delegated == StateParts::none || (state >= 4 && state <= 9)) return;
        report.add(at_block(scene, report, i).member("State", parts.delegated + tcp_state::connection_state).seen_only(state, 4),
                   scene.block_name(i) + " is offloaded in a state in which the target cannot take it over.");
    });
}

void send_data_is_marked(const Scene& scene, const Report& report) {
    each_new(scene, Layer::connection, [&](std::size_t i, const BlockImage& image, const StateParts& parts) {
        if (parts.delegated == StateParts::none) return;
        if (!image.chain.empty() && !image.chain.back().region.valid()) return;
        const std::uint64_t head = state_word(image, parts.delegated + tcp_state::send_data_head, 8);
        const std::uint64_t tail = state_word(image, parts.delegated + tcp_state::send_data_tail, 8);
        const std::uint64_t first = image.chain.empty() ? 0 : image.chain.front().address;
        const std::uint64_t last = image.chain.empty() ? 0 : image.chain.back().address;
        if (head != first)
            report.add(at_block(scene, report, i).member("SendDataHead", parts.delegated + tcp_state::send_data_head).values(first, head),
                       "SendDataHead of " + scene.block_name(i) + " does not name the first NET_BUFFER_LIST of its send data.");
        else if (tail != last)
            report.add(at_block(scene, report, i).member("SendDataTail", parts.delegated + tcp_state::send_data_tail).values(last, tail),
                       "SendDataTail of " + scene.block_name(i) + " does not name the last NET_BUFFER_LIST of its send data.");
    });
}

void sequence_numbers_in_order(const Scene& scene, const Report& report) {
    each_new(scene, Layer::connection, [&](std::size_t i, const BlockImage& image, const StateParts& parts) {
        if (parts.delegated == StateParts::none) return;
        const auto word = [&](std::uint32_t offset) { return static_cast<std::uint32_t>(state_word(image, parts.delegated + offset, 4)); };
        std::uint64_t bytes = 0;
        for (const NetBufferListImage& each : image.chain) {
            const auto held = scene.model.lists().data(each.region);
            if (!held) return;
            bytes += held->length;
        }
        const std::uint32_t state = word(tcp_state::connection_state), una = word(tcp_state::snd_una);
        const bool fin = state == 5 || state == 8 || state == 9;  // FIN_WAIT1, CLOSING, LAST_ACK
        const std::uint32_t next = word(tcp_state::snd_nxt) - una, most = word(tcp_state::snd_max) - una;
        if (next <= most && most <= bytes + (fin ? 1 : 0)) return;
        report.add(at_block(scene, report, i).member("SndNxt", parts.delegated + tcp_state::snd_nxt).seen_only(word(tcp_state::snd_nxt), 4),
                   "SndUna, SndNxt and SndMax of " + scene.block_name(i) + " are not in this order within the " + std::to_string(bytes) +
                       " bytes of send data that it brings along.");
    });
}

void deltas_are_equal(const Scene& scene, const Report& report) {
    constexpr std::uint32_t host_delta = 0x28, nic_delta = 0x08;
    each_new(scene, Layer::neighbor, [&](std::size_t i, const BlockImage& image, const StateParts& parts) {
        if (parts.cached == StateParts::none || parts.delegated == StateParts::none) return;
        const std::uint64_t host = state_word(image, parts.cached + host_delta, 4), nic = state_word(image, parts.delegated + nic_delta, 4);
        if (host == nic) return;
        report.add(at_block(scene, report, i).member("NicReachabilityDelta", parts.delegated + nic_delta).values(host, nic, 4),
                   scene.block_name(i) + " is offloaded with a NicReachabilityDelta that is not its HostReachabilityDelta.");
    });
}

void state_behind_a_query(const Scene& scene, const Report& report) {
    if (!host_begins(scene, OperationKind::query)) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const BlockRef& block = scene.shape().blocks[i];
        if (block.role == Role::placeholder || scene.now->blocks[i].following_region.valid()) continue;
        if (scene.now->blocks[i].word(block_offset::dependent_block_list) != 0) continue;  // holds what is asked for
        report.add(at_block(scene, report, i), scene.block_name(i) + " is asked for, but no state follows it that could be filled.");
    }
}

void only_cached_values(const Scene& scene, const Report& report) {
    if (!host_begins(scene, OperationKind::update)) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const BlockImage& image = scene.now->blocks[i];
        const StateParts parts = parts_of(image.type());
        if (image.following.empty() || (parts.constant == StateParts::none && parts.delegated == StateParts::none)) continue;
        report.add(at_block(scene, report, i).member("Header.Type", 0).seen_only(image.type(), 1),
                   "The update of " + scene.block_name(i) + " carries more than cached variables.");
    }
}

void commands_beside_values(const Scene& scene, const Report& report) {
    if (!host_begins(scene, OperationKind::update)) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const BlockImage& image = scene.now->blocks[i];
        const StateParts parts = parts_of(image.type());
        const ObjectRecord* object = scene.model.object(image.slot_b());
        if (scene.shape().blocks[i].layer != Layer::connection || parts.cached == StateParts::none || image.following.empty() || !object ||
            object->cached.size() < 44)
            continue;
        const auto before = [&](std::uint32_t offset) {
            std::uint64_t value = 0;
            for (std::uint32_t k = 0; k < 4; ++k) value |= std::to_integer<std::uint64_t>(object->cached[offset + k]) << (8 * k);
            return value;
        };
        const std::uint64_t flags = state_word(image, parts.cached + tcp_state::cached_flags, 2);
        const auto look = [&](std::uint32_t offset, std::uint64_t flag, std::string_view member, std::string_view command) {
            if (before(offset) == state_word(image, parts.cached + offset, 4) || (flags & flag) != 0) return;
            report.add(at_block(scene, report, i).member("Flags", parts.cached + tcp_state::cached_flags).values(flags | flag, flags, 2),
                       "The update of " + scene.block_name(i) + " changes " + std::string(member) + " without " + std::string(command) + ".");
        };
        look(tcp_state::max_rt, 0x08, "MaxRT", "TCP_FLAG_MAX_RT_RESTART");
        look(tcp_state::initial_rcv_wnd, 0x10, "InitialRcvWnd", "TCP_FLAG_UPDATE_RCV_WND");
    }
}

void state_behind_a_terminate(const Scene& scene, const Report& report) {
    if (!host_begins(scene, OperationKind::terminate)) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const BlockRef& block = scene.shape().blocks[i];
        const BlockImage& image = scene.now->blocks[i];
        if (block.role == Role::placeholder) continue;
        const StateParts parts = parts_of(image.type());
        if (!image.following.empty() && parts.delegated == StateParts::none)
            report.add(at_block(scene, report, i).member("Header.Type", 0).seen_only(image.type(), 1),
                       "The terminate of " + scene.block_name(i) + " offers a structure that holds no delegated variables.");
        else if (image.following.empty() && block.layer == Layer::connection)
            report.add(at_block(scene, report, i).severity(Severity::warning),
                       "The terminate of " + scene.block_name(i) + " offers no place for its delegated variables: they are lost.");
    }
}

// ---- order ----

void dependents_first(const Scene& scene, const Report& report) {
    if (!host_begins(scene, OperationKind::terminate)) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const Address handle = scene.now->blocks[i].slot_b();
        const Layer layer = scene.shape().blocks[i].layer;
        if (handle == 0 || (layer != Layer::neighbor && layer != Layer::path)) continue;
        for (const auto& [address, object] : scene.model.objects()) {
            if (object.owner != scene.driver || object.parent != handle || object.state != State::offloaded || object.terminates > 0 || object.terminate_failed) continue;
            if (std::ranges::any_of(scene.now->blocks, [&](const BlockImage& each) { return each.slot_b() == address; })) continue;
            if (object.updates > 0) continue;  // perhaps linked to another neighbor by now
            report.add(at_block(scene, report, i),
                       "The terminate of " + scene.block_name(i) + " leaves " + scene.replay().region_name(object.block) + " behind, which depends on it.");
            break;
        }
    }
}

void nothing_during_a_terminate(const Scene& scene, const Report& report) {
    if (!host_begins(scene) || scene.operation->kind == OperationKind::initiate) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const ObjectRecord* object = scene.model.object(scene.now->blocks[i].slot_b());
        if (scene.shape().blocks[i].role == Role::placeholder || !object || object->terminates == 0) continue;
        if (scene.operation->kind != OperationKind::terminate && scene.now->blocks[i].word(block_offset::dependent_block_list) != 0) continue;
        report.add(at_block(scene, report, i), scene.block_name(i) + " is being terminated; " + std::string(trace::to_text(scene.operation->kind)) +
                                                   " comes too late for it.");
    }
}

bool calls_down(const Scene& scene) {
    const trace::Function* function = scene.replay().function(scene.event);
    return scene.by_host_stack() && function->side == trace::Side::driver_calls_ndis && !function->completion && transfer_kind(*function) != TransferKind::none;
}

void no_transfer_during_a_terminate(const Scene& scene, const Report& report) {
    if (!calls_down(scene)) return;
    const TransferKind kind = transfer_kind(*scene.replay().function(scene.event));
    const ObjectRecord* object = scene.model.object(scene.event.subject);
    if (kind == TransferKind::forward || !object || object->terminates == 0) return;
    report.add(report.draft(scene).block(object->block),
               scene.who() + " makes a " + std::string(to_text(kind)) + " call for " + scene.replay().region_name(object->block) +
                   " after it has begun to terminate it.");
}

void no_forward_while_moving(const Scene& scene, const Report& report) {
    if (!calls_down(scene) || transfer_kind(*scene.replay().function(scene.event)) != TransferKind::forward) return;
    const ObjectRecord* object = scene.model.object(scene.event.subject);
    if (!object || object->terminates == 0) return;
    report.add(report.draft(scene).block(object->block),
               scene.who() + " forwards a segment of " + scene.replay().region_name(object->block) + ", which is being terminated.");
}

void everything_back_before_a_pause(const Scene& scene, const Report& report) {
    constexpr std::uint64_t net_event_pause = 8;
    const bool closes = scene.function_name() == "NdisCloseAdapterEx" && scene.event.kind == trace::EventKind::enter;
    const bool paused = scene.function_name() == "ProtocolNetPnPEvent" && scene.event.kind == trace::EventKind::leave;
    if (!scene.by_host_stack() || (!closes && !paused)) return;
    if (paused && scene.replay().trace().event(scene.event.partner).detail != net_event_pause) return;
    if (paused && scene.replay().open_bindings(scene.driver) != 1) return;  // which binding it is cannot be told
    for (const auto& [address, object] : scene.model.objects()) {
        if (object.owner != scene.driver || object.state != State::offloaded || object.terminates > 0 || object.terminate_failed) continue;
        const RegionId handle = scene.replay().region_at(RegionKind::offload_handle, address);
        if (closes && scene.replay().word(handle, handle_offset::ndis_reserved) != scene.event.subject) continue;
        report.add(report.draft(scene).block(object.block), scene.replay().region_name(object.block) + " is still offloaded when " + scene.who() +
                                                                (closes ? " closes its binding." : " has finished with NetEventPause."));
    }
}

// ---- data ----

void one_disconnect_flag(const Scene& scene, const Report& report) {
    if (!calls_down(scene)) return;
    const TransferKind kind = transfer_kind(*scene.replay().function(scene.event));
    const ObjectRecord* object = scene.model.object(scene.event.subject);
    if (!scene.model.knows_arguments()) return;
    if (kind == TransferKind::disconnect && scene.event.argument != 1 && scene.event.argument != 2)
        report.add(report.draft(scene).seen_only(scene.event.argument, 4),
                   scene.who() + " disconnects with Flags " + trace::hex(scene.event.argument) + "; it is either gracefully or abortively.");
    if (kind == TransferKind::send && object && (object->disconnects & 1) != 0)
        report.add(report.draft(scene).block(object->block),
                   scene.who() + " sends on " + scene.replay().region_name(object->block) + " after it has closed the send half of it.");
}

void no_second_disconnect(const Scene& scene, const Report& report) {
    if (!calls_down(scene) || transfer_kind(*scene.replay().function(scene.event)) != TransferKind::disconnect) return;
    const ObjectRecord* object = scene.model.object(scene.event.subject);
    if (!object || (object->disconnects & scene.event.argument) == 0) return;
    report.add(report.draft(scene).block(object->block),
               scene.who() + " disconnects " + scene.replay().region_name(object->block) + " in the same way a second time.");
}

// Posted receives and forwarded segments too have one NET_BUFFER each (a disconnect: IM-087).
void one_buffer_in_each_list(const Scene& scene, const Report& report) {
    if (!calls_down(scene)) return;
    const TransferKind kind = transfer_kind(*scene.replay().function(scene.event));
    if (kind != TransferKind::receive && kind != TransferKind::forward) return;
    for (const auto& [address, region] : scene.model.lists().chain(scene.event.detail)) {
        const auto held = scene.model.lists().data(region);
        if (!held || held->buffers == 1) continue;
        report.add(report.draft(scene).block(region), scene.replay().region_name(region) + " has " + std::to_string(held->buffers) + " NET_BUFFERs; a " +
                                                          std::string(to_text(kind)) + " has one in each list.");
    }
}

const ListRecord* own_list_below(const Scene& scene, RegionId region) {
    const trace::Region& changed = scene.replay().trace().region(region);
    const RegionId list = changed.kind == RegionKind::net_buffer_list ? region : changed.parent;
    if (!list.valid() || (changed.kind != RegionKind::net_buffer_list && changed.kind != RegionKind::net_buffer)) return nullptr;
    const ListRecord* record = scene.model.lists().list(scene.replay().trace().region(list).address);
    return record && record->region == list && record->owner == scene.driver ? record : nullptr;
}

void lists_left_alone(const Scene& scene, const Report& report) {
    if (!scene.by_host_stack() || !own_list_below(scene, scene.change->region)) return;
    report.add(report.draft(scene).block(scene.change->region),
               scene.who() + " wrote into NET_BUFFER_LIST " + scene.replay().region_name(scene.change->region) + " while the drivers below have it.");
}

void lists_not_freed(const Scene& scene, const Report& report) {
    const AllocationRecord* allocation = scene.replay().allocation(scene.event.subject);
    if (!allocation || !scene.replay().is_host_stack(allocation->owner)) return;
    const ListRecord* record = scene.model.lists().list(allocation->address);
    if (!record || record->owner != allocation->owner) return;
    report.add(report.draft(scene).by(allocation->owner).block(record->region),
               "The memory of NET_BUFFER_LIST " + scene.replay().region_name(record->region) + " was released while the drivers below have it.");
}

}  // namespace

std::span<const Unit> host_stack_units() {
    static constexpr Unit all[] = {
        {"HS-003", Moment::operation_handed_on, enabled_first},
        {"HS-004", Moment::other_call, known_tick_rates},
        {"HS-009", Moment::operation_handed_on, nothing_new_while_paused},
        {"HS-014", Moment::operation_handed_on, types_fit},
        {"HS-016", Moment::operation_handed_on, whole_state_behind_new_objects},
        {"HS-018", Moment::operation_handed_on, hangs_from_something},
        {"HS-022", Moment::operation_handed_on, offloadable_states},
        {"HS-028", Moment::operation_handed_on, send_data_is_marked},
        {"HS-029", Moment::operation_handed_on, sequence_numbers_in_order},
        {"HS-032", Moment::operation_handed_on, deltas_are_equal},
        {"HS-037", Moment::operation_handed_on, state_behind_a_query},
        {"HS-042", Moment::operation_handed_on, only_cached_values},
        {"HS-045", Moment::operation_handed_on, commands_beside_values},
        {"HS-051", Moment::operation_handed_on, dependents_first},
        {"HS-052", Moment::operation_handed_on, nothing_during_a_terminate},
        {"HS-052", Moment::transfer, no_transfer_during_a_terminate},
        {"HS-053", Moment::transfer, no_forward_while_moving},
        {"HS-060", Moment::other_call, everything_back_before_a_pause},
        {"HS-062", Moment::transfer, one_buffer_in_each_list},
        {"HS-063", Moment::transfer, one_disconnect_flag},
        {"HS-065", Moment::memory_written, lists_left_alone},
        {"HS-065", Moment::memory_freed, lists_not_freed},
        {"HS-070", Moment::transfer, no_second_disconnect},
        {"HS-074", Moment::operation_handed_on, one_handle_for_one_object},
        {"HS-076", Moment::operation_handed_on, state_behind_a_terminate},
    };
    return all;
}

}  // namespace chimneylab::verifier
