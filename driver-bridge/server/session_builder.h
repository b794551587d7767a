// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Makes a trace from the frames of one producer. It believes nothing: what cannot be is a problem (the connection ends,
// the trace so far stays), what refers to something that is not known (because it was lost) becomes "none" and is
// counted. After every call trace::integrity_problem has nothing to say about the trace. Records may come in any order;
// those that are ahead wait in a bounded room until the missing ones come or are given up and counted as missing.
// With a Recipient events go straight to it and only what the next record needs stays in memory; without one they become a
// trace in memory. Memory is bounded by BuilderLimits. Not thread safe.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "driver-bridge/protocol/wire.h"
#include "driver-bridge/server/event_linker.h"
#include "driver-bridge/server/recording.h"
#include "engine/trace/trace.h"

namespace chimneylab::bridge {

struct BuilderLimits {
    std::uint64_t trace_bytes = std::uint64_t{4} << 30;     // what a trace in memory may take, or what a recipient gets
    std::uint64_t resident_bytes = std::uint64_t{1} << 30;  // what may stay in memory of what a recipient has got
    std::size_t waiting_records = 65'536;                // ahead of a missing one
    std::size_t waiting_bytes = std::size_t{32} << 20;
    std::uint32_t names = 1u << 20;  // numbers of names go from 0 to this
};

// What a recording is short of. All counts are of the whole session.
struct Losses {
    std::uint64_t dropped = 0;     // records the producer gave up because its own memory was full; it told so
    std::uint64_t missing = 0;     // records that were sent and never came
    std::uint64_t unresolved = 0;  // references to names, regions or events that the recording does not have
    std::uint64_t repeated = 0;    // records that came a second time; nothing is lost by them
    [[nodiscard]] bool any() const { return dropped > 0 || missing > 0 || unresolved > 0; }
    [[nodiscard]] std::string to_text() const;  // "12 events were dropped by the producer, …"; empty: nothing
    friend bool operator==(const Losses&, const Losses&) = default;
};

// Name and build of a producer, as it introduces itself.
[[nodiscard]] std::string producer_name(const chimney_wire_hello& hello);

class SessionBuilder {
public:
    SessionBuilder(const chimney_wire_hello& hello, const BuilderLimits& limits,
                   std::shared_ptr<Recipient> recipient = nullptr);

    // One payload each. A text: what is wrong with it; what came before the wrong part stays.
    using Wrong = std::optional<std::string>;
    [[nodiscard]] Wrong run(std::span<const std::uint8_t> payload);
    [[nodiscard]] Wrong layers(std::span<const std::uint8_t> payload);
    [[nodiscard]] Wrong names(std::span<const std::uint8_t> payload);
    [[nodiscard]] Wrong events(std::span<const std::uint8_t> payload);
    [[nodiscard]] Wrong drops(std::span<const std::uint8_t> payload);

    [[nodiscard]] std::string name_text(std::uint32_t number) const;  // empty: not told

    [[nodiscard]] std::uint64_t next_sequence() const { return next_; }
    [[nodiscard]] const Losses& losses() const { return losses_; }
    // The session has grown to its limit, or the recipient takes no more; events() takes nothing more and says so.
    [[nodiscard]] bool full() const {
        return recipient_failed_ || bytes_ + resident_ >= limits_.trace_bytes ||
               (!recording_.kept_in_memory() && resident_ >= limits_.resident_bytes);
    }
    [[nodiscard]] std::uint64_t events_recorded() const { return recording_.size(); }
    [[nodiscard]] const trace::RunDescription& description() const { return recording_.description(); }
    [[nodiscard]] const trace::Trace& trace() const { return recording_.trace(); }  // without a recipient

    // Gives up what is missing. `end` (if any) and what was lost become a last message in the trace. expected_next is one
    // more than the last record that the producer sent, as it told when it took leave. With a recipient, which has got
    // everything then, the trace is empty.
    trace::Trace finish(const std::string& end, std::optional<std::uint64_t> expected_next);

private:
    struct WatchedRegion {
        trace::RegionId id;
        std::vector<std::byte> now;  // as last seen; empty once it has died
        bool lives = false;
    };
    struct Sequences {  // from this number on, numbers and events go in step
        std::uint64_t sequence;
        std::uint32_t event;
    };

    Wrong take(const chimney_wire_record& record);
    Wrong pieces(const chimney_wire_record& record);
    Wrong birth(const chimney_wire_piece& piece);
    void snapshot(const chimney_wire_piece& piece);
    void death(std::uint32_t number);
    void wait(const chimney_wire_record& record, std::span<const std::uint8_t> bytes);
    Wrong take_waiting();
    Wrong give_up_gap();
    trace::StringId name(std::uint32_t number);
    trace::OperationId operation(std::uint32_t number);
    trace::EventId event_of(std::uint64_t sequence);
    trace::Nanoseconds measured(std::uint64_t ticks) const;
    [[nodiscard]] std::string why_full() const;

    BuilderLimits limits_;
    std::uint64_t frequency_, origin_;
    bool has_virtual_time_, has_references_;
    Recording recording_;
    std::uint64_t next_ = 0;
    std::uint64_t bytes_ = 0;     // of events, changes and regions
    std::uint64_t resident_ = 0;  // of what is needed to understand the next record
    std::optional<std::string> recipient_failed_;
    Losses losses_;
    trace::StringId* known_name(std::uint32_t number);
    std::vector<trace::StringId> names_;
    std::unordered_map<std::uint32_t, trace::StringId> high_names_;  // of numbers that would make a table long
    std::unordered_map<std::uint32_t, WatchedRegion> regions_;
    std::vector<trace::RegionId> dying_;        // with the next event
    std::vector<Sequences> sequences_;          // ascending
    std::unordered_map<std::uint32_t, std::uint32_t> operations_;  // the producer's number → ours
    std::unordered_set<std::uint32_t> operations_used_;
    std::uint32_t lowest_free_operation_ = 0;
    std::map<std::uint64_t, std::vector<std::uint8_t>> waiting_;
    std::size_t waiting_bytes_ = 0;
    EventLinker linker_;
};

}  // namespace chimneylab::bridge
