// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/program/application_icon.h"

#include <QPainter>
#include <QPixmap>

#include "app/desktop/theme/marks.h"
#include "app/desktop/theme/tokens.h"

namespace chimneylab::desktop {

QIcon application_icon() {
    QIcon icon;
    const Tokens& t = light_tokens();
    for (const int size : {16, 24, 32, 48, 64, 128, 256}) {
        QPixmap picture(size, size);
        picture.fill(Qt::transparent);
        QPainter painter(&picture);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.scale(size / 64.0, size / 64.0);
        painter.setPen(QPen(t.line, 2));
        painter.setBrush(t.panel);
        painter.drawRoundedRect(QRectF(3, 3, 58, 58), 12, 12);
        const QColor lanes[] = {t.host_stack, t.intermediate_driver, t.offload_target};
        for (int i = 0; i < 3; ++i) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(lanes[i]);
            painter.drawRoundedRect(QRectF(10, 11 + i * 15.5, 44, 11), 3, 3);
        }
        painter.setPen(QPen(t.panel, 4));
        painter.drawLine(QPointF(24, 13), QPointF(24, 46));
        painter.drawLine(QPointF(40, 51), QPointF(40, 20));
        draw_arrow_head(painter, QPointF(24, 53), {0, 1}, 9, t.panel);
        draw_arrow_head(painter, QPointF(40, 12), {0, -1}, 9, t.panel);
        painter.end();
        icon.addPixmap(picture);
    }
    return icon;
}

}  // namespace chimneylab::desktop
