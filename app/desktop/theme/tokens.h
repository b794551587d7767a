// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The one place where colours and measures of the window are written down. Views ask a Theme for its Tokens and use
// nothing else. Measures are device-independent pixels. Every text colour reaches 4.5 : 1 on every surface it is used on
// (7 : 1 in the high-contrast set); tests/desktop checks each pair that text_pairs() lists.
#pragma once

#include <QColor>
#include <array>
#include <vector>

namespace chimneylab::desktop {

struct Tokens {
    // surfaces
    QColor background, panel, raised, hover, selection, line, groove;
    // words
    QColor text, quiet_text, faint_text;
    // who: shape first, colour second
    QColor host_stack, intermediate_driver, offload_target, ndis;
    // call entries
    QColor call_entry, call_entry_text, call_entry_fill;
    // what has just changed, the cursor, findings
    QColor changed, changed_fill, on_changed;
    QColor fine;
    // the one accent (the play button, the selected row's edge) and what is written on it
    QColor accent, on_accent;
    QColor shadow;
    // operations side by side; always together with a number
    std::array<QColor, 6> operations;
    bool dark = false;
};

[[nodiscard]] const Tokens& light_tokens();
[[nodiscard]] const Tokens& dark_tokens();
[[nodiscard]] const Tokens& high_contrast_tokens();

namespace measure {
inline constexpr int step = 4;
inline constexpr int between_panels = 8;
inline constexpr int inside_panel = 14;
inline constexpr int panel_radius = 8;
inline constexpr int mark_radius = 4;
inline constexpr int card_radius = 6;
inline constexpr int title_bar = 34;
inline constexpr int title_text = 13;
inline constexpr int body_text = 12;
inline constexpr int quiet_text = 11;
inline constexpr int small_text = 10;
}  // namespace measure

// A text colour, a surface it is written on, and what for.
struct TextPair {
    QColor text, surface;
    const char* use;
};
[[nodiscard]] std::vector<TextPair> text_pairs(const Tokens& tokens);

// Contrast ratio by WCAG 2: 1 … 21.
[[nodiscard]] double contrast(const QColor& one, const QColor& other);
// `over` painted with opacity 0 … 1 on `under`.
[[nodiscard]] QColor mixed(const QColor& under, const QColor& over, double opacity);

}  // namespace chimneylab::desktop
