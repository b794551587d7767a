// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The title bar of a pane: title, one-line summary (elided, whole in the tooltip) and a close cross.
#pragma once

#include <QWidget>

#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class PanelTitle : public QWidget {
    Q_OBJECT
public:
    PanelTitle(const QString& title, const Theme& theme, QWidget* parent);
    void set_summary(const QString& summary);
    void set_maximised(bool maximised);
    // Small controls of the pane, at the right before the cross. Taken over by the title.
    void set_corner(QWidget* corner);
    QSize sizeHint() const override { return {140, measure::title_bar}; }
    QSize minimumSizeHint() const override { return {100, measure::title_bar}; }

Q_SIGNALS:
    void maximise_wanted();
    void close_wanted();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] QRectF cross() const;
    void place_corner();

    QString title_;
    QString summary_;
    const Theme& theme_;
    QWidget* corner_ = nullptr;
    bool maximised_ = false;
    bool over_cross_ = false;
    bool pressed_cross_ = false;
};

}  // namespace chimneylab::desktop
