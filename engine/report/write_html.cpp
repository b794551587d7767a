// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// One session as a report to print: one HTML file that needs nothing else, no script, no font, no network.
#include <cstdio>
#include <ostream>

#include "engine/report/exchange.h"
#include "engine/report/sequence_diagram.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/text.h"
#include "engine/trace/value_text.h"
#include "engine/verifier/findings.h"

namespace chimneylab::report {

namespace {

using trace::duration_text;

constexpr const char* style = R"(<style>
@page { size: A4; margin: 14mm; }
:root { color: #1c2430; background: #fff; }
body { font: 11pt/1.45 'DejaVu Sans', 'Segoe UI', Helvetica, Arial, sans-serif; max-width: 190mm; margin: 12mm auto; }
h1 { font-size: 18pt; margin: 0 0 2mm; } h2 { font-size: 13pt; margin: 9mm 0 2mm; break-after: avoid; } h3 { font-size: 11pt; margin: 5mm 0 1mm; break-after: avoid; }
table { border-collapse: collapse; width: 100%; font-size: 8.5pt; } th, td { text-align: left; padding: 1mm 2mm; border-bottom: 0.2mm solid #cfd5dd; vertical-align: top; }
th { border-bottom: 0.4mm solid #1c2430; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } tr { break-inside: avoid; }
.dim { color: #5d6877; } .bad { color: #b3261e; font-weight: bold; } .mono { font-family: 'DejaVu Sans Mono', Consolas, monospace; }
.violation { border-left: 1mm solid #b3261e; padding: 0 0 0 3mm; margin: 4mm 0; break-inside: avoid; } .follows { margin-left: 6mm; font-size: 9pt; }
.page { break-before: page; } .page svg { width: 100%; height: auto; border: 0.2mm solid #cfd5dd; } .bars { width: 30mm; height: 4mm; }
</style>
)";

class Html {
public:
    Html(const trace::History& history, std::ostream& out, const ExportOptions& options)
        : history_(history), trace_(history.trace()), out_(out), options_(options) {}

    void write() {
        const trace::RunDescription& run = trace_.description();
        out_ << "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" << text(run.scenario + " " + run.title)
             << "</title>\n" << style << "</head><body>\n<h1>" << text(run.scenario) << "&ensp;" << text(run.title) << "</h1>\n";
        heading();
        rules();
        operations();
        entries();
        figures();
        for (const std::string& page : sequence_pages(history_, {.from = options_.from, .to = options_.to}))
            out_ << "<div class=\"page\">" << page << "</div>\n";
        out_ << "</body></html>\n";
    }

private:
    static std::string text(std::string_view value) { return xml_escaped(value); }
    std::string at(EventId event) const {
        return event.valid() ? duration_text(time_of(trace_.event(event), options_.clock)) : std::string("–");
    }
    static std::string event_number(EventId event) { return event.valid() ? std::to_string(event.value) : std::string("–"); }
    void row(std::initializer_list<std::string> cells, const char* numbers) {
        out_ << "<tr>";
        for (const std::string& cell : cells) out_ << (*numbers++ == 'n' ? "<td class=\"n\">" : "<td>") << cell << "</td>";
        out_ << "</tr>\n";
    }
    void head(std::initializer_list<const char*> cells, const char* numbers) {
        out_ << "<table><thead><tr>";
        for (const char* cell : cells) out_ << (*numbers++ == 'n' ? "<th class=\"n\">" : "<th>") << cell << "</th>";
        out_ << "</tr></thead><tbody>\n";
    }
    void foot() { out_ << "</tbody></table>\n"; }

    void heading() {
        const trace::RunDescription& run = trace_.description();
        std::string stack;
        for (std::size_t i = 0; i < trace_.layers().size(); ++i) {
            const std::string driver(trace_.text(trace_.layers()[i].driver));
            stack += (i ? " / " : "") + history_.layer_name(static_cast<trace::LayerIndex>(i)) + (driver.empty() ? "" : " (" + driver + ")");
        }
        out_ << "<p class=\"dim\">" << text(stack) << "<br>" << (run.variant.empty() ? "" : "variant " + text(run.variant) + ", ") << "schedule "
             << text(run.schedule) << ", " << text(run.mode) << " machine, recorded by " << text(run.producer) << "<br>" << trace_.size()
             << " events, " << history_.conversions().size() << " conversions, fingerprint <span class=\"mono\">"
             << trace::fingerprint_text(trace::fingerprint(trace_)) << "</span>. All times are <b>" << to_text(options_.clock) << "</b> times"
             << (options_.clock == Clock::virtual_time ? ": the model's clock, good for order and proportion."
                                                       : ": nanoseconds of the machine that ran it, recording included.")
             << "</p>\n";
    }

    void rules() {
        out_ << "<h2>Broken rules</h2>\n";
        const std::vector<verifier::Violation> violations = verifier::verify(trace_);
        const auto rows = verifier::violation_rows(history_, violations);
        if (rows.empty()) out_ << "<p>None: " << verifier::rules_judged(trace_).size() << " rules were judged.</p>\n";
        for (const verifier::ViolationGroup& group : verifier::group_by_first_cause(violations)) {
            const verifier::ViolationRow& row = rows[group.first_cause];
            out_ << "<div class=\"violation\"><span class=\"bad\">" << row.rule << " " << row.severity << "</span>, event " << row.event.value << ", "
                 << text(row.layer) << (row.block.empty() ? "" : ", " + text(row.block))
                 << (row.member.empty() ? "" : " . <span class=\"mono\">" + text(row.member) + "</span>") << "<br>" << text(row.explanation) << "<br>";
            if (!row.expected_text.empty() || !row.seen_text.empty())
                out_ << "expected <span class=\"mono\">" << text(row.expected) << "</span> " << text(row.expected_text)
                     << "<br>seen <span class=\"mono\">" << text(row.seen) << "</span> " << text(row.seen_text) << "<br>";
            if (row.ladder.on_ladder()) out_ << "<span class=\"mono\">" << text(row.ladder_drawing) << "</span><br>" << text(row.ladder_text) << "<br>";
            out_ << "<span class=\"dim\">" << text(row.source) << "</span>";
            for (const verifier::CountedConsequence& each : group.counted)
                out_ << "<div class=\"follows\">follows: " << each.count << " × " << rows[each.first].rule << ", first at event "
                     << rows[each.first].event.value << ": " << text(rows[each.first].explanation) << "</div>";
            out_ << "</div>\n";
        }
    }

    void operations() {
        out_ << "<h2>Operations</h2>\n";
        head({"", "operation", "tree", "begins", "takes", "event", "root status"}, "n  nnn ");
        for (const trace::Operation& each : history_.operations()) {
            std::string blocks;
            for (const trace::OperationBlock& block : each.blocks)
                blocks += (blocks.empty() ? "" : " ") + trace::object_name(history_, block.block);
            const auto latency = history_.latency(each);
            const trace::Event* end = each.finished.valid() ? &trace_.event(each.finished) : nullptr;
            row({std::to_string(each.id.value + 1), std::string(to_text(each.kind)), text(blocks), at(each.started),
                 !latency ? "<span class=\"bad\">unfinished</span>"
                          : duration_text(options_.clock == Clock::virtual_time ? latency->virtual_time : latency->measured_time),
                 event_number(each.started), end && end->has_status ? text(trace::short_status_text(end->status)) : ""},
                "n  nnn ");
        }
        foot();
    }

    void entries() {
        out_ << "<h2>Call entries</h2>\n";
        head({"layer", "number", "operation", "taken", "given back", "held"}, " n nnn");
        for (const trace::CallEntry& each : history_.call_entries()) {
            const trace::Operation* operation = history_.operation(each.operation);
            std::string held = "<span class=\"bad\">not given back</span>";
            if (each.released.valid())
                held = duration_text(time_of(trace_.event(each.released), options_.clock) - time_of(trace_.event(each.recognised), options_.clock));
            row({text(history_.layer_name(each.layer)), std::to_string(each.ordinal), operation ? std::string(to_text(operation->kind)) : "",
                 at(each.recognised), at(each.released), held},
                " n nnn");
        }
        foot();
    }

    static std::string bars(const Distribution& times) {
        // Ten classes between the smallest and the largest.
        const auto samples = times.samples();
        std::size_t classes[10] = {}, most = 1;
        const double range = static_cast<double>(times.max() - times.min());
        for (const Sample& sample : samples) {
            const double place = range > 0 ? static_cast<double>(sample.value - times.min()) / range * 9.999 : 0;
            most = std::max(most, ++classes[static_cast<std::size_t>(place)]);
        }
        std::string svg = "<svg class=\"bars\" viewBox=\"0 0 60 10\" preserveAspectRatio=\"none\">";
        for (int i = 0; i < 10; ++i) {
            if (classes[i] == 0) continue;
            const int height = std::max(1, static_cast<int>(10 * classes[i] / most));
            svg += "<rect x=\"" + std::to_string(i * 6) + "\" y=\"" + std::to_string(10 - height) + "\" width=\"5\" height=\"" +
                   std::to_string(height) + "\" fill=\"#1f5fbf\"/>";
        }
        return svg + "</svg>";
    }

    void figures() {
        const Statistics all = statistics(history_, options_.clock);
        RecorderCost cost;
        if (options_.clock == Clock::measured_time) cost = measure_recorder_cost(trace_);
        out_ << "<h2>Times</h2>\n<p>" << duration_text(all.duration) << " from the first event to the last; " << all.throughput.operations
             << " operations finished, " << all.unfinished << " not.";
        if (options_.clock == Clock::measured_time) {
            char number[32];
            std::snprintf(number, sizeof number, "%.0f", cost.per_event);
            out_ << " Recording one event costs about " << number << " ns (measured when this report was written).";
        }
        out_ << "</p>\n";
        std::optional<Subject> subject;
        for (const Series& each : all.series) {
            if (subject != each.subject) {
                if (subject) foot();
                out_ << "<h3>" << text(subject_title(each.subject)) << "</h3>\n";
                head({"", "count", "min", "median", "p90", "p99", "p99.9", "max", ""}, " nnnnnnn ");
            }
            subject = each.subject;
            const Distribution& times = each.times;
            row({text(each.name), std::to_string(times.count()), duration_text(times.min()), duration_text(times.median()),
                 duration_text(times.percentile(90)), duration_text(times.percentile(99)), duration_text(times.percentile(99.9)),
                 duration_text(times.max()), bars(times)},
                " nnnnnnn ");
        }
        if (subject) foot();
        out_ << "<h3>How many at once</h3>\n";
        head({"", "taken", "most", "at event", "mean", "at the end"}, " nnnnn");
        for (const Occupancy& each : all.occupancy) {
            char mean[32];
            std::snprintf(mean, sizeof mean, "%.2f", each.mean);
            row({text(each.name), std::to_string(each.taken), std::to_string(each.high_water), event_number(each.high_water_at), mean,
                 std::to_string(each.at_end)},
                " nnnnn");
        }
        foot();
    }

    const trace::History& history_;
    const trace::Trace& trace_;
    std::ostream& out_;
    ExportOptions options_;
};

}  // namespace

void write_html(const trace::History& history, std::ostream& out, const ExportOptions& options) { Html(history, out, options).write(); }

}  // namespace chimneylab::report
