// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/verifier.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "engine/verifier/causes.h"
#include "engine/verifier/scene.h"
#include "engine/verifier/strict_readings.h"

namespace chimneylab::verifier {

using trace::Event;
using trace::EventKind;
using trace::Function;
using trace::FunctionGroup;

class Verifier::Inside {
public:
    Inside(const trace::Trace& trace, VerifierOptions options);
    bool extend();
    bool extend(std::uint32_t most);

    std::vector<Violation> violations;
    std::size_t left_out = 0;

private:
    void take_in();
    void take_in_call(const Event& event, const Function& function);
    void take_in_return(const Event& event);
    void driver_transfers(const Event& event, const Function& function);
    void transfer_arrives(const Event& event, const Function& function);
    [[nodiscard]] bool is_received_data(const Event& call) const;
    void lists_of_operation(const OperationRecord& operation, const Passage& passage, LayerIndex layer);
    void lists_come_back(const OperationRecord& operation, const Passage& passage, LayerIndex layer);
    void handed_on(const Event& event, const Function& function);
    void arrives(const Event& event, const Function& function);
    void completed(const Event& event, const Function& function);
    void comes_back(const Event& event, const Function& function);
    bool adopt_converted_copy(const Event& event, const Function& function);
    void show_writes();
    void show(Moment moment, const Scene& scene);
    void out_of_turn(Scene scene, Turn turn);
    [[nodiscard]] Scene scene(LayerIndex driver, OperationKind kind = OperationKind::none) const;
    [[nodiscard]] Address root_address(const Event& event) const;
    void keep(Violation&& violation);

    struct Registered {
        Check check;
        Report report;
    };

    VerifierOptions options_;
    Replay replay_;
    Model model_;
    std::array<std::vector<Registered>, moments> units_;
    std::unordered_map<std::string_view, std::size_t> counts_;
    bool added_ = false;
};

Verifier::Inside::Inside(const trace::Trace& trace, VerifierOptions options)
    : options_(std::move(options)), replay_(trace), model_(replay_) {
    std::vector<std::string_view> strict = readings_of(trace.description());
    strict.insert(strict.end(), options_.strict.begin(), options_.strict.end());
    for (const Unit& unit : units()) {
        const Rule* rule = find(unit.rule);
        if (!unit.strict.empty() && std::ranges::find(strict, unit.strict) == strict.end()) continue;
        if (!rule || std::ranges::find(options_.without, rule->id) != options_.without.end()) continue;
        if (!options_.strict_rules && rule->strict_only) continue;
        units_[static_cast<std::size_t>(unit.moment)].push_back(
            {unit.check, Report(*rule, [this](Violation&& violation) { keep(std::move(violation)); })});
    }
}

void Verifier::Inside::keep(Violation&& violation) {
    const bool injected = violation.rule.starts_with("INJ");  // without it others would lose their first cause
    if (!options_.warnings && !injected && (violation.severity == Severity::warning || violation.severity == Severity::note)) return;
    if (!options_.machine_findings && violation.rule.starts_with("MEM")) return;
    if (std::ranges::find(options_.without, violation.rule) != options_.without.end()) return;  // a twin of the unit's rule
    if (++counts_[violation.rule] > options_.most_per_rule) {
        ++left_out;
        return;
    }
    violations.push_back(std::move(violation));
    added_ = true;
}

bool Verifier::Inside::extend() {
    added_ = false;
    while (replay_.step()) take_in();
    if (added_) find_causes(violations);
    return added_;
}

bool Verifier::Inside::extend(std::uint32_t most) {
    added_ = false;
    while (most > 0 && replay_.step()) {
        take_in();
        --most;
    }
    if (added_) find_causes(violations);
    return most == 0 && replay_.now().value + 1 < replay_.trace().size();
}

Scene Verifier::Inside::scene(LayerIndex driver, OperationKind kind) const {
    return Scene{.model = model_, .id = replay_.now(), .event = replay_.event(), .driver = driver, .kind = kind};
}

void Verifier::Inside::show(Moment moment, const Scene& scene) {
    for (const Registered& unit : units_[static_cast<std::size_t>(moment)]) unit.check(scene, unit.report);
}

void Verifier::Inside::out_of_turn(Scene scene, Turn turn) {
    scene.turn = turn;
    show(Moment::operation_out_of_turn, scene);
}

Address Verifier::Inside::root_address(const Event& event) const {
    return event.region.valid() ? replay_.trace().region(event.region).address : event.detail;
}

void Verifier::Inside::take_in() {
    const Event& event = replay_.event();
    model_.event_seen(event);
    if (event.change_count != 0) show_writes();
    switch (event.kind) {
    case EventKind::enter:
        if (const Function* function = replay_.function(event)) take_in_call(event, *function);
        break;
    case EventKind::leave: take_in_return(event); break;
    case EventKind::memory_freed:
        show(Moment::memory_freed, scene(event.layer));
        model_.memory_freed(event);
        break;
    case EventKind::message:
        model_.room_told(event);
        model_.link_told(event);
        break;
    case EventKind::finding: show(Moment::found_by_machine, scene(event.layer)); break;
    case EventKind::fault_injected:
        if (event.subject == 0 && event.detail != 0) model_.fault_seen();
        else model_.disturbed_by_hand();
        if (event.subject != 0) show(Moment::fault_injected, scene(event.layer));
        break;
    case EventKind::run_finished:
        if (std::ranges::any_of(violations, [](const Violation& each) { return each.severity <= Severity::error && each.rule != "MEM-005"; }))
            model_.disturbed_by_hand();
        show(Moment::run_ended, scene(trace::machine_layer));
        break;
    case EventKind::choice: model_.wire().chosen(); break;
    case EventKind::frame_sent:
    case EventKind::frame_received:
        model_.wire().look_at(event);
        model_.frame_arrived(event);
        model_.neighbor_ledger().frame(event, model_);
        if (model_.wire().frame()) show(Moment::frame, scene(event.layer));
        if (model_.neighbor_ledger().host_datagram()) show(Moment::host_datagram, scene(event.layer));
        model_.neighbor_ledger().frame_over();
        model_.wire().forget_frame();
        break;
    default: break;
    }
}

void Verifier::Inside::show_writes() {
    const std::size_t layers = replay_.trace().layers().size();
    for (const trace::Change& change : replay_.trace().changes(replay_.event())) {
        if (change.writer >= layers) continue;
        Scene what = scene(change.writer);
        what.change = &change;
        const trace::Region& region = replay_.trace().region(change.region);
        const RegionId block = region.kind == RegionKind::following_state ? region.parent : change.region;
        if (region.kind == RegionKind::block_list || region.kind == RegionKind::following_state)
            what.operation = model_.operation_of_block(block);
        if (what.operation) what.passage = what.operation->passage(change.writer);
        show(Moment::memory_written, what);
    }
}

void Verifier::Inside::take_in_call(const Event& event, const Function& function) {
    const bool driver_calls = function.side == trace::Side::driver_calls_ndis;
    switch (function.group) {
    case FunctionGroup::state_manipulation:
        // A root that is watched no more: an operation that is over. Nothing but a second completion can be said of it.
        if (!event.region.valid() && !(function.completion && driver_calls)) break;
        if (!function.completion) driver_calls ? handed_on(event, function) : arrives(event, function);
        else driver_calls ? completed(event, function) : comes_back(event, function);
        break;
    case FunctionGroup::offloaded_io:
        driver_calls ? driver_transfers(event, function) : transfer_arrives(event, function);
        break;
    case FunctionGroup::indication:
        if (driver_calls) {
            if (replay_.is_offload_target(event.other_layer)) model_.wire().indicated(event);
            show(Moment::indication, scene(event.other_layer));
            model_.indicated(event);
            if (is_received_data(event)) {
                const EventId frame = replay_.frame_of(event.other_layer);
                const bool forwarded = frame.valid() && is_received_data(replay_.trace().event(frame));
                model_.lists().shown(event, event.other_layer, forwarded);
            }
        } else {
            if (is_received_data(event)) model_.lists().comes_up(event);
            model_.event_arrived(event);
            show(Moment::indication_arrives, scene(event.layer));
        }
        break;
    case FunctionGroup::oid_request:
    case FunctionGroup::status_indication:
        show(Moment::other_call, scene(driver_calls ? event.other_layer : event.layer));
        model_.request_or_status(event);
        if (function.name == "NdisOidRequest") model_.neighbor_ledger().configured(event);
        if (!driver_calls) model_.wire().parameters_told(event);
        break;
    default:
        show(Moment::other_call, scene(driver_calls ? event.other_layer : event.layer));
        model_.adapter_called(event);
        if (function.name == "MiniportInitializeEx") model_.driver(event.layer).adapters.insert(event.subject);
        if (function.name == "NdisMSetMiniportAttributes") model_.capabilities_reported(event);
        if (function.name == "NdisSetOptionalHandlers") show(Moment::registration, scene(event.other_layer));
        break;
    }
}

// NdisTcpOffloadReceiveHandler or its handler above: the calls that carry received data.
bool Verifier::Inside::is_received_data(const Event& call) const {
    const std::string_view name = replay_.trace().text(call.name);
    return name == "NdisTcpOffloadReceiveHandler" || name == "ProtocolTcpOffloadReceiveIndicate";
}

void Verifier::Inside::driver_transfers(const Event& event, const Function& function) {
    ListLedger& lists = model_.lists();
    const bool intermediate = replay_.is_intermediate_driver(event.other_layer);
    if (function.completion) model_.chain_completed(event);
    show(Moment::transfer, scene(event.other_layer));
    if (function.completion && replay_.is_offload_target(event.other_layer)) model_.wire().transfer(event, function, lists, event.other_layer);
    if (function.completion) {
        model_.chain_forwarded(event);
        lists.completed(event, intermediate);
    } else {
        model_.transfer(event, function);
        transfer_kind(function) == TransferKind::none ? lists.returned(event) : lists.goes_down(event, function, !intermediate);
    }
}

// The driver that gave a list away (or lent it) is the end of its way: rules look before the ledger forgets it.
void Verifier::Inside::transfer_arrives(const Event& event, const Function& function) {
    ListLedger& lists = model_.lists();
    const bool intermediate = replay_.is_intermediate_driver(event.layer);
    const auto move = [&] {
        if (function.completion) lists.comes_back(event, !intermediate);
        else if (transfer_kind(function) == TransferKind::none) lists.return_arrives(event);
        else lists.arrives(event, event.parent.valid() ? replay_.trace().event(event.parent).subject : 0);
    };
    const bool end_of_the_way = !intermediate && (function.completion || transfer_kind(function) == TransferKind::none);
    if (!end_of_the_way) move();
    if (!function.completion && replay_.is_offload_target(event.layer)) model_.wire().transfer(event, function, lists, event.layer);
    if (replay_.is_offload_target(event.layer)) model_.target_asked();
    if (replay_.is_offload_target(event.layer))
        if (const ListRecord* list = lists.list(event.detail)) model_.disconnect_arrived(*list);
    show(Moment::transfer, scene(event.layer));
    if (function.completion) model_.run_delivered(event);
    if (end_of_the_way) move();
}

void Verifier::Inside::take_in_return(const Event& event) {
    const Function* function = replay_.function(event);
    if (!function) return;
    const bool driver_calls = function->side == trace::Side::driver_calls_ndis;
    if (function->group == FunctionGroup::offloaded_io && driver_calls) {
        if (function->completion) {
            show(Moment::transfer_returned, scene(event.other_layer));
            model_.completion_returned(event);
        } else {
            show(Moment::transfer_call_returned, scene(event.other_layer));
            model_.transfer(event, *function);
        }
    } else if (function->group == FunctionGroup::offloaded_io && !function->completion) {
        show(Moment::transfer_handler_returned, scene(event.layer));
    } else if (function->group == FunctionGroup::indication) {
        if (driver_calls && is_received_data(event)) {
            if (replay_.is_offload_target(event.other_layer)) model_.wire().data_answered(event, model_.lists());
            model_.lists().answered(event);
        }
        show(driver_calls ? Moment::indication_returned : Moment::indication_answered, scene(driver_calls ? event.other_layer : event.layer));
        if (function->name == "ProtocolIndicateOffloadEvent" && replay_.is_host_stack(event.layer)) model_.neighbor_ledger().answered(event);
    } else if (function->group == FunctionGroup::state_manipulation && driver_calls && !function->completion) {
        OperationRecord* operation = model_.operation_of_block(event.region);
        Passage* passage = operation ? operation->passage(event.other_layer) : nullptr;
        if (passage && passage->handed_on == event.partner) passage->call_returned = replay_.now();
    } else if (function->name == "NdisMGetOffloadHandlers" || function->name == "NdisSetOptionalHandlers") {
        show(Moment::registration, scene(event.other_layer));
        model_.registration(event);
    } else if (function->name == "ProtocolNetPnPEvent" || function->name == "MiniportOidRequest") {
        show(Moment::other_call, scene(event.layer));
    } else if (function->name == "DriverEntry") {
        show(Moment::registration, scene(event.layer));
    }
}

// A driver may convert into a tree of its own instead of in place: the copy then stands for the tree it was given.
bool Verifier::Inside::adopt_converted_copy(const Event& event, const Function& function) {
    const EventId frame = replay_.frame_of(event.other_layer);
    if (!frame.valid()) return false;
    const Event& handler = replay_.trace().event(frame);
    const Function* handler_function = replay_.function(handler);
    if (!handler_function || handler_function->group != FunctionGroup::state_manipulation ||
        handler_function->operation != function.operation || handler_function->completion)
        return false;
    OperationRecord* operation = model_.operation_of_root(root_address(handler));
    Passage* passage = operation ? operation->passage(event.other_layer) : nullptr;
    if (!passage || passage->handed_on.valid() || passage->completed.valid()) return false;
    TreeShape copy = walk_tree(replay_, event.region, operation->kind);
    if (copy.defect != ShapeDefect::none || !corresponds(operation->shapes[passage->upper_shape], copy)) return false;
    model_.adopt_copy(*operation, *passage, std::move(copy));
    return true;
}

void Verifier::Inside::handed_on(const Event& event, const Function& function) {
    const LayerIndex driver = event.other_layer;
    OperationRecord* operation = model_.operation_of_root(root_address(event));
    Scene what = scene(driver, function.operation);
    if (!replay_.is_intermediate_driver(driver)) {
        if (operation) model_.finish_operation(*operation);  // begun again by its owner: the old one is over
        operation = &model_.begin_operation(function.operation, event.region, driver);
        model_.begin_passage(*operation, driver);
    } else if (!operation || !operation->passage(driver)) {
        if (!adopt_converted_copy(event, function)) return out_of_turn(what, Turn::foreign_tree);
        operation = model_.operation_of_root(root_address(event));
    }
    Passage& passage = *operation->passage(driver);
    what.operation = operation;
    what.passage = &passage;
    if (passage.handed_on.valid()) return out_of_turn(what, Turn::passed_down_twice);
    if (passage.completed.valid()) return out_of_turn(what, Turn::passed_down_after_completing);
    passage.handed_on = replay_.now();
    passage.at_hand_on = capture(replay_, operation->shapes[passage.lower_shape]);
    if (passage.at_arrival.taken()) model_.recognise_call_entry(*operation, passage);
    what.now = &passage.at_hand_on;
    show(Moment::operation_handed_on, what);
    if (DriverRecord& own = model_.driver(driver); !own.first_passed_down.valid()) own.first_passed_down = replay_.now();
    if (driver == operation->starter) model_.neighbor_ledger().handed_on(*operation, passage);
    model_.hand_on(*operation, passage);
}

void Verifier::Inside::arrives(const Event& event, const Function& function) {
    OperationRecord* operation = model_.operation_of_root(root_address(event));
    if (!operation) operation = &model_.begin_operation(function.operation, event.region, trace::machine_layer);
    if (operation->passage(event.layer)) return;  // passed down a second time: that has been told
    Passage& passage = model_.begin_passage(*operation, event.layer);
    Scene what = scene(event.layer, function.operation);
    what.operation = operation;
    if (event.parent.valid()) what.peer = operation->passage(replay_.trace().event(event.parent).other_layer);
    if (what.peer) passage.upper_shape = passage.lower_shape = what.peer->lower_shape;
    passage.arrived = replay_.now();
    passage.at_arrival = capture(replay_, operation->shapes[passage.upper_shape]);
    what.passage = &passage;
    what.now = &passage.at_arrival;
    show(Moment::operation_arrives, what);
    if (replay_.is_offload_target(event.layer)) model_.target_asked();
    if (replay_.is_offload_target(event.layer)) model_.wire().operation_arrives(*operation, passage, model_.lists());
    if (DriverRecord& driver = model_.driver(event.layer); !driver.first_initiate.valid()) driver.first_initiate = replay_.now();
}

void Verifier::Inside::completed(const Event& event, const Function& function) {
    const LayerIndex driver = event.other_layer;
    OperationRecord* operation = model_.operation_of_root(root_address(event));
    const bool under_way = operation != nullptr;
    if (!under_way) operation = model_.last_operation_of_root(root_address(event));
    Passage* passage = operation ? operation->passage(driver) : nullptr;
    Scene what = scene(driver, function.operation);
    what.operation = operation;
    what.passage = passage;
    if (!passage) return out_of_turn(what, Turn::never_accepted);
    if (passage->completed.valid()) return out_of_turn(what, Turn::completed_twice);
    if (!under_way || !passage->arrived.valid()) return out_of_turn(what, Turn::never_accepted);
    if (passage->below()) return out_of_turn(what, Turn::completed_while_below);
    passage->completed = replay_.now();
    passage->at_completion = capture(replay_, operation->shapes[passage->upper_shape]);
    what.now = &passage->at_completion;
    show(Moment::operation_completed, what);
    if (replay_.is_offload_target(driver)) model_.wire().operation_completed(*operation, *passage);
    if (replay_.is_offload_target(driver)) model_.neighbor_ledger().completed(*operation, *passage, model_);
    if (replay_.is_offload_target(driver)) model_.completed_by_target(*operation, *passage);
    lists_of_operation(*operation, *passage, driver);
}

// What a completion at this driver says of NET_BUFFER_LISTs that travel with blocks. From the offload target: those of new
// objects are sends of the target from now on, those of a terminate are handed back.
void Verifier::Inside::lists_of_operation(const OperationRecord& operation, const Passage& passage, LayerIndex layer) {
    ListLedger& lists = model_.lists();
    const bool intermediate = replay_.is_intermediate_driver(layer);
    for (std::size_t i = 0; i < passage.at_completion.blocks.size(); ++i) {
        const BlockImage& block = passage.at_completion.blocks[i];
        if (operation.kind == OperationKind::terminate) {
            for (const NetBufferListImage& each : block.chain) lists.up_in_block(each.address, layer);
            if (!intermediate && passage.at_arrival.taken())
                for (const Address each : buffered_data(replay_, operation.shape().blocks[i], block))
                    lists.lent_in_block(each, layer, passage.at_arrival.blocks[i].slot_b());
        } else if (operation.kind == OperationKind::initiate && !intermediate && block.status() >= 0 && !operation.passages.empty()) {
            const Passage& first = operation.passages.front();
            if (!first.at_hand_on.taken() || i >= first.at_hand_on.blocks.size()) continue;
            for (std::size_t k = 0; k < first.at_hand_on.blocks[i].chain.size(); ++k) {
                const NetBufferListImage& given = first.at_hand_on.blocks[i].chain[k];
                std::vector<ListPassage> way;
                for (const Passage& each : operation.passages) {
                    if (!each.at_arrival.taken() || k >= each.at_arrival.blocks[i].chain.size()) continue;
                    ListPassage at;
                    at.layer = each.layer;
                    at.arrived = each.arrived;
                    at.passed = each.handed_on;
                    at.source = each.at_arrival.blocks[i].chain[k].source_handle;
                    at.depth = each.at_arrival.blocks[i].chain[k].depth;
                    at.position = static_cast<std::uint32_t>(k);
                    at.upper = each.at_arrival.blocks[i].slot_b();
                    way.push_back(at);
                }
                if (given.region.valid())
                    lists.given_with_block(given.address, given.region, first.layer, first.at_hand_on.blocks[i].slot_b(), std::move(way));
            }
        }
    }
}

void Verifier::Inside::lists_come_back(const OperationRecord& operation, const Passage& passage, LayerIndex layer) {
    if (operation.kind != OperationKind::terminate) return;
    ListLedger& lists = model_.lists();
    for (std::size_t i = 0; i < passage.at_return.blocks.size(); ++i) {
        const BlockImage& block = passage.at_return.blocks[i];
        for (const NetBufferListImage& each : block.chain)
            layer == operation.starter ? lists.taken_back(each.address) : lists.back_in_block(each.address, layer);
        for (const Address each : buffered_data(replay_, operation.shape().blocks[i], block))
            lists.lent_comes_up(each, layer, passage.at_hand_on.blocks[i].handle_reserved);
        if (layer == operation.starter) lists.connection_ends(passage.at_hand_on.blocks[i].slot_b());
        if (block.status() >= 0 && passage.at_arrival.taken()) lists.forget_connection(layer, passage.at_arrival.blocks[i].slot_b());
    }
}

void Verifier::Inside::comes_back(const Event& event, const Function& function) {
    OperationRecord* operation = model_.operation_of_root(root_address(event));
    Passage* passage = operation ? operation->passage(event.layer) : nullptr;
    Scene what = scene(event.layer, function.operation);
    what.operation = operation;
    what.passage = passage;
    if (operation && event.parent.valid()) {
        const Event& parent = replay_.trace().event(event.parent);
        if (parent.kind == EventKind::enter && parent.other_layer != event.layer)
            what.peer = operation->passage(parent.other_layer);
    }
    if (!passage || !passage->below()) return out_of_turn(what, Turn::misdelivered);
    passage->came_back = replay_.now();
    passage->at_return = capture(replay_, operation->shapes[passage->lower_shape]);
    what.now = &passage->at_return;
    if (event.layer != operation->starter) lists_come_back(*operation, *passage, event.layer);
    show(Moment::completion_arrives, what);
    if (event.layer == operation->starter) lists_come_back(*operation, *passage, event.layer);
    if (event.layer == operation->starter) model_.neighbor_ledger().comes_back(*operation, *passage);
    model_.come_back(*operation, *passage);
    if (event.layer != operation->starter) return;
    model_.wire().terminate_reaches_host(*operation, *passage);
    model_.finish_operation(*operation);
    for (Passage& each : operation->passages) {
        for (TreeImage* image : {&each.at_arrival, &each.at_hand_on, &each.at_return, &each.at_completion}) image->drop();
        each.entry_bytes = {};
        each.call_entry_bytes = {};
    }
}

Verifier::Verifier(const trace::Trace& trace, VerifierOptions options)
    : inside_(std::make_unique<Inside>(trace, std::move(options))) {}
Verifier::~Verifier() = default;
Verifier::Verifier(Verifier&&) noexcept = default;
Verifier& Verifier::operator=(Verifier&&) noexcept = default;

bool Verifier::extend() { return inside_->extend(); }
bool Verifier::extend(std::uint32_t most) { return inside_->extend(most); }
std::span<const Violation> Verifier::violations() const { return inside_->violations; }
std::size_t Verifier::left_out() const { return inside_->left_out; }

std::vector<Violation> verify(const trace::Trace& trace, const VerifierOptions& options) {
    Verifier verifier(trace, options);
    verifier.extend();
    const auto found = verifier.violations();
    return {found.begin(), found.end()};
}

}  // namespace chimneylab::verifier
