// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/program/screenshot.h"

#include <QApplication>
#include <QPixmap>
#include <QTimer>
#include <cstdio>
#include <memory>

namespace chimneylab::desktop {

namespace {

void end_with(const QString& problem) {
    std::fprintf(stderr, "chimneylab: %s\n", problem.simplified().toLocal8Bit().constData());
    QApplication::exit(2);
}

void render(MainWindow& window, const QString& path) {
    // Everything queued by opening and seeking has been carried out when the loop comes back here.
    QTimer::singleShot(0, &window, [&window, path] {
        QCoreApplication::sendPostedEvents();
        const QPixmap picture = window.grab();
        if (!picture.save(path, "PNG")) {
            end_with(QStringLiteral("%1 cannot be written: choose a folder that exists and a name that ends in .png").arg(path));
            return;
        }
        QApplication::exit(0);
    });
}

}  // namespace

void take_screenshot(MainWindow& window, const Arguments& arguments) {
    struct Waiting {
        bool session = false;
        bool library = false;
    };
    auto waiting = std::make_shared<Waiting>();
    const auto ready = [&window, arguments, waiting] {
        if (!waiting->session || !waiting->library) return;
        if (arguments.event) {
            if (*arguments.event >= window.playback().event_count()) {
                end_with(QStringLiteral("there is no event %1: this run has events 0 to %2").arg(*arguments.event).arg(window.playback().event_count() - 1));
                return;
            }
            window.playback().seek(trace::EventId(*arguments.event));
        }
        render(window, arguments.screenshot);
    };
    QObject::connect(&window, &MainWindow::session_shown, &window, [waiting, ready] {
        waiting->session = true;
        ready();
    });
    QObject::connect(&window, &MainWindow::library_shown, &window, [waiting, ready] {
        waiting->library = true;
        ready();
    });
    QObject::connect(&window, &MainWindow::session_refused, &window, [waiting](const QString& problem) {
        if (!waiting->session) end_with(problem);
    });
}

}  // namespace chimneylab::desktop
