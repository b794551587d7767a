// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The offload target's own promises: contexts and statuses of what it takes over, the fate of everything outstanding when a
// connection goes back, and received data. Promises that it shares with every driver are in the other files (twins.h).
#include <algorithm>
#include <string>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"
#include "engine/verifier/wdk_values.h"

namespace chimneylab::verifier {
namespace {

using State = ObjectRecord::State;

constexpr std::int32_t partial_success = 0x40020004;
constexpr std::uint32_t invalid_state = 0xC0000184;

Draft status_of(const Scene& scene, const Report& report, std::size_t i, std::int32_t wanted) {
    return std::move(at_block(scene, report, i).member("Status", block_offset::status).statuses(wanted, scene.now->blocks[i].status()));
}

std::uint64_t context_of(const Scene& scene, std::uint64_t handle, RegionId* region = nullptr) {
    const RegionId watched = scene.replay().region_at(RegionKind::offload_handle, handle);
    if (region) *region = watched;
    return scene.replay().word(watched, handle_offset::miniport_offload_context);
}

// ---- capabilities and configuration ----

void capabilities_say_something(const Scene& scene, const Report& report) {
    constexpr std::uint32_t encapsulation = 4, families = 8, capacity = 12, ieee_802_3 = 2, llc_snap = 4;
    if (!scene.by_offload_target() || scene.function_name() != "NdisMSetMiniportAttributes" || !scene.event.region.valid()) return;
    const auto word = [&](std::uint32_t offset) { return scene.replay().word(scene.event.region, offset, 4); };
    const auto complain = [&](std::string_view member, std::uint32_t offset, const char* what) {
        report.add(report.draft(scene).block(scene.event.region).member(member, offset).seen_only(word(offset), 4), scene.who() + what);
    };
    if ((word(encapsulation) & (ieee_802_3 | llc_snap)) == 0)
        complain("Encapsulation", encapsulation, " reports connection offload with neither IEEE 802.3 nor LLC/SNAP encapsulation.");
    if ((word(families) & 0x0F) == 0) complain("SupportIPv4", families, " reports connection offload for neither IPv4 nor IPv6.");
    if (word(capacity) == 0) complain("TcpConnectionOffloadCapacity", capacity, " reports connection offload for no connection.");
}

// The same of a driver in between, as far as it is a duty there: what it passes on of an adapter without abilities is nothing.
void encapsulation_of_a_mux(const Scene& scene, const Report& report) {
    constexpr std::uint32_t encapsulation = 4, families = 8, ieee_802_3 = 2, llc_snap = 4;
    if (!scene.by_intermediate_driver() || scene.function_name() != "NdisMSetMiniportAttributes" || !scene.event.region.valid()) return;
    const auto word = [&](std::uint32_t offset) { return scene.replay().word(scene.event.region, offset, 4); };
    if ((word(families) & 0x0F) == 0 || (word(encapsulation) & (ieee_802_3 | llc_snap)) != 0) return;
    report.add(report.draft(scene).block(scene.event.region).member("Encapsulation", encapsulation).seen_only(word(encapsulation), 4),
               scene.who() + " offers connection offload on a virtual miniport with neither IEEE 802.3 nor LLC/SNAP encapsulation.");
}

void enabled_by_somebody(const Scene& scene, const Report& report) {
    if (!target_completes(scene, OperationKind::initiate)) return;
    const auto driver = scene.model.drivers().find(scene.driver);
    if (driver == scene.model.drivers().end() || driver->second.adapters.empty() || driver->second.was_configured) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        if (scene.shape().blocks[i].role != Role::new_offload || scene.now->blocks[i].status() < 0) continue;
        report.add(status_of(scene, report, i, wdk::failure),
                   scene.who() + " offloads " + scene.block_name(i) + " although nobody has enabled connection offload by a set request.");
        return;
    }
}

// ---- trees ----

void borrowed_members_only(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || !scene.operation || !scene.passage || scene.passage->completed.valid()) return;
    const trace::Region& region = scene.replay().trace().region(scene.change->region);
    if (region.kind != RegionKind::block_list) return;
    const std::uint32_t at = scene.change->offset;
    const auto within = [&](std::uint32_t first, std::uint32_t end) { return at >= first && at < end; };
    const bool chain = scene.operation->kind == OperationKind::terminate && at >= block_offset::net_buffer_list_chain;
    if (within(block_offset::status, block_offset::ndis_reserved_0) || within(block_offset::miniport_reserved_0, block_offset::im_reserved_0) ||
        within(block_offset::scratch_0, block_offset::source_handle) || chain)
        return;
    report.add(report.draft(scene).block(scene.change->region).member(member_name(at, true), at)
                   .bytes(scene.replay().trace().before(*scene.change), scene.replay().trace().after(*scene.change)),
               scene.who() + " wrote " + std::string(member_name(at, true)) + " of " + scene.replay().region_name(scene.change->region) +
                   ", which is not its to write.");
}

void contexts_differ(const Scene& scene, const Report& report) {
    if (!target_completes(scene, OperationKind::initiate)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const BlockRef& block = scene.shape().blocks[i];
        if (block.role != Role::new_offload || scene.now->blocks[i].status() < 0) continue;
        RegionId handle;
        const std::uint64_t own = scene.now->blocks[i].slot_b(), context = context_of(scene, own, &handle);
        if (context == 0) continue;
        for (const auto& [address, object] : scene.model.objects()) {
            if (address == own || object.lower != 0 || object.layer != block.layer || !object.exists()) continue;
            if (scene.model.object(own) && object.owner != scene.model.object(own)->owner) continue;
            if (context_of(scene, address) != context) continue;
            report.add(report.draft(scene).block(handle).member("MiniportOffloadContext", handle_offset::miniport_offload_context).seen_only(context),
                       scene.who() + " gives " + scene.block_name(i) + " the context that " + scene.replay().region_name(object.block) + " has.");
            break;
        }
    }
}

void context_written(const Scene& scene, const Report& report) {
    if (!target_completes(scene, OperationKind::initiate)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        RegionId handle;
        if (scene.shape().blocks[i].role != Role::new_offload || scene.now->blocks[i].status() < 0) continue;
        if (context_of(scene, scene.now->blocks[i].slot_b(), &handle) != 0 || !handle.valid()) continue;
        report.add(report.draft(scene).block(handle).member("MiniportOffloadContext", handle_offset::miniport_offload_context).seen_only(0),
                   scene.who() + " reports " + scene.block_name(i) + " as offloaded and has not written its context for it.");
    }
}

struct Dependents {
    std::size_t all = 0, failed = 0;
};

Dependents dependents_of(const Scene& scene, std::size_t i) {
    Dependents counted;
    for (std::size_t k = 0; k < scene.shape().blocks.size(); ++k) {
        if (scene.shape().blocks[k].parent != i) continue;
        ++counted.all;
        if (scene.now->blocks[k].status() < 0) ++counted.failed;
    }
    return counted;
}

void status_of_new_objects(const Scene& scene, const Report& report) {
    if (!target_completes(scene, OperationKind::initiate)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const std::int32_t status = scene.now->blocks[i].status();
        if (scene.shape().blocks[i].role != Role::new_offload || (status != 0 && status != partial_success)) continue;
        const Dependents below = dependents_of(scene, i);
        const std::int32_t wanted = below.failed > 0 ? partial_success : 0;
        if (status != wanted)
            report.add(status_of(scene, report, i, wanted), scene.block_name(i) + " was offloaded, and " + std::to_string(below.failed) + " of " +
                                                                std::to_string(below.all) + " objects that depend on it were not.");
    }
}

void status_of_linkers(const Scene& scene, const Report& report) {
    if (!target_completes(scene, OperationKind::initiate)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const std::int32_t status = scene.now->blocks[i].status();
        const Dependents below = dependents_of(scene, i);
        if (scene.shape().blocks[i].role != Role::linker || below.all == 0) continue;
        // Not attempted, because the walk had stopped before it.
        const bool stopped = status < 0 && std::ranges::any_of(scene.now->blocks, [](const BlockImage& each) { return each.status() < 0; });
        if (stopped && below.failed < below.all) continue;
        const std::int32_t wanted = below.failed == 0 ? 0 : below.failed < below.all ? partial_success : wdk::failure;
        if (status != wanted && !(status < 0 && wanted < 0))
            report.add(status_of(scene, report, i, wanted), "Of the " + std::to_string(below.all) + " objects that are linked to " + scene.block_name(i) +
                                                                ", " + std::to_string(below.failed) + " could not be offloaded.");
    }
}

void nothing_below_a_failure(const Scene& scene, const Report& report) {
    if (!target_completes(scene, OperationKind::initiate)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const BlockRef& block = scene.shape().blocks[i];
        if (block.role != Role::new_offload || block.parent == BlockRef::none || scene.now->blocks[i].status() < 0) continue;
        if (scene.shape().blocks[block.parent].role != Role::new_offload || scene.now->blocks[block.parent].status() >= 0) continue;
        report.add(status_of(scene, report, i, wdk::failure),
                   scene.block_name(i) + " is reported as offloaded although " + scene.block_name(block.parent) + ", which it depends on, was not.");
    }
}

void backlog_is_a_size(const Scene& scene, const Report& report) {
    if (!target_completes(scene, OperationKind::query)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const BlockImage& image = scene.now->blocks[i];
        const StateParts parts = parts_of(image.type());
        if (parts.layer != Layer::connection || parts.delegated == StateParts::none || image.status() < 0) continue;
        for (const std::uint32_t offset : {tcp_state::send_data_head, tcp_state::buffered_data}) {
            const std::uint64_t value = state_word(image, parts.delegated + offset, 8);
            if (value >> 32 == 0 || !scene.replay().allocation(value)) continue;
            report.add(at_block(scene, report, i)
                           .member(offset == tcp_state::send_data_head ? "SendBacklogSize" : "ReceiveBacklogSize", parts.delegated + offset)
                           .seen_only(value),
                       scene.who() + " answers the query of " + scene.block_name(i) + " with a pointer where a backlog size belongs.");
        }
    }
}

void constants_stay(const Scene& scene, const Report& report) {
    if (!target_completes(scene, OperationKind::query)) return;
    const Passage& first = scene.operation->passages.front();
    if (!first.at_hand_on.taken()) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const BlockImage& image = scene.now->blocks[i];
        const StateParts parts = parts_of(image.type());
        const ObjectRecord* object = scene.model.object(first.at_hand_on.blocks[i].slot_b());
        if (parts.layer != Layer::connection || image.status() < 0 || !object) continue;
        const auto differs = [&](std::uint32_t at, const std::vector<std::byte>& told, std::uint32_t from, std::uint32_t end) {
            if (at == StateParts::none || told.size() < end || image.following.size() < at + end) return false;
            return !std::equal(told.begin() + from, told.begin() + end, image.following.begin() + at + from);
        };
        if (differs(parts.constant, object->constant, 8, 24))
            report.add(at_block(scene, report, i).member("state", parts.constant),
                       scene.who() + " reports other constants for " + scene.block_name(i) + " than it was given.");
    }
}

// ---- terminate ----

template <typename Look>
void each_ended_connection(const Scene& scene, Look look) {
    if (!target_completes(scene, OperationKind::terminate)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const BlockRef& block = scene.shape().blocks[i];
        const std::uint64_t handle = scene.passage->at_arrival.blocks[i].slot_b();
        const ObjectRecord* object = scene.model.object(handle);
        if (block.layer != Layer::connection || block.role == Role::placeholder || scene.now->blocks[i].status() < 0 || !object) continue;
        look(i, handle, scene.model.host_handle(handle));
    }
}

bool handed_back(const Scene& scene, std::size_t i, Address list) {
    const auto& chain = scene.now->blocks[i].chain;
    return std::ranges::find(chain, list, &NetBufferListImage::address) != chain.end();
}

// Lists of the connection that this target was given and has not completed.
template <typename Look>
void each_outstanding(const Scene& scene, Address connection, Look look) {
    for (const auto& [address, record] : scene.model.lists().lists()) {
        const ListPassage* passage = record.handle == connection ? record.passage(scene.driver) : nullptr;
        if (passage && !passage->completed.valid()) look(address, record);
    }
}

void requests_completed_before(const Scene& scene, const Report& report) {
    each_ended_connection(scene, [&](std::size_t i, std::uint64_t, Address connection) {
        each_outstanding(scene, connection, [&](Address, const ListRecord& record) {
            if (record.kind == TransferKind::send) return;
            report.add(report.draft(scene).block(record.region), scene.who() + " completes the terminate of " + scene.block_name(i) + " while the " +
                                                                     std::string(to_text(record.kind)) + " " + scene.replay().region_name(record.region) +
                                                                     " is still outstanding.");
        });
    });
}

void sends_end_one_way(const Scene& scene, const Report& report, bool taken_over) {
    each_ended_connection(scene, [&](std::size_t i, std::uint64_t, Address connection) {
        each_outstanding(scene, connection, [&](Address address, const ListRecord& record) {
            if (record.kind != TransferKind::send || record.in_block != taken_over || handed_back(scene, i, address)) return;
            report.add(report.draft(scene).block(record.region), scene.who() + " completes the terminate of " + scene.block_name(i) + " and has neither completed " +
                                                                     scene.replay().region_name(record.region) + " nor handed it back.");
        });
        if (taken_over) return;
        for (const NetBufferListImage& each : scene.now->blocks[i].chain) {
            const ListRecord* record = scene.model.lists().list(each.address);
            const ListPassage* passage = record ? record->passage(scene.driver) : nullptr;
            if (passage && passage->completed.valid())
                report.add(report.draft(scene).block(each.region), scene.who() + " hands " + scene.replay().region_name(each.region) +
                                                                       " back with " + scene.block_name(i) + ", which it has completed already.");
        }
    });
}

void posted_sends_end_one_way(const Scene& scene, const Report& report) { sends_end_one_way(scene, report, false); }
void taken_over_sends_end_one_way(const Scene& scene, const Report& report) { sends_end_one_way(scene, report, true); }

void handed_back_data_is_marked(const Scene& scene, const Report& report) {
    each_ended_connection(scene, [&](std::size_t i, std::uint64_t, Address) {
        const BlockImage& image = scene.now->blocks[i];
        const StateParts parts = parts_of(image.type());
        if (parts.delegated == StateParts::none || image.following.empty()) return;
        if (!image.chain.empty() && !image.chain.back().region.valid()) return;
        const std::uint64_t head = state_word(image, parts.delegated + tcp_state::send_data_head, 8);
        const std::uint64_t tail = state_word(image, parts.delegated + tcp_state::send_data_tail, 8);
        const std::uint64_t first = image.chain.empty() ? 0 : image.chain.front().address, last = image.chain.empty() ? 0 : image.chain.back().address;
        if (head != first || tail != last)
            report.add(at_block(scene, report, i).member("SendDataHead", parts.delegated + tcp_state::send_data_head).values(first, head),
                       "SendDataHead and SendDataTail of " + scene.block_name(i) + " do not name the ends of the send data that comes back with it.");
    });
}

void own_indications_over(const Scene& scene, const Report& report) {
    each_ended_connection(scene, [&](std::size_t i, std::uint64_t handle, Address) {
        const trace::Trace& trace = scene.replay().trace();
        for (EventId at = scene.event.parent; at.valid(); at = trace.event(at).parent) {
            const trace::Event& open = trace.event(at);
            const trace::Function* function = open.kind == trace::EventKind::enter ? scene.replay().function(open) : nullptr;
            if (!function || function->group != trace::FunctionGroup::indication || open.other_layer != scene.driver || open.subject != handle) continue;
            report.add(at_block(scene, report, i), scene.who() + " completes the terminate of " + scene.block_name(i) + " inside its own " +
                                                       std::string(function->name) + " of that connection.");
            return;
        }
    });
}

void only_delegated_values(const Scene& scene, const Report& report) {
    if (!target_completes(scene, OperationKind::terminate)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const BlockImage& now = scene.now->blocks[i];
        const BlockImage& then = scene.passage->at_arrival.blocks[i];
        const StateParts parts = parts_of(now.type());
        const std::uint32_t end = parts.delegated == StateParts::none ? parts.size : parts.delegated;
        if (now.following.size() != then.following.size() || end > now.following.size()) continue;
        if (parts.delegated == 0 || std::equal(now.following.begin(), now.following.begin() + end, then.following.begin())) continue;
        report.add(at_block(scene, report, i), scene.who() + " writes other than delegated variables behind " + scene.block_name(i) + ".");
    }
}

// ---- data ----

bool completes_transfer(const Scene& scene, TransferKind kind) {
    const trace::Function* function = scene.replay().function(scene.event);
    return scene.by_offload_target() && function->side == trace::Side::driver_calls_ndis && function->completion && transfer_kind(*function) == kind;
}

template <typename Look>
void each_completed_transfer(const Scene& scene, TransferKind kind, Look look) {
    if (!completes_transfer(scene, kind)) return;
    for (const auto& [address, region] : scene.model.lists().chain(scene.event.detail)) {
        const ListRecord* record = scene.model.lists().list(address);
        if (record && record->kind == kind) look(*record, region, static_cast<std::uint32_t>(scene.model.lists().status(region)));
    }
}

void bytes_agree(const Scene& scene, const Report& report, TransferKind kind) {
    each_completed_transfer(scene, kind, [&](const ListRecord& record, RegionId region, std::uint32_t status) {
        const auto held = scene.model.lists().data(region);
        const std::uint64_t told = scene.model.lists().bytes_transferred(region);
        if (!held || record.length < held->length || (kind == TransferKind::send && status != 0)) return;
        const std::uint64_t advanced = record.length - held->length;
        if (told == advanced && !(kind == TransferKind::send && told != record.length)) return;
        report.add(report.draft(scene).block(region).member("TcpOffloadBytesTransferred", net_buffer_list_offset::bytes_transferred).values(advanced, told),
                   scene.who() + " completes " + scene.replay().region_name(region) + " with a byte count of " + std::to_string(told) +
                       " and has advanced its data by " + std::to_string(advanced) + ".");
    });
}
void sent_bytes_agree(const Scene& scene, const Report& report) { bytes_agree(scene, report, TransferKind::send); }
void received_bytes_agree(const Scene& scene, const Report& report) { bytes_agree(scene, report, TransferKind::receive); }

void zero_byte_requests_stay_empty(const Scene& scene, const Report& report) {
    each_completed_transfer(scene, TransferKind::receive, [&](const ListRecord& record, RegionId region, std::uint32_t) {
        if (record.length != 0 || record.buffers == 0 || scene.model.lists().bytes_transferred(region) == 0) return;
        report.add(report.draft(scene).block(region), scene.who() + " completes a receive request of no bytes with data.");
    });
}

void known_send_statuses(const Scene& scene, const Report& report) {
    each_completed_transfer(scene, TransferKind::send, [&](const ListRecord&, RegionId region, std::uint32_t status) {
        const bool known = status == 0 || status == wdk::upload_in_progress || status == wdk::request_aborted;
        if (known || status == wdk::request_upload || status == wdk::upload_requested) return;  // IM-084
        report.add(report.draft(scene).block(region).member("Status", net_buffer_list_offset::status).seen_only(status, 4),
                   scene.who() + " completes a send with " + trace::status_text(static_cast<std::int32_t>(status)) + ".");
    });
}

void statuses_of_requests(const Scene& scene, const Report& report, TransferKind kind) {
    each_completed_transfer(scene, kind, [&](const ListRecord&, RegionId region, std::uint32_t status) {
        const bool known = status == 0 || status == wdk::upload_in_progress || status == wdk::request_aborted ||
                           (kind == TransferKind::receive && status == invalid_state) || (kind == TransferKind::forward && status == static_cast<std::uint32_t>(wdk::failure));
        if (known) return;
        report.add(report.draft(scene).block(region).member("Status", net_buffer_list_offset::status).seen_only(status, 4),
                   scene.who() + " completes a " + std::string(to_text(kind)) + " with " + trace::status_text(static_cast<std::int32_t>(status)) + ".");
    });
}
void known_receive_statuses(const Scene& scene, const Report& report) { statuses_of_requests(scene, report, TransferKind::receive); }
void known_forward_statuses(const Scene& scene, const Report& report) { statuses_of_requests(scene, report, TransferKind::forward); }
void known_disconnect_statuses(const Scene& scene, const Report& report) { statuses_of_requests(scene, report, TransferKind::disconnect); }

void later_sends_fail_too(const Scene& scene, const Report& report) {
    each_completed_transfer(scene, TransferKind::send, [&](const ListRecord& record, RegionId region, std::uint32_t status) {
        const std::uint32_t failed = scene.model.lists().first_failed_send(record.handle);
        if (status != 0 || failed == 0 || record.number < failed) return;
        report.add(report.draft(scene).block(region), scene.who() + " completes " + scene.replay().region_name(region) +
                                                          " with success although an earlier send of the connection has failed.");
    });
}

void in_the_order_given(const Scene& scene, const Report& report, TransferKind kind) {
    std::uint32_t last = 0;
    Address of = 0;
    each_completed_transfer(scene, kind, [&](const ListRecord& record, RegionId region, std::uint32_t) {
        if (of != record.handle) last = scene.model.lists().target_completed(record.handle, kind);
        of = record.handle;
        if (record.number < last)
            report.add(report.draft(scene).block(region), scene.who() + " completes " + scene.replay().region_name(region) + " after a later " +
                                                              std::string(to_text(kind)) + " of the connection.");
        last = std::max(last, record.number);
    });
}
void receives_in_order(const Scene& scene, const Report& report) { in_the_order_given(scene, report, TransferKind::receive); }
void sends_in_order(const Scene& scene, const Report& report) { in_the_order_given(scene, report, TransferKind::send); }

void sends_before_the_disconnect(const Scene& scene, const Report& report) {
    each_completed_transfer(scene, TransferKind::disconnect, [&](const ListRecord& closing, RegionId region, std::uint32_t) {
        bool told = false;
        each_outstanding(scene, closing.handle, [&](Address, const ListRecord& record) {
            if (told || record.kind != TransferKind::send || record.number > closing.number) return;
            if (const ObjectRecord* object = scene.model.object(closing.handle); object && object->terminates > 0) return;  // may be handed back
            told = true;
            report.add(report.draft(scene).block(region), scene.who() + " completes the disconnect before " + scene.replay().region_name(record.region) + ".");
        });
    });
}

// ---- indications ----

void events_make_sense(const Scene& scene, const Report& report) {
    constexpr std::uint64_t last_event = 4, retrieve = 3, last_reason = 11;
    if (!scene.by_offload_target() || scene.function_name() != "NdisTcpOffloadEventHandler") return;
    if (scene.event.detail == 0 || scene.event.detail > last_event)
        report.add(report.draft(scene).seen_only(scene.event.detail, 4), scene.who() + " indicates an event of a type that does not exist.");
    else if (scene.event.detail == retrieve && (scene.event.argument == 0 || scene.event.argument > last_reason))
        report.add(report.draft(scene).seen_only(scene.event.argument, 4), scene.who() + " asks for upload with a reason that does not exist.");
}

void names_a_connection(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || scene.function_name() == "NdisMOffloadEventIndicate") return;
    const ObjectRecord* object = scene.model.object(scene.event.subject);
    if (!object || object->layer == Layer::connection || object->layer == Layer::unknown) return;
    report.add(report.draft(scene).block(object->block).seen_only(scene.event.subject),
               scene.who() + " indicates with the handle of the " + std::string(to_text(object->layer)) + " " + scene.replay().region_name(object->block) +
                   " where that of a connection belongs.");
}

bool shows_data(const Scene& scene) { return scene.by_offload_target() && scene.function_name() == "NdisTcpOffloadReceiveHandler"; }

void data_after_the_initiate(const Scene& scene, const Report& report) {
    const ObjectRecord* object = shows_data(scene) ? scene.model.object(scene.event.subject) : nullptr;
    if (!object) return;
    bool inside = object->state == State::offloading;
    const trace::Trace& trace = scene.replay().trace();
    for (EventId at = scene.event.parent; at.valid() && !inside; at = trace.event(at).parent) {
        const trace::Event& open = trace.event(at);
        inside = open.kind == trace::EventKind::enter && open.other_layer == scene.driver && open.operation == object->initiate &&
                 open.operation.valid() && trace.text(open.name) == "NdisMInitiateOffloadComplete";
    }
    if (!inside) return;
    report.add(report.draft(scene).block(object->block),
               scene.who() + " shows received data of " + scene.replay().region_name(object->block) + " before its completion of the initiate has returned.");
}

void requests_before_indications(const Scene& scene, const Report& report) {
    if (!shows_data(scene)) return;
    const trace::Trace& trace = scene.replay().trace();
    EventId run = scene.id;
    for (EventId at = scene.event.parent; at.valid(); at = trace.event(at).parent) run = at;
    each_outstanding(scene, scene.model.host_handle(scene.event.subject), [&](Address, const ListRecord& record) {
        const ListPassage* passage = record.passage(scene.driver);
        if (record.kind != TransferKind::receive || record.length == 0 || passage->arrived > run) return;
        report.add(report.draft(scene).block(record.region), scene.who() + " shows received data although the request " + scene.replay().region_name(record.region) +
                                                                 " has been waiting for it.");
    });
}

void waits_after_a_refusal(const Scene& scene, const Report& report) {
    if (!shows_data(scene)) return;
    const EventId refused = scene.model.lists().last_refusal(scene.event.subject);
    const EventId posted = scene.model.lists().last_post(scene.model.host_handle(scene.event.subject));
    if (!refused.valid() || (posted.valid() && posted > refused)) return;
    const EventId back = scene.replay().trace().closed_by(refused);
    if (!back.valid() || scene.replay().trace().event(back).status != wdk::not_accepted) return;
    report.add(report.draft(scene).block(scene.event.region),
               scene.who() + " shows received data again after it was refused, and no receive request has been posted since.");
}

void one_buffer_in_shown_data(const Scene& scene, const Report& report) {
    if (!shows_data(scene) || !scene.event.region.valid()) return;
    const auto held = scene.model.lists().data(scene.event.region);
    if (!held || held->buffers == 1) return;
    report.add(report.draft(scene).block(scene.event.region), scene.who() + " shows received data in " + std::to_string(held->buffers) + " NET_BUFFERs; it is one a list.");
}

void lent_data_left_alone(const Scene& scene, const Report& report, bool buffered) {
    if (!scene.by_offload_target()) return;
    const trace::Region& changed = scene.replay().trace().region(scene.change->region);
    const RegionId list = changed.kind == RegionKind::net_buffer_list ? scene.change->region : changed.parent;
    if (!list.valid() || (changed.kind != RegionKind::net_buffer_list && changed.kind != RegionKind::net_buffer)) return;
    const LentRecord* record = scene.model.lists().lent(scene.replay().trace().region(list).address);
    if (!record || record->region != list || record->maker != scene.driver || record->buffered != buffered || record->state != LentRecord::State::accepted) return;
    report.add(report.draft(scene).block(list), scene.who() + " wrote into " + scene.replay().region_name(list) + ", received data that the drivers above keep.");
}
void accepted_data_left_alone(const Scene& scene, const Report& report) { lent_data_left_alone(scene, report, false); }
void buffered_data_left_alone(const Scene& scene, const Report& report) { lent_data_left_alone(scene, report, true); }

void resumes_when_all_is_back(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || scene.function_name() != "NdisMIndicateStatusEx" || scene.event.detail != wdk::offload_resume) return;
    const auto driver = scene.model.drivers().find(scene.driver);
    if (driver == scene.model.drivers().end() || !driver->second.upload_all.valid()) return;
    for (const auto& [address, object] : scene.model.objects()) {
        if (object.layer != Layer::connection || object.lower != 0 || object.state != State::offloaded || object.since > driver->second.upload_all) continue;
        report.add(report.draft(scene).block(object.block), scene.who() + " resumes although " + scene.replay().region_name(object.block) +
                                                                ", which it has asked to have taken back, is still offloaded.");
        return;
    }
}

}  // namespace

std::span<const Unit> offload_target_units() {
    static constexpr Unit all[] = {
        {"IM-120", Moment::other_call, encapsulation_of_a_mux},
        {"OT-003", Moment::other_call, capabilities_say_something},
        {"OT-005", Moment::indication, one_buffer_in_shown_data},
        {"OT-008", Moment::operation_completed, enabled_by_somebody},
        {"OT-014", Moment::memory_written, borrowed_members_only},
        {"OT-016", Moment::operation_completed, constants_stay},
        {"OT-018", Moment::operation_completed, contexts_differ},
        {"OT-019", Moment::operation_completed, context_written},
        {"OT-021", Moment::operation_completed, status_of_new_objects},
        {"OT-022", Moment::operation_completed, status_of_linkers},
        {"OT-023", Moment::operation_completed, nothing_below_a_failure},
        {"OT-029", Moment::indication, data_after_the_initiate},
        {"OT-033", Moment::operation_completed, taken_over_sends_end_one_way},
        {"OT-038", Moment::operation_completed, backlog_is_a_size},
        {"OT-051", Moment::operation_completed, requests_completed_before},
        {"OT-052", Moment::operation_completed, own_indications_over},
        {"OT-053", Moment::operation_completed, posted_sends_end_one_way},
        {"OT-054", Moment::operation_completed, handed_back_data_is_marked},
        {"OT-055", Moment::transfer, known_receive_statuses},
        {"OT-056", Moment::operation_completed, only_delegated_values},
        {"OT-059", Moment::memory_written, buffered_data_left_alone},
        {"OT-068", Moment::transfer, sent_bytes_agree},
        {"OT-069", Moment::transfer, later_sends_fail_too},
        {"OT-070", Moment::transfer, known_send_statuses},
        {"OT-075", Moment::transfer, receives_in_order},
        {"OT-077", Moment::indication, requests_before_indications},
        {"OT-082", Moment::indication, waits_after_a_refusal},
        {"OT-084", Moment::memory_written, accepted_data_left_alone},
        {"OT-085", Moment::transfer, received_bytes_agree},
        {"OT-088", Moment::transfer, known_forward_statuses},
        {"OT-091", Moment::transfer, sends_before_the_disconnect},
        {"OT-091", Moment::transfer, sends_in_order},
        {"OT-095", Moment::transfer, known_disconnect_statuses},
        {"OT-099", Moment::indication, events_make_sense},
        {"OT-103", Moment::indication, names_a_connection},
        {"OT-108", Moment::other_call, resumes_when_all_is_back},
        {"OT-125", Moment::transfer, zero_byte_requests_stay_empty},
    };
    return all;
}

}  // namespace chimneylab::verifier
