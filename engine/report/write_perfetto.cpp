// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Chrome trace JSON as the Perfetto viewer reads it. Tracks (threads) are the layers, NDIS and the pending work; calls are
// slices that begin and end in the order of the file, so that those of one instant nest as the calls did; operations and
// call entries are asynchronous slices; one flow for each operation leads from crossing to crossing.
// Source: "Trace Event Format" (Chromium). Times are microseconds with three decimals.
#include <cstdio>
#include <map>
#include <vector>

#include "engine/report/exchange.h"
#include "engine/report/json_document.h"
#include "engine/trace/text.h"
#include "engine/trace/value_text.h"

namespace chimneylab::report {

namespace {

using trace::Event;
using trace::EventKind;

constexpr std::uint64_t process = 1;

class Writer {
public:
    Writer(const trace::History& history, JsonWriter& json, Clock clock)
        : history_(history), trace_(history.trace()), json_(json), clock_(clock) {
        for (const trace::Operation& operation : history.operations()) {
            for (std::size_t i = 0; i < operation.crossings.size(); ++i)
                flows_[operation.crossings[i].value] = {operation.id, i == 0                                ? 's'
                                                                      : i + 1 == operation.crossings.size() ? 'f'
                                                                                                            : 't'};
        }
    }

    void write() {
        name_tracks();
        for (std::uint32_t i = 0; i < trace_.size(); ++i) take(EventId(i), trace_.event(EventId(i)));
        // What was still open when the recording ended, innermost first.
        while (!open_.empty()) {
            begin("E", "", track_of(trace_.event(open_.back())), last_);
            json_.end_object();
            open_.pop_back();
        }
    }

private:
    static std::uint64_t track_of(trace::LayerIndex layer) { return std::uint64_t{layer} + 1; }
    static std::uint64_t track_of(const Event& event) { return track_of(event.layer); }

    void name_track(trace::LayerIndex layer, const std::string& name, std::uint64_t order) {
        json_.line().begin_object().key("ph").text("M").key("pid").number(process).key("tid").number(track_of(layer));
        json_.key("name").text("thread_name").key("args").begin_object().key("name").text(name).end_object().end_object();
        json_.line().begin_object().key("ph").text("M").key("pid").number(process).key("tid").number(track_of(layer));
        json_.key("name").text("thread_sort_index").key("args").begin_object().key("sort_index").number(order).end_object().end_object();
    }
    void name_tracks() {
        const trace::RunDescription& run = trace_.description();
        json_.line().begin_object().key("ph").text("M").key("pid").number(process).key("name").text("process_name");
        json_.key("args").begin_object().key("name").text(run.scenario + " " + run.title + " (" + std::string(to_text(clock_)) + " time)");
        json_.end_object().end_object();
        for (std::size_t i = 0; i < trace_.layers().size(); ++i) {
            const auto layer = static_cast<trace::LayerIndex>(i);
            name_track(layer, history_.layer_name(layer), i + 1);
        }
        name_track(trace::ndis_layer, "NDIS", trace_.layers().size() + 1);
        name_track(trace::machine_layer, "the machine", trace_.layers().size() + 2);
    }

    std::string time_text(EventId id) {
        Nanoseconds now = time_of(trace_.event(id), clock_);
        // The viewer sorts by time; a clock that stepped back must not take an end before its beginning.
        now = std::max(now, last_time_);
        last_time_ = now;
        char text[40];
        std::snprintf(text, sizeof text, "%llu.%03llu", static_cast<unsigned long long>(now / 1000), static_cast<unsigned long long>(now % 1000));
        return text;
    }

    void begin(const char* phase, std::string_view name, std::uint64_t track, const std::string& time) {
        json_.line().begin_object().key("ph").text(phase).key("pid").number(process).key("tid").number(track).key("ts").raw(time);
        if (!name.empty()) json_.key("name").text(name);
    }
    void args(EventId id, const Event& event) {
        json_.key("args").begin_object().key("event").number(std::uint64_t{id.value});
        if (event.operation.valid()) json_.key("operation").number(std::uint64_t{event.operation.value} + 1);
        if (event.region.valid()) json_.key("block").text(trace::region_text(history_, event.region));
        if (event.has_status) json_.key("status").text(trace::status_text(event.status));
        json_.end_object();
    }
    void asynchronous(const char* phase, std::string_view category, std::string_view name, std::uint64_t id, std::uint64_t track) {
        begin(phase, name, track, last_);
        json_.key("cat").text(category).key("id").text(trace::hex(id)).end_object();
    }
    void instant(EventId id, const Event& event, std::string_view name, const char* scope = "t") {
        begin("i", name, track_of(event), last_);
        json_.key("s").text(scope);
        args(id, event);
        json_.end_object();
    }
    void counter(std::string_view name, std::uint64_t value) {
        begin("C", name, track_of(trace::machine_layer), last_);
        json_.key("args").begin_object().key("held").number(value).end_object().end_object();
    }

    void open_slice(EventId id, const Event& event, std::string_view name, std::string_view category) {
        begin("B", name, track_of(event), last_);
        json_.key("cat").text(category);
        args(id, event);
        json_.end_object();
        open_.push_back(id);
        if (const auto flow = flows_.find(id.value); flow != flows_.end()) {
            const char phase[2] = {flow->second.phase, 0};
            begin(phase, "operation", track_of(event), last_);
            json_.key("cat").text("operation").key("id").number(std::uint64_t{flow->second.operation.value} + 1);
            json_.key("bp").text("e").end_object();
        }
    }
    // Ends the slice of `opening`, and those inside it that the recording lost the end of.
    void close_slice(EventId opening, EventId id, const Event& event) {
        if (!opening.valid()) return;
        while (!open_.empty() && open_.back() > opening) close_top();
        if (open_.empty() || open_.back() != opening) return;
        begin("E", "", track_of(trace_.event(opening)), last_);
        args(id, event);
        json_.end_object();
        open_.pop_back();
    }
    void close_top() {
        begin("E", "", track_of(trace_.event(open_.back())), last_);
        json_.end_object();
        open_.pop_back();
    }

    std::string operation_name(const Event& event) {
        const trace::Operation* operation = history_.operation(event.operation);
        std::string name = trace::operation_title(event.operation_kind);
        if (operation && operation->root.valid()) name += " " + trace::object_name(history_, operation->root);
        return name;
    }

    void take(EventId id, const Event& event) {
        last_ = time_text(id);
        const std::string_view name = trace_.text(event.name);
        switch (event.kind) {
            case EventKind::enter:
                open_slice(id, event, name.empty() ? "a call" : name, "call");
                break;
            case EventKind::work_started:
                open_slice(id, event, name.empty() ? "work" : name, "work");
                break;
            case EventKind::leave:
            case EventKind::work_finished:
                close_slice(event.partner, id, event);
                break;
            case EventKind::operation_started:
            case EventKind::operation_finished:
                if (!event.operation.valid()) break;
                asynchronous(event.kind == EventKind::operation_started ? "b" : "e", "operation", operation_name(event),
                             std::uint64_t{event.operation.value} + 1, track_of(trace::host_stack_layer));
                break;
            case EventKind::call_entry_recognised:
            case EventKind::call_entry_released: {
                if (!event.region.valid()) break;
                const bool taken = event.kind == EventKind::call_entry_recognised;
                asynchronous(taken ? "b" : "e", "call entry", trace::region_text(history_, event.region),
                             (std::uint64_t{1} << 32) + event.region.value, track_of(event));
                std::uint64_t& held = held_[event.layer];
                held = taken ? held + 1 : held > 0 ? held - 1 : 0;
                counter("call entries of " + history_.layer_name(event.layer), held);
                break;
            }
            case EventKind::conversion: {
                const trace::Conversion* conversion = history_.conversion_at(id);
                instant(id, event, conversion ? "conversion " + std::to_string(conversion->number) + ": " + trace::conversion_title(conversion->kind)
                                              : std::string("conversion"));
                break;
            }
            case EventKind::finding:
                instant(id, event, "found: " + trace::finding_title(static_cast<trace::FindingKind>(event.detail)), "g");
                break;
            case EventKind::offload_entry_recognised:
            case EventKind::offload_entry_released:
            case EventKind::context_published:
            case EventKind::fault_injected:
            case EventKind::frame_sent:
            case EventKind::frame_received:
            case EventKind::frame_dropped:
            case EventKind::message:
            case EventKind::step_started:
                instant(id, event, std::string(to_text(event.kind)) + (name.empty() ? "" : ": " + std::string(name)));
                break;
            default:
                break;
        }
    }

    struct Flow {
        trace::OperationId operation;
        char phase = 't';
    };
    const trace::History& history_;
    const trace::Trace& trace_;
    JsonWriter& json_;
    Clock clock_;
    std::map<std::uint32_t, Flow> flows_;  // by the crossing's event
    std::vector<EventId> open_;
    std::map<trace::LayerIndex, std::uint64_t> held_;
    Nanoseconds last_time_ = 0;
    std::string last_ = "0";
};

}  // namespace

void write_perfetto(const trace::History& history, std::ostream& out, const ExportOptions& options) {
    JsonWriter json(out);
    json.begin_object().key("displayTimeUnit").text("ns").key("traceEvents").begin_array();
    Writer(history, json, options.clock).write();
    json.line().end_array().line();
    json.key("otherData").begin_object().key("clock").text(to_text(options.clock)).end_object().line();
    json.key(document_key);
    write_document(history.trace(), json);
    json.line().end_object();
    out << "\n";
}

}  // namespace chimneylab::report
