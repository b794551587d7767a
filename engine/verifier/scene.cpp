// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/scene.h"

#include "engine/trace/text.h"
#include "engine/verifier/twins.h"

namespace chimneylab::verifier {

std::string Scene::block_name(std::size_t index) const {
    return operation && index < shape().blocks.size() ? replay().region_name(shape().blocks[index].region) : "a block";
}

Draft::Draft(const Scene& scene, const Rule& rule) : replay_(&scene.replay()) {
    violation_.rule = rule.id;
    violation_.severity = rule.severity;
    violation_.source = rule.source;
    violation_.event = violation_.noticed = scene.id;
    violation_.layer = scene.driver;
    if (scene.operation) operation(*scene.operation);
    else {
        violation_.operation = scene.event.operation;
        violation_.operation_kind = scene.event.operation_kind;
    }
}

Draft& Draft::by(LayerIndex layer) {
    violation_.layer = layer;
    return *this;
}

Draft& Draft::at(EventId event) {
    violation_.event = event;
    return *this;
}

Draft& Draft::operation(const OperationRecord& operation) {
    violation_.operation = operation.id;
    violation_.operation_kind = operation.kind;
    return *this;
}

Draft& Draft::block(RegionId region) {
    violation_.block = region;
    return *this;
}

Draft& Draft::member(std::string_view name, std::uint32_t offset) {
    violation_.member = name;
    violation_.offset = offset;
    return *this;
}

namespace {

std::vector<std::byte> little_endian(std::uint64_t value, std::uint32_t size) {
    std::vector<std::byte> bytes;
    for (std::uint32_t at = 0; at < size; ++at) bytes.push_back(static_cast<std::byte>(value >> (8 * at)));
    return bytes;
}

}  // namespace

Draft& Draft::values(std::uint64_t expected, std::uint64_t seen, std::uint32_t size) {
    violation_.expected = little_endian(expected, size);
    violation_.seen = little_endian(seen, size);
    violation_.expected_text = size == 8 ? replay_->meaning(expected) : trace::hex(expected);
    violation_.seen_text = size == 8 ? replay_->meaning(seen) : trace::hex(seen);
    return *this;
}

Draft& Draft::seen_only(std::uint64_t seen, std::uint32_t size) {
    violation_.seen = little_endian(seen, size);
    violation_.seen_text = size == 8 ? replay_->meaning(seen) : trace::hex(seen);
    return *this;
}

Draft& Draft::statuses(std::int32_t expected, std::int32_t seen) {
    values(static_cast<std::uint32_t>(expected), static_cast<std::uint32_t>(seen), 4);
    return meanings(trace::status_text(expected), trace::status_text(seen));
}

Draft& Draft::meanings(std::string expected, std::string seen) {
    violation_.expected_text = std::move(expected);
    violation_.seen_text = std::move(seen);
    return *this;
}

Draft& Draft::bytes(std::span<const std::byte> expected, std::span<const std::byte> seen) {
    violation_.expected.assign(expected.begin(), expected.end());
    violation_.seen.assign(seen.begin(), seen.end());
    violation_.expected_text = trace::hex_bytes(expected);
    violation_.seen_text = trace::hex_bytes(seen);
    return *this;
}

Draft& Draft::severity(Severity severity) {
    violation_.severity = severity;
    severity_given_ = true;
    return *this;
}

Draft& Draft::at_host(std::string_view rule) {
    host_rule_ = rule;
    return *this;
}

Draft& Draft::at_target(std::string_view rule) {
    target_rule_ = rule;
    return *this;
}

void Draft::name_by_role() {
    violation_.checked_as = violation_.rule;
    const auto layers = replay_->trace().layers();
    if (violation_.layer >= layers.size()) return;
    const trace::LayerRole role = layers[violation_.layer].role;
    std::string_view name = role == trace::LayerRole::host_stack ? host_rule_ : role == trace::LayerRole::offload_target ? target_rule_ : "";
    if (name.empty()) name = twin_of(violation_.rule, role);
    const Rule* rule = name.empty() ? nullptr : find(name);
    if (!rule) return;
    violation_.rule = rule->id;
    violation_.source = rule->source;
    if (!severity_given_) violation_.severity = rule->severity;
}

void Report::add(Draft draft, std::string explanation) const {
    draft.violation_.explanation = std::move(explanation);
    draft.name_by_role();
    sink_(std::move(draft.violation_));
}

std::string_view member_name(std::uint32_t offset, bool miniport_view) {
    const auto members = trace::block_members(miniport_view ? trace::BlockType::miniport : trace::BlockType::protocol);
    const trace::Member* member = trace::member_at(members, offset);
    return member ? member->name : std::string_view{};
}

bool allowed_status(OperationKind kind, std::int32_t status) {
    const auto value = static_cast<std::uint32_t>(status);
    if (value == 0x00000000 || value == 0xC0000001) return true;  // SUCCESS, FAILURE
    if (kind != OperationKind::initiate) return false;
    return value == 0xC000009A                             // RESOURCES
           || value == 0x40020004                          // OFFLOAD_PARTIAL_SUCCESS
           || (value >= 0xC0231004 && value <= 0xC023100D)  // OFFLOAD_TCP_ENTRIES … OFFLOAD_VLAN_MISMATCH
           || value == 0xC023100F                          // OFFLOAD_POLICY
           || value == 0xC0231012                          // OFFLOAD_CONNECTION_REJECTED
           || value == 0xC02310F0;                         // OFFLOAD_PATH_MTU: no public value, the lab's own
}

const DriverRecord* record_of_driver(const Scene& scene) {
    const auto found = scene.model.drivers().find(scene.driver);
    return found == scene.model.drivers().end() ? nullptr : &found->second;
}

bool host_begins(const Scene& scene) { return scene.by_host_stack() && scene.operation->starter == scene.driver; }

bool host_begins(const Scene& scene, OperationKind kind) { return host_begins(scene) && scene.operation->kind == kind; }

bool target_completes(const Scene& scene, OperationKind kind) {
    return scene.by_offload_target() && scene.operation->kind == kind && scene.passage->at_arrival.taken();
}

Draft at_block(const Scene& scene, const Report& report, std::size_t i) {
    return std::move(report.draft(scene).block(scene.shape().blocks[i].region));
}

RegionId upper_block(const Scene& scene, std::size_t i) {
    return scene.operation->shapes[scene.passage->upper_shape].blocks[i].region;
}

}  // namespace chimneylab::verifier
