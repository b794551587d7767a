// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The part of the Model that is about adapters and drivers as a whole: registration, requests, statuses, capabilities, the link, and
// what comes in for the host stack.
#include <cstddef>

#include "engine/tcp/frame.h"
#include "engine/verifier/model.h"

namespace chimneylab::verifier {

std::uint64_t Model::adapter_being_initialized(LayerIndex layer) const {
    const EventId frame = replay_->frame_of(layer);
    const bool initializing = frame.valid() && replay_->trace().text(replay_->trace().event(frame).name) == "MiniportInitializeEx";
    return initializing ? replay_->trace().event(frame).subject : replay_->event().subject;
}

// At the return of NdisSetOptionalHandlers and of NdisMGetOffloadHandlers.
void Model::registration(const trace::Event& event) {
    DriverRecord& driver = drivers_[event.other_layer];
    const bool accepted = event.status >= 0;
    if (replay_->trace().text(event.name) == "NdisMGetOffloadHandlers") {
        const std::uint64_t adapter = adapter_being_initialized(event.other_layer);
        if (!accepted) {
            driver.offload_handlers_failed = replay_->now();
            return;
        }
        driver.offload_handlers[adapter] = replay_->now();
        ++driver.offload_handler_calls[adapter];
        return;
    }
    if (!accepted || !event.region.valid() || replay_->trace().region(event.region).kind != RegionKind::handler_table) return;
    const auto type = static_cast<std::uint8_t>(replay_->word(event.region, 0, 1));
    driver.tables[type] = {event.partner, type};
}

// MiniportOidRequest and NdisOidRequest carry the OID, ProtocolStatusEx and NdisMIndicateStatusEx the status in `detail`.
void Model::request_or_status(const trace::Event& event) {
    const std::string_view name = replay_->trace().text(event.name);
    const auto arrives = [&](DriverRecord::Relay& relay, std::uint32_t times) {
        if (relay.arrived == 0) relay.first = replay_->now();
        relay.arrived += times;
    };
    constexpr std::uint64_t parameters = 0xFC030201, set = 1;
    constexpr std::uint64_t pause = 0x40020001, upload_all = 0x40020002, resume = 0x40020003, hardware = 0x4002000B;
    constexpr std::uint64_t administrator = 0xFC01020C;
    if (name == "NdisOidRequest" && event.detail == parameters && event.argument == set)
        if (const BindingRecord* binding = replay_->binding(event.subject); binding && binding->adapter != 0)
            if (const auto [at, first] = enabled_by_.try_emplace(binding->adapter, event.subject); !first)
                if (const BindingRecord* before = replay_->binding(at->second); before && before->closed.valid()) at->second = event.subject;
    if (name == "MiniportOidRequest" && event.detail == administrator) drivers_[event.layer].administered = true;
    if (name == "NdisMIndicateStatusEx" && event.detail == pause) drivers_[event.other_layer].asked_for_pause = replay_->now();
    if (name == "NdisMIndicateStatusEx" && (event.detail == resume || event.detail == hardware)) {
        DriverRecord& driver = drivers_[event.other_layer];
        driver.administered = !event.region.valid() && (driver.administered || driver.asked_for_pause.valid());
        if (event.detail == resume) driver.asked_for_pause = {};
        capabilities_reported(event);
    }
    constexpr std::uint64_t link_state = 0x40010017, current_config = 0xFC01020E, hardware_config = 0xFC01020F, set_power = 0xFD010101, query = 0;
    if (name == "ProtocolStatusEx" && event.detail == resume) drivers_[event.layer].capabilities_unread = replay_->now();
    if (name == "ProtocolStatusEx" && event.detail == resume)
        drivers_[event.layer].capabilities_unknown = event.region.valid() ? EventId{} : replay_->now();
    if (name == "NdisOidRequest" && event.argument == query && (event.detail == current_config || event.detail == hardware_config))
        drivers_[event.other_layer].capabilities_unknown = drivers_[event.other_layer].capabilities_unread = {};
    if (name == "MiniportOidRequest" && event.detail == set_power && event.region.valid())
        drivers_[event.layer].power_state = static_cast<std::uint32_t>(replay_->word(event.region, 0, 4));
    if (name == "NdisMIndicateStatusEx" && event.detail == link_state && replay_->is_offload_target(event.other_layer)) link_loss_.told = true;
    if (name == "ProtocolStatusEx" && event.detail == upload_all) drivers_[event.layer].told_upload_all = replay_->now();
    if (name == "NdisOidRequest" && event.detail == parameters && event.argument == set)
        drivers_[event.other_layer].configured.insert(event.subject);
    if (name == "MiniportOidRequest" && event.detail == parameters && event.argument == set) drivers_[event.layer].was_configured = true;
    if (name == "ProtocolStatusEx" && (event.detail == pause || event.detail == upload_all)) drivers_[event.layer].paused.insert(event.subject);
    if (name == "ProtocolStatusEx" && event.detail == resume) drivers_[event.layer].paused.erase(event.subject);
    if (name == "NdisMIndicateStatusEx" && event.detail == upload_all) drivers_[event.other_layer].upload_all = replay_->now();
    if (name == "MiniportOidRequest") arrives(drivers_[event.layer].requests[event.detail], 1);
    else if (name == "NdisOidRequest") ++drivers_[event.other_layer].requests[event.detail].passed_on;
    else if (name == "ProtocolStatusEx")
        arrives(drivers_[event.layer].statuses[event.detail], static_cast<std::uint32_t>(drivers_[event.layer].adapters.size()));
    else if (name == "NdisMIndicateStatusEx") ++drivers_[event.other_layer].statuses[event.detail].passed_on;
}

void Model::capabilities_reported(const trace::Event& event) {
    constexpr std::size_t size = 20;  // NDIS_TCP_CONNECTION_OFFLOAD, revision 1
    const auto bytes = replay_->bytes(event.region);
    if (!event.region.valid() || bytes.size() < size) return;
    DriverRecord& driver = drivers_[event.other_layer];
    driver.capabilities.assign(bytes.begin(), bytes.begin() + size);
    driver.capabilities_reported = replay_->now();
}

void Model::room_told(const trace::Event& event) {
    if (!event.region.valid() || replay_->trace().text(replay_->trace().region(event.region).label) != "capacities") return;
    room_.assign(rooms, 0);
    for (std::size_t i = 0; i < rooms; ++i) room_[i] = static_cast<std::uint32_t>(replay_->word(event.region, static_cast<std::uint32_t>(4 * i), 4));
}

void Model::frame_arrived(const trace::Event& event) {
    if (!replay_->is_offload_target(event.layer) || event.kind != trace::EventKind::frame_received || !event.region.valid()) return;
    last_frame_ = replay_->now();
    const auto bytes = replay_->trace().initial_bytes(replay_->trace().region(event.region));
    if (adapter_paused_ || bytes.size() < 14) return;
    chimney_frame frame;
    const auto kind = chimney_frame_parse(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), &frame);
    if (kind != CHIMNEY_FRAME_OTHER && kind != CHIMNEY_FRAME_OPTIONS && kind != CHIMNEY_FRAME_FRAGMENT) return;
    if (const auto& told = drivers_[event.layer].capabilities; kind == CHIMNEY_FRAME_OPTIONS && frame.route.ip_version == 6 && !told.empty()) {
        constexpr std::size_t families = 8;  // in NDIS_TCP_CONNECTION_OFFLOAD: two bits for each, the third are extension headers
        if (((std::to_integer<unsigned>(told[families]) >> 4) & 3) == 1) return;
        unadvertised_.insert(replay_->now());
    }
    ordinary_frames_.push_back(replay_->now());
}

// What is passed up inside the interrupt of a frame is that frame; what comes later has been put off, and is the oldest that waits.
void Model::adapter_called(const trace::Event& event) {
    const std::string_view name = replay_->trace().text(event.name);
    if (name == "MiniportPause" && replay_->is_offload_target(event.layer)) adapter_paused_ = true;
    if (name == "MiniportRestart" && replay_->is_offload_target(event.layer)) adapter_paused_ = false;
    if (name != "NdisMIndicateReceiveNetBufferLists" || !replay_->is_offload_target(event.other_layer) || ordinary_frames_.empty()) return;
    const EventId frame = replay_->frame_of(event.other_layer);
    const bool at_once = frame.valid() && replay_->trace().text(replay_->trace().event(frame).name) == "MiniportInterruptDPC";
    if (at_once) std::erase(ordinary_frames_, last_frame_);
    else ordinary_frames_.erase(ordinary_frames_.begin());
}

void Model::link_told(const trace::Event& event) {
    if (!event.region.valid() || replay_->trace().text(replay_->trace().region(event.region).label) != "link") return;
    LinkLoss now;
    now.untold = link_loss_.since.valid() && !link_loss_.told && !link_loss_.untold.valid() ? link_loss_.since : link_loss_.untold;
    if (replay_->word(event.region, 0, 4) == 0) now.since = replay_->now();
    link_loss_ = now;
}

}  // namespace chimneylab::verifier
