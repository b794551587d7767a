// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Out of the lab and back: equal traces. And what goes out is what other programs expect.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sstream>

#include "engine/report/exchange.h"
#include "engine/trace/integrity.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::report {
namespace {

using nlohmann::json;
using trace::History;
using trace::OperationKind;
using trace::Trace;
using Read = std::variant<Trace, ExchangeProblem>;

struct Way {
    const char* name;
    std::string (*write)(const Trace&);
    Read (*read)(std::istream&);
};

void PrintTo(const Way& way, std::ostream* out) { *out << way.name; }

const Way ways[] = {
    {"json", [](const Trace& trace) { std::ostringstream out; write_json(History(trace), out); return out.str(); }, read_json},
    {"csv", [](const Trace& trace) { std::ostringstream out; write_csv(History(trace), out); return out.str(); }, read_csv},
    {"perfetto", [](const Trace& trace) { std::ostringstream out; write_perfetto(History(trace), out, {}); return out.str(); }, read_json},
};

Read read(const Way& way, const std::string& text) {
    std::istringstream in(text);
    return way.read(in);
}

std::string problem(const Read& read) {
    const auto* problem = std::get_if<ExchangeProblem>(&read);
    return problem ? problem->what : "";
}

Trace sample() {
    Trace trace = trace::synthetic::five_operations(2);
    trace.set_description({.scenario = "m1, \"quoted\"", .title = "Zeile 1\nline 2 → ü", .variant = "v", .schedule = "seed:7",
                           .mode = "strict", .producer = "test", .clock_start = ~std::uint64_t{0}});
    return trace;
}

class Exchange : public testing::TestWithParam<Way> {};

TEST_P(Exchange, WhatGoesOutComesBackEqual) {
    for (const Trace& trace : {sample(), trace::synthetic::one_completion_travels_up(), Trace(),
                               trace::synthetic::make_trace({.connections = 2, .told_as_by_ndis = true, .leak_call_entry = true})}) {
        const std::string text = GetParam().write(trace);
        const Read back = read(GetParam(), text);
        ASSERT_EQ(problem(back), "");
        EXPECT_EQ(std::get<Trace>(back), trace);
        EXPECT_EQ(GetParam().write(std::get<Trace>(back)), text);
    }
}

TEST_P(Exchange, UnusualValuesComeBackToo) {
    Trace trace = sample();
    trace::Event event;
    event.kind = trace::EventKind::message;
    event.virtual_time = event.measured_time = ~std::uint64_t{0};
    event.subject = event.detail = ~std::uint64_t{0};
    event.name = trace.intern("");
    event.status = std::numeric_limits<std::int32_t>::min();
    event.irql = event.has_status = 255;
    event.depth = 65535;
    event.reserved = ~0u;
    event.layer = trace::ndis_layer;
    trace.append(event, {});
    event = {};
    event.name = trace.intern("tab\t, comma, \"quote\", \r\n, bell \a");
    event.status = 5;
    trace.append(event, {});
    const Read back = read(GetParam(), GetParam().write(trace));
    ASSERT_EQ(problem(back), "");
    EXPECT_EQ(std::get<Trace>(back), trace);
}

// Cut short, or with characters changed: an equal trace, another sound one, or a problem; never anything else.
TEST_P(Exchange, DamagedFilesAreRefusedOrSound) {
    const std::string text = GetParam().write(trace::synthetic::one_completion_travels_up());
    std::mt19937 random(5);
    for (int round = 0; round < 150; ++round) {
        std::string damaged = text;
        if (round % 3 == 0) {
            damaged.resize(random() % damaged.size());
        } else {
            for (unsigned i = 0; i <= random() % 4; ++i) damaged[random() % damaged.size()] = "0123456789,\"{}[]:x\n"[random() % 19];
        }
        const Read back = read(GetParam(), damaged);
        if (const auto* trace = std::get_if<Trace>(&back)) {
            EXPECT_FALSE(trace::integrity_problem(*trace).has_value());
            const History history(*trace);
        } else {
            EXPECT_FALSE(problem(back).empty());
            EXPECT_EQ(problem(back).find('\n'), std::string::npos) << problem(back);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Ways, Exchange, testing::ValuesIn(ways), [](const auto& tested) { return std::string(tested.param.name); });

TEST(Import, ForeignFilesAreRefusedInOneSentence) {
    for (const auto& [text, told] : std::initializer_list<std::pair<const char*, const char*>>{
             {"", "empty"},
             {"a,b,c\n1,2,3\n", "columns"},
             {"<html>", "columns"}}) {
        std::istringstream in(text);
        EXPECT_THAT(problem(read_csv(in)), testing::HasSubstr(told)) << text;
    }
    for (const auto& [text, told] : std::initializer_list<std::pair<const char*, const char*>>{
             {"{", "JSON"},
             {"[]", "no object"},
             {"{\"traceEvents\":[]}", "not written by ChimneyLab"},
             {"{\"format\":\"chimneylab-session\",\"version\":2}", "version 2"},
             {"{\"format\":\"chimneylab-session\",\"version\":1}", "description"},
             {"{\"chimneylab\":7}", "object"}}) {
        std::istringstream in(text);
        EXPECT_THAT(problem(read_json(in)), testing::HasSubstr(told)) << text;
    }
}

// What the Perfetto viewer needs: on each track slices that nest, named ends, times that never step back; a flow from the
// first crossing of an operation to its last.
TEST(Perfetto, SlicesNestAndFlowsLeadFromCrossingToCrossing) {
    const Trace trace = trace::synthetic::five_operations(2);
    const History history(trace);
    std::ostringstream out;
    write_perfetto(history, out, {});
    const json document = json::parse(out.str());
    std::map<int, std::string> tracks;
    std::map<int, std::vector<std::pair<std::string, double>>> open;
    std::map<int, std::vector<std::string>> flows;  // phases, by operation
    std::set<std::string> slices;
    std::map<std::string, int> asynchronous;
    double last = 0;
    for (const json& each : document.at("traceEvents")) {
        const std::string phase = each.at("ph");
        if (phase == "M") {
            if (each.at("name") == "thread_name") tracks[each.at("tid")] = each.at("args").at("name");
            continue;
        }
        EXPECT_GE(each.at("ts").get<double>(), last);
        last = each.at("ts");
        const int track = each.at("tid");
        ASSERT_TRUE(tracks.count(track)) << each;
        if (phase == "B") {
            open[track].push_back({each.at("name"), last});
            slices.insert(tracks[track] + ": " + each.at("name").get<std::string>());
        } else if (phase == "E") {
            ASSERT_FALSE(open[track].empty()) << each;
            open[track].pop_back();
        } else if (phase == "s" || phase == "t" || phase == "f") {
            ASSERT_FALSE(open[track].empty()) << each;  // bound to the slice it stands in
            flows[each.at("id")].push_back(phase);
        } else if (phase == "b" || phase == "e") {
            asynchronous[each.at("cat").get<std::string>() + each.at("id").get<std::string>()] += phase == "b" ? 1 : -1;
        }
    }
    for (const auto& [track, slices_of_it] : open) EXPECT_TRUE(slices_of_it.empty()) << tracks[track];
    for (const char* slice : {"IM 1: MiniportInitiateOffload", "IM 2: ProtocolQueryOffloadComplete", "NDIS: NdisInitiateOffload"})
        EXPECT_THAT(slices, testing::Contains(slice));
    ASSERT_EQ(flows.size(), history.operations().size());
    for (const auto& [operation, phases] : flows) {
        ASSERT_EQ(phases.size(), history.operations()[static_cast<std::size_t>(operation) - 1].crossings.size());
        EXPECT_EQ(phases.front(), "s");
        EXPECT_EQ(phases.back(), "f");
        for (std::size_t i = 1; i + 1 < phases.size(); ++i) EXPECT_EQ(phases[i], "t");
    }
    for (const auto& [id, balance] : asynchronous) EXPECT_EQ(balance, 0) << id;
    EXPECT_EQ(asynchronous.size(), history.operations().size() + history.call_entries().size());
    EXPECT_EQ(document.at("otherData").at("clock"), "virtual");
}

TEST(ExportTo, KeepsAnOlderFileWhenItCannotWriteTheNewOne) {
    std::string pattern = testing::TempDir() + "chimneylab-export-test-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    const std::filesystem::path directory = pattern;
    const Trace trace = trace::synthetic::one_completion_travels_up();
    const History history(trace);
    const auto file = directory / "a.json";
    ASSERT_FALSE(export_to(history, Format::json, file).has_value());
    const Read back = import_from(file);
    ASSERT_EQ(problem(back), "");
    EXPECT_EQ(std::get<Trace>(back), trace);
    EXPECT_THAT(export_to(history, Format::csv, directory)->what, testing::HasSubstr("directory"));
    EXPECT_THAT(export_to(history, Format::csv, directory / "no" / "a.csv")->what, testing::HasSubstr("cannot be written"));
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator(directory)) ++files;
    EXPECT_EQ(files, 1u) << "something was left behind";
    EXPECT_THAT(problem(import_from(directory / "none")), testing::HasSubstr("no such file"));
    EXPECT_THAT(problem(import_from(directory)), testing::HasSubstr("no regular file"));
    std::filesystem::remove_all(directory);
}

TEST(Formats, HaveAWordEach) {
    for (const std::string_view word : format_words()) {
        ASSERT_TRUE(parse_format(word).has_value());
        EXPECT_EQ(format_words()[static_cast<std::size_t>(*parse_format(word))], word);
    }
    EXPECT_FALSE(parse_format("docx").has_value());
}

}  // namespace
}  // namespace chimneylab::report
