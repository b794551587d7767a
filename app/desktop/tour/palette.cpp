// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/tour/palette.h"

#include <QHash>
#include <algorithm>
#include <utility>
#include <vector>

namespace chimneylab::desktop {

namespace {

struct Shade {
    QRgb colour = 0;
    int pixels = 0;
};

int apart(QRgb a, QRgb b) {
    const int red = qRed(a) - qRed(b);
    const int green = qGreen(a) - qGreen(b);
    const int blue = qBlue(a) - qBlue(b);
    return 3 * red * red + 4 * green * green + 2 * blue * blue;
}

}  // namespace

QImage with_palette(const QImage& picture) {
    const QImage from = picture.convertToFormat(QImage::Format_RGB32);
    QHash<QRgb, int> counts;
    for (int y = 0; y < from.height(); ++y) {
        const auto* line = reinterpret_cast<const QRgb*>(from.constScanLine(y));
        // Most pixels are as the one before them: each run is counted once.
        for (int x = 0; x < from.width();) {
            const int begin = x;
            while (x < from.width() && line[x] == line[begin]) ++x;
            counts[line[begin] | 0xFF000000U] += x - begin;
        }
    }
    std::vector<Shade> shades;
    for (auto each = counts.cbegin(); each != counts.cend(); ++each) shades.push_back({each.key(), each.value()});
    // By colour where equally frequent, so that the same picture always gives the same file.
    std::sort(shades.begin(), shades.end(), [](const Shade& a, const Shade& b) { return a.pixels != b.pixels ? a.pixels > b.pixels : a.colour < b.colour; });
    // The commonest stay; of the rest those that are not near one already taken, until the palette is full.
    QList<QRgb> palette;
    for (const auto& [distance, most] : {std::pair{0, 64}, std::pair{900, 256}, std::pair{120, 256}, std::pair{0, 256}}) {
        for (const Shade& shade : shades) {
            if (palette.size() >= most) break;
            const int nearer = distance;
            const bool near = std::any_of(palette.begin(), palette.end(), [&](QRgb taken) { return apart(taken, shade.colour) <= nearer; });
            if (!near) palette << shade.colour;
        }
    }
    QHash<QRgb, uchar> nearest;
    for (const Shade& shade : shades) {
        const auto best = std::ranges::min_element(std::as_const(palette), {}, [&](QRgb taken) { return apart(taken, shade.colour); });
        nearest[shade.colour] = static_cast<uchar>(best - palette.cbegin());
    }
    QImage to(from.size(), QImage::Format_Indexed8);
    to.setColorTable(palette);
    to.setDevicePixelRatio(picture.devicePixelRatio());
    for (int y = 0; y < from.height(); ++y) {
        const auto* line = reinterpret_cast<const QRgb*>(from.constScanLine(y));
        uchar* out = to.scanLine(y);
        for (int x = 0; x < from.width(); ++x) out[x] = x > 0 && line[x] == line[x - 1] ? out[x - 1] : nearest.value(line[x] | 0xFF000000U);
    }
    return to;
}

}  // namespace chimneylab::desktop
