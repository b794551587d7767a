// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The language of the scenarios' texts: a choice in the View menu that is remembered. The window's own words stay English.
#include <QActionGroup>
#include <QMenu>
#include <QSettings>
#include <algorithm>

#include "app/desktop/main_window/main_window.h"
#include "app/desktop/narration/narration_view.h"

namespace chimneylab::desktop {

void MainWindow::make_language_menu(QMenu& view) {
    if (source_.languages.size() < 2) return;
    QMenu* menu = view.addMenu(tr("S&cenario texts"));
    auto* group = new QActionGroup(this);
    const auto add = [&](const QString& code, const QString& name) {
        QAction* made = action(QStringLiteral("language_") + (code.isEmpty() ? QStringLiteral("system") : code), name, {}, [this, code] {
            tell_scenarios_in(code);
            if (settings_) settings_->setValue(QStringLiteral("scenario/language"), code);
        });
        made->setCheckable(true);
        made->setChecked(code.isEmpty());
        group->addAction(made);
        menu->addAction(made);
    };
    add({}, tr("In the &system's language"));
    menu->addSeparator();
    for (const TextLanguage& each : source_.languages) add(each.code, each.name);
}

void MainWindow::tell_scenarios_in(const QString& language) {
    const bool known = std::any_of(source_.languages.begin(), source_.languages.end(), [&](const TextLanguage& each) { return each.code == language; });
    if (source_.languages.size() < 2 || (!known && !language.isEmpty())) return;
    source_.tell_in(language);
    actions_.at(QStringLiteral("language_") + (language.isEmpty() ? QStringLiteral("system") : language))->setChecked(true);
    narration_->tell_again();
    question_model_.tell_again();
    read_library();
}

}  // namespace chimneylab::desktop
