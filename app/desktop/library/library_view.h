// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The scenario library: a filter field and the scenarios under their headings. One click (or Enter) puts a scenario on
// the stage; its variants then stand under it. Below: what the one on stage teaches, and the schedule by which it is run.
#pragma once

#include <QComboBox>
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
    [[nodiscard]] QComboBox* schedule() const { return schedule_; }
    void show_schedule(const QString& schedule);

Q_SIGNALS:
    void scenario_wanted(const QString& id, const QString& variant);
    // "fifo", "lifo", "seed:7"; empty: what the scenario gives.
    void schedule_wanted(const QString& schedule);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void follow_model();
    void read_schedule();
    void apply_theme();

    LibraryModel& library_;
    const Theme& theme_;
    QLineEdit* filter_ = nullptr;
    QListView* list_ = nullptr;
    QLabel* teaches_ = nullptr;
    QLabel* empty_ = nullptr;
    QComboBox* schedule_ = nullptr;
    QString schedule_in_force_;
};

}  // namespace chimneylab::desktop
