// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The lifelines of the sequence diagram: one for each layer, top of the stack on the left, and between two of them one
// for NDIS at that boundary; where frames are sent, one more for the peer at the other end of the network. Says on which of them an event stands. Pure functions of a trace; any thread.
#pragma once

#include <QString>
#include <unordered_map>
#include <vector>

#include "app/desktop/models/event_text.h"
#include "engine/trace/function_catalogue.h"
#include "engine/trace/history.h"

namespace chimneylab::desktop {

struct SequenceColumn {
    trace::LayerIndex layer = trace::ndis_layer;  // ndis_layer for a boundary
    trace::LayerIndex upper = 0;                  // of a boundary: the layer above it
    QString title;                                // "IM 1", "NDIS"
    EventMark mark = EventMark::ndis;
};

class SequenceColumns {
public:
    static constexpr int outside = -1;  // the machine: the I/O system, the scheduler, the scenario

    SequenceColumns() = default;
    explicit SequenceColumns(const trace::History& history);

    [[nodiscard]] const std::vector<SequenceColumn>& all() const { return columns_; }
    [[nodiscard]] int count() const { return static_cast<int>(columns_.size()); }
    // The other end of the network as a last lifeline, when frames are sent in the run.
    void add_peer();
    [[nodiscard]] int peer() const { return peer_; }  // outside: there is none
    [[nodiscard]] int of_layer(trace::LayerIndex layer) const;  // outside for NDIS and the machine

    // Where the event stands: the callee's lifeline for a call and its return, the converter's for a conversion, the
    // owner's for all else.
    [[nodiscard]] int of_event(trace::EventId event) const;
    // The lifeline a call comes from (a return goes to); `outside` where the machine calls.
    [[nodiscard]] int caller_of(trace::EventId enter) const;

private:
    // NDIS as called by, or calling, this driver with this function.
    [[nodiscard]] int boundary(trace::LayerIndex driver, trace::StringId function) const;
    [[nodiscard]] int of_work(trace::EventId work) const;

    int peer_ = outside;
    const trace::Trace* trace_ = nullptr;
    std::vector<SequenceColumn> columns_;
    std::vector<trace::Edge> edges_;  // by StringId: the edge of the function with this name
};

}  // namespace chimneylab::desktop
