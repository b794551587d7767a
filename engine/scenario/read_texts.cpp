// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "engine/scenario/placeholders.h"
#include "engine/scenario/scenario_reader.h"
#include "engine/verifier/strict_readings.h"

namespace chimneylab::scenario {

std::string ScenarioReader::read_layer_name(const Node* node) {
    const std::optional<std::string> name = fields_.name(node, "the name of a layer");
    if (!name) return {};
    std::vector<std::string> layers = scenario_.layer_names();
    for (const char* more : {"NDIS", "machine", "intermediate driver"}) layers.emplace_back(more);
    if (std::find(layers.begin(), layers.end(), *name) != layers.end()) return *name;
    const std::vector<std::string_view> views(layers.begin(), layers.end());
    fields_.problem(*node, "there is no layer " + in_quotes(*name), suggest(*name, views));
    return {};
}

EventPattern ScenarioReader::read_pattern(const Node& node) {
    const MappingFields fields(node, mapping_format("pattern"), problems_);
    EventPattern pattern;
    pattern.where = node.where;
    if (!fields.is_mapping()) return pattern;
    if (const auto kind = fields_.word(fields.find("kind"), event_kind_words()))
        pattern.kind = static_cast<trace::EventKind>(*kind);
    if (auto function = fields_.text(fields.find("function"), "the function", 100))
        pattern.function = std::move(*function);
    pattern.layer = read_layer_name(fields.find("layer"));
    pattern.caller = read_layer_name(fields.find("caller"));
    if (const auto word = fields_.word(fields.find("conversion"), conversion_words()))
        pattern.conversion = static_cast<trace::ConversionKind>(*word);
    if (const auto word = fields_.word(fields.find("operation"), operation_words()))
        pattern.operation = static_cast<OperationKind>(*word);
    if (auto step = fields_.name(fields.find("step"), "the name of a step")) {
        pattern.step = std::move(*step);
        if (!scenario_.step(pattern.step))
            fields_.problem(*fields.find("step"), "there is no step " + in_quotes(pattern.step),
                            suggest(pattern.step, step_names()));
    }
    if (auto block = fields_.text(fields.find("block"), "the block", 100)) pattern.block = std::move(*block);
    if (const auto status = fields_.word(fields.find("status"), status_words()))
        pattern.status = static_cast<std::int32_t>(*status);
    if (const auto count = fields_.number(fields.find("occurrence"), "the occurrence", 1, 1000000))
        pattern.occurrence = static_cast<unsigned>(*count);
    if (!fields.find("kind")) {
        // Most patterns name a call or a conversion; then the kind need not be written.
        if (fields.find("conversion"))
            pattern.kind = trace::EventKind::conversion;
        else if (fields.find("function"))
            pattern.kind = trace::EventKind::enter;
        else
            fields_.problem(node, "the pattern does not say what kind of event it means",
                            "Give it 'kind', 'function' or 'conversion'.");
    }
    return pattern;
}

void ScenarioReader::read_narration(const Node* node) {
    for (const Node* item : fields_.list(node, "the narration", Bounds::texts)) {
        const MappingFields fields(*item, mapping_format("narration"), problems_);
        Narration narration;
        if (const Node* at = fields.find("at")) narration.at = read_pattern(*at);
        if (auto say = fields_.text(fields.find("say"), "what is said")) {
            narration.say = std::move(*say);
            if (const std::string unknown = unknown_placeholder(narration.say); !unknown.empty()) {
                fields_.problem(*fields.find("say"), "the text has the unknown placeholder " + in_quotes(unknown),
                                "Use one of: {layer}, {caller}, {function}, {operation}, {block}, {status}.");
            }
        }
        scenario_.narration.push_back(std::move(narration));
    }
}

void ScenarioReader::read_questions(const Node* node) {
    for (const Node* item : fields_.list(node, "the list of questions", Bounds::texts)) {
        const MappingFields fields(*item, mapping_format("question"), problems_);
        Question question;
        if (const Node* at = fields.find("at")) question.at = read_pattern(*at);
        if (const Node* proof = fields.find("proof")) question.proof = read_pattern(*proof);
        if (auto ask = fields_.text(fields.find("ask"), "the question")) question.ask = std::move(*ask);
        question.choices = fields_.text_list(fields.find("choices"), "the choices", 8, 500);
        if (fields.find("choices") && question.choices.size() < 2) {
            fields_.problem(*fields.find("choices"), "a question needs two choices at least", "Add another choice.");
        }
        if (const auto answer = fields_.number(fields.find("answer"), "the number of the right choice", 1,
                                               std::max<std::size_t>(1, question.choices.size()))) {
            question.answer = static_cast<unsigned>(*answer - 1);
        }
        if (auto because = fields_.text(fields.find("because"), "the explanation"))
            question.because = std::move(*because);
        scenario_.questions.push_back(std::move(question));
    }
}

std::vector<Expectation> ScenarioReader::read_expectations(const Node* node) {
    std::vector<Expectation> expectations;
    for (const Node* item : fields_.list(node, "the list of expectations", Bounds::texts)) {
        if (auto expectation = read_expectation(*item)) expectations.push_back(std::move(*expectation));
    }
    return expectations;
}

std::optional<Expectation> ScenarioReader::read_expectation(const Node& node) {
    const MappingFields fields(node, mapping_format("expectation"), problems_);
    if (!fields.is_mapping()) return std::nullopt;
    Expectation expectation;
    expectation.where = node.where;
    if (auto text = fields_.text(fields.find("text"), "the text of an expectation", 400))
        expectation.text = std::move(*text);

    struct KindKey {
        std::string_view key;
        Expectation::Kind kind;
    };
    static constexpr KindKey kinds[] = {
        {"statuses", Expectation::Kind::statuses},
        {"call_entries", Expectation::Kind::call_entries},
        {"offload_entries", Expectation::Kind::offload_entries},
        {"events", Expectation::Kind::events},
        {"order", Expectation::Kind::order},
        {"findings", Expectation::Kind::findings},
    {"received", Expectation::Kind::received},
    };
    const KindKey* chosen = nullptr;
    for (const KindKey& kind : kinds) {
        if (!fields.find(kind.key)) continue;
        if (chosen) {
            fields_.problem(fields.key_node(kind.key),
                            "an expectation is about one thing, but this one has '" + std::string(chosen->key) +
                                "' and '" + std::string(kind.key) + "'",
                            "Make two expectations of it.");
            return std::nullopt;
        }
        chosen = &kind;
    }
    if (!chosen) {
        fields_.problem(node, "this expectation expects nothing",
                        "Give it one of: statuses, call_entries, offload_entries, events, order, findings, received.");
        return std::nullopt;
    }
    expectation.kind = chosen->kind;
    const Node& value = *fields.find(chosen->key);
    switch (expectation.kind) {
        case Expectation::Kind::statuses: {
            const Node* step = fields.find("step");
            if (!step)
                fields_.problem(node, "'statuses' needs the step whose operation it is about", "Add 'step: NAME'.");
            if (auto name = fields_.name(step, "the name of a step")) {
                expectation.step = std::move(*name);
                const Step* found = scenario_.step(expectation.step);
                if (!found)
                    fields_.problem(*step, "there is no step " + in_quotes(expectation.step),
                                    suggest(expectation.step, step_names()));
                else if (found->operation() == OperationKind::none)
                    fields_.problem(*step,
                                    "the step " + in_quotes(expectation.step) + " is no state-manipulation operation",
                                    "Name a step that initiates, queries, updates, invalidates or terminates.");
            }
            if (value.kind != Node::Kind::mapping) {
                fields_.problem(
                    value, "'statuses' should map objects to statuses, but this is " + std::string(value.kind_name()),
                    "Write '{ T1: NDIS_STATUS_SUCCESS }'.");
                break;
            }
            for (const Node::Entry& entry : value.entries) {
                const auto object = fields_.name(&entry.key, "the name of an object");
                const auto status = fields_.word(&entry.value, status_words());
                if (!object || !status) continue;
                const Step* found = scenario_.step(expectation.step);
                if (found && !in_tree(*found, *object)) {
                    fields_.problem(entry.key, in_quotes(*object) + " is not in the tree of that step",
                                    "Name an object of the tree.");
                    continue;
                }
                expectation.statuses.emplace_back(*object, static_cast<std::int32_t>(*status));
            }
            break;
        }
        case Expectation::Kind::call_entries:
        case Expectation::Kind::offload_entries:
            read_entries(expectation, value);
            break;
        case Expectation::Kind::events:
            expectation.patterns.push_back(read_pattern(value));
            if (const auto count = fields_.number(fields.find("count"), "the count", 0, 1000000000))
                expectation.count = static_cast<unsigned>(*count);
            else if (!fields.find("count"))
                fields_.problem(node, "'events' needs a count", "Add 'count: N'.");
            break;
        case Expectation::Kind::order:
            for (const Node* item : fields_.list(&value, "the order", 256))
                expectation.patterns.push_back(read_pattern(*item));
            break;
        case Expectation::Kind::findings:
            if (const auto count = fields_.number(&value, "the number of findings", 0, 1000000))
                expectation.count = static_cast<unsigned>(*count);
            break;
        case Expectation::Kind::received:
            return read_received(std::move(expectation), value);
    }
    if (fields.find("count") && expectation.kind != Expectation::Kind::events) {
        fields_.problem(fields.key_node("count"), "'count' has no meaning beside '" + std::string(chosen->key) + "'",
                        "Remove it.");
    }
    if (fields.find("step") && expectation.kind != Expectation::Kind::statuses) {
        fields_.problem(fields.key_node("step"), "'step' has no meaning beside '" + std::string(chosen->key) + "'",
                        "Remove it.");
    }
    return expectation;
}

void ScenarioReader::read_entries(Expectation& expectation, const Node& node) {
    const MappingFields fields(node, mapping_format("entries"), problems_);
    expectation.layer = read_layer_name(fields.find("layer"));
    if (const auto live = fields_.number(fields.find("live"), "the number of live entries", 0, 1000000))
        expectation.live = static_cast<unsigned>(*live);
    if (const auto released = fields_.number(fields.find("released"), "the number of released entries", 0, 1000000))
        expectation.released = static_cast<unsigned>(*released);
    if (fields.is_mapping() && !fields.find("live") && !fields.find("released")) {
        fields_.problem(node, "the expectation gives no number", "Add 'live: N' or 'released: N'.");
    }
}

void ScenarioReader::read_variants(const Node* node) {
    for (const Node* item : fields_.list(node, "the list of variants", 64)) {
        const MappingFields fields(*item, mapping_format("variant"), problems_);
        Variant variant;
        if (auto name = fields_.name(fields.find("name"), "the name of a variant")) {
            variant.name = std::move(*name);
            if (scenario_.variant(variant.name))
                fields_.problem(*fields.find("name"), "there are two variants with the name " + in_quotes(variant.name),
                                "Give every variant its own name.");
        }
        if (auto title = fields_.text(fields.find("title"), "the title of a variant", 200))
            variant.title = std::move(*title);
        if (auto teaches = fields_.text(fields.find("teaches"), "what a variant teaches"))
            variant.teaches = std::move(*teaches);
        variant.breaks = fields_.rule_list(fields.find("breaks"), 64);
        // What the variant names may be a layer of its own, larger machine.
        std::vector<IntermediateDriver> of_the_machine = scenario_.machine.intermediate_drivers;
        if (const Node* stack = fields.find("intermediate_drivers")) {
            variant.intermediate_drivers = read_intermediate_drivers(stack);
            scenario_.machine.intermediate_drivers = *variant.intermediate_drivers;
        }
        if (const Node* drivers = fields.find("drivers")) read_variant_drivers(variant, *drivers);
        if (const Node* faults = fields.find("faults")) variant.faults = read_faults(faults);
        if (const Node* expectations = fields.find("expectations"))
            variant.expectations = read_expectations(expectations);
        scenario_.machine.intermediate_drivers = std::move(of_the_machine);
        if (const auto word = fields_.word(fields.find("mode"), machine_mode_words()))
            variant.mode = static_cast<MachineMode>(*word);
        for (const Node* named : fields_.list(fields.find("strict"), "the list of strict readings", 64)) {
            std::optional<std::string> reading = fields_.text(named, "the name of a strict reading", 100);
            if (!reading) continue;
            if (verifier::find_strict_reading(*reading)) {
                variant.strict.push_back(std::move(*reading));
                continue;
            }
            std::vector<std::string_view> names;
            for (const verifier::StrictReading& known : verifier::strict_readings()) names.push_back(known.name);
            fields_.problem(*named, "there is no strict reading " + in_quotes(*reading), suggest(*reading, names));
        }
        if (const auto word = fields_.word(fields.find("completion"), completion_words()))
            variant.completion = static_cast<CompletionMode>(*word);
        variant.schedule = fields_.schedule(fields.find("schedule"));
        if (auto step = fields_.name(fields.find("until"), "the name of a step")) {
            variant.until = std::move(*step);
            if (!scenario_.step(variant.until))
                fields_.problem(*fields.find("until"), "there is no step " + in_quotes(variant.until),
                                suggest(variant.until, step_names()));
        }
        scenario_.variants.push_back(std::move(variant));
    }
}

void ScenarioReader::read_variant_drivers(Variant& variant, const Node& node) {
    if (node.kind != Node::Kind::mapping) {
        fields_.problem(node,
                        "'drivers' should map layers to drivers, but this is " +
                            std::string(node.kind_name()),
                        "Write 'drivers: { IM 1: reference }'.");
    }
    for (const Node::Entry& entry : node.entries) {
        const std::string layer = read_layer_name(&entry.key);
        const auto driver = fields_.text(&entry.value, "the driver", 200);
        if (layer.empty() || !driver) continue;
        const auto& all = scenario_.machine.intermediate_drivers;
        const trace::LayerRole role = layer == "host stack"       ? trace::LayerRole::host_stack
                                      : layer == "offload target" ? trace::LayerRole::offload_target
                                                                  : trace::LayerRole::intermediate_driver;
        if (role == trace::LayerRole::intermediate_driver &&
            std::none_of(all.begin(), all.end(), [&](const IntermediateDriver& d) { return d.name == layer; })) {
            fields_.problem(entry.key, in_quotes(layer) + " has no driver that could be replaced",
                            "Name the host stack, an intermediate driver of the machine, or the offload target.");
            continue;
        }
        if (!known_driver(*driver, role)) {
            std::vector<std::string_view> fit;
            for (const KnownDriver& known : known_drivers())
                if (known.linked || known.role == role) fit.push_back(known.name);
            fields_.problem(entry.value, "there is no driver " + in_quotes(*driver) + " for the " + layer, suggest(*driver, fit));
            continue;
        }
        variant.drivers.emplace_back(layer, *driver);
    }
}

}  // namespace chimneylab::scenario
