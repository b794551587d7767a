// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The questions of scenarios, as the window wants them: of a whole run, and found one by one in a session that grows.
#pragma once

#include <memory>
#include <mutex>
#include <map>
#include <string>

#include "app/desktop/models/session_source.h"
#include "engine/scenario/scenario.h"

namespace chimneylab::desktop {

struct EventsOfQuestion {
    trace::EventId at, proof;  // before which it is asked; that shows the answer
};

// `words` is the scenario in another language, or itself; `events` has the events of each question, none where it has none.
[[nodiscard]] std::vector<Question> tell_questions(const scenario::Scenario& scenario, const scenario::Scenario& words, const std::vector<EventsOfQuestion>& events);

// The library as it was read last, so that nothing has to be read when a session begins to stream. Any thread.
class KnownScenarios {
public:
    struct Told {
        scenario::Scenario scenario, words;  // in the language that was chosen then
    };
    void learn(std::map<std::string, std::shared_ptr<const Told>> all);
    [[nodiscard]] std::shared_ptr<const Told> find(const std::string& id) const;  // null: not known

private:
    mutable std::mutex lock_;
    std::map<std::string, std::shared_ptr<const Told>> all_;
};

// Null when the session names no scenario that is known, or one without questions.
[[nodiscard]] std::unique_ptr<QuestionSpotter> spot_questions(const SessionPointer& growing, std::shared_ptr<const KnownScenarios> known);

}  // namespace chimneylab::desktop
