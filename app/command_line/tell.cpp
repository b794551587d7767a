// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "app/command_line/tell.h"

#include <fmt/format.h>

#include <memory>
#include <optional>

#include "engine/scenario/narrator.h"
#include "engine/trace/function_catalogue.h"
#include "engine/trace/text.h"

namespace chimneylab::command_line {

namespace {

using trace::EventId;
using trace::EventKind;

struct Look {
    const char* sign;
    Tone tone;
};

Look look_of(const trace::Trace& trace, const trace::Event& event) {
    switch (event.kind) {
        case EventKind::enter: {
            const trace::Function* function = trace::find_function(trace.text(event.name));
            const bool up = function && function->direction == trace::Direction::up;
            return up ? Look{"▲", Tone::completion} : Look{"▼", Tone::call};
        }
        case EventKind::leave:
            return {"◄", Tone::dim};
        case EventKind::conversion:
            return {"⇄", Tone::conversion};
        case EventKind::call_entry_recognised:
            return {"●", Tone::entry};
        case EventKind::call_entry_released:
            return {"○", Tone::entry};
        case EventKind::offload_entry_recognised:
            return {"■", Tone::entry};
        case EventKind::offload_entry_released:
            return {"□", Tone::entry};
        case EventKind::context_published:
            return {"✎", Tone::entry};
        case EventKind::operation_started:
            return {"┌", Tone::strong};
        case EventKind::operation_finished:
            return {"└", Tone::strong};
        case EventKind::choice:
            return {"?", Tone::plain};
        case EventKind::finding:
            return {"✗", Tone::bad};
        case EventKind::fault_injected:
            return {"!", Tone::bad};
        case EventKind::frame_sent:
        case EventKind::frame_received:
            return {"~", Tone::plain};
        case EventKind::frame_dropped:
            return {"~", Tone::bad};
        case EventKind::message:
            return {"\"", Tone::plain};
        default:
            return {"·", Tone::dim};
    }
}

bool is_important(const trace::Trace& trace, const trace::Event& event) {
    switch (event.kind) {
        case EventKind::enter: {
            const trace::Function* function = trace::find_function(trace.text(event.name));
            return function && (function->group == trace::FunctionGroup::state_manipulation ||
                                function->group == trace::FunctionGroup::offloaded_io ||
                                function->group == trace::FunctionGroup::indication);
        }
        case EventKind::conversion:
        case EventKind::operation_started:
        case EventKind::operation_finished:
        case EventKind::call_entry_recognised:
        case EventKind::call_entry_released:
        case EventKind::offload_entry_recognised:
        case EventKind::offload_entry_released:
        case EventKind::context_published:
        case EventKind::choice:
        case EventKind::finding:
        case EventKind::fault_injected:
        case EventKind::frame_sent:
        case EventKind::frame_received:
        case EventKind::frame_dropped:
            return true;
        default:
            return false;
    }
}

class Teller {
public:
    Teller(const trace::History& history, const scenario::Scenario* scenario, const TellOptions& options,
           Console& console)
        : trace_(history.trace()), scenario_(scenario), options_(options), console_(console), generic_(history) {
        if (scenario) own_ = std::make_unique<scenario::ScenarioNarrator>(history, *scenario);
    }

    void tell() {
        bool up = options_.all;
        std::size_t silent = 0;
        for (std::uint32_t i = 0; i < trace_.size(); ++i) {
            const EventId id(i);
            const trace::Event& event = trace_.event(id);
            if (event.kind == EventKind::step_started) {
                if (!up) tell_boot(i);
                up = true;
                tell_step(id, event);
                continue;
            }
            // While the machine boots only what went wrong is worth a line.
            const bool wanted = up ? options_.all || is_important(trace_, event) || (own_ && own_->own_sentence(id))
                                   : event.kind == EventKind::finding;
            if (event.kind == EventKind::leave) close(event.partner);
            if (wanted)
                tell_event(id, event);
            else
                ++silent;
            if (event.kind == EventKind::enter) open_.push_back({id, wanted});
        }
        if (silent > 0 && !options_.all) {
            console_.out << "\n"
                         << console_.terminal.in(
                                Tone::dim,
                                fmt::format("{} further events (memory, timers, handles, boot) are told with --all.",
                                            silent))
                         << "\n";
        }
    }

private:
    void tell_boot(std::uint32_t events) {
        console_.out << "\n"
                     << folded(fmt::format("The machine comes up: {} events. Drivers register, adapters initialise, "
                                           "protocols bind, from the bottom up.",
                                           events),
                               console_.terminal.width, "", "")
                     << "\n";
    }

    void tell_step(EventId id, const trace::Event& event) {
        ++step_;
        // The recording has the step's English text, or what was made of the step where it has none.
        const std::string_view own = scenario_ && step_ <= scenario_->steps.size() ? scenario_->steps[step_ - 1].text : std::string_view();
        console_.out << "\n"
                     << console_.terminal.in(Tone::strong,
                                             fmt::format("Step {}: {}", step_, printable(own.empty() ? trace_.text(event.name) : own)))
                     << "\n";
        if (const auto text = own_ ? own_->own_sentence(id) : std::nullopt) {
            console_.out << folded(printable(*text), console_.terminal.width, "  ", "  ") << "\n";
        }
    }

    void tell_event(EventId id, const trace::Event& event) {
        std::size_t level = 0;
        for (const Open& call : open_) level += call.told ? 1 : 0;
        const std::string indent(2 * std::min<std::size_t>(level, 24), ' ');
        const Look look = look_of(trace_, event);
        std::string times = fmt::format("{:>12} ", trace::duration_text(event.virtual_time));
        if (options_.timing) times += fmt::format("{:>12} measured ", trace::duration_text(event.measured_time));
        const std::string margin(display_width(times), ' ');
        console_.out << "\n"
                     << console_.terminal.in(Tone::dim, times) << indent << console_.terminal.in(look.tone, look.sign)
                     << " " << console_.terminal.in(look.tone, printable(generic_.heading(id))) << "\n";
        const std::string sentence = own_ ? own_->sentence(id) : generic_.sentence(id);
        const std::string left = margin + indent + "  ";
        console_.out << folded(printable(sentence), std::max(console_.terminal.width, left.size() + 50), left, left)
                     << "\n";
    }

    struct Open {
        EventId call;
        bool told;
    };
    void close(EventId call) {
        while (!open_.empty() && open_.back().call >= call) open_.pop_back();
    }

    const trace::Trace& trace_;
    const scenario::Scenario* scenario_;
    TellOptions options_;
    Console& console_;
    trace::Narrator generic_;
    std::unique_ptr<scenario::ScenarioNarrator> own_;
    std::vector<Open> open_;
    std::size_t step_ = 0;
};

std::string time_at(const trace::Trace& trace, EventId event) {
    return event.valid() ? trace::duration_text(trace.event(event).virtual_time) : "";
}

}  // namespace

void section(std::string_view title, Console& console) {
    console.out << "\n" << console.terminal.in(Tone::strong, title) << "\n";
}

void tell_heading(const trace::History& history, const scenario::Scenario* scenario, Console& console) {
    const trace::RunDescription& run = history.trace().description();
    console.out << console.terminal.in(Tone::strong, printable(run.scenario) + "  " + printable(scenario ? scenario->title : run.title)) << "\n";
    std::string how = "schedule " + run.schedule + ", " + run.mode + " machine";
    if (!run.variant.empty()) how = "variant " + run.variant + ", " + how;
    std::string stack;
    for (std::size_t i = 0; i < history.trace().layers().size(); ++i) {
        stack += (i ? " / " : "") + history.layer_name(static_cast<trace::LayerIndex>(i));
    }
    console.out << console.terminal.in(Tone::dim, printable(stack) + "; " + printable(how)) << "\n";
    if (scenario) console.out << "\n" << folded(printable(scenario->teaches), console.terminal.width, "", "") << "\n";
}

void tell_events(const trace::History& history, const scenario::Scenario* scenario, const TellOptions& options,
                 Console& console) {
    Teller(history, scenario, options, console).tell();
}

void tell_ledger(const trace::History& history, Console& console) {
    const trace::Trace& trace = history.trace();
    section("The ledger of call entries", console);
    std::size_t live = 0;
    for (const trace::CallEntry& entry : history.call_entries()) {
        const trace::Operation* operation = history.operation(entry.operation);
        std::string line = fmt::format("  {} call entry #{}  {}", padded(history.layer_name(entry.layer), 12),
                                       entry.ordinal, padded(operation ? trace::to_text(operation->kind) : "", 10));
        line += fmt::format("  taken {:>11}", time_at(trace, entry.recognised));
        if (entry.released.valid()) {
            const trace::Nanoseconds held =
                trace.event(entry.released).virtual_time - trace.event(entry.recognised).virtual_time;
            line += fmt::format("  given back {:>11}  held {:>11}", time_at(trace, entry.released),
                                trace::duration_text(held));
        } else {
            line += "  NOT GIVEN BACK";
            ++live;
        }
        console.out << (entry.released.valid() ? line : console.terminal.in(Tone::bad, line)) << "\n";
    }
    if (history.call_entries().empty())
        console.out << "  none were needed\n";
    else
        console.out << fmt::format("  taken {}, given back {}, held at the end {}\n", history.call_entries().size(),
                                   history.call_entries().size() - live, live);

    section("IM offload entries", console);
    for (const trace::OffloadEntry& entry : history.offload_entries()) {
        console.out << fmt::format(
            "  {} offload entry #{}  {}  since {:>11}  {}\n", padded(history.layer_name(entry.layer), 12),
            entry.ordinal, padded(printable(trace.text(entry.object)), 6), time_at(trace, entry.recognised),
            entry.released.valid() ? "released " + time_at(trace, entry.released) : "live: the object is offloaded");
    }
    if (history.offload_entries().empty()) console.out << "  none\n";
}

}  // namespace chimneylab::command_line
