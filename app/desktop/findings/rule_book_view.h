// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rule book: every rule of the catalogue, narrowed down by words, and the page of the chosen one with what it says,
// how it is known, where it is written and how it is checked.
#pragma once

#include <QLineEdit>
#include <QListView>
#include <QTextBrowser>
#include <QWidget>

#include "app/desktop/models/rule_model.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class RuleBookView : public QWidget {
    Q_OBJECT
public:
    RuleBookView(PlaybackModel& playback, RuleModel& rules, const Theme& theme, QWidget* parent = nullptr);
    void show_rule(const QString& id);
    [[nodiscard]] QString shown() const { return shown_; }
    [[nodiscard]] QLineEdit* filter() const { return filter_; }
    [[nodiscard]] QListView* list() const { return list_; }
    [[nodiscard]] QTextBrowser* page() const { return page_; }

Q_SIGNALS:
    void summary_changed(const QString& summary);
    void scenario_wanted(const QString& id);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void show_page();

    RuleModel& rules_;
    const Theme& theme_;
    QLineEdit* filter_ = nullptr;
    QListView* list_ = nullptr;
    QTextBrowser* page_ = nullptr;
    QString shown_;
};

}  // namespace chimneylab::desktop
