// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Sessions out of the lab and back into it. Every writer streams; none needs more memory than the trace itself. JSON, CSV
// and Perfetto's JSON hold everything there is: reading them back gives an equal trace. The others are for looking at.
// The formats are described in EXPORT.md. Readers trust nothing they read and give one clear problem. Thread rule: that of History.
#pragma once

#include <filesystem>
#include <istream>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <variant>

#include "engine/report/statistics.h"
#include "engine/trace/history.h"

namespace chimneylab::report {

enum class Format : std::uint8_t {
    perfetto,  // Chrome trace JSON: layers as tracks, operations with flows from crossing to crossing
    csv,       // one table of everything; the first column says what a row is
    json,      // one document of everything
    html,      // a report to print
    svg,       // the sequence diagram, in pages
    pcapng,    // for Wireshark, with resources/wireshark/chimneylab.lua
    ctf,       // a directory for Babeltrace and Trace Compass
};

struct ExportOptions {
    Clock clock = Clock::virtual_time;  // of perfetto, pcapng, ctf and html: one file, one clock
    // svg and html: rows of the sequence diagram are taken from these events; none: the first or the last of all.
    trace::EventId from, to;
};

struct ExchangeProblem {
    std::string what;    // "is no exported session: events[12].kind is unknown"
    std::string remedy;  // "Import a file that 'chimneylab-cli export' wrote."
};

void write_json(const trace::History& history, std::ostream& out);
void write_csv(const trace::History& history, std::ostream& out);
void write_perfetto(const trace::History& history, std::ostream& out, const ExportOptions& options);
void write_html(const trace::History& history, std::ostream& out, const ExportOptions& options);
void write_svg(const trace::History& history, std::ostream& out, const ExportOptions& options);
void write_pcapng(const trace::History& history, std::ostream& out, const ExportOptions& options);

// Reads what write_json, write_perfetto or write_csv wrote.
[[nodiscard]] std::variant<trace::Trace, ExchangeProblem> read_json(std::istream& in);
[[nodiscard]] std::variant<trace::Trace, ExchangeProblem> read_csv(std::istream& in);

// To a file (for ctf: a directory), all or nothing: an older file stays as it was when something goes wrong.
[[nodiscard]] std::optional<ExchangeProblem> export_to(const trace::History& history, Format format,
                                                       const std::filesystem::path& file, const ExportOptions& options = {});
// Either of the two readers, by what the file begins with.
[[nodiscard]] std::variant<trace::Trace, ExchangeProblem> import_from(const std::filesystem::path& file);

[[nodiscard]] std::optional<Format> parse_format(std::string_view word);
[[nodiscard]] std::span<const std::string_view> format_words();  // "perfetto", "csv" …, in the order of Format

}  // namespace chimneylab::report
