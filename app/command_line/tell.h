// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A trace told as text: the important events in order, indented by the calls that enclose them, each with what happens
// and what it means, then the ledger of entries. Says nothing that depends on when or where it was recorded unless
// measured times are asked for.
#pragma once

#include "app/command_line/verbs.h"
#include "engine/scenario/scenario.h"
#include "engine/trace/history.h"

namespace chimneylab::command_line {

struct TellOptions {
    bool all = false;     // every event
    bool timing = false;  // measured times beside the virtual ones
};

// `scenario` may be null: then only the generic sentences are there.
void tell_events(const trace::History& history, const scenario::Scenario* scenario, const TellOptions& options,
                 Console& console);
void tell_ledger(const trace::History& history, Console& console);
void tell_heading(const trace::History& history, const scenario::Scenario* scenario, Console& console);
void section(std::string_view title, Console& console);

}  // namespace chimneylab::command_line
