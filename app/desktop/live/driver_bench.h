// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The pane Driver: a driver of the person's own in a folder, its source, a button that builds it and runs the chosen scenario
// around it. What the compiler says leads to its line; the run appears among the live sessions and in the views.
#pragma once

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QWidget>

#include "app/desktop/live/driver_build.h"
#include "app/desktop/models/library_model.h"
#include "app/desktop/models/live_sessions.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class DriverBench : public QWidget {
    Q_OBJECT
public:
    DriverBench(LiveSessions& live, LibraryModel& library, const Theme& theme, QWidget* parent = nullptr);

    // What is wrong; empty: the folder is on the bench.
    QString open_folder(const QString& folder);
    QString create(const QString& parent, const QString& name);
    void build_and_run();
    void ask_for_new();
    void ask_for_folder();
    [[nodiscard]] QString folder() const { return folder_; }
    [[nodiscard]] DriverBuild& build() { return build_; }
    [[nodiscard]] QListWidget* messages() const { return messages_; }
    [[nodiscard]] QPlainTextEdit* source() const { return source_; }
    [[nodiscard]] QPushButton* run_button() const { return run_; }
    void choose_scenario(const QString& id);
    void show_line(const QString& file, int line);

Q_SIGNALS:
    void summary_changed(const QString& summary);

private:
    void refresh();
    void fill_files();
    bool save_source();
    void apply_theme();

    LiveSessions& live_;
    LibraryModel& library_;
    const Theme& theme_;
    DriverBuild build_;
    QString folder_, shown_file_;
    QPushButton *new_ = nullptr, *open_ = nullptr, *run_ = nullptr;
    QComboBox *files_ = nullptr, *scenarios_ = nullptr;
    QCheckBox* hold_ = nullptr;
    QPlainTextEdit* source_ = nullptr;
    QListWidget* messages_ = nullptr;
    QLabel* empty_ = nullptr;
    QWidget* body_ = nullptr;
    std::size_t told_ = 0;
    int first_error_ = -1;  // row of the first message of an error that has a place
};

}  // namespace chimneylab::desktop
