// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/ladder_position.h"

#include <optional>

#include "engine/trace/text.h"

namespace chimneylab::verifier {

namespace {

using trace::ConversionKind;
using trace::Event;
using trace::EventId;
using trace::EventKind;
using trace::Function;
using trace::FunctionGroup;
using trace::History;
using trace::LayerIndex;

struct Place {
    LadderPosition position;
    bool converts = false;  // a state-manipulation operation
};

std::size_t layer_count(const History& history) { return history.trace().layers().size(); }

std::uint32_t whole_way(const History& history) {
    const std::size_t layers = layer_count(history);
    return layers < 2 ? 0 : static_cast<std::uint32_t>(4 * (layers - 2) + 2);
}

bool climbs(FunctionGroup group) {
    switch (group) {
        case FunctionGroup::state_manipulation:
        case FunctionGroup::offloaded_io:
        case FunctionGroup::indication:
        case FunctionGroup::oid_request:
        case FunctionGroup::status_indication:
        case FunctionGroup::net_buffer_list:
            return true;
        default:
            return false;
    }
}

// The rung that a call is: the driver that makes or gets it, and at which of its edges.
std::optional<Place> place_of_call(const History& history, const Event& call) {
    const Function* function = trace::find_function(history.trace().text(call.name));
    if (!function || !climbs(function->group) || function->direction == trace::Direction::sideways) return {};
    Place place;
    place.position.layer = function->side == trace::Side::driver_calls_ndis ? call.other_layer : call.layer;
    if (place.position.layer >= layer_count(history)) return {};
    place.position.edge = function->edge == trace::Edge::miniport   ? LadderEdge::upper
                          : function->edge == trace::Edge::protocol ? LadderEdge::lower
                                                                    : LadderEdge::inside;
    place.position.way = function->direction == trace::Direction::down ? LadderWay::down : LadderWay::up;
    place.converts = function->group == FunctionGroup::state_manipulation;
    return place;
}

std::optional<Place> place_of_conversion(const History& history, EventId id) {
    const trace::Conversion* conversion = history.conversion_at(id);
    if (!conversion || conversion->lane >= layer_count(history)) return {};
    Place place;
    place.position.layer = conversion->lane;
    place.converts = true;
    switch (conversion->kind) {
        case ConversionKind::protocol_to_miniport_by_ndis:
            // Inside the call of the driver above: what comes of it is seen at the upper edge of the driver below.
            place.position.edge = LadderEdge::upper;
            place.position.way = LadderWay::down;
            if (conversion->lane + 1u < layer_count(history)) ++place.position.layer;
            break;
        case ConversionKind::miniport_to_protocol_by_driver:
            place.position.edge = LadderEdge::inside;
            place.position.way = LadderWay::down;
            break;
        case ConversionKind::miniport_to_protocol_by_ndis:
            place.position.edge = LadderEdge::lower;
            place.position.way = LadderWay::up;
            break;
        case ConversionKind::protocol_to_miniport_by_driver:
            place.position.edge = LadderEdge::inside;
            place.position.way = LadderWay::up;
            break;
        case ConversionKind::none:
            return {};
    }
    return place;
}

// Innermost first: the event itself, then the calls that enclose it. With a layer only a place of that layer will do.
std::optional<Place> place_around(const History& history, EventId id, std::optional<LayerIndex> layer) {
    const trace::Trace& trace = history.trace();
    const auto wanted = [&](const std::optional<Place>& place) {
        return place && (!layer || place->position.layer == *layer);
    };
    if (trace.event(id).kind == EventKind::conversion) {
        if (auto place = place_of_conversion(history, id); wanted(place)) return place;
    }
    const Event& event = trace.event(id);
    EventId at = event.kind == EventKind::enter ? id : event.kind == EventKind::leave ? event.partner : event.parent;
    const bool itself = event.kind == EventKind::enter || event.kind == EventKind::leave;
    for (bool first = itself; at.valid(); at = trace.event(at).parent, first = false) {
        const Event& call = trace.event(at);
        if (call.kind != EventKind::enter) continue;
        auto place = place_of_call(history, call);
        if (!place) continue;
        // Something that happens inside a handler happens in the driver's own code.
        const Function* function = trace::find_function(trace.text(call.name));
        if (!first && function->side == trace::Side::ndis_calls_driver) place->position.edge = LadderEdge::inside;
        if (wanted(place)) return place;
    }
    return {};
}

// Where the operation stands at a layer by then.
std::optional<Place> place_of_passage(const History& history, EventId id, LayerIndex layer, trace::OperationId operation) {
    const trace::Operation* known = operation.valid() ? history.operation(operation) : nullptr;
    const trace::Passage* passage = known ? known->passage(layer) : nullptr;
    if (!passage) return {};
    const auto by_then = [&](EventId event) { return event.valid() && event <= id; };
    Place place;
    place.position.layer = layer;
    place.converts = true;
    if (by_then(passage->completed)) {
        place.position.edge = LadderEdge::upper;
        place.position.way = LadderWay::up;
    } else if (by_then(passage->came_back)) {
        place.position.edge = layer == trace::host_stack_layer ? LadderEdge::lower : LadderEdge::inside;
        place.position.way = LadderWay::up;
    } else if (by_then(passage->handed_on)) {
        place.position.edge = LadderEdge::lower;
        place.position.way = LadderWay::down;
    } else if (by_then(passage->arrived)) {
        place.position.edge = LadderEdge::inside;
        place.position.way = LadderWay::down;
    } else {
        return {};
    }
    return place;
}

void number_conversion(const History& history, LadderPosition& position) {
    const std::uint32_t layers = static_cast<std::uint32_t>(layer_count(history));
    const std::uint32_t total = whole_way(history), k = position.layer;
    const bool intermediate = k > 0 && k + 1 < layers;
    std::uint32_t number = 0;
    ConversionKind kind = ConversionKind::none;
    if (position.way == LadderWay::down) {
        if (position.edge == LadderEdge::upper && k > 0) {
            number = 2 * k - 1;
            kind = ConversionKind::protocol_to_miniport_by_ndis;
        } else if (position.edge != LadderEdge::upper && intermediate) {
            number = 2 * k;
            kind = ConversionKind::miniport_to_protocol_by_driver;
        }
    } else if (position.way == LadderWay::up) {
        if (position.edge == LadderEdge::lower && k + 1 < layers) {
            number = total - 2 * k;
            kind = ConversionKind::miniport_to_protocol_by_ndis;
        } else if (position.edge != LadderEdge::lower && intermediate) {
            number = total - 2 * k + 1;
            kind = ConversionKind::protocol_to_miniport_by_driver;
        }
    }
    position.conversion = kind;
    position.conversion_number = number;
}

}  // namespace

LadderPosition ladder_position(const History& history, EventId event, LayerIndex layer, trace::OperationId operation) {
    LadderPosition none;
    none.conversions = whole_way(history);
    if (!event.valid() || event.value >= history.trace().size()) return none;
    const bool one_layer = layer < layer_count(history);
    std::optional<Place> place =
        place_around(history, event, one_layer ? std::optional<LayerIndex>(layer) : std::nullopt);
    if (!place && one_layer) place = place_of_passage(history, event, layer, operation);
    if (!place) {
        const LayerIndex running = one_layer ? layer : history.running_layer(event);
        if (running >= layer_count(history)) return none;
        place = Place{.position = {.layer = running, .edge = LadderEdge::inside}};
    }
    place->position.conversions = whole_way(history);
    if (place->converts) number_conversion(history, place->position);
    return place->position;
}

LadderPosition ladder_position(const History& history, const Violation& violation) {
    return ladder_position(history, violation.event, violation.layer, violation.operation);
}

std::string ladder_drawing(const History& history, const LadderPosition& position) {
    const std::size_t layers = layer_count(history);
    const bool down = position.way == LadderWay::down, up = position.way == LadderWay::up;
    const std::string arrow = down ? "▼" : up ? "▲" : "─";
    std::string drawing;
    for (std::size_t k = 0; k < layers; ++k) {
        const std::string name = history.layer_name(static_cast<LayerIndex>(k));
        const bool here = position.on_ladder() && position.layer == k;
        drawing += here && position.edge == LadderEdge::inside ? "[✗ " + name + "]" : name;
        if (k + 1 == layers) {
            break;
        }
        const bool below_it = here && position.edge == LadderEdge::lower;
        const bool above_it = position.on_ladder() && position.layer == k + 1 && position.edge == LadderEdge::upper;
        // Travelled: what lies above on the way down, what lies below on the way up, and the gap where it stands.
        const bool travelled = position.on_ladder() && ((down && k < position.layer) || (up && k >= position.layer));
        drawing += " ";
        drawing += below_it ? "✗" : "─";
        drawing += below_it || above_it || travelled ? arrow : "─";
        drawing += above_it ? "✗" : "─";
        drawing += " ";
    }
    return drawing;
}

std::string ladder_text(const History& history, const LadderPosition& position) {
    if (!position.on_ladder()) return "outside the ladder";
    const auto role = history.trace().layers()[position.layer].role;
    std::string who = history.layer_name(position.layer);
    if (role == trace::LayerRole::host_stack) who = "the host stack";
    if (role == trace::LayerRole::offload_target) who = "the offload target";
    std::string text = position.way == LadderWay::down ? "going down, " : position.way == LadderWay::up ? "coming up, " : "";
    text += position.edge == LadderEdge::upper   ? "at " + who + "'s upper edge"
            : position.edge == LadderEdge::lower ? "at " + who + "'s lower edge"
                                                 : "inside " + who;
    if (position.conversion_number > 0) {
        text += ": conversion " + std::to_string(position.conversion_number) + " of " +
                std::to_string(position.conversions) + ", " + trace::conversion_title(position.conversion);
    }
    return text;
}

std::string_view to_text(LadderEdge edge) {
    switch (edge) {
        case LadderEdge::upper:
            return "upper";
        case LadderEdge::inside:
            return "inside";
        case LadderEdge::lower:
            return "lower";
        case LadderEdge::none:
            break;
    }
    return {};
}

std::string_view to_text(LadderWay way) {
    return way == LadderWay::down ? "down" : way == LadderWay::up ? "up" : std::string_view{};
}

}  // namespace chimneylab::verifier
