// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/report/comparison.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "engine/report/causal_chains.h"
#include "engine/trace/narration.h"
#include "engine/trace/text.h"

namespace chimneylab::report {

namespace {

using trace::History;

std::vector<std::string> compare_stacks(const History& a, const History& b) {
    std::vector<std::string> differences;
    const std::size_t in_a = a.trace().layers().size(), in_b = b.trace().layers().size();
    if (in_a != in_b)
        differences.push_back("A has " + std::to_string(in_a) + " layers and B has " + std::to_string(in_b));
    for (std::size_t i = 0; i < std::min(in_a, in_b); ++i) {
        const auto layer = static_cast<LayerIndex>(i);
        if (a.layer_name(layer) != b.layer_name(layer))
            differences.push_back("layer " + std::to_string(i) + " is " + a.layer_name(layer) + " in A and " + b.layer_name(layer) + " in B");
    }
    return differences;
}

// In which part two events differ, as a person would say it.
std::string difference_of(const History& a, EventId in_a, const History& b, EventId in_b) {
    const auto parts_a = key_parts(a, in_a), parts_b = key_parts(b, in_b);
    for (std::size_t i = 0; i < std::max(parts_a.size(), parts_b.size()); ++i) {
        if (i >= parts_a.size()) return parts_b[i].name + " is " + (parts_b[i].value.empty() ? "changed" : parts_b[i].value) + " in B only";
        if (i >= parts_b.size()) return parts_a[i].name + " is " + (parts_a[i].value.empty() ? "changed" : parts_a[i].value) + " in A only";
        if (parts_a[i].name != parts_b[i].name)
            return parts_a[i].name + " changes in A where " + parts_b[i].name + " changes in B";
        if (parts_a[i].value != parts_b[i].value)
            return parts_a[i].name + ": " + parts_a[i].value + " in A, " + parts_b[i].value + " in B";
    }
    return "they differ";
}

void compare_times(const History& a, const History& b, Clock clock, Comparison& result) {
    const Statistics in_a = statistics(a, clock), in_b = statistics(b, clock);
    const auto key = [](const Series& each) { return std::tuple(each.subject, each.name); };
    std::map<std::tuple<Subject, std::string>, const Series*> known;
    for (const Series& each : in_b.series) known[key(each)] = &each;
    for (const Series& first : in_a.series) {
        // Two drivers have two names: their times are compared layer by layer.
        const auto found = known.find(key(first));
        if (found == known.end()) continue;
        const Series& second = *found->second;
        TimingDifference difference;
        difference.subject = first.subject;
        difference.name = first.name;
        difference.a_count = first.times.count();
        difference.b_count = second.times.count();
        difference.a_median = first.times.median();
        difference.b_median = second.times.median();
        const double before = static_cast<double>(difference.a_median), after = static_cast<double>(difference.b_median);
        difference.relative = before == after ? 0 : before == 0 ? HUGE_VAL : (after - before) / before;
        difference.interval = median_difference(first.times.samples(), second.times.samples());
        difference.p = rank_test(first.times.samples(), second.times.samples()).p;
        if (clock == Clock::virtual_time) {
            difference.certain = difference.a_median != difference.b_median;
        } else {
            difference.enough = std::min(difference.a_count, difference.b_count) >= 8;
        }
        result.timing.push_back(std::move(difference));
    }
    if (clock == Clock::virtual_time) return;
    std::vector<double> p;
    for (const TimingDifference& each : result.timing)
        if (each.enough) p.push_back(each.p);
    const std::vector<double> adjusted = adjusted_for_many(p);
    std::size_t next = 0;
    for (TimingDifference& each : result.timing) {
        if (!each.enough) continue;
        each.adjusted_p = adjusted[next++];
        each.certain = each.adjusted_p < 0.01;
    }
}

}  // namespace

std::vector<const TimingDifference*> Comparison::notable(double threshold) const {
    std::vector<const TimingDifference*> result;
    for (const TimingDifference& each : timing) {
        if (each.certain && std::abs(each.relative) > threshold) result.push_back(&each);
    }
    return result;
}

Comparison compare(const History& a, const History& b, const ComparisonOptions& options) {
    Comparison result;
    result.stack = compare_stacks(a, b);
    const Chains in_a = causal_chains(a), in_b = causal_chains(b);
    std::set<std::string> names;
    for (const auto& [name, links] : in_a) {
        names.insert(name);
        result.a_events += links.size();
    }
    for (const auto& [name, links] : in_b) {
        names.insert(name);
        result.b_events += links.size();
    }
    result.chains = names.size();
    static const std::vector<Link> nothing;
    for (const std::string& name : names) {
        const auto found_a = in_a.find(name), found_b = in_b.find(name);
        const std::vector<Link>& links_a = found_a == in_a.end() ? nothing : found_a->second;
        const std::vector<Link>& links_b = found_b == in_b.end() ? nothing : found_b->second;
        std::size_t same = 0;
        while (same < links_a.size() && same < links_b.size() && links_a[same].key == links_b[same].key) ++same;
        result.matched += same;
        if (same == links_a.size() && same == links_b.size()) continue;
        ++result.differing_chains;
        Divergence divergence;
        divergence.chain = name;
        divergence.position = same;
        if (same < links_a.size()) divergence.a = links_a[same].event;
        if (same < links_b.size()) divergence.b = links_b[same].event;
        result.divergences.push_back(std::move(divergence));
    }
    // The first of A's own order leads; where A has nothing, its place is that of B.
    std::ranges::stable_sort(result.divergences, {}, [](const Divergence& each) {
        return each.a.valid() && each.b.valid() ? std::min(each.a, each.b) : each.a.valid() ? each.a : each.b;
    });
    if (result.divergences.size() > options.most_divergences) result.divergences.resize(options.most_divergences);
    trace::Narrator tell_a(a), tell_b(b);
    for (Divergence& each : result.divergences) {
        if (each.a.valid()) each.a_text = tell_a.heading(each.a) + ". " + tell_a.sentence(each.a);
        if (each.b.valid()) each.b_text = tell_b.heading(each.b) + ". " + tell_b.sentence(each.b);
        const bool whole = each.position == 0;
        if (!each.a.valid()) each.what = whole ? "is in B only" : "ends in A, goes on in B";
        else if (!each.b.valid()) each.what = whole ? "is in A only" : "ends in B, goes on in A";
        else each.what = difference_of(a, each.a, b, each.b);
    }
    if (options.clock) compare_times(a, b, *options.clock, result);
    return result;
}

}  // namespace chimneylab::report
