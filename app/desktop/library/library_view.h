// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The scenario library: a filter field and the scenarios under their headings. One click (or Enter) puts a scenario on
// the stage. Below: what the scenario on stage teaches.
#pragma once

#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QWidget>

#include "app/desktop/models/library_model.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class LibraryView : public QWidget {
    Q_OBJECT
public:
    LibraryView(LibraryModel& library, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QListView* list() const { return list_; }
    [[nodiscard]] QLineEdit* filter() const { return filter_; }

Q_SIGNALS:
    void scenario_wanted(const QString& id);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void follow_model();
    void apply_theme();

    LibraryModel& library_;
    const Theme& theme_;
    QLineEdit* filter_ = nullptr;
    QListView* list_ = nullptr;
    QLabel* teaches_ = nullptr;
    QLabel* empty_ = nullptr;
};

}  // namespace chimneylab::desktop
