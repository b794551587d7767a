// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/sequence/sequence_export.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QFontMetricsF>
#include <QImage>
#include <QSaveFile>
#include <QSvgGenerator>
#include <algorithm>
#include <cmath>

namespace chimneylab::desktop {

namespace {

constexpr double page_width = 900;
constexpr double page_ratio = 1.4142;  // A4 upright
constexpr double margin = 16;
constexpr double title_height = 26;
constexpr double picture_scale = 2;

QString tr(const char* text) { return QCoreApplication::translate("SequenceExport", text); }

struct Page {
    double top = 0, height = 0;
    int number = 1, of = 1;
};

void paint_page(QPainter& painter, const SequenceExport& what, const Page& page, QSizeF size) {
    const Tokens& t = what.look.tokens;
    painter.fillRect(QRectF(QPointF(), size), t.panel);
    painter.setFont(what.look.title);
    painter.setPen(t.text);
    const QRectF line(margin, margin / 2, size.width() - 2 * margin, title_height);
    QString title = what.title;
    if (page.of > 1) title += tr("  (page %1 of %2)").arg(page.number).arg(page.of);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, QFontMetricsF(what.look.title).elidedText(title, Qt::ElideRight, line.width()));
    SequenceRequest request;
    request.axis = {what.index.get(), what.by_time, what.scale};
    request.top = what.top + page.top;
    request.room = QSizeF(size.width() - 2 * margin, page.height);
    request.at = what.at;
    request.findings = what.findings;
    request.metrics = what.look.metrics();
    const SequenceScene scene = build_sequence(request);
    painter.translate(margin, margin / 2 + title_height);
    paint_sequence_header(painter, scene, what.look);
    painter.translate(0, sequence_header_height);
    painter.setClipRect(QRectF(0, 0, size.width() - 2 * margin, page.height));
    paint_sequence(painter, scene, what.look, {});
}

QString write_page(const SequenceExport& what, const Page& page, QSizeF size, const QString& path) {
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly)) {
        return tr("%1 cannot be written: %2. Choose another folder.").arg(QFileInfo(path).fileName(), file.errorString());
    }
    const QSize whole(static_cast<int>(std::ceil(size.width())), static_cast<int>(std::ceil(size.height())));
    bool good = true;
    if (path.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
        QSvgGenerator generator;
        generator.setOutputDevice(&file);
        generator.setSize(whole);
        generator.setViewBox(QRect(QPoint(), whole));
        generator.setTitle(what.title);
        generator.setDescription(QStringLiteral("Sequence diagram by ChimneyLab"));
        QPainter painter(&generator);
        paint_page(painter, what, page, size);
        good = painter.end();
    } else {
        QImage image(whole * picture_scale, QImage::Format_RGB32);
        if (image.isNull()) return tr("There is not enough memory for a picture of %1 × %2.").arg(whole.width()).arg(whole.height());
        image.setDevicePixelRatio(picture_scale);
        QPainter painter(&image);
        paint_page(painter, what, page, size);
        painter.end();
        good = image.save(&file, "PNG");
    }
    if (!good || !file.commit()) return tr("%1 could not be written: %2.").arg(QFileInfo(path).fileName(), file.errorString());
    return {};
}

QString page_path(const QString& path, int number, int of) {
    if (of == 1) return path;
    const QFileInfo info(path);
    const auto digits = static_cast<int>(QString::number(of).size());
    return info.path() + QLatin1Char('/') + info.completeBaseName() + QStringLiteral("-%1.").arg(number, digits, 10, QLatin1Char('0')) + info.suffix();
}

LoadOutcome write_pages(const SequenceExport& what, const QString& path, LoadControl& control) {
    LoadOutcome outcome;
    const SequenceAxis axis{what.index.get(), what.by_time, what.scale};
    const double part = what.height >= 0 ? what.height : axis.height() + (what.by_time ? 0 : 10);
    if (part <= 0) {
        outcome.problem = tr("There is nothing to draw: no event passes the filter.");
        return outcome;
    }
    const double around = margin + title_height + sequence_header_height;
    const double width = std::max(what.width > 0 ? what.width : page_width, least_sequence_width(*what.index)) + 2 * margin;
    double page = part;
    if (what.height < 0) {
        page = width * page_ratio - around;
        // Whole rows on every page.
        if (!what.by_time) page = std::max(1.0, std::floor(page / what.scale)) * what.scale;
        page = std::min(page, part);
    }
    const double pages = std::max(1.0, std::ceil(part / page - 0.02));
    if (pages > SequenceExport::most_pages) {
        outcome.problem = tr("The whole diagram would take %L1 pages, and %2 are the most. Export one operation or the visible part, or narrow "
                             "the events with a filter first.")
                              .arg(static_cast<qlonglong>(pages))
                              .arg(SequenceExport::most_pages);
        return outcome;
    }
    const int count = static_cast<int>(pages);
    QStringList written;
    for (int i = 0; i < count; ++i) {
        const QString file = page_path(path, i + 1, count);
        if (control.cancel) {
            for (const QString& each : written) QFile::remove(each);
            outcome.problem = tr("cancelled");
            return outcome;
        }
        if (control.progress) control.progress(100 * i / count);
        const Page its{i * page, std::min(page, part - i * page), i + 1, count};
        outcome.problem = write_page(what, its, QSizeF(width, its.height + around), file);
        if (!outcome.problem.isEmpty()) return outcome;
        written << file;
    }
    outcome.word = count == 1 ? tr("Written: %1").arg(QFileInfo(path).fileName())
                              : tr("Written: %1 pages, %2 to %3").arg(count).arg(QFileInfo(written.front()).fileName(), QFileInfo(written.back()).fileName());
    return outcome;
}

}  // namespace

LoadWork export_sequence(SequenceExport what, const QString& path) {
    return [what = std::make_shared<const SequenceExport>(std::move(what)), path](LoadControl& control) { return write_pages(*what, path, control); };
}

}  // namespace chimneylab::desktop
