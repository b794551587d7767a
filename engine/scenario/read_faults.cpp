// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "engine/scenario/scenario_reader.h"

namespace chimneylab::scenario {

namespace {

constexpr std::int32_t failure_status = static_cast<std::int32_t>(0xC0000001);

// Which keys have a meaning beside which fault.
struct FaultKey {
    std::string_view key;
    std::vector<FaultKind> kinds;
};
const std::vector<FaultKey>& fault_keys() {
    using enum FaultKind;
    static const std::vector<FaultKind> operations = {status_chosen,    completion_delayed, completion_reordered,
                                                      completion_early, completion_dropped, completion_doubled};
    static const std::vector<FaultKey> keys = {
        {"layer", {allocation_fails, completion_dropped, completion_doubled}},
        {"tag", {allocation_fails}},
        {"nth", {allocation_fails}},
        {"from", {allocation_fails}},
        {"percent", {allocation_fails}},
        {"seed", {allocation_fails}},
        {"operation", operations},
        {"occurrence", operations},
        {"object", {status_chosen}},
        {"status", {status_chosen}},
        {"by", {completion_delayed}},
    };
    return keys;
}

}  // namespace

std::vector<Fault> ScenarioReader::read_faults(const Node* node) {
    std::vector<Fault> faults;
    for (const Node* item : fields_.list(node, "the list of faults", Bounds::faults)) {
        if (auto fault = read_fault(*item)) faults.push_back(std::move(*fault));
    }
    return faults;
}

std::optional<Fault> ScenarioReader::read_fault(const Node& node) {
    const MappingFields fields(node, mapping_format("fault"), problems_);
    const auto kind = fields_.word(fields.find("fault"), fault_words());
    if (!kind) return std::nullopt;
    Fault fault;
    fault.where = node.where;
    fault.kind = static_cast<FaultKind>(*kind);
    for (const FaultKey& key : fault_keys()) {
        if (fields.find(key.key) && std::find(key.kinds.begin(), key.kinds.end(), fault.kind) == key.kinds.end()) {
            fields_.problem(fields.key_node(key.key),
                            "'" + std::string(key.key) + "' has no meaning beside '" +
                                std::string(fault_words().text(*kind)) + "'",
                            "Remove it.");
        }
    }
    if (const Node* layer = fields.find("layer")) fault.layer = read_driver_layer(*layer, fault.kind);
    if (fault.kind == FaultKind::allocation_fails)
        read_allocation_fault(fault, fields);
    else
        read_operation_fault(fault, fields);
    return fault;
}

// A layer whose driver allocates, or completes operations.
std::string ScenarioReader::read_driver_layer(const Node& node, FaultKind kind) {
    const std::optional<std::string> name = fields_.name(&node, "the name of a layer");
    if (!name) return {};
    std::vector<std::string> layers = scenario_.layer_names();
    // The host stack completes nothing to anybody.
    if (kind != FaultKind::allocation_fails) layers.erase(layers.begin());
    if (std::find(layers.begin(), layers.end(), *name) != layers.end()) return *name;
    const std::vector<std::string_view> views(layers.begin(), layers.end());
    fields_.problem(node, "there is no driver " + in_quotes(*name) + " that this could happen to",
                    suggest(*name, views));
    return {};
}

void ScenarioReader::read_allocation_fault(Fault& fault, const MappingFields& fields) {
    constexpr std::uint64_t most = 1000000;
    if (const Node* tag = fields.find("tag")) {
        if (auto text = fields_.text(tag, "the pool tag", 4)) fault.tag = std::move(*text);
        if (fault.tag.size() != 4)
            fields_.problem(*tag, "a pool tag has four characters", "Write it as the driver does, like IMce.");
    }
    unsigned ways = 0;
    if (const auto number = fields_.number(fields.find("nth"), "the number of the allocation", 1, most)) {
        fault.nth = static_cast<unsigned>(*number);
        ++ways;
    }
    if (const auto number = fields_.number(fields.find("from"), "the number of the allocation", 1, most)) {
        fault.from = static_cast<unsigned>(*number);
        ++ways;
    }
    if (const auto number = fields_.number(fields.find("percent"), "the probability in percent", 1, 100)) {
        fault.percent = static_cast<unsigned>(*number);
        ++ways;
    }
    if (const auto number = fields_.number(fields.find("seed"), "the seed", 0, 0xFFFFFFFF)) fault.seed = *number;
    const bool broken = (fields.find("nth") && !fault.nth) || (fields.find("from") && !fault.from) ||
                        (fields.find("percent") && !fault.percent);  // reported already
    if (ways != 1 && !broken) {
        fields_.problem(fields.node(), "the fault does not say which allocations fail",
                        "Give it one of: nth (one of them), from (one and all that follow), percent (by chance).");
    }
    if (fields.find("seed") && fault.percent == 0 && !broken)
        fields_.problem(fields.key_node("seed"), "'seed' has a meaning beside 'percent' only", "Remove it.");
}

void ScenarioReader::read_operation_fault(Fault& fault, const MappingFields& fields) {
    if (const auto word = fields_.word(fields.find("operation"), operation_words()))
        fault.operation = static_cast<OperationKind>(*word);
    else if (!fields.find("operation"))
        fields_.problem(fields.node(), "the fault does not say which operation it is about",
                        "Add 'operation: query' or another one.");
    if (const auto count = fields_.number(fields.find("occurrence"), "the occurrence", 1, 1000000))
        fault.occurrence = static_cast<unsigned>(*count);
    if (fault.kind == FaultKind::completion_delayed) {
        if (const auto delay = fields_.duration(fields.find("by"), "the delay"))
            fault.delay = *delay;
        else if (!fields.find("by"))
            fields_.problem(fields.node(), "the fault does not say by how much the completion is delayed",
                            "Add 'by: 50 us'.");
    }
    if (fault.kind != FaultKind::status_chosen) return;
    if (const Node* object = fields.find("object")) {
        // Objects are read after the machine: load checks the name at the end.
        if (auto name = fields_.name(object, "the object that fails")) {
            fault.object = std::move(*name);
            fault.where = object->where;
        }
    }
    const auto status = fields_.word(fields.find("status"), status_words());
    if (!fields.find("status")) {
        fields_.problem(fields.node(), "the fault does not say which status is given",
                        "Add 'status: NDIS_STATUS_FAILURE' or another one.");
    } else if (status) {
        fault.status = static_cast<std::int32_t>(*status);
        check_failing_status(*fields.find("status"), fault.operation, fault.status);
    }
}

void ScenarioReader::check_failing_status(const Node& node, OperationKind operation, std::int32_t status) {
    if (status == 0) {
        fields_.problem(node, "a failure cannot have the status NDIS_STATUS_SUCCESS", "Name a failing status.");
    } else if (operation != OperationKind::initiate && status != failure_status) {
        fields_.problem(node, "this operation knows the statuses NDIS_STATUS_SUCCESS and NDIS_STATUS_FAILURE only",
                        "Use NDIS_STATUS_FAILURE; the other codes belong to initiate.");
    }
}

}  // namespace chimneylab::scenario
