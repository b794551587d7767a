// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Indications as they pass: forwarded once, with the same arguments and the same answer; received data that is shown, accepted
// and returned; the question about a neighbor, answered inside the call.
#include <algorithm>
#include <string>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"
#include "engine/verifier/wdk_values.h"

namespace chimneylab::verifier {
namespace {

constexpr std::uint32_t neighbor_state = 4;

std::string list_name(const Scene& scene, RegionId list) { return list.valid() ? "NET_BUFFER_LIST " + scene.replay().region_name(list) : "a NET_BUFFER_LIST"; }

// The calls of one function that a driver made inside the handler that is now returning: their enters.
std::vector<EventId> calls_inside(const Scene& scene, std::string_view function) {
    std::vector<EventId> calls;
    const trace::Trace& trace = scene.replay().trace();
    for (std::uint32_t at = scene.event.partner.value + 1; at < scene.id.value; ++at) {
        const trace::Event& event = trace.event(EventId(at));
        if (event.kind == trace::EventKind::enter && event.parent == scene.event.partner && event.other_layer == scene.driver &&
            trace.text(event.name) == function)
            calls.push_back(EventId(at));
    }
    return calls;
}

EventId leave_of(const Scene& scene, EventId enter) { return scene.replay().trace().closed_by(enter); }

void event_forwarded_once(const Scene& scene, const Report& report) {
    if (!scene.by_intermediate_driver() || !scene.is("ProtocolTcpOffloadEvent")) return;
    const auto calls = calls_inside(scene, "NdisTcpOffloadEventHandler");
    const ObjectRecord* object = scene.model.object(scene.event.subject);
    const RegionId about = object ? object->block : RegionId{};
    const trace::Event& given = scene.replay().trace().event(scene.event.partner);
    if (calls.size() != 1) {
        report.add(report.draft(scene).block(about).values(1, calls.size(), 4),
                   scene.who() + (calls.empty() ? " keeps an event of " : " passes an event of ") +
                       (about.valid() ? scene.replay().region_name(about) : std::string("a connection")) +
                       (calls.empty() ? " to itself." : " up " + std::to_string(calls.size()) + " times."));
        return;
    }
    const trace::Event& passed = scene.replay().trace().event(calls.front());
    if (passed.detail != given.detail)
        report.add(report.draft(scene).at(calls.front()).block(about).values(given.detail, passed.detail, 4),
                   scene.who() + " passes an event on as one of another type.");
    if (passed.argument != given.argument)
        report.add(report.draft(scene).at(calls.front()).block(about).values(given.argument, passed.argument, 4),
                   scene.who() + " passes an event on with another EventSpecificInformation.");
}

void data_passed_through(const Scene& scene, const Report& report) {
    if (!scene.by_intermediate_driver() || !scene.is("ProtocolTcpOffloadReceiveIndicate")) return;
    const auto calls = calls_inside(scene, "NdisTcpOffloadReceiveHandler");
    const trace::Event& given = scene.replay().trace().event(scene.event.partner);
    const RegionId list = given.region;
    if (calls.size() != 1) {
        report.add(report.draft(scene).block(list).values(1, calls.size(), 4),
                   scene.who() + (calls.empty() ? " answers for the host stack: it does not pass " : " passes ") + list_name(scene, list) +
                       (calls.empty() ? " up." : " up " + std::to_string(calls.size()) + " times."));
        return;
    }
    const trace::Event& passed = scene.replay().trace().event(calls.front());
    const EventId back = leave_of(scene, calls.front());
    if (passed.detail != given.detail)
        report.add(report.draft(scene).at(calls.front()).block(list).values(given.detail, passed.detail),
                   scene.who() + " passes another NET_BUFFER_LIST up than the one it was shown.");
    if (passed.argument != given.argument)
        report.add(report.draft(scene).at(calls.front()).block(list)
                       .statuses(static_cast<std::int32_t>(given.argument), static_cast<std::int32_t>(passed.argument)),
                   scene.who() + " passes received data up with another Status.");
    if (!back.valid()) return;
    const trace::Event& answer = scene.replay().trace().event(back);
    if (answer.status != scene.event.status)
        report.add(report.draft(scene).block(list).statuses(answer.status, scene.event.status),
                   scene.who() + " was told " + trace::status_text(answer.status) + " and returns " + trace::status_text(scene.event.status) + ".");
    if (answer.argument != scene.event.argument)
        report.add(report.draft(scene).block(list).values(answer.argument, scene.event.argument, 4),
                   scene.who() + " returns with another BytesConsumed than the driver above has written.");
}

void shown_alone(const Scene& scene, const Report& report) {
    if (!scene.is("NdisTcpOffloadReceiveHandler")) return;
    const EventId frame = scene.replay().frame_of(scene.driver);
    const bool forwards = scene.by_intermediate_driver() && frame.valid() &&
                          scene.replay().trace().event(frame).detail == scene.event.detail;
    if (forwards) return;  // it was given it so
    if (scene.event.argument != 0)
        report.add(report.draft(scene).block(scene.event.region).statuses(0, static_cast<std::int32_t>(scene.event.argument)),
                   scene.who() + " shows received data with a Status other than NDIS_STATUS_SUCCESS.");
    if (const std::uint64_t next = scene.replay().word(scene.event.region, net_buffer_list_offset::next); next != 0)
        report.add(report.draft(scene).block(scene.event.region).member("Next", net_buffer_list_offset::next).values(0, next),
                   scene.who() + " shows " + list_name(scene, scene.event.region) + " with another one behind it.");
}

// SUCCESS and everything, NOT_ACCEPTED and nothing, PARTIALLY_ACCEPTED and something in between.
void answer_agrees(const Scene& scene, const Report& report) {
    if (!scene.is("ProtocolTcpOffloadReceiveIndicate")) return;
    const trace::Event& given = scene.replay().trace().event(scene.event.partner);
    const LentRecord* record = scene.model.lists().lent(given.detail);
    const auto agrees = [&](std::int32_t status, std::uint64_t bytes) {
        if (status == 0) return record ? bytes == record->length : true;
        if (status == wdk::not_accepted) return bytes == 0;
        if (status == wdk::partially_accepted) return bytes > 0 && (!record || bytes < record->length);
        return false;
    };
    if (agrees(scene.event.status, scene.event.argument)) return;
    if (scene.by_intermediate_driver())
        for (const EventId call : calls_inside(scene, "NdisTcpOffloadReceiveHandler"))
            if (const EventId back = leave_of(scene, call); back.valid()) {
                const trace::Event& told = scene.replay().trace().event(back);
                if (told.status == scene.event.status && told.argument == scene.event.argument) return;  // what it was told
            }
    report.add(report.draft(scene).block(given.region).seen_only(scene.event.argument, 4),
               scene.who() + " answers " + trace::status_text(scene.event.status) + " with BytesConsumed " + std::to_string(scene.event.argument) +
                   (record ? " for " + std::to_string(record->length) + " bytes." : "."));
}

void only_lent_data_returned(const Scene& scene, const Report& report) {
    if (!scene.is("NdisOffloadTcpReceiveReturn")) return;
    for (const auto& [address, region] : scene.model.lists().chain(scene.event.detail)) {
        const LentRecord* record = scene.model.lists().lent(address);
        const LentRecord::Through* through = record ? record->at(scene.driver) : nullptr;
        const bool passes_on = scene.by_intermediate_driver() && through && through->returned_to.valid();
        const bool twice = passes_on ? through->passed_on.valid() : record && record->state == LentRecord::State::returned;
        const bool refused = record && record->state == LentRecord::State::refused;
        if (record && !twice && !refused && (!scene.by_intermediate_driver() || passes_on)) continue;
        report.add(report.draft(scene).block(region),
                   scene.who() + " returns " + list_name(scene, region) +
                       (!record  ? ", which was not lent to it."
                        : twice   ? " a second time."
                        : refused ? ", which had been refused: it is the driver's below."
                                  : ", which the driver above has not returned."));
    }
}

void question_about_a_neighbor(const Scene& scene, const Report& report) {
    if (!scene.is("NdisMOffloadEventIndicate") || scene.by_intermediate_driver()) return;
    const std::uint64_t block = scene.event.detail;
    const RegionId region = scene.event.region;
    if (scene.event.argument != wdk::reachability_query) {
        if (block != 0) report.add(report.draft(scene).block(region).values(0, block), scene.who() + " indicates a code that carries no block with one.");
        return;
    }
    const auto complain = [&](std::string_view member, std::uint32_t offset, std::uint64_t wanted, std::uint64_t seen, std::uint32_t size) {
        report.add(report.draft(scene).block(region).member(member, offset).values(wanted, seen, size),
                   scene.who() + " asks about a neighbor with a block whose " + std::string(member) + " is not as it should be.");
    };
    if (block == 0) report.add(report.draft(scene).seen_only(0), scene.who() + " asks about a neighbor without a block.");
    if (!region.valid()) return;
    const auto word = [&](std::uint32_t offset, std::uint32_t size = 8) { return scene.replay().word(region, offset, size); };
    if (const auto type = word(block_offset::type, 1); type != neighbor_state) complain("Header", block_offset::type, neighbor_state, type, 1);
    if (const auto next = word(block_offset::next_block); next != 0) complain("NextBlock", block_offset::next_block, 0, next, 8);
    if (const auto below = word(block_offset::dependent_block_list); below != 0)
        complain("DependentBlockList", block_offset::dependent_block_list, 0, below, 8);
    if (const auto status = word(block_offset::status, 4); status != 0) complain("Status", block_offset::status, 0, status, 4);
    if (word(block_offset::type, 1) == neighbor_state && !scene.replay().following_state_of(region).valid())
        report.add(report.draft(scene).block(region), scene.who() + " asks about a neighbor without its state behind the block.");
}

void question_passed_on_at_once(const Scene& scene, const Report& report) {
    if (!scene.by_intermediate_driver() || !scene.is("ProtocolIndicateOffloadEvent")) return;
    const trace::Event& given = scene.replay().trace().event(scene.event.partner);
    if (given.argument != wdk::reachability_query) return;
    const auto calls = calls_inside(scene, "NdisMOffloadEventIndicate");
    if (calls.empty()) {
        report.add(report.draft(scene).block(given.region),
                   scene.who() + " does not pass the question about a neighbor up while the driver below waits: the host stack cannot answer.");
        return;
    }
    if (!given.region.valid()) return;
    const trace::Trace& trace = scene.replay().trace();
    // Slot B goes up as the handle of the driver above and comes down as it was.
    const auto slot_b_at = [&](EventId at) {
        std::uint64_t value = scene.replay().word(given.region, block_offset::slot_b);
        for (std::uint32_t event = scene.id.value; event > at.value; --event)
            for (const trace::Change& change : trace.changes(trace.event(EventId(event))))
                if (change.region == given.region && change.offset < block_offset::slot_b + 8 && change.offset + change.length > block_offset::slot_b) {
                    const auto before = trace.before(change);
                    for (std::uint32_t k = 0; k < change.length; ++k)
                        if (const std::uint32_t offset = change.offset + k; offset >= block_offset::slot_b && offset < block_offset::slot_b + 8) {
                            const unsigned shift = 8 * (offset - block_offset::slot_b);
                            value = (value & ~(std::uint64_t{0xFF} << shift)) | std::to_integer<std::uint64_t>(before[k]) << shift;
                        }
                }
        return value;
    };
    const std::uint64_t came = slot_b_at(scene.event.partner), went = slot_b_at(calls.front());
    const std::uint64_t left = scene.replay().word(given.region, block_offset::slot_b);
    const ObjectRecord* own = scene.model.object(came);
    if (own && own->owner == scene.driver && went != own->upper)
        report.add(report.draft(scene).at(calls.front()).block(given.region).member("NdisOffloadHandle", block_offset::slot_b).values(own->upper, went),
                   scene.who() + " passes the question about " + scene.replay().region_name(own->block) + " up without the handle of the driver above.");
    if (left != came)
        report.add(report.draft(scene).block(given.region).member("OffloadHandle", block_offset::slot_b).values(came, left),
                   scene.who() + " does not put the handle back into the block of the driver below.");
}

// One after the other, on one connection, at the driver that makes them.
void data_comes_one_by_one(const Scene& scene, const Report& report) {
    const bool completion = scene.is("NdisTcpOffloadReceiveComplete");
    if (!completion && !scene.is("NdisTcpOffloadReceiveHandler")) return;
    const trace::Trace& trace = scene.replay().trace();
    const auto connection = [&](EventId call) -> Address {
        if (trace.text(trace.event(call).name) == "NdisTcpOffloadReceiveHandler") return scene.model.host_handle(trace.event(call).subject);
        const Model::Completion* open = scene.model.completion(call);
        return open ? open->handle : 0;
    };
    const Address mine = connection(scene.id);
    if (mine == 0) return;
    bool inside_other_handler = false;
    for (EventId at = scene.event.parent; at.valid(); at = trace.event(at).parent) {
        const trace::Event& open = trace.event(at);
        if (open.kind != trace::EventKind::enter) continue;
        if (open.layer == scene.driver && scene.by_intermediate_driver()) {
            const std::string_view handler = trace.text(open.name);
            if (handler == "ProtocolTcpOffloadReceiveComplete" || handler == "ProtocolTcpOffloadReceiveIndicate") inside_other_handler = true;
        }
        if (inside_other_handler) return;  // it only passes on
        const std::string_view function = trace.text(open.name);
        const bool same_kind = function == "NdisTcpOffloadReceiveComplete" || function == "NdisTcpOffloadReceiveHandler";
        if (!same_kind || open.other_layer != scene.driver || connection(at) != mine) continue;
        report.add(report.draft(scene).block(scene.event.region),
                   scene.who() + " calls " + std::string(scene.function_name()) + " inside its own " + std::string(function) + " of the same connection.");
        return;
    }
}

void everything_back_before_the_end(const Scene& scene, const Report& report) {
    const std::string_view name = scene.function_name();
    const bool closes = name == "NdisCloseAdapterEx";
    if (!closes && name != "MiniportHaltEx") return;
    for (const auto& [address, record] : scene.model.lists().lent_lists()) {
        if (record.state == LentRecord::State::refused || record.state == LentRecord::State::shown) continue;
        const LentRecord::Through* through = record.at(scene.driver);
        const bool open = closes && through && through->binding == scene.event.subject && !through->passed_on.valid();
        if (!open) continue;
        report.add(report.draft(scene).block(record.region).at_host(record.buffered ? "HS-057" : "HS-068"),
                   scene.who() + " closes the binding over which " + list_name(scene, record.region) + " was lent and has not gone back.");
    }
}

}  // namespace

std::span<const Unit> received_data_units() {
    static constexpr Unit all[] = {
        {"IM-091", Moment::indication_answered, event_forwarded_once},
        {"IM-092", Moment::indication_answered, data_passed_through},
        {"IM-093", Moment::indication, shown_alone},
        {"IM-094", Moment::indication_answered, answer_agrees},
        {"IM-096", Moment::transfer, only_lent_data_returned},
        {"IM-097", Moment::indication, question_about_a_neighbor},
        {"IM-098", Moment::indication_answered, question_passed_on_at_once},
        {"IM-099", Moment::indication, data_comes_one_by_one},
        {"IM-099", Moment::transfer, data_comes_one_by_one},
        {"IM-100", Moment::other_call, everything_back_before_the_end},
    };
    return all;
}

}  // namespace chimneylab::verifier
