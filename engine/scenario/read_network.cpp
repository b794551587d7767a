// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The modelled network: its settings, the steps of the peers, and what is expected to have arrived.
#include "engine/scenario/scenario_reader.h"

namespace chimneylab::scenario {

// `from` gives what the mapping leaves out.
network::LinkSettings ScenarioReader::read_link(const Node& node, const network::LinkSettings& from) {
    network::LinkSettings link = from;
    const MappingFields fields(node, mapping_format("network"), problems_);
    const auto percent = [&](std::string_view key, unsigned& member, std::uint64_t most) {
        if (const auto value = fields_.number(fields.find(key), key, 0, most)) member = static_cast<unsigned>(*value);
    };
    if (const auto delay = fields_.duration(fields.find("delay"), "the delay of the link")) link.delay = *delay;
    if (const auto delay = fields_.duration(fields.find("reordering_delay"), "the delay of a reordered frame"))
        link.reordering_delay = *delay;
    percent("loss", link.loss_percent, 95);  // beyond that nobody would live to see the end
    percent("duplication", link.duplication_percent, 100);
    percent("reordering", link.reordering_percent, 100);
    if (const auto count = fields_.number(fields.find("peer_retransmissions"), "the retransmissions of a peer", 1, 255))
        link.peer_retransmissions = static_cast<unsigned>(*count);
    if (const auto seed = fields_.number(fields.find("seed"), "the seed of the link", 0, 0xFFFFFFFF)) link.seed = *seed;
    return link;
}

void ScenarioReader::read_network_step(Step& step, const MappingFields& fields, const Node& value) {
    if (!scenario_.machine.network) {
        fields_.problem(value, "the machine of this scenario has no network", "Add 'network: {}' to its machine.");
        return;
    }
    switch (step.action) {
        case StepAction::network:
            step.link = read_link(value, last_link_ ? *last_link_ : *scenario_.machine.network);
            last_link_ = step.link;
            return;
        case StepAction::lose:
            if (const auto frames = fields_.number(&value, "the number of frames", 1, 1000))
                step.frames = static_cast<unsigned>(*frames);
            if (const Node* direction = fields.find("direction")) {
                step.to_target = direction->scalar == "to target";
                if (!step.to_target && direction->scalar != "to peer")
                    fields_.problem(*direction, "frames go 'to peer' or 'to target'", "Write one of the two.");
            } else {
                fields_.problem(value, "the step does not say which frames are lost",
                                "Add 'direction: to peer' or 'direction: to target'.");
            }
            return;
        default:
            break;
    }
    step.object = read_object_name(&value, StateLayer::connection);
    step.data.connection = step.object;
    step.data.bytes = step.action == StepAction::peer_sends ? 1460 : 0;
    const std::uint64_t most = step.action == StepAction::peer_sends ? Bounds::buffer_bytes : 1460;
    if (const auto bytes = fields_.number(fields.find("bytes"), "the bytes", 0, most)) step.data.bytes = static_cast<std::uint32_t>(*bytes);
    if (const auto reading = fields_.yes_or_no(fields.find("reading"), "reading")) step.reading = *reading;
    if (const auto flags = fields_.flags(fields.find("tcp_flags"), tcp_flag_words())) step.tcp_flags = static_cast<std::uint8_t>(*flags);
    if (step.action == StepAction::peer_segment && !fields.find("tcp_flags"))
        fields_.problem(value, "the step does not say which flags the segment has", "Add 'tcp_flags: [RST]' or others.");
    if (const auto offset = fields_.number(fields.find("offset"), "the offset of the sequence number", 0, 0x7FFFFFFF))
        step.sequence_offset = static_cast<std::int32_t>(*offset);
    if (const auto options = fields_.yes_or_no(fields.find("ip_options"), "ip_options")) step.ip_options = *options;
}

std::optional<Expectation> ScenarioReader::read_received(Expectation expectation, const Node& node) {
    const MappingFields fields(node, mapping_format("received"), problems_);
    if (!scenario_.machine.network) {
        fields_.problem(node, "without a network nothing is received", "Add 'network: {}' to the machine.");
        return std::nullopt;
    }
    expectation.connection = read_object_name(fields.find("connection"), StateLayer::connection);
    if (const auto bytes = fields_.number(fields.find("by_application"), "the bytes received by the application", 0, 0xFFFFFFFF))
        expectation.by_application = static_cast<std::uint32_t>(*bytes);
    if (const auto bytes = fields_.number(fields.find("by_peer"), "the bytes received by the peer", 0, 0xFFFFFFFF))
        expectation.by_peer = static_cast<std::uint32_t>(*bytes);
    if (fields.is_mapping() && !expectation.by_application && !expectation.by_peer)
        fields_.problem(node, "the expectation gives no number", "Add 'by_application: N' or 'by_peer: N'.");
    return expectation;
}

}  // namespace chimneylab::scenario
