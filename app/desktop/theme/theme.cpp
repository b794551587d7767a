// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/theme/theme.h"

#include <QFontDatabase>
#include <QGuiApplication>

namespace chimneylab::desktop {

namespace {

QStringList available(std::initializer_list<const char*> wanted, QFontDatabase::SystemFont fallback) {
    const QStringList installed = QFontDatabase::families();
    QStringList families;
    for (const char* name : wanted) {
        if (installed.contains(QLatin1String(name))) families << QLatin1String(name);
    }
    families << QFontDatabase::systemFont(fallback).family();
    families.removeDuplicates();
    return families;
}

}  // namespace

Theme::Theme(QObject* parent)
    : QObject(parent),
      word_families_(available({"Inter", "Noto Sans", "DejaVu Sans"}, QFontDatabase::GeneralFont)),
      mono_families_(available({"DejaVu Sans Mono", "Noto Sans Mono"}, QFontDatabase::FixedFont)) {
    select_tokens();
}

void Theme::choose(Choice choice) {
    if (choice == choice_) return;
    choice_ = choice;
    system_palette_changed();
}

void Theme::system_palette_changed() {
    const Tokens* before = tokens_;
    select_tokens();
    if (tokens_ != before) Q_EMIT changed();
}

void Theme::select_tokens() {
    switch (choice_) {
        case Choice::light: tokens_ = &light_tokens(); return;
        case Choice::dark: tokens_ = &dark_tokens(); return;
        case Choice::high_contrast: tokens_ = &high_contrast_tokens(); return;
        case Choice::system: break;
    }
    // The application's palette is never set by the lab (windows get theirs by QWidget::setPalette), so it stays the
    // desktop's own and tells light from dark.
    const bool dark = QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
    tokens_ = dark ? &dark_tokens() : &light_tokens();
}

QFont Theme::words(int pixels, QFont::Weight weight) const {
    QFont font(word_families_);
    font.setPixelSize(pixels);
    font.setWeight(weight);
    return font;
}

QFont Theme::mono(int pixels, QFont::Weight weight) const {
    QFont font(mono_families_);
    font.setPixelSize(pixels);
    font.setWeight(weight);
    font.setStyleHint(QFont::Monospace);
    return font;
}

QPalette Theme::palette() const {
    const Tokens& t = *tokens_;
    QPalette palette;
    palette.setColor(QPalette::Window, t.background);
    palette.setColor(QPalette::WindowText, t.text);
    palette.setColor(QPalette::Base, t.panel);
    palette.setColor(QPalette::AlternateBase, t.raised);
    palette.setColor(QPalette::Text, t.text);
    palette.setColor(QPalette::PlaceholderText, t.quiet_text);
    palette.setColor(QPalette::Button, t.raised);
    palette.setColor(QPalette::ButtonText, t.text);
    palette.setColor(QPalette::BrightText, t.changed);
    palette.setColor(QPalette::Highlight, t.selection);
    palette.setColor(QPalette::HighlightedText, t.text);
    palette.setColor(QPalette::ToolTipBase, t.panel);
    palette.setColor(QPalette::ToolTipText, t.text);
    palette.setColor(QPalette::Link, t.accent);
    palette.setColor(QPalette::Light, t.raised);
    palette.setColor(QPalette::Mid, t.line);
    palette.setColor(QPalette::Midlight, t.line);
    palette.setColor(QPalette::Dark, t.line);
    palette.setColor(QPalette::Shadow, t.line);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, t.faint_text);
    }
    return palette;
}

QColor Theme::colour_of(trace::LayerRole role) const {
    switch (role) {
        case trace::LayerRole::host_stack: return tokens_->host_stack;
        case trace::LayerRole::intermediate_driver: return tokens_->intermediate_driver;
        case trace::LayerRole::offload_target: return tokens_->offload_target;
    }
    return tokens_->ndis;
}

QString Theme::style_sheet() const {
    const Tokens& t = *tokens_;
    const QString template_text = QStringLiteral(R"(
* { font-family: %fonts%; font-size: 12px; }
QMainWindow, QDialog, QMessageBox { background: %background%; color: %text%; }
QMainWindow::separator { background: transparent; width: 8px; height: 8px; }
QMainWindow::separator:hover { background: %selection%; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: %quiet%; border: none; border-bottom: 2px solid transparent; padding: 3px 8px 2px 8px; margin: 0 2px; }
QTabBar::tab:selected { color: %text%; border-bottom: 2px solid %accent%; }
QTabBar::tab:hover { color: %text%; background: %hover%; }
QTabBar::scroller { width: 32px; }
QTabBar QToolButton { background: %background%; border: 1px solid %line%; border-radius: 4px; padding: 0; margin: 2px 0; }
QTabBar QToolButton:hover { background: %hover%; }
QMenuBar { background: %panel%; color: %text%; border-bottom: 1px solid %line%; padding: 4px 6px; spacing: 2px; }
QMenuBar::item { background: transparent; padding: 4px 10px; border-radius: 4px; }
QMenuBar::item:selected { background: %hover%; }
QMenu { background: %panel%; color: %text%; border: 1px solid %line%; padding: 4px; }
QMenu::item { padding: 5px 28px 5px 24px; border-radius: 4px; }
QMenu::item:selected { background: %selection%; }
QMenu::item:disabled { color: %faint%; }
QMenu::separator { height: 1px; background: %line%; margin: 4px 8px; }
QMenu::indicator { width: 12px; height: 12px; left: 6px; }
QToolTip { background: %panel%; color: %text%; border: 1px solid %line%; padding: 4px 6px; }
QLabel { background: transparent; color: %text%; }
QLineEdit, QSpinBox { background: %raised%; color: %text%; border: 1px solid %line%; border-radius: 5px; padding: 3px 8px;
            selection-background-color: %selection%; selection-color: %text%; }
QLineEdit:focus, QSpinBox:focus { border: 1px solid %accent%; }
QLineEdit[problem="true"] { border: 1px solid %changed%; }
QComboBox { background: %raised%; color: %text%; border: 1px solid %line%; border-radius: 5px; padding: 3px 8px; }
QComboBox:focus, QPushButton:focus { border: 1px solid %accent%; }
QComboBox::drop-down { width: 16px; border: none; }
QComboBox QAbstractItemView { background: %panel%; color: %text%; border: 1px solid %line%; outline: 0;
            selection-background-color: %selection%; selection-color: %text%; }
QPushButton { background: %raised%; color: %text%; border: 1px solid %line%; border-radius: 5px; padding: 4px 12px; }
QPushButton:hover { background: %hover%; }
QPushButton:pressed { background: %selection%; }
QPushButton:checked { background: %selection%; border: 1px solid %accent%; }
QPushButton:disabled { color: %faint%; }
QPushButton[compact="true"] { padding: 1px 9px; font-size: 11px; }
QComboBox[compact="true"] { padding: 1px 6px; font-size: 11px; }
QToolButton { background: transparent; color: %quiet%; border: 1px solid %line%; border-radius: 4px; padding: 1px 6px; font-size: 11px; }
QToolButton:hover { background: %hover%; color: %text%; }
QToolButton:checked { background: %selection%; color: %text%; border: 1px solid %accent%; }
QToolButton:focus { border: 1px solid %accent%; }
QToolButton:disabled { color: %faint%; }
QScrollArea > QWidget > QWidget { background: transparent; }
QAbstractItemView { background: transparent; color: %text%; border: none; outline: 0; }
QAbstractScrollArea { background: transparent; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section { background: transparent; color: %quiet%; border: none; border-bottom: 1px solid %line%;
            padding: 3px 4px; font-size: 11px; }
QTableCornerButton::section { background: transparent; border: none; }
QTextBrowser { background: transparent; color: %text%; border: none; }
QProgressBar { background: %groove%; border: none; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: %accent%; border-radius: 3px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: %line%; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::handle:hover { background: %faint%; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
)");
    QStringList quoted;
    for (const QString& family : word_families_) quoted << QLatin1Char('"') + family + QLatin1Char('"');
    QString sheet = template_text;
    const std::pair<const char*, QString> values[] = {
        {"%fonts%", quoted.join(QStringLiteral(", "))}, {"%background%", t.background.name()},
        {"%panel%", t.panel.name()},      {"%raised%", t.raised.name()},     {"%hover%", t.hover.name()},
        {"%selection%", t.selection.name()}, {"%line%", t.line.name()},      {"%groove%", t.groove.name()},
        {"%text%", t.text.name()},        {"%quiet%", t.quiet_text.name()},  {"%faint%", t.faint_text.name()},
        {"%accent%", t.accent.name()},    {"%changed%", t.changed.name()},
    };
    for (const auto& [key, value] : values) sheet.replace(QLatin1String(key), value);
    return sheet;
}

}  // namespace chimneylab::desktop

#include "moc_theme.cpp"
