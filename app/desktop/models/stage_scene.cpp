// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/stage_scene.h"

#include <QStringList>

#include <algorithm>
#include <cmath>

#include "app/desktop/models/event_text.h"
#include "app/desktop/models/frame_flights.h"
#include "app/desktop/models/session.h"
#include "app/desktop/models/stage_card.h"
#include "app/desktop/models/stage_ladder.h"
#include "app/desktop/models/stage_wire.h"

namespace chimneylab::desktop {

namespace {

constexpr double edge = 10;
constexpr double title_width = 128;
constexpr double rung_inset = 11;   // of a function name from the edge of its lane
constexpr double slot_width = 32;
constexpr double slot_height = 20;
constexpr double slot_gap = 4;
constexpr int longest_down_name = 25;  // MiniportInvalidateOffload
constexpr int longest_up_name = 33;    // ProtocolInvalidateOffloadComplete
constexpr int longest_passing_name = 36;  // ProtocolTcpOffloadDisconnectComplete, when there is no card beside it
constexpr double least_card_width = 186;
constexpr double widest_card = 268;

struct Columns {
    double down_line, down_names, centre_left, centre_right, up_line, up_names, right;
};

Columns columns_for(double width, const StageMetrics& metrics, int up_name = longest_up_name) {
    Columns c{};
    c.right = width - edge;
    c.down_line = edge + title_width + 12;
    c.down_names = c.down_line + 10;
    c.centre_left = c.down_names + longest_down_name * metrics.mono_advance + 12;
    c.up_names = c.right - up_name * metrics.mono_advance - 8;
    c.up_line = c.up_names - 10;
    c.centre_right = c.up_line - 12;
    return c;
}

// Lanes share the height; a driver lane has two rows of names, the two ends have one.
void place_lanes(StageScene& scene, const StageRequest& request) {
    const trace::Trace& trace = request.history->trace();
    const int count = static_cast<int>(trace.layers().size());
    const double below = request.frames != nullptr && !request.frames->empty() ? wire_height : 0;
    const double room = request.room.height() - below;
    const double gap = room < count * 70 ? 20 : 26;
    const double least = 50;
    const double most = 150;
    const double free_height = room - 2 * edge - gap * std::max(0, count - 1);
    double weights = 0;
    for (const trace::Layer& layer : trace.layers()) weights += layer.role == trace::LayerRole::intermediate_driver ? 1.0 : 0.82;
    const double unit = weights > 0 ? free_height / weights : least;
    const trace::LayerIndex running = request.history->running_layer(request.at);
    double y = edge;
    for (int i = 0; i < count; ++i) {
        const trace::Layer& layer = trace.layers()[static_cast<std::size_t>(i)];
        const bool driver = layer.role == trace::LayerRole::intermediate_driver;
        const double height = std::floor(std::clamp(unit * (driver ? 1.0 : 0.82), driver ? least : least - 8, driver ? most : most * 0.82));
        StageLane lane;
        lane.layer = i;
        lane.role = layer.role;
        lane.title = to_qstring(trace.text(layer.name));
        if (!lane.title.isEmpty()) lane.title[0] = lane.title[0].toUpper();
        lane.driver = to_qstring(trace.text(layer.driver));
        lane.box = QRectF(edge, y, scene.size.width() - 2 * edge, height);
        lane.running = running == i;
        scene.lanes.push_back(lane);
        y += height;
        if (i + 1 < count) {
            StageBoundary boundary;
            boundary.y = std::floor(y + gap / 2) + 0.5;
            boundary.pill = QRectF(scene.size.width() - edge - 58, boundary.y - 8, 46, 16);
            scene.boundaries.push_back(boundary);
            y += gap;
        }
    }
    scene.size.setHeight(std::max(request.room.height(), y + edge + below));
    // Room that is left over goes above and below.
    const double spare = std::floor((scene.size.height() - y - edge - below) / 2);
    for (StageLane& lane : scene.lanes) lane.box.translate(0, spare);
    for (StageBoundary& boundary : scene.boundaries) {
        boundary.y += spare;
        boundary.pill.translate(0, spare);
    }
}

double y_of_call(const StageScene& scene, const LadderCall& call) {
    const QRectF& box = scene.lanes[static_cast<std::size_t>(call.lane)].box;
    const bool at_top = call.upward == call.leaves_lane;  // in from above, or out upwards
    return at_top ? box.top() + rung_inset : box.bottom() - rung_inset;
}

// Where the block list is after this call: in a lane, or on the boundary that the call goes through.
double y_of_place(const StageScene& scene, const LadderCall& call) {
    const auto lane = static_cast<std::size_t>(call.lane);
    if (!call.leaves_lane) return scene.lanes[lane].box.center().y();
    const std::size_t boundary = call.upward ? lane - 1 : lane;
    return boundary < scene.boundaries.size() ? scene.boundaries[boundary].y : scene.lanes[lane].box.center().y();
}

void place_ladder(StageScene& scene, const StageRequest& request, const std::vector<LadderCall>& ladder, int present,
                  const Columns& columns) {
    bool first_down = true;
    bool first_up = true;
    for (std::size_t i = 0; i < ladder.size(); ++i) {
        const LadderCall& call = ladder[i];
        StageRung rung;
        rung.function = call.function;
        rung.upward = call.upward;
        rung.role = scene.lanes[static_cast<std::size_t>(call.lane)].role;
        const double y = y_of_call(scene, call);
        const double x = call.upward ? columns.up_names : columns.down_names;
        rung.text = QRectF(x, y - 8, static_cast<double>(call.function.size()) * request.metrics.mono_advance + 4, 16);
        rung.foot = QPointF(call.upward ? columns.up_line : columns.down_line, y);
        const trace::EventId last = call.last_at(request.at);
        rung.tense = static_cast<int>(i) == present ? Tense::present : last.valid() ? Tense::past : Tense::future;
        rung.event = last.valid() ? last : call.events.empty() ? trace::EventId() : call.events.front();
        StageLadderLine& line = call.upward ? scene.up : scene.down;
        bool& first = call.upward ? first_up : first_down;
        if (first) line.from = rung.foot;
        first = false;
        line.to = rung.foot;
        if (last.valid()) {
            line.begun = true;
            line.reached = rung.foot;
            line.role = rung.role;
        }
        if (rung.tense == Tense::present) line.current = true;
        scene.rungs.push_back(std::move(rung));
    }
    for (StageLadderLine* line : {&scene.down, &scene.up}) {
        if (!line->begun) line->reached = line->from;
    }
}

void place_entries(StageScene& scene, const StageRequest& request) {
    const trace::History& history = *request.history;
    const trace::Event& event = history.trace().event(request.at);
    for (StageLane& lane : scene.lanes) {
        if (lane.role != trace::LayerRole::intermediate_driver) continue;
        const auto layer = static_cast<trace::LayerIndex>(lane.layer);
        const int room = static_cast<int>((title_width - 8 + slot_gap) / (slot_width + slot_gap));
        const int wanted = std::max<int>(room, static_cast<int>(history.call_entry_slots(layer)));
        const int visible = std::min(room, wanted);
        // Under the title, and at the height between the two rows of function names when there is room for that.
        const double top = lane.box.top() + std::max(23.0, lane.box.height() / 2 - slot_height / 2 + 2);
        std::vector<StageSlot> row(static_cast<std::size_t>(visible));
        for (int i = 0; i < visible; ++i) {
            row[static_cast<std::size_t>(i)].layer = lane.layer;
            row[static_cast<std::size_t>(i)].box =
                QRectF(lane.box.left() + 14 + i * (slot_width + slot_gap), std::floor(top), slot_width, slot_height);
        }
        for (const std::uint32_t index : history.live_call_entries(layer, request.at)) {
            const trace::CallEntry& entry = history.call_entries()[index];
            if (entry.slot >= static_cast<std::uint32_t>(visible)) {
                ++lane.hidden_entries;
                continue;
            }
            StageSlot& slot = row[entry.slot];
            slot.region = entry.region;
            slot.number = entry.ordinal;
            slot.of_shown_operation = request.operation != nullptr && entry.operation == request.operation->id;
            slot.present = event.region == entry.region && (event.kind == trace::EventKind::call_entry_recognised ||
                                                            event.kind == trace::EventKind::call_entry_released);
            slot.chosen = request.chosen == entry.region;
        }
        scene.slots.insert(scene.slots.end(), row.begin(), row.end());
    }
}

// At a boundary, or in a lane where no function name stands: between the two rows of a driver, below or above the one row
// of the ends. Several at one place stand side by side.
void place_chips(StageScene& scene, const StageRequest& request, const Columns& columns) {
    constexpr double height = 17, gap = 4, over_line = 14;
    const trace::History& history = *request.history;
    for (const trace::OperationId id : history.in_progress(request.at)) {
        if (request.operation != nullptr && id == request.operation->id) continue;
        const trace::Operation* operation = history.operation(id);
        if (operation == nullptr) continue;
        const auto ladder = ladder_of(history, *operation);
        const int present = present_call(ladder, request.at);
        if (present < 0) continue;
        const LadderCall& call = ladder[static_cast<std::size_t>(present)];
        StageChip chip;
        chip.operation = id;
        chip.upward = call.upward;
        chip.text = operation_text(history, id);
        double y = y_of_place(scene, call);
        const StageLane& lane = scene.lanes[static_cast<std::size_t>(call.lane)];
        constexpr double beside_names = rung_inset + 8 + height / 2;
        if (!call.leaves_lane && lane.role == trace::LayerRole::offload_target) y = std::min(lane.box.top() + beside_names, lane.box.bottom() - height / 2);
        if (!call.leaves_lane && lane.role == trace::LayerRole::host_stack) y = std::max(lane.box.bottom() - beside_names, lane.box.top() + height / 2);
        const double width = std::min(96.0, static_cast<double>(chip.text.size()) * request.metrics.small_advance + 16);
        chip.box = QRectF(call.upward ? columns.up_line + over_line - width : columns.down_line - over_line, y - height / 2, width, height);
        for (const StageChip& other : scene.chips) {
            if (!other.box.intersects(chip.box)) continue;
            if (call.upward) chip.box.moveRight(other.box.left() - gap);
            else chip.box.moveLeft(other.box.right() + gap);
        }
        scene.chips.push_back(std::move(chip));
    }
}

// The slot of the call entry that the operation has at this layer. At the conversion on the way down the memory is not
// known to be a call entry yet (it is recognised when the driver hands the list on), but its place is.
const StageSlot* entry_slot(const StageScene& scene, const StageRequest& request, trace::LayerIndex layer) {
    const trace::Passage* passage = request.operation->passage(layer);
    if (passage == nullptr || passage->call_entry == trace::Passage::no_index) return nullptr;
    std::uint32_t number = request.history->call_entries()[passage->call_entry].slot;
    for (const StageSlot& slot : scene.slots) {
        if (slot.layer == layer && number-- == 0) return &slot;
    }
    return nullptr;
}

void place_arrow(StageScene& scene, const StageRequest& request) {
    const trace::Trace& trace = request.history->trace();
    const trace::Event& event = trace.event(request.at);
    if (!scene.card.shown || request.operation == nullptr || event.operation != request.operation->id) return;
    const QRectF& card = scene.card.box;
    StageArrow arrow;
    if (event.kind == trace::EventKind::conversion) {
        const auto kind = static_cast<trace::ConversionKind>(event.detail);
        switch (kind) {
            case trace::ConversionKind::miniport_to_protocol_by_driver:
            case trace::ConversionKind::protocol_to_miniport_by_driver: {
                const StageSlot* slot = entry_slot(scene, request, event.layer);
                if (slot == nullptr) return;
                // Between the two rows of function names, so that no name is struck through.
                const QRectF& lane = scene.lanes[event.layer].box;
                const double y = std::clamp(slot->box.center().y(), lane.top() + rung_inset + 8, lane.bottom() - rung_inset - 8);
                const QPointF at_slot(slot->box.right() + 2, y);
                const QPointF at_card(card.left() - 2, std::clamp(y, card.top() + 8, card.bottom() - 8));
                const bool saves = kind == trace::ConversionKind::miniport_to_protocol_by_driver;
                arrow.meaning = saves ? StageArrow::Meaning::saves : StageArrow::Meaning::restores;
                arrow.from = saves ? at_card : at_slot;
                arrow.to = saves ? at_slot : at_card;
                arrow.words = saves ? QStringLiteral("saved in the call entry") : QStringLiteral("restored from the call entry");
                break;
            }
            case trace::ConversionKind::protocol_to_miniport_by_ndis: {
                if (event.change_count == 0 || scene.boundaries.empty()) return;
                const auto index = std::min<std::size_t>(static_cast<std::size_t>(scene.card.lane), scene.boundaries.size() - 1);
                const QRectF& pill = scene.boundaries[index].pill;
                arrow.meaning = StageArrow::Meaning::ndis_writes;
                arrow.from = QPointF(pill.left() - 2, pill.center().y());
                arrow.to = QPointF(card.right() + 2, std::clamp(pill.center().y(), card.top() + 8, card.bottom() - 8));
                arrow.words = QStringLiteral("NDIS writes");
                break;
            }
            case trace::ConversionKind::miniport_to_protocol_by_ndis:
            case trace::ConversionKind::none: return;
        }
    } else if (event.kind == trace::EventKind::context_published && event.region.valid()) {
        const trace::LayerIndex owner = trace.region(event.region).owner;
        if (owner >= scene.lanes.size()) return;
        const QRectF& lane = scene.lanes[owner].box;
        arrow.meaning = StageArrow::Meaning::publishes;
        arrow.from = QPointF(card.center().x(), card.top() - 2);
        arrow.to = QPointF(card.center().x(), std::min(lane.bottom() - 14, card.top() - 14));
        arrow.words = to_qstring(request.history->label(event.region)) + QStringLiteral(": context written");
    } else {
        return;
    }
    scene.arrow = arrow;
}

// At the lower edge of the title column of each lane, where nothing else stands.
void place_findings(StageScene& scene, const StageRequest& request) {
    if (request.findings == nullptr || request.findings->rows.empty()) return;
    const auto& rows = request.findings->rows;
    const auto [first, last] = request.findings->at(request.at);
    for (const StageLane& lane : scene.lanes) {
        StageFinding mark;
        mark.layer = lane.layer;
        int here = 0;
        int before = 0;
        for (std::size_t i = 0; i < last; ++i) {
            if (rows[i].layer != lane.layer) continue;
            if (i >= first) {
                // The first cause is the one to show.
                if (++here == 1 || (rows[i].first_cause && !rows[static_cast<std::size_t>(mark.finding)].first_cause)) mark.finding = static_cast<int>(i);
            } else {
                ++before;
                mark.finding = static_cast<int>(i);
            }
        }
        if (here == 0 && before == 0) continue;
        mark.here = here > 0;
        mark.text = !mark.here ? QStringLiteral("%1 so far").arg(before) : rows[static_cast<std::size_t>(mark.finding)].rule;
        if (here > 1) mark.text += QStringLiteral(" +%1").arg(here - 1);
        mark.box = QRectF(lane.box.left() + 12, lane.box.bottom() - 6, 30 + static_cast<double>(mark.text.size()) * request.metrics.small_advance, 16);
        scene.findings.push_back(mark);
    }
}

}  // namespace

double least_stage_width(const StageMetrics& metrics) {
    const Columns c = columns_for(0, metrics);
    return c.centre_left - c.centre_right + least_card_width;
}

StageScene build_stage(const StageRequest& request) {
    StageScene scene;
    if (request.history == nullptr || request.cursor == nullptr || !request.at.valid() || request.history->trace().layers().empty()) {
        return scene;
    }
    const trace::History& history = *request.history;
    const trace::Event& event = history.trace().event(request.at);
    scene.size = QSizeF(std::max(request.room.width(), least_stage_width(request.metrics)), request.room.height());
    const Columns columns = columns_for(scene.size.width(), request.metrics);
    place_lanes(scene, request);
    const auto passing = passing_call(history, request.at);

    QStringList subtitle;
    if (!request.title.isEmpty()) subtitle << request.title;
    if (!passing.empty()) {
        subtitle << passing.front().function;
    } else if (request.operation != nullptr)
        subtitle << operation_name(request.operation->kind) + QStringLiteral(", operation %1").arg(operation_ordinal(history, request.operation->id));
    subtitle << QStringLiteral("virtual time ") + time_text(event.virtual_time);
    scene.subtitle = subtitle.join(QStringLiteral(" · "));
    const EventText present_text = event_text(history, request.at);
    scene.present = to_qstring(history.layer_name(present_text.layer)) + QStringLiteral(": ") + present_text.what;

    if (!passing.empty()) {
        place_ladder(scene, request, passing, present_call(passing, request.at), columns_for(scene.size.width(), request.metrics, longest_passing_name));
    } else if (request.operation != nullptr && !request.operation->crossings.empty()) {
        const auto ladder = ladder_of(history, *request.operation);
        const int present = present_call(ladder, request.at);
        place_ladder(scene, request, ladder, present, columns);
        CardPlace place;
        const LadderCall& call = ladder[static_cast<std::size_t>(std::max(present, 0))];
        place.upward = call.upward;
        place.in_ndis = present >= 0 && call.leaves_lane;
        place.lane = call.upward && call.leaves_lane ? call.lane - 1 : call.lane;
        place.centre_y = present < 0 ? scene.lanes.front().box.center().y() : y_of_place(scene, call);
        const double width = std::clamp(columns.centre_right - columns.centre_left, least_card_width, widest_card);
        place.left = call.upward ? columns.centre_right - width : columns.centre_left;
        place.width = width;
        // Nothing lies on the network below the lanes.
        const bool network = request.frames != nullptr && !request.frames->empty();
        scene.card = build_card(request, place, scene.size.height() - (network ? wire_height : 0));
        if (place.in_ndis && static_cast<std::size_t>(place.lane) < scene.boundaries.size()) {
            scene.boundaries[static_cast<std::size_t>(place.lane)].running = true;
        }
    }
    place_entries(scene, request);
    place_findings(scene, request);
    place_chips(scene, request, columns);
    place_arrow(scene, request);
    place_wire(scene, request);
    return scene;
}

}  // namespace chimneylab::desktop
