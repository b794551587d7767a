// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What goes out for other programs: pages that are whole, and files that tshark and babeltrace2 read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include "engine/report/exchange.h"
#include "engine/report/sequence_diagram.h"
#include "engine/trace/text.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::report {
namespace {

using trace::EventKind;
using trace::History;
using trace::Trace;

std::size_t count(const std::string& text, const std::string& what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++found;
    return found;
}

// Every element that is opened is closed, in order: enough to see that nothing was cut or left unescaped.
void expect_well_formed(const std::string& text) {
    std::vector<std::string> open;
    const std::regex tag("<(/?)([a-zA-Z0-9]+)([^<>]*?)(/?)>");
    for (std::sregex_iterator each(text.begin(), text.end(), tag), end; each != end; ++each) {
        const std::string name = (*each)[2];
        if ((*each)[1] == "/") {
            ASSERT_FALSE(open.empty()) << name;
            ASSERT_EQ(open.back(), name);
            open.pop_back();
        } else if ((*each)[4] != "/" && name != "meta" && name != "br") {
            open.push_back(name);
        }
    }
    EXPECT_TRUE(open.empty());
    EXPECT_FALSE(std::regex_search(text, std::regex("&(?!amp;|lt;|gt;|quot;|ensp;)")));
}

TEST(SequenceDiagram, HasARowForEachCallInPagesOfA4) {
    const Trace trace = trace::synthetic::five_operations(3);
    const History history(trace);
    const std::vector<std::string> pages = sequence_pages(history);
    ASSERT_GE(pages.size(), 2u);
    std::size_t arrows = 0, conversions = 0, taken = 0;
    for (const std::string& page : pages) {
        expect_well_formed(page);
        EXPECT_THAT(page, testing::HasSubstr("width=\"210mm\" height=\"297mm\""));
        for (const char* head : {">IM 1</text>", ">IM 3</text>", ">Host stack</text>"}) EXPECT_THAT(page, testing::HasSubstr(head));
        arrows += count(page, "Offload</text>") + count(page, "OffloadState</text>") + count(page, "Complete</text>");
        conversions += count(page, ">conversion ");
        taken += count(page, " taken</text>");
        // Nothing lies below the page.
        const std::regex place("<text x=\"(-?\\d+)\" y=\"(-?\\d+)\"");
        for (std::sregex_iterator each(page.begin(), page.end(), place), end; each != end; ++each) {
            EXPECT_LE(std::stoi((*each)[2]), page_height);
            EXPECT_LE(std::stoi((*each)[1]), page_width);
            EXPECT_GE(std::stoi((*each)[1]), 0);
        }
    }
    std::size_t crossings = 0;
    for (const trace::Operation& operation : history.operations()) crossings += operation.crossings.size();
    EXPECT_EQ(arrows, crossings);
    EXPECT_EQ(conversions, history.conversions().size());
    EXPECT_EQ(taken, history.call_entries().size());
}

TEST(SequenceDiagram, APartOrAnEmptyTraceIsAPageToo) {
    const Trace trace = trace::synthetic::five_operations(1);
    const History history(trace);
    const trace::Operation& second = history.operations()[1];
    const auto part = sequence_pages(history, {.from = second.started, .to = second.finished});
    ASSERT_EQ(part.size(), 1u);
    EXPECT_EQ(count(part[0], ">conversion "), second.conversions.size());
    const auto few = sequence_pages(history, {.from = {}, .to = {}, .most_rows = 3});
    ASSERT_EQ(few.size(), 1u);
    EXPECT_THAT(few[0], testing::HasSubstr("further rows are not drawn"));
    const Trace nothing;
    const auto empty = sequence_pages(History(nothing));
    ASSERT_EQ(empty.size(), 1u);
    expect_well_formed(empty[0]);
    std::ostringstream whole;
    write_svg(history, whole, {});
    expect_well_formed(whole.str().substr(whole.str().find('\n')));
}

TEST(Html, IsOneWholeFileThatAsksForNothingElse) {
    Trace trace = trace::synthetic::make_trace({.intermediate_drivers = 2, .leak_call_entry = true});
    trace.set_description({.scenario = "<script>", .title = "a & b", .variant = "", .schedule = "fifo", .mode = "faithful", .producer = "x", .clock_start = 0});
    const History history(trace);
    for (const Clock clock : {Clock::virtual_time, Clock::measured_time}) {
        std::ostringstream out;
        write_html(history, out, {.clock = clock, .from = {}, .to = {}});
        const std::string page = out.str();
        const std::size_t style_end = page.find("</style>");
        ASSERT_NE(style_end, std::string::npos);
        expect_well_formed("<html><head><style>" + page.substr(style_end));
        EXPECT_THAT(page, testing::HasSubstr("&lt;script&gt;"));
        EXPECT_EQ(page.find("<script"), std::string::npos);
        EXPECT_EQ(count(page, "http"), count(page, "http://www.w3.org/2000/svg"));  // a name, not an address
        EXPECT_THAT(page, testing::HasSubstr("not given back"));
        EXPECT_THAT(page, testing::HasSubstr("<b>" + std::string(to_text(clock)) + "</b> times"));
        EXPECT_EQ(page.find("Recording one event costs") != std::string::npos, clock == Clock::measured_time);
    }
}

// --- with the programs themselves ---

struct Ran {
    int code = -1;
    std::string out;
    [[nodiscard]] std::vector<std::string> lines() const {
        std::vector<std::string> result;
        std::istringstream in(out);
        for (std::string line; std::getline(in, line);) result.push_back(line);
        return result;
    }
};

Ran shell(const std::string& command) {
    Ran ran;
    FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
    std::array<char, 4096> buffer;
    for (std::size_t got; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) ran.out.append(buffer.data(), got);
    ran.code = pclose(pipe);
    return ran;
}

bool installed(const char* program) { return std::system((std::string("command -v ") + program + " > /dev/null 2>&1").c_str()) == 0; }

class Programs : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "chimneylab-pictures-XXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }
    std::filesystem::path directory_;
};

TEST_F(Programs, TsharkReadsThePcapngWithTheDissector) {
    if (!installed("tshark")) GTEST_SKIP() << "tshark is not installed (apt-get install tshark)";
    const Trace trace = trace::synthetic::five_operations(2);
    const auto file = directory_ / "a.pcapng";
    ASSERT_FALSE(export_to(History(trace), Format::pcapng, file).has_value());
    const std::string dissector = CHIMNEYLAB_SOURCE_DIRECTORY "/resources/wireshark/chimneylab.lua";
    const Ran ran = shell("tshark -n -X lua_script:" + dissector + " -r " + file.string() +
                          " -T fields -E separator='|' -e chimneylab.event -e chimneylab.kind -e chimneylab.layer -e chimneylab.name"
                          " -e chimneylab.virtual_ns -e frame.time_epoch -e _ws.col.Info -e chimneylab.partner");
    ASSERT_EQ(ran.code, 0);
    const auto lines = ran.lines();
    ASSERT_EQ(lines.size(), trace.size());
    const History history(trace);
    for (std::uint32_t i = 0; i < trace.size(); ++i) {
        const trace::Event& event = trace.event(EventId(i));
        std::vector<std::string> cells;
        std::istringstream in(lines[i] + "|");
        for (std::string cell; std::getline(in, cell, '|');) cells.push_back(cell);
        ASSERT_EQ(cells.size(), 8u) << lines[i];
        EXPECT_EQ(cells[0], std::to_string(i));
        EXPECT_EQ(cells[1], to_text(event.kind));
        EXPECT_EQ(cells[2], history.layer_name(event.layer));
        EXPECT_EQ(cells[3], trace.text(event.name));
        EXPECT_EQ(cells[4], std::to_string(event.virtual_time));
        EXPECT_FALSE(cells[6].empty());
        EXPECT_EQ(cells[7], event.partner.valid() ? std::to_string(event.partner.value + 1) : "");
    }
    EXPECT_EQ(shell("tshark -n -X lua_script:" + dissector + " -r " + file.string() + " -Y '_ws.malformed or chimneylab.damaged'").out, "");
}

TEST_F(Programs, Babeltrace2ReadsTheCtf) {
    if (!installed("babeltrace2")) GTEST_SKIP() << "babeltrace2 is not installed (apt-get install babeltrace2)";
    // More than one packet of a mebibyte.
    const Trace trace = trace::synthetic::make_trace({.intermediate_drivers = 4,
                                                      .operations = {trace::OperationKind::initiate, trace::OperationKind::terminate},
                                                      .repeat = 60});
    const auto directory = directory_ / "ctf";
    for (const Clock clock : {Clock::virtual_time, Clock::measured_time}) {
        ASSERT_FALSE(export_to(History(trace), Format::ctf, directory, {.clock = clock, .from = {}, .to = {}}).has_value());
        const Ran ran = shell("babeltrace2 --clock-seconds --no-delta " + directory.string());
        ASSERT_EQ(ran.code, 0);
        const auto lines = ran.lines();
        ASSERT_EQ(lines.size(), trace.size());
        for (std::uint32_t i = 0; i < trace.size(); i += 7) {
            const trace::Event& event = trace.event(EventId(i));
            EXPECT_THAT(lines[i], testing::HasSubstr(" " + std::string(to_text(event.kind)) + ": ")) << i;
            EXPECT_THAT(lines[i], testing::HasSubstr("number = " + std::to_string(i) + ","));
            EXPECT_THAT(lines[i], testing::HasSubstr("name = \"" + std::string(trace.text(event.name)) + "\""));
        }
    }
    // A directory with something else in it is not touched.
    std::ofstream(directory / "notes.txt") << "mine";
    EXPECT_THAT(export_to(History(trace), Format::ctf, directory)->what, testing::HasSubstr("no exported CTF trace"));
    EXPECT_TRUE(std::filesystem::exists(directory / "notes.txt"));
}

}  // namespace
}  // namespace chimneylab::report
