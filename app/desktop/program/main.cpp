// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// `chimneylab`: the desktop.
#include <QApplication>
#include <QDir>
#include <QScreen>
#include <QStandardPaths>
#include <QStyleFactory>
#include <malloc.h>

#include <cstdio>
#include <memory>

#include "app/desktop/main_window/main_window.h"
#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/program/application_icon.h"
#include "app/desktop/program/arguments.h"
#include "app/desktop/program/engine_source.h"
#include "app/desktop/program/screenshot.h"
#include "app/desktop/tour/tour.h"

namespace {

// Qt tells on stderr that a bare machine has no XDG_RUNTIME_DIR; the lab uses none, and stderr is for what matters.
void tell(QtMsgType, const QMessageLogContext&, const QString& message) {
    if (message.startsWith(QLatin1String("QStandardPaths:"))) return;
    std::fprintf(stderr, "%s\n", message.toLocal8Bit().constData());
}

// While a session streams, tens of megabytes are given back and asked for again every other second. From the system they come a
// page at a time, which costs more than to fill them: so they stay here.
void keep_memory() {
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
    mallopt(M_TOP_PAD, 4 << 20);
}

}  // namespace

int main(int argc, char** argv) {
    using namespace chimneylab::desktop;
    keep_memory();
    QStringList words;
    for (int i = 1; i < argc; ++i) words << QString::fromLocal8Bit(argv[i]);
    const ParsedArguments parsed = parse_arguments(words);
    const Arguments& arguments = parsed.arguments;
    if (!parsed.problem.isEmpty()) {
        std::fprintf(stderr, "chimneylab: %s\n", parsed.problem.toLocal8Bit().constData());
        return 2;
    }
    if (arguments.help) {
        std::fputs(usage().toLocal8Bit().constData(), stdout);
        return 0;
    }
    if (arguments.version) {
        std::puts("chimneylab " CHIMNEYLAB_VERSION);
        return 0;
    }
    const bool picture = !arguments.screenshot.isEmpty() || !arguments.tour.isEmpty();
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
        if (picture) {
            qputenv("QT_QPA_PLATFORM", "offscreen");
        } else if (qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")) {
            std::fputs("chimneylab: there is no display: use --screenshot FILE.png, or chimneylab-cli for the command line\n", stderr);
            return 2;
        }
    }
    if (arguments.scale > 0) qputenv("QT_SCALE_FACTOR", QByteArray::number(arguments.scale));
    // A picture must not depend on how this machine rounds its display's factor.
    QGuiApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);

    qInstallMessageHandler(tell);
    int qt_argc = 1;  // Qt reads options of its own from the rest; all words are ours
    QApplication application(qt_argc, argv);
    QApplication::setOrganizationName(QStringLiteral("ChimneyLab"));
    QApplication::setApplicationName(QStringLiteral("chimneylab"));
    QApplication::setApplicationDisplayName(QStringLiteral("ChimneyLab"));
    QApplication::setApplicationVersion(QStringLiteral(CHIMNEYLAB_VERSION));
    QGuiApplication::setDesktopFileName(QStringLiteral("chimneylab"));
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setWindowIcon(application_icon());

    // A picture shows what was asked for, not how this person arranged the panes.
    MainWindow window(engine_source(), picture ? nullptr : std::make_unique<QSettings>());
    if (!picture) window.set_keep_folder(QDir(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation)).filePath(QStringLiteral("kept")));
    constexpr QSize usual(1366, 768);
    window.resize(picture ? usual : usual.boundedTo(window.screen()->availableSize()));  // at 200 % a screen may have less
    window.restore_arrangement();
    if (arguments.theme) window.choose_theme(*arguments.theme);
    if (arguments.reduced_motion) window.set_reduced_motion(true);
    if (arguments.size) window.resize(*arguments.size);
    window.show();
    if (!arguments.tour.isEmpty()) {
        const QString problem = run_tour(window, arguments.tour);
        if (!problem.isEmpty()) std::fprintf(stderr, "chimneylab: the tour did not end: %s\n", problem.simplified().toLocal8Bit().constData());
        return problem.isEmpty() ? 0 : 2;
    }
    if (!arguments.pane.isEmpty() && !window.show_alone(arguments.pane)) {
        QStringList names;
        for (const PanelDock* pane : window.panes()) names << pane->objectName();
        std::fprintf(stderr, "chimneylab: there is no pane '%s'; there are %s\n", arguments.pane.toLocal8Bit().constData(),
                     names.join(QStringLiteral(", ")).toLocal8Bit().constData());
        return 2;
    }
    if (picture) {
        take_screenshot(window, arguments);
    } else if (arguments.event) {
        QObject::connect(&window, &MainWindow::session_shown, &window,
                         [&window, event = *arguments.event] { window.playback().seek(chimneylab::trace::EventId(event)); }, Qt::SingleShotConnection);
    }
    if (!arguments.session.isEmpty()) {
        window.open_file(arguments.session);
    } else {
        RunRequest request{arguments.scenario.isEmpty() ? QStringLiteral("m1") : arguments.scenario, arguments.variant, arguments.schedule, arguments.drivers};
        if (!arguments.choices.isEmpty()) {
            if (request.schedule.isEmpty()) request.schedule = QStringLiteral("fifo");
            request.schedule_goes_on = true;
            request.choices = arguments.choices.split(QLatin1Char(','), Qt::SkipEmptyParts);
        }
        window.run(request);
    }
    return QApplication::exec();
}
