// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What one can choose at the lens, in the title bar of its pane: which block of the tree, x64 or x86, members or bytes,
// calm or by itself, and in calm mode the next member.
#pragma once

#include <QComboBox>
#include <QSettings>
#include <QToolButton>
#include <QWidget>

#include "app/desktop/lens/lens_view.h"

namespace chimneylab::desktop {

class LensBar : public QWidget {
    Q_OBJECT
public:
    LensBar(LensModel& lens, LensView& view, QWidget* parent = nullptr);
    [[nodiscard]] QComboBox* blocks() const { return blocks_; }
    [[nodiscard]] QToolButton* arch() const { return arch_; }
    [[nodiscard]] QToolButton* scale() const { return scale_; }
    [[nodiscard]] QToolButton* calm() const { return calm_; }
    [[nodiscard]] QToolButton* next() const { return next_; }
    // The choices that a person keeps: layout, scale, calm.
    void remember(QSettings& settings) const;
    void recall(const QSettings& settings);

private:
    void show_blocks();
    QToolButton* button(const QString& text, const QString& name, const QString& tip, bool checkable);

    LensModel& lens_;
    LensView& view_;
    QComboBox* blocks_ = nullptr;
    QToolButton *arch_ = nullptr, *scale_ = nullptr, *calm_ = nullptr, *next_ = nullptr;
};

}  // namespace chimneylab::desktop
