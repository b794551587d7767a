// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Capabilities: what the target reports and how it may change that, what the host stack makes of it, and the order in which
// the target visits a tree when there is not room for all of it. Sources: "NDIS_TCP_CONNECTION_OFFLOAD", "Reporting a NIC's
// Connection Offload Capabilities", "Traversing a State Tree".
#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"
#include "engine/verifier/wdk_values.h"

namespace chimneylab::verifier {
namespace {

using State = ObjectRecord::State;

constexpr std::uint32_t families_at = 8, capacity_at = 12;  // in NDIS_TCP_CONNECTION_OFFLOAD


std::uint32_t word_of(const std::vector<std::byte>& bytes, std::uint32_t offset) {
    std::uint32_t value = 0;
    for (std::uint32_t k = 0; k < 4 && offset + k < bytes.size(); ++k) value |= std::to_integer<std::uint32_t>(bytes[offset + k]) << (8 * k);
    return value;
}

bool begins_initiate(const Scene& scene) {
    return scene.by_host_stack() && scene.operation->starter == scene.driver && scene.operation->kind == OperationKind::initiate;
}

// What the layer below the host stack said last; nullptr when the trace does not tell.
const std::vector<std::byte>* capabilities_below(const Scene& scene) {
    const auto below = scene.model.drivers().find(static_cast<LayerIndex>(scene.driver + 1));
    return below == scene.model.drivers().end() || below->second.capabilities.empty() ? nullptr : &below->second.capabilities;
}

void within_the_capabilities(const Scene& scene, const Report& report) {
    constexpr unsigned supported = 1, ipv4_at = 0, ipv6_at = 2, sack_at = 6;
    constexpr std::uint64_t sack_flag = 0x02;
    const std::vector<std::byte>* told = begins_initiate(scene) ? capabilities_below(scene) : nullptr;
    if (!told) return;
    const auto offers = [&](unsigned bit) { return ((word_of(*told, families_at) >> bit) & 3) == supported; };
    for (std::size_t i = 0; i < scene.shape().blocks.size(); ++i) {
        const BlockRef& block = scene.shape().blocks[i];
        const BlockImage& image = scene.now->blocks[i];
        if (block.role != Role::new_offload || image.following.empty()) continue;
        const StateParts parts = parts_of(image.type());
        const char* wanted = image.type() == 8 && !offers(ipv4_at)    ? "IPv4"
                             : image.type() == 12 && !offers(ipv6_at) ? "IPv6"
                             : parts.layer == Layer::connection && parts.constant != StateParts::none && !offers(sack_at) &&
                                     (state_word(image, parts.constant + tcp_state::const_flags, 2) & sack_flag) != 0
                                 ? "SACK"
                                 : nullptr;
        if (wanted)
            report.add(report.draft(scene).block(block.region).member("Header.Type", 0).seen_only(image.type(), 1),
                       scene.who() + " offloads " + scene.block_name(i) + ", for which the adapter would have to support " + wanted + "; it has not said so.");
    }
}

void within_the_capacity(const Scene& scene, const Report& report) {
    const std::vector<std::byte>* told = begins_initiate(scene) ? capabilities_below(scene) : nullptr;
    if (!told) return;
    std::uint32_t there = 0, more = 0;
    for (const auto& [address, object] : scene.model.objects())
        if (object.owner == scene.driver && object.layer == Layer::connection && object.exists()) ++there;
    for (const BlockRef& block : scene.shape().blocks)
        if (block.role == Role::new_offload && block.layer == Layer::connection) ++more;
    const std::uint32_t most = word_of(*told, capacity_at);
    // With several adapters of one layer the room of each is its own, and which one this is the tree does not say.
    if (more == 0 || there + more <= most || scene.replay().open_bindings(scene.driver) > 1) return;
    report.add(report.draft(scene).block(scene.shape().blocks.front().region).values(most, there + more, 4),
               scene.who() + " would have " + std::to_string(there + more) + " connections offloaded on an adapter that takes " + std::to_string(most) + ".");
}

void alone_on_the_adapter(const Scene& scene, const Report& report) {
    if (scene.function_name() != "NdisOidRequest" || scene.event.kind != trace::EventKind::enter || scene.event.detail != wdk::connection_offload_parameters || scene.event.argument != 1)
        return;
    const BindingRecord* binding = scene.replay().binding(scene.event.subject);
    if (!binding || binding->adapter == 0) return;
    const auto first = scene.model.enabled_by().find(binding->adapter);
    if (first == scene.model.enabled_by().end() || first->second == scene.event.subject) return;
    // A protocol binds an adapter once, so that two bindings are two protocols, of one driver or of two.
    const BindingRecord* before = scene.replay().binding(first->second);
    if (!before || before->closed.valid()) return;
    report.add(report.draft(scene), scene.who() + " enables connection offload on an adapter on which " +
                                        (before->owner == scene.driver ? std::string("another protocol of it") : std::string(scene.replay().layer_name(before->owner))) +
                                        " has it enabled already.");
}

void takes_its_parameters(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || scene.function_name() != "MiniportOidRequest" || scene.event.kind != trace::EventKind::leave) return;
    const trace::Event& call = scene.replay().trace().event(scene.event.partner);
    if (call.detail != wdk::connection_offload_parameters || call.argument != 1 || scene.event.status != wdk::not_supported) return;
    const auto driver = scene.model.drivers().find(scene.driver);
    if (driver == scene.model.drivers().end() || driver->second.capabilities.empty()) return;  // offers no connection offload
    report.add(report.draft(scene).statuses(0, scene.event.status),
               scene.who() + " offers connection offload and does not take OID_TCP_CONNECTION_OFFLOAD_PARAMETERS, by which it is switched on.");
}

void changed_by_pause_and_resume(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || scene.function_name() != "NdisMIndicateStatusEx" || scene.event.detail != wdk::offload_resume) return;
    const auto driver = scene.model.drivers().find(scene.driver);
    if (driver == scene.model.drivers().end() || driver->second.capabilities.empty() || driver->second.asked_for_pause.valid() || driver->second.administered) return;
    const auto now = scene.replay().bytes(scene.event.region);
    if (!scene.event.region.valid() || now.size() < driver->second.capabilities.size()) return;
    if (std::equal(driver->second.capabilities.begin(), driver->second.capabilities.end(), now.begin())) return;
    report.add(report.draft(scene).block(scene.event.region).bytes(driver->second.capabilities, now.first(driver->second.capabilities.size())),
               scene.who() + " resumes with other capabilities than it reported last, and has not asked for a pause before.");
}

// The contexts of what it stores are allocated in the order of the visit. A target that takes them from a reserve of its own
// does not show it.
void visited_depth_first(const Scene& scene, const Report& report) {
    if (!scene.by_offload_target() || scene.operation->kind != OperationKind::initiate || !scene.passage->at_arrival.taken()) return;
    EventId last;
    std::size_t before = 0;
    std::set<Address> seen;
    for (const BlockImage& block : scene.now->blocks)
        if (block.handle_context != 0 && !seen.insert(block.handle_context).second) return;  // one context for two: OT-018
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        if (scene.shape().blocks[i].role != Role::new_offload || scene.now->blocks[i].status() < 0) continue;
        const AllocationRecord* context = scene.replay().allocation(scene.now->blocks[i].handle_context);
        if (!context || !context->live() || context->owner != scene.driver || context->allocated < scene.passage->arrived) continue;
        if (last.valid() && context->allocated < last) {
            report.add(report.draft(scene).block(scene.shape().blocks[i].region),
                       scene.who() + " stored " + scene.block_name(i) + " before " + scene.block_name(before) +
                           ", which comes before it when a tree is visited depth first, breadth next.");
            return;
        }
        last = context->allocated;
        before = i;
    }
}

// ---- reasons ----

bool completes_initiate(const Scene& scene) {
    return scene.by_offload_target() && scene.operation->kind == OperationKind::initiate && scene.passage->at_arrival.taken() &&
           !scene.model.room().empty() && !scene.model.disturbed();
}

std::size_t initiates_under_way(const Scene& scene) {
    return static_cast<std::size_t>(std::ranges::count_if(scene.model.under_way(), [](const OperationRecord* each) { return each->kind == OperationKind::initiate; }));
}

// The first block that could not be stored, when it is known that there was no room for it: what comes after it may not have been
// attempted at all.
void reason_is_told(const Scene& scene, const Report& report) {
    constexpr std::int32_t failure = static_cast<std::int32_t>(0xC0000001), resources = static_cast<std::int32_t>(0xC000009A);
    constexpr std::array<std::int32_t, 4> entries{0, static_cast<std::int32_t>(0xC0231006), static_cast<std::int32_t>(0xC0231005), static_cast<std::int32_t>(0xC0231004)};
    if (!completes_initiate(scene) || initiates_under_way(scene) != 1) return;
    std::array<std::uint32_t, 4> there{};
    std::uint32_t all_there = 0;
    for (const auto& [address, object] : scene.model.objects())
        if (object.lower == 0 && object.state == State::offloaded) {
            ++there[static_cast<std::size_t>(object.layer)];
            ++all_there;
        }
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const BlockRef& block = scene.shape().blocks[i];
        if (block.role != Role::new_offload || block.layer == Layer::unknown) continue;
        const auto layer = static_cast<std::size_t>(block.layer);
        if (scene.now->blocks[i].status() >= 0) {
            ++there[layer];
            ++all_there;
            continue;
        }
        const std::int32_t reason = there[layer] >= scene.model.room()[layer - 1] ? entries[layer]
                                    : all_there >= scene.model.room()[Model::host_memory_objects] ? resources : 0;
        if (reason != 0 && scene.now->blocks[i].status() == failure)
            report.add(report.draft(scene).block(block.region).member("Status", block_offset::status).statuses(reason, failure),
                       scene.who() + " fails " + scene.block_name(i) + " without saying why, though there is no room left for it.");
        return;
    }
}

template <typename Look>
void each_new_neighbor(const Scene& scene, Look look) {
    if (!completes_initiate(scene)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const BlockImage& image = scene.now->blocks[i];
        if (scene.shape().blocks[i].role == Role::new_offload && image.type() == 4 && !image.following.empty()) look(i, image, image.status());
    }
}

void vlans_match(const Scene& scene, const Report& report) {
    constexpr std::uint32_t vlan_at = 0x28;  // in NEIGHBOR_OFFLOAD_STATE_CONST
    constexpr std::int32_t mismatch = static_cast<std::int32_t>(0xC023100D);
    each_new_neighbor(scene, [&](std::size_t i, const BlockImage& image, std::int32_t status) {
        const std::uint32_t configured = scene.model.room()[Model::interface_vlan_id];
        const auto vlan = static_cast<std::uint32_t>(state_word(image, vlan_at, 4) & 0xFFF);
        const bool differs = vlan != 0 && configured != 0 && vlan != configured;
        if ((status == mismatch) == differs || (differs && status < 0)) return;
        report.add(report.draft(scene).block(scene.shape().blocks[i].region).member("Status", block_offset::status).statuses(differs ? mismatch : 0, status),
                   scene.block_name(i) + (differs ? " is in another VLAN than the interface, and is offloaded." : " is failed for its VLAN, which is no other than that of the interface."));
    });
}

void source_addresses_are_honoured(const Scene& scene, const Report& report) {
    constexpr std::uint32_t source_at = 0x08;
    each_new_neighbor(scene, [&](std::size_t i, const BlockImage& image, std::int32_t status) {
        const std::uint64_t source = state_word(image, source_at, 8) & 0xFFFFFFFFFFFF;
        if (source == 0 || status < 0 || scene.model.room()[Model::source_hardware_addresses] != 0) return;
        report.add(report.draft(scene).block(scene.shape().blocks[i].region).member("DlSourceAddress", source_at).seen_only(source, 6),
                   scene.block_name(i) + " wants a source address of its own, the adapter has none to give, and it is offloaded all the same.");
    });
}

}  // namespace

std::span<const Unit> capability_units() {
    static constexpr Unit all[] = {
        {"HS-005", Moment::operation_handed_on, within_the_capabilities},
        {"HS-006", Moment::operation_handed_on, within_the_capacity},
        {"HS-079", Moment::other_call, alone_on_the_adapter},
        {"OT-006", Moment::other_call, takes_its_parameters},
        {"OT-007", Moment::other_call, changed_by_pause_and_resume},
        {"OT-017", Moment::operation_completed, visited_depth_first},
        {"OT-024", Moment::operation_completed, reason_is_told},
        {"OT-025", Moment::operation_completed, vlans_match},
        {"OT-026", Moment::operation_completed, source_addresses_are_honoured},
    };
    return all;
}

}  // namespace chimneylab::verifier
