// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What a rule is shown, and how it answers. The Verifier plays the trace once; at each moment that some rule cares about it
// builds a Scene and calls the units registered for that moment. A unit compares and, when a promise is broken, says so
// through the Report. Units keep no state of their own.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/verifier/model.h"
#include "engine/verifier/violation.h"

namespace chimneylab::verifier {

enum class Moment : std::uint8_t {
    operation_handed_on,    // a driver enters NdisXxxOffload; operation and passage are its own
    operation_arrives,      // NDIS enters MiniportXxxOffload; peer is the passage of the driver that called NDIS
    operation_completed,    // a driver enters NdisMXxxOffloadComplete
    completion_arrives,     // NDIS enters ProtocolXxxOffloadComplete; peer is the completing driver's passage, if any
    operation_out_of_turn,  // one of these four calls by or to a driver that has no such part in the operation; see Turn
    memory_written,         // a driver changed watched memory; change says what
    memory_freed,           // before the model forgets what lay there
    transfer,               // enter of any I/O function on an offloaded connection
    transfer_returned,      // leave of NdisTcpOffloadXxxComplete
    transfer_handler_returned,  // leave of MiniportTcpOffloadXxx
    transfer_call_returned,  // leave of NdisOffloadTcpXxx
    indication,             // enter of NdisTcpOffloadEventHandler, NdisTcpOffloadReceiveHandler, NdisMOffloadEventIndicate
    indication_arrives,     // enter of ProtocolTcpOffloadEvent, ProtocolTcpOffloadReceiveIndicate, ProtocolIndicateOffloadEvent
    indication_answered,    // their leave
    indication_returned,    // leave of the call that made one
    other_call,             // enter of any other function of the DDI; leave of ProtocolNetPnPEvent and MiniportOidRequest
    registration,           // enter of NdisSetOptionalHandlers; leave of NdisMGetOffloadHandlers and of DriverEntry
    found_by_machine,       // a finding event
    fault_injected,         // into a completion
    frame,                  // a frame of a connection is sent by the target or has reached it; model.wire().frame()
    host_datagram,          // the target sends an IP datagram of the host stack through an offloaded neighbor; model.neighbor_ledger()
    run_ended,
};
inline constexpr std::size_t moments = 22;

// Why a call is out of turn.
enum class Turn : std::uint8_t {
    in_turn,
    passed_down_twice,
    passed_down_after_completing,
    foreign_tree,              // the driver was never given this tree
    completed_while_below,     // it has passed the operation down and not got it back
    completed_twice,
    never_accepted,            // completes a tree that is not under way at this driver
    misdelivered,              // a completion for a driver that does not wait for it
};

struct Scene {
    const Model& model;
    EventId id;
    const trace::Event& event;
    LayerIndex driver = trace::machine_layer;  // who made the call, was called, or wrote
    OperationKind kind = OperationKind::none;  // of the function called
    const OperationRecord* operation = nullptr;
    const Passage* passage = nullptr;
    const Passage* peer = nullptr;
    Turn turn = Turn::in_turn;
    const trace::Change* change = nullptr;
    const TreeImage* now = nullptr;  // the tree at this event
    [[nodiscard]] const Replay& replay() const { return model.replay(); }
    [[nodiscard]] const TreeShape& shape() const { return operation->shape(); }
    [[nodiscard]] bool by_intermediate_driver() const { return replay().is_intermediate_driver(driver); }
    [[nodiscard]] bool by_host_stack() const { return replay().is_host_stack(driver); }
    [[nodiscard]] bool by_offload_target() const { return replay().is_offload_target(driver); }
    [[nodiscard]] std::string_view function_name() const { return replay().trace().text(event.name); }
    [[nodiscard]] bool is(std::string_view function) const { return function_name() == function; }
    [[nodiscard]] const trace::Function& function() const { return *replay().function(event); }  // at an I/O function's enter or leave
    [[nodiscard]] std::string who() const { return replay().layer_name(driver); }
    [[nodiscard]] std::string block_name(std::size_t index) const;
};

// A violation being described. Everything not set is taken from the scene.
class Draft {
public:
    Draft(const Scene& scene, const Rule& rule);
    Draft& by(LayerIndex layer);
    Draft& at(EventId event);
    Draft& operation(const OperationRecord& operation);
    Draft& block(RegionId region);
    Draft& member(std::string_view name, std::uint32_t offset);
    Draft& values(std::uint64_t expected, std::uint64_t seen, std::uint32_t size = 8);
    Draft& statuses(std::int32_t expected, std::int32_t seen);
    Draft& meanings(std::string expected, std::string seen);
    Draft& bytes(std::span<const std::byte> expected, std::span<const std::byte> seen);
    Draft& seen_only(std::uint64_t seen, std::uint32_t size = 8);
    Draft& severity(Severity severity);
    // Which rule it is when the host stack, or the offload target, breaks this promise; else the first that twins.h has.
    Draft& at_host(std::string_view rule);
    Draft& at_target(std::string_view rule);

private:
    friend class Report;
    void name_by_role();
    const Replay* replay_;
    Violation violation_;
    std::string_view host_rule_, target_rule_;
    bool severity_given_ = false;
};

class Report {
public:
    using Sink = std::function<void(Violation&&)>;
    Report(const Rule& rule, Sink sink) : rule_(&rule), sink_(std::move(sink)) {}
    [[nodiscard]] const Rule& rule() const { return *rule_; }
    [[nodiscard]] Draft draft(const Scene& scene) const { return Draft(scene, *rule_); }
    void add(Draft draft, std::string explanation) const;

private:
    const Rule* rule_;
    Sink sink_;
};

using Check = void (*)(const Scene&, const Report&);

// One unit: what one rule looks at, at one moment.
struct Unit {
    std::string_view rule;
    Moment moment = Moment::run_ended;
    Check check = nullptr;
    std::string_view strict = {};  // the strict reading of which it is a part (strict_readings.h); empty: always
};

// Every unit there is, in the order of the rules.
[[nodiscard]] std::span<const Unit> units();

// The reading without which a rule is not looked at at all; nullptr when some unit of it is always at work.
struct StrictReading;
[[nodiscard]] const StrictReading* strict_reading_alone(const Rule& rule);

// --- for units ---
// The name of a block's member at an offset as the type in force calls it: "ImReserved[0]".
[[nodiscard]] std::string_view member_name(std::uint32_t offset, bool miniport_view);
// Whether a block may carry this Status when the operation is completed (NOT_SUPPORTED is for NDIS alone).
[[nodiscard]] bool allowed_status(OperationKind kind, std::int32_t status);
// What is known of the driver of the scene since it was loaded; nullptr for one that was not seen to be set up.
[[nodiscard]] const DriverRecord* record_of_driver(const Scene& scene);
// The host stack hands on an operation of its own.
[[nodiscard]] bool host_begins(const Scene& scene);
[[nodiscard]] bool host_begins(const Scene& scene, OperationKind kind);
// The offload target completes an operation whose tree it was seen to be given.
[[nodiscard]] bool target_completes(const Scene& scene, OperationKind kind);
// About block i of the operation's tree.
[[nodiscard]] Draft at_block(const Scene& scene, const Report& report, std::size_t i);
// Block i of the tree as the driver above knows it.
[[nodiscard]] RegionId upper_block(const Scene& scene, std::size_t i);

}  // namespace chimneylab::verifier
