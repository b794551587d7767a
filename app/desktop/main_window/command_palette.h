// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The command palette: a field and a list over the window. Enter does what is chosen, Escape or a click outside closes.
#pragma once

#include <QFrame>
#include <QLineEdit>
#include <QListView>
#include <QPointer>

#include "app/desktop/models/palette_model.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class CommandPalette : public QFrame {
    Q_OBJECT
public:
    CommandPalette(PaletteModel& palette, const Theme& theme, QWidget* parent);
    void open_over(QWidget* window, const QString& letters = {});
    [[nodiscard]] QLineEdit* field() const { return field_; }
    [[nodiscard]] QListView* list() const { return list_; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void act(const QModelIndex& index);

    PaletteModel& palette_;
    const Theme& theme_;
    QLineEdit* field_ = nullptr;
    QListView* list_ = nullptr;
    QPointer<QWidget> focus_before_;
};

}  // namespace chimneylab::desktop
