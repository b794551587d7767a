// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The look in force: which tokens, which fonts, and the style sheet made from them. One Theme serves one window; every
// view keeps a pointer to it (the window owns it and outlives its views) and repaints at changed(). GUI thread only.
// "System" follows the desktop's palette: Qt 6.4 has no colour scheme, so a dark window colour means dark.
#pragma once

#include <QFont>
#include <QObject>
#include <QPalette>
#include <QString>

#include "app/desktop/theme/tokens.h"
#include "engine/trace/event.h"

namespace chimneylab::desktop {

class Theme : public QObject {
    Q_OBJECT
public:
    enum class Choice { system, light, dark, high_contrast };

    explicit Theme(QObject* parent = nullptr);

    void choose(Choice choice);
    [[nodiscard]] Choice choice() const { return choice_; }
    // The desktop's palette changed; matters while the choice is system.
    void system_palette_changed();

    [[nodiscard]] const Tokens& tokens() const { return *tokens_; }
    [[nodiscard]] QFont words(int pixels, QFont::Weight weight = QFont::Normal) const;
    [[nodiscard]] QFont mono(int pixels, QFont::Weight weight = QFont::Normal) const;
    [[nodiscard]] QPalette palette() const;
    [[nodiscard]] QString style_sheet() const;

    // The colour of a lane, of NDIS, or of the machine.
    [[nodiscard]] QColor colour_of(trace::LayerRole role) const;

Q_SIGNALS:
    void changed();

private:
    void select_tokens();

    Choice choice_ = Choice::system;
    const Tokens* tokens_ = nullptr;
    QStringList word_families_;
    QStringList mono_families_;
};

}  // namespace chimneylab::desktop
