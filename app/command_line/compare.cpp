// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <cmath>
#include <map>

#include "app/command_line/json_text.h"
#include "app/command_line/tell.h"
#include "app/command_line/trace_input.h"
#include "app/command_line/violation_report.h"
#include "engine/report/comparison.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/text.h"

namespace chimneylab::command_line {

namespace {

using report::Comparison;
using report::Divergence;
using report::TimingDifference;

struct RuleDifference {
    std::string rule;
    std::size_t a = 0, b = 0;
};

std::vector<RuleDifference> compare_rules(const trace::Trace& a, const trace::Trace& b) {
    std::map<std::string, RuleDifference> rules;
    for (const auto& each : verifier::verify(a)) ++rules[std::string(each.rule)].a;
    for (const auto& each : verifier::verify(b)) ++rules[std::string(each.rule)].b;
    std::vector<RuleDifference> differences;
    for (auto& [rule, counts] : rules) {
        counts.rule = rule;
        if (counts.a != counts.b) differences.push_back(counts);
    }
    return differences;
}

Json as_json(const Divergence& each) {
    const auto side = [](trace::EventId event, const std::string& text) {
        return event.valid() ? Json{{"event", event.value}, {"text", text}} : Json(nullptr);
    };
    return {{"chain", each.chain},
            {"position", each.position},
            {"what", each.what},
            {"a", side(each.a, each.a_text)},
            {"b", side(each.b, each.b_text)}};
}

Json as_json(const TimingDifference& each, double threshold) {
    const bool finite = std::isfinite(each.relative);
    return {{"subject", to_text(each.subject)},
            {"name", each.name},
            {"a_count", each.a_count},
            {"b_count", each.b_count},
            {"a_median", each.a_median},
            {"b_median", each.b_median},
            {"relative", finite ? Json(each.relative) : Json(nullptr)},
            {"difference_low", each.interval.low},
            {"difference_high", each.interval.high},
            {"p", each.p},
            {"p_adjusted", each.adjusted_p},
            {"enough_samples", each.enough},
            {"certain", each.certain},
            {"beyond_threshold", each.certain && std::abs(each.relative) > threshold}};
}

std::string percent_text(double relative) {
    return std::isfinite(relative) ? fmt::format("{:+.1f} %", relative * 100) : std::string("from zero");
}

void tell_side(const char* name, trace::EventId event, const std::string& text, Console& console) {
    console.out << folded(event.valid() ? fmt::format("event {}: {}", event.value, printable(text)) : "nothing more of it",
                          console.terminal.width, fmt::format("      {}  ", name), "         ")
                << "\n";
}

void tell_times(const Comparison& comparison, report::Clock clock, double threshold, Console& console) {
    section(fmt::format("{} times", clock == report::Clock::virtual_time ? "Virtual" : "Measured"), console);
    const auto notable = comparison.notable(threshold);
    std::size_t few = 0;
    for (const TimingDifference& each : comparison.timing) few += each.enough ? 0 : 1;
    if (notable.empty()) {
        console.out << fmt::format("  {} series compared, none differs by more than {:.3g} %\n", comparison.timing.size(), threshold * 100);
    }
    for (const TimingDifference* each : notable) {
        console.out << "  " << console.terminal.in(Tone::bad, percent_text(each->relative)) << "  " << printable(each->name)
                    << console.terminal.in(Tone::dim, fmt::format("  ({})", to_text(each->subject))) << "\n"
                    << fmt::format("      median {} in A ({} samples), {} in B ({})", trace::duration_text(each->a_median), each->a_count,
                                   trace::duration_text(each->b_median), each->b_count);
        if (clock == report::Clock::measured_time)
            console.out << fmt::format("; difference {:.0f} to {:.0f} ns with 95 % confidence, p = {:.2g}", each->interval.low,
                                       each->interval.high, each->adjusted_p);
        console.out << "\n";
    }
    if (few > 0) console.out << fmt::format("  {} series have fewer than 8 samples on a side: too few to say anything\n", few);
}

}  // namespace

int compare_traces(const CompareOptions& options, Console& console) {
    if (!(options.threshold_percent >= 0))
        return refuse("--threshold: it cannot be negative", "Give the change of a median that is tolerated, in per cent: 5.", console);
    const std::optional<trace::Trace> a = trace_of({options.a, {}, {}}, console);
    if (!a) return exit_bad_input;
    const std::optional<trace::Trace> b = trace_of({options.b, {}, {}}, console);
    if (!b) return exit_bad_input;
    const trace::History history_a(*a), history_b(*b);
    const double threshold = options.threshold_percent / 100;
    report::ComparisonOptions how;
    how.threshold = threshold;
    how.clock = options.timing ? report::Clock::measured_time : report::Clock::virtual_time;
    if (options.no_times) how.clock.reset();
    const Comparison comparison = report::compare(history_a, history_b, how);
    const std::vector<RuleDifference> rules = compare_rules(*a, *b);
    const bool same = comparison.same_history() && rules.empty() && comparison.notable(threshold).empty();

    if (options.json) {
        const auto side = [](const std::string& name, const trace::Trace& trace) {
            return Json{{"input", name},
                        {"scenario", trace.description().scenario},
                        {"variant", trace.description().variant},
                        {"schedule", trace.description().schedule},
                        {"events", trace.size()},
                        {"fingerprint", trace::fingerprint_text(trace::fingerprint(trace))}};
        };
        Json divergences = Json::array(), timing = Json::array(), broken = Json::array();
        for (const Divergence& each : comparison.divergences) divergences.push_back(as_json(each));
        for (const TimingDifference& each : comparison.timing) timing.push_back(as_json(each, threshold));
        for (const RuleDifference& each : rules) broken.push_back({{"rule", each.rule}, {"a", each.a}, {"b", each.b}});
        console.out << json_text({{"same", same},
                                  {"a", side(options.a, *a)},
                                  {"b", side(options.b, *b)},
                                  {"compared_a", comparison.a_events},
                                  {"compared_b", comparison.b_events},
                                  {"matched", comparison.matched},
                                  {"chains", comparison.chains},
                                  {"differing_chains", comparison.differing_chains},
                                  {"stack", comparison.stack},
                                  {"first_divergence", comparison.divergences.empty() ? Json(nullptr) : as_json(comparison.divergences.front())},
                                  {"divergences", std::move(divergences)},
                                  {"rules", std::move(broken)},
                                  {"clock", how.clock ? Json(to_text(*how.clock)) : Json(nullptr)},
                                  {"threshold", threshold},
                                  {"timing", std::move(timing)}});
        return same ? exit_done : exit_report;
    }

    const auto name_side = [&](const char* letter, const std::string& name, const trace::Trace& trace) {
        console.out << console.terminal.in(Tone::strong, letter) << "  " << printable(name)
                    << console.terminal.in(Tone::dim, printable(fmt::format("  {}{}{}, schedule {}, {} events", trace.description().scenario,
                                                                            trace.description().variant.empty() ? "" : ", variant ",
                                                                            trace.description().variant, trace.description().schedule,
                                                                            trace.size())))
                    << "\n";
    };
    name_side("A", options.a, *a);
    name_side("B", options.b, *b);
    section("What happens, in causal order", console);
    for (const std::string& each : comparison.stack) console.out << "  " << console.terminal.in(Tone::bad, printable(each)) << "\n";
    if (comparison.differing_chains == 0)
        console.out << fmt::format("  the same: {} events in {} chains agree\n", comparison.matched, comparison.chains);
    else
        console.out << fmt::format("  {} of {} chains differ; {} events agree before that\n", comparison.differing_chains, comparison.chains,
                                   comparison.matched);
    constexpr std::size_t most = 8;
    for (std::size_t i = 0; i < std::min(most, comparison.divergences.size()); ++i) {
        const Divergence& each = comparison.divergences[i];
        console.out << "\n  "
                    << console.terminal.in(Tone::bad, fmt::format("{}{}: after {} events that agree", i == 0 ? "First divergence: " : "",
                                                                  printable(each.chain), each.position))
                    << "\n"
                    << folded(printable(each.what), console.terminal.width, "      ", "      ") << "\n";
        tell_side("A", each.a, each.a_text, console);
        tell_side("B", each.b, each.b_text, console);
    }
    if (comparison.differing_chains > most)
        console.out << fmt::format("\n  {} further chains differ; --json has up to {}\n", comparison.differing_chains - most,
                                   how.most_divergences);
    section("Broken rules", console);
    for (const RuleDifference& each : rules)
        console.out << "  " << console.terminal.in(Tone::bad, fmt::format("{}: {} times in A, {} in B", each.rule, each.a, each.b)) << "\n";
    if (rules.empty()) console.out << "  the same\n";
    if (how.clock) tell_times(comparison, *how.clock, threshold, console);
    return same ? exit_done : exit_report;
}

}  // namespace chimneylab::command_line
