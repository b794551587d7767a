// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Hands a growing trace, event by event, to the probe: each with the regions that were born and died and the bytes that
// changed, and before it the names it uses. Events that the probe gave up are referred to by nobody. On the thread of
// the run.
#pragma once

#include <vector>

#include "driver-bridge/windows/ndis/lab_ndis.h"
#include "engine/trace/recorder.h"

namespace chimneylab::windows {

class EventOutlet final : public trace::Sink {
public:
    explicit EventOutlet(const chimney_lab_run& outlet) : outlet_(outlet) {}

    void appended(const trace::Trace& trace, trace::EventId id) override;
    void amended(const trace::Trace& trace, trace::RegionId region) override;
    // What no event told: regions born and named after the last one, the description.
    void finish(const trace::Trace& trace);

private:
    void tell_preamble(const trace::Trace& trace);
    void add_births(const trace::Trace& trace, trace::EventId up_to);
    void add_labels(const trace::Trace& trace);
    [[nodiscard]] std::uint64_t sequence(trace::EventId id) const;
    // Births that would make the record too large for the probe go in records of their own, before it.
    std::uint64_t record(const chimney_wire_event& event);

    const chimney_lab_run& outlet_;
    std::size_t names_told_ = 0, layers_told_ = 0, regions_told_ = 0;
    trace::RunDescription description_told_;
    std::vector<trace::RegionId> living_;     // told and not dead
    std::vector<trace::RegionId> relabelled_;  // since the last record
    std::vector<std::uint64_t> sequences_;     // of each event
    std::vector<chimney_wire_piece> pieces_;
};

}  // namespace chimneylab::windows
