// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/program/engine_source.h"

#include <QFileInfo>
#include <QRegularExpression>
#include <algorithm>
#include <atomic>

#include "app/desktop/models/event_text.h"
#include "app/desktop/models/session_judge.h"
#include "app/desktop/program/engine_notes.h"
#include "app/desktop/program/engine_questions.h"
#include "driver-bridge/host_client/run_in_host.h"
#include "engine/scenario/choices.h"
#include "engine/scenario/library.h"
#include "engine/scenario/narrator.h"
#include "engine/scenario/run.h"
#include "engine/scenario/translation.h"
#include "engine/session/session.h"

namespace chimneylab::desktop {

namespace {

QString to_text(const std::vector<scenario::Problem>& problems) {
    QStringList lines;
    for (const scenario::Problem& problem : problems) lines << QString::fromStdString(problem.to_text());
    return lines.join(QLatin1Char('\n'));
}

// Which of scenario::languages() texts are in. Chosen on the GUI thread, asked on the workers too.
using Tongue = std::shared_ptr<std::atomic<std::size_t>>;

std::size_t index_of(std::string_view language) {
    const std::span<const scenario::Language> all = scenario::languages();
    const auto found = std::find_if(all.begin(), all.end(), [&](const scenario::Language& each) { return each.code == language; });
    return found == all.end() ? 0 : static_cast<std::size_t>(found - all.begin());
}

// The scenario's own words for this session in every language, so that another one can be chosen without reading a file; kept
// alive together with what they were read from.
void let_scenario_speak(Session& session, scenario::Scenario scenario, const Tongue& tongue) {
    struct Speaker {
        Speaker(const trace::History& history, scenario::Scenario its) : scenario(std::move(its)), narrator(history, scenario) {
            for (const scenario::Language& each : scenario::languages()) words.push_back(scenario::translate(scenario, each.code).scenario);
        }
        scenario::Scenario scenario;
        scenario::ScenarioNarrator narrator;
        std::vector<scenario::Scenario> words;
    };
    auto speaker = std::make_shared<const Speaker>(*session.history, std::move(scenario));
    session.scenario_words = [speaker, tongue](trace::EventId event) {
        const std::optional<std::string> own = speaker->narrator.own_sentence(event, speaker->words[*tongue]);
        return own ? QString::fromStdString(*own) : QString();
    };
    if (speaker->scenario.questions.empty()) return;
    session.questions = [speaker, tongue] {
        const auto first = [](const std::vector<trace::EventId>& all) { return all.empty() ? trace::EventId() : all.front(); };
        std::vector<EventsOfQuestion> events;
        for (std::size_t i = 0; i < speaker->scenario.questions.size(); ++i)
            events.push_back({first(speaker->narrator.events_of_question(i)), first(speaker->narrator.proofs_of_question(i))});
        return tell_questions(speaker->scenario, speaker->words[*tongue], events);
    };
}

void tell_choices(Session& session, const scenario::RunResult& result) {
    session.manual = true;
    session.stopped_at_choice = result.stopped_at_choice;
    for (const scenario::ChoicePoint& point : result.choice_points) {
        ChoiceMoment moment;
        moment.after = point.after;
        if (point.taken) moment.taken = QString::fromStdString(scenario::to_text(*point.taken));
        for (const scenario::PendingItem& item : point.pending) {
            PendingChoice pending;
            pending.label = QString::fromStdString(item.label);
            pending.layer = QString::fromStdString(session.history->layer_name(item.layer));
            pending.operation = operation_text(*session.history, item.operation);
            pending.due = item.due;
            const trace::Operation* operation = session.history->operation(item.operation);
            if (item.completes_operation && operation != nullptr) {
                for (const trace::OperationBlock& block : operation->blocks) pending.blocks << to_qstring(session.history->label(block.block));
                pending.statuses << QStringLiteral("FAILURE");
                if (item.operation_kind == trace::OperationKind::initiate) {
                    pending.statuses << QStringLiteral("RESOURCES") << QStringLiteral("OFFLOAD_TCP_ENTRIES") << QStringLiteral("OFFLOAD_PATH_ENTRIES")
                                     << QStringLiteral("OFFLOAD_NEIGHBOR_ENTRIES") << QStringLiteral("OFFLOAD_CONNECTION_REJECTED");
                }
            }
            moment.pending.push_back(std::move(pending));
        }
        session.choice_points.push_back(std::move(moment));
    }
}

driver_host::HostRun run_in_host(const RunRequest& request, const scenario::RunOptions& options) {
    driver_host::HostRequest host;
    host.scenario = request.scenario.toStdString();
    host.variant = options.variant;
    host.schedule = request.schedule.toStdString();
    host.producer = options.producer;
    host.cancel = options.cancel;
    host.progress = options.progress;
    host.choices = options.choices;
    host.schedule_goes_on = options.schedule_goes_on;
    for (const QString& driver : request.drivers) host.drivers.push_back(driver.toStdString());
    return driver_host::run_in_host(host);
}

QString crash_text(const driver_host::Crash& crash, const std::string& output) {
    QString text = QString::fromStdString(crash.explanation());
    if (!crash.hint.empty()) text += QLatin1Char('\n') + QString::fromStdString(crash.hint);
    if (!crash.backtrace.empty()) text += QLatin1Char('\n') + QString::fromStdString(crash.backtrace_text());
    if (!output.empty()) text += QStringLiteral("\nWhat the driver printed:\n") + QString::fromStdString(output);
    return text.trimmed();
}

LoadOutcome run_scenario(const RunRequest& request, LoadControl& control, const Tongue& tongue) {
    LoadOutcome outcome;
    scenario::Loaded loaded = scenario::find_scenario(request.scenario.toStdString());
    if (!loaded.scenario) {
        outcome.problem = to_text(loaded.problems);
        return outcome;
    }
    scenario::RunOptions options;
    options.cancel = &control.cancel;
    options.producer = "chimneylab";
    options.variant = request.variant.toStdString();
    if (!request.schedule.isEmpty()) {
        const machine::ParsedSchedule parsed = machine::Schedule::parse(request.schedule.toStdString());
        if (!parsed) {
            outcome.problem = QString::fromStdString(parsed.error);
            return outcome;
        }
        options.schedule = *parsed.schedule;
    }
    if (request.manual) {
        auto choices = scenario::parse_choices(request.choices.join(QLatin1Char(',')).toStdString());
        if (const auto* wrong = std::get_if<std::string>(&choices)) {
            outcome.problem = QString::fromStdString(*wrong);
            return outcome;
        }
        options.choices = std::move(std::get<std::vector<scenario::Choice>>(choices));
        options.schedule_goes_on = request.schedule_goes_on;
    }
    options.progress = [&control](const scenario::Progress& progress) {
        control.progress(progress.steps == 0 ? -1 : static_cast<int>(100 * progress.step / progress.steps));
    };
    // A driver of somebody's own, or one with a mistake in it, never runs in the desktop's process.
    scenario::RunResult result;
    QString crash_report;
    if (!request.drivers.isEmpty() || scenario::needs_driver_host(*loaded.scenario, options.variant)) {
        driver_host::HostRun run = run_in_host(request, options);
        result = std::move(run.result);
        if (run.crash) crash_report = crash_text(*run.crash, run.output);
    } else {
        result = scenario::run(*loaded.scenario, options);
    }
    if (!result.problems.empty()) {
        outcome.problem = to_text(result.problems);
        return outcome;
    }
    if (result.trace.empty() && !result.failure.empty()) outcome.problem = QString::fromStdString(result.failure);
    if (result.trace.empty()) {
        if (outcome.problem.isEmpty()) outcome.problem = QStringLiteral("The run recorded nothing.");
        return outcome;
    }
    std::vector<Expectation> expectations;
    for (const scenario::ExpectationResult& each : result.expectations) {
        expectations.push_back({QString::fromStdString(each.text), QString::fromStdString(each.detail), each.met});
    }
    const QString id = QString::fromStdString(loaded.scenario->id);
    auto session = make_session(std::make_shared<const trace::Trace>(std::move(result.trace)), id, {}, {}, std::move(expectations));
    if (request.manual) {
        // A choice that could not be made leaves what was there before it.
        if (result.stopped_at_choice && !result.failure.empty()) {
            outcome.problem = QString::fromStdString(result.failure);
            return outcome;
        }
        tell_choices(*session, result);
    }
    session->crash_report = crash_report.isEmpty() ? QString::fromStdString(result.failure) : crash_report;
    session->drivers = request.drivers;
    let_scenario_speak(*session, std::move(*loaded.scenario), tongue);
    outcome.session = std::move(session);
    return outcome;
}

LoadOutcome read_session(const QString& path, LoadControl& control, const Tongue& tongue) {
    LoadOutcome outcome;
    auto loaded = session::open(path.toStdString());
    if (const auto* problem = std::get_if<session::Problem>(&loaded)) {
        outcome.problem = QString::fromStdString(problem->to_text());
        return outcome;
    }
    session::Opened& opened = std::get<session::Opened>(loaded);
    const QString notice = QString::fromStdString(opened.notice);
    auto shared = std::make_shared<const trace::Trace>(std::move(opened.trace));
    if (shared->empty()) {
        outcome.problem = QStringLiteral("%1 holds no events.").arg(QFileInfo(path).fileName());
        if (!notice.isEmpty()) outcome.problem += QLatin1Char(' ') + notice;
        return outcome;
    }
    // A recorded run of a library scenario is told in that scenario's words.
    scenario::Loaded known = scenario::find_scenario(shared->description().scenario);
    const QString id = known.scenario ? QString::fromStdString(known.scenario->id) : QString();
    auto session = make_session(std::move(shared), id, path, {}, {}, [&control](int percent) {
        if (control.progress) control.progress(percent);
        return !control.cancel;
    });
    if (!session) return outcome;  // nobody wants it any more
    // What was found when it was judged last is shown while a long session is judged again.
    if (session->unjudged) {
        auto stored = session::read_violations(path.toStdString());
        if (const auto* rows = std::get_if<std::vector<session::StoredViolation>>(&stored)) adopt_findings(*session, tell_stored(*session->history, *rows));
    }
    outcome.word = notice;  // cut short, or damaged: shown beside what is whole
    auto notes = session::read_notes(path.toStdString());
    if (const auto* problem = std::get_if<session::Problem>(&notes)) {
        if (!outcome.word.isEmpty()) outcome.word += QLatin1Char(' ');
        outcome.word += QString::fromStdString(problem->to_text());
    } else {
        session->notes = std::move(std::get<session::NoteContents>(notes));
    }
    if (known.scenario) let_scenario_speak(*session, std::move(*known.scenario), tongue);
    outcome.session = std::move(session);
    return outcome;
}

std::vector<LibraryEntry> read_library(const Tongue& tongue, KnownScenarios& known) {
    const std::string_view language = scenario::languages()[*tongue].code;
    const scenario::Library library = scenario::load_library();
    std::vector<LibraryEntry> entries;
    std::vector<scenario::Problem> problems = library.problems;
    std::map<std::string, std::shared_ptr<const KnownScenarios::Told>> told;
    static const QRegularExpression numbered(QStringLiteral("^[^:]*\\d[^:]*: *"));  // "Part 1: " in any language
    for (const scenario::Scenario& original : library.scenarios) {
        const scenario::Translated translated = scenario::translate(original, language);
        problems.insert(problems.end(), translated.problems.begin(), translated.problems.end());
        const scenario::Scenario& each = translated.scenario;
        told[original.id] = std::make_shared<const KnownScenarios::Told>(KnownScenarios::Told{original, each});
        LibraryEntry entry;
        entry.id = QString::fromStdString(each.id);
        entry.number = entry.id.toUpper();
        entry.title = QString::fromStdString(each.title);
        entry.part = QString::fromStdString(each.part).remove(numbered);
        if (!entry.part.isEmpty()) entry.part[0] = entry.part[0].toUpper();
        entry.teaches = QString::fromStdString(each.teaches).simplified();
        entry.path = QString::fromStdString(each.source);
        for (const scenario::Variant& variant : each.variants) {
            LibraryVariant made;
            made.name = QString::fromStdString(variant.name);
            made.title = QString::fromStdString(variant.title);
            made.teaches = QString::fromStdString(variant.teaches).simplified();
            for (const std::string& rule : variant.breaks) made.breaks << QString::fromStdString(rule);
            entry.variants.push_back(std::move(made));
        }
        entries.push_back(std::move(entry));
    }
    known.learn(std::move(told));
    for (const scenario::Problem& problem : problems) {
        const QString name = QFileInfo(QString::fromStdString(problem.file)).fileName();
        LibraryEntry entry;
        entry.id = QString::fromStdString(problem.file);
        entry.title = name;
        entry.part = QStringLiteral("Cannot be read");
        entry.path = entry.id;
        entry.problem = QString::fromStdString(problem.to_text());
        if (!entries.empty() && entries.back().id == entry.id) continue;  // one row a file; its first problem says enough
        entries.push_back(std::move(entry));
    }
    return entries;
}

}  // namespace

SessionSource engine_source() {
    SessionSource source;
    auto tongue = std::make_shared<std::atomic<std::size_t>>(index_of(scenario::language_of_environment()));
    auto known = std::make_shared<KnownScenarios>();
    source.library = [tongue, known] { return read_library(tongue, *known); };
    source.spot_questions = [known](const SessionPointer& growing) { return spot_questions(growing, known); };
    source.scenario = [tongue](const RunRequest& request) -> LoadWork { return [request, tongue](LoadControl& control) { return run_scenario(request, control, tongue); }; };
    source.file = [tongue](const QString& path) -> LoadWork { return [path, tongue](LoadControl& control) { return read_session(path, control, tongue); }; };
    for (const scenario::Language& each : scenario::languages()) source.languages.push_back({to_qstring(each.code), to_qstring(each.name)});
    source.tell_in = [tongue](const QString& code) {
        *tongue = index_of(code.isEmpty() ? scenario::language_of_environment() : std::string_view(code.toStdString()));
    };
    source.note_store = open_engine_notes;
    source.save = [](const Session& session, const QString& path, const session::NoteContents& notes) {
        const std::optional<session::Problem> problem = session::save(*session.trace, path.toStdString(), notes);
        return problem ? QString::fromStdString(problem->to_text()) : QString();
    };
    return source;
}

}  // namespace chimneylab::desktop
