// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/filter.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <functional>

#include "tests/trace/synthetic_trace.h"

namespace chimneylab::trace {
namespace {

const Trace& sample() {
    static const Trace trace = synthetic::five_operations(2);
    return trace;
}

std::vector<std::uint32_t> picked(std::string_view expression) {
    auto compiled = Filter::compile(expression);
    EXPECT_TRUE(std::holds_alternative<Filter>(compiled))
        << expression << ": " << (compiled.index() == 1 ? std::get<FilterProblem>(compiled).to_text() : "");
    std::vector<std::uint32_t> found;
    if (const Filter* filter = std::get_if<Filter>(&compiled))
        for (std::uint32_t i = 0; i < sample().size(); ++i)
            if (filter->matches(sample(), EventId(i))) found.push_back(i);
    return found;
}

std::vector<std::uint32_t> events(const std::function<bool(const Event&)>& wanted) {
    std::vector<std::uint32_t> found;
    for (std::uint32_t i = 0; i < sample().size(); ++i)
        if (wanted(sample().event(EventId(i)))) found.push_back(i);
    EXPECT_FALSE(found.empty()) << "a sample without what is looked for proves nothing";
    return found;
}

TEST(Filter, nothing_lets_everything_pass) {
    EXPECT_EQ(picked("").size(), sample().size());
    EXPECT_EQ(picked("   ").size(), sample().size());
    EXPECT_TRUE(std::get<Filter>(Filter::compile(" ")).passes_everything());
}

TEST(Filter, each_condition_picks_what_it_says) {
    const auto conversions = events([](const Event& e) { return e.kind == EventKind::conversion; });
    EXPECT_EQ(picked("kind:conversion"), conversions);
    EXPECT_EQ(picked("conversion"), conversions);
    EXPECT_EQ(picked("kind:conversion,enter"),
              events([](const Event& e) { return e.kind == EventKind::conversion || e.kind == EventKind::enter; }));
    EXPECT_EQ(picked("layer:im1"), events([](const Event& e) { return e.layer == 1 || e.other_layer == 1; }));
    EXPECT_EQ(picked("layer:1"), picked("layer:im1"));
    EXPECT_EQ(picked("layer:\"IM 1\""), picked("layer:im1"));
    EXPECT_EQ(picked("layer:host"), picked("layer:0"));
    EXPECT_EQ(picked("layer:target"), picked("layer:3"));
    EXPECT_EQ(picked("from:ndis"), events([](const Event& e) { return e.other_layer == ndis_layer; }));
    EXPECT_EQ(picked("op:initiate"),
              events([](const Event& e) { return e.operation_kind == OperationKind::initiate; }));
    EXPECT_EQ(picked("#3"), events([](const Event& e) { return e.operation == OperationId(2); }));
    EXPECT_EQ(picked("op:#3"), picked("#3"));
    EXPECT_EQ(picked("call"), picked("kind:enter"));
    EXPECT_EQ(picked("changed"), events([](const Event& e) { return e.change_count > 0; }));
    EXPECT_EQ(picked("name:*OffloadComplete kind:enter"), events([](const Event& e) {
                  return e.kind == EventKind::enter && sample().text(e.name).ends_with("OffloadComplete");
              }));
    EXPECT_EQ(picked("name:ndisinit"),
              events([](const Event& e) { return sample().text(e.name).starts_with("NdisInit"); }));
    EXPECT_EQ(picked("NdisInit"), picked("name:*NDISINIT*"));
    EXPECT_EQ(picked("status:SUCCESS"), events([](const Event& e) { return e.has_status && e.status == 0; }));
    EXPECT_EQ(picked("tag:ImC?"), events([](const Event& e) { return e.detail >> 32 == 0x65436D49; }));
    EXPECT_EQ(picked("depth<=1"), events([](const Event& e) { return e.depth <= 1; }));
    EXPECT_EQ(picked("irql=2"), events([](const Event& e) { return e.irql == 2; }));
    EXPECT_EQ(picked("time>=5us time<0.03ms"),
              events([](const Event& e) { return e.virtual_time >= 5000 && e.virtual_time < 30'000; }));
    EXPECT_EQ(picked("event:5..7"), (std::vector<std::uint32_t>{5, 6, 7}));
    EXPECT_EQ(picked("event<0"), std::vector<std::uint32_t>{});
    EXPECT_EQ(picked("event>18446744073709551614"), std::vector<std::uint32_t>{});
    EXPECT_EQ(picked("region:T1").size(), events([](const Event& e) {
                                              const auto t1 = [](RegionId id) {
                                                  return id.valid() && sample().text(sample().region(id).label) == "T1";
                                              };
                                              return t1(e.region) ||
                                                     std::ranges::any_of(sample().changes(e),
                                                                         [&](const Change& c) { return t1(c.region); });
                                          }).size());
}

TEST(Filter, conditions_combine_as_in_logic) {
    const auto size = [](std::string_view expression) { return picked(expression).size(); };
    EXPECT_EQ(size("conversion or call"), size("conversion") + size("call"));
    EXPECT_EQ(size("not conversion"), sample().size() - size("conversion"));
    EXPECT_EQ(picked("-conversion"), picked("not conversion"));
    EXPECT_EQ(picked("!conversion"), picked("not conversion"));
    EXPECT_EQ(picked("call layer:im1"), picked("call and layer:im1"));
    EXPECT_EQ(picked("layer:im1 (conversion or call)"), picked("(call layer:im1) or (conversion layer:im1)"));
    EXPECT_EQ(picked("call layer:im1 or conversion layer:im1"), picked("layer:im1 (conversion or call)"));
    EXPECT_EQ(picked("not (conversion or call)"), picked("not conversion not call"));
    EXPECT_EQ(picked("not not call"), picked("call"));
    EXPECT_EQ(picked("order"), picked("name:order")) << "a word that begins with or is no or";
}

TEST(Filter, tells_where_it_cannot_follow) {
    const auto column = [](std::string_view expression) {
        auto compiled = Filter::compile(expression);
        const FilterProblem* problem = std::get_if<FilterProblem>(&compiled);
        EXPECT_NE(problem, nullptr) << expression;
        return problem ? problem->column : 0;
    };
    EXPECT_EQ(column("kind:nonsense"), 6u);
    EXPECT_EQ(column("kind:enter,nonsense"), 12u);
    EXPECT_EQ(column("call colour:red"), 6u);
    EXPECT_EQ(column("(call"), 1u);
    EXPECT_EQ(column("call)"), 5u);
    EXPECT_EQ(column("call or"), 8u);
    EXPECT_EQ(column("or call"), 1u);
    EXPECT_EQ(column("not"), 4u);
    EXPECT_EQ(column("time>fast"), 6u);
    EXPECT_EQ(column("time>5parsec"), 7u);
    EXPECT_EQ(column("kind<3"), 1u);
    EXPECT_EQ(column("name:"), 6u);
    EXPECT_EQ(column("name:\"open"), 6u);
    EXPECT_EQ(column("#x"), 1u);
    EXPECT_EQ(column("#0"), 1u);
    EXPECT_EQ(column("status:WHAT"), 8u);
    EXPECT_EQ(column("event:99999999999999999999999"), 7u);
    EXPECT_EQ(column("()"), 2u);
    EXPECT_EQ(column(std::string(1000, '(') + "call"), 66u);
    EXPECT_EQ(column(std::string(1000, '-') + "call"), 66u);
    EXPECT_GT(column(std::string(20'000, 'a')), 16'000u);
}

RC_GTEST_PROP(FilterProperty, any_text_gives_a_filter_or_a_problem_in_it, (std::string text)) {
    const auto compiled = Filter::compile(text);
    if (const auto* problem = std::get_if<FilterProblem>(&compiled)) {
        RC_ASSERT(problem->column >= 1u);
        RC_ASSERT(problem->column <= text.size() + 1);
    } else {
        const Filter& filter = std::get<Filter>(compiled);
        RC_ASSERT(filter.matches(sample(), EventId(3)) == filter.matches(sample(), EventId(3)));
    }
}

RC_GTEST_PROP(FilterProperty, any_row_of_its_own_words_gives_a_filter_or_a_problem, ()) {
    const auto words = *rc::gen::container<std::vector<std::string>>(
        rc::gen::element<std::string>("call", " ", "(", ")", "not ", " or ", "and", "-", "kind:", "conversion", "\"",
                                      "time>", "5", "us", "..", "#", "name:", "*", "?", "layer:", "im1", ",", "<="));
    std::string text;
    for (const std::string& word : words) text += word;
    const auto compiled = Filter::compile(text);
    if (const auto* filter = std::get_if<Filter>(&compiled))
        for (std::uint32_t i = 0; i < 60; ++i)
            RC_ASSERT(filter->matches(sample(), EventId(i)) == filter->matches(sample(), EventId(i)));
}

}  // namespace
}  // namespace chimneylab::trace
