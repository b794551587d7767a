// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/charts/chart_export.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QImage>
#include <QPainter>
#include <QSaveFile>
#include <QSvgGenerator>

namespace chimneylab::desktop {

namespace {

constexpr int picture_scale = 2;

QString tr(const char* text) { return QCoreApplication::translate("ChartExport", text); }

void paint(QPainter& painter, const ChartFigure& figure) {
    painter.fillRect(QRect(QPoint(), figure.size), figure.ground);
    painter.drawPicture(0, 0, figure.picture);
}

bool write_csv(QSaveFile& file, const FigureTable& table, LoadControl& control) {
    if (file.write(table.csv_line(-1)) < 0) return false;
    for (int row = 0; row < table.rows; ++row) {
        if (row % 1000 == 0) {
            if (control.cancel) return true;
            if (control.progress) control.progress(static_cast<int>(100LL * row / table.rows));
        }
        if (file.write(table.csv_line(row)) < 0) return false;
    }
    return true;
}

LoadOutcome write_figure(const ChartFigure& figure, const QString& path, LoadControl& control) {
    LoadOutcome outcome;
    const QString name = QFileInfo(path).fileName();
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly)) {
        outcome.problem = tr("%1 cannot be written: %2. Choose another folder.").arg(name, file.errorString());
        return outcome;
    }
    bool good = true;
    if (path.endsWith(QLatin1String(".csv"), Qt::CaseInsensitive)) {
        good = write_csv(file, figure.table, control);
    } else if (path.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
        QSvgGenerator generator;
        generator.setOutputDevice(&file);
        generator.setSize(figure.size);
        generator.setViewBox(QRect(QPoint(), figure.size));
        generator.setTitle(figure.title);
        generator.setDescription(QStringLiteral("Chart by ChimneyLab"));
        QPainter painter(&generator);
        paint(painter, figure);
        good = painter.end();
    } else {
        QImage image(figure.size * picture_scale, QImage::Format_RGB32);
        image.setDevicePixelRatio(picture_scale);
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        paint(painter, figure);
        painter.end();
        good = image.save(&file, "PNG");
    }
    if (control.cancel) {
        file.cancelWriting();
        outcome.problem = tr("cancelled");
    } else if (!good || !file.commit()) {
        outcome.problem = tr("%1 could not be written: %2.").arg(name, file.errorString());
    } else {
        outcome.word = tr("Written: %1").arg(name);
    }
    return outcome;
}

}  // namespace

LoadWork export_chart(ChartFigure figure, const QString& path) {
    return [figure = std::make_shared<const ChartFigure>(std::move(figure)), path](LoadControl& control) { return write_figure(*figure, path, control); };
}

}  // namespace chimneylab::desktop
