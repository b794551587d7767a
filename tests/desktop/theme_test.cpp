// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QImage>
#include <QPainter>
#include <QSignalSpy>

#include <gtest/gtest.h>

#include "app/desktop/theme/marks.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {
namespace {

TEST(Contrast, IsThatOfWcag) {
    EXPECT_NEAR(contrast(QColor(0, 0, 0), QColor(255, 255, 255)), 21.0, 0.01);
    EXPECT_NEAR(contrast(QColor(0x77, 0x77, 0x77), QColor(255, 255, 255)), 4.48, 0.01);
    EXPECT_DOUBLE_EQ(contrast(QColor(1, 2, 3), QColor(1, 2, 3)), 1.0);
}

void expect_readable(const Tokens& tokens, double least) {
    for (const TextPair& pair : text_pairs(tokens)) {
        EXPECT_GE(contrast(pair.text, pair.surface), least)
            << pair.use << ": " << pair.text.name().toStdString() << " on " << pair.surface.name().toStdString();
    }
}

TEST(Tokens, LightTextIsReadable) { expect_readable(light_tokens(), 4.5); }
TEST(Tokens, DarkTextIsReadable) { expect_readable(dark_tokens(), 4.5); }
TEST(Tokens, HighContrastTextIsVeryReadable) { expect_readable(high_contrast_tokens(), 7.0); }

TEST(Tokens, MixingEndsAtItsEnds) {
    const QColor a(10, 20, 30);
    const QColor b(200, 100, 50);
    EXPECT_EQ(mixed(a, b, 0).rgb(), a.rgb());
    EXPECT_EQ(mixed(a, b, 1).rgb(), b.rgb());
}

TEST(Theme, ChoosingChangesTokensOnce) {
    Theme theme;
    theme.choose(Theme::Choice::light);
    QSignalSpy changed(&theme, &Theme::changed);
    theme.choose(Theme::Choice::dark);
    EXPECT_TRUE(theme.tokens().dark);
    theme.choose(Theme::Choice::dark);
    EXPECT_EQ(changed.count(), 1);
}

TEST(Theme, SystemFollowsTheDesktopPalette) {
    Theme theme;
    const QPalette before = QApplication::palette();
    QPalette dark = before;
    dark.setColor(QPalette::Window, Qt::black);
    QApplication::setPalette(dark);
    theme.system_palette_changed();
    EXPECT_TRUE(theme.tokens().dark);
    QPalette light = before;
    light.setColor(QPalette::Window, Qt::white);
    QApplication::setPalette(light);
    theme.system_palette_changed();
    EXPECT_FALSE(theme.tokens().dark);
    QApplication::setPalette(QPalette());
}

TEST(Theme, StyleSheetHasNoPlaceholderLeft) {
    Theme theme;
    for (const auto choice : {Theme::Choice::light, Theme::Choice::dark, Theme::Choice::high_contrast}) {
        theme.choose(choice);
        EXPECT_FALSE(theme.style_sheet().contains(QLatin1Char('%')));
    }
}

// Told apart by shape: no two marks fill the same pixels.
TEST(Marks, EveryShapeIsItsOwn) {
    std::vector<QImage> drawn;
    for (const Mark mark : {Mark::triangle, Mark::diamond, Mark::square, Mark::pill, Mark::ring, Mark::slot, Mark::cross, Mark::dot}) {
        QImage image(20, 20, QImage::Format_ARGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        draw_mark(painter, mark, QRectF(2, 2, 16, 16), Qt::black);
        painter.end();
        for (const QImage& other : drawn) EXPECT_NE(image, other);
        drawn.push_back(image);
    }
}

}  // namespace
}  // namespace chimneylab::desktop
