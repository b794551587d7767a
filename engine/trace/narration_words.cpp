// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/narration_words.h"

#include <algorithm>
#include <cctype>

namespace chimneylab::trace::words {

std::string who(const History& history, LayerIndex layer) {
    const auto layers = history.trace().layers();
    if (layer < layers.size() && layers[layer].role == LayerRole::host_stack) return "the host stack";
    if (is_target(history, layer)) return "the offload target";
    return history.layer_name(layer);
}

std::string whose(const History& history, LayerIndex layer) { return who(history, layer) + "'s"; }

std::string capitalised(std::string text) {
    if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    return text;
}

std::string of_the_wire(const History& history, const Event& event) {
    const std::string end = event.layer == machine_layer ? "the peer" : who(history, event.layer);
    if (event.kind == EventKind::frame_sent) return end + " sends a frame";
    return event.kind == EventKind::frame_received ? "a frame reaches " + end : "a frame is lost on the wire";
}

std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t most = 6;
    std::vector<std::string> once;
    for (const std::string& name : names)
        if (!name.empty() && std::ranges::find(once, name) == once.end()) once.push_back(name);
    const std::size_t shown = once.size() > most ? most - 1 : once.size();
    std::string text;
    for (std::size_t i = 0; i < shown; ++i) {
        if (i > 0) text += i + 1 == once.size() ? " and " : ", ";
        text += once[i];
    }
    if (shown < once.size()) text += " and " + std::to_string(once.size() - shown) + " more";
    return text;
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::string verb(OperationKind kind) {
    switch (kind) {
        case OperationKind::none:
            break;
        case OperationKind::initiate:
            return "take over";
        case OperationKind::query:
            return "report the present state of";
        case OperationKind::update:
            return "update the cached state of";
        case OperationKind::invalidate:
            return "invalidate";
        case OperationKind::terminate:
            return "give back";
    }
    return "handle";
}

bool is_target(const History& history, LayerIndex layer) {
    const auto layers = history.trace().layers();
    return layer < layers.size() && layers[layer].role == LayerRole::offload_target;
}

std::vector<std::string> block_names(const History& history, const Operation& operation) {
    std::vector<std::string> names;
    for (const OperationBlock& block : operation.blocks) names.emplace_back(history.label(block.block));
    return names;
}

}  // namespace chimneylab::trace::words
