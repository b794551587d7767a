// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/tour/tour.h"

#include <QApplication>
#include <QDir>
#include <QImage>
#include <QPainter>
#include <QSaveFile>
#include <functional>
#include <memory>

#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/sequence/sequence_pane.h"
#include "app/desktop/tour/palette.h"
#include "app/desktop/tour/tour_scenes.h"
#include "app/desktop/tour/tour_stops.h"

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

QImage picture_of(MainWindow& window, double scale) {
    QImage picture(window.size() * scale, QImage::Format_RGB32);
    picture.setDevicePixelRatio(scale);
    picture.fill(window.theme().tokens().background);
    QPainter painter(&picture);
    window.render(&painter);
    return picture;
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
            if (const QString problem = open_and_wait(window, stop.moment.scenario, stop.moment.variant); !problem.isEmpty()) return problem;
            on_stage = run;
        }
        const trace::EventId at = find_moment(*window.playback().session(), stop.moment);
        if (!at.valid()) return QStringLiteral("%1 has no event that passes “%2”").arg(run, stop.moment.filter.isEmpty() ? QStringLiteral("broken") : stop.moment.filter);
        const std::unique_ptr<TourScene> scene = make_scene(window, stop.pane);
        if (scene) on_stage.clear();  // something else is now
        window.resize(stop.size);
        window.choose_layout(stop.layout);
        if (!stop.pane.isEmpty()) window.show_alone(stop.pane);
        SequencePane& sequence = *window.sequence_pane();
        settle();
        if (!scene) window.playback().seek(at);
        sequence.view()->set_by_time(stop.by_time);
        if (stop.pane == QLatin1String("notes")) write_notes(window);
        if (!stop.front.isEmpty()) window.pane(stop.front.toLatin1().constData())->raise();
        if (stop.file == QLatin1String("frames")) window.pane("sequence")->raise();
        if (stop.pane == QLatin1String("questions") || stop.front == QLatin1String("questions")) answer_questions(window);
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
