// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/desktop/synthetic_source.h"

#include <QThread>

namespace chimneylab::desktop::testing {

namespace {

trace::synthetic::Options options_of(const QString& id) {
    using trace::OperationKind;
    trace::synthetic::Options options;
    if (id != QLatin1String("one")) {
        options.operations = {OperationKind::initiate, OperationKind::query, OperationKind::update, OperationKind::invalidate, OperationKind::terminate};
    }
    if (id == QLatin1String("five")) options.intermediate_drivers = 2;
    if (id == QLatin1String("deep")) options.intermediate_drivers = 8;
    if (id == QLatin1String("leak")) options.leak_call_entry = true;
    if (id == QLatin1String("fails")) {
        options.operations = {OperationKind::initiate};
        options.connections = 2;
        options.fail_last_block = true;
    }
    return options;
}

}  // namespace

SessionPointer synthetic_session(const trace::synthetic::Options& options, const QString& title) {
    trace::Trace made = trace::synthetic::make_trace(options);
    trace::RunDescription description = made.description();
    description.title = title.toStdString();
    made.set_description(description);
    return make_session(std::make_shared<const trace::Trace>(std::move(made)), {}, {}, {}, {});
}

SessionSource synthetic_source() {
    SessionSource source;
    source.library = [] {
        return std::vector<LibraryEntry>{
            {QStringLiteral("one"), QStringLiteral("M1"), QStringLiteral("One completion travels up"), QStringLiteral("Through the driver"), QStringLiteral("the ladder, two conversions, the call entry's end"), {}, {}},
            {QStringLiteral("five"), QStringLiteral("M2"), QStringLiteral("What the entry remembers"), QStringLiteral("Through the driver"), QStringLiteral("saved, replaced, restored"), {}, {}},
            {QStringLiteral("leak"), QStringLiteral("M3"), QStringLiteral("The life of a call entry"), QStringLiteral("Through the driver"), QStringLiteral("allocation, ownership, release"), {}, {},
                         {{QStringLiteral("kept"), QStringLiteral("The entry is kept for ever"), {}, {QStringLiteral("IM-037")}}}},
            {QStringLiteral("fails"), QStringLiteral("M6"), QStringLiteral("When some of it fails"), QStringLiteral("Through the driver"), QStringLiteral("statuses per block"), {}, {}},
            {QStringLiteral("deep"), QStringLiteral("M13"), QStringLiteral("Eight floors"), QStringLiteral("Depth"), QStringLiteral("the same through eight drivers"), {}, {}},
            {QStringLiteral("refused"), QStringLiteral("X1"), QStringLiteral("A scenario that cannot be run"), QStringLiteral("Depth"), {}, {}, {}},
            {QStringLiteral("endless"), QStringLiteral("X2"), QStringLiteral("A run that has to be cancelled"), QStringLiteral("Depth"), {}, {}, {}}};
    };
    source.scenario = [entries = source.library()](const RunRequest& request) -> LoadWork {
        return [id = request.scenario, variant = request.variant, entries](LoadControl& control) {
            LoadOutcome outcome;
            if (id == QLatin1String("refused")) {
                outcome.problem = QStringLiteral("x1.yaml:12:5: unknown key 'mod'. Did you mean 'mode'?");
                return outcome;
            }
            if (id == QLatin1String("endless")) {
                while (!control.cancel) QThread::msleep(1);
                outcome.problem = QStringLiteral("cancelled");
                return outcome;
            }
            for (const LibraryEntry& entry : entries) {
                if (entry.id != id) continue;
                trace::Trace made = trace::synthetic::make_trace(options_of(id));
                trace::RunDescription description = made.description();
                description.title = (entry.number + QStringLiteral(" · ") + entry.title).toStdString();
                made.set_description(description);
                auto session = make_session(std::make_shared<const trace::Trace>(std::move(made)), id, {}, {}, {});
                session->variant = variant;
                outcome.session = std::move(session);
            }
            if (!outcome.session) outcome.problem = QStringLiteral("there is no scenario '%1'").arg(id);
            return outcome;
        };
    };
    source.file = [scenario = source.scenario](const QString& path) { return scenario({path, {}, {}, {}}); };
    source.save = [](const Session&, const QString& path, const session::NoteContents&) { return path.isEmpty() ? QStringLiteral("no name") : QString(); };
    return source;
}

}  // namespace chimneylab::desktop::testing
