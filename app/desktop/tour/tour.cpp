// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/tour/tour.h"

#include <QApplication>
#include <QDir>
#include <QEventLoop>
#include <QImage>
#include <QPainter>
#include <QSaveFile>
#include <QTemporaryDir>
#include <QTimer>
#include <atomic>
#include <memory>
#include <thread>

#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/notes/notes_view.h"
#include "app/desktop/sequence/sequence_pane.h"
#include "app/desktop/tour/palette.h"
#include "app/desktop/tour/tour_stops.h"
#include "driver-bridge/producer/replay.h"

namespace chimneylab::desktop {

namespace {

QString theme_word(Theme::Choice choice) {
    switch (choice) {
        case Theme::Choice::dark: return QStringLiteral("dark");
        case Theme::Choice::high_contrast: return QStringLiteral("high-contrast");
        case Theme::Choice::light:
        case Theme::Choice::system: break;
    }
    return QStringLiteral("light");
}

// Runs the scenario and waits for it; what is wrong, empty when it is on stage.
QString open(MainWindow& window, const QString& scenario, const QString& variant) {
    QString problem;
    bool shown = false;
    QEventLoop loop;
    const auto done = QObject::connect(&window, &MainWindow::session_shown, &loop, [&] {
        shown = true;
        loop.quit();
    });
    const auto refused = QObject::connect(&window, &MainWindow::session_refused, &loop, [&](const QString& why) {
        problem = why;
        loop.quit();
    });
    QTimer::singleShot(120'000, &loop, &QEventLoop::quit);
    window.open_scenario(scenario, variant);
    loop.exec();
    QObject::disconnect(done);
    QObject::disconnect(refused);
    if (!shown && problem.isEmpty()) problem = QStringLiteral("scenario %1 did not end within two minutes").arg(scenario);
    return problem;
}

void settle() {
    // Layouts, polishing and queued updates beget one another a few times.
    for (int i = 0; i < 5; ++i) {
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents(QEventLoop::ExcludeUserInputEvents);
    }
}

QImage picture_of(MainWindow& window, double scale) {
    QImage picture(window.size() * scale, QImage::Format_RGB32);
    picture.setDevicePixelRatio(scale);
    picture.fill(window.theme().tokens().background);
    QPainter painter(&picture);
    window.render(&painter);
    return picture;
}

// Nobody has written any in a run of the tour.
void write_notes(MainWindow& window) {
    NoteBook& book = window.note_book();
    if (const trace::Operation* operation = window.playback().operation()) {
        book.write(book.add(operation->started, operation->finished), QStringLiteral("The query the exam was about: two entries, one for each driver."));
    }
    book.write(book.add(window.playback().position()), QStringLiteral("IM 2 puts ImReserved and SourceHandle back here. What if it forgot SourceHandle?"));
    if (!book.annotations().empty()) window.notes_view()->edit(book.annotations().back().id);
}

QString write(const QString& path, const std::function<bool(QSaveFile&)>& content) {
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly) && content(file) && file.commit()) return {};
    return QStringLiteral("%1 cannot be written: %2").arg(path, file.errorString());
}

QString html(const std::vector<TourStop>& stops) {
    QString page = QStringLiteral(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>ChimneyLab: a tour</title>\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n<style>\n"
        "body { font: 15px/1.5 Inter, sans-serif; margin: 2rem auto; max-width: 1200px; padding: 0 1rem; color-scheme: light dark; }\n"
        "figure { margin: 0; } figcaption { font-size: 13px; opacity: .75; }\n"
        "section { margin: 0 0 3rem; } .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(420px, 1fr)); gap: 1rem; }\n"
        "img { width: 100%; height: auto; border: 1px solid #8884; border-radius: 6px; }\n</style>\n</head>\n<body>\n<h1>ChimneyLab: a tour</h1>\n");
    for (const TourStop& stop : stops) {
        page += QStringLiteral("<section>\n<h2>%1</h2>\n<p>%2</p>\n<div class=\"pair\">\n").arg(stop.title.toHtmlEscaped(), stop.words.toHtmlEscaped());
        for (const Theme::Choice theme : stop.themes) {
            const QString word = theme_word(theme);
            page += QStringLiteral("<figure><a href=\"%1-%2.png\"><img src=\"%1-%2.png\" alt=\"%3, %2\" loading=\"lazy\"></a><figcaption>%2</figcaption></figure>\n")
                        .arg(stop.file, word, stop.title.toHtmlEscaped());
        }
        page += QStringLiteral("</div>\n</section>\n");
    }
    return page + QStringLiteral("</body>\n</html>\n");
}

// The session on stage once more, as a producer would stream it, with somebody who watches.
class LiveScene {
public:
    explicit LiveScene(MainWindow& window) : window_(window), session_(window.playback().session()) {
        LiveSessions& live = window.live_sessions();
        live.set_folder(folder_.path());
        if (!live.listen(QStringLiteral("tcp:127.0.0.1:0")).isEmpty()) return;
        live.attach_next();
        bridge::ReplayOptions options;
        options.endpoint = std::get<bridge::Endpoint>(bridge::parse_endpoint(live.endpoint().toStdString()));
        options.events_per_second = 100;
        options.cancel = &cancel_;
        producer_ = std::thread([this, options] { (void)bridge::replay(*session_->trace, options); });
        QEventLoop loop;
        QTimer::singleShot(1500, &loop, &QEventLoop::quit);
        loop.exec();
    }
    ~LiveScene() {
        cancel_ = true;
        if (producer_.joinable()) producer_.join();
        window_.live_sessions().detach();
        window_.live_sessions().stop_listening();
        settle();
    }
    LiveScene(const LiveScene&) = delete;
    LiveScene& operator=(const LiveScene&) = delete;

private:
    MainWindow& window_;
    SessionPointer session_;
    QTemporaryDir folder_;
    std::atomic<bool> cancel_{false};
    std::thread producer_;
};

}  // namespace

QString run_tour(MainWindow& window, const QString& folder) {
    if (!QDir().mkpath(folder)) return QStringLiteral("the folder %1 cannot be made").arg(folder);
    const QDir into(folder);
    window.set_reduced_motion(true);
    std::vector<std::pair<QString, QString>> panes;
    for (const PanelDock* pane : window.panes()) panes.emplace_back(pane->objectName(), pane->windowTitle());
    const std::vector<TourStop> stops = tour_stops(panes);
    QString on_stage;
    for (const TourStop& stop : stops) {
        const QString run = stop.moment.scenario + QLatin1Char('/') + stop.moment.variant;
        if (run != on_stage) {
            if (const QString problem = open(window, stop.moment.scenario, stop.moment.variant); !problem.isEmpty()) return problem;
            on_stage = run;
        }
        const trace::EventId at = find_moment(*window.playback().session(), stop.moment);
        if (!at.valid()) return QStringLiteral("%1 has no event that passes “%2”").arg(run, stop.moment.filter.isEmpty() ? QStringLiteral("broken") : stop.moment.filter);
        std::unique_ptr<LiveScene> live;
        if (stop.pane == QLatin1String("live")) {
            live = std::make_unique<LiveScene>(window);
            on_stage.clear();  // something else is now
        }
        window.resize(stop.size);
        window.choose_layout(stop.layout);
        if (!stop.pane.isEmpty()) window.show_alone(stop.pane);
        SequencePane& sequence = *window.sequence_pane();
        settle();
        if (!live) window.playback().seek(at);
        sequence.view()->set_by_time(stop.by_time);
        if (stop.pane == QLatin1String("notes") && window.note_book().annotations().empty()) write_notes(window);
        if (stop.whole) sequence.view()->show_whole();
        for (const Theme::Choice theme : stop.themes) {
            window.choose_theme(theme);
            settle();
            const QString path = into.filePath(stop.file + QLatin1Char('-') + theme_word(theme) + QStringLiteral(".png"));
            const QImage picture = with_palette(picture_of(window, stop.scale));
            if (const QString problem = write(path, [&](QSaveFile& file) { return picture.save(&file, "PNG", 0); }); !problem.isEmpty()) return problem;
        }
        if (stop.whole || stop.by_time) {
            sequence.view()->set_by_time(false);
            sequence.view()->reset_zoom();
        }
    }
    const QByteArray page = html(stops).toUtf8();
    return write(into.filePath(QStringLiteral("index.html")), [&](QSaveFile& file) { return file.write(page) == page.size(); });
}

}  // namespace chimneylab::desktop
