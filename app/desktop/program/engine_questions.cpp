// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/program/engine_questions.h"

#include <algorithm>
#include <utility>

#include "engine/scenario/pattern.h"

namespace chimneylab::desktop {

using trace::EventId;

namespace {

class Spotter : public QuestionSpotter {
public:
    Spotter(SessionPointer session, std::shared_ptr<const KnownScenarios::Told> told, std::shared_ptr<const KnownScenarios> known)
        : session_(std::move(session)), told_(std::move(told)), known_(std::move(known)), matcher_(*session_->trace, told_->scenario),
          seen_(told_->scenario.questions.size()), events_(told_->scenario.questions.size()) {}

    bool look_on(std::uint32_t most) override {
        matcher_.extend();
        const auto size = static_cast<std::uint32_t>(session_->trace->size());
        const std::uint32_t end = size - looked_ > most ? looked_ + most : size;
        for (; looked_ < end; ++looked_) {
            for (std::size_t i = 0; i < events_.size(); ++i) {
                const scenario::Question& question = told_->scenario.questions[i];
                spot(question.at, seen_[i].at, events_[i].at);
                if (question.proof) spot(*question.proof, seen_[i].proof, events_[i].proof);
                else events_[i].proof = events_[i].at;
            }
        }
        return looked_ < size;
    }

    [[nodiscard]] std::vector<Question> questions() const override {
        // Another language may have been chosen since; the scenario is the same.
        const auto now = known_->find(told_->scenario.id);
        const bool same = now && now->words.questions.size() == told_->scenario.questions.size();
        return tell_questions(told_->scenario, same ? now->words : told_->words, events_);
    }

private:
    struct Seen {
        unsigned at = 0, proof = 0;  // so many events that fit
    };
    void spot(const scenario::EventPattern& pattern, unsigned& seen, EventId& event) {
        if (!event.valid() && matcher_.fits(pattern, EventId(looked_)) && ++seen == std::max(pattern.occurrence, 1u)) event = EventId(looked_);
    }

    SessionPointer session_;
    std::shared_ptr<const KnownScenarios::Told> told_;
    std::shared_ptr<const KnownScenarios> known_;
    scenario::PatternMatcher matcher_;
    std::vector<Seen> seen_;
    std::vector<EventsOfQuestion> events_;
    std::uint32_t looked_ = 0;
};

}  // namespace

std::vector<Question> tell_questions(const scenario::Scenario& scenario, const scenario::Scenario& words, const std::vector<EventsOfQuestion>& events) {
    std::vector<Question> told;
    for (std::size_t i = 0; i < scenario.questions.size(); ++i) {
        const scenario::Question &own = scenario.questions[i], &its = words.questions.at(i);
        Question made;
        made.key = QString::fromStdString(own.ask).simplified();
        made.ask = QString::fromStdString(its.ask).simplified();
        for (const std::string& choice : its.choices) made.choices << QString::fromStdString(choice).simplified();
        for (const std::string& choice : own.choices) made.kept_choices << QString::fromStdString(choice).simplified();
        made.right = static_cast<int>(own.answer);
        made.because = QString::fromStdString(its.because).simplified();
        if (i < events.size()) {
            made.at = events[i].at;
            made.proof = events[i].proof;
        }
        told.push_back(std::move(made));
    }
    return told;
}

void KnownScenarios::learn(std::map<std::string, std::shared_ptr<const Told>> all) {
    const std::lock_guard guard(lock_);
    all_ = std::move(all);
}

std::shared_ptr<const KnownScenarios::Told> KnownScenarios::find(const std::string& id) const {
    const std::lock_guard guard(lock_);
    const auto found = all_.find(id);
    return found == all_.end() ? nullptr : found->second;
}

std::unique_ptr<QuestionSpotter> spot_questions(const SessionPointer& growing, std::shared_ptr<const KnownScenarios> known) {
    if (!growing || !growing->trace) return nullptr;
    auto told = known->find(growing->trace->description().scenario);
    if (!told || told->scenario.questions.empty()) return nullptr;
    return std::make_unique<Spotter>(growing, std::move(told), std::move(known));
}

}  // namespace chimneylab::desktop
