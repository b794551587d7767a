// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/sequence_columns.h"

namespace chimneylab::desktop {

using trace::Edge;
using trace::EventId;
using trace::EventKind;

SequenceColumns::SequenceColumns(const trace::History& history) : trace_(&history.trace()) {
    const auto layers = trace_->layers();
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const auto layer = static_cast<trace::LayerIndex>(i);
        columns_.push_back({layer, layer, short_layer_name(history, layer), mark_of_layer(*trace_, layer)});
        if (i + 1 < layers.size()) columns_.push_back({trace::ndis_layer, layer, QStringLiteral("NDIS"), EventMark::ndis});
    }
    edges_.resize(trace_->string_count(), Edge::none);
    for (std::size_t i = 0; i < edges_.size(); ++i) {
        if (const trace::Function* function = trace::find_function(trace_->text(trace::StringId(static_cast<std::uint32_t>(i))))) {
            edges_[i] = function->edge;
        }
    }
}

void SequenceColumns::add_peer() {
    if (peer_ != outside) return;
    peer_ = count();
    columns_.push_back({trace::machine_layer, trace::machine_layer, QStringLiteral("Peer"), EventMark::machine});
}

int SequenceColumns::of_layer(trace::LayerIndex layer) const {
    return layer < trace_->layers().size() ? 2 * static_cast<int>(layer) : outside;
}

int SequenceColumns::boundary(trace::LayerIndex driver, trace::StringId function) const {
    if (driver >= trace_->layers().size() || count() < 2) return outside;
    const Edge edge = function.valid() ? edges_[function.value] : Edge::none;
    // A driver's miniport edge is its upper one, its protocol edge its lower one.
    bool above = edge == Edge::miniport;
    if (driver == 0) above = false;
    if (static_cast<std::size_t>(driver) + 1 == trace_->layers().size()) above = true;
    return 2 * static_cast<int>(driver) + (above ? -1 : 1);
}

int SequenceColumns::of_work(EventId work) const {
    const trace::Event& event = trace_->event(work);
    return of_layer(event.layer);  // NDIS's own work belongs to no one boundary
}

int SequenceColumns::of_event(EventId id) const {
    const trace::Event& event = trace_->event(id);
    switch (event.kind) {
        case EventKind::enter:
        case EventKind::leave:
            return event.layer == trace::ndis_layer ? boundary(event.other_layer, event.name) : of_layer(event.layer);
        case EventKind::conversion:
        case EventKind::memory_allocated:
        case EventKind::memory_freed:
            if (event.layer == trace::ndis_layer && event.parent.valid() && trace_->event(event.parent).kind == EventKind::enter) {
                return of_event(event.parent);
            }
            return of_layer(event.layer);
        case EventKind::frame_sent:
        case EventKind::frame_received:
        case EventKind::frame_dropped: return event.layer == trace::machine_layer ? peer_ : of_layer(event.layer);
        default: return of_work(id);
    }
}

int SequenceColumns::caller_of(EventId id) const {
    const trace::Event& event = trace_->event(id);
    if (event.other_layer != trace::ndis_layer) return of_layer(event.other_layer);
    // NDIS calls a driver: from inside the call that some driver made to it, if there is one.
    if (event.parent.valid()) {
        const trace::Event& parent = trace_->event(event.parent);
        if (parent.kind == EventKind::enter && parent.layer == trace::ndis_layer) return of_event(event.parent);
    }
    return boundary(event.layer, event.name);
}

}  // namespace chimneylab::desktop
