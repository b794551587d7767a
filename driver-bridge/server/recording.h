// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Where a session's builder puts what it has made of a producer's records. It keeps only what is still needed to understand
// the next one (names, counts, the last times) and hands events over in parts: to a Recipient, which writes them to the
// disk or shows them, or, without one, to a trace in memory. Not thread safe.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/session/part.h"
#include "engine/trace/trace.h"

namespace chimneylab::bridge {

// Gets a session's events as they come, on the server's thread: who takes long holds back all producers.
class Recipient {
public:
    virtual ~Recipient() = default;
    // Bytes of the session have arrived, at this moment of the steady clock: what comes until the next such word was in them.
    virtual void heard(std::chrono::steady_clock::time_point) {}
    virtual void described(const trace::RunDescription& description, std::span<const trace::Layer> layers) = 0;
    // Follows on the last one. The part is the builder's; what is wanted of it is copied.
    virtual void grew(const session::Part& part) = 0;
    // Nothing more can be taken, and why (a disk that is full): the session ends with these words.
    [[nodiscard]] virtual std::optional<std::string> problem() { return {}; }
};

// Appends a part to the trace that all parts before it made.
void append_part(trace::Trace& trace, const session::Part& part);

class Recording {
public:
    explicit Recording(std::shared_ptr<Recipient> recipient) : recipient_(std::move(recipient)) {}

    [[nodiscard]] std::uint64_t size() const { return part_.first_event + part_.events.size(); }  // events
    [[nodiscard]] std::uint64_t region_count() const { return regions_; }
    [[nodiscard]] bool kept_in_memory() const { return recipient_ == nullptr; }
    [[nodiscard]] trace::Nanoseconds last_virtual_time() const { return last_virtual_; }
    [[nodiscard]] trace::Nanoseconds last_measured_time() const { return last_measured_; }

    trace::StringId intern(std::string_view text);
    [[nodiscard]] std::string_view text(trace::StringId id) const { return texts_[id.value]; }
    [[nodiscard]] const trace::RunDescription& description() const { return description_; }
    void describe(trace::RunDescription description);
    void set_layers(std::vector<trace::Layer> layers);

    // Regions and changes belong to the event that is appended next.
    trace::RegionId add_region(trace::Region region, std::span<const std::byte> initial);
    void relabel(trace::RegionId region, trace::StringId label);
    void change(trace::RegionId region, std::uint32_t offset, trace::LayerIndex writer, std::span<const std::byte> before,
                std::span<const std::byte> after);
    // The regions that die with the event must have been added before.
    trace::EventId append(const trace::Event& event, std::span<const trace::RegionId> dying);

    void hand_over();  // what is whole so far
    // Also what no event told. The trace is empty when somebody else has it.
    trace::Trace finish();
    [[nodiscard]] const trace::Trace& trace() const { return trace_; }  // as handed over; empty with a recipient
    [[nodiscard]] std::optional<std::string> problem() const { return recipient_ ? recipient_->problem() : std::nullopt; }

private:
    struct Fate {
        trace::StringId label;
        trace::EventId died;
    };
    void tell_description();
    void take_coming();
    void amend(trace::RegionId region);

    std::shared_ptr<Recipient> recipient_;
    trace::Trace trace_;
    session::Part part_;
    session::Part coming_;  // regions, changes and bytes of the next event
    std::uint64_t regions_ = 0;
    std::deque<std::string> texts_;
    std::unordered_map<std::string_view, trace::StringId> index_;
    std::unordered_map<std::uint32_t, Fate> fates_;  // of regions that live
    trace::RunDescription description_;
    std::vector<trace::Layer> layers_;
    bool described_anew_ = false;
    trace::Nanoseconds last_virtual_ = 0, last_measured_ = 0;
};

}  // namespace chimneylab::bridge
