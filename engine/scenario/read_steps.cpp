// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "engine/scenario/scenario_reader.h"

namespace chimneylab::scenario {

namespace {

struct ActionKey {
    std::string_view key;
    StepAction action;
};
constexpr ActionKey action_keys[] = {
    {"initiate", StepAction::initiate},
    {"query", StepAction::query},
    {"update", StepAction::update},
    {"invalidate", StepAction::invalidate},
    {"terminate", StepAction::terminate},
    {"send", StepAction::send},
    {"receive", StepAction::receive},
    {"disconnect", StepAction::disconnect},
    {"forward", StepAction::forward},
    {"answer", StepAction::answer},
    {"return_received", StepAction::return_received},
    {"indicate", StepAction::indicate},
    {"arrive", StepAction::arrive},
    {"status", StepAction::status},
    {"target", StepAction::target},
    {"release", StepAction::release},
    {"inject", StepAction::inject},
    {"request", StepAction::request},
    {"pause", StepAction::pause},
    {"restart", StepAction::restart},
    {"unbind", StepAction::unbind},
    {"bind", StepAction::bind},
    {"halt", StepAction::halt},
    {"unload", StepAction::unload},
    {"load", StepAction::load},
    {"sleep", StepAction::sleep},
    {"wake", StepAction::wake},
    {"link", StepAction::plug},
    {"wait", StepAction::wait},
    {"network", StepAction::network},
    {"lose", StepAction::lose},
    {"peer_sends", StepAction::peer_sends},
    {"peer_closes", StepAction::peer_closes},
    {"peer_resets", StepAction::peer_resets},
    {"peer_segment", StepAction::peer_segment},
    {"peer_reads", StepAction::peer_reads},
};

// Which keys have a meaning beside which action. A key that would silently do nothing is a mistake worth telling.
struct ExtraKey {
    std::string_view key;
    std::vector<StepAction> actions;
};
const std::vector<ExtraKey>& extra_keys() {
    using enum StepAction;
    static const std::vector<ExtraKey> keys = {
        {"virtual_miniport", {initiate, query, update, invalidate, terminate, StepAction::request}},
        {"value", {StepAction::request}},
        {"TcpConnectionIPv4", {StepAction::request}},
        {"TcpConnectionIPv6", {StepAction::request}},
        {"capabilities", {StepAction::status}},
        {"state", {query, update, terminate}},
        {"set", {update}},
        {"send_data", {initiate}},
        {"buffers", {send, receive, forward}},
        {"bytes", {send, receive, disconnect, forward, arrive, answer, peer_sends, peer_segment}},
        {"abortive", {disconnect}},
        {"push", {receive, arrive}},
        {"again", {receive}},
        {"context_room", {send, receive, disconnect, forward}},
        {"connection", {answer}},
        {"event", {indicate}},
        {"information", {indicate}},
        {"direction", {lose}},
        {"tcp_flags", {peer_segment}},
        {"offset", {peer_segment}},
        {"ip_options", {peer_segment}},
        {"reading", {peer_reads}},
    };
    return keys;
}

constexpr std::string_view tcp_flags_key = "cached_flags";
struct ChangeKey {
    std::string_view key;
    StateLayer layer;
    std::uint64_t least;
    std::uint64_t most;
};
constexpr ChangeKey change_keys[] = {
    {"PathMtu", StateLayer::path, 68, 65535},
    {"InitialRcvWnd", StateLayer::connection, 0, 0x40000000},
    {"RcvIndicationSize", StateLayer::connection, 0, 0xFFFFFFFF},
    {"KaProbeCount", StateLayer::connection, 0, 0xFF},
    {"KaTimeout", StateLayer::connection, 0, 0xFFFFFFFF},
    {"KaInterval", StateLayer::connection, 0, 0xFFFFFFFF},
    {"MaxRT", StateLayer::connection, 0, 0xFFFFFFFF},
    {"FlowLabel", StateLayer::connection, 0, 0xFFFFF},
    {"TtlOrHopLimit", StateLayer::connection, 0, 0xFF},
    {"TosOrTrafficClass", StateLayer::connection, 0, 0xFF},
    {"UserPriority", StateLayer::connection, 0, 7},
};

}  // namespace

void ScenarioReader::read_steps(const Node& node) {
    const std::vector<const Node*> items = fields_.list(&node, "the list of steps", Bounds::steps);
    if (items.empty() && node.kind == Node::Kind::sequence && node.items.empty()) {
        fields_.problem(node, "a scenario needs at least one step",
                        "Add a step such as '- { name: offload, initiate: N1{P1{T1}} }'.");
    }
    for (const Node* item : items) read_step(*item);
}

void ScenarioReader::read_step(const Node& node) {
    const MappingFields fields(node, mapping_format("step"), problems_);
    if (!fields.is_mapping()) return;
    Step step;
    step.where = node.where;
    if (auto name = fields_.name(fields.find("name"), "the name of a step")) {
        step.name = std::move(*name);
        if (scenario_.step(step.name)) {
            fields_.problem(*fields.find("name"), "there are two steps with the name " + in_quotes(step.name),
                            "Give every step its own name.");
        }
    }
    if (auto text = fields_.text(fields.find("text"), "the text of a step", 400)) step.text = std::move(*text);
    if (const auto settle = fields_.yes_or_no(fields.find("settle"), "settle")) step.settle = *settle;
    if (const auto refused = fields_.yes_or_no(fields.find("refused"), "refused")) step.refused = *refused;

    const ActionKey* chosen = nullptr;
    for (const ActionKey& key : action_keys) {
        if (!fields.find(key.key)) continue;
        if (chosen) {
            fields_.problem(fields.key_node(key.key),
                            "a step does one thing, but this one has '" + std::string(chosen->key) + "' and '" +
                                std::string(key.key) + "'",
                            "Make two steps of it.");
            return;
        }
        chosen = &key;
    }
    if (!chosen) {
        std::string all;
        for (const ActionKey& key : action_keys) all += (all.empty() ? "" : ", ") + std::string(key.key);
        fields_.problem(node, "this step does nothing", "Give it one of: " + all + ".");
        return;
    }
    step.action = chosen->action;
    for (const ExtraKey& extra : extra_keys()) {
        if (fields.find(extra.key) &&
            std::find(extra.actions.begin(), extra.actions.end(), step.action) == extra.actions.end()) {
            fields_.problem(fields.key_node(extra.key),
                            "'" + std::string(extra.key) + "' has no meaning beside '" + std::string(chosen->key) + "'",
                            "Remove it.");
        }
    }
    const Node& value = *fields.find(chosen->key);
    switch (step.action) {
        case StepAction::initiate:
        case StepAction::query:
        case StepAction::update:
        case StepAction::invalidate:
        case StepAction::terminate:
            read_operation(step, fields, value);
            break;
        case StepAction::send:
        case StepAction::receive:
        case StepAction::disconnect:
        case StepAction::forward:
        case StepAction::arrive:
            read_transfer(step, fields, value);
            break;
        case StepAction::return_received:
            step.object = read_object_name(&value, StateLayer::connection);
            break;
        case StepAction::answer:
            if (const auto word = fields_.word(&value, receive_answer_words()))
                step.answer = static_cast<ReceiveAnswer>(*word);
            step.object = read_object_name(fields.find("connection"), StateLayer::connection);
            if (!fields.find("connection")) {
                fields_.problem(node, "the step does not say which connection it is about", "Add 'connection: T1'.");
            }
            if (const auto bytes =
                    fields_.number(fields.find("bytes"), "the accepted bytes", 1, Bounds::buffer_bytes)) {
                step.answer_bytes = static_cast<std::uint32_t>(*bytes);
            } else if (step.answer == ReceiveAnswer::accept_part && !fields.find("bytes")) {
                fields_.problem(node, "'accept part' needs to know how much", "Add 'bytes: N'.");
            }
            break;
        case StepAction::indicate:
            read_indication(step, fields, value);
            break;
        case StepAction::status:
            if (const auto status = fields_.word(&value, status_words()))
                step.status = static_cast<std::int32_t>(*status);
            if (const auto with = fields_.yes_or_no(fields.find("capabilities"), "capabilities")) step.with_capabilities = *with;
            if (fields.find("capabilities") && value.scalar != "NDIS_STATUS_OFFLOAD_RESUME")
                fields_.problem(fields.key_node("capabilities"), "capabilities come with NDIS_STATUS_OFFLOAD_RESUME, or do not", "Remove it.");
            break;
        case StepAction::target:
            step.settings = read_target_settings(&value);
            break;
        case StepAction::release:
            if (value.kind == Node::Kind::scalar && (value.scalar == "oldest" || value.scalar == "youngest")) {
                step.youngest = value.scalar == "youngest";
            } else if (const auto position = fields_.number(&value, "the held operation", 0, 4096)) {
                step.position = static_cast<unsigned>(*position);
            }
            break;
        case StepAction::inject:
            step.faults = read_faults(&value);
            break;
        case StepAction::request:
            read_request(step, fields, value);
            break;
        case StepAction::pause:
        case StepAction::restart:
        case StepAction::unbind:
        case StepAction::bind:
        case StepAction::halt:
        case StepAction::unload:
        case StepAction::load:
        case StepAction::sleep:
        case StepAction::wake:
            read_administration(step, value);
            break;
        case StepAction::plug:
            step.connected = value.scalar == "up";
            if (value.kind != Node::Kind::scalar || (!step.connected && value.scalar != "down"))
                fields_.problem(value, "a link goes 'up' or 'down'", "Write one of the two.");
            break;
        case StepAction::network:
        case StepAction::lose:
        case StepAction::peer_sends:
        case StepAction::peer_closes:
        case StepAction::peer_resets:
        case StepAction::peer_segment:
        case StepAction::peer_reads:
            read_network_step(step, fields, value);
            break;
        case StepAction::wait:
            if (value.kind == Node::Kind::scalar && value.scalar == "idle") break;
            step.duration = fields_.duration(&value, "the time to wait");
            step.settle = false;
            break;
    }
    scenario_.steps.push_back(std::move(step));
}

void ScenarioReader::read_virtual_miniport(Step& step, const MappingFields& fields) {
    if (const auto number =
            fields_.number(fields.find("virtual_miniport"), "the virtual miniport", 1, Bounds::virtual_miniports)) {
        step.virtual_miniport = static_cast<unsigned>(*number);
        const auto& drivers = scenario_.machine.intermediate_drivers;
        const unsigned there = drivers.empty() ? 1 : drivers.front().virtual_miniports;
        if (step.virtual_miniport > there) {
            fields_.problem(*fields.find("virtual_miniport"),
                            "the host stack is bound to " + std::to_string(there) +
                                (there == 1 ? " adapter, not to " : " adapters, not to ") +
                                std::to_string(step.virtual_miniport),
                            "Give the topmost intermediate driver more virtual_miniports, or use a smaller number.");
        }
    }
}

void ScenarioReader::read_request(Step& step, const MappingFields& fields, const Node& value) {
    read_virtual_miniport(step, fields);
    if (const auto word = fields_.word(&value, oid_words())) step.oid = static_cast<std::uint32_t>(*word);
    if (const auto number = fields_.number(fields.find("value"), "the value of the OID", 0, 0xFFFFFFFF)) {
        step.value = static_cast<std::uint32_t>(*number);
        if (value.scalar != "OID_GEN_CURRENT_PACKET_FILTER") {
            fields_.problem(fields.key_node("value"), in_quotes(value.scalar) + " is not set to a number",
                            "Remove 'value': a query needs none, and the offload parameters are those of the bind.");
        }
    }
    read_switches(step, fields, value);
}

// What the administrator switches: the value carries TcpConnectionIPv4 in its low byte and TcpConnectionIPv6 in the next one.
void ScenarioReader::read_switches(Step& step, const MappingFields& fields, const Node& value) {
    constexpr std::string_view oid = "OID_TCP_OFFLOAD_PARAMETERS";
    std::uint32_t switches = 0;
    for (const auto& [key, shift] : {std::pair{"TcpConnectionIPv4", 0}, std::pair{"TcpConnectionIPv6", 8}}) {
        const Node* given = fields.find(key);
        if (!given) continue;
        if (value.scalar != oid) {
            fields_.problem(fields.key_node(key), in_quotes(key) + " belongs to OID_TCP_OFFLOAD_PARAMETERS", "Remove it, or request that OID.");
            return;
        }
        if (given->scalar != "disabled" && given->scalar != "enabled") {
            fields_.problem(*given, "connection offload is 'enabled' or 'disabled'", "Write one of the two; without the key nothing changes.");
            return;
        }
        switches |= (given->scalar == "disabled" ? 1u : 2u) << shift;
    }
    if (value.scalar != oid) return;
    if (switches == 0)
        fields_.problem(value, "OID_TCP_OFFLOAD_PARAMETERS is set, and the step does not say to what", "Add 'TcpConnectionIPv4: disabled' or the like.");
    step.value = switches;
}

// What the administrator does to one layer.
void ScenarioReader::read_administration(Step& step, const Node& value) {
    const std::optional<std::string> name = fields_.name(&value, "the name of a layer");
    if (!name) return;
    const std::vector<std::string> layers = scenario_.layer_names();
    const auto found = std::find(layers.begin(), layers.end(), *name);
    const bool top = found == layers.begin(), bottom = found == layers.end() - 1;
    std::string_view lacks;
    switch (step.action) {
        case StepAction::unbind:
        case StepAction::bind:
            lacks = bottom ? "has no protocol edge" : "";
            break;
        case StepAction::unload:
        case StepAction::load:
            lacks = top || bottom ? "stays loaded: the scenario speaks to it" : "";
            break;
        default:
            lacks = top ? "has no adapter" : "";
            break;
    }
    if (found == layers.end()) {
        const std::vector<std::string_view> views(layers.begin(), layers.end());
        fields_.problem(value, "there is no layer " + in_quotes(*name), suggest(*name, views));
    } else if (!lacks.empty()) {
        fields_.problem(value, "the " + *name + " " + std::string(lacks), "Name another layer.");
    } else {
        step.layer = *name;
    }
}

void ScenarioReader::read_operation(Step& step, const MappingFields& fields, const Node& value) {
    if (const auto notation = fields_.text(&value, "the tree", 64 * 1024)) {
        Location where = value.where;
        if (value.quoted) ++where.column;
        const auto layer_of = [this](std::string_view name) { return scenario_.objects.layer_of(name); };
        if (auto tree = parse_state_tree(*notation, where, layer_of, object_names(), problems_))
            step.tree = std::move(*tree);
    }
    read_virtual_miniport(step, fields);
    if (const auto word = fields_.word(fields.find("state"), state_class_words()))
        step.state = static_cast<StateClass>(*word);
    if (const Node* set = fields.find("set")) read_changes(step, *set);
    if (const Node* data = fields.find("send_data")) read_send_data(step, *data);

    if (step.action == StepAction::initiate) {
        // What a connection or path hangs from in the tree must be what it says it depends on.
        for (const StateTree::Block& block : step.tree.blocks) {
            if (block.object.empty() || block.parent < 0) continue;
            const std::string& parent = step.tree.blocks[static_cast<std::size_t>(block.parent)].object;
            const Connection* connection = scenario_.objects.connection(block.object);
            const Path* path = scenario_.objects.path(block.object);
            const std::string& says = connection ? connection->path : path ? path->neighbor : parent;
            // A parent that does not exist has been reported where it was named.
            if (!parent.empty() && says != parent && scenario_.objects.layer_of(says)) {
                problems_.add({value.where.line, value.where.column + block.column},
                              in_quotes(block.object) + " hangs from " + in_quotes(parent) +
                                  " in the tree, but its object depends on " + in_quotes(says),
                              "Hang it from " + in_quotes(says) + ", or change the object.");
            }
        }
    }
}

bool ScenarioReader::in_tree(const Step& step, std::string_view object) const {
    return std::any_of(step.tree.blocks.begin(), step.tree.blocks.end(),
                       [&](const StateTree::Block& b) { return b.object == object; });
}

void ScenarioReader::read_changes(Step& step, const Node& node) {
    if (node.kind != Node::Kind::mapping) {
        fields_.problem(node, "'set' should map objects to new values, but this is " + std::string(node.kind_name()),
                        "Write 'set: { T1: { KaTimeout: 5000 } }'.");
        return;
    }
    for (const Node::Entry& entry : node.entries) {
        const std::optional<std::string> object = fields_.name(&entry.key, "the object to change");
        if (!object) continue;
        const std::optional<StateLayer> layer = scenario_.objects.layer_of(*object);
        if (!layer || !in_tree(step, *object)) {
            fields_.problem(entry.key, in_quotes(*object) + " is not in the tree of this update",
                            "Name an object of the tree.");
            continue;
        }
        const MappingFields fields(entry.value, mapping_format("change"), problems_);
        StateChange change;
        change.object = *object;
        const auto belongs = [&](std::string_view key, StateLayer owner) {
            if (*layer == owner) return true;
            fields_.problem(fields.key_node(key),
                            "'" + std::string(key) + "' is no cached value of a " + std::string(to_text(*layer)),
                            "It belongs to a " + std::string(to_text(owner)) + ".");
            return false;
        };
        for (const ChangeKey& key : change_keys) {
            if (!fields.find(key.key) || !belongs(key.key, key.layer)) continue;
            if (const auto value = fields_.number(fields.find(key.key), key.key, key.least, key.most)) {
                change.numbers.emplace_back(std::string(key.key), static_cast<std::uint32_t>(*value));
            }
        }
        if (fields.find(tcp_flags_key) && belongs(tcp_flags_key, StateLayer::connection)) {
            if (const auto flags = fields_.flags(fields.find(tcp_flags_key), cached_flag_words())) {
                change.numbers.emplace_back(std::string(tcp_flags_key), *flags);
            }
        }
        if (fields.find("DlDestinationAddress") && belongs("DlDestinationAddress", StateLayer::neighbor)) {
            change.DlDestinationAddress =
                fields_.hardware_address(fields.find("DlDestinationAddress"), "DlDestinationAddress");
        }
        step.changes.push_back(std::move(change));
    }
}

void ScenarioReader::read_send_data(Step& step, const Node& node) {
    if (node.kind != Node::Kind::mapping) {
        fields_.problem(node,
                        "'send_data' should map connections to data, but this is " + std::string(node.kind_name()),
                        "Write 'send_data: { T1: { buffers: 2, bytes: 1460 } }'.");
        return;
    }
    for (const Node::Entry& entry : node.entries) {
        SendData data;
        data.connection = read_object_name(&entry.key, StateLayer::connection);
        if (data.connection.empty()) continue;
        if (!in_tree(step, data.connection)) {
            fields_.problem(entry.key, in_quotes(data.connection) + " is not in the tree of this step",
                            "Name a connection of the tree.");
            continue;
        }
        const MappingFields fields(entry.value, mapping_format("send_data"), problems_);
        if (const auto count = fields_.number(fields.find("buffers"), "the number of buffers", 1, Bounds::buffers))
            data.buffers = static_cast<std::uint32_t>(*count);
        if (const auto bytes = fields_.number(fields.find("bytes"), "the bytes of a buffer", 1, Bounds::buffer_bytes))
            data.bytes = static_cast<std::uint32_t>(*bytes);
        step.send_data.push_back(std::move(data));
    }
}

std::string ScenarioReader::read_object_name(const Node* node, StateLayer layer) {
    std::optional<std::string> name = fields_.name(node, "the name of a " + std::string(to_text(layer)));
    if (!name) return {};
    if (scenario_.objects.layer_of(*name) != layer) {
        std::vector<std::string_view> names;
        for (std::string_view other : object_names()) {
            if (scenario_.objects.layer_of(other) == layer) names.push_back(other);
        }
        fields_.problem(*node, "there is no " + std::string(to_text(layer)) + " " + in_quotes(*name),
                        suggest(*name, names));
        return {};
    }
    return *name;
}

void ScenarioReader::read_transfer(Step& step, const MappingFields& fields, const Node& value) {
    step.object = read_object_name(&value, StateLayer::connection);
    step.data.connection = step.object;
    if (const auto count = fields_.number(fields.find("buffers"), "the number of buffers", 1, Bounds::buffers))
        step.data.buffers = static_cast<std::uint32_t>(*count);
    const std::uint64_t least = step.action == StepAction::disconnect || step.action == StepAction::receive ? 0 : 1;
    const std::uint64_t most = step.action == StepAction::arrive ? 65536 : Bounds::buffer_bytes;
    if (step.action == StepAction::disconnect) step.data.bytes = 0;
    if (const auto bytes = fields_.number(fields.find("bytes"), "the bytes of a buffer", least, most))
        step.data.bytes = static_cast<std::uint32_t>(*bytes);
    if (const auto abortive = fields_.yes_or_no(fields.find("abortive"), "abortive")) step.abortive = *abortive;
    if (const auto again = fields_.number(fields.find("again"), "again", 0, 1000)) step.again = static_cast<std::uint32_t>(*again);
    if (const auto push = fields_.yes_or_no(fields.find("push"), "push")) step.push = *push;
    if (const auto room = fields_.yes_or_no(fields.find("context_room"), "context_room")) step.context_room = *room;
    if (step.abortive && step.data.bytes > 0) {
        fields_.problem(*fields.find("bytes"), "an abortive disconnect carries no data", "Remove 'bytes'.");
    }
}

void ScenarioReader::read_indication(Step& step, const MappingFields& fields, const Node& value) {
    const Node* event = fields.find("event");
    if (!event) {
        fields_.problem(fields.node(), "the step does not say which event is indicated",
                        "Add 'event: TcpIndicateRetrieve' or another one.");
        return;
    }
    const auto word = fields_.word(event, event_type_words());
    if (!word) return;
    const bool neighbor = *word >= 0x100;
    step.event = static_cast<std::uint32_t>(*word & 0xFF);
    step.object = read_object_name(&value, neighbor ? StateLayer::neighbor : StateLayer::connection);
    const Node* information = fields.find("information");
    if (event->scalar == "TcpIndicateRetrieve") {
        if (!information) {
            fields_.problem(fields.node(), "TcpIndicateRetrieve needs a reason",
                            "Add 'information: HardwareFailure' or another TCP_UPLOAD_REASON.");
        } else if (const auto reason = fields_.word(information, upload_reason_words())) {
            step.information = static_cast<std::uint32_t>(*reason);
        }
    } else if (const auto number = fields_.number(information, "the EventSpecificInformation", 0, 0xFFFFFFFF)) {
        step.information = static_cast<std::uint32_t>(*number);
    }
}

}  // namespace chimneylab::scenario
