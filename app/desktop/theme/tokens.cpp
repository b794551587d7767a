// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/theme/tokens.h"

#include <algorithm>
#include <cmath>

namespace chimneylab::desktop {

namespace {

Tokens make_light() {
    Tokens t;
    t.background = QColor(0xF4, 0xF6, 0xF9);
    t.panel = QColor(0xFF, 0xFF, 0xFF);
    t.raised = QColor(0xF9, 0xFA, 0xFC);
    t.hover = QColor(0xEF, 0xF3, 0xF8);
    t.selection = QColor(0xE3, 0xEE, 0xF9);
    t.line = QColor(0xD3, 0xD9, 0xE2);
    t.groove = QColor(0xEC, 0xF0, 0xF5);
    t.text = QColor(0x18, 0x21, 0x2E);
    t.quiet_text = QColor(0x52, 0x5E, 0x6F);
    t.faint_text = QColor(0x67, 0x72, 0x82);
    t.host_stack = QColor(0x00, 0x63, 0xA8);
    t.intermediate_driver = QColor(0x6B, 0x3F, 0xB5);
    t.offload_target = QColor(0x00, 0x7A, 0x58);
    t.ndis = QColor(0x66, 0x71, 0x81);
    t.call_entry = QColor(0xB2, 0x6A, 0x00);
    t.call_entry_text = QColor(0x8A, 0x50, 0x00);
    t.call_entry_fill = QColor(0xFF, 0xF1, 0xD6);
    t.changed = QColor(0xC2, 0x41, 0x0C);
    t.changed_fill = QColor(0xFF, 0xED, 0xE3);
    t.on_changed = QColor(0xFF, 0xFF, 0xFF);
    t.fine = QColor(0x00, 0x7A, 0x58);
    t.accent = t.host_stack;
    t.on_accent = QColor(0xFF, 0xFF, 0xFF);
    t.shadow = QColor(0x18, 0x21, 0x2E, 26);
    t.operations = {QColor(0x9F, 0x1A, 0x58), QColor(0x0B, 0x6B, 0x8C), QColor(0x75, 0x57, 0x00),
                    QColor(0x4B, 0x3F, 0xBF), QColor(0x1E, 0x71, 0x34), QColor(0x8A, 0x3B, 0x12)};
    return t;
}

Tokens make_dark() {
    Tokens t;
    t.background = QColor(0x12, 0x16, 0x1C);
    t.panel = QColor(0x1A, 0x20, 0x29);
    t.raised = QColor(0x16, 0x1C, 0x24);
    t.hover = QColor(0x22, 0x2A, 0x35);
    t.selection = QColor(0x1F, 0x33, 0x48);
    t.line = QColor(0x31, 0x3B, 0x48);
    t.groove = QColor(0x23, 0x2B, 0x36);
    t.text = QColor(0xE7, 0xEC, 0xF3);
    t.quiet_text = QColor(0xA0, 0xAC, 0xBB);
    t.faint_text = QColor(0x8A, 0x97, 0xA8);
    t.host_stack = QColor(0x6C, 0xB8, 0xF0);
    t.intermediate_driver = QColor(0xB7, 0x9B, 0xF2);
    t.offload_target = QColor(0x4C, 0xC9, 0xA1);
    t.ndis = QColor(0x9A, 0xA7, 0xB8);
    t.call_entry = QColor(0xF0, 0xB3, 0x5A);
    t.call_entry_text = QColor(0xF0, 0xB3, 0x5A);
    t.call_entry_fill = QColor(0x3A, 0x2C, 0x12);
    t.changed = QColor(0xFF, 0x94, 0x66);
    t.changed_fill = QColor(0x3B, 0x20, 0x18);
    t.on_changed = QColor(0x1B, 0x10, 0x0B);
    t.fine = QColor(0x4C, 0xC9, 0xA1);
    t.accent = t.host_stack;
    t.on_accent = QColor(0x0C, 0x16, 0x20);
    t.shadow = QColor(0x00, 0x00, 0x00, 90);
    t.operations = {QColor(0xF0, 0x8D, 0xB8), QColor(0x5C, 0xC8, 0xE8), QColor(0xD9, 0xB4, 0x4A),
                    QColor(0xA9, 0xA2, 0xFF), QColor(0x7B, 0xD3, 0x89), QColor(0xF2, 0xA3, 0x7B)};
    t.dark = true;
    return t;
}

Tokens make_high_contrast() {
    Tokens t = make_dark();
    t.background = QColor(0x00, 0x00, 0x00);
    t.panel = QColor(0x00, 0x00, 0x00);
    t.raised = QColor(0x08, 0x0A, 0x0D);
    t.hover = QColor(0x16, 0x1C, 0x24);
    t.selection = QColor(0x0D, 0x2A, 0x44);
    t.line = QColor(0x8C, 0x98, 0xA8);
    t.groove = QColor(0x14, 0x18, 0x1E);
    t.text = QColor(0xFF, 0xFF, 0xFF);
    t.quiet_text = QColor(0xD5, 0xDD, 0xE6);
    t.faint_text = QColor(0xB8, 0xC3, 0xD0);
    t.host_stack = QColor(0x8C, 0xCC, 0xFF);
    t.intermediate_driver = QColor(0xCF, 0xBC, 0xFF);
    t.offload_target = QColor(0x74, 0xE5, 0xC0);
    t.ndis = QColor(0xC6, 0xD0, 0xDC);
    t.call_entry = QColor(0xFF, 0xC8, 0x73);
    t.call_entry_text = t.call_entry;
    t.call_entry_fill = QColor(0x2A, 0x1E, 0x08);
    t.changed = QColor(0xFF, 0xB0, 0x8C);
    t.changed_fill = QColor(0x30, 0x15, 0x0B);
    t.on_changed = QColor(0x00, 0x00, 0x00);
    t.fine = t.offload_target;
    t.accent = t.host_stack;
    t.on_accent = QColor(0x00, 0x00, 0x00);
    t.operations = {QColor(0xFF, 0xB3, 0xD2), QColor(0x8F, 0xE0, 0xFA), QColor(0xF2, 0xD2, 0x72),
                    QColor(0xC9, 0xC4, 0xFF), QColor(0xA4, 0xEB, 0xB0), QColor(0xFF, 0xC4, 0xA6)};
    return t;
}

double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& colour) {
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

}  // namespace

const Tokens& light_tokens() {
    static const Tokens tokens = make_light();
    return tokens;
}

const Tokens& dark_tokens() {
    static const Tokens tokens = make_dark();
    return tokens;
}

const Tokens& high_contrast_tokens() {
    static const Tokens tokens = make_high_contrast();
    return tokens;
}

std::vector<TextPair> text_pairs(const Tokens& t) {
    std::vector<TextPair> pairs;
    for (const QColor& surface : {t.background, t.panel, t.raised, t.hover, t.selection}) {
        pairs.push_back({t.text, surface, "words"});
        pairs.push_back({t.quiet_text, surface, "quiet words"});
    }
    for (const QColor& surface : {t.panel, t.raised}) {
        pairs.push_back({t.faint_text, surface, "what is still to come"});
        pairs.push_back({t.ndis, surface, "the NDIS pill"});
        pairs.push_back({t.host_stack, surface, "host stack"});
        pairs.push_back({t.intermediate_driver, surface, "intermediate driver"});
        pairs.push_back({t.offload_target, surface, "offload target"});
        pairs.push_back({t.changed, surface, "a changed value"});
        pairs.push_back({t.fine, surface, "all is well"});
        pairs.push_back({t.call_entry_text, surface, "call entry"});
        for (const QColor& operation : t.operations) pairs.push_back({operation, surface, "number of an operation"});
    }
    pairs.push_back({t.intermediate_driver, t.selection, "scenario number in the selected row"});
    pairs.push_back({t.changed, t.changed_fill, "a changed value on its own ground"});
    pairs.push_back({t.text, t.changed_fill, "words on changed ground"});
    pairs.push_back({t.call_entry_text, t.call_entry_fill, "number of a call entry"});
    pairs.push_back({t.text, t.call_entry_fill, "what a call entry remembers"});
    pairs.push_back({t.text, t.groove, "the state behind a block"});
    pairs.push_back({t.quiet_text, t.groove, "its size"});
    pairs.push_back({t.on_changed, t.changed, "the time bubble"});
    pairs.push_back({t.on_accent, t.accent, "the play button"});
    return pairs;
}

double contrast(const QColor& one, const QColor& other) {
    const double a = luminance(one);
    const double b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

QColor mixed(const QColor& under, const QColor& over, double opacity) {
    const auto blend = [opacity](double u, double o) { return u + (o - u) * opacity; };
    return QColor::fromRgbF(static_cast<float>(blend(under.redF(), over.redF())),
                            static_cast<float>(blend(under.greenF(), over.greenF())),
                            static_cast<float>(blend(under.blueF(), over.blueF())));
}

}  // namespace chimneylab::desktop
