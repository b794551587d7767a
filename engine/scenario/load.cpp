// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/load.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <string>

#include "engine/scenario/scenario_reader.h"

namespace chimneylab::scenario {

std::vector<std::string_view> ScenarioReader::object_names() const {
    std::vector<std::string_view> names;
    for (const Neighbor& object : scenario_.objects.neighbors) names.push_back(object.name);
    for (const Path& object : scenario_.objects.paths) names.push_back(object.name);
    for (const Connection& object : scenario_.objects.connections) names.push_back(object.name);
    return names;
}

std::vector<std::string_view> ScenarioReader::step_names() const {
    std::vector<std::string_view> names;
    for (const Step& step : scenario_.steps) names.push_back(step.name);
    return names;
}

Scenario ScenarioReader::read(const Node& root) {
    const MappingFields fields(root, mapping_format("scenario"), problems_);
    if (auto id = fields_.name(fields.find("id"), "the id")) {
        const bool plain = std::all_of(id->begin(), id->end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        });
        if (!plain)
            fields_.problem(*fields.find("id"), "the id cannot be " + in_quotes(*id),
                            "Use small letters, digits and '-', like m1.");
        scenario_.id = std::move(*id);
    }
    if (auto title = fields_.text(fields.find("title"), "the title", 200)) scenario_.title = std::move(*title);
    if (auto part = fields_.text(fields.find("part"), "the part", 200)) scenario_.part = std::move(*part);
    if (auto teaches = fields_.text(fields.find("teaches"), "what the scenario teaches"))
        scenario_.teaches = std::move(*teaches);
    scenario_.rules = fields_.rule_list(fields.find("rules"), 256);
    if (auto schedule = fields_.schedule(fields.find("schedule"))) {
        scenario_.schedule = std::move(*schedule);
        scenario_.needs_schedule = true;
    }
    // In this order: what comes later refers to what came before, whatever the order in the file.
    if (const Node* machine = fields.find("machine")) read_machine(*machine);
    if (const Node* objects = fields.find("objects")) read_objects(*objects);
    if (const Node* steps = fields.find("steps")) read_steps(*steps);
    read_narration(fields.find("narration"));
    read_questions(fields.find("questions"));
    scenario_.expectations = read_expectations(fields.find("expectations"));
    read_variants(fields.find("variants"));

    const std::vector<std::string_view> names = object_names();
    const auto check_failures = [&](const TargetSettings& settings) {
        for (const TargetFailure& failure : settings.failures) {
            if (!failure.object.empty() && !scenario_.objects.layer_of(failure.object)) {
                problems_.add(failure.where, "there is no object " + in_quotes(failure.object),
                              suggest(failure.object, names));
            }
        }
    };
    const auto check_faults = [&](const std::vector<Fault>& faults) {
        for (const Fault& fault : faults) {
            if (!fault.object.empty() && !scenario_.objects.layer_of(fault.object))
                problems_.add(fault.where, "there is no object " + in_quotes(fault.object), suggest(fault.object, names));
        }
    };
    check_failures(scenario_.machine.target);
    check_faults(scenario_.machine.faults);
    for (const Step& step : scenario_.steps) {
        check_failures(step.settings);
        check_faults(step.faults);
    }
    for (const Variant& variant : scenario_.variants)
        if (variant.faults) check_faults(*variant.faults);
    return std::move(scenario_);
}

Loaded load_text(std::string_view name, std::string_view text) {
    Loaded loaded;
    Problems problems{std::string(name)};
    if (const std::optional<Node> root = parse_document(text, problems)) {
        Scenario scenario = ScenarioReader(problems).read(*root);
        scenario.source = std::string(name);
        if (problems.empty()) loaded.scenario = std::move(scenario);
    }
    loaded.problems = problems.take();
    return loaded;
}

Loaded load_file(const std::filesystem::path& path) {
    const auto refuse = [&](std::string what, std::string remedy) {
        Loaded loaded;
        loaded.problems.push_back({path.string(), 0, 0, std::move(what), std::move(remedy)});
        return loaded;
    };
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) return refuse("there is no such file", "Check the path.");
    // A pipe or device could block or never end.
    if (!std::filesystem::is_regular_file(status))
        return refuse("this is no regular file", "Give the path of a scenario file (.yaml).");
    std::ifstream file(path, std::ios::binary);
    if (!file) return refuse("the file cannot be opened", "Check its permissions.");
    const std::size_t most = DocumentLimits{}.bytes;
    std::string text;
    std::array<char, 16384> part;  // most have room in one; memory for the largest would cost more than reading does
    while (file && text.size() <= most) {
        file.read(part.data(), part.size());
        text.append(part.data(), static_cast<std::size_t>(file.gcount()));
    }
    if (file.bad()) return refuse("the file cannot be read", "Check the disk.");
    if (text.size() > most) {
        return refuse("the file is larger than the " + std::to_string(most) + " bytes that a scenario may have",
                      "Split the scenario.");
    }
    return load_text(path.string(), text);
}

}  // namespace chimneylab::scenario
