// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/tour/palette.h"

#include <QHash>
#include <algorithm>
#include <limits>
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
        for (int x = 0; x < from.width(); ++x) ++counts[line[x] | 0xFF000000U];
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
        int best = std::numeric_limits<int>::max();
        for (qsizetype i = 0; i < palette.size(); ++i) {
            if (const int distance = apart(palette[i], shade.colour); distance < best) {
                best = distance;
                nearest[shade.colour] = static_cast<uchar>(i);
            }
        }
    }
    QImage to(from.size(), QImage::Format_Indexed8);
    to.setColorTable(palette);
    to.setDevicePixelRatio(picture.devicePixelRatio());
    for (int y = 0; y < from.height(); ++y) {
        const auto* line = reinterpret_cast<const QRgb*>(from.constScanLine(y));
        uchar* out = to.scanLine(y);
        for (int x = 0; x < from.width(); ++x) out[x] = nearest.value(line[x] | 0xFF000000U);
    }
    return to;
}

}  // namespace chimneylab::desktop
