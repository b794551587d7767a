// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/fuzz/exercise_session.h"

#include "engine/session/notes.h"
#include "engine/trace/cursor.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/history.h"
#include "engine/trace/integrity.h"

namespace chimneylab::fuzz {

std::string exercise_session(const std::filesystem::path& file) {
    for (const std::size_t in_memory : {std::size_t{0}, std::size_t{250'000}}) {
        auto made = session::open(file, {.most_in_memory = in_memory});
        if (const auto* problem = std::get_if<session::Problem>(&made)) {
            if (problem->what.empty() || problem->remedy.empty()) return "a problem without words";
            continue;
        }
        const session::Opened& opened = std::get<session::Opened>(made);
        if ((opened.condition == session::Condition::complete) != opened.notice.empty())
            return "the notice does not fit the condition";
        if (const auto problem = trace::integrity_problem(opened.trace)) return *problem;
        if (opened.overview.events() != opened.trace.size()) return "the overview is of other events";
        trace::Cursor cursor(opened.trace);
        while (cursor.step_forward())
            if (const trace::RegionId region = opened.trace.event(cursor.position()).region; region.valid())
                (void)cursor.bytes(region);
        while (cursor.step_back()) {
        }
        const trace::History history(opened.trace);
        (void)history.operations();
        (void)trace::fingerprint(opened.trace);
    }
    (void)session::read_notes(file);
    return {};
}

}  // namespace chimneylab::fuzz
