// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "app/command_line/run_report.h"

#include <fmt/format.h>

#include "app/command_line/tell.h"
#include "engine/trace/block_tree.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/text.h"

namespace chimneylab::command_line {

namespace {

using trace::EventId;

Json event_number(EventId event) { return event.valid() ? Json(event.value) : Json(nullptr); }

Json operation_json(const trace::History& history, const trace::Operation& operation, bool timing) {
    const trace::Trace& trace = history.trace();
    Json json{{"operation", operation.id.value},
              {"kind", trace::to_text(operation.kind)},
              {"started", event_number(operation.started)},
              {"finished", event_number(operation.finished)},
              {"conversions", operation.conversions.size()}};
    if (operation.started.valid()) json["virtual_started_ns"] = trace.event(operation.started).virtual_time;
    if (const auto latency = history.latency(operation)) {
        json["virtual_ns"] = latency->virtual_time;
        if (timing) json["measured_ns"] = latency->measured_time;
    }
    Json passages = Json::array();
    for (const trace::Passage& passage : operation.passages) {
        Json entry{{"layer", history.layer_name(passage.layer)},
                   {"arrived", event_number(passage.arrived)},
                   {"handed_on", event_number(passage.handed_on)},
                   {"came_back", event_number(passage.came_back)},
                   {"completed", event_number(passage.completed)}};
        if (const auto own = history.layer_latency(operation, passage.layer, true))
            entry["virtual_own_ns"] = own->virtual_time;
        passages.push_back(std::move(entry));
    }
    json["layers"] = std::move(passages);
    return json;
}

Json entry_json(const trace::History& history, const trace::CallEntry& entry) {
    Json saved = Json::array();
    for (const trace::SavedValue& value : entry.saved) {
        saved.push_back({{"member", value.member},
                         {"value", trace::hex(value.value)},
                         {"offset", value.offset ? Json(*value.offset) : Json(nullptr)}});
    }
    return {{"layer", history.layer_name(entry.layer)},   {"number", entry.ordinal},
            {"operation", entry.operation.value},         {"taken", event_number(entry.recognised)},
            {"given_back", event_number(entry.released)}, {"saved", std::move(saved)}};
}

Json entry_json(const trace::History& history, const trace::OffloadEntry& entry) {
    return {{"layer", history.layer_name(entry.layer)},     {"number", entry.ordinal},
            {"object", history.trace().text(entry.object)}, {"operation", entry.operation.value},
            {"taken", event_number(entry.recognised)},      {"released", event_number(entry.released)}};
}

std::string statuses_text(const scenario::OperationResult& operation) {
    std::string text;
    for (const scenario::BlockResult& block : operation.blocks) {
        text += (text.empty() ? "" : ", ") + (block.object.empty() ? std::string("_") : block.object) + " " +
                trace::short_status_text(block.status);
    }
    return text;
}

}  // namespace

Json trace_json(const trace::History& history, bool timing) {
    const trace::Trace& trace = history.trace();
    const trace::RunDescription& run = trace.description();
    Json layers = Json::array();
    for (std::size_t i = 0; i < trace.layers().size(); ++i) {
        const trace::Layer& layer = trace.layers()[i];
        layers.push_back({{"name", history.layer_name(static_cast<trace::LayerIndex>(i))},
                          {"role", trace::to_text(layer.role)},
                          {"driver", trace.text(layer.driver)}});
    }
    Json json{{"scenario", run.scenario},
              {"title", run.title},
              {"variant", run.variant},
              {"schedule", run.schedule},
              {"mode", run.mode},
              {"layers", std::move(layers)},
              {"fingerprint", trace::fingerprint_text(trace::fingerprint(trace))},
              {"events", trace.size()},
              {"virtual_ns", trace.empty() ? 0 : trace.events().back().virtual_time},
              {"conversions", history.conversions().size()}};
    if (timing) json["measured_ns"] = trace.empty() ? 0 : trace.events().back().measured_time;
    Json operations = Json::array();
    for (const trace::Operation& operation : history.operations())
        operations.push_back(operation_json(history, operation, timing));
    json["operations"] = std::move(operations);
    Json calls = Json::array(), offloads = Json::array();
    for (const trace::CallEntry& entry : history.call_entries()) calls.push_back(entry_json(history, entry));
    for (const trace::OffloadEntry& entry : history.offload_entries()) offloads.push_back(entry_json(history, entry));
    json["call_entries"] = std::move(calls);
    json["offload_entries"] = std::move(offloads);
    Json findings = Json::array();
    for (EventId id = history.next(trace::Landmark::finding, EventId()); id.valid();
         id = history.next(trace::Landmark::finding, id)) {
        const trace::Event& event = trace.event(id);
        findings.push_back({{"kind", trace::to_text(static_cast<trace::FindingKind>(event.detail))},
                            {"layer", history.layer_name(event.layer)},
                            {"explanation", trace.text(event.name)},
                            {"event", id.value}});
    }
    json["findings"] = std::move(findings);
    return json;
}

Json run_json(const scenario::RunResult& result, const trace::History& history, const Judgement& judgement,
              bool timing) {
    Json json = trace_json(history, timing);
    // The runner knows steps and statuses of operations; those that never reached NDIS are only here.
    Json operations = Json::array();
    for (const scenario::OperationResult& operation : result.operations) {
        Json entry = Json::object();
        entry["step"] = operation.step;
        entry["kind"] = trace::to_text(operation.kind);
        entry["tree"] = operation.tree;
        entry["state"] = operation.finished ? "finished" : operation.started ? "in progress" : "refused";
        if (!operation.refusal.empty()) entry["refusal"] = operation.refusal;
        if (operation.finished) {
            entry["finish_order"] = operation.finish_order;
            entry["completed_inside_call"] = operation.completed_inside_call;
        }
        Json blocks = Json::array();
        for (const scenario::BlockResult& block : operation.blocks) {
            Json status = operation.finished ? Json(trace::status_text(block.status)) : Json(nullptr);
            blocks.push_back({{"object", block.object.empty() ? Json(nullptr) : Json(block.object)},
                              {"role", block.role},
                              {"status", std::move(status)}});
        }
        entry["blocks"] = std::move(blocks);
        if (const trace::Operation* known = operation.id.valid() ? history.operation(operation.id) : nullptr) {
            const Json from_trace = operation_json(history, *known, timing);
            for (const auto& [key, value] : from_trace.items()) {
                if (key != "kind") entry[key] = value;
            }
        }
        operations.push_back(std::move(entry));
    }
    // After a driver's crash there is nothing but the trace to tell them.
    if (!operations.empty()) json["operations"] = std::move(operations);
    Json transfers = Json::array();
    for (const scenario::TransferResult& transfer : result.transfers) {
        Json entry{{"step", transfer.step},
                   {"kind", transfer.kind},
                   {"connection", transfer.connection},
                   {"started", transfer.started}};
        if (!transfer.refusal.empty()) entry["refusal"] = transfer.refusal;
        entry["returned"] = trace::status_text(transfer.returned);
        entry["buffers"] = transfer.buffers;
        entry["completed"] = transfer.completed;
        entry["status"] = transfer.completed > 0 ? Json(trace::status_text(transfer.last_status)) : Json(nullptr);
        entry["bytes_transferred"] = transfer.bytes_transferred;
        transfers.push_back(std::move(entry));
    }
    json["transfers"] = std::move(transfers);
    add_json(judgement, history, json);
    Json leaks = Json::array();
    for (const scenario::Leak& leak : result.leaks) {
        leaks.push_back(
            {{"what", leak.what}, {"layer", history.layer_name(leak.layer)}, {"event", event_number(leak.event)}});
    }
    json["leaks"] = std::move(leaks);
    json["crashed"] = result.crashed;
    json["failure"] = result.failure.empty() ? Json(nullptr) : Json(result.failure);
    Json expectations = Json::array();
    for (const scenario::ExpectationResult& expectation : result.expectations) {
        Json events = Json::array();
        for (const EventId event : expectation.events) events.push_back(event.value);
        expectations.push_back({{"text", expectation.text},
                                {"met", expectation.met},
                                {"detail", expectation.detail},
                                {"events", std::move(events)}});
    }
    json["expectations"] = std::move(expectations);
    return json;
}

void tell_outcome(const scenario::RunResult& result, const trace::History& history, const Judgement& judgement,
                  Console& console) {
    const Terminal& terminal = console.terminal;
    if (!result.operations.empty()) section("Operations", console);
    for (const scenario::OperationResult& operation : result.operations) {
        console.out << fmt::format("  {} {} {}  ", padded(operation.step, 12),
                                   padded(trace::to_text(operation.kind), 10), padded(operation.tree, 16));
        if (operation.finished) {
            const trace::Nanoseconds took = operation.virtual_finished - operation.virtual_started;
            console.out << fmt::format("{:>11}  {}\n", trace::duration_text(took), statuses_text(operation));
        } else {
            console.out << terminal.in(Tone::bad,
                                       operation.started ? "still in progress" : "refused: " + operation.refusal)
                        << "\n";
        }
    }
    if (!result.transfers.empty()) section("Transfers", console);
    for (const scenario::TransferResult& transfer : result.transfers) {
        console.out << fmt::format("  {} {} {}  ", padded(transfer.step, 12), padded(transfer.kind, 10),
                                   padded(transfer.connection, 16));
        if (!transfer.started)
            console.out << terminal.in(Tone::bad, "refused: " + transfer.refusal) << "\n";
        else
            console.out << fmt::format(
                "{} of {} buffers completed, {} bytes, {}\n", transfer.completed, transfer.buffers,
                transfer.bytes_transferred,
                transfer.completed > 0 ? trace::short_status_text(transfer.last_status) : "no status yet");
    }
    tell_ledger(history, console);

    if (!result.expectations.empty()) section("Expectations", console);
    for (const scenario::ExpectationResult& expectation : result.expectations) {
        console.out << "  "
                    << (expectation.met ? terminal.in(Tone::good, "✓ met     ") : terminal.in(Tone::bad, "✗ NOT MET "))
                    << printable(expectation.text) << terminal.in(Tone::dim, " — " + printable(expectation.detail))
                    << "\n";
    }
    tell_violations(judgement, history, console);  // the findings of the machine are among them
    if (!result.leaks.empty()) section("Leaks", console);
    for (const scenario::Leak& leak : result.leaks)
        console.out << "  " << terminal.in(Tone::bad, "✗ ") << printable(leak.what) << "\n";
    if (!result.failure.empty())
        console.out << "\n" << terminal.in(Tone::bad, "The run ended early: " + printable(result.failure)) << "\n";

    console.out << "\n"
                << fmt::format("{} events, {} conversions, fingerprint {}\n", result.trace.size(),
                               history.conversions().size(), trace::fingerprint_text(result.fingerprint));
}

}  // namespace chimneylab::command_line
