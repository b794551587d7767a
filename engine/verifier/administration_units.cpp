// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What happens to the adapter as a whole while something is offloaded: a version of IP is switched off, it resumes without
// saying what it can, its cable is pulled out, it goes to sleep, an intermediate driver asks for a pause, frames come that are
// for no offloaded connection; and two promises of the host stack about operations that overlap. Sources:
// "OID_TCP_TASK_OFFLOAD", "NDIS_STATUS_OFFLOAD_RESUME", "Terminate Offload Initiated by the Host Stack", "Power Management for
// Offload Targets", "NDIS_STATUS_OFFLOAD_PAUSE".
#include <algorithm>
#include <string>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"

namespace chimneylab::verifier {
namespace {

using State = ObjectRecord::State;

constexpr std::uint64_t set_power_oid = 0xFD010101, switches_oid = 0xFC01020C, connection_parameters_oid = 0xFC030201;
constexpr std::uint64_t pause_status = 0x40020001, upload_all_status = 0x40020002, resume_status = 0x40020003;
constexpr std::uint32_t set_request = 1, state_d0 = 1;

bool enters(const Scene& scene, std::string_view name) { return scene.event.kind == trace::EventKind::enter && scene.function_name() == name; }

bool is_connection_of_host(const Scene& scene, const ObjectRecord& object) {
    return object.layer == Layer::connection && scene.replay().is_host_stack(object.owner) && object.exists();
}

// ---- HS-007 ----

// 4 or 6 by the path that the connection depends on; 0: the trace does not tell.
unsigned ip_version(const Scene& scene, const ObjectRecord& connection) {
    const ObjectRecord* path = scene.model.object(connection.parent);
    if (!path) return 0;
    return path->state_type >= 5 && path->state_type <= 8 ? 4 : path->state_type >= 9 && path->state_type <= 12 ? 6 : 0;
}

// Which versions of IP a set request switches off: a bit for each.
unsigned switched_off(const Scene& scene) {
    constexpr std::uint32_t ipv4_switch = 13, ipv6_switch = 14, disabled = 1;        // in NDIS_OFFLOAD_PARAMETERS
    constexpr std::uint32_t ipv4_encapsulation = 8, ipv6_encapsulation = 20, off = 2;  // in NDIS_TCP_CONNECTION_OFFLOAD_PARAMETERS
    const RegionId buffer = scene.event.region;
    const auto says = [&](std::uint32_t offset, std::uint32_t size, std::uint32_t value) { return scene.replay().word(buffer, offset, size) == value; };
    if (scene.event.detail == switches_oid) return (says(ipv4_switch, 1, disabled) ? 1u : 0u) | (says(ipv6_switch, 1, disabled) ? 2u : 0u);
    return (says(ipv4_encapsulation, 4, off) ? 1u : 0u) | (says(ipv6_encapsulation, 4, off) ? 2u : 0u);
}

void nobody_uses_what_is_disabled(const Scene& scene, const Report& report) {
    if (!scene.by_host_stack() || !enters(scene, "NdisOidRequest") || scene.event.argument != set_request || !scene.event.region.valid()) return;
    if (scene.event.detail != switches_oid && scene.event.detail != connection_parameters_oid) return;
    const unsigned off = switched_off(scene);
    for (const auto& [address, object] : scene.model.objects()) {
        if (object.owner != scene.driver || !is_connection_of_host(scene, object) || object.terminates > 0) continue;
        const unsigned version = ip_version(scene, object);
        const RegionId handle = scene.replay().region_at(RegionKind::offload_handle, address);
        const std::uint64_t binding = handle.valid() ? scene.replay().word(handle, handle_offset::ndis_reserved) : 0;
        if (version == 0 || (off & (version == 4 ? 1u : 2u)) == 0 || (binding != 0 && binding != scene.event.subject)) continue;
        report.add(report.draft(scene).block(object.block), scene.who() + " switches connection offload for IPv" + std::to_string(version) + " off while " +
                                                                scene.replay().region_name(object.block) + ", which uses it, is offloaded.");
    }
}

// ---- HS-008 ----

void capabilities_known_before_initiate(const Scene& scene, const Report& report) {
    if (!scene.by_host_stack() || scene.operation->starter != scene.driver || scene.operation->kind != OperationKind::initiate) return;
    const auto driver = scene.model.drivers().find(scene.driver);
    if (driver == scene.model.drivers().end() || !driver->second.capabilities_unknown.valid()) return;
    if (scene.replay().open_bindings(scene.driver) != 1) return;  // which of them has resumed the tree does not say
    report.add(report.draft(scene).block(scene.shape().blocks.front().region),
               scene.who() + " offloads by what it knew before NDIS_STATUS_OFFLOAD_RESUME, which came without capabilities; it has not asked for them since.");
}

void capabilities_read_before_initiate(const Scene& scene, const Report& report) {
    if (!scene.by_host_stack() || scene.operation->starter != scene.driver || scene.operation->kind != OperationKind::initiate) return;
    const auto driver = scene.model.drivers().find(scene.driver);
    if (driver == scene.model.drivers().end() || !driver->second.capabilities_unread.valid() || driver->second.capabilities_unknown.valid()) return;
    if (scene.replay().open_bindings(scene.driver) != 1) return;
    report.add(report.draft(scene).block(scene.shape().blocks.front().region),
               scene.who() + " offloads by the capabilities that came with NDIS_STATUS_OFFLOAD_RESUME and has not asked for them.");
}

// ---- HS-036 ----

void links_count_from_the_start(const Scene& scene, const Report& report) {
    if (!scene.by_host_stack() || scene.operation->starter != scene.driver || scene.operation->kind != OperationKind::terminate) return;
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const Address handle = scene.now->blocks[i].slot_b();
        const Layer layer = scene.shape().blocks[i].layer;
        if (handle == 0 || (layer != Layer::neighbor && layer != Layer::path)) continue;
        for (const OperationRecord* other : scene.model.under_way()) {
            if (other->kind != OperationKind::initiate || other->starter != scene.driver || other->passages.empty()) continue;
            const TreeImage& tree = other->passages.front().at_hand_on;
            if (!tree.taken()) continue;
            const auto& blocks = other->shape().blocks;
            std::size_t k = 0;
            while (k < blocks.size() && (blocks[k].role != Role::linker || tree.blocks[k].slot_b() != handle)) ++k;
            if (k == blocks.size()) continue;
            report.add(report.draft(scene).block(scene.shape().blocks[i].region).operation(*scene.operation),
                       scene.who() + " terminates " + scene.block_name(i) + " while an initiate that links to it is in progress.");
            break;
        }
    }
}

// ---- OT-107 ----

void nothing_asked_back_for_a_lost_link(const Scene& scene, const Report& report) {
    constexpr std::uint64_t retrieve = 3;
    constexpr std::uint32_t upload_requested = 10, hardware_failure = 11;
    const auto& loss = scene.model.link_loss();
    if (!scene.by_offload_target() || !loss.since.valid() || !loss.undisturbed || scene.model.disturbed()) return;
    if (scene.function_name() != "NdisTcpOffloadEventHandler" || scene.event.detail != retrieve) return;
    if (scene.event.argument != hardware_failure && scene.event.argument != upload_requested) return;
    const ObjectRecord* object = scene.model.object(scene.model.host_handle(scene.event.subject));
    if (!object || object->corrupt.valid()) return;
    report.add(report.draft(scene).block(object->block).seen_only(scene.event.argument, 4),
               scene.who() + " asks for " + scene.replay().region_name(object->block) +
                   " back, and nothing has happened but that the link is gone; whether to upload for that is for the host stack to decide.");
}

void lost_link_is_told(const Scene& scene, const Report& report) {
    const auto& loss = scene.model.link_loss();
    const EventId untold = loss.untold.valid() ? loss.untold : loss.told ? EventId{} : loss.since;
    if (!untold.valid() || scene.model.disturbed()) return;
    const LayerIndex target = scene.replay().trace().event(untold).layer;
    report.add(report.draft(scene).by(target).at(untold),
               scene.replay().layer_name(target) + " has lost its link and does not say so with NDIS_STATUS_LINK_STATE.");
}

// ---- OT-110, OT-133 ----

void everything_else_goes_up(const Scene& scene, const Report& report) {
    if (scene.model.disturbed()) return;  // for want of memory a frame is lost like one that is swallowed
    for (const EventId frame : scene.model.ordinary_frames()) {
        if (scene.model.unadvertised(frame)) continue;
        const trace::Event& arrived = scene.replay().trace().event(frame);
        report.add(report.draft(scene).by(arrived.layer).at(frame).block(arrived.region),
                   scene.replay().layer_name(arrived.layer) + " has kept \"" + std::string(scene.replay().trace().text(arrived.name)) +
                       "\" to itself; whatever is no plain segment of an offloaded connection is for the host stack.");
    }
}

void what_is_not_advertised_goes_up(const Scene& scene, const Report& report) {
    if (scene.model.disturbed()) return;
    for (const EventId frame : scene.model.ordinary_frames()) {
        if (!scene.model.unadvertised(frame)) continue;
        const trace::Event& arrived = scene.replay().trace().event(frame);
        report.add(report.draft(scene).by(arrived.layer).at(frame).block(arrived.region).meanings("passed up the ordinary path", "kept"),
                   scene.replay().layer_name(arrived.layer) + " has kept \"" + std::string(scene.replay().trace().text(arrived.name)) +
                       "\" to itself; it has an IPv6 extension header, and the adapter has not advertised SupportIPv6ExtensionHeaders.");
    }
}

// ---- HS-078 ----

// The host stack's own tree, written after the call in which its completion has run: the host stack has released it there, and the
// write shows in the released memory.
void nothing_touched_after_the_completion(const Scene& scene, const Report& report) {
    if (static_cast<trace::FindingKind>(scene.event.detail) != trace::FindingKind::use_after_free || !scene.by_host_stack()) return;
    const AllocationRecord* allocation = scene.replay().allocation(scene.event.subject);
    if (!allocation || !scene.replay().is_host_stack(allocation->owner)) return;
    const auto [block, operation] = scene.model.block_of_past(allocation->address, allocation->address + allocation->size);
    if (!operation || operation->starter != allocation->owner || operation->passages.empty()) return;
    const Passage& own = operation->passages.front();
    if (!own.came_back.valid() || !own.call_returned.valid() || own.call_returned < own.came_back) return;
    report.add(report.draft(scene).operation(*operation).block(block),
               scene.who() + " wrote to the tree of " + scene.replay().region_name(block) +
                   " although its completion has run inside the call that passed it down, and has released it.");
}

// ---- HS-060, OT-121 ----

const ObjectRecord* offloaded_connection(const Scene& scene) {
    for (const auto& [address, object] : scene.model.objects())
        if (is_connection_of_host(scene, object) && !object.terminate_failed) return &object;
    return nullptr;
}

void terminates_begun_before_sleep(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || !enters(scene, "MiniportOidRequest") || scene.event.detail != set_power_oid) return;
    if (!scene.event.region.valid() || scene.replay().word(scene.event.region, 0, 4) == state_d0) return;
    for (const auto& [address, object] : scene.model.objects()) {
        if (!is_connection_of_host(scene, object) || object.state != State::offloaded || object.terminates > 0 || object.terminate_failed) continue;
        report.add(report.draft(scene).by(object.owner).block(object.block),
                   scene.replay().layer_name(object.owner) + " has not begun to terminate " + scene.replay().region_name(object.block) +
                       " when the adapter is sent to sleep.");
    }
}

void awake_until_everything_is_back(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target()) return;
    const bool returns = scene.event.kind == trace::EventKind::leave && scene.function_name() == "MiniportOidRequest" && scene.event.status == 0;
    const bool completes = enters(scene, "NdisMOidRequestComplete") && scene.event.detail == set_power_oid && scene.event.argument == 0;
    if (!completes && (!returns || scene.replay().trace().event(scene.event.partner).detail != set_power_oid)) return;
    const auto driver = scene.model.drivers().find(scene.driver);
    if (driver == scene.model.drivers().end() || driver->second.power_state <= state_d0) return;
    if (const ObjectRecord* object = offloaded_connection(scene))
        report.add(report.draft(scene).block(object->block), scene.who() + " says that it sleeps, and " + scene.replay().region_name(object->block) +
                                                                 " is offloaded still; its terminate has not been completed.");
}

// ---- IM-117 ----

// More than what came from below: the driver asks on its own account.
bool on_its_own_account(const DriverRecord& driver, std::uint64_t status) {
    const auto relay = driver.statuses.find(status);
    return relay != driver.statuses.end() && relay->second.passed_on > relay->second.arrived;
}

void resumes_when_everything_is_back(const Scene& scene, const Report& report) {
    if (!scene.by_intermediate_driver() || !enters(scene, "NdisMIndicateStatusEx") || scene.event.detail != resume_status) return;
    const auto driver = scene.model.drivers().find(scene.driver);
    if (driver == scene.model.drivers().end() || !driver->second.upload_all.valid() || !on_its_own_account(driver->second, upload_all_status)) return;
    for (const auto& [address, object] : scene.model.objects()) {
        if (object.owner != scene.driver || object.layer != Layer::connection || object.state != State::offloaded || object.since > driver->second.upload_all) continue;
        report.add(report.draft(scene).block(object.block), scene.who() + " has asked for everything back and resumes before " +
                                                                scene.replay().region_name(object.block) + " has been terminated.");
        return;
    }
}

void takes_what_was_under_way(const Scene& scene, const Report& report) {
    constexpr std::int32_t resources = static_cast<std::int32_t>(0xC000009A);
    if (!scene.by_intermediate_driver() || scene.operation->kind != OperationKind::initiate || !scene.passage || !scene.passage->completed_locally()) return;
    const auto driver = scene.model.drivers().find(scene.driver);
    if (driver == scene.model.drivers().end() || !driver->second.asked_for_pause.valid() || !on_its_own_account(driver->second, pause_status)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const std::int32_t status = scene.now->blocks[i].status();
        if (status >= 0 || status == resources) continue;
        report.add(report.draft(scene).block(scene.shape().blocks[i].region).statuses(0, status),
                   scene.who() + " has asked for a pause and refuses an initiate that was on its way; it has to take it still.");
        return;
    }
}

}  // namespace

std::span<const Unit> administration_units() {
    static constexpr Unit all[] = {
        {"HS-007", Moment::other_call, nobody_uses_what_is_disabled},
        {"HS-008", Moment::operation_handed_on, capabilities_known_before_initiate},
        {"HS-008", Moment::operation_handed_on, capabilities_read_before_initiate, "read-after-resume"},
        {"HS-036", Moment::operation_handed_on, links_count_from_the_start},
        {"HS-060", Moment::other_call, terminates_begun_before_sleep},
        {"HS-078", Moment::found_by_machine, nothing_touched_after_the_completion},
        {"IM-117", Moment::other_call, resumes_when_everything_is_back},
        {"IM-117", Moment::operation_completed, takes_what_was_under_way},
        {"OT-107", Moment::indication, nothing_asked_back_for_a_lost_link},
        {"OT-107", Moment::run_ended, lost_link_is_told},
        {"OT-110", Moment::run_ended, everything_else_goes_up},
        {"OT-133", Moment::run_ended, what_is_not_advertised_goes_up},
        {"OT-121", Moment::other_call, awake_until_everything_is_back},
    };
    return all;
}

}  // namespace chimneylab::verifier
