// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Pictures of the window on hand-made sessions, for looking at by people: desktop_pictures ID EVENT WIDTHxHEIGHT THEME OUT.png
#include <QApplication>
#include <QStyleFactory>
#include <QTimer>
#include <cstdio>

#include "app/desktop/main_window/main_window.h"
#include "tests/desktop/synthetic_source.h"

int main(int argc, char** argv) {
    using namespace chimneylab;
    if (argc != 6) {
        std::fputs("usage: desktop_pictures ID EVENT WIDTHxHEIGHT light|dark OUT.png\n", stderr);
        return 2;
    }
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    desktop::MainWindow window(desktop::testing::synthetic_source(), nullptr);
    window.choose_theme(QLatin1String(argv[4]) == QLatin1String("dark") ? desktop::Theme::Choice::dark : desktop::Theme::Choice::light);
    const QStringList size = QString::fromLatin1(argv[3]).split(QLatin1Char('x'));
    window.resize(size.value(0).toInt(), size.value(1).toInt());
    window.show();
    int result = 1;
    QObject::connect(&window, &desktop::MainWindow::session_shown, &window, [&] {
        if (const int event = QString::fromLatin1(argv[2]).toInt(); event >= 0) window.playback().seek(trace::EventId(static_cast<std::uint32_t>(event)));
        QTimer::singleShot(80, &window, [&] {
            result = window.grab().save(QString::fromLocal8Bit(argv[5])) ? 0 : 1;
            std::printf("%u events, at %u\n", window.playback().event_count(), window.playback().position().value);
            QApplication::quit();
        });
    });
    window.open_scenario(QString::fromLatin1(argv[1]));
    QApplication::exec();
    return result;
}
