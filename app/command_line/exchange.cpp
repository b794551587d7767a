// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/report/exchange.h"

#include "app/command_line/trace_input.h"
#include "app/command_line/verbs.h"
#include "engine/session/session.h"

namespace chimneylab::command_line {

namespace {

int refuse_file(const std::string& file, const report::ExchangeProblem& problem, Console& console) {
    const scenario::Problem told{file, 0, 0, problem.what, problem.remedy};
    return refuse({&told, 1}, console);
}

}  // namespace

int export_session(const ExportVerbOptions& options, Console& console) {
    const std::optional<report::Format> format = report::parse_format(options.format);
    if (!format)
        return refuse("--format: there is no format " + scenario::in_quotes(options.format),
                      scenario::suggest(options.format, report::format_words()), console);
    const std::optional<trace::Trace> trace = trace_of(options.input, console);
    if (!trace) return exit_bad_input;
    report::ExportOptions how;
    how.clock = options.timing ? report::Clock::measured_time : report::Clock::virtual_time;
    for (const auto& [wish, option, place] : {std::tuple{options.from, "--from", &how.from}, {options.to, "--to", &how.to}}) {
        if (wish < 0) continue;
        if (static_cast<std::size_t>(wish) >= trace->size())
            return refuse(std::string(option) + ": there is no event " + std::to_string(wish),
                          "The last one is " + std::to_string(trace->empty() ? 0 : trace->size() - 1) + ".", console);
        *place = trace::EventId(static_cast<std::uint32_t>(wish));
    }
    if (how.from.valid() && how.to.valid() && how.to < how.from)
        return refuse("--to lies before --from", "Give the first event with --from and the last with --to.", console);
    const trace::History history(*trace);
    if (const auto problem = report::export_to(history, *format, options.file, how)) return refuse_file(options.file, *problem, console);
    console.out << trace->size() << " events are in " << printable(options.file) << ".\n";
    return exit_done;
}

int import_session(const ImportOptions& options, Console& console) {
    const std::variant<trace::Trace, report::ExchangeProblem> read = report::import_from(options.file);
    if (const auto* problem = std::get_if<report::ExchangeProblem>(&read)) return refuse_file(options.file, *problem, console);
    const trace::Trace& trace = std::get<trace::Trace>(read);
    if (const auto problem = session::save(trace, options.session)) return refuse(*problem, console);
    console.out << trace.size() << " events are in " << printable(options.session) << ".\n";
    return exit_done;
}

}  // namespace chimneylab::command_line
